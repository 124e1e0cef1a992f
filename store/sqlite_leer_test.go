package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"buzon/schema"
)

// TestEachEnds: an error of who takes the rows is given, whatever it wraps, and a panic
// of it leaves no snapshot of then on a connection.
func TestEachEnds(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	s.r.SetMaxOpenConns(1)
	err := s.View(t.Context(), func(v *View) error {
		return v.each(`SELECT n FROM bitacora`, nil, func(valores) error {
			return fmt.Errorf("cut: %w", io.EOF)
		})
	})
	if !errors.Is(err, io.EOF) {
		t.Errorf("the error of a row: %v", err)
	}
	eventos := func() (n int64) {
		view(t, s, func(v *View) (err error) { n, err = v.Eventos(); return err })
		return n
	}
	before := eventos()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.View(t.Context(), func(v *View) error {
			return v.each(`SELECT n FROM bitacora`, nil, func(valores) error { panic("in a row") })
		})
	}()
	update(t, s, func(tx *Tx) error { return siembra(tx, 1) })
	if after := eventos(); after <= before {
		t.Errorf("%d events after %d: the snapshot of before", after, before)
	}
}

// TestAlcance: what a UNE's estado/ is made from does not change by a DIC that does not
// count yet, and does when it counts.
func TestAlcance(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	k := Asunto{}
	update(t, s, func(tx *Tx) error {
		rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260301_001.txt", schema.REC, 1)
		err := errors.Join(siembra(tx, 1), recibe(tx, &rec, func(in *Ingreso) error {
			return in.acepta(&Asunto{Folio: "2026/090/1", Vuelta: 1, UNE: 900001})
		}), llena(tx, rec))
		if err == nil {
			k, err = tx.UltimaVuelta("2026/090/1")
		}
		return err
	})
	alcance := func() (d int64) {
		view(t, s, func(v *View) (err error) { _, d, _, err = v.Alcance(900001); return err })
		return d
	}
	before := alcance()
	s.SetRetiene(0)
	dic := recibido(schema.ParteCONDUSEF, "GE_DIC_20260303_009.txt", schema.DIC, 1)
	update(t, s, func(tx *Tx) error {
		return recibe(tx, &dic, func(in *Ingreso) error {
			err := errors.Join(in.AddDictamen(&k, &Dictamen{Tipo: 3, Numero: 1}), in.Pause())
			if got := alcance(); got != before {
				t.Errorf("dictamen %d before its file counts, want %d", got, before)
			}
			return err
		})
	})
	if got := alcance(); got <= before {
		t.Errorf("dictamen %d once it counts, %d before", got, before)
	}
}

// TestViewEnds: the end of ctx ends what is asked after it, also between two rows, and a
// connection whose snapshot could not be ended is used by nobody any more.
func TestViewEnds(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	update(t, s, func(tx *Tx) error { return siembra(tx, 2) })
	ctx, cancel := context.WithCancel(t.Context())
	err := s.View(ctx, func(v *View) error {
		rows := 0
		err := v.each(`SELECT n FROM bitacora`, nil, func(valores) error { rows++; cancel(); return nil })
		if rows != 1 {
			t.Errorf("%d rows after the end", rows-1)
		}
		if _, asked := v.Eventos(); !errors.Is(asked, context.Canceled) {
			t.Errorf("asked after the end: %v", asked)
		}
		return err
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("ended between two rows: %v", err)
	}
	s.r.SetMaxOpenConns(1)
	err = s.View(t.Context(), func(v *View) error {
		_, err := v.rapida.exec(`ROLLBACK`, nil)
		return err
	})
	if left := s.r.Stats().OpenConnections; err == nil || left != 0 {
		t.Errorf("a snapshot that ended beneath: %v, %d connections are left", err, left)
	}
	view(t, s, func(v *View) error { _, err := v.Eventos(); return err })
}
