package store

import (
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// invented fills a log with events of a few parties, folios, files, keys and
// addresses. Its clock goes on, stumbles, and is set back once.
func invented(t *testing.T, s *Store, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	at := now
	for i := 0; i < n; {
		at = at.Add(time.Duration(r.IntN(600)-100) * time.Second)
		if i > n/2 && i < n/2+8 {
			at = now.Add(time.Hour)
		}
		err := s.Update(t.Context(), at, func(tx *Tx) error {
			for range 1 + r.IntN(7) {
				i++
				e := inventado(r)
				if err := tx.Log(e); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// inventado is an act on no record, of a party, a file, a key and an address.
func inventado(r *rand.Rand) Acto {
	pick := func(all ...string) string { return all[r.IntN(len(all))] }
	e := Acto{Parte: []schema.Parte{900001, 900002, schema.ParteCONDUSEF, 0}[r.IntN(4)],
		Archivo: pick("", "GE_RES_00900001_20260302_001.txt", "GE_REC_20260302_001.txt", "anexo.pdf",
			"GE_res_1.txt")}
	switch r.IntN(4) {
	case 0:
		e.Evento, e.Carga = bitacora.ArchivoRecogido,
			bitacora.CargaRecogida{Llave: pick("SHA256:a", "SHA256:b", ""),
				Direccion: pick("192.0.2.1:22", "192.0.2.2:2200", "[2001:db8::1]:22", "[2001:db8::2]:7")}
	case 1:
		e.Evento, e.Carga = bitacora.LlaveAlta,
			bitacora.CargaLlave{Fingerprint: pick("SHA256:a", "SHA256:b"),
				CargaOrden: bitacora.CargaOrden{Motivo: `"llave" y "direccion"`}}
	case 2:
		e.Evento, e.Carga = bitacora.AccesoRehusado,
			bitacora.CargaAcceso{Direccion: pick("192.0.2.1", "2001:db8::1", "2001:db8::/64", "otras", ""),
				Motivo: `"llave" y "direccion"`}
	case 3:
		e.Evento, e.Carga = bitacora.SubidasRetiradas, bitacora.CargaSubidas{}
	}
	return e
}

// selects is what a Consulta means, written once more without any index.
func (q Consulta) selects(e bitacora.Evento) bool {
	det := func(k string) string { s, _ := e.Detalle[k].(string); return s }
	llave := det("llave")
	if _, ok := e.Detalle["llave"]; !ok {
		llave = det("huella")
	}
	direccion := det("direccion")
	if host, _, ok := strings.Cut(direccion, "]:"); ok {
		direccion = host[1:]
	} else if strings.Count(direccion, ":") == 1 {
		direccion, _, _ = strings.Cut(direccion, ":")
	}
	return (q.Parte == 0 || q.Parte == e.Parte) &&
		(q.Archivo == "" || q.Archivo == e.Archivo) && (q.Evento == "" || q.Evento == e.Evento) &&
		(q.Tipo == "" || strings.HasPrefix(e.Archivo, "GE_"+string(q.Tipo)+"_")) &&
		(q.Llave == "" || q.Llave == llave) && (q.Direccion == "" || q.Direccion == direccion) &&
		(q.Desde.IsZero() || !e.Momento.Before(q.Desde)) && (q.Hasta.IsZero() || e.Momento.Before(q.Hasta))
}

// filters are one value, or range, of each way to narrow a question.
var filters = map[string]func(*Consulta){
	"party":   func(q *Consulta) { q.Parte = 900001 },
	"file":    func(q *Consulta) { q.Archivo = "GE_REC_20260302_001.txt" },
	"type":    func(q *Consulta) { q.Tipo = schema.RES },
	"event":   func(q *Consulta) { q.Evento = bitacora.LlaveAlta },
	"key":     func(q *Consulta) { q.Llave = "SHA256:a" },
	"address": func(q *Consulta) { q.Direccion = "192.0.2.1" },
	"six":     func(q *Consulta) { q.Direccion = "2001:db8::1" },
	"from":    func(q *Consulta) { q.Desde = now.Add(20 * time.Hour) },
	"to":      func(q *Consulta) { q.Hasta = now.Add(40 * time.Hour) },
	"between": func(q *Consulta) { q.Desde, q.Hasta = now.Add(time.Hour), now.Add(6*time.Hour) },
}

// questions are all combinations of one and two filters, in both orders.
func questions() map[string]Consulta {
	all := map[string]Consulta{"": {}, "newest": {Ultimos: true}}
	for a, f := range filters {
		for b, g := range filters {
			q := Consulta{}
			f(&q)
			g(&q)
			all[a+" "+b] = q
			q.Ultimos = true
			all[a+" "+b+" newest"] = q
		}
	}
	return all
}

// TestQuestionsAreAnswered holds every question against the whole log, at once and
// by pages, with a clock that was set back.
func TestQuestionsAreAnswered(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	invented(t, s, 3000)
	log := eventos(t, s)
	empty := 0
	for name, q := range questions() {
		var want []int64
		for _, e := range log {
			if q.selects(e) {
				want = append(want, e.N)
			}
		}
		if len(want) == 0 {
			empty++
		}
		if q.Ultimos {
			slices.Reverse(want)
		}
		var got []int64
		take := func(e bitacora.Evento) error { got = append(got, e.N); return nil }
		if err := s.View(t.Context(), func(v *View) error { return v.History(q, take) }); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %d events, want %d", name, len(got), len(want))
		}
		got = nil
		if n, err := s.Stream(t.Context(), q, take); err != nil || n != len(want) ||
			!slices.Equal(got, want) {
			t.Errorf("%s: streamed %d events, want %d (%v)", name, n, len(want), err)
		}
		for page, at := 7, 0; at < min(len(want), 30); at += page { // by cursor
			got, q.Limite = nil, page
			if err := s.View(t.Context(), func(v *View) error { return v.History(q, take) }); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, want[at:min(at+page, len(want))]) {
				t.Errorf("%s: after %d: %v, want %v", name, q.DespuesDe, got,
					want[at:min(at+page, len(want))])
			}
			q.DespuesDe = Cursor{N: got[len(got)-1]}
		}
	}
	if empty > 20 {
		t.Errorf("%d questions have no answer: nothing is shown by them", empty)
	}
}

// TestStreamEndsWhereItBegan: what is written meanwhile is not told, a limit is
// kept, and an error ends it.
func TestStreamEndsWhereItBegan(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	invented(t, s, 2500)
	before := int64(len(eventos(t, s)))
	last := int64(0)
	n, err := s.Stream(t.Context(), Consulta{}, func(e bitacora.Evento) error {
		last = e.N
		if e.N%500 == 0 { // writes pass
			return s.Update(t.Context(), now, func(tx *Tx) error { return anota(tx) })
		}
		return nil
	})
	if err != nil || int64(n) != before || last != before {
		t.Errorf("%d events up to %d, want %d (%v)", n, last, before, err)
	}
	if n, err := s.Stream(t.Context(), Consulta{Limite: 1500}, func(bitacora.Evento) error {
		return nil
	}); n != 1500 || err != nil {
		t.Errorf("%d events (%v)", n, err)
	}
	wrong := errors.New("wrong")
	if n, err := s.Stream(t.Context(), Consulta{}, func(e bitacora.Evento) error {
		if e.N == 3 {
			return wrong
		}
		return nil
	}); n != 2 || !errors.Is(err, wrong) {
		t.Errorf("%d events, %v", n, err)
	}
}

// plan is how the database goes about a question.
func plan(t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	rows, err := s.r.QueryContext(t.Context(), `EXPLAIN QUERY PLAN `+query, args...)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var lines []string
	for rows.Next() {
		var id, parent, unused sql.NullInt64
		var detail string
		if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, detail)
	}
	return strings.Join(lines, "; ")
}

// TestNoQuestionScans: every question is looked up by its index, or by number,
// and nothing is sorted afterwards.
func TestNoQuestionScans(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	invented(t, s, 50)
	for name, q := range questions() {
		for _, q.Limite = range []int{0, 100} {
			all := q.filtros()
			bys := []string{`NOT INDEXED`}
			if len(all) > 0 {
				bys = nil
				for _, f := range all { // whichever is chosen
					bys = append(bys, `INDEXED BY `+f.indice)
				}
			}
			for _, by := range bys {
				query, args := q.sql(all, by, entre{1, 50})
				p := plan(t, s, query, args)
				want := "SEARCH bitacora USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"
				if f := strings.TrimPrefix(by, "INDEXED BY "); f != by {
					want = fmt.Sprintf("SEARCH bitacora USING INDEX %s (%s=? AND n>? AND n<?)", f,
						strings.TrimPrefix(f, "bitacora_"))
				}
				if strings.ReplaceAll(p, "rowid", "n") != strings.ReplaceAll(want, "rowid", "n") {
					t.Errorf("%s: %s", name, p)
				}
			}
		}
	}
	for _, f := range (&Consulta{Parte: 1, Archivo: "a", Evento: "a", Tipo: "a", Llave: "a",
		Direccion: "a"}).filtros() {
		p := plan(t, s, `SELECT count(*) FROM (SELECT 1 FROM bitacora INDEXED BY `+f.indice+` WHERE `+
			f.where()+` AND n BETWEEN ? AND ? LIMIT ?)`, []any{"a", 1, 2, 3})
		if !strings.Contains(p, "SEARCH bitacora USING ") || !strings.Contains(p, "INDEX "+f.indice+" (") {
			t.Errorf("the choice of an index scans the log: %s", p)
		}
	}
}

// TestIndexIsTheNarrowest: a rare event of a busy party is found by the event.
func TestIndexIsTheNarrowest(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	update(t, s, func(tx *Tx) error {
		for i := range 20 {
			e := Acto{Evento: bitacora.ArchivoAbierto, Parte: 900001,
				Archivo: "GE_RES_00900001_20260302_001.txt",
				Carga:   bitacora.CargaRecogida{Llave: "SHA256:a"}}
			if i == 7 {
				e.Evento = bitacora.ArchivoRecogido
			}
			if i == 9 {
				e.Parte = 900002
			}
			if err := tx.Log(e); err != nil {
				return err
			}
		}
		return nil
	})
	for want, q := range map[string]Consulta{
		"INDEXED BY bitacora_evento": {Parte: 900001, Evento: bitacora.ArchivoRecogido, Tipo: schema.RES,
			Llave: "SHA256:a"},
		"INDEXED BY bitacora_parte": {Parte: 900002, Evento: bitacora.ArchivoAbierto, Tipo: schema.RES},
		"INDEXED BY bitacora_archivo": {Archivo: "GE_RES_00900001_20260302_001.txt",
			Evento: bitacora.ArchivoRecogido},
		"NOT INDEXED": {Desde: now},
	} {
		err := s.View(t.Context(), func(v *View) error {
			r, err := v.rango(&q)
			if err != nil {
				return err
			}
			by, err := v.indice(q.filtros(), r)
			if err == nil && by != want {
				err = fmt.Errorf("%s, want %s", by, want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}
