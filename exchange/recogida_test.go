package exchange_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"buzon/exchange"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// reading is one handle of a party on a LOT: when it was open, in seconds after
// the delivery, which parts of the file it read, in tenths, and how it ended.
type reading struct {
	from, to int
	parts    [][2]int
	key      string
	cut      bool
}

const (
	tenths   = 10
	lotPenon = "GE_LOT_00900002_20260302_001.txt"
)

// handle gives the evidence of a reading of a file of size bytes. Its bytes come
// at its middle.
func (r reading) handle(size int64) exchange.Lectura {
	at := func(s int) time.Time { return corrida.Add(time.Duration(s) * time.Second) }
	h := exchange.Lectura{Parte: norte, Carpeta: schema.CarpetaReclamaciones, Nombre: lotNorte,
		Cuenta: norte.String(), Llave: "SHA256:una" + r.key,
		Direccion: "127.0.0.1:1", Cliente: "SSH-2.0-prueba", Abierta: at(r.from), Cerrada: at(r.to),
		Inicio: -1, Cierre: !r.cut}
	for _, p := range r.parts {
		from, to := size*int64(p[0])/tenths, size*int64(p[1])/tenths
		if h.Inicio < 0 || from < h.Inicio {
			h.Inicio = from
		}
		if h.Tramos = h.Tramos.Add(spans.Span{From: from, To: to}); len(h.Tramos) > 0 {
			h.Primero, h.Ultimo = at((r.from+r.to)/2), at((r.from+r.to)/2)
		}
	}
	return h
}

func all() [][2]int { return [][2]int{{0, 10}} }

func part(from, to int) [][2]int { return [][2]int{{from, to}} }

func TestPickupStates(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		readings []reading
		want     string
	}{
		"nobody":                      {nil, store.RecogidaPublicado},
		"opened":                      {[]reading{{0, 2, nil, "", false}}, store.RecogidaAbierto},
		"opened and cut":              {[]reading{{0, 2, nil, "", true}}, store.RecogidaAbierto},
		"whole":                       {[]reading{{0, 2, all(), "", false}}, store.RecogidaCompleto},
		"whole, the connection broke": {[]reading{{0, 2, all(), "", true}}, store.RecogidaParcial},
		"half": {[]reading{{0, 2, part(0, 5), "", false}},
			store.RecogidaParcial},
		"the end alone": {[]reading{{0, 2, part(1, 10), "", false}},
			store.RecogidaParcial},
		"a little, politely": {[]reading{{0, 2, part(0, 1), "", false}},
			store.RecogidaParcial},
		"the same half twice": {[]reading{{0, 2, part(0, 5), "", false},
			{3, 5, part(0, 5), "", false}}, store.RecogidaParcial},
		"out of order": {[]reading{{0, 2, [][2]int{{7, 10}, {0, 3}, {3, 7}}, "",
			false}}, store.RecogidaCompleto},
		"out of order with a hole": {[]reading{{0, 2, [][2]int{{7, 10}, {0, 3}, {4, 7}}, "",
			false}}, store.RecogidaParcial},
		"two connections, half each": {[]reading{{0, 4, part(0, 5), "", false},
			{1, 3, part(5, 10), "", false}}, store.RecogidaCompleto},
		"two keys, half each": {[]reading{{0, 2, part(0, 5), "", false},
			{3, 5, part(5, 10), "otra", false}}, store.RecogidaCompleto},
		"two halves, one broke": {[]reading{{0, 4, part(0, 5), "", true},
			{1, 3, part(5, 10), "", false}}, store.RecogidaParcial},
		"resumed after a cut": {[]reading{{0, 2, part(0, 6), "", true},
			{3, 5, part(6, 10), "", false}}, store.RecogidaCompleto},
		"resumed where less had arrived": {[]reading{{0, 2, part(0, 8), "", true},
			{3, 5, part(4, 10), "", false}}, store.RecogidaCompleto},
		"resumed twice": {[]reading{{0, 2, part(0, 4), "", true},
			{3, 5, part(3, 7), "", true}, {6, 8, part(6, 10), "", false}}, store.RecogidaCompleto},
		"resumed at the end": {[]reading{{0, 2, all(), "", true},
			{3, 5, part(10, 10), "", false}}, store.RecogidaCompleto},
		"resumed beyond what was sent": {[]reading{{0, 2, part(0, 4), "", true},
			{3, 5, part(5, 10), "", false}}, store.RecogidaParcial},
		"resumed, and what was sent is not": {[]reading{{0, 2, part(0, 8), "", true},
			{3, 5, [][2]int{{4, 6}, {8, 10}}, "", false}}, store.RecogidaParcial},
		"went on to the end, all cut": {[]reading{{0, 2, all(), "", true},
			{3, 5, part(10, 10), "", true}}, store.RecogidaParcial},
		"all cut but the last": {[]reading{{0, 2, all(), "", true},
			{3, 5, part(10, 10), "", true}, {6, 8, part(10, 10), "", false}}, store.RecogidaCompleto},
		"resumed and cut again": {[]reading{{0, 2, part(0, 6), "", true},
			{3, 5, part(6, 10), "", true}}, store.RecogidaParcial},
		"cut, then a little from the start": {[]reading{{0, 2, all(), "", true},
			{3, 5, part(0, 1), "", false}}, store.RecogidaParcial},
		"the break is noticed late": {[]reading{{2, 4, part(5, 10), "", false},
			{0, 2, part(0, 7), "", true}}, store.RecogidaCompleto},
		"the break is noticed late, no part": {[]reading{{2, 4, part(5, 10), "", false},
			{0, 2, part(0, 4), "", true}}, store.RecogidaParcial},
		"beside one that broke": {[]reading{{0, 9, part(0, 7), "", true},
			{1, 3, part(5, 10), "", false}}, store.RecogidaParcial},
		"twice": {[]reading{{0, 2, all(), "", false}, {3, 5, all(), "", false}},
			store.RecogidaRepetido},
		"twice, the second in halves": {[]reading{{0, 2, all(), "", false},
			{3, 5, part(0, 5), "", false}, {6, 8, part(5, 10), "", false}}, store.RecogidaRepetido},
		"once and a half": {[]reading{{0, 2, all(), "", false},
			{3, 5, part(5, 10), "", false}}, store.RecogidaCompleto},
		"a cut before does not help a later": {[]reading{{0, 2, part(0, 5), "", true},
			{3, 5, all(), "", false}, {6, 8, part(5, 10), "", false}}, store.RecogidaCompleto},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.deliverExample()
			s := view(g, func(v *store.View) (store.Salida, error) {
				return v.SalidaPorNombre(norte, lotNorte)
			})
			for _, r := range c.readings {
				if err := g.pickedUp(r.handle(s.Bytes)); err != nil {
					t.Fatal(err)
				}
			}
			cov := view(g, func(v *store.View) (store.Cobertura, error) { return v.Cobertura(s.ID) })
			if cov.Estado() != c.want {
				t.Errorf("%s, want %s: %+v", cov.Estado(), c.want, cov)
			}
			pending := view(g, (*store.View).PorRecoger)
			waits := slices.ContainsFunc(pending, func(p store.PorRecoger) bool { return p.ID == s.ID })
			if waits != (cov.Veces == 0) {
				t.Errorf("still to be picked up: %v, with state %s", waits, cov.Estado())
			}
		})
	}
}

