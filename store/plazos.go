package store

import (
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// How the term of an open folio stands.
const (
	PlazoATiempo   = "a_tiempo"
	PlazoPorVencer = "por_vencer"
	PlazoVencido   = "vencido"
)

var plazoEvento = map[string]string{PlazoATiempo: bitacora.PlazoATiempo,
	PlazoPorVencer: bitacora.PlazoPorVencer, PlazoVencido: bitacora.PlazoVencido}

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
func (v *View) PlazosPorAvisar(u schema.UNE, x Umbral) ([]Asunto, error) {
	return v.plazos(` WHERE e.une = ?1 AND `+abierta+` AND (e.limite <= ?3 OR e.plazo IS NOT NULL)
		AND CASE WHEN e.limite < ?2 THEN 'vencido' WHEN e.limite <= ?3 THEN 'por_vencer' ELSE 'a_tiempo' END
			<> coalesce(e.plazo, 'a_tiempo')
		ORDER BY e.limite, r.folio`, u, int64(x.Pasado), int64(x.Cerca))
}

// PlazosAbiertos gives every open folio that was delivered.
func (v *View) PlazosAbiertos() ([]Asunto, error) {
	return v.plazos(` WHERE ` + abierta + ` ORDER BY e.une, r.id`)
}

// PlazosDelLote gives the open folios of a LOT whose term was counted with another
// version of the calendar than this one.
func (v *View) PlazosDelLote(lote int64, calendario string) ([]Asunto, error) {
	return v.plazos(` WHERE e.reclamacion IN (SELECT e.reclamacion`+deLote+`) AND `+calendarioDe+
		` <> ?2 AND `+abierta+` ORDER BY r.id`,
		lote, calendario)
}

// AsuntosRespondidos gives the answered folios whose term or answer reaches into the days
// from a to b.
func (v *View) AsuntosRespondidos(a, b schema.Dia) ([]Asunto, error) {
	return v.plazos(
		` WHERE e.contestada IS NOT NULL AND e.dia0 < ? AND (e.limite >= ? OR e.contestada >= ?)
			ORDER BY r.id`,
		int64(b), int64(a), ms(a.At(0)))
}

// plazos gives delivered rounds, with what terms know of.
func (v *View) plazos(where string, args ...any) (all []Asunto, err error) {
	err = v.each(`SELECT r.id, r.folio, r.vuelta, r.une, e.entregada, e.dia0, e.limite, `+calendarioDe+
		`, e.prorroga, coalesce(e.contestada, 0),
		coalesce(e.plazo, 'a_tiempo') FROM estados e JOIN reclamaciones r
		ON r.id = e.reclamacion`+where, args,
		func(rows valores) error {
			var c Asunto
			var entregada, contestada int64
			err := rows.Scan(&c.ID, &c.Folio, &c.Vuelta, &c.UNE, &entregada, &c.Dia0, &c.Limite,
				&c.Calendario, &c.Prorroga, &contestada, &c.Plazo)
			c.Entregada, c.Respondida = moment(entregada), moment(contestada)
			all = append(all, c)
			return err
		})
	return all, err
}

// What is told of a term after its delivery, beside how it stands.
const (
	plazoMovido    = "movido"
	plazoRecontado = "recontado"
)

// acto gathers what an act tells of the terms of a UNE.
type actoPlazos struct {
	tx   *Tx
	acto Acto
	r    bitacora.Renglones
}

func (tx *Tx) actoPlazos(u schema.UNE, evento string, carga any) *actoPlazos {
	return &actoPlazos{tx: tx, acto: Acto{Evento: evento, Parte: u.Parte(), Carga: carga},
		r: bitacora.Renglones{Lista: "folios"}}
}

// add tells of one folio; calendario is "" where it counts by the one of before.
func (a *actoPlazos) add(c *Asunto, que string, p bitacora.RenglonPlazo, calendario string) error {
	p.Folio, p.Vuelta = c.Folio, c.Vuelta
	if err := a.r.Add(&p); err != nil {
		return err
	}
	_, err := a.tx.add(tPlazos, c.ID, que, int64(p.Limite), nada(calendario), a.r.N())
	return err
}

// log tells it, where there was anything.
func (a *actoPlazos) log() error {
	defer a.r.Close()
	if a.r.N() == 0 {
		return nil
	}
	a.acto.Renglones, a.acto.Folio = &a.r, a.r.Unico()
	return a.tx.Log(a.acto)
}

// WarnTerms records how the terms of folios of a UNE stand from now on.
func (tx *Tx) WarnTerms(u schema.UNE, all []Asunto, estado string) error {
	a := tx.actoPlazos(u, plazoEvento[estado], bitacora.CargaAvisado{})
	for _, c := range all {
		var value any = estado
		if estado == PlazoATiempo {
			value = nil
		}
		if err := tx.must(`UPDATE estados SET plazo = ? WHERE reclamacion = ? AND `+abierta, value,
			c.ID); err != nil {
			return err
		}
		if err := a.add(&c, estado, bitacora.RenglonPlazo{Limite: c.Limite}, ""); err != nil {
			return err
		}
	}
	return a.log()
}

// NuevoLimite is a folio with another limit than it had.
type NuevoLimite struct {
	Asunto *Asunto // gets it
	Nuevo  schema.Dia
}

// MoveTerms moves the limits of open folios of a UNE past an outage of ours, of
// which carga tells.
func (tx *Tx) MoveTerms(u schema.UNE, all []NuevoLimite, carga bitacora.CargaMovido) error {
	a := tx.actoPlazos(u, bitacora.PlazoMovido, carga)
	for _, x := range all {
		p := bitacora.RenglonPlazo{Limite: x.Nuevo, LimiteAnterior: x.Asunto.Limite}
		if err := a.add(x.Asunto, plazoMovido, p, ""); err != nil {
			return err
		}
		if err := tx.setLimite(x.Asunto, x.Nuevo, x.Asunto.Calendario); err != nil {
			return err
		}
	}
	return a.log()
}

// Recount gives open folios of a UNE the limits that a later version of the
// calendar counts.
func (tx *Tx) Recount(u schema.UNE, all []NuevoLimite, calendario string) error {
	a := tx.actoPlazos(u, bitacora.PlazoRecontado, bitacora.CargaRecontado{Calendario: calendario})
	for _, x := range all {
		p := bitacora.RenglonPlazo{Limite: x.Nuevo, LimiteAnterior: x.Asunto.Limite,
			CalendarioAnterior: x.Asunto.Calendario}
		if err := a.add(x.Asunto, plazoRecontado, p, calendario); err != nil {
			return err
		}
		if err := tx.setLimite(x.Asunto, x.Nuevo, calendario); err != nil {
			return err
		}
	}
	return a.log()
}

func (tx *Tx) setLimite(c *Asunto, limite schema.Dia, calendario string) error {
	if err := tx.must(`UPDATE estados SET limite = ?, calendario = ? WHERE reclamacion = ? AND `+abierta,
		int64(limite), calendario, c.ID); err != nil {
		return err
	}
	c.Limite, c.Calendario = limite, calendario
	return nil
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
		FROM estados WHERE `+abierta+` GROUP BY une ORDER BY une`,
		[]any{int64(x.Pasado), int64(x.Cerca)}, func(rows valores) error {
			var n Vencimientos
			err := rows.Scan(&n.UNE, &n.ATiempo, &n.PorVencer, &n.Vencido)
			all = append(all, n)
			return err
		})
	return all, err
}
