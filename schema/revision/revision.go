package revision

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"buzon/schema"
)

// Revision is what is said of one file.
type Revision struct {
	File      string            `json:"file"`
	Type      string            `json:"type"`
	Result    string            `json:"result"`
	Records   int               `json:"records"`
	Accepted  int               `json:"accepted"`
	Errors    []Error           `json:"errors"`
	Hallazgos []schema.Hallazgo `json:"-"` // what Errors is made of

	content func() (io.ReadCloser, error)
	examen  *schema.Examen
	written schema.Version // of what the gateway would answer
}

// Error is one finding.
type Error struct {
	Line     int    `json:"line"` // 0: the file
	Folio    string `json:"folio"`
	Field    string `json:"field"`
	Code     string `json:"code"`
	Severity string `json:"severity"` // E error, A warning
	Message  string `json:"message"`
}

// PorNombre gives the rules for a file of a name, which is zero where it is wrong.
type PorNombre = func(schema.Nombre) *schema.Reglas

// Files puts the files of a folder in its place: those that bear a name of the exchange.
// The others are passed over.
func Files(args []string) (files, passed []string, err error) {
	for _, arg := range args {
		// What is not there is told when it is its turn: the others are checked.
		if info, err := os.Stat(arg); arg == "-" || err != nil || !info.IsDir() {
			files = append(files, arg)
			continue
		}
		entries, err := os.ReadDir(arg)
		if err != nil {
			return nil, passed, err
		}
		for _, e := range entries {
			path := filepath.Join(arg, e.Name())
			if e.Type().IsRegular() && strings.HasPrefix(strings.ToUpper(e.Name()), "GE_") {
				files = append(files, path)
			} else {
				passed = append(passed, path)
			}
		}
	}
	return files, passed, nil
}

// Spool keeps standard input in a file, since a file is read twice. Removing it is the
// caller's.
func Spool(stdin io.Reader) (string, error) {
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

// Check reads the file at path as one that is called base; shown is what the
// report calls it.
func Check(shown, base, path string, rules PorNombre) (*Revision, error) {
	n, err := schema.ParseNombre(base)
	if err != nil {
		n = schema.Nombre{}
	}
	reglas := rules(n)
	r := &Revision{File: shown, Errors: []Error{}, written: schema.V0100}
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
		r.Hallazgos = append(r.Hallazgos, h)
		r.Errors = append(r.Errors,
			Error{h.Linea, string(h.Folio), h.Campo, string(h.Codigo), string(h.Severidad), h.Mensaje})
	})
	r.Result, r.Records, r.Accepted = count.Resultado.String(), count.Registros, count.Aceptados
	return r, err
}

// WriteRCH writes what the gateway would answer to the findings; without one it
// writes nothing.
func (r *Revision) WriteRCH(path string, now time.Time) (err error) {
	if len(r.Hallazgos) == 0 {
		return nil
	}
	n := r.examen.Nombre
	if n.Tipo == "" {
		return errors.New(
			"the gateway answers a file whose name is wrong under the owner of its folder, which is not " +
				"known here")
	}
	n = n.Receipt(schema.RCH, 0)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already; name another file", path)
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w, err := schema.NewWriter(f, schema.Encabezado{GeTipoArchivo: schema.RCH, GeVersion: r.written,
		GeEmisor: schema.Pasarela, GeReceptor: n.Parte().String(), GeFechaOperacion: n.Dia.Fecha(),
		GeSecuencia:           n.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now), GeArchivoReferencia: r.examen.Archivo})
	if err != nil {
		return err
	}
	for i, h := range r.Hallazgos {
		if err := w.Write(h.Rechazo(i + 1)); err != nil {
			return err
		}
	}
	_, err = w.Close()
	return err
}
