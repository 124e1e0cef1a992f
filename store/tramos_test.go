package store

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"buzon/schema"
)

// TestTramos takes in a REC of more rows than are written at once: the rows of each
// institution are found in the file's order, each at its place of the LOT.
func TestTramos(t *testing.T) {
	t.Parallel()
	for _, juntas := range []int{1, 7, 2000, 1 << 20} {
		t.Run(fmt.Sprint(juntas), func(t *testing.T) {
			t.Parallel()
			s, _ := open(t)
			s.SetJuntas(juntas)
			update(t, s, func(tx *Tx) error { return siembra(tx, 3) })
			n := 2500
			if juntas < 1000 {
				n = 60
			}
			want := map[schema.UNE][]schema.Folio{}
			rec := recibido(schema.ParteCONDUSEF, "rec", schema.REC, n)
			update(t, s, func(tx *Tx) error {
				return recibe(tx, &rec, func(in *Ingreso) error {
					for i := range n {
						c := Asunto{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", i)), Vuelta: 1,
							UNE: schema.UNE(900001 + i*i%3)}
						want[c.UNE] = append(want[c.UNE], c.Folio)
						if err := in.acepta(&c); err != nil {
							return err
						}
					}
					return nil
				})
			})
			view(t, s, func(v *View) error {
				for une, folios := range want {
					var got []schema.Folio
					err := v.DelREC(une, rec.ID, func(f FilaDeREC) error {
						got = append(got, f.Folio)
						return nil
					})
					if err != nil || !slices.Equal(got, folios) {
						t.Errorf("une %s: %v\n%q\nwant %q", une, err, got, folios)
					}
				}
				return errors.Join(v.enSuLugar(want[900001]), v.enSuLugar(want[900002]))
			})
			if _, err := s.Verify(t.Context(), nil, nil); err != nil {
				t.Error(err)
			}
		})
	}
}

// enSuLugar asks of some rows of a LOT the place in it.
func (v *View) enSuLugar(folios []schema.Folio) error {
	for i := 0; i < len(folios); i += 1 + len(folios)/50 {
		lugar := 0
		err := v.get(`SELECT `+hastaFila+` FROM reclamaciones r WHERE r.folio = ?`, []any{string(folios[i])},
			&lugar)
		if err == nil && lugar != i+1 {
			err = fmt.Errorf("%s is at place %d, not %d", folios[i], lugar, i+1)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// TestKnownRound finds each round that is on disk, be its folio behind others of its
// series or not.
func TestKnownRound(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	update(t, s, func(tx *Tx) error { return siembra(tx, 1) })
	on := []schema.Folio{"2026/090/9", "2026/090/10", "2026/090/200", "sin serie", "2026/091/3"}
	take := func(name string, folios []schema.Folio, known bool) {
		t.Helper()
		rec := recibido(schema.ParteCONDUSEF, name, schema.REC, 1)
		update(t, s, func(tx *Tx) error {
			return recibe(tx, &rec, func(in *Ingreso) error {
				for _, f := range folios {
					err := in.acepta(&Asunto{Folio: f, Vuelta: 1, UNE: 900001})
					if errors.Is(err, errRepetido) != known {
						return fmt.Errorf("%s known: %v, %w", f, !known, err)
					}
				}
				return nil
			})
		})
	}
	take("a", on, false)
	take("b", on, true)
	take("c", []schema.Folio{"2026/090/1", "2026/090/99", "2026/090/100000", "2026/092/1", "otra",
		"2026/091/30"}, false)
}
