package main

import (
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/auditoria"
	"buzon/exchange/ops"
	"buzon/exchange/puntaje"
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
func readLlaves(path string) (all []store.Sello, err error) {
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
