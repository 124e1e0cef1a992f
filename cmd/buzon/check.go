package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
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

	content  func() (io.ReadCloser, error)
	examen   *schema.Examen
	written  schema.Version // of what the gateway would answer
	findings []schema.Hallazgo
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
			files, err := checkFiles(c.ErrOrStderr(), args)
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
	c.Flags().StringVarP(&path, "config", "c", "", "the configuration of a gateway, for its agreement, roll and catalogs")
	return c
}

// checkRules gives the rules for a file of that name: the layout's own, or those of
// a configuration.
func checkRules(path string) (rulesFor, error) {
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
	roll := map[schema.UNE]schema.Institucion{}
	for _, in := range cfg.Padron {
		roll[in.Clave] = schema.Institucion{Clave: in.Clave, Denominacion: in.Denominacion, Sector: in.Sector}
	}
	versions := cfg.Layout.Versions
	return func(n schema.Nombre) *schema.Reglas {
		r := gateway.Rules(cfg)
		r.Hoy, r.MaxBytes, r.MaxRegistros = hoy, cfg.Layout.MaxBytes, cfg.Layout.MaxRecords
		r.Escribe = gateway.WrittenTo(versions, hoy)
		if n.Tipo.Llega() {
			r.Versiones, _ = versions.Of(n.Parte(), hoy)
		} else { // ours, and maybe of a day on which another version was in force
			r.Versiones = schema.Versiones()
		}
		r.Institucion = func(u schema.UNE) (schema.Institucion, bool) {
			in, ok := roll[u]
			return in, ok
		}
		return &r
	}, nil
}

// checkFiles puts the files of a folder in its place: those that bear a name of
// the exchange. What is passed over it says to w.
func checkFiles(w io.Writer, args []string) (files []string, err error) {
	for _, arg := range args {
		// What is not there is told when it is its turn: the others are checked.
		if info, err := os.Stat(arg); arg == "-" || err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(arg, e.Name())
			if e.Type().IsRegular() && strings.HasPrefix(strings.ToUpper(e.Name()), "GE_") {
				files = append(files, path)
			} else {
				fmt.Fprintf(w, "%s: no lleva un nombre del intercambio; no se revisa\n", path)
			}
		}
	}
	return files, nil
}

func checkAll(c *cobra.Command, files []string, name string, rules rulesFor, rch string, asJSON bool) error {
	out := c.OutOrStdout()
	refused := false
	var errs []error
	for _, path := range files {
		err := checkOne(c.InOrStdin(), path, name, rules, func(r *revision) error {
			refused = refused || r.Result != schema.Aceptado.String()
			if rch != "" {
				if err := writeRCH(rch, r, time.Now()); err != nil {
					return err
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

// rulesFor gives the rules for a file of that name, which is zero where it is wrong.
type rulesFor = func(schema.Nombre) *schema.Reglas

// checkOne reads one file and hands what it found to use.
func checkOne(stdin io.Reader, path, name string, rules rulesFor, use func(*revision) error) (err error) {
	base := filepath.Base(path)
	if path == "-" {
		if name == "" {
			return usageError{errors.New("- needs --name: the name of a file is part of what is checked")}
		}
		base = filepath.Base(name)
		spool, err := spoolStdin(stdin)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.Remove(spool)) }()
		r, err := check(name, base, spool, rules)
		if err != nil {
			return err
		}
		return use(r)
	}
	r, err := check(path, base, path, rules)
	if err != nil {
		return err
	}
	return use(r)
}

// spoolStdin keeps what comes in a file, since a file is read twice.
func spoolStdin(stdin io.Reader) (string, error) {
	f, err := os.CreateTemp("", "buzon-check-")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, stdin)
	if err := errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(fmt.Errorf("read standard input: %w", err), os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// check reads the file at path as one that is called base; shown is what the
// report calls it.
func check(shown, base, path string, rules rulesFor) (*revision, error) {
	n, err := schema.ParseNombre(base)
	if err != nil {
		n = schema.Nombre{}
	}
	reglas := rules(n)
	r := &revision{File: shown, Errors: []revError{}, written: schema.V0100}
	r.content = func() (io.ReadCloser, error) { return os.Open(path) }
	if reglas.Escribe != nil {
		r.written = reglas.Escribe(n.Parte())
	}
	ex, err := schema.Examine(base, r.content, reglas)
	if err != nil {
		return nil, err
	}
	r.Type, r.examen = string(ex.Tipo), ex
	count, err := ex.Check(func(h schema.Hallazgo) {
		r.findings = append(r.findings, h)
		r.Errors = append(r.Errors, revError{h.Linea, string(h.Folio), h.Campo, string(h.Codigo), string(h.Severidad), h.Mensaje})
	})
	r.Result, r.Records, r.Accepted = count.Resultado.String(), count.Registros, count.Aceptados
	return r, err
}

// writeRCH writes what the gateway would answer to the findings; without one it
// writes nothing.
func writeRCH(path string, r *revision, now time.Time) (err error) {
	if len(r.findings) == 0 {
		return nil
	}
	n := r.examen.Nombre
	if n.Tipo == "" {
		return errors.New("--rch: the gateway answers a file whose name is wrong under the owner of its folder, which is not known here")
	}
	n = n.Respuesta(schema.RCH, 0)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--rch: %s is there already; name another file", path)
	}
	if err != nil {
		return fmt.Errorf("--rch: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := schema.NewWriter(f, schema.Encabezado{GeTipoArchivo: schema.RCH, GeVersion: r.written,
		GeEmisor: schema.Pasarela, GeReceptor: n.Parte().String(), GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now), GeArchivoReferencia: r.examen.Archivo})
	if err != nil {
		return err
	}
	for i, h := range r.findings {
		if err := w.Write(h.Rechazo(i + 1)); err != nil {
			return err
		}
	}
	_, err = w.Close()
	return err
}
