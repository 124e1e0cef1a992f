package store

import (
	"errors"
	"testing"
	"time"

	"buzon/store/bitacora"
)

// TestSalto: nothing is written by a clock that is too far from the last moment of the
// store, ahead or back; the clock that is right again goes on, and one that somebody
// confirmed.
func TestSalto(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, c := range map[string]struct {
		opts    Options
		off     time.Duration
		refused bool
	}{
		"an hour ahead":       {Options{}, time.Hour, false},
		"a day ahead":         {Options{}, day, false},
		"as far as it may":    {Options{}, 5 * day, false},
		"two minutes more":    {Options{}, 5*day + 2*time.Minute, true},
		"a month ahead":       {Options{}, 30 * day, true},
		"a year ahead":        {Options{}, 365 * day, true},
		"a day back":          {Options{}, -day, false},
		"a month back":        {Options{}, -30 * day, true},
		"1971":                {Options{}, -55 * 365 * day, true},
		"a rehearsal's clock": {Options{Simulacro: true}, 365 * day, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := t.TempDir() + "/buzon.db"
			c.opts.Now, c.opts.Salto = now, 5*day
			s := reopen(t, path, c.opts)
			update(t, s, anota)
			before := len(eventos(t, s))
			try := func(at time.Time) error { return s.Update(t.Context(), at, anota) }
			check := func(what string, err error) {
				t.Helper()
				_, doubted := errors.AsType[*ErrReloj](err)
				if doubted != c.refused || !doubted && err != nil {
					t.Errorf("%s: %v", what, err)
				}
			}
			check("while it serves", try(now.Add(c.off)))
			if !c.refused {
				return
			}
			if n := len(eventos(t, s)); n != before {
				t.Errorf("%d events were written", n-before)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			again, err := Open(t.Context(), path, Options{Now: now.Add(c.off), Salto: 5 * day})
			check("at a start", err)
			if err == nil {
				t.Fatal(again.Close())
			}
			s = reopen(t, path, Options{Now: now.Add(time.Minute), Salto: 5 * day})
			if err := try(now.Add(time.Minute)); err != nil {
				t.Errorf("the clock is right again: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = reopen(t, path, Options{Now: now.Add(c.off), Salto: 5 * day, Confirma: true})
			if err := try(now.Add(c.off)); err != nil {
				t.Errorf("it was confirmed: %v", err)
			}
			all := eventos(t, s)
			if e := all[len(all)-2]; e.Evento != bitacora.RelojConfirmado ||
				e.Detalle["segundos"] != float64((c.off-time.Minute)/time.Second) {
				t.Errorf("%+v", e)
			}
			check("and back", try(now))
		})
	}
}

// TestSaltoBesideBeats: a server that was up without any event, as over a holiday, is as
// good as one.
func TestSaltoBesideBeats(t *testing.T) {
	t.Parallel()
	s := reopen(t, t.TempDir()+"/buzon.db", Options{Now: now, Salto: 5 * 24 * time.Hour})
	var id int64
	update(t, s, func(tx *Tx) (err error) { id, err = tx.StartService(); return err })
	for at := now; at.Before(now.AddDate(0, 0, 20)); at = at.AddDate(0, 0, 3) {
		if err := s.Update(t.Context(), at, func(tx *Tx) error { return tx.Late(id) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Update(t.Context(), now.AddDate(0, 0, 20), anota); err != nil {
		t.Error(err)
	}
}
