package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

// enDos is a store with two institutions, one of which has a round that was
// delivered, in which a file yields to others at every Pausa, and a row of a REC is
// written as soon as it is there.
func enDos(t *testing.T) (*Store, string, Asunto) {
	t.Helper()
	s, path := open(t)
	s.SetRetiene(0)
	s.SetJuntas(1)
	rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260301_001.txt", schema.REC, 1)
	var k Asunto
	update(t, s, func(tx *Tx) error {
		if err := errors.Join(siembra(tx, 2),
			recibeREC(tx, &rec, []Asunto{{Folio: "2026/080/1", Vuelta: 1, UNE: 900001}})); err != nil {
			return err
		}
		_, err := entrega(tx, 900001, rec.ID, 1, 1)
		if err != nil {
			return err
		}
		k, err = tx.UltimaVuelta("2026/080/1")
		return err
	})
	return s, path, k
}

// entrada is a file whose records are in the order in which its steps add them.
type entrada struct {
	a     Archivo
	steps []func(in *Ingreso) error
}

func (e *entrada) recibe(tx *Tx, between func(i int)) error {
	return recibe(tx, &e.a, func(in *Ingreso) error {
		for i, step := range e.steps {
			if err := errors.Join(step(in), in.Quiesce()); err != nil {
				return err
			}
			between(i)
			if err := in.Pause(); err != nil {
				return err
			}
		}
		return nil
	})
}

// entradas is one file of each type.
func entradas(k Asunto) map[string]*entrada {
	round := func(f schema.Folio, u schema.UNE) func(in *Ingreso) error {
		return func(in *Ingreso) error { return in.acepta(&Asunto{Folio: f, Vuelta: 1, UNE: u}) }
	}
	bad := func(f schema.Folio) func(in *Ingreso) error {
		return func(in *Ingreso) error { return in.Refuse(f, in.renglones.N()+1, 0, "FMT-02") }
	}
	rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt", schema.REC, 4)
	res, dic := recibido(900001, "res", schema.RES, 3), recibido(schema.ParteCONDUSEF, "dic", schema.DIC, 2)
	res.Calendario = "v2"
	answer := func(tipo int) func(in *Ingreso) error {
		return func(in *Ingreso) error { _, err := in.responde(&k, tipo); return err }
	}
	return map[string]*entrada{
		"REC": {rec,
			[]func(*Ingreso) error{round("2026/090/1", 900001), round("2026/090/2", 900002),
				bad("2026/091/1"), round("2026/090/3", 900001)}},
		"RES": {res, []func(*Ingreso) error{answer(TipoProrroga), answer(TipoRespuesta), bad("2026/091/1")}},
		"DIC": {dic, []func(*Ingreso) error{func(in *Ingreso) error {
			return in.AddDictamen(&k, &Dictamen{Tipo: DicDesistimiento, Numero: 1, Fecha: hoy})
		}, bad("2026/091/1")}},
	}
}

// TestIngresoIsSeenAtOnce: while a file is taken in others write, and nobody sees
// anything of it until it counts; then all of it is there.
func TestIngresoIsSeenAtOnce(t *testing.T) {
	t.Parallel()
	for name := range entradas(Asunto{}) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, _, k := enDos(t)
			e := entradas(k)[name]
			before := retrato(t, s)
			others := make(chan error)
			err := s.Update(t.Context(), now, func(tx *Tx) error {
				return e.recibe(tx, func(i int) {
					if diff := cmp.Diff(before, retrato(t, s)); diff != "" {
						t.Errorf("after record %d something is seen:\n%s", i+1, diff)
					}
					if i == 1 { // it writes at the next Pausa, and what it adds is no event
						go func() {
							others <- s.Update(t.Context(), now, func(tx *Tx) error {
								return tx.See(900001, "x", Visto{})
							})
						}()
					}
				})
			})
			if err := errors.Join(err, <-others); err != nil {
				t.Fatal(err)
			}
			after := retrato(t, s)
			if slices.Equal(before, after) {
				t.Error("nothing of it is seen after it counts")
			}
			if _, err := s.Verify(t.Context(), nil, nil); err != nil {
				t.Error(err)
			}
			whole, _, k := enDos(t) // the same in one transaction
			update(t, whole, func(tx *Tx) error {
				x := entradas(k)[name]
				return recibe(tx, &x.a, func(in *Ingreso) error {
					for _, step := range x.steps {
						if err := step(in); err != nil {
							return err
						}
					}
					return nil
				})
			})
			if diff := cmp.Diff(retrato(t, whole), after); diff != "" {
				t.Errorf("in parts it came to something else:\n%s", diff)
			}
		})
	}
}

