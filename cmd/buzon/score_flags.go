package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/idatu"
	"buzon/exchange/ops"
	"buzon/exchange/puntaje"
	"buzon/schema"
	"buzon/store"
)

// withSource hands what is counted from to fn: an export where one is given, else
// the log of the gateway.
func (f *scoreFlags) withSource(c *cobra.Command, fn func(*puntaje.Fuente) error) error {
	if f.export != "" {
		return puntaje.WithExport(f.export, f.keys, fn)
	}
	return askStore(c, f.path, func(_ *config.Config, v *store.View) error {
		now, err := ops.Now(v, time.Now())
		if err != nil {
			return err
		}
		src, err := puntaje.DeBitacora(v, now, time.Now())
		if err != nil {
			return err
		}
		return fn(src)
	})
}

// checkSource tells of flags of where to count from that do not go together.
func (f *scoreFlags) checkSource(c *cobra.Command) error {
	named := c.Flags().Changed("export")
	switch {
	case named && c.Flags().Changed("config"):
		return usageError{errors.New("want one of --config and --export")}
	case named && f.export == "":
		return usageError{errors.New("--export is empty: name the archive that 'buzon export' wrote")}
	case named && f.keys == "":
		return usageError{errors.New("--export needs --keys: the keys by which its signature is checked, " +
			"such as estado/llaves.txt, from where you trust it")}
	case !named && c.Flags().Changed("keys"):
		return usageError{errors.New("--keys goes with --export")}
	}
	return nil
}

// pedido reads the flags of a score from the log.
func (f *scoreFlags) pedido(c *cobra.Command, m *idatu.Metodo) (q *puntaje.Pregunta, err error) {
	q = &puntaje.Pregunta{Metodo: m, Counts: f.counts, Bounds: f.bounds}
	if q.Desde, q.Hasta, err = f.periodo(); err != nil {
		return nil, err
	}
	if q.AsOf, err = momentFlag("as-of", f.asOf); err != nil {
		return nil, err
	}
	switch {
	case !c.Flags().Changed("evidence"):
	case m.Proceso(idatu.GE).Criterio(f.evidence) == nil:
		return nil, usageError{fmt.Errorf("--evidence %d: GE has no criterion of this number", f.evidence)}
	case f.counts != "" || f.bounds != "":
		return nil, usageError{
			errors.New("--evidence lists folios of the log: leave --counts and --bounds out")}
	}
	return q, nil
}

// periodo reads the days of a score, both included.
func (f *scoreFlags) periodo() (desde, hasta schema.Dia, err error) {
	if f.from == "" || f.to == "" {
		return 0, 0, usageError{errPeriod}
	}
	if desde, err = schema.ParseDia(f.from); err != nil {
		return 0, 0, usageError{fmt.Errorf("--from: %w", err)}
	}
	if hasta, err = schema.ParseDia(f.to); err != nil {
		return 0, 0, usageError{fmt.Errorf("--to: %w", err)}
	}
	if desde > hasta {
		return 0, 0, usageError{fmt.Errorf("--from %s is after --to %s", desde, hasta)}
	}
	return desde, hasta, nil
}

// mistaken tells a mistake in how score was called from one in what it counts.
func mistaken(err error) error {
	if bad, ok := errors.AsType[puntaje.ErrPregunta](err); ok {
		return usageError{bad}
	}
	return err
}
