package store

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestEventosHasta walks events of some names up to moments, in a log whose clock
// stumbles, and compares with what History gives of all.
func TestEventosHasta(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	invented(t, s, 3000)
	all := eventos(t, s)
	for _, nombres := range [][]string{{RespuestaAceptada}, {LlaveAlta, ArchivoRecibido}, {"ninguno", AlmacenCreado, RespuestaAceptada, LlaveAlta}} {
		for _, hasta := range []time.Time{now.Add(-time.Hour), now, now.Add(time.Hour), all[1500].Momento, all[1500].Momento.Add(999 * time.Microsecond), now.Add(1e6 * time.Hour)} {
			var want, got []string
			for _, e := range all {
				if slices.Contains(nombres, e.Evento) && !e.Momento.After(hasta) {
					want = append(want, line(e.N, e.Momento.UnixMilli(), e.Evento, e.Parte, string(e.Folio)))
				}
			}
			err := s.View(t.Context(), func(v *View) error {
				return v.EventosHasta(hasta, nombres, func(c Crudo) error {
					if !strings.HasPrefix(c.Detalle, "{") || c.Archivo != "" || c.SHA256 != "" {
						t.Fatalf("got %+v", c)
					}
					got = append(got, line(c.N, c.Momento, c.Evento, c.Parte, c.Folio))
					return nil
				})
			})
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v up to %v: %v\n%s", nombres, hasta, err, diff)
			}
		}
	}
	wrong := errors.New("wrong")
	err := s.View(t.Context(), func(v *View) error {
		if err := v.EventosHasta(time.Time{}, []string{LlaveAlta}, nil); err == nil {
			t.Error("up to no moment")
		}
		if err := v.EventosHasta(now, nil, nil); err == nil {
			t.Error("of no name")
		}
		return v.EventosHasta(now.Add(time.Hour), []string{LlaveAlta}, func(Crudo) error { return wrong })
	})
	if !errors.Is(err, wrong) {
		t.Errorf("got %v", err)
	}
}

// line is what is compared of an event.
func line(n, momento int64, texts ...string) string { return string(canonico(n, momento, texts...)) }

// TestEventosHastaSortsNothing: each name is looked up, and the names are merged.
func TestEventosHastaSortsNothing(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	query, args := eventosSQL(entre{1, 50}, 9, []string{"a", "b", "c", "d", "e", "f", "g"})
	p := plan(t, s, query, args)
	if n := strings.Count(p, "SEARCH bitacora USING INDEX bitacora_evento (evento=? AND rowid>? AND rowid<?)") +
		strings.Count(p, "SEARCH bitacora USING INDEX bitacora_evento (evento=? AND n>? AND n<?)"); n != 7 || strings.Contains(p, "TEMP B-TREE") {
		t.Errorf("%d lookups in: %s", n, p)
	}
}
