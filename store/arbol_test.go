package store

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestPrimerEvento: the example of docs/bitacora.md, section 1, is the first event
// of every real store of that moment.
func TestPrimerEvento(t *testing.T) {
	t.Parallel()
	c := bitacora.Crudo{N: 1, Momento: 1772496300000, Evento: "almacen_creado",
		Detalle: `{"simulacro":false}`}
	s, _ := open(t)
	at := time.UnixMilli(1772496300000)
	if !at.Equal(now) {
		t.Fatal("the tests' moment is another one")
	}
	view(t, s, func(v *View) error {
		root, err := v.Raiz(1)
		if root != c.Hoja() {
			t.Errorf("root %v", root)
		}
		return err
	})
}

// memoria is the tree that package tlog makes itself of the same events.
type memoria []tlog.Hash

func (m memoria) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		out[i] = m[x]
	}
	return out, nil
}

// reduce is what docs/bitacora.md, section 4, tells a reader to do: whole subtrees
// side by side, from left to right, to one root.
func reduce(starts, sizes []int64, hashes []tlog.Hash) tlog.Hash {
	type part struct {
		start, size int64
		hash        tlog.Hash
	}
	var stack []part
	for i, h := range hashes {
		stack = append(stack, part{starts[i], sizes[i], h})
		for n := len(stack); n > 1 && stack[n-1].size == stack[n-2].size &&
			stack[n-2].start%(2*stack[n-2].size) == 0; n = len(stack) {
			up := part{stack[n-2].start, 2 * stack[n-2].size, tlog.NodeHash(stack[n-2].hash, stack[n-1].hash)}
			stack = append(stack[:n-2], up)
		}
	}
	for n := len(stack); n > 1; n = len(stack) {
		stack[n-2].hash = tlog.NodeHash(stack[n-2].hash, stack[n-1].hash)
		stack = stack[:n-1]
	}
	return stack[0].hash
}

// root makes the root of an export of the events a to b from its parts.
func root(t *testing.T, v *View, size, a, b int64) tlog.Hash {
	t.Helper()
	left, right, err := v.Tramo(size, a, b)
	if err != nil {
		t.Fatal(err)
	}
	var starts, sizes []int64
	var hashes []tlog.Hash
	add := func(start, size int64, h tlog.Hash) {
		starts, sizes, hashes = append(starts, start), append(sizes, size), append(hashes, h)
	}
	at := int64(0)
	for bit := int64(1) << 40; bit > 0; bit >>= 1 { // the sizes are the bits of a-1
		if (a-1)&bit != 0 {
			if len(left) == 0 {
				t.Fatalf("%d…%d of %d: too few on the left", a, b, size)
			}
			add(at, bit, left[0])
			at, left = at+bit, left[1:]
		}
	}
	hojas, err := v.hojas(a-1, b)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hojas {
		add(at, 1, h)
		at++
	}
	for at < size {
		step := int64(1)
		for at%(2*step) == 0 && at+2*step <= size {
			step *= 2
		}
		if len(right) == 0 {
			t.Fatalf("%d…%d of %d: too few on the right", a, b, size)
		}
		add(at, step, right[0])
		at, right = at+step, right[1:]
	}
	if len(left)+len(right) > 0 {
		t.Fatalf("%d…%d of %d: %d and %d too many", a, b, size, len(left), len(right))
	}
	return reduce(starts, sizes, hashes)
}