// TestPickupIsTrue: whatever handles there are, a file counts as picked up only
// where the bytes of handles that were closed, and of those that a later one
// went on from, are the whole file; and then always.
func TestPickupIsTrue(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(penon, lotPenon) })
	rapid.Check(t, func(t *rapid.T) {
		before := view(g, func(v *store.View) (store.Cobertura, error) { return v.Cobertura(s.ID) })
		var closed [tenths]bool
		whole := func() bool { return !slices.Contains(closed[:], false) }
		times := before.Veces
		if before.Tramos != "" {
			t.Skip("a round is under way")
		}
		n := rapid.IntRange(1, 8).Draw(t, "n")
		for i := range n {
			from := rapid.IntRange(0, tenths-1).Draw(t, "from")
			to := rapid.IntRange(from+1, tenths).Draw(t, "to")
			if i == n-1 { // ends the round, so that the next trial begins with none
				from, to = 0, tenths
			}
			r := reading{10 * i, 10*i + 2, part(from, to), "", false}.handle(s.Bytes)
			r.Parte, r.Nombre, r.Cuenta = penon, lotPenon, penon.String()
			if err := g.pickedUp(r); err != nil {
				t.Fatal(err)
			}
			for k := from; k < to; k++ {
				closed[k] = true
			}
			if whole() {
				times++
				closed = [tenths]bool{}
			}
			after := view(g, func(v *store.View) (store.Cobertura, error) { return v.Cobertura(s.ID) })
			if after.Veces != times {
				t.Fatalf("picked up %d times, want %d", after.Veces, times)
			}
		}
	})
}

