package store

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestConflict: a round that another file has on disk already adds nothing and tells
// nothing, be it counted or not.
func TestConflict(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	a := recibido(schema.ParteCONDUSEF, "a", schema.REC, 1)
	b := recibido(schema.ParteCONDUSEF, "b", schema.REC, 1)
	update(t, s, func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			if err := errors.Join(in.acepta(&Asunto{Folio: "2026/096/1", Vuelta: 1, UNE: 900001}),
				in.Quiesce(), in.Pause()); err != nil {
				return err
			}
			return enOtro(t, s, func(tx *Tx) error {
				return recibe(tx, &b, func(in *Ingreso) error {
					for _, f := range []schema.Folio{"2026/096/1", "2026/080/1"} {
						if err := in.acepta(&Asunto{Folio: f, Vuelta: 1, UNE: 900002}); !errors.Is(err,
							errRepetido) {
							t.Errorf("%s: %v", f, err)
						}
					}
					return in.acepta(&Asunto{Folio: "2026/096/2", Vuelta: 1, UNE: 900002})
				})
			}, in)
		})
	})
	view(t, s, func(v *View) error {
		var told []string
		for c, err := range v.Actos(time.Time{}, []string{bitacora.ArchivoRecibido}) {
			if err != nil {
				return err
			}
			if err := bitacora.Lugares(c, 2, func(x bitacora.Lugar) error {
				told = append(told, fmt.Sprint(c.Archivo, " ", x.Lugar, " ", x.Folio))
				return nil
			}); err != nil {
				return err
			}
		}
		want := []string{"GE_REC_20260301_001.txt 1 2026/080/1", "b 1 2026/096/2", "a 1 2026/096/1"}
		if !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		lots, err := v.SinLote(900002)
		if err == nil && !slices.Equal(lots, []int64{b.ID}) {
			err = fmt.Errorf("RECs to deliver to 900002: %v", lots)
		}
		return err
	})
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// yaEsta is what the database says of a second row of a round.
const yaEsta = "UNIQUE constraint failed: reclamaciones.folio, reclamaciones.vuelta"

// TestConflictNotWritten: of two files that bring one round before either has it on
// disk the second one that is written fails as a whole, and comes again.
func TestConflictNotWritten(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	s.SetJuntas(juntas)
	a := recibido(schema.ParteCONDUSEF, "a", schema.REC, 2)
	b := recibido(schema.ParteCONDUSEF, "b", schema.REC, 1)
	c := Asunto{Folio: "2026/096/1", Vuelta: 1, UNE: 900001}
	var between []string
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			if err := errors.Join(in.acepta(&c),
				in.acepta(&Asunto{Folio: "2026/096/2", Vuelta: 1, UNE: 900002}), in.Pause()); err != nil {
				return err
			}
			err := enOtro(t, s, func(tx *Tx) error { return recibeREC(tx, &b, []Asunto{c}) }, in)
			between = retrato(t, s)
			return err
		})
	})
	if err == nil || !strings.Contains(err.Error(), yaEsta) {
		t.Errorf("the second one: %v", err)
	}
	if n := enTablas(t, s); n != 0 {
		t.Errorf("%d rows of it stayed", n)
	}
	if diff := cmp.Diff(between, retrato(t, s)); diff != "" {
		t.Errorf("something of it is seen:\n%s", diff)
	}
	update(t, s, func(tx *Tx) error {
		again := recibido(schema.ParteCONDUSEF, "a", schema.REC, 1)
		return recibe(tx, &again, func(in *Ingreso) error {
			if err := in.acepta(&c); !errors.Is(err, errRepetido) {
				t.Errorf("when it comes again: %v", err)
			}
			return in.acepta(&Asunto{Folio: "2026/096/2", Vuelta: 1, UNE: 900002})
		})
	})
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestTwiceInAFile: a file with two records of one round, which the layout keeps
// away, fails as a whole and leaves nothing, however its rows are written.
func TestTwiceInAFile(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, juntas} {
		for name, pausa := range map[string]func(*Ingreso) error{
			"at once": func(*Ingreso) error { return nil }, "in parts": (*Ingreso).Pause,
		} {
			t.Run(fmt.Sprint(n, " ", name), func(t *testing.T) {
				t.Parallel()
				s, _, _ := enDos(t)
				s.SetJuntas(n)
				before := retrato(t, s)
				all := append(rondas(4, 2), rondas(3, 1)[2])
				all = append(all, Asunto{Folio: "2026/095/1", Vuelta: 1, UNE: 900001})
				a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, len(all))
				err := s.Update(t.Context(), now, func(tx *Tx) error {
					return recibe(tx, &a, func(in *Ingreso) error {
						for i := range all {
							if err := errors.Join(in.acepta(&all[i]), pausa(in)); err != nil {
								return err
							}
						}
						return nil
					})
				})
				if err == nil || !errors.Is(err, errRepetido) && !strings.Contains(err.Error(), yaEsta) {
					t.Errorf("%v", err)
				}
				if n := enTablas(t, s); n != 0 {
					t.Errorf("%d rows of it stayed", n)
				}
				if diff := cmp.Diff(before, retrato(t, s)); diff != "" {
					t.Errorf("something of it is seen:\n%s", diff)
				}
			})
		}
	}
}

