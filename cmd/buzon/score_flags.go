package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/auditoria"
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
		return f.withExport(fn)
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

// withExport checks an export before anything is counted from it: it must be of the
// whole log, from the first event to its checkpoint.
func (f *scoreFlags) withExport(fn func(*puntaje.Fuente) error) (err error) {
	llaves, err := readLlaves(f.keys)
	if err != nil {
		return err
	}
	file, err := os.Open(f.export)
	if err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	x, err := auditoria.OpenExport(file, info.Size(), llaves)
	if err == nil {
		err = x.Whole()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.export, err)
	}
	return fn(puntaje.DeExport(x))
}

// readLlaves reads the keys that the signature of an export is held against.
func readLlaves(path string) (all []store.LlaveDeSello, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	defer f.Close()
	if all, err = auditoria.ReadLlaves(f); err != nil {
		return nil, fmt.Errorf("--keys: %s: %w", path, err)
	}
	return all, nil
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
