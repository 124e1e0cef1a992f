package store

import (
	"database/sql"
	"errors"

	"buzon/schema"
)

// Abierto is a folio that waits for its institution's answer.
type Abierto struct {
	Caso
	NombreLote string
}

// AbiertosDe calls each for the folios of a UNE that were delivered and not
// answered, by limit and folio. Registro is not read: it holds personal data that
// a list of what is pending has no use for.
func (v *View) AbiertosDe(u schema.UNE, each func(Abierto) error) error {
	return v.each(`SELECT r.id, r.folio, r.vuelta, r.turno, r.entregada, r.dia0, r.limite, r.calendario, r.prorroga, s.nombre
		FROM reclamaciones r JOIN salidas s ON s.id = r.lote
		WHERE r.une = ? AND r.contestada IS NULL AND r.desistida IS NULL AND r.entregada IS NOT NULL ORDER BY r.limite, r.folio`, []any{u},
		func(rows *sql.Rows) error {
			a := Abierto{Caso: Caso{UNE: u}}
			var entregada int64
			var turno, dia0, limite string
			if err := rows.Scan(&a.ID, &a.Folio, &a.Vuelta, &turno, &entregada, &dia0, &limite, &a.Calendario, &a.Prorroga, &a.NombreLote); err != nil {
				return err
			}
			a.Entregada = moment(entregada)
			err := errors.Join(a.Turno.UnmarshalText([]byte(turno)), a.Dia0.UnmarshalText([]byte(dia0)), a.Limite.UnmarshalText([]byte(limite)))
			if err != nil {
				return err
			}
			return each(a)
		})
}

// UltimosLotes gives a party's last n visible LOTs, the newest first.
func (v *View) UltimosLotes(parte string, n int) ([]Salida, error) {
	return v.salidas(`parte = ? AND tipo = 'LOT' AND publicado IS NOT NULL ORDER BY id DESC LIMIT ?`, parte, n)
}

// AcuseVisible is an acuse that a party can see.
type AcuseVisible struct {
	Folio     string // ACU-AAAA-NNNNNNNN
	Archivo   string // the file that it answers
	Resultado schema.Resultado
}

// UltimosAcuses gives a party's last n visible acuses, the newest first.
func (v *View) UltimosAcuses(parte string, n int) (all []AcuseVisible, err error) {
	err = v.each(`SELECT printf('ACU-%04d-%08d', q.anio, q.n), a.nombre, a.resultado
		FROM salidas s JOIN acuses q ON q.archivo = s.archivo JOIN archivos a ON a.id = s.archivo
		WHERE s.parte = ? AND s.tipo = 'ACU' AND s.publicado IS NOT NULL ORDER BY s.id DESC LIMIT ?`, []any{parte, n},
		func(rows *sql.Rows) error {
			var x AcuseVisible
			if err := rows.Scan(&x.Folio, &x.Archivo, &x.Resultado); err != nil {
				return err
			}
			all = append(all, x)
			return nil
		})
	return all, err
}
