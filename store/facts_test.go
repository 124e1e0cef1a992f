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

func TestSeed(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	roll := []Institucion{
		{UNE: 900001, Denominacion: "Una", Sector: "Uno", Termino: 20, Prorroga: 10, Llaves: []Llave{{Huella: "SHA256:a", Publica: "ssh-ed25519 A", Nombre: "a"}}},
		{UNE: 900002, Denominacion: "Dos", Sector: "Uno", Termino: 20, Prorroga: 10},
	}
	seed := func(roll []Institucion) (differs []string) {
		t.Helper()
		update(t, s, func(tx *Tx) (err error) {
			differs, err = tx.Seed(roll)
			return err
		})
		return differs
	}
	padron := func() (all []Institucion) {
		t.Helper()
		if err := s.View(t.Context(), func(v *View) (err error) { all, err = v.Padron(); return err }); err != nil {
			t.Fatal(err)
		}
		return all
	}
	if d := seed(roll); len(d) != 0 {
		t.Errorf("a first seed differs: %q", d)
	}
	before, log := padron(), len(eventos(t, s))
	if d := seed(roll); len(d) != 0 || len(eventos(t, s)) != log {
		t.Errorf("the same seed again: %q, %d events", d, len(eventos(t, s))-log)
	}
	other := []Institucion{{UNE: 900001, Denominacion: "Otra", Sector: "Uno", Termino: 25, Prorroga: 10, Llaves: []Llave{{Huella: "SHA256:b"}}}}
	if d := seed(other); len(d) != 4 || !strings.Contains(d[0], "Otra") || !strings.Contains(d[1], "25") ||
		!strings.Contains(d[2], "00900002") || !strings.Contains(d[3], "SHA256:a") {
		t.Errorf("differences: %q", d)
	}
	if diff := cmp.Diff(before, padron()); diff != "" {
		t.Errorf("the roll changed:\n%s", diff)
	}
	err := s.View(t.Context(), func(v *View) error {
		for huella, want := range map[string]bool{"SHA256:a": true, "SHA256:b": true, "SHA256:c": false} {
			if err := v.Acceso(900001, huella, now); (err == nil) != want {
				t.Errorf("key %s: %v", huella, err)
			}
		}
		if err := v.Acceso(900002, "SHA256:a", now); !errors.Is(err, ErrLlaveDesconocida) {
			t.Errorf("a key of another institution: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range eventos(t, s)[1:] {
		names = append(names, e.Evento)
	}
	if want := []string{InstitucionAlta, LlaveAlta, InstitucionAlta, LlaveAlta}; !slices.Equal(names, want) {
		t.Errorf("events %q", names)
	}
}

// TestForeignKeys: what a fact refers to must be there.
func TestForeignKeys(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		return tx.AddReclamacion(&Archivo{ID: 99}, &Caso{Folio: "2026/090/1", Vuelta: 1, UNE: 900009})
	})
	if err == nil || !strings.Contains(err.Error(), "FOREIGN KEY") {
		t.Errorf("%v", err)
	}
}

// TestOnce: what may happen to a row once is refused the second time, so that a
// mistake in a caller becomes an error and not a fact.
func TestOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	a := Archivo{Parte: "00900001", Nombre: "x", SHA256: "h", K: 1, Jornada: schema.DiaDe(now), Recibido: now}
	caso := Caso{Folio: "2026/090/1", Vuelta: 1, UNE: 900001}
	lot := Salida{Parte: "00900001", Nombre: "lot", Tipo: schema.LOT, Registros: 1, Dia: schema.DiaDe(now), Jornada: schema.DiaDe(now)}
	rep := Salida{Parte: schema.CONDUSEF, Nombre: "rep", Tipo: schema.REP, Dia: schema.DiaDe(now), Jornada: schema.DiaDe(now)}
	p := Contestacion{Tipo: TipoRespuesta, Recibida: now, Oportunidad: 1}
	update(t, s, func(tx *Tx) error {
		_, err := tx.Seed([]Institucion{{UNE: 900001, Denominacion: "Una", Sector: "Uno", Termino: 20, Prorroga: 10}})
		err = errors.Join(err, tx.AddArchivo(&a), tx.AddReclamacion(&a, &caso))
		err = errors.Join(err, tx.AddLote(&lot, []Plazo{{Caso: caso.ID, Dia0: lot.Dia, Limite: lot.Dia}}, "v"), tx.Publish(&lot, now))
		err = errors.Join(err, tx.AddContestacion(&a, &caso, &p))
		return errors.Join(err, tx.AddREP(&rep, []Contestacion{p}))
	})
	log := len(eventos(t, s))
	again := func(s Salida) *Salida { s.Nombre += "2"; return &s }
	for what, fn := range map[string]func(tx *Tx) error{
		"the same content":      func(tx *Tx) error { b := a; b.K = 2; return tx.AddArchivo(&b) },
		"the same round":        func(tx *Tx) error { c := caso; return tx.AddReclamacion(&a, &c) },
		"a row in a second LOT": func(tx *Tx) error { return tx.AddLote(again(lot), []Plazo{{Caso: caso.ID}}, "v") },
		"a second publication":  func(tx *Tx) error { return tx.Publish(&lot, now.Add(time.Hour)) },
		"annul a visible LOT":   func(tx *Tx) error { return tx.AnnulLote(lot) },
		"a second answer":       func(tx *Tx) error { q := p; return tx.AddContestacion(&a, &caso, &q) },
		"a prórroga after it":   func(tx *Tx) error { q := p; q.Tipo = TipoProrroga; return tx.AddContestacion(&a, &caso, &q) },
		"an answer in two REPs": func(tx *Tx) error { return tx.AddREP(again(rep), []Contestacion{p}) },
		"a name for two files":  func(tx *Tx) error { r := rep; return tx.AddSalida(&r) },
		"a number of two acuses": func(tx *Tx) error {
			return errors.Join(tx.AddAcuse(&a, again(rep), "", 2026, 1), tx.AddAcuse(&a, again(*again(rep)), "", 2026, 1))
		},
	} {
		if err := s.Update(t.Context(), now, fn); err == nil {
			t.Errorf("%s was allowed", what)
		}
	}
	if n := len(eventos(t, s)); n != log {
		t.Errorf("%d events of what was refused", n-log)
	}
	err := s.View(t.Context(), func(v *View) error {
		k, err := v.UltimaVuelta(caso.Folio)
		if err == nil && (!k.Entregada.Equal(now) || !k.Contestada.Equal(now) || k.Lote != lot.ID) {
			t.Errorf("%+v", k)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestCutRun: a run without an end was cut off, which the next one records.
func TestCutRun(t *testing.T) {
	t.Parallel()
	s, path := open(t)
	start := func(s *Store) (id int64) {
		t.Helper()
		update(t, s, func(tx *Tx) (err error) {
			id, err = tx.StartRun(schema.DiaDe(now), "manual")
			return err
		})
		return id
	}
	start(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = reopen(t, path, Options{})
	id := start(s)
	update(t, s, func(tx *Tx) error { return tx.EndRun(id, "") })
	if err := s.Update(t.Context(), now, func(tx *Tx) error { return tx.EndRun(id, "again") }); err == nil {
		t.Error("a run ended twice")
	}
	var names []string
	for _, e := range eventos(t, s)[1:] {
		names = append(names, e.Evento)
	}
	if want := []string{CorridaIniciada, CorridaFallida, CorridaIniciada, CorridaTerminada}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

func TestHistorySelects(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for i, e := range []Evento{
		{Evento: ArchivoRecibido, Parte: "00900001", Archivo: "GE_RES_00900001_20260302_001.txt"},
		{Evento: RespuestaAceptada, Parte: "00900001", Archivo: "GE_RES_00900001_20260302_001.txt", Folio: "2026/090/1"},
		{Evento: ArchivoRecibido, Parte: schema.CONDUSEF, Archivo: "GE_REC_20260302_001.txt"},
	} {
		if err := s.Update(t.Context(), now.Add(time.Duration(i)*time.Hour), func(tx *Tx) error { return tx.Log(e) }); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		q    Consulta
		want []int64
	}{
		"all":    {Consulta{}, []int64{1, 2, 3, 4}},
		"party":  {Consulta{Parte: "00900001"}, []int64{2, 3}},
		"folio":  {Consulta{Folio: "2026/090/1"}, []int64{3}},
		"file":   {Consulta{Archivo: "GE_REC_20260302_001.txt"}, []int64{4}},
		"type":   {Consulta{Tipo: schema.RES}, []int64{2, 3}},
		"event":  {Consulta{Evento: ArchivoRecibido}, []int64{2, 4}},
		"from":   {Consulta{Desde: now.Add(time.Hour)}, []int64{3, 4}},
		"until":  {Consulta{Hasta: now.Add(time.Hour)}, []int64{1, 2}},
		"after":  {Consulta{DespuesDe: 3}, []int64{4}},
		"newest": {Consulta{Ultimos: true, Limite: 2}, []int64{4, 3}},
	} {
		var got []int64
		err := s.View(t.Context(), func(v *View) error {
			return v.History(test.q, func(e Evento) error { got = append(got, e.N); return nil })
		})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, test.want, err)
		}
	}
}
