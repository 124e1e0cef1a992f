package store

import (
	"database/sql"

	"buzon/schema"
)

// PorRecoger is a LOT that nobody has picked up whole yet.
type PorRecoger struct {
	Salida
	Limite schema.Dia // the earliest limit of its rows; 0 for an empty LOT
	Hora   bool       // it was told that it was not picked up by the hour
}

// PorRecoger gives the LOTs that can be seen to be picked up and were not, nor
// told of for the last time.
func (v *View) PorRecoger() (all []PorRecoger, err error) {
	lotes, err := v.salidas(`por_recoger = 1 ORDER BY id`)
	if err != nil {
		return nil, err
	}
	for _, s := range lotes {
		p := PorRecoger{Salida: s}
		var limite string
		if err := v.get(`SELECT coalesce((SELECT min(limite) FROM reclamaciones WHERE lote = ?1), ''),
			EXISTS (SELECT 1 FROM no_recogidos WHERE salida = ?1 AND plazo = 'hora')`, []any{s.ID}, &limite, &p.Hora); err != nil {
			return nil, err
		}
		if limite != "" {
			if err := p.Limite.UnmarshalText([]byte(limite)); err != nil {
				return nil, err
			}
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
func (tx *Tx) AddNoRecogido(p PorRecoger, plazo string, d Detalle) error {
	if err := tx.exec(`INSERT INTO no_recogidos (salida, plazo, momento) VALUES (?,?,?)`, p.ID, plazo, ms(tx.now)); err != nil {
		return err
	}
	if plazo == PlazoLimite || p.Registros == 0 {
		if err := tx.exec(`UPDATE salidas SET por_recoger = 0 WHERE id = ?`, p.ID); err != nil {
			return err
		}
	}
	return tx.Log(p.event(NoRecogido, d))
}

// SinRecoger counts by institution the LOTs with folios to answer of which it was
// told that nobody picked them up, and nobody has since.
func (v *View) SinRecoger() (n map[string]int, err error) {
	n = map[string]int{}
	err = v.each(`SELECT s.parte, count(DISTINCT s.id) FROM no_recogidos x JOIN salidas s ON s.id = x.salida
		WHERE NOT EXISTS (SELECT 1 FROM coberturas c WHERE c.salida = s.id AND c.veces > 0)
		AND EXISTS (SELECT 1 FROM reclamaciones r WHERE r.lote = s.id AND r.contestada IS NULL AND r.desistida IS NULL) GROUP BY s.parte`, nil,
		func(rows *sql.Rows) error {
			var parte string
			var count int
			if err := rows.Scan(&parte, &count); err != nil {
				return err
			}
			n[parte] = count
			return nil
		})
	return n, err
}
