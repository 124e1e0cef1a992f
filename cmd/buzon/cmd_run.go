package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/gateway"
	"buzon/schema"
)

func runCmd() *cobra.Command {
	var path, date, now string
	var asJSON bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Do one cycle now: receive, deliver, collect, answer, send back",
		Long: `Do all that can be done now, once. What is done is not done twice, so it may be
run at any time. It cannot run while the daemon works on the same data folder.

--date names the operation day and never moves the clock: what is delivered
today counts from today. Without it, it is today until the corte, then the next
día hábil.`,
		Example: "  buzon run --config gateway/buzon.yaml\n  buzon run -c gateway/buzon.yaml --date " +
			"2026-03-02 --json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			dia, err := dayFlag(date)
			if err != nil {
				return err
			}
			clock, err := clockFor(c.Context(), cfg, now)
			if err != nil {
				return err
			}
			if now != "" { // the times of files are not of that clock
				cfg.Source.Settle = 0
			}
			return runOnce(c, cfg, clock, dia, asJSON)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&date, "date", "", "the operation day, AAAA-MM-DD")
	c.Flags().StringVar(&now, "now", "", "set the clock, RFC 3339; only in a rehearsal's store")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as one JSON object")
	return c
}

// runOnce does one cycle; dia is 0 for the operation day of the moment.
func runOnce(c *cobra.Command, cfg *config.Config, now func() time.Time, dia schema.Dia,
	asJSON bool) (err error) {
	ctx := c.Context()
	log, err := newLogger(quiet(cfg.Log), c.ErrOrStderr())
	if err != nil {
		return err
	}
	g, err := openGateway(ctx, cfg, log, now, "run")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	cal, err := g.Cycle.Calendario(ctx)
	if err != nil {
		return err
	}
	last := cal.Siguiente(schema.DiaDe(now()))
	switch {
	case dia == 0:
		if dia, err = g.Cycle.Jornada(ctx); err != nil {
			return err
		}
	case dia > last:
		return usageError{fmt.Errorf("--date %s: that day is not here yet; want %s at the latest", dia, last)}
	}
	inf := &exchange.Informe{}
	if isTerminal(c.ErrOrStderr()) {
		inf.Step = progress(c.ErrOrStderr())
	}
	runErr := runSettled(c, g, dia, inf)
	if err := printRun(c.OutOrStdout(), g, dia, inf, runErr, asJSON); err != nil {
		return errors.Join(runErr, err)
	}
	if runErr == nil && inf.Observado() {
		return errObserved
	}
	return runErr
}

// runSettled is a run, and another one once the files that were too young to be read,
// as one that is just being copied into CONDUSEF's folder, are old enough.
func runSettled(c *cobra.Command, g *gateway.Gateway, dia schema.Dia, inf *exchange.Informe) error {
	err := g.Cycle.Run(c.Context(), dia, exchange.CausaManual, inf)
	again := inf.OtraVez
	if err != nil || again.IsZero() {
		return err
	}
	wait := again.Sub(g.Cycle.Now())
	fmt.Fprintf(c.ErrOrStderr(), "buzon: %s; waiting %v (source.settle)\n", strings.Join(inf.EnEspera, "; "),
		wait.Round(time.Second))
	select {
	case <-c.Context().Done():
		return c.Context().Err()
	case <-time.After(wait):
	}
	inf.EnEspera, inf.Abiertas, inf.OtraVez = nil, nil, time.Time{}
	return g.Cycle.Run(c.Context(), dia, exchange.CausaManual, inf)
}

func printRun(w io.Writer, g *gateway.Gateway, dia schema.Dia, inf *exchange.Informe, runErr error,
	asJSON bool) error {
	simulacro, err := g.Store.Simulacro(context.Background())
	if err != nil {
		return err
	}
	if asJSON {
		failure := ""
		if runErr != nil {
			failure = runErr.Error()
		}
		return json.NewEncoder(w).Encode(struct {
			Day       schema.Dia `json:"day"`
			Simulacro bool       `json:"simulacro,omitempty"`
			*exchange.Informe
			Error string `json:"error,omitempty"`
		}{dia, simulacro, inf, failure})
	}
	markRehearsal(w, simulacro)
	fmt.Fprintf(w, "operation day %s\n", dia)
	fmt.Fprintf(w, "received   %d files, %d records; refused %d records in %d files\n", inf.Recibidos,
		inf.Registros, inf.NoAceptados, inf.Rechazados)
	fmt.Fprintf(w, "delivered  %d LOTs, %d folios\n", inf.Lotes, inf.Entregadas)
	fmt.Fprintf(w, "returned   %d answers\n", inf.Devueltas)
	for _, s := range inf.EnEspera {
		fmt.Fprintf(w, "waiting    %s\n", s)
	}
	for _, s := range inf.Abiertas {
		fmt.Fprintf(w, "open day   %s\n", s)
	}
	return nil
}
