package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
	"buzon/schema"
)

// pedido reads the flags of a score from the log.
func (f *scoreFlags) pedido(c *cobra.Command, m *idatu.Metodo) (q *puntaje.Pedido, err error) {
	q = &puntaje.Pedido{Metodo: m, Counts: f.counts, Bounds: f.bounds}
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
		return nil, usageError{errors.New("--evidence lists folios of the log: leave --counts and --bounds out")}
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
