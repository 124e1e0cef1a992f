package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/schema/revision"
)

func checkCmd() *cobra.Command {
	var asJSON bool
	var name, rch, path string
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check files offline against the layout, all errors at once",
		Long: `Check files against the layout, each by the version in its header: name, header,
every record, summary and hash. It needs no configuration and no network. What
only the gateway knows (whether a folio was assigned to an institution, or
answered before) is not checked.

FILE may be a folder, which stands for the files in it, or - for standard input,
whose name --name gives. Of a folder only names that begin with GE_ count. With
--config what the agreement sets differently, the versions that it has in force,
the roll and the loaded catalogs count too. On a terminal the place of each mistake
is shown; with --json each file is one object on one line. Exit code 3 says that
some file, or a record in it, would be refused.`,
		Example: `  buzon check GE_RES_00900001_20260318_001.txt
  buzon check --json respuestas/
  buzon check --name GE_RES_00900001_20260318_001.txt - < respuesta.txt
  buzon check GE_RES_00900001_20260318_001.txt --rch rechazo.txt`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			rules, err := checkRules(path)
			if err != nil {
				return err
			}
			files, passed, err := revision.Files(args)
			for _, path := range passed {
				fmt.Fprintf(c.ErrOrStderr(), "%s: no lleva un nombre del intercambio; no se revisa\n", path)
			}
			if err != nil {
				return err
			}
			if len(files) == 0 {
				return usageError{errors.New("nothing to check: no file there bears a name of the exchange")}
			}
			if name != "" && !slices.Contains(files, "-") {
				return usageError{errors.New("--name goes with standard input: buzon check --name NAME -")}
			}
			if rch != "" && len(files) != 1 {
				return usageError{fmt.Errorf("--rch goes with one file, not %d", len(files))}
			}
			return checkAll(c, files, name, rules, rch, asJSON)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file")
	c.Flags().StringVar(&name, "name", "", "the file name of what standard input holds")
	c.Flags().StringVar(&rch, "rch", "", "write the RCH that the gateway would write to this file")
	c.Flags().StringVarP(&path, "config", "c", "",
		"the configuration of a gateway, for its agreement, roll and catalogs")
	return c
}

// checkRules gives the rules by which files are read: the layout's own, or those of a
// configuration.
func checkRules(path string) (revision.PorNombre, error) {
	hoy := schema.DiaDe(time.Now())
	if path == "" {
		return func(schema.Nombre) *schema.Reglas {
			return &schema.Reglas{Hoy: hoy, Versiones: schema.Versiones()}
		}, nil
	}
	cfg, err := config.Load(path, config.SkipFiles)
	if err != nil {
		return nil, err
	}
	return gateway.RulesFor(cfg, hoy), nil
}

func checkAll(c *cobra.Command, files []string, name string, rules revision.PorNombre, rch string,
	asJSON bool) error {
	out := c.OutOrStdout()
	refused := false
	var errs []error
	for _, path := range files {
		err := checkOne(c.InOrStdin(), path, name, rules, func(r *revision.Revision) error {
			refused = refused || r.Result != schema.Aceptado.String()
			if rch != "" {
				if err := r.WriteRCH(rch, time.Now()); err != nil {
					return fmt.Errorf("--rch: %w", err)
				}
			}
			if asJSON {
				enc := json.NewEncoder(out)
				enc.SetEscapeHTML(false)
				return enc.Encode(r)
			}
			return printRevision(out, r, isTerminal(out))
		})
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if refused {
		return errObserved
	}
	return nil
}

// checkOne reads one file and hands what it found to use.
func checkOne(stdin io.Reader, path, name string, rules revision.PorNombre,
	use func(*revision.Revision) error) (err error) {
	base := filepath.Base(path)
	if path == "-" {
		if name == "" {
			return usageError{errors.New("- needs --name: the name of a file is part of what is checked")}
		}
		base = filepath.Base(name)
		spool, err := revision.Spool(stdin)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.Remove(spool)) }()
		r, err := revision.Check(name, base, spool, rules)
		if err != nil {
			return err
		}
		return use(r)
	}
	r, err := revision.Check(path, base, path, rules)
	if err != nil {
		return err
	}
	return use(r)
}

// printRevision prints the report for a person. With place, which is for
// terminals alone since a line holds personal data, each mistake is shown where
// it stands.
func printRevision(w io.Writer, r *revision.Revision, place bool) (err error) {
	fmt.Fprintf(w, "%s: %s, %d de %d registros\n", r.File, r.Result, r.Accepted, r.Records)
	var lugares *revision.Lugares
	if place && len(r.Hallazgos) > 0 {
		if lugares, err = r.Lugares(); err != nil {
			return err
		}
		defer lugares.Close()
	}
	for _, h := range r.Hallazgos {
		where := "archivo"
		if h.Linea > 0 {
			where = fmt.Sprintf("línea %d", h.Linea)
		}
		kind := "error"
		if h.Severidad == schema.Advertencia {
			kind = "advertencia"
		}
		if _, err := fmt.Fprintf(w, "  %-10s %s %s: %s\n", where, h.Codigo, kind, h.Mensaje); err != nil {
			return err
		}
		if lugares != nil {
			if text, mark := lugares.De(h); mark != "" {
				fmt.Fprintf(w, "%13s%s\n%13s%s\n", "", text, "", mark)
			}
		}
	}
	return nil
}
