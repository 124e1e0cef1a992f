package store

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Two invented institutions and who changes their roll.
const (
	norte schema.UNE = 900001
	sur   schema.UNE = 900002
)

var orden = Orden{UID: 1000, Motivo: "equipo perdido"}

func roll(t *testing.T) (*Store, string) {
	t.Helper()
	s, path := open(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(
			tx.AddInstitucion(Institucion{UNE: norte, Denominacion: "Norte", Sector: "Uno", Termino: 20,
				Prorroga: 10}, orden),
			tx.AddInstitucion(Institucion{UNE: sur, Denominacion: "Sur", Sector: "Uno", Termino: 20,
				Prorroga: 10}, orden))
	})
	return s, path
}

func llave(name string) Llave {
	return Llave{Fingerprint: "SHA256:" + name, Publica: "ssh-ed25519 " + name, Nombre: name}
}

// fails must fail with a text, and leave no event.
func fails(t *testing.T, s *Store, want string, fn func(tx *Tx) error) {
	t.Helper()
	before := len(eventos(t, s))
	if err := s.Update(t.Context(), now, fn); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("want %q, got %v", want, err)
	}
	if n := len(eventos(t, s)); n != before {
		t.Errorf("%q left %d events", want, n-before)
	}
}

// since gives what the log tells after event n, without its moments.
func since(t *testing.T, s *Store, n int) (all []bitacora.Evento) {
	t.Helper()
	for _, e := range eventos(t, s)[n:] {
		all = append(all, bitacora.Evento{Evento: e.Evento, Parte: e.Parte, Detalle: e.Detalle})
	}
	return all
}

func view(t *testing.T, s *Store, fn func(v *View) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func acceso(t *testing.T, s *Store, u schema.UNE, huella string, at time.Time) error {
	t.Helper()
	return s.View(t.Context(), func(v *View) error { return v.Acceso(u, huella, at) })
}

func TestAcceso(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	from, to := schema.NewDia(2026, 3, 10).At(0), schema.NewDia(2026, 4, 1).At(0)
	bounded := llave("acotada")
	bounded.Desde, bounded.Hasta = from, to
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddLlave(norte, llave("siempre"), orden), tx.AddLlave(norte, bounded, orden),
			tx.AddLlave(sur, llave("sur"), orden))
	})
	check := func(u schema.UNE, name string, at time.Time, want error) {
		t.Helper()
		if err := acceso(t, s, u, "SHA256:"+name, at); !errors.Is(err, want) ||
			(err == nil) != (want == nil) {
			t.Errorf("%s with %s at %s: %v, want %v", u, name, at, err, want)
		}
	}
	check(norte, "siempre", now, nil)
	check(norte, "siempre", now.AddDate(50, 0, 0), nil)
	check(norte, "acotada", from.Add(-time.Millisecond), ErrLlaveFutura)
	check(norte, "acotada", from, nil)
	check(norte, "acotada", to.Add(-time.Millisecond), nil)
	check(norte, "acotada", to, ErrLlaveVencida)
	check(norte, "sur", now, ErrLlaveDesconocida)
	check(sur, "siempre", now, ErrLlaveDesconocida)
	check(norte, "", now, ErrLlaveDesconocida)
	check(900009, "siempre", now, ErrLlaveDesconocida)

	update(t, s, func(tx *Tx) error { return tx.Suspend(norte, orden) })
	check(norte, "siempre", now, ErrSuspendida)
	check(norte, "desconocida", now, ErrLlaveDesconocida) // a stranger learns nothing of the suspension
	check(sur, "sur", now, nil)
	update(t, s, func(tx *Tx) error { return tx.Resume(norte, orden) })
	check(norte, "siempre", now, nil)
	update(t, s, func(tx *Tx) error { return tx.RevokeLlave(norte, "SHA256:siempre", orden) })
	check(norte, "siempre", now, ErrLlaveRevocada)
	check(norte, "acotada", from, nil)
}

