package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/ops"
	"buzon/schema"
)

// configFlag adds the flag that most commands need.
func configFlag(c *cobra.Command, path *string) {
	c.Flags().StringVarP(path, "config", "c", config.FileYAML, "the configuration file")
	if err := c.MarkFlagFilename("config", "yaml", "yml"); err != nil {
		panic(err) // the flag was added the line before
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

// dayFlag reads --date; "" is no day.
func dayFlag(s string) (schema.Dia, error) {
	if s == "" {
		return 0, nil
	}
	d, err := schema.ParseDia(s)
	if err != nil {
		return 0, usageError{fmt.Errorf("--date: %w", err)}
	}
	return d, nil
}

// readCheckpoints reads checkpoints by the names of their files.
func readCheckpoints(names []string) (map[string]string, error) {
	all := map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("checkpoint: %w", err)
		}
		all[name] = string(b)
	}
	return all, nil
}
