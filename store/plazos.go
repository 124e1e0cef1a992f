package store

import (
	"database/sql"
	"errors"
	"time"

	"buzon/schema"
)

// How the term of an open folio stands.
const (
	PlazoATiempo   = "a_tiempo"
	PlazoPorVencer = "por_vencer"
	PlazoVencido   = "vencido"
)

// Events of terms. The first three are named after how it stands from then on.
const (
	PlazoATiempoEv   = "plazo_a_tiempo" // again: its limit was moved
	PlazoPorVencerEv = "plazo_por_vencer"
	PlazoVencidoEv   = "plazo_vencido"
	PlazoMovido      = "plazo_movido"    // our server was down at the end of its last day
	PlazoRecontado   = "plazo_recontado" // counted again by a later calendar
)

var plazoEvento = map[string]string{PlazoATiempo: PlazoATiempoEv, PlazoPorVencer: PlazoPorVencerEv, PlazoVencido: PlazoVencidoEv}

// Umbral are the days by which it is told how a term stands.
type Umbral struct {
	Pasado schema.Dia // limits before it have passed
	Cerca  schema.Dia // limits up to it are near
}

// Estado tells how a term with a limit stands.
func (u Umbral) Estado(limite schema.Dia) string {
	switch {
	case limite < u.Pasado:
		return PlazoVencido
	case limite <= u.Cerca:
		return PlazoPorVencer
	}
	return PlazoATiempo
}

// PlazosPorAvisar gives the open folios of a UNE whose term stands otherwise than
// was told last.
func (v *View) PlazosPorAvisar(u schema.UNE, x Umbral) ([]Caso, error) {
	return v.abiertos(` WHERE une = ?1 AND `+abierta+` AND entregada IS NOT NULL AND (limite <= ?3 OR plazo IS NOT NULL)
		AND CASE WHEN limite < ?2 THEN 'vencido' WHEN limite <= ?3 THEN 'por_vencer' ELSE 'a_tiempo' END <> coalesce(plazo, 'a_tiempo')
		ORDER BY limite, folio`, u, x.Pasado.String(), x.Cerca.String())
}

// PlazosAbiertos gives every open folio that was delivered.
func (v *View) PlazosAbiertos() ([]Caso, error) {
	return v.abiertos(` WHERE ` + abierta + ` AND entregada IS NOT NULL ORDER BY id`)
}

// PlazosDelLote gives the open folios of a LOT whose term was counted with another
// version of the calendar than this one.
func (v *View) PlazosDelLote(lote int64, calendario string) ([]Caso, error) {
	return v.abiertos(` WHERE lote = ? AND calendario <> ? AND `+abierta+` AND entregada IS NOT NULL ORDER BY id`, lote, calendario)
}

// Contestados gives the answered folios whose term or answer reaches into the days
// from a to b.
func (v *View) Contestados(a, b schema.Dia) ([]Caso, error) {
	return v.abiertos(` WHERE contestada IS NOT NULL AND dia0 < ? AND (limite >= ? OR contestada >= ?) ORDER BY id`,
		b.String(), a.String(), ms(a.At(0)))
}

// abiertos gives rounds without their records, of which the terms know nothing.
func (v *View) abiertos(where string, args ...any) (all []Caso, err error) {
	err = v.each(`SELECT id, folio, vuelta, une, entregada, dia0, limite, calendario, prorroga, coalesce(contestada, 0), coalesce(plazo, 'a_tiempo') FROM reclamaciones`+where, args,
		func(rows *sql.Rows) error {
			var c Caso
			var entregada, contestada int64
			var dia0, limite string
			if err := rows.Scan(&c.ID, &c.Folio, &c.Vuelta, &c.UNE, &entregada, &dia0, &limite, &c.Calendario, &c.Prorroga, &contestada, &c.Plazo); err != nil {
				return err
			}
			c.Entregada, c.Contestada = moment(entregada), moment(contestada)
			err := errors.Join(c.Dia0.UnmarshalText([]byte(dia0)), c.Limite.UnmarshalText([]byte(limite)))
			all = append(all, c)
			return err
		})
	return all, err
}

// AvisarPlazo records how the term of a folio stands from now on.
func (tx *Tx) AvisarPlazo(c Caso, estado string) error {
	var value any = estado
	if estado == PlazoATiempo {
		value = nil
	}
	if err := tx.change(`UPDATE reclamaciones SET plazo = ? WHERE id = ? AND `+abierta, value, c.ID); err != nil {
		return err
	}
	return tx.Log(c.evento(plazoEvento[estado], Detalle{"limite": c.Limite.String()}))
}

// MoverPlazo moves the limit of an open folio past an outage of ours, of which d
// tells.
func (tx *Tx) MoverPlazo(c *Caso, limite schema.Dia, d Detalle) error {
	d["limite"], d["limite_anterior"] = limite.String(), c.Limite.String()
	return tx.setLimite(c, limite, c.Calendario, c.evento(PlazoMovido, d))
}

// Recontar gives an open folio the limit that a later version of the calendar
// counts.
func (tx *Tx) Recontar(c *Caso, limite schema.Dia, calendario string) error {
	return tx.setLimite(c, limite, calendario, c.evento(PlazoRecontado, Detalle{"limite": limite.String(), "limite_anterior": c.Limite.String(),
		"calendario": calendario, "calendario_anterior": c.Calendario}))
}

func (tx *Tx) setLimite(c *Caso, limite schema.Dia, calendario string, e Evento) error {
	if err := tx.change(`UPDATE reclamaciones SET limite = ?, calendario = ? WHERE id = ? AND `+abierta, limite.String(), calendario, c.ID); err != nil {
		return err
	}
	c.Limite, c.Calendario = limite, calendario
	return tx.Log(e)
}

func (c *Caso) evento(name string, d Detalle) Evento {
	d["vuelta"] = c.Vuelta
	return Evento{Evento: name, Parte: c.UNE.String(), Folio: c.Folio, Detalle: d}
}

// EnServicio tells whether our server was ever up before a moment: an outage of
// one that did not serve yet is none.
func (v *View) EnServicio(t time.Time) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM latidos WHERE desde < ?)`, []any{ms(t)}, &yes)
	return yes, err
}

// Vencimientos counts the open folios of an institution by how their terms stand.
type Vencimientos struct {
	UNE                         schema.UNE
	ATiempo, PorVencer, Vencido int
}

// Vencimientos counts every institution's open folios, by clave; one without any
// is not in it.
func (v *View) Vencimientos(x Umbral) (all []Vencimientos, err error) {
	err = v.each(`SELECT une, sum(limite > ?2), sum(limite >= ?1 AND limite <= ?2), sum(limite < ?1)
		FROM reclamaciones WHERE `+abierta+` AND entregada IS NOT NULL GROUP BY une ORDER BY une`,
		[]any{x.Pasado.String(), x.Cerca.String()}, func(rows *sql.Rows) error {
			var n Vencimientos
			err := rows.Scan(&n.UNE, &n.ATiempo, &n.PorVencer, &n.Vencido)
			all = append(all, n)
			return err
		})
	return all, err
}
