package store

import (
	"errors"
	"slices"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestArriba: the intervals of an answer end where the question does, and a
// start after a power cut tells of the last heartbeat.
func TestArriba(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
	do := func(minutes int, fn func(tx *Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), at(minutes), fn); err != nil {
			t.Fatal(err)
		}
	}
	var id int64
	starts := func(tx *Tx) (err error) { id, err = tx.StartService(); return err }
	do(0, starts)
	do(10, func(tx *Tx) error { return tx.StopService(id) })
	do(20, starts)
	do(30, func(tx *Tx) error { return tx.Late(id) })
	do(25, func(tx *Tx) error { return tx.Late(id) }) // the clock was set back
	do(40, starts)                                    // after a power cut
	do(50, func(tx *Tx) error { return tx.Late(id) })

	for name, c := range map[string]struct {
		from, to int
		want     [][2]int
	}{
		"all":          {-10, 90, [][2]int{{0, 10}, {20, 30}, {40, 50}}},
		"clipped":      {5, 45, [][2]int{{5, 10}, {20, 30}, {40, 45}}},
		"in one":       {22, 24, [][2]int{{22, 24}}},
		"between":      {10, 20, nil},
		"after it all": {60, 90, nil},
	} {
		var want []Intervalo
		for _, i := range c.want {
			want = append(want, Intervalo{at(i[0]), at(i[1])})
		}
		var got []Intervalo
		view(t, s, func(v *View) (err error) { got, err = v.Arriba(at(c.from), at(c.to)); return err })
		same := func(x, y Intervalo) bool { return x.Desde.Equal(y.Desde) && x.Hasta.Equal(y.Hasta) }
		if !slices.EqualFunc(got, want, same) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	var cut []bitacora.Evento
	for _, e := range eventos(t, s) {
		if e.Evento == bitacora.ServicioInterrumpido {
			cut = append(cut, e)
		}
	}
	if len(cut) != 1 || cut[0].Detalle["ultimo_latido"] != string(schema.NewInstante(at(30))) {
		t.Errorf("interruptions: %+v", cut)
	}
}

// TestPorRecoger: a LOT waits to be picked up until it is, or until there is
// nothing more to tell of it.
func TestPorRecoger(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	rec := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1)
	update(t, s, func(tx *Tx) error {
		return errors.Join(siembra(tx, 1),
			recibeREC(tx, &rec, []Asunto{{Folio: "2026/090/1", Vuelta: 1, UNE: 900001}}))
	})
	lot := func(n, registros int, observable bool) (x Salida) {
		var archivo int64
		var plazos []Plazo
		if registros > 0 {
			archivo, plazos = rec.ID, []Plazo{{Dia0: hoy, Limite: hoy + 28}}
		}
		x = salida(900001, schema.LOT, n, registros, archivo)
		x.NoObservable = !observable
		update(t, s, func(tx *Tx) error {
			return errors.Join(tx.AddLote(&x, plazos, "v"), tx.Publish(&x, now))
		})
		return x
	}
	whole, empty, late, elsewhere := lot(1, 0, true), lot(2, 0, true), lot(3, 1, true), lot(4, 0, false)
	_ = elsewhere
	waiting := func() (names []int) {
		t.Helper()
		view(t, s, func(v *View) error {
			all, err := v.PorRecoger()
			for _, p := range all {
				names = append(names, p.NNN)
			}
			return err
		})
		return names
	}
	want := func(when string, want ...int) {
		t.Helper()
		if got := waiting(); !slices.Equal(got, want) {
			t.Errorf("%s: %v wait, want %v", when, got, want)
		}
	}
	want("at first", 1, 2, 3)
	tell := func(x Salida, plazo string) {
		t.Helper()
		update(t, s, func(tx *Tx) error {
			return tx.AddNoRecogido(PorRecoger{Salida: x}, bitacora.CargaSinRecoger{Plazo: plazo})
		})
	}
	tell(whole, PlazoHora)
	tell(late, PlazoHora)
	want("after the hour", 2, 3) // an empty one has no limit
	tell(empty, PlazoHora)
	tell(late, PlazoLimite)
	want("after the limit")
	if err := s.Update(t.Context(), now, func(tx *Tx) error {
		return tx.AddNoRecogido(PorRecoger{Salida: late}, bitacora.CargaSinRecoger{Plazo: PlazoLimite})
	}); err == nil {
		t.Error("told twice of the same moment")
	}
	update(t, s, func(tx *Tx) error {
		return tx.AddRecogida(late, Recogida{Cuenta: "00900001", Ronda: 1, Inicio: -1, Cierre: true},
			Cobertura{Abierta: now, Leida: now, Completa: now, Veces: 1}, bitacora.ArchivoRecogido, "")
	})
	update(t, s, func(tx *Tx) error {
		return tx.AddRecogida(empty, Recogida{Cuenta: "00900001", Ronda: 1, Inicio: 0},
			Cobertura{Abierta: now, Leida: now}, bitacora.ArchivoLeidoEnParte, "")
	})
	var states []string
	view(t, s, func(v *View) error {
		all, err := v.UltimosLotes(900001, 4)
		for _, l := range all {
			states = append(states, l.Recogida)
		}
		return err
	})
	if want := []string{RecogidaNoObservable, RecogidaCompleto, RecogidaParcial,
		RecogidaPublicado}; !slices.Equal(states, want) {
		t.Errorf("the newest LOTs are %v, want %v", states, want)
	}
}
