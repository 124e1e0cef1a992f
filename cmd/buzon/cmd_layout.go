package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/schema"
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
			print, ok := layoutFormats[format]
			if !ok {
				return usageError{fmt.Errorf("--format %q: want table, md, csv or json", format)}
			}
			return print(c.OutOrStdout(), formats)
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

var layoutFormats = map[string]func(io.Writer, []schema.Formato) error{
	"table": layoutTable, "md": layoutMarkdown, "csv": layoutCSV,
	"json": func(w io.Writer, all []schema.Formato) error { return json.NewEncoder(w).Encode(all) },
}

var layoutColumns = []string{"posicion", "campo", "tipo", "longitud", "requerido", "regla", "codigos"}

func layoutCells(c schema.Campo) []string {
	codes := make([]string, len(c.Codigos))
	for i, code := range c.Codigos {
		codes[i] = string(code)
	}
	return []string{strconv.Itoa(c.Posicion), c.Nombre, c.Tipo, strconv.Itoa(c.Longitud), c.Requerido,
		c.Regla, strings.Join(codes, ", ")}
}

func layoutTitle(f schema.Formato) string {
	return fmt.Sprintf("%s, registro %s: %s, %d campos, versión %s",
		f.Tipo, f.Registro, f.Nombre, len(f.Campos), f.Version)
}

func layoutTable(w io.Writer, all []schema.Formato) error {
	for i, f := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, layoutTitle(f))
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, strings.Join(layoutColumns, "\t"))
		for _, c := range f.Campos {
			fmt.Fprintln(t, strings.Join(layoutCells(c), "\t"))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, `
A texto · N entero sin signo ni ceros a la izquierda · C dígitos, conserva ceros
F fecha dd/mm/aaaa · M importe con dos decimales · T 2026-03-18T16:22:31-06:00
H hexadecimal en minúsculas. Longitud en caracteres: exacta en C, F, T y H.
`)
	return err
}

func layoutMarkdown(w io.Writer, all []schema.Formato) error {
	for _, f := range all {
		fmt.Fprintf(w, "### %s\n\n%s", layoutTitle(f), schema.MarkdownHead("---", layoutColumns...))
		for _, c := range f.Campos {
			fmt.Fprint(w, schema.MarkdownRow(layoutCells(c)...))
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

func layoutCSV(w io.Writer, all []schema.Formato) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"archivo", "registro"}, layoutColumns...)); err != nil {
		return err
	}
	for _, f := range all {
		for _, c := range f.Campos {
			if err := out.Write(append([]string{string(f.Tipo), string(f.Registro)},
				layoutCells(c)...)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
