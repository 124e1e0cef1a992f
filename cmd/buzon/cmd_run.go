package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/schema"
)

func runCmd() *cobra.Command {
	var path, date, now string
	var asJSON, clockIsRight bool
	c := &cobra.Command{
		Use:   "run",
		Short: "Do one cycle now: receive, deliver, collect, answer, send back",
		Long: `Do all that can be done now, once. What is done is not done twice, so it may be
run at any time. While the daemon works on the data folder, the daemon does it
and this shows what became of it; an interrupt ends that run, not the daemon.

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
			return runOnce(c, cfg, clock, dia, runFlags{now != "", asJSON, clockIsRight})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&date, "date", "", "the operation day, AAAA-MM-DD")
	c.Flags().StringVar(&now, "now", "", "set the clock, RFC 3339; only in a rehearsal's store")
	c.Flags().BoolVar(&clockIsRight, "clock-is-right", false,
		"go on where the clock is further from the last event than schedule.max_gap")
	c.Flags().BoolVar(&asJSON, "json", false, "print the report as one JSON object")
	return c
}

// runFlags are the switches of a run.
type runFlags struct{ set, asJSON, clockIsRight bool }

// runOnce does one cycle, or has the daemon that works on the data folder do it; dia is 0
// for the operation day of the moment.
func runOnce(c *cobra.Command, cfg *config.Config, now func() time.Time, dia schema.Dia,
	f runFlags) (err error) {
	log, err := newLogger(quiet(cfg.Log), c.ErrOrStderr())
	if err != nil {
		return err
	}
	w := gateway.Watcher{Said: saidOn(c)}
	if isTerminal(c.ErrOrStderr()) {
		w.Step = progress(c.ErrOrStderr())
	}
	var r *gateway.Run
	var runErr error
	g, err := gateway.Open(c.Context(), gateway.Options{Config: cfg, Log: log, Now: now, Command: "run",
		Version: version, ClockIsRight: f.clockIsRight})
	switch {
	case err == nil:
		defer func() { err = errors.Join(err, g.Close()) }()
		r, runErr = g.RunNow(c.Context(), dia, w)
	case !errors.Is(err, gateway.ErrInUse):
		return err
	case f.set:
		return fmt.Errorf("--now sets no clock but that of a run of its own: %w", err)
	case f.clockIsRight:
		return fmt.Errorf("--clock-is-right is for a run of its own: end the daemon first: %w", err)
	default:
		if r, runErr = gateway.AskRun(c.Context(), cfg.Data, dia, w); errors.Is(runErr, gateway.ErrNoDaemon) {
			return err
		}
	}
	if errors.Is(runErr, gateway.ErrNotYet) {
		return usageError{runErr}
	}
	if r == nil {
		return runErr
	}
	if err := printRun(c.OutOrStdout(), r, f.asJSON); err != nil {
		return errors.Join(runErr, err)
	}
	if runErr == nil && r.Observado() {
		return errObserved
	}
	return runErr
}

func printRun(w io.Writer, r *gateway.Run, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	markRehearsal(w, r.Simulacro)
	fmt.Fprintf(w, "operation day %s\n", r.Day)
	fmt.Fprintf(w, "received   %d files, %d records; refused %d records in %d files\n", r.Recibidos,
		r.Registros, r.NoAceptados, r.Rechazados)
	fmt.Fprintf(w, "delivered  %d LOTs, %d folios\n", r.Lotes, r.Entregadas)
	fmt.Fprintf(w, "returned   %d answers\n", r.Devueltas)
	for _, s := range r.EnEspera {
		fmt.Fprintf(w, "waiting    %s\n", s)
	}
	for _, s := range r.Abiertas {
		fmt.Fprintf(w, "open day   %s\n", s)
	}
	return nil
}
