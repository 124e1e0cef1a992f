package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// loadConfig reads the configuration; where there is none it says how to have one.
func loadConfig(path string) (*config.Config, error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file; name the configuration with --config, or make one with 'buzon init DIR'", path)
	} else if err == nil && info.IsDir() {
		return nil, fmt.Errorf("%[1]s is a folder; its configuration is perhaps %[1]s/buzon.yaml", filepath.Clean(path))
	}
	return config.Load(path)
}

// askStore hands a snapshot of the store of a configuration to fn.
func askStore(c *cobra.Command, path string, fn func(*config.Config, *store.View) error) error {
	return openStore(path, func(cfg *config.Config, st *store.Store) error {
		return st.View(c.Context(), func(v *store.View) error { return fn(cfg, v) })
	})
}

// openStore opens the store of a configuration for questions alone and hands it
// to fn. It may be asked while the daemon runs.
func openStore(path string, fn func(*config.Config, *store.Store) error) (err error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	st, err := store.OpenReadOnly(gateway.StorePath(cfg.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; 'buzon run' or 'buzon serve' makes it", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return fn(cfg, st)
}

// markRehearsal begins what a rehearsal's store makes a command print for people.
func markRehearsal(w io.Writer, simulacro bool) {
	if simulacro {
		fmt.Fprintln(w, bitacora.Ensayo)
	}
}

// momentFlag reads a flag that is a day, which begins at midnight in Mexico City,
// or a moment of RFC 3339; "" is the zero time.
func momentFlag(name, s string) (time.Time, error) {
	t, err := ops.ParseMoment(s)
	if err != nil {
		err = usageError{fmt.Errorf("--%s %w", name, err)}
	}
	return t, err
}

// hourOf writes a moment for people, in Mexico City's time.
func hourOf(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(schema.Zona).Format("2006-01-02 15:04:05")
}
