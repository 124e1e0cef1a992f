package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"buzon/schema"
)

// revision is what check says of one file.
type revision struct {
	File     string     `json:"file"`
	Type     string     `json:"type"`
	Result   string     `json:"result"`
	Records  int        `json:"records"`
	Accepted int        `json:"accepted"`
	Errors   []revError `json:"errors"`
}

type revError struct {
	Line     int    `json:"line"` // 0: the file
	Folio    string `json:"folio"`
	Field    string `json:"field"`
	Code     string `json:"code"`
	Severity string `json:"severity"` // E error, A warning
	Message  string `json:"message"`
}

func checkCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "check FILE…",
		Short: "Check files offline against the layout, all errors at once",
		Long: `Check files against lineamientos 01.00: name, header, every record, summary and
hash. It needs no configuration and no network. What only the gateway knows
(whether a folio was assigned to an institution, or answered before) is not
checked.

With --json each file is one object on one line. Exit code 3 says that some
file, or a record in it, would be refused.`,
		Example: "  buzon check GE_RES_00900001_20260318_001.txt\n  buzon check --json respuestas/*.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			rules := &schema.Reglas{Hoy: schema.DiaDe(time.Now())}
			refused := false
			var errs []error
			for _, path := range args {
				r, err := check(path, rules)
				if err != nil {
					errs = append(errs, err)
					continue
				}
				refused = refused || r.Result != schema.Aceptado.String()
				if err := printRevision(c.OutOrStdout(), r, asJSON); err != nil {
					return err
				}
			}
			if err := errors.Join(errs...); err != nil {
				return err
			}
			if refused {
				return errObserved
			}
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a file")
	return c
}

func check(path string, rules *schema.Reglas) (r revision, err error) {
	open := func() (io.ReadCloser, error) { return os.Open(path) }
	ex, err := schema.Examine(filepath.Base(path), open, rules)
	if err != nil {
		return r, err
	}
	r = revision{File: path, Type: string(ex.Tipo), Errors: []revError{}}
	count, err := ex.Check(func(h schema.Hallazgo) {
		r.Errors = append(r.Errors, revError{h.Linea, string(h.Folio), h.Campo, string(h.Codigo), string(h.Severidad), h.Mensaje})
	})
	r.Result, r.Records, r.Accepted = count.Resultado.String(), count.Registros, count.Aceptados
	return r, err
}

func printRevision(w io.Writer, r revision, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		return enc.Encode(r)
	}
	fmt.Fprintf(w, "%s: %s, %d de %d registros\n", r.File, r.Result, r.Accepted, r.Records)
	for _, e := range r.Errors {
		where := "archivo"
		if e.Line > 0 {
			where = fmt.Sprintf("línea %d", e.Line)
		}
		kind := "error"
		if e.Severity == string(schema.Advertencia) {
			kind = "advertencia"
		}
		if _, err := fmt.Fprintf(w, "  %-10s %s %s: %s\n", where, e.Code, kind, e.Message); err != nil {
			return err
		}
	}
	return nil
}