// Each change has its event, with who made it and nothing of the key itself.
func TestRollEvents(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	k := llave("ana")
	k.Desde, k.Hasta = schema.NewDia(2026, 3, 10).At(0), schema.NewDia(2026, 4, 1).At(0)
	n := len(eventos(t, s))
	const hash = "$2a$12$secreto"
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddLlave(norte, k, Orden{UID: 7}), tx.RevokeLlave(norte, k.Fingerprint, orden),
			tx.Suspend(norte, orden),
			tx.Resume(norte, Orden{}), tx.SetContrasena(norte, hash, Orden{UID: 7}),
			tx.RevokeContrasena(norte, orden))
	})
	of := func(name string, d bitacora.Detalle) bitacora.Evento {
		return bitacora.Evento{Evento: name, Parte: 900001, Detalle: d}
	}
	ana := func(d bitacora.Detalle) bitacora.Detalle {
		d["huella"], d["nombre"], d["desde"], d["hasta"] = "SHA256:ana", "ana", "2026-03-10T00:00:00-06:00",
			"2026-04-01T00:00:00-06:00"
		return d
	}
	why := func() bitacora.Detalle { return bitacora.Detalle{"uid": 1000., "motivo": "equipo perdido"} }
	want := []bitacora.Evento{
		of(bitacora.LlaveAlta, ana(bitacora.Detalle{"uid": 7.})), of(bitacora.LlaveRevocada, ana(why())),
		of(bitacora.InstitucionSuspendida, why()),
		of(bitacora.InstitucionReanudada, bitacora.Detalle{"uid": 0.}),
		of(bitacora.ClaveFijada, bitacora.Detalle{"uid": 7.}), of(bitacora.ClaveRevocada, why()),
	}
	if d := cmp.Diff(want, since(t, s, n)); d != "" {
		t.Errorf("the log (-want +got):\n%s", d)
	}
	first := since(t, s, 1)[0]
	if d := cmp.Diff(of(bitacora.InstitucionAlta,
		bitacora.Detalle{"uid": 1000., "motivo": "equipo perdido", "denominacion": "Norte", "sector": "Uno",
			"termino": 20., "prorroga": 10.}), first); d != "" {
		t.Errorf("the institution's event (-want +got):\n%s", d)
	}
	view(t, s, func(v *View) error {
		all, err := v.Llaves(norte)
		k.Alta, k.Revocada = now, now
		if d := cmp.Diff([]Llave{k}, all); d != "" {
			t.Errorf("the key (-want +got):\n%s", d)
		}
		return err
	})
}

