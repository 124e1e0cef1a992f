package store

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// enTablas counts what the tables have of files that do not count.
func enTablas(t *testing.T, s *Store) (n int) {
	t.Helper()
	for _, f := range todosLosHechos {
		if f.por != "archivos" {
			continue
		}
		var rows int
		if err := s.r.QueryRow(`SELECT count(*) FROM ` + f.nombre +
			` WHERE archivo NOT IN (SELECT id FROM archivos)`).Scan(&rows); err != nil {
			t.Fatal(err)
		}
		n += rows
	}
	var open int
	if err := s.r.QueryRow(`SELECT count(*) FROM entrantes`).Scan(&open); err != nil {
		t.Fatal(err)
	}
	return n + open
}

// TestIngresoCut: an error, a panic and a kill in the middle leave nothing of a
// file, and it can be taken in again.
func TestIngresoCut(t *testing.T) {
	t.Parallel()
	wrong := errors.New("wrong")
	for name := range entradas(Asunto{}) {
		for how, cut := range map[string]func(t *testing.T, s *Store, e *entrada){
			"an error": func(t *testing.T, s *Store, e *entrada) {
				err := s.Update(t.Context(), now, func(tx *Tx) error {
					return errors.Join(e.recibe(tx, func(int) {}), wrong)
				})
				if !errors.Is(err, wrong) {
					t.Errorf("%v", err)
				}
			},
			"a panic": func(t *testing.T, s *Store, e *entrada) {
				defer func() {
					if recover() == nil {
						t.Error("the panic was swallowed")
					}
				}()
				_ = s.Update(t.Context(), now, func(tx *Tx) error {
					return e.recibe(tx, func(i int) {
						if i == 1 {
							panic("in the middle")
						}
					})
				})
			},
			"a kill": func(t *testing.T, s *Store, e *entrada) {
				err := s.Update(t.Context(), now, func(tx *Tx) error {
					return e.recibe(tx, func(i int) {
						if i == 1 {
							tx.s.conn = nil // nothing more is written by this process
						}
					})
				})
				if !errors.Is(err, errClosed) {
					t.Errorf("%v", err)
				}
				if n := enTablas(t, s); n < 2 {
					t.Errorf("%d rows were on disk: the kill shows nothing", n)
				}
			},
		} {
			t.Run(name+" "+how, func(t *testing.T) {
				t.Parallel()
				s, path, k := enDos(t)
				before := retrato(t, s)
				e := entradas(k)[name]
				conn := s.conn
				cut(t, s, e)
				if how == "a kill" {
					s.conn = conn
					if _, err := s.Verify(t.Context(), nil, nil); err != nil {
						t.Errorf("with a file half in: %v", err)
					}
					if err := s.Close(); err != nil {
						t.Fatal(err)
					}
					s = reopen(t, path, Options{Now: now})
					s.SetRetiene(0)
				}
				if n := enTablas(t, s); n != 0 {
					t.Errorf("%d rows of it stayed", n)
				}
				if diff := cmp.Diff(before, retrato(t, s)); diff != "" {
					t.Errorf("something of it is seen:\n%s", diff)
				}
				again := entradas(k)[name]
				update(t, s, func(tx *Tx) error { return again.recibe(tx, func(int) {}) })
				if _, err := s.Verify(t.Context(), nil, nil); err != nil {
					t.Error(err)
				}
			})
		}
	}
}

// TestLargeUndo: what many rows leave is dropped in several transactions, whole.
func TestLargeUndo(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	wrong, all := errors.New("wrong"), rondas(2*porTrozo+7, 2)
	a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, len(all))
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			for i := range all {
				if err := in.acepta(&all[i]); err != nil {
					return err
				}
			}
			return errors.Join(in.Pause(), wrong)
		})
	})
	if n := enTablas(t, s); n != 0 || !errors.Is(err, wrong) || errors.Is(err, errClosed) {
		t.Errorf("%d rows stayed (%v)", n, err)
	}
}
