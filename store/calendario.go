package store

import (
	"fmt"
	"maps"
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
	if err := v.get(`SELECT coalesce(max(n), 0) FROM bitacora WHERE evento = ?`, []any{bitacora.CalendarioCambiado}, &n); err != nil {
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
// its events. It is an error where this program computes other days than the one
// that wrote the version did: a count with it would not be the same.
func (v *View) CalendarioEn(t time.Time) (*schema.Calendario, error) {
	rows, err := v.Inhabiles(t)
	if err != nil {
		return nil, err
	}
	cal := schema.NewCalendario(rows)
	all, err := v.Calendarios()
	if err != nil {
		return nil, err
	}
	want := ""
	for _, c := range all {
		if !c.Momento.After(t) {
			want = c.Version
		}
	}
	if want != "" && want != cal.Version() {
		return nil, fmt.Errorf("calendar %s of %s: this program makes %s of the same rows; ask the program of that time",
			want, schema.NewInstante(t), cal.Version())
	}
	return cal, nil
}

// VersionCalendario is one version of the calendar.
type VersionCalendario struct {
	N        int64 // its event
	Momento  time.Time
	Version  string
	Anterior string
	Causa    string
	Dias     []schema.Inhabil // that it added or replaced
}

// Calendarios gives every version, the first one first.
func (v *View) Calendarios() (all []VersionCalendario, err error) {
	for e, err := range v.Actos(time.Time{}, []string{bitacora.CalendarioCambiado}) {
		if err != nil {
			return nil, err
		}
		d, err := bitacora.Leer[bitacora.Calendario](e)
		if err != nil {
			return nil, err
		}
		if d.Calendario != "" { // else it goes on with the rows of the one before
			all = append(all, VersionCalendario{N: e.N, Momento: moment(e.Momento), Version: d.Calendario, Anterior: d.Anterior, Causa: d.Causa})
		}
		c := &all[len(all)-1]
		for _, f := range d.Dias {
			c.Dias = append(c.Dias, schema.Inhabil{Fecha: f.Fecha, Descripcion: f.Descripcion, Origen: f.Origen,
				Publicado: f.Publicado, AplicaGE: f.AplicaGE != "NO"})
		}
	}
	return all, nil
}

// Inhabiles gives the rows that were added to the computed calendar up to a
// moment, the last word on each day and origin; a zero t is now.
func (v *View) Inhabiles(t time.Time) ([]schema.Inhabil, error) {
	all, err := v.Calendarios()
	if err != nil {
		return nil, err
	}
	type clave struct {
		fecha  schema.Dia
		origen string
	}
	last := map[clave]schema.Inhabil{}
	for _, c := range all {
		if !t.IsZero() && c.Momento.After(t) {
			continue
		}
		for _, in := range c.Dias {
			last[clave{in.Fecha, in.Origen}] = in
		}
	}
	return slices.Collect(maps.Values(last)), nil
}

// AddInhabiles makes a new version of the calendar, and gives it with the one
// before. Rows that are there already, word for word, are not told again; where
// nothing changes there is no new version. o is nil where no command asked for it.
func (tx *Tx) AddInhabiles(dias []schema.Inhabil, causa string, o *Orden) (before, after *schema.Calendario, err error) {
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
		aplica := "SI"
		if !in.AplicaGE {
			aplica = "NO"
		}
		rows = append(rows, bitacora.DiaCalendario{Fecha: in.Fecha, Descripcion: in.Descripcion, Origen: in.Origen, Publicado: in.Publicado, AplicaGE: aplica})
	}
	before = schema.NewCalendario(have)
	after = schema.NewCalendario(replaced(have, dias))
	if was == after.Version() && len(rows) == 0 {
		return before, after, nil
	}
	carga := bitacora.Calendario{Calendario: after.Version(), Anterior: was, Causa: causa}
	if o != nil {
		carga.Orden = o.dicha()
	}
	list, err := bitacora.De("dias", rows)
	if err != nil {
		return nil, nil, err
	}
	defer list.Close()
	return before, after, tx.Log(Acto{Evento: bitacora.CalendarioCambiado, Carga: carga, Renglones: list})
}

// replaced gives the rows of have that over does not replace, and those of over.
func replaced(have, over []schema.Inhabil) []schema.Inhabil {
	out := slices.DeleteFunc(slices.Clone(have), func(in schema.Inhabil) bool {
		return slices.ContainsFunc(over, func(o schema.Inhabil) bool { return o.Fecha == in.Fecha && o.Origen == in.Origen })
	})
	return append(out, over...)
}