func TestRollRefuses(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddLlave(norte, llave("ana"), orden), tx.AddLlave(norte, llave("vieja"), orden),
			tx.RevokeLlave(norte, "SHA256:vieja", orden))
	})
	empty := llave("vacia")
	empty.Desde, empty.Hasta = now, now
	in := func(u schema.UNE, keys ...Llave) Institucion {
		return Institucion{UNE: u, Denominacion: "X", Sector: "Y", Termino: 1, Prorroga: 1, Llaves: keys}
	}
	for _, tt := range []struct {
		want string
		fn   func(tx *Tx) error
	}{
		{"institution 00900001 is there already", func(tx *Tx) error {
			return tx.AddInstitucion(in(norte), orden)
		}},
		{"belongs to institution 00900001", func(tx *Tx) error {
			return tx.AddInstitucion(in(900003, llave("ana")), orden)
		}},
		{"belongs to institution 00900001", func(tx *Tx) error {
			return tx.AddLlave(sur, llave("ana"), orden)
		}},
		{"belongs to institution 00900001", func(tx *Tx) error {
			return tx.AddLlave(sur, llave("vieja"), orden)
		}},
		{"is there already", func(tx *Tx) error { return tx.AddLlave(norte, llave("ana"), orden) }},
		{"was revoked on 2026-03-02T18:05:00-06:00 and does not come back", func(tx *Tx) error {
			return tx.AddLlave(norte, llave("vieja"), orden)
		}},
		{"would end before it begins", func(tx *Tx) error { return tx.AddLlave(norte, empty, orden) }},
		{"institution 00900009: not found", func(tx *Tx) error {
			return tx.AddLlave(900009, llave("otra"), orden)
		}},
		{"was revoked already", func(tx *Tx) error { return tx.RevokeLlave(norte, "SHA256:vieja", orden) }},
		{"institution 00900002: not found", func(tx *Tx) error {
			return tx.RevokeLlave(sur, "SHA256:ana", orden)
		}},
		{"institution 00900009: not found", func(tx *Tx) error { return tx.Suspend(900009, orden) }},
		{"institution 00900009: not found", func(tx *Tx) error { return tx.Resume(900009, orden) }},
		{"is not suspended", func(tx *Tx) error { return tx.Resume(norte, orden) }},
		{"is suspended already, since 2026-03-02T18:05:00-06:00", func(tx *Tx) error {
			if err := tx.Suspend(norte, orden); err != nil {
				return err
			}
			return tx.Suspend(norte, orden)
		}},
		{"institution 00900009: not found", func(tx *Tx) error {
			return tx.SetContrasena(900009, "$2a$", orden)
		}},
		{"CHECK constraint failed", func(tx *Tx) error {
			return tx.SetContrasena(norte, "una clave, no su hash", orden)
		}},
		{"no password", func(tx *Tx) error { return tx.RevokeContrasena(norte, orden) }},
	} {
		fails(t, s, tt.want, tt.fn)
	}
}

// A key that was revoked stays revoked while the configuration still names it, and
// one of another institution is not taken over.
func TestSeedNeverRevives(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	conf := []Institucion{
		{UNE: norte, Denominacion: "Norte", Sector: "Uno", Termino: 20, Prorroga: 10,
			Llaves: []Llave{llave("ana"), llave("beto")}},
		{UNE: sur, Denominacion: "Sur", Sector: "Uno", Termino: 20, Prorroga: 10},
	}
	seed := func() (differs []string) {
		t.Helper()
		update(t, s, func(tx *Tx) (err error) { differs, err = tx.Seed(conf); return err })
		return differs
	}
	if d := seed(); len(d) != 0 {
		t.Fatalf("a first seed differs: %q", d)
	}
	update(t, s, func(tx *Tx) error {
		gone := llave("vencida")
		gone.Hasta = now
		return errors.Join(tx.RevokeLlave(norte, "SHA256:ana", orden), tx.AddLlave(sur, llave("mia"), orden),
			tx.AddLlave(sur, gone, orden), tx.AddLlave(sur, llave("otra"), orden),
			tx.RevokeLlave(sur, "SHA256:otra", orden))
	})
	conf[1].Llaves = []Llave{llave("beto")}
	n := len(eventos(t, s))
	want := []string{
		"institution 00900001: key SHA256:ana is revoked in the store, still in the configuration; it " +
			"stays revoked",
		"institution 00900002: key SHA256:beto belongs to institution 00900001; it is not added",
		"institution 00900002: key SHA256:mia is in the store, not in the configuration; it still signs in",
	}
	if d := cmp.Diff(want, seed()); d != "" {
		t.Errorf("differences (-want +got):\n%s", d)
	}
	if extra := since(t, s, n); len(extra) > 0 {
		t.Errorf("the seed changed something: %v", extra)
	}
	if err := acceso(t, s, norte, "SHA256:ana", now); !errors.Is(err, ErrLlaveRevocada) {
		t.Errorf("the revoked key: %v", err)
	}
	if err := acceso(t, s, sur, "SHA256:beto", now); !errors.Is(err, ErrLlaveDesconocida) {
		t.Errorf("the key of another institution: %v", err)
	}
}

