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

// TestActos walks events of some names up to moments, in a log whose clock stumbles,
// and compares with what History gives of all.
func TestActos(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	invented(t, s, 3000)
	all := eventos(t, s)
	for _, nombres := range [][]string{nil, {bitacora.AccesoRehusado},
		{bitacora.LlaveAlta, bitacora.ArchivoRecogido},
		{"ninguno", bitacora.AlmacenCreado, bitacora.AccesoRehusado, bitacora.LlaveAlta}} {
		for _, hasta := range []time.Time{{}, now.Add(-time.Hour), now, now.Add(time.Hour), all[1500].Momento,
			all[1500].Momento.Add(999 * time.Microsecond), now.Add(1e6 * time.Hour)} {
			var want, got []string
			for _, e := range all {
				if (nombres == nil || slices.Contains(nombres, e.Evento)) &&
					(hasta.IsZero() || !e.Momento.After(hasta)) {
					want = append(want, fmt.Sprint(e.N, e.Momento.UnixMilli(), e.Evento, e.Parte, e.Archivo))
				}
			}
			view(t, s, func(v *View) error {
				for c, err := range v.Actos(hasta, nombres) {
					if err != nil {
						return err
					}
					if !strings.HasPrefix(c.Detalle, "{") {
						t.Fatalf("got %+v", c)
					}
					got = append(got, fmt.Sprint(c.N, c.Momento, c.Evento, c.Parte, c.Archivo))
				}
				return nil
			})
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%v up to %v:\n%s", nombres, hasta, diff)
			}
		}
	}
	view(t, s, func(v *View) error { // whoever has enough is given no more
		n := 0
		for _, err := range v.Actos(time.Time{}, nil) {
			if n++; n == 3 || err != nil {
				return err
			}
		}
		return errors.New("three events were not there")
	})
}

// TestActosEnteros: an act of which a part is missing is an error, also where only
// its beginning is there.
func TestActosEnteros(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 2000)
	update(t, s, func(tx *Tx) error {
		return errors.Join(siembra(tx, 1), recibeREC(tx, &a, rondas(2000, 1)))
	})
	last := len(eventos(t, s))
	for _, q := range []string{`DROP TRIGGER bitacora_sin_borrados`,
		fmt.Sprintf(`DELETE FROM bitacora WHERE n = %d`, last)} {
		if _, err := s.conn.ExecContext(t.Context(), q); err != nil {
			t.Fatal(err)
		}
	}
	view(t, s, func(v *View) error {
		var err error
		for _, err = range v.Actos(time.Time{}, []string{bitacora.ArchivoRecibido}) {
		}
		if !errors.Is(err, bitacora.ErrIncompleto) {
			t.Errorf("%v", err)
		}
		return nil
	})
}

// TestActosSortNothing: each name is looked up, and the names are merged.
func TestActosSortNothing(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	query, args := eventosSQL(entre{1, 50}, 9, []string{"a", "b", "c", "d", "e", "f", "g"})
	p := plan(t, s, query, args)
	if n := strings.Count(p,
		"SEARCH bitacora USING INDEX bitacora_evento (evento=? AND rowid>? AND rowid<?)") +
		strings.Count(p, "SEARCH bitacora USING INDEX bitacora_evento (evento=? AND n>? AND n<?)"); n != 7 ||
		strings.Contains(p, "TEMP B-TREE") {
		t.Errorf("%d lookups in: %s", n, p)
	}
}