// repite takes a REC in whose second record is of the first one's round, so that
// its writing beside fails, and then does what then does.
func repite(t *testing.T, then func(in *Ingreso) error) error {
	t.Helper()
	s, _, _ := enDos(t)
	s.SetJuntas(2)
	a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 2)
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		in, err := tx.TakeIn(&a)
		if err != nil {
			return err
		}
		for range 2 {
			if err := in.acepta(&Asunto{Folio: "2026/095/1", Vuelta: 1, UNE: 900001}); err != nil {
				return err
			}
		}
		return then(in)
	})
	if n := enTablas(t, s); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	return err
}

// TestWritingFails: that rows could not be written beside the judging reaches
// whoever asks next, and the file never counts, also where it is not listened to.
func TestWritingFails(t *testing.T) {
	t.Parallel()
	for name, then := range map[string]func(in *Ingreso) error{
		"Quieto":  (*Ingreso).Quiesce,
		"Close":   (*Ingreso).Close,
		"Asienta": (*Ingreso).Settle,
		"Juzgar":  func(in *Ingreso) error { return in.Judge("", "", 2) },
		"Refuse":  func(in *Ingreso) error { return in.Refuse("2026/095/2", 3, 0, "FMT-02") },
		"twice":   func(in *Ingreso) error { _ = in.Quiesce(); return in.Judge("", "", 2) },
		"the next rows": func(in *Ingreso) error {
			return errors.Join(in.acepta(&Asunto{Folio: "2026/095/2", Vuelta: 1, UNE: 900001}),
				in.acepta(&Asunto{Folio: "2026/095/3", Vuelta: 1, UNE: 900001}))
		},
		"nobody":           func(*Ingreso) error { return nil },
		"nobody, judged":   func(in *Ingreso) error { _ = in.Judge("", "", 2); return nil },
		"nobody, and shut": func(in *Ingreso) error { _ = in.Close(); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := repite(t, then)
			if err == nil || !strings.Contains(err.Error(), yaEsta) && !strings.HasPrefix(name, "nobody") {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestPanicBesideWriting: a panic while rows are being written, in several
// transactions, waits for them, and nothing stays.
func TestPanicBesideWriting(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	all := rondas(3*respiro, 2)
	s.SetJuntas(len(all))
	a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, len(all))
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = s.Update(t.Context(), now, func(tx *Tx) error {
			in, err := tx.TakeIn(&a)
			for i := range all {
				err = errors.Join(err, in.acepta(&all[i]))
			}
			if err != nil || in.escribe == nil {
				t.Errorf("nothing is written beside: %v", err)
			}
			panic("in the middle")
		})
	}()
	if n := enTablas(t, s); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
	update(t, s, func(tx *Tx) error { return recibeREC(tx, &a, all) })
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestReadersDoNotHoldAFileUp: who takes a file in waits for nobody who reads.
func TestReadersDoNotHoldAFileUp(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	var read func(n int) error
	read = func(n int) error {
		if n == 0 {
			a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1)
			return s.Update(t.Context(), now, func(tx *Tx) error { return recibeREC(tx, &a, rondas(1, 1)) })
		}
		return s.View(t.Context(), func(*View) error { return read(n - 1) })
	}
	if err := read(readers); err != nil {
		t.Error(err)
	}
}
