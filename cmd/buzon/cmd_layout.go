package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
	"buzon/schema/formatos"
)

func layoutCmd() *cobra.Command {
	var format, version, path string
	c := &cobra.Command{
		Use:   "layout [TYPE]",
		Short: "Print the layout of the files: every field, rule and code",
		Long: `Print the layout of one type of file, or of all: position, name, type, length,
when a field is required, its rule, and the codes that it may raise. It comes
from the definitions by which files are read, so it cannot differ from them.

Without --version it is 01.00, or with --config the newest version that is in
force today.`,
		Example: "  buzon layout RES\n  buzon layout REC --format csv > rec.csv\n  buzon layout " +
			"--version 01.00 --format json",
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: tipos(),
		RunE: func(c *cobra.Command, args []string) error {
			all := schema.Tipos
			if len(args) == 1 {
				t := schema.Tipo(strings.ToUpper(args[0]))
				if !slices.Contains(schema.Tipos, t) {
					return usageError{fmt.Errorf("type %q: want one of %s", args[0],
						strings.Join(tipos(), ", "))}
				}
				all = []schema.Tipo{t}
			}
			v, err := layoutVersion(version, path)
			if err != nil {
				return err
			}
			var formats []schema.Formato
			for _, t := range all {
				formats = append(formats, schema.Layout(t, v)...)
			}
			write, ok := formatos.Writers[format]
			if !ok {
				return usageError{fmt.Errorf("--format %q: want table, md, csv or json", format)}
			}
			return write(c.OutOrStdout(), formats)
		},
	}
	c.Flags().StringVar(&format, "format", "table", "table, md, csv or json")
	c.Flags().StringVar(&version, "version", "", "the version of the layout, such as 01.00")
	c.Flags().StringVarP(&path, "config", "c", "",
		"the configuration of a gateway, for the versions in force")
	return c
}

// layoutVersion is the version that is asked for, else the newest that is in force.
func layoutVersion(version, path string) (schema.Version, error) {
	if version != "" {
		v, err := schema.ParseVersion(version)
		if err != nil {
			return "", usageError{fmt.Errorf("--%w", err)}
		}
		return v, nil
	}
	if path == "" {
		return schema.V0100, nil
	}
	cfg, err := config.Load(path, config.SkipFiles)
	if err != nil {
		return "", err
	}
	return slices.Max(cfg.Layout.Versions.InForce(schema.DiaDe(time.Now()))), nil
}

func tipos() (all []string) {
	for _, t := range schema.Tipos {
		all = append(all, string(t))
	}
	return all
}
