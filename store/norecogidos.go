package store

import (
	"buzon/schema"
	"buzon/store/bitacora"
)

// PorRecoger is a LOT that nobody has picked up whole yet.
type PorRecoger struct {
	Salida
	Limite schema.Dia // the earliest limit of its rows; 0 for an empty LOT
	Hora   bool       // it was told that it was not picked up by the hour
}

// deLote are the delivered rounds e of the LOT ?1.
const deLote = ` FROM salidas s JOIN reclamaciones t
	ON t.archivo = s.archivo AND t.une = CAST(s.parte AS INTEGER)` + delTramo + `
	JOIN estados e ON e.reclamacion = r.id AND e.lote = s.id WHERE s.id = ?1`

// PorRecoger gives the LOTs that can be seen to be picked up and were not, nor
// told of for the last time.
func (v *View) PorRecoger() (all []PorRecoger, err error) {
	lotes, err := v.salidas(`s.id IN (SELECT salida FROM por_recoger) ORDER BY s.id`)
	if err != nil {
		return nil, err
	}
	for _, s := range lotes {
		p := PorRecoger{Salida: s}
		if err := v.get(`SELECT coalesce((SELECT min(e.limite)`+deLote+`), 0),
			EXISTS (SELECT 1 FROM no_recogidos WHERE salida = ?1
			AND plazo = 'hora')`, []any{s.ID}, &p.Limite, &p.Hora); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// The two moments by which a LOT should have been picked up.
const (
	PlazoHora   = "hora"   // the hour of the next día hábil that the configuration names
	PlazoLimite = "limite" // the end of the term
)

// AddNoRecogido records once that nobody picked a LOT up by one of its moments.
// After the limit, and for an empty LOT after the hour, nobody asks again.
func (tx *Tx) AddNoRecogido(p PorRecoger, d bitacora.CargaSinRecoger) error {
	if _, err := tx.add(tNoRecogidos, p.ID, d.Plazo, ms(tx.now)); err != nil {
		return err
	}
	if d.Plazo == PlazoLimite || p.Registros == 0 {
		if _, err := tx.work(`DELETE FROM por_recoger WHERE salida = ?`, p.ID); err != nil {
			return err
		}
	}
	return tx.Log(p.acto(bitacora.NoRecogido, d))
}

// SinRecoger counts by institution the LOTs with folios to answer of which it was
// told that nobody picked them up, and nobody has since.
func (v *View) SinRecoger() (n map[schema.Parte]int, err error) {
	n = map[schema.Parte]int{} // CROSS JOIN: from what was told, not over all files by party
	err = v.each(
		`SELECT s.parte, count(DISTINCT s.id) FROM no_recogidos x CROSS JOIN salidas s ON s.id = x.salida
		WHERE NOT EXISTS (SELECT 1 FROM coberturas c WHERE c.salida = s.id AND c.veces > 0)
		AND EXISTS (SELECT 1 FROM reclamaciones t`+delTramo+` JOIN estados e ON e.reclamacion = r.id
			WHERE t.archivo = s.archivo AND t.une = CAST(s.parte AS INTEGER) AND e.lote = s.id
			AND `+abierta+`)
		GROUP BY s.parte`, nil,
		func(rows valores) error {
			var parte schema.Parte
			var count int
			if err := rows.Scan(&parte, &count); err != nil {
				return err
			}
			n[parte] = count
			return nil
		})
	return n, err
}