// TestTree holds the tree in the tables against the one that package tlog makes,
// for every size, and its proofs against tlog's own judgement.
func TestTree(t *testing.T) {
	t.Parallel()
	const most = 600
	s, _ := open(t)
	var own memoria
	roots := make([]tlog.Hash, most+1)
	update(t, s, func(tx *Tx) error {
		for n := int64(1); n <= most; n++ {
			if n > 1 { // the first is there already
				if err := tx.Log(Acto{Evento: bitacora.SubidasRetiradas, Archivo: fmt.Sprint(n),
					Carga: bitacora.CargaSubidas{}}); err != nil {
					return err
				}
			}
			hojas, err := tx.hojas(n-1, n)
			if err != nil {
				return err
			}
			more, err := tlog.StoredHashesForRecordHash(n-1, hojas[0], own)
			if err != nil {
				return err
			}
			own = append(own, more...)
		}
		return nil
	})
	rnd := rand.New(rand.NewPCG(1, 2))
	view(t, s, func(v *View) error {
		for size := int64(0); size <= most; size++ {
			want, err := tlog.TreeHash(size, own)
			if err != nil {
				return err
			}
			roots[size] = want
			if got, err := v.Raiz(size); err != nil || got != want {
				t.Fatalf("size %d: %v, %v, want %v", size, got, err, want)
			}
		}
		if empty := tlog.Hash(sha256.Sum256(nil)); roots[0] != empty {
			t.Errorf("the empty tree's root is %v", roots[0])
		}
		for range 400 {
			size := 1 + rnd.Int64N(most)
			n, old := 1+rnd.Int64N(size), 1+rnd.Int64N(size)
			hojas, err := v.hojas(n-1, n)
			if err != nil {
				return err
			}
			p, err := v.Inclusion(size, n)
			if err := errors.Join(err, tlog.CheckRecord(p, size, roots[size], n-1, hojas[0])); err != nil {
				t.Fatalf("event %d in %d: %v", n, size, err)
			}
			q, err := v.Consistencia(size, old)
			if err := errors.Join(err, tlog.CheckTree(q, size, roots[size], old, roots[old])); err != nil {
				t.Fatalf("%d in %d: %v", old, size, err)
			}
			if old < size && tlog.CheckTree(q, size, roots[size], old, roots[old-1]) == nil {
				t.Fatalf("%d in %d: another root passes", old, size)
			}
			b := n + rnd.Int64N(size-n+1)
			if got := root(t, v, size, n, b); got != roots[size] {
				t.Fatalf("%d…%d of %d: another root", n, b, size)
			}
		}
		for size := int64(1); size <= 18; size++ {
			for a := int64(1); a <= size; a++ {
				for b := a - 1; b <= size; b++ {
					if got := root(t, v, size, a, b); got != roots[size] {
						t.Fatalf("%d…%d of %d: another root", a, b, size)
					}
				}
			}
		}
		return nil
	})
}

// TestNodesAreNeverChanged: what the tree and its witnesses are kept in.
func TestNodesAreNeverChanged(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	update(t, s, func(tx *Tx) error {
		for range 300 {
			if err := anota(tx); err != nil {
				return err
			}
		}
		if err := tx.AddPunto(Punto{Tamano: 301, Momento: now, Nota: "nota"}, tlog.Hash{},
			"una"); err != nil {
			return err
		}
		return tx.AddTestigo(900001, 301)
	})
	n := int64(len(eventos(t, s)))
	for _, query := range []string{
		`UPDATE nodos SET hash = zeroblob(32)`, `DELETE FROM nodos`,
		`UPDATE puntos SET nota = 'otra'`, `DELETE FROM puntos`,
		`UPDATE testigos SET momento = 1`, `DELETE FROM testigos`,
		`UPDATE bitacora SET hoja = zeroblob(32)`,
		fmt.Sprintf(
			`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle)
				VALUES (%d, 1, 'x', '', '', '', '', '{}')`, n+1),
		fmt.Sprintf(
			`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle, hoja)
				VALUES (%d, 1, 'x', '', '', '', '', '{}', NULL)`, n+1),
		fmt.Sprintf(
			`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle, hoja)
				VALUES (%d, 1, 'x', '', '', '', '', '{}', zeroblob(32))`, n+2),
		`INSERT INTO nodos VALUES (8, 7, zeroblob(31))`,
		`REPLACE INTO puntos VALUES (301, 1, 'otra', 5)`,
		`REPLACE INTO nodos VALUES (8, 0, zeroblob(32))`,
		`REPLACE INTO testigos VALUES (1, '00900001', 301, 1, 5)`,
		`REPLACE INTO testigos VALUES (2, '00900001', 301, 1, 5)`,
	} {
		if _, err := s.conn.ExecContext(t.Context(), query); err == nil {
			t.Errorf("allowed: %s", query)
		}
	}
}

