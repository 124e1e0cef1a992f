package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store/bitacora"
)

func TestSeed(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	roll := []Institucion{
		{UNE: 900001, Denominacion: "Una", Sector: "Uno", Termino: 20, Prorroga: 10,
			Llaves: []Llave{{Fingerprint: "SHA256:a", Publica: "ssh-ed25519 A", Nombre: "a"}}},
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
		if err := s.View(t.Context(), func(v *View) (err error) {
			all, err = v.Padron()
			return err
		}); err != nil {
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
	other := []Institucion{{UNE: 900001, Denominacion: "Otra", Sector: "Uno", Termino: 25, Prorroga: 10,
		Llaves: []Llave{{Fingerprint: "SHA256:b"}}}}
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
	if want := []string{bitacora.InstitucionAlta, bitacora.LlaveAlta, bitacora.InstitucionAlta,
		bitacora.LlaveAlta}; !slices.Equal(names, want) {
		t.Errorf("events %q", names)
	}
}

// TestForeignKeys: what a fact refers to must be there.
func TestForeignKeys(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	gone := Salida{ID: 99, Parte: 900001, Nombre: "x"}
	for name, fn := range map[string]func(tx *Tx) error{
		"the institution of a round": func(tx *Tx) error {
			a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1)
			return recibeREC(tx, &a, []Asunto{{Folio: "2026/090/1", Vuelta: 1, UNE: 900009}})
		},
		"the round of a dictamen": func(tx *Tx) error {
			a := recibido(schema.ParteCONDUSEF, "dic", schema.DIC, 1)
			return recibe(tx, &a, func(in *Ingreso) error {
				return in.AddDictamen(&Asunto{ID: 99}, &Dictamen{Tipo: 1, Numero: 1})
			})
		},
		"the round of a term": func(tx *Tx) error {
			return tx.actoPlazos(900001, bitacora.PlazoVencido, bitacora.CargaAvisado{}).add(&Asunto{ID: 99},
				PlazoVencido, bitacora.RenglonPlazo{}, "")
		},
		"the answer in a REP": func(tx *Tx) error {
			s := salida(schema.ParteCONDUSEF, schema.REP, 1, 1, 0)
			return tx.AddREP(&s, []Respuesta{{ID: 99}})
		},
		"the file of an answer": func(tx *Tx) error {
			s := salida(900001, schema.ACU, 1, 1, 99)
			return tx.AddSalida(&s)
		},
		"the file of an acuse": func(tx *Tx) error {
			s := salida(900001, schema.ACU, 1, 1, 0)
			return tx.AddAcuse(&Archivo{ID: 99}, &s, "", 2026, 1)
		},
		"the file of a pickup": func(tx *Tx) error {
			return tx.AddRecogida(gone, Recogida{Ronda: 1}, Cobertura{}, bitacora.ArchivoAbierto, "")
		},
		"the institution of keys": func(tx *Tx) error {
			return tx.addLlave(900009, Llave{}, bitacora.CargaOrden{})
		},
	} {
		if err := s.Update(t.Context(), now, fn); err == nil ||
			!strings.Contains(err.Error(), "FOREIGN KEY") {
			t.Errorf("%s: %v", name, err)
		}
	}
	a := recibido(900001, "res", schema.RES, 1)
	err := s.Update(t.Context(), now, func(tx *Tx) error {
		return recibe(tx, &a, func(in *Ingreso) error {
			_, err := in.responde(&Asunto{ID: 99}, TipoRespuesta)
			return err
		})
	})
	if err == nil || !strings.Contains(err.Error(), "0 of 1 answers are of open folios") {
		t.Errorf("an answer of no round: %v", err)
	}
}

// TestOnce: what may happen to a row once is refused the second time, so that a
// mistake in a caller becomes an error and not a fact.
func TestOnce(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	a, r := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 1), recibido(900001, "res", schema.RES, 1)
	casos := []Asunto{{Folio: "2026/090/1", Vuelta: 1, UNE: 900001}}
	rep := salida(schema.ParteCONDUSEF, schema.REP, 1, 1, 0)
	var lot Salida
	var p Respuesta
	update(t, s, func(tx *Tx) (err error) {
		if err := errors.Join(siembra(tx, 1), recibeREC(tx, &a, casos)); err != nil {
			return err
		}
		if lot, err = entrega(tx, 900001, a.ID, 1, 1); err != nil {
			return err
		}
		err = recibe(tx, &r, func(in *Ingreso) (err error) {
			p, err = in.responde(&casos[0], TipoRespuesta)
			return err
		})
		return errors.Join(err, tx.AddREP(&rep, []Respuesta{p}))
	})
	log := len(eventos(t, s))
	again := func(s Salida) *Salida { s.Nombre += "2"; return &s }
	other := func(tipo int) func(tx *Tx) error {
		return func(tx *Tx) error {
			b := recibido(900001, "otro", schema.RES, 1)
			return recibe(tx, &b, func(in *Ingreso) error {
				_, err := in.responde(&casos[0], tipo)
				return err
			})
		}
	}
	none := func(*Ingreso) error { return nil }
	for what, fn := range map[string]func(tx *Tx) error{
		"the same content":     func(tx *Tx) error { b := a; b.K = 2; return recibe(tx, &b, none) },
		"the same number of a": func(tx *Tx) error { b := a; b.SHA256 = "otro"; return recibe(tx, &b, none) },
		"the same round": func(tx *Tx) error {
			b := recibido(schema.ParteCONDUSEF, "otro", schema.REC, 1)
			return recibeREC(tx, &b, []Asunto{casos[0]})
		},
		"a row in a second LOT": func(tx *Tx) error {
			return tx.AddLote(again(lot), []Plazo{{Dia0: hoy, Limite: hoy}}, "v")
		},
		"a second publication":  func(tx *Tx) error { return tx.Publish(&lot, now.Add(time.Hour)) },
		"annul a visible LOT":   func(tx *Tx) error { return tx.AnnulLote(lot) },
		"a second answer":       other(TipoRespuesta),
		"a prórroga after it":   other(TipoProrroga),
		"an answer in two REPs": func(tx *Tx) error { return tx.AddREP(again(rep), []Respuesta{p}) },
		"a name for two files":  func(tx *Tx) error { r := rep; return tx.AddSalida(&r) },
		"a number of two acuses": func(tx *Tx) error {
			return errors.Join(tx.AddAcuse(&a, again(rep), "", 2026, 1),
				tx.AddAcuse(&r, again(*again(rep)), "", 2026, 1))
		},
		"two acuses of a file": func(tx *Tx) error {
			return errors.Join(tx.AddAcuse(&a, again(rep), "", 2026, 1),
				tx.AddAcuse(&a, again(*again(rep)), "", 2026, 2))
		},
		"two files at a time": func(tx *Tx) error {
			b := recibido(schema.ParteCONDUSEF, "otro", schema.REC, 0)
			return recibe(tx, &b, func(*Ingreso) error { _, err := tx.TakeIn(&b); return err })
		},
		"a file without a verdict": func(tx *Tx) error {
			b := recibido(schema.ParteCONDUSEF, "otro", schema.REC, 1)
			in, err := tx.TakeIn(&b)
			return errors.Join(err, in.acepta(&Asunto{Folio: "2026/090/7", Vuelta: 1, UNE: 900001}),
				in.Close())
		},
	} {
		if err := s.Update(t.Context(), now, fn); err == nil {
			t.Errorf("%s was allowed", what)
		}
	}
	if n := len(eventos(t, s)); n != log {
		t.Errorf("%d events of what was refused", n-log)
	}
	view(t, s, func(v *View) error {
		k, err := v.UltimaVuelta(casos[0].Folio)
		if err == nil && (!k.Entregada.Equal(now) || !k.Respondida.Equal(now) || k.Lote != lot.ID) {
			t.Errorf("%+v", k)
		}
		return err
	})
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
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
	if want := []string{bitacora.CorridaIniciada, bitacora.CorridaFallida, bitacora.CorridaIniciada,
		bitacora.CorridaTerminada}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

func TestHistorySelects(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	rec := recibido(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt", schema.REC, 2)
	for i, fn := range []func(tx *Tx) error{
		func(tx *Tx) error { return siembra(tx, 1) },
		func(tx *Tx) error {
			return recibeREC(tx, &rec,
				[]Asunto{{Folio: "2026/090/1", Vuelta: 1, UNE: 900001},
					{Folio: "2026/090/2", Vuelta: 1, UNE: 900001}})
		},
		func(tx *Tx) error { _, err := entrega(tx, 900001, rec.ID, 1, 2); return err },
	} {
		if err := s.Update(t.Context(), now.Add(time.Duration(i)*time.Hour), fn); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		q    Consulta
		want []Cursor
	}{
		"all":        {Consulta{}, []Cursor{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}}},
		"party":      {Consulta{Parte: 900001}, []Cursor{{2, 0}, {4, 0}, {5, 0}}},
		"folio":      {Consulta{Folio: "2026/090/2"}, []Cursor{{3, 2}, {5, 2}}},
		"file":       {Consulta{Archivo: "GE_REC_20260302_001.txt"}, []Cursor{{3, 0}}},
		"type":       {Consulta{Tipo: schema.LOT}, []Cursor{{4, 0}, {5, 0}}},
		"event":      {Consulta{Evento: bitacora.ArchivoRecibido}, []Cursor{{3, 0}}},
		"from":       {Consulta{Desde: now.Add(time.Hour)}, []Cursor{{3, 0}, {4, 0}, {5, 0}}},
		"until":      {Consulta{Hasta: now.Add(time.Hour)}, []Cursor{{1, 0}, {2, 0}}},
		"after":      {Consulta{DespuesDe: Cursor{N: 3}}, []Cursor{{4, 0}, {5, 0}}},
		"newest":     {Consulta{Ultimos: true, Limite: 2}, []Cursor{{5, 0}, {4, 0}}},
		"last place": {Consulta{Folio: "2026/090/2", Ultimos: true, Limite: 1}, []Cursor{{5, 2}}},
	} {
		var got []Cursor
		err := s.View(t.Context(), func(v *View) error {
			return v.History(test.q, func(e bitacora.Evento) error { got = append(got, De(e)); return nil })
		})
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v (%v)", name, got, test.want, err)
		}
	}
}
