package auditoria

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Alcance is what an export was asked for.
type Alcance struct {
	Desde, Hasta time.Time // from a moment on, and before one; zero: no bound
	Viejos       []string  // checkpoints whose sizes the proofs shall hold too
}

// consulta is consulta.json.
type consulta struct {
	Version   int             `json:"version"`
	Desde     string          `json:"desde,omitempty"`
	Hasta     string          `json:"hasta,omitempty"`
	Momento   schema.Instante `json:"momento"`
	Primero   int64           `json:"primero"`
	Ultimo    int64           `json:"ultimo"`
	Simulacro bool            `json:"simulacro"`
}

// pruebas is pruebas.json.
type pruebas struct {
	Izquierda    []tlog.Hash    `json:"izquierda"`
	Derecha      []tlog.Hash    `json:"derecha"`
	Consistencia []consistencia `json:"consistencia"`
}

type consistencia struct {
	Tamano int64       `json:"tamano"`
	Raiz   tlog.Hash   `json:"raiz"`
	Prueba []tlog.Hash `json:"prueba"`
}

// ExportFile writes the archive of Export to a file that is not there yet, whole or not
// at all.
func ExportFile(v *store.View, path string, q Alcance, now time.Time,
	step func(done, total int64)) (n int64, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	if n, err = Export(v, f, q, now, step); err != nil {
		return n, err
	}
	return n, f.Sync()
}

// Export writes the archive of docs/bitacora.md, section 4, from one snapshot of
// the store: events of a time with the proof that they are all of them, the
// newest checkpoint, and the proofs that older ones are its beginning. What came
// after the newest checkpoint is not in it. It gives the number of events. step
// is told how far it is; it may be nil.
func Export(v *store.View, w io.Writer, q Alcance, now time.Time,
	step func(done, total int64)) (n int64, err error) {
	punto, err := newest(v)
	if err != nil {
		return 0, err
	}
	c := consulta{Version: 1, Desde: bound(q.Desde), Hasta: bound(q.Hasta), Momento: schema.NewInstante(now)}
	if c.Simulacro, err = v.Simulacro(); err != nil {
		return 0, err
	}
	if c.Primero, c.Ultimo, err = v.Rango(punto.Tamano, q.Desde, q.Hasta); err != nil {
		return 0, err
	}
	p, err := proofs(v, punto, c, q.Viejos)
	if err != nil {
		return 0, err
	}
	z := zip.NewWriter(w)
	for _, m := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{nombreConsulta, func(w io.Writer) error { return object(w, c) }},
		{nombrePunto, func(w io.Writer) error { _, err := io.WriteString(w, punto.Nota); return err }},
		{nombrePruebas, func(w io.Writer) error { return object(w, p) }},
		{nombreEventos, func(w io.Writer) error { return events(v, w, c, step) }},
		{"eventos.csv", func(w io.Writer) error { return sheet(v, w, c) }},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: m.name, Method: zip.Deflate, Modified: now})
		if err == nil {
			err = m.write(f)
		}
		if err != nil {
			return 0, fmt.Errorf("export %s: %w", m.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return c.Ultimo - c.Primero + 1, nil
}

// bound writes a bound of a time, "" where there is none.
func bound(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return schema.Momento(t)
}

func proofs(v *store.View, punto store.Punto, c consulta, viejos []string) (p pruebas, err error) {
	left, right, err := v.Tramo(punto.Tamano, c.Primero, c.Ultimo)
	if err != nil {
		return p, err
	}
	p = pruebas{Izquierda: list(left), Derecha: list(right), Consistencia: []consistencia{}}
	sellos, err := v.Sellos()
	if err != nil {
		return p, err
	}
	known, err := v.Puntos()
	if err != nil {
		return p, err
	}
	for _, nota := range viejos {
		known = append(known, store.Punto{Nota: nota})
	}
	seen := map[int64]bool{}
	for _, k := range known {
		old, _, err := Open(k.Nota, sellos)
		if err == nil {
			err = old.same(c.Simulacro)
		}
		if err != nil {
			return p, err
		}
		if seen[old.Tamano] {
			continue
		}
		seen[old.Tamano] = true
		proof, err := consistency(v, punto.Tamano, old.Tamano)
		if err != nil {
			return p, err
		}
		own, err := v.Raiz(old.Tamano) // whoever holds another root for it shall see that
		if err != nil {
			return p, err
		}
		p.Consistencia = append(p.Consistencia, consistencia{old.Tamano, own, proof})
	}
	return p, nil
}

func events(v *store.View, w io.Writer, c consulta, step func(done, total int64)) error {
	b := bufio.NewWriterSize(w, 64<<10)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	total := c.Ultimo - c.Primero + 1
	err := v.Crudos(c.Primero, c.Ultimo, func(e bitacora.Crudo) error {
		if done := e.N - c.Primero + 1; step != nil && (done%4096 == 0 || done == total) {
			step(done, total)
		}
		return enc.Encode(e)
	})
	if err != nil {
		return err
	}
	return b.Flush()
}

// sheet is eventos.csv, for people with a spreadsheet.
func sheet(v *store.View, w io.Writer, c consulta) error {
	out := bitacora.NewCSV(w)
	err := v.Crudos(c.Primero, c.Ultimo, func(e bitacora.Crudo) error {
		return out.WriteCrudo(&e, c.Simulacro)
	})
	if err != nil {
		return err
	}
	return out.Flush()
}
