package bitacora

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"buzon/schema"
)

// VersionCalendario is one version of the calendar.
type VersionCalendario struct {
	N        int64 // its event
	Momento  time.Time
	Version  string
	Anterior string
	Causa    string
	Dias     []schema.Inhabil // that it added or replaced
}

// SumarCalendario adds what an event tells of the calendar to the versions before
// it: a new one, or more rows of the last one where a long table goes on.
func SumarCalendario(all []VersionCalendario, c *Crudo) ([]VersionCalendario, error) {
	v, err := LeerCalendario(c)
	if err != nil {
		return nil, err
	}
	if v.Version != "" {
		return append(all, v), nil
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("event %d, %s: it goes on with no version: %w", c.N, c.Evento, ErrIncompleto)
	}
	last := &all[len(all)-1]
	last.Dias = append(last.Dias, v.Dias...)
	return all, nil
}

// LeerCalendario reads the event of a version.
func LeerCalendario(c *Crudo) (v VersionCalendario, err error) {
	d, err := Leer[CargaCalendario](c)
	if err != nil {
		return v, err
	}
	v = VersionCalendario{N: c.N, Momento: time.UnixMilli(c.Momento).In(schema.Zona),
		Version: d.Calendario, Anterior: d.Anterior, Causa: d.Causa}
	for _, row := range d.Dias {
		v.Dias = append(v.Dias, row.Inhabil())
	}
	return v, nil
}

// NewDiaCalendario writes a row of the table as an event tells it.
func NewDiaCalendario(in schema.Inhabil) DiaCalendario {
	aplica := "SI"
	if !in.AplicaGE {
		aplica = "NO"
	}
	return DiaCalendario{in.Fecha, in.Descripcion, in.Origen, in.Publicado, aplica}
}

// Inhabil is the row that an event tells.
func (d DiaCalendario) Inhabil() schema.Inhabil {
	return schema.Inhabil{Fecha: d.Fecha, Descripcion: d.Descripcion, Origen: d.Origen,
		Publicado: d.Publicado, AplicaGE: d.AplicaGE != "NO"}
}

// renglonCalendario is what a row of the table is replaced by.
type renglonCalendario struct {
	fecha  schema.Dia
	origen string
}

// Inhabiles folds versions, in the order of the log, into the rows that were added
// to the computed calendar up to a moment: the last word on each day and origin. A
// zero t is all of them.
func Inhabiles(all []VersionCalendario, t time.Time) []schema.Inhabil {
	last := map[renglonCalendario]schema.Inhabil{}
	for _, v := range all {
		if !t.IsZero() && v.Momento.After(t) {
			continue
		}
		for _, in := range v.Dias {
			last[renglonCalendario{in.Fecha, in.Origen}] = in
		}
	}
	return slices.Collect(maps.Values(last))
}

// Sustituir gives the rows of have that over does not replace, and those of over.
func Sustituir(have, over []schema.Inhabil) []schema.Inhabil {
	out := slices.DeleteFunc(slices.Clone(have), func(in schema.Inhabil) bool {
		return slices.ContainsFunc(over, func(o schema.Inhabil) bool {
			return o.Fecha == in.Fecha && o.Origen == in.Origen
		})
	})
	return append(out, over...)
}

// CalendarioEn gives the calendar as the log had it at a moment, from its versions
// in the order of the log, by the moments of their events. It is an error where this
// program computes other days than the one that wrote the version did: a count with
// it would not be the same.
func CalendarioEn(all []VersionCalendario, t time.Time) (*schema.Calendario, error) {
	cal := schema.NewCalendario(Inhabiles(all, t))
	want := ""
	for _, v := range all {
		if !v.Momento.After(t) {
			want = v.Version
		}
	}
	if want != "" && want != cal.Version() {
		return nil, fmt.Errorf("calendar %s of %s: this program makes %s of the same rows; "+
			"ask the program of that time", want, schema.NewInstante(t), cal.Version())
	}
	return cal, nil
}

// Fin is the time of day until which the last day of a term counts by these
// settings; where they say nothing of it that is 23:59:59.
func (c CargaConfiguracion) Fin() (schema.Hora, error) {
	if c.FinDePlazo == "" {
		return finDelDia, nil
	}
	return schema.ParseHora(c.FinDePlazo)
}

const finDelDia schema.Hora = 24*3600 - 1
