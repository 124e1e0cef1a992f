package store

import (
	"slices"
	"sync"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// calendarios remembers the calendar of the newest version that was asked for, so
// that each count does not make it again.
type calendarios struct {
	mu  sync.Mutex
	n   int64 // the event of that version; 0 none yet
	cal *schema.Calendario
}

// Calendario gives the calendar that counts now: the computed days, the known
// suspensions, and what the log says was added to them. Its rows are in the log
// alone, which nobody can change unseen, and whoever has the log can make every
// version of it again.
func (v *View) Calendario() (*schema.Calendario, error) {
	var n int64
	if err := v.get(`SELECT coalesce(max(n), 0) FROM bitacora WHERE evento = ?`,
		[]any{bitacora.CalendarioCambiado}, &n); err != nil {
		return nil, err
	}
	if cal := v.own.get(n); cal != nil {
		return cal, nil
	}
	if cal := v.calendarios.get(n); cal != nil {
		return cal, nil
	}
	rows, err := v.Inhabiles(time.Time{})
	if err != nil {
		return nil, err
	}
	cal := schema.NewCalendario(rows)
	v.own.put(n, cal)
	if !v.writes { // what a transaction made may yet be undone
		v.calendarios.put(n, cal)
	}
	return cal, nil
}

// get gives the calendar of version n, nil where another one is remembered.
func (c *calendarios) get(n int64) *schema.Calendario {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n != n {
		return nil
	}
	return c.cal
}

func (c *calendarios) put(n int64, cal *schema.Calendario) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.n, c.cal = n, cal
}

// CalendarioEn gives the calendar as the log had it at a moment, by the moments of
// its events (bitacora.CalendarioEn).
func (v *View) CalendarioEn(t time.Time) (*schema.Calendario, error) {
	all, err := v.Calendarios()
	if err != nil {
		return nil, err
	}
	return bitacora.CalendarioEn(all, t)
}

// Calendarios gives every version, the first one first.
func (v *View) Calendarios() (all []bitacora.VersionCalendario, err error) {
	for c, err := range v.Actos(time.Time{}, []string{bitacora.CalendarioCambiado}) {
		if err == nil {
			all, err = bitacora.SumarCalendario(all, c)
		}
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// Inhabiles gives the rows that were added to the computed calendar up to a
// moment, the last word on each day and origin; a zero t is now.
func (v *View) Inhabiles(t time.Time) ([]schema.Inhabil, error) {
	all, err := v.Calendarios()
	return bitacora.Inhabiles(all, t), err
}

// AddInhabiles makes a new version of the calendar, and gives it with the one
// before. Rows that are there already, word for word, are not told again; where
// nothing changes there is no new version. o is nil where no command asked for it.
func (tx *Tx) AddInhabiles(dias []schema.Inhabil, causa string,
	o *Orden) (before, after *schema.Calendario, err error) {
	all, err := tx.Calendarios()
	if err != nil {
		return nil, nil, err
	}
	have, err := tx.Inhabiles(time.Time{})
	if err != nil {
		return nil, nil, err
	}
	was := ""
	if len(all) > 0 {
		was = all[len(all)-1].Version
	}
	rows := []bitacora.DiaCalendario{}
	for _, in := range dias {
		if slices.Contains(have, in) {
			continue
		}
		rows = append(rows, bitacora.NewDiaCalendario(in))
	}
	before = schema.NewCalendario(have)
	after = schema.NewCalendario(bitacora.Sustituir(have, dias))
	if was == after.Version() && len(rows) == 0 {
		return before, after, nil
	}
	carga := bitacora.CargaCalendario{Calendario: after.Version(), Anterior: was, Causa: causa}
	if o != nil {
		carga.CargaOrden = o.dicha()
	}
	list, err := bitacora.De("dias", rows)
	if err != nil {
		return nil, nil, err
	}
	defer list.Close()
	return before, after, tx.Log(Acto{Evento: bitacora.CalendarioCambiado, Carga: carga, Renglones: list})
}
