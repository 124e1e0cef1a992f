package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
	"buzon/store"
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

// askStore opens the store of a configuration for questions alone and hands a
// snapshot of it to fn. It may be asked while the daemon runs.
func askStore(c *cobra.Command, path string, fn func(*config.Config, *store.View) error) (err error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	st, err := store.OpenReadOnly(storePath(cfg.Data))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w; 'buzon run' or 'buzon serve' makes it", err)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.View(c.Context(), func(v *store.View) error { return fn(cfg, v) })
}

// moment reads a flag that is a day, which begins at midnight in Mexico City, or
// a moment of RFC 3339; "" is the zero time.
func momentFlag(name, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if d, err := schema.ParseDia(s); err == nil {
		return d.At(0), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, usageError{fmt.Errorf("--%s %q: want AAAA-MM-DD or RFC 3339", name, s)}
	}
	return t, nil
}

// hourOf writes a moment for people, in Mexico City's time.
func hourOf(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(schema.Zona).Format("2006-01-02 15:04:05")
}