// TestOthersWrite: each Pausa lets a writer through that waits.
func TestOthersWrite(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	s.SetRetiene(time.Millisecond)
	s.SetJuntas(juntas)
	done, stop := make(chan int), make(chan struct{})
	go func() {
		n := 0
		for ; ; n++ {
			select {
			case <-stop:
				done <- n
				return
			default:
				if err := s.Update(t.Context(), now, anota); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 20000)
	all := rondas(20000, 2)
	update(t, s, func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			for i := range all {
				if err := errors.Join(in.acepta(&all[i]), in.Pause()); err != nil {
					return err
				}
			}
			close(stop)
			return nil
		})
	})
	if n := <-done; n < 10 {
		t.Errorf("%d transactions got through while 20,000 rows were taken in", n)
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestTwoAtATime: a file that is taken in while another one is has another number.
func TestTwoAtATime(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	var quick Archivo
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		other := recibido(schema.ParteCONDUSEF, "lento", schema.REC, 1)
		return recibe(tx, &other, func(in *Ingreso) error {
			if err := errors.Join(in.acepta(&Asunto{Folio: "2026/095/1", Vuelta: 1, UNE: 900001}),
				in.Quiesce(), in.Pause()); err != nil {
				return err
			}
			quick = recibido(schema.ParteCONDUSEF, "aprisa", schema.REC, 1)
			if err := enOtro(t, s, func(tx *Tx) error {
				return recibeREC(tx, &quick, []Asunto{{Folio: "2026/095/2", Vuelta: 1, UNE: 900002}})
			}, in); err != nil {
				return err
			}
			if quick.ID == other.ID || quick.ID == 0 {
				t.Errorf("both have the number %d", quick.ID)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// enOtro writes in another transaction, at the next Pausa of a file.
func enOtro(t *testing.T, s *Store, fn func(*Tx) error, in *Ingreso) error {
	t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.Update(t.Context(), now, fn) }()
	for {
		if err := in.Pause(); err != nil {
			return err
		}
		select {
		case err := <-done:
			return err
		default:
		}
	}
}

// TestPausaAmongOthers: a file that shares its transaction with other writes cannot
// be written in parts, since an error would leave the others.
func TestPausaAmongOthers(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	for name, fn := range map[string]func(tx *Tx) error{
		"an event":       anota,
		"a fact":         func(tx *Tx) error { _, err := tx.add(tAvisos, "2026-03-02", 1); return err },
		"an observation": func(tx *Tx) error { return tx.See(900001, "x", Visto{}) },
	} {
		a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1)
		err := s.Update(t.Context(), now, func(tx *Tx) error {
			if err := fn(tx); err != nil {
				return err
			}
			return recibe(tx, &a, func(in *Ingreso) error {
				return errors.Join(in.acepta(&Asunto{Folio: "2026/097/1", Vuelta: 1, UNE: 900001}),
					in.Quiesce(), in.Pause())
			})
		})
		if err == nil || !strings.Contains(err.Error(), "cannot pause") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := enTablas(t, s); n != 0 {
		t.Errorf("%d rows stayed", n)
	}
}

// TestAmongOthersInOne: beside other facts many rows are written in one transaction.
func TestAmongOthersInOne(t *testing.T) {
	t.Parallel()
	s, _, _ := enDos(t)
	s.SetJuntas(2 * respiro)
	all, wrong := rondas(5*respiro, 2), errors.New("wrong")
	before := retrato(t, s)
	for _, fails := range []error{wrong, nil} {
		a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, len(all))
		err := s.Update(t.Context(), now, func(tx *Tx) error {
			return errors.Join(anota(tx), recibeREC(tx, &a, all), fails)
		})
		if !errors.Is(err, fails) {
			t.Fatal(err)
		}
		if n := enTablas(t, s); n != 0 || slices.Equal(before, retrato(t, s)) != (fails != nil) {
			t.Errorf("after %v: %d rows of files that do not count", fails, n)
		}
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}
