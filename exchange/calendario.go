package exchange

import (
	"cmp"
	"context"
	"slices"

	"buzon/schema"
	"buzon/store"
)

// Causes of a new version of the calendar, as the log tells them.
const (
	CalendarioArranque = "arranque" // the configuration or the program has other days
	CalendarioOrden    = "orden"    // somebody asked for it
)

// Recuento is what a new version of the calendar changed.
type Recuento struct {
	Antes, Ahora string // versions; the same where nothing changed
	Movidos      []Movido
	Cerrados     []Cerrado
}

// Movido is an open folio that has a later limit now.
type Movido struct {
	store.Asunto
	Antes schema.Dia // its limit before
}

// Cerrado is an answered folio of which the new version counts otherwise. What its
// acuse said stands; it is shown both ways.
type Cerrado struct {
	store.Asunto
	Antes, Ahora Computo
}

// Computo is how an answer counts by one version of the calendar.
type Computo struct {
	Calendario string     `json:"calendar"`
	Dias       int        `json:"days"` // días hábiles used
	Limite     schema.Dia `json:"limit"`
	EnTiempo   bool       `json:"in_time"`
}

// ChangeCalendar makes a new version of the calendar with these days, and counts
// every open term again with it. A limit that was told never becomes earlier.
func (p Plazos) ChangeCalendar(tx *store.Tx, dias []schema.Inhabil, causa string,
	o *store.Orden) (r Recuento, err error) {
	before, after, err := tx.AddInhabiles(dias, causa, o)
	if err != nil {
		return r, err
	}
	r.Antes, r.Ahora = before.Version(), after.Version()
	if r.Antes == r.Ahora && causa == CalendarioOrden {
		return r, nil
	}
	open, err := tx.PlazosAbiertos()
	if err != nil {
		return r, err
	}
	if r.Movidos, err = recountAll(tx, after, open); err != nil {
		return r, err
	}
	err = p.closed(tx, before, after, dias, &r)
	return r, err
}

// recountAll counts open terms by a calendar, and gives those that it moved. They
// come institution by institution, and each has an act of its own.
func recountAll(tx *store.Tx, cal *schema.Calendario, open []store.Asunto) (moved []Movido, err error) {
	for len(open) > 0 {
		une := open[0].UNE
		n := slices.IndexFunc(open, func(k store.Asunto) bool { return k.UNE != une })
		if n < 0 {
			n = len(open)
		}
		in, err := tx.Institucion(une)
		if err != nil {
			return nil, err
		}
		var of []store.NuevoLimite
		var antes []schema.Dia
		for i := range open[:n] {
			k := &open[i]
			if limite := cal.Recontar(k.Dia0, in.Termino+k.Prorroga, k.Limite); limite != k.Limite {
				of, antes = append(of, store.NuevoLimite{Asunto: k, Nuevo: limite}), append(antes, k.Limite)
			}
		}
		if err := tx.Recount(une, of, cal.Version()); err != nil {
			return nil, err
		}
		for i, x := range of {
			moved = append(moved, Movido{*x.Asunto, antes[i]})
		}
		open = open[n:]
	}
	return moved, nil
}

// recountLote counts the terms of a LOT again that was made with an older calendar
// than the one that counts when it becomes visible.
func recountLote(tx *store.Tx, s *store.Salida) error {
	cal, err := tx.Calendario()
	if err != nil {
		return err
	}
	old, err := tx.PlazosDelLote(s.ID, cal.Version())
	if err == nil {
		_, err = recountAll(tx, cal, old)
	}
	return err
}

// closed finds the answered folios that the changed days touch.
func (p Plazos) closed(tx *store.Tx, before, after *schema.Calendario, dias []schema.Inhabil,
	r *Recuento) error {
	changed := slices.DeleteFunc(slices.Clone(dias), func(in schema.Inhabil) bool {
		return before.Habil(in.Fecha) == after.Habil(in.Fecha)
	})
	if len(changed) == 0 {
		return nil
	}
	byDay := func(a, b schema.Inhabil) int { return cmp.Compare(a.Fecha, b.Fecha) }
	all, err := tx.AsuntosRespondidos(slices.MinFunc(changed, byDay).Fecha,
		slices.MaxFunc(changed, byDay).Fecha+1)
	if err != nil {
		return err
	}
	for _, k := range all {
		was, now, err := p.bothWays(&tx.View, after, k)
		if err != nil {
			return err
		}
		if was.Dias != now.Dias || was.EnTiempo != now.EnTiempo {
			r.Cerrados = append(r.Cerrados, Cerrado{k, was, now})
		}
	}
	return nil
}

// told gives how an answer was counted when it came, which is what its acuse says.
func told(v *store.View, k store.Asunto) (Computo, error) {
	all, err := v.Respuestas(k.ID)
	for _, p := range all {
		if p.Tipo == store.TipoRespuesta {
			return Computo{p.Calendario, p.Dias, p.Limite, p.Oportunidad == 1}, err
		}
	}
	return Computo{}, err
}

// BothWays gives how the answer of a round was counted when it came, and how the
// calendar of now counts it.
func (p Plazos) BothWays(v *store.View, k store.Asunto) (was, now Computo, err error) {
	cal, err := v.Calendario()
	if err != nil {
		return was, now, err
	}
	return p.bothWays(v, cal, k)
}

func (p Plazos) bothWays(v *store.View, cal *schema.Calendario,
	k store.Asunto) (was, now Computo, err error) {
	in, err := v.Institucion(k.UNE)
	if err != nil {
		return was, now, err
	}
	if was, err = told(v, k); err != nil {
		return was, now, err
	}
	k.Limite = cal.Recontar(k.Dia0, in.Termino+k.Prorroga, k.Limite)
	x := p.contar(cal, k, in, store.TipoRespuesta, 0, k.Respondida)
	return was, Computo{x.Calendario, x.Dias, k.Limite, x.Oportunidad == 1}, nil
}

// Calendario is the calendar that counts now.
func (c *Cycle) Calendario(ctx context.Context) (cal *schema.Calendario, err error) {
	err = c.Store.View(ctx, func(v *store.View) error {
		cal, err = v.Calendario()
		return err
	})
	return cal, err
}
