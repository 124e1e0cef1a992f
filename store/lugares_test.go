package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"buzon/schema"
	"buzon/store/bitacora"
)

// prueba is a *testing.T, or one of rapid's.
type prueba interface {
	Helper()
	Fatal(...any)
	Context() context.Context
}

// lento gives what acts did to each folio, by a reading of the whole log.
func lento(t prueba, s *Store) map[schema.Folio][]bitacora.Evento {
	t.Helper()
	all := map[schema.Folio][]bitacora.Evento{}
	var l bitacora.Lector
	primera := 0
	err := s.View(t.Context(), func(v *View) error {
		for c, err := range v.Actos(time.Time{}, nil) {
			if err != nil {
				return err
			}
			nuevo, _, err := l.Add(c)
			if err != nil {
				return err
			}
			if nuevo {
				primera = bitacora.PrimeraLinea(c)
			}
			if err := bitacora.Lugares(c, primera, func(x bitacora.Lugar) error {
				e := bitacora.Evento{N: l.Primero(), Momento: moment(c.Momento), Evento: c.Evento,
					Archivo: c.Archivo,
					Lugar:   x.Lugar, Que: x.Que, Folio: x.Folio}
				if err := e.Parte.UnmarshalText([]byte(c.Parte)); err != nil {
					return err
				}
				if x.Folio != "" {
					all[x.Folio] = append(all[x.Folio], e)
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// corto is what is compared of an event.
func corto(all []bitacora.Evento) (out []string) {
	for _, e := range all {
		out = append(out,
			fmt.Sprintf("%d.%d %s %s %s %s %s %s", e.N, e.Lugar, e.Momento.Format(time.TimeOnly), e.Evento,
				e.Parte, e.Archivo, e.Que, e.Folio))
	}
	return out
}

func history(t prueba, s *Store, q Consulta) (all []bitacora.Evento) {
	t.Helper()
	err := s.View(t.Context(), func(v *View) error {
		return v.History(q, func(e bitacora.Evento) error { all = append(all, e); return nil })
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestParts: a long file is told by several events, none longer than a reader
// allows, and each folio's place in it is found.
func TestParts(t *testing.T) {
	t.Parallel()
	const rows = 5000
	s, _ := open(t)
	rec, res := recibido(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt", schema.REC, rows),
		recibido(900001, "res", schema.RES, rows)
	casos := rondas(rows, 1)
	var answers []Respuesta
	update(t, s, func(tx *Tx) error {
		if err := errors.Join(siembra(tx, 1), recibeREC(tx, &rec, casos)); err != nil {
			return err
		}
		if _, err := entrega(tx, 900001, rec.ID, 1, rows); err != nil {
			return err
		}
		return recibe(tx, &res, func(in *Ingreso) error {
			for i := range slices.Backward(casos) { // another order than the REC's
				p, err := in.responde(&casos[i], TipoRespuesta)
				if err != nil {
					return err
				}
				answers = append(answers, p)
			}
			return nil
		})
	})
	rep := salida(schema.ParteCONDUSEF, schema.REP, 1, rows, 0)
	update(t, s, func(tx *Tx) error { return tx.AddREP(&rep, answers) })
	parts := map[string]int{}
	view(t, s, func(v *View) error {
		return v.Crudos(1, 1<<40, func(c bitacora.Crudo) error {
			if len(c.Detalle) > bitacora.MaxCarga {
				t.Errorf("event %d, %s, has %d bytes", c.N, c.Evento, len(c.Detalle))
			}
			parts[c.Evento]++
			return nil
		})
	})
	for _, name := range []string{bitacora.ArchivoRecibido, bitacora.ArchivoPublicado,
		bitacora.RetornoFormado} {
		if parts[name] < 4 {
			t.Errorf("%s has %d parts", name, parts[name])
		}
	}
	want := lento(t, s)
	if len(want) != rows {
		t.Fatalf("%d folios are told of", len(want))
	}
	for i := 0; i < rows; i += 97 {
		f := casos[i].Folio
		got := history(t, s, Consulta{Folio: f})
		if diff := cmp.Diff(corto(want[f]), corto(got)); diff != "" || len(got) != 4 {
			t.Fatalf("%s:\n%s", f, diff)
		}
		for j, at := range []int{i + 1, i + 1, rows - i, rows - i} {
			if got[j].Lugar != at || got[j].Detalle["linea"] != float64(at+1) {
				t.Errorf("%s: place %d, line %v of %s, want place %d", f, got[j].Lugar,
					got[j].Detalle["linea"], got[j].Que, at)
			}
		}
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestPlacesByPages: by cursor, in both orders, each place comes once, also where a
// folio has several in one act.
func TestPlacesByPages(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	rec := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 40)
	update(t, s, func(tx *Tx) error {
		return errors.Join(siembra(tx, 1), recibe(tx, &rec, func(in *Ingreso) error {
			for i := range 40 { // twenty times the same one, which is refused
				c := Asunto{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", i)), Vuelta: 1, UNE: 900001}
				if i%2 == 1 {
					if err := in.Refuse("2026/090/0", i+1, 0, "NEG-01"); err != nil {
						return err
					}
				} else if err := in.acepta(&c); err != nil {
					return err
				}
			}
			return nil
		}))
	})
	update(t, s, func(tx *Tx) error { _, err := entrega(tx, 900001, rec.ID, 1, 20); return err })
	want := corto(lento(t, s)["2026/090/0"])
	if len(want) != 22 {
		t.Fatalf("%d places", len(want))
	}
	for _, newest := range []bool{false, true} {
		for _, limit := range []int{1, 2, 7, 21, 22, 23} {
			q, got := Consulta{Folio: "2026/090/0", Ultimos: newest, Limite: limit}, []bitacora.Evento{}
			for more := true; more; {
				var page []bitacora.Evento
				view(t, s, func(v *View) (err error) { page, more, err = v.Page(q); return err })
				if len(page) > limit || more && len(page) < limit {
					t.Fatalf("a page of %d of %d, more %v", len(page), limit, more)
				}
				got = append(got, page...)
				cursor, err := ParseCursor(De(got[len(got)-1]).String())
				if err != nil {
					t.Fatal(err)
				}
				q.DespuesDe = cursor
			}
			if newest {
				slices.Reverse(got)
			}
			if diff := cmp.Diff(want, corto(got)); diff != "" {
				t.Errorf("by %d, newest %v:\n%s", limit, newest, diff)
			}
			streamed := 0
			if _, err := s.Stream(t.Context(), Consulta{Folio: "2026/090/0", Ultimos: newest},
				func(bitacora.Evento) error { streamed++; return nil }); err != nil || streamed != 22 {
				t.Errorf("streamed %d (%v)", streamed, err)
			}
		}
	}
}

// TestPageIsBounded: a page has at most its limit of events, and 4 MiB of payload.
func TestPageIsBounded(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	const rows = 150_000
	rec := recibido(schema.ParteCONDUSEF, "rec", schema.REC, rows)
	update(t, s, func(tx *Tx) error {
		return errors.Join(siembra(tx, 1), recibeREC(tx, &rec, rondas(rows, 1)))
	})
	all := history(t, s, Consulta{})
	sizes, total := map[int64]int{}, 0
	for _, e := range all {
		sizes[e.N] = e.Bytes
		total += e.Bytes
	}
	if total <= MaxPagina {
		t.Fatalf("the log has %d bytes", total)
	}
	for _, q := range []Consulta{{}, {Ultimos: true}, {Limite: 3}, {Limite: 100_000},
		{Ultimos: true, Limite: 1}} {
		var seen []int64
		pages := 0
		for more := true; more; pages++ {
			var page []bitacora.Evento
			view(t, s, func(v *View) (err error) { page, more, err = v.Page(q); return err })
			bytes := 0
			for _, e := range page {
				bytes += e.Bytes
				seen = append(seen, e.N)
			}
			if len(page) == 0 || bytes > MaxPagina || q.Limite > 0 && len(page) > q.Limite {
				t.Fatalf("%+v: a page of %d events and %d bytes", q, len(page), bytes)
			}
			q.DespuesDe = De(page[len(page)-1])
		}
		if q.Ultimos {
			slices.Reverse(seen)
		}
		if len(seen) != len(all) || pages < 2 || !slices.IsSorted(seen) {
			t.Errorf("%+v: %d of %d events in %d pages", q, len(seen), len(all), pages)
		}
	}
	n := 0
	if _, err := s.Stream(t.Context(), Consulta{}, func(bitacora.Evento) error {
		n++
		return nil
	}); err != nil || n != len(all) {
		t.Errorf("streamed %d of %d events (%v)", n, len(all), err)
	}
}

// TestHistoryIsWhatTheLogSays holds the history of every folio of a random store
// against a slow reading of the whole log: the same places in the same order.
func TestHistoryIsWhatTheLogSays(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, err := Open(t.Context(), t.TempDir()+fmt.Sprintf("/%d.db", rand.Uint64()),
			Options{Now: now, Simulacro: true, Unsynced: true})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		z := &azar{t: rt, s: s}
		s.SetJuntas([]int{1, 3, juntas}[z.draw(3, "rows together")])
		z.do(func(tx *Tx) error { return siembra(tx, 3) })
		z.rec()
		z.lotes()
		for range 12 {
			[]func(){z.rec, z.lotes, z.res, z.res, z.rep, z.plazos, z.dic}[z.draw(7, "step")]()
		}
		want := lento(rt, s)
		var one schema.Folio // there is none where every record was unreadable
		if len(want) > 0 {
			one = rapid.SampledFrom(slices.Sorted(maps.Keys(want))).Draw(rt, "narrowed")
		}
		for f, w := range want {
			all := []Consulta{{Folio: f}}
			if f == one {
				all = append(all, Consulta{Folio: f, Parte: 900001},
					Consulta{Folio: f, Evento: bitacora.ArchivoRecibido},
					Consulta{Folio: f, Desde: now.Add(5 * time.Hour), Hasta: now.Add(10 * time.Hour)},
					Consulta{Folio: f, Tipo: schema.LOT})
			}
			for _, q := range all {
				var some []bitacora.Evento
				for _, e := range w {
					if q.selects(e) {
						some = append(some, e)
					}
				}
				if diff := cmp.Diff(corto(some), corto(history(rt, s, q))); diff != "" {
					rt.Fatalf("%+v:\n%s", q, diff)
				}
			}
		}
		if got := history(rt, s, Consulta{Folio: "2026/009/9"}); len(got) > 0 {
			rt.Fatalf("of a folio that nobody knows: %v", got)
		}
		if _, err := s.Verify(t.Context(), nil, nil); err != nil {
			rt.Fatal(err)
		}
	})
}