func TestUsarLlave(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	update(t, s, func(tx *Tx) error { return tx.AddLlave(norte, llave("ana"), orden) })
	n := len(eventos(t, s))
	use := func(at time.Time, want time.Time) {
		t.Helper()
		update(t, s, func(tx *Tx) error { return tx.UseLlave(norte, "SHA256:ana", at) })
		view(t, s, func(v *View) error {
			all, err := v.Llaves(norte)
			if err == nil && !all[0].UltimoUso.Equal(want) {
				t.Errorf("used at %s: the last use is %s, want %s", at, all[0].UltimoUso, want)
			}
			return err
		})
	}
	use(now, now)
	use(now.Add(time.Minute), now)
	use(now.Add(time.Minute+time.Millisecond), now.Add(time.Minute+time.Millisecond))
	use(now, now.Add(time.Minute+time.Millisecond)) // never back
	update(t, s, func(tx *Tx) error { return tx.UseLlave(norte, "SHA256:nadie", now) })
	if extra := since(t, s, n); len(extra) > 0 {
		t.Errorf("a use is an event: %v", extra)
	}
}

func TestAvisarVencimientos(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	const window = 30 * 24 * time.Hour
	until := func(name string, hasta time.Time) Llave { k := llave(name); k.Hasta = hasta; return k }
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.AddLlave(norte, until("pronto", now.Add(window)), orden),
			tx.AddLlave(norte, until("luego", now.Add(window+time.Millisecond)), orden),
			tx.AddLlave(sur, until("vencida", now), orden),
			tx.AddLlave(sur, until("revocada", now.Add(window)), orden),
			tx.AddLlave(sur, llave("siempre"), orden), tx.RevokeLlave(sur, "SHA256:revocada", orden))
	})
	n := len(eventos(t, s))
	due := func(at time.Time) (yes bool) {
		view(t, s, func(v *View) (err error) { yes, err = v.PorVencer(at, window); return err })
		return yes
	}
	if !due(now) {
		t.Error("nothing is due at the start of a window")
	}
	for range 2 {
		update(t, s, func(tx *Tx) error { return tx.WarnExpiries(window) })
	}
	want := []bitacora.Evento{{Evento: bitacora.LlavePorVencer, Parte: 900001,
		Detalle: bitacora.Detalle{"huella": "SHA256:pronto", "nombre": "pronto",
			"hasta": "2026-04-01T18:05:00-06:00"}}}
	if d := cmp.Diff(want, since(t, s, n)); d != "" {
		t.Errorf("the log (-want +got):\n%s", d)
	}
	if due(now) || !due(now.Add(time.Millisecond)) {
		t.Error("what was told is still due, or the next one not at the start of its window")
	}
}

func TestAccesoCambiado(t *testing.T) {
	t.Parallel()
	s, _ := roll(t)
	ask := func(n int64) (changed bool, last int64) {
		t.Helper()
		view(t, s, func(v *View) (err error) { changed, last, err = v.AccesoCambiado(n); return err })
		return changed, last
	}
	changed, n := ask(0)
	if !changed || n != 3 {
		t.Errorf("from the beginning: %t, %d", changed, n)
	}
	update(t, s, func(tx *Tx) error { return anota(tx) })
	if changed, n = ask(n); changed || n != 4 {
		t.Errorf("after a run: %t, %d", changed, n)
	}
	for i, change := range []func(tx *Tx) error{
		func(tx *Tx) error { return tx.AddLlave(norte, llave("a"), orden) },
		func(tx *Tx) error { return tx.RevokeLlave(norte, "SHA256:a", orden) },
		func(tx *Tx) error { return tx.Suspend(norte, orden) },
		func(tx *Tx) error { return tx.Resume(norte, orden) },
		func(tx *Tx) error { return tx.SetContrasena(norte, "$2a$", orden) },
		func(tx *Tx) error { return tx.RevokeContrasena(norte, orden) },
		func(tx *Tx) error { return tx.AddInstitucion(Institucion{UNE: 900003, Termino: 1}, orden) },
	} {
		update(t, s, change)
		if changed, n = ask(n); !changed {
			t.Errorf("change %d is not told", i)
		}
		if changed, n = ask(n); changed {
			t.Errorf("change %d is told twice", i)
		}
	}
}