// TestUntold: a transaction that writes a row and tells nothing of it is refused.
func TestUntold(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	for name, fn := range map[string]func(tx *Tx) error{
		"nothing": func(tx *Tx) error { _, err := tx.add(tAvisos, "2026-03-02", 1); return err },
		"an event before it": func(tx *Tx) error {
			_, err := tx.add(tAvisos, "2026-03-02", 1)
			return errors.Join(anota(tx), err, tx.AddSalida(&Salida{Parte: 900001, Nombre: "x"}))
		},
		"a file": func(tx *Tx) error { return tx.AddSalida(&Salida{Parte: 900001, Nombre: "x"}) },
	} {
		if err := s.Update(t.Context(), now, fn); err == nil ||
			!strings.Contains(err.Error(), "no event tells of") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(eventos(t, s)); n != 1 {
		t.Errorf("%d events", n)
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

// TestPorFirmar: a corte wants a head, also where the clock was set back since
// the last one.
func TestPorFirmar(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	due := func() (yes bool) {
		t.Helper()
		view(t, s, func(v *View) (err error) { yes, err = v.PorFirmar(); return err })
		return yes
	}
	do := func(at time.Time, fn func(tx *Tx) error) {
		t.Helper()
		if err := s.Update(t.Context(), at, fn); err != nil {
			t.Fatal(err)
		}
	}
	sign := func(tx *Tx) error {
		n, err := tx.Eventos()
		return errors.Join(err,
			tx.AddPunto(Punto{Tamano: n, Momento: tx.Now(), Nota: fmt.Sprint(n)}, tlog.Hash{}, "una"))
	}
	dia := schema.DiaDe(now)
	if due() {
		t.Error("due before any corte")
	}
	do(now, func(tx *Tx) error { return tx.CutDay(dia) })
	if !due() {
		t.Error("not due after a corte")
	}
	do(now, sign)
	if due() {
		t.Error("due after it was signed")
	}
	do(now.Add(48*time.Hour), sign) // by hand, by a clock that was wrong
	do(now.Add(24*time.Hour), func(tx *Tx) error { return tx.CutDay(dia + 1) })
	if !due() {
		t.Error("not due after the corte of a clock that was set back")
	}
}

// TestRango: numbers of a time are those of events that a head holds, also where
// the clock was set back.
func TestRango(t *testing.T) {
	t.Parallel()
	s, _ := open(t) // event 1 at now
	for _, hours := range []int{1, 5, 2, 3} {
		if err := s.Update(t.Context(), now.Add(time.Duration(hours)*time.Hour), func(tx *Tx) error {
			return anota(tx)
		}); err != nil {
			t.Fatal(err)
		}
	}
	at := func(h int) time.Time { return now.Add(time.Duration(h) * time.Hour) }
	for _, c := range []struct {
		size         int64
		desde, hasta time.Time
		first, last  int64
	}{
		{5, time.Time{}, time.Time{}, 1, 5},
		{5, at(1), at(4), 2, 5},
		{3, at(1), at(4), 2, 2}, // the third is of the fifth hour
		{5, at(4), time.Time{}, 3, 3},
		{2, at(4), time.Time{}, 1, 0},
		{5, at(6), time.Time{}, 1, 0},
		{5, time.Time{}, now, 1, 0},
	} {
		view(t, s, func(v *View) error {
			first, last, err := v.Rango(c.size, c.desde, c.hasta)
			if first != c.first || last != c.last {
				t.Errorf("%+v: %d…%d", c, first, last)
			}
			return err
		})
	}
}
