package ops

import (
	"cmp"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// AnioCalendario is a year of the calendar, and its versions.
type AnioCalendario struct {
	Simulacro bool         `json:"simulacro,omitempty"`
	Calendar  string       `json:"calendar"`
	Year      int          `json:"year"`
	Business  int          `json:"business_days"`
	Days      []DiaListado `json:"days"`

	Versions []VersionListada `json:"-"`
}

// ReadCalendario reads a year of the calendar as it was at a moment; a zero one is now,
// which hoy is on the machine's clock, and without a year it is that of the moment.
func ReadCalendario(v *store.View, at time.Time, year int, hoy time.Time) (l AnioCalendario, err error) {
	if l.Simulacro, err = v.Simulacro(); err != nil {
		return l, err
	}
	versions, err := v.Calendarios()
	if err != nil {
		return l, err
	}
	l.Versions = []VersionListada{}
	for _, c := range versions {
		l.Versions = append(l.Versions, newVersionCalendario(c))
	}
	now, err := Now(v, hoy)
	if err != nil {
		return l, err
	}
	if at.IsZero() {
		at = now
	}
	cal, err := v.CalendarioEn(at)
	if err != nil {
		return l, err
	}
	rows, err := v.Inhabiles(at)
	if err != nil {
		return l, err
	}
	if year == 0 {
		year = schema.DiaDe(at).Year()
	}
	first := schema.NewDia(year, time.January, 1)
	last := schema.NewDia(year, time.December, 31)
	l.Calendar, l.Year, l.Days = cal.Version(), year, daysOf(cal, rows, year)
	l.Business = cal.DiasHabiles(first-1, last)
	return l, nil
}

// Calendarios are the versions of the calendar.
type Calendarios struct {
	Simulacro bool             `json:"simulacro,omitempty"`
	Versions  []VersionListada `json:"versions"`
}

// VersionListada is one of them, with what it added.
type VersionListada struct {
	N        int64           `json:"n"` // its event
	Time     schema.Instante `json:"time"`
	Calendar string          `json:"calendar"`
	Before   string          `json:"before"`
	Cause    string          `json:"cause"`
	Days     []DiaListado    `json:"days"`

	Momento time.Time `json:"-"`
}

func newVersionCalendario(c bitacora.VersionCalendario) VersionListada {
	x := VersionListada{c.N, schema.NewInstante(c.Momento), c.Version, c.Anterior, c.Causa, []DiaListado{},
		c.Momento}
	for _, in := range c.Dias {
		x.Days = append(x.Days,
			DiaListado{in.Fecha, in.Descripcion, in.Origen, in.Publicado, siNo(in.AplicaGE)})
	}
	return x
}

func siNo(yes bool) string {
	if yes {
		return "SI"
	}
	return "NO"
}

// DiaListado is a row of the calendar.
type DiaListado struct {
	Date        schema.Dia `json:"fecha"`
	Description string     `json:"descripcion"`
	Origin      string     `json:"origen"`
	Published   schema.Dia `json:"publicado,omitempty"`
	Applies     string     `json:"aplica_ge"`
}

// daysOf gives the rows of a year: those that apply, weekends only where they have
// one of their own, and those of the store that say that a day is hábil after all.
func daysOf(cal *schema.Calendario, rows []schema.Inhabil, year int) (all []DiaListado) {
	add := func(in schema.Inhabil, aplica string) {
		all = append(all, DiaListado{in.Fecha, in.Descripcion, in.Origen, in.Publicado, aplica})
	}
	for d := schema.NewDia(year, time.January, 1); d.Year() == year; d++ {
		if in, ok := cal.Inhabil(d); ok && in.Origen != "" {
			add(in, "SI")
		}
	}
	for _, in := range rows {
		if !in.AplicaGE && in.Fecha.Year() == year {
			add(in, "NO")
		}
	}
	slices.SortFunc(all, func(a, b DiaListado) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(a.Origin, b.Origin))
	})
	return all
}