// TestPickupEvents: each handle that shows something new is one event with who,
// when and what; no other file leaves any.
func TestPickupEvents(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	size := view(g, func(v *store.View) (store.Salida, error) {
		return v.SalidaPorNombre(norte, lotNorte)
	}).Bytes
	before := len(g.events(""))
	for _, r := range []reading{{0, 1, nil, "", false}, {1, 2, nil, "", false}, {2, 4, part(0, 5), "", false},
		{5, 7, all(), "", false}, {8, 9, nil, "", false}, {9, 11, all(), "", false}} {
		if err := g.pickedUp(r.handle(size)); err != nil {
			t.Fatal(err)
		}
	}
	other := reading{0, 2, all(), "", false}.handle(size)
	for _, name := range []string{"LEEME.txt", "estado.json"} {
		other.Nombre = name
		if err := g.pickedUp(other); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := reading{0, 2, all(), "", false}.handle(size)
	elsewhere.Carpeta = schema.CarpetaAcuses
	if err := g.pickedUp(elsewhere); err != nil {
		t.Fatal(err)
	}
	var names []string
	events := g.events("")[before:]
	for _, e := range events {
		names = append(names, e.Evento)
	}
	want := []string{bitacora.ArchivoAbierto, bitacora.ArchivoLeidoEnParte, bitacora.ArchivoRecogido,
		bitacora.ArchivoRecogidoOtra}
	if !slices.Equal(names, want) {
		t.Fatalf("events %q, want %q", names, want)
	}
	d := events[1].Detalle
	for k, want := range map[string]any{"llave": "SHA256:una", "direccion": "127.0.0.1:1",
		"cliente": "SSH-2.0-prueba", "cierre": true,
		"abierta": string(schema.NewInstante(corrida.Add(2 * time.Second))),
		"primero": string(schema.NewInstante(corrida.Add(3 * time.Second))),
		"cerrada": string(schema.NewInstante(corrida.Add(4 * time.Second))), "estado": store.RecogidaParcial,
		"cubiertos": float64(size / 2)} {
		if d[k] != want {
			t.Errorf("%s is %v, want %v", k, d[k], want)
		}
	}
}

// TestNotPickedUp: a LOT that nobody fetched is told of once by the hour of the
// next día hábil and once by its limit, and only when our server was up.
func TestNotPickedUp(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.configure = func(c *exchange.Cycle) { c.Plazos.Recogida = 12 * 3600 }
	g.restart()
	g.deliverExample()
	told := func() (out []string) {
		for _, e := range g.events(bitacora.NoRecogido) {
			out = append(out, e.Detalle["plazo"].(string)+" "+e.Parte.String())
		}
		slices.Sort(out) // the LOTs of a run are made at the same time
		return out
	}
	g.mustRun(moment(3, "12:30:00"))
	if got := told(); got != nil {
		t.Fatalf("our server was never up, and yet: %q", got)
	}
	g.up(moment(3, "12:30:00"), moment(3, "13:29:59"))
	g.mustRun(moment(3, "13:30:00"))
	if got := told(); got != nil {
		t.Fatalf("our server was up for less than an hour, and yet: %q", got)
	}
	g.up(moment(3, "13:30:00"), moment(3, "13:30:01"))
	if err := g.pickedUp(reading{0, 2, all(), "", false}.handle(g.sizeOf(norte, lotNorte))); err != nil {
		t.Fatal(err)
	}
	g.mustRun(moment(3, "13:31:00"))
	g.mustRun(moment(3, "13:36:00"))
	if got, want := told(), []string{"hora 00900002", "hora 00900003"}; !slices.Equal(got, want) {
		t.Fatalf("told %q, want %q", got, want)
	}
	d := g.events(bitacora.NoRecogido)[0].Detalle
	want := []any{"2026-03-03T12:30:00-06:00/2026-03-03T13:29:59-06:00",
		"2026-03-03T13:30:00-06:00/2026-03-03T13:30:01-06:00"}
	if got, _ := d["servidor"].([]any); !slices.Equal(got, want) || d["estado"] != store.RecogidaPublicado ||
		d["hasta"] != "2026-03-03T12:00:00-06:00" {
		t.Errorf("%v, want intervals %v", d, want)
	}
	// The limit of the example is 31/03/2026 and counts whole.
	g.mustRun(moment(31, "23:59:59"))
	if got := len(told()); got != 2 {
		t.Fatalf("before the end of the term: %q", told())
	}
	g.up(moment(31, "08:00:00"), moment(31, "23:59:59"))
	g.mustRun(on(dia(t, "2026-04-01"), "00:05:00"))
	g.mustRun(on(dia(t, "2026-04-06"), "09:00:00"))
	if got, want := told()[2:], []string{"limite 00900002", "limite 00900003"}; !slices.Equal(got, want) {
		t.Errorf("told %q, want %q", got, want)
	}
	if n := view(g, (*store.View).SinRecoger); n[penon] != 1 || n[nandu] != 1 || len(n) != 2 {
		t.Errorf("not picked up: %v", n)
	}
	late := reading{0, 2, all(), "", false}.handle(g.sizeOf(penon, lotPenon))
	late.Parte, late.Nombre, late.Cuenta = penon, lotPenon, penon.String()
	if err := g.pickedUp(late); err != nil {
		t.Fatal(err)
	}
	if n := view(g, (*store.View).SinRecoger); n[nandu] != 1 || len(n) != 1 {
		t.Errorf("not picked up, after one was: %v", n)
	}
}

func (g *gateway) sizeOf(parte schema.Parte, name string) int64 {
	g.t.Helper()
	return view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(parte, name) }).Bytes
}

// up says that our server was up from one moment to another.
func (g *gateway) up(from, to time.Time) {
	g.t.Helper()
	var id int64
	for _, step := range []struct {
		at time.Time
		do func(*store.Tx) error
	}{
		{from, func(tx *store.Tx) (err error) { id, err = tx.StartService(); return err }},
		{to, func(tx *store.Tx) error { return tx.StopService(id) }},
	} {
		if err := g.store.Update(context.Background(), step.at, step.do); err != nil {
			g.t.Fatal(err)
		}
	}
}
