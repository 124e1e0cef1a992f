package store

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func sellos(t *testing.T, s *Store) (all []LlaveDeSello) {
	t.Helper()
	if err := s.View(t.Context(), func(v *View) (err error) {
		all, err = v.Sellos()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestUseSello: of the keys that sealed acuses one is in use, and none is ever
// forgotten or replaced.
func TestUseSello(t *testing.T) {
	t.Parallel()
	s, path := open(t)
	at := func(hours int) time.Time { return now.Add(time.Duration(hours) * time.Hour) }
	use := func(hours int, id, publica string) error {
		return s.Update(t.Context(), at(hours), func(tx *Tx) error { return tx.UseSello(id, publica) })
	}
	check := func(want ...LlaveDeSello) {
		t.Helper()
		if got := sellos(t, s); !slices.EqualFunc(got, want, func(a, b LlaveDeSello) bool {
			return a.ID == b.ID && a.Publica == b.Publica && a.Desde.Equal(b.Desde) && a.Hasta.Equal(b.Hasta)
		}) {
			t.Errorf("seals %+v, want %+v", got, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(use(0, "a", "A"))
	must(use(1, "a", "A"))
	a := LlaveDeSello{"a", "A", at(0), time.Time{}}
	check(a)
	if err := use(2, "a", "B"); err == nil || !strings.Contains(err.Error(), "seal a") ||
		!strings.Contains(err.Error(), "a new key takes a new name") {
		t.Errorf("another key under a used name: %v", err)
	}
	check(a)
	must(use(3, "b", "B"))
	a.Hasta = at(3)
	check(a, LlaveDeSello{"b", "B", at(3), time.Time{}})
	if err := use(4, "a", "C"); err == nil {
		t.Error("another key under the name of a former one is let in")
	}
	must(s.Close())
	s = reopen(t, path, Options{})
	must(use(5, "a", "A")) // the operator went back to it
	check(LlaveDeSello{"a", "A", at(0), time.Time{}}, LlaveDeSello{"b", "B", at(3), at(5)})
	var names []string
	for _, e := range eventos(t, s)[1:] {
		names = append(names, e.Evento+" "+e.Detalle["llave"].(string))
	}
	want := []string{"sello_alta a", "sello_baja a", "sello_alta b", "sello_baja b", "sello_alta a"}
	if !slices.Equal(names, want) {
		t.Errorf("events %q, want %q", names, want)
	}
}
