package store

import (
	"database/sql"
	"fmt"
	"time"

	"buzon/schema"
)

// Events of dictámenes.
const (
	DictamenAceptado  = "dictamen_aceptado"
	DictamenRechazado = "dictamen_rechazado"
)

// The types of a dictamen that close a folio and that undo another one.
const (
	DicDesistimiento = 6
	DicSinEfecto     = 11
)

// Dictamen is what CONDUSEF told became of a round of a folio.
type Dictamen struct {
	ID       int64
	Caso     int64
	Folio    schema.Folio // of the Caso
	Vuelta   int
	Tipo     int
	Fecha    schema.Dia
	Archivo  int64 // the DIC
	Linea    int
	Numero   int
	Recibido time.Time
	Registro string // the line as it came
	Anula    int    // of tipo 11: the tipo that it leaves without effect
	Anulado  bool   // a later one left it without effect
}

const selectDictamen = `SELECT d.id, d.reclamacion, r.folio, r.vuelta, d.tipo, d.fecha, d.archivo, d.linea, d.numero, d.recibido, d.registro, d.anulado IS NOT NULL
	FROM dictamenes d JOIN reclamaciones r ON r.id = d.reclamacion`

func (v *View) dictamenes(where string, args ...any) (all []Dictamen, err error) {
	err = v.each(selectDictamen+where, args, func(rows *sql.Rows) error {
		var d Dictamen
		var at int64
		var fecha string
		if err := rows.Scan(&d.ID, &d.Caso, &d.Folio, &d.Vuelta, &d.Tipo, &fecha, &d.Archivo, &d.Linea, &d.Numero, &at, &d.Registro, &d.Anulado); err != nil {
			return err
		}
		d.Recibido = moment(at)
		all = append(all, d)
		return all[len(all)-1].Fecha.UnmarshalText([]byte(fecha))
	})
	return all, err
}

// Dictamenes gives those of one round of a folio, in the order in which they came.
func (v *View) Dictamenes(caso int64) ([]Dictamen, error) {
	return v.dictamenes(` WHERE d.reclamacion = ? ORDER BY d.id`, caso)
}

// DictamenesDe gives those of all folios of a UNE, the newest first, n at most.
func (v *View) DictamenesDe(u schema.UNE, n int) ([]Dictamen, error) {
	return v.dictamenes(` WHERE d.une = ? ORDER BY d.id DESC LIMIT ?`, u, n)
}

// AddDictamen accepts a record of the DIC a about the round k of a folio. A
// desistimiento closes a round that has no answer; an 11 leaves the standing one
// of tipo Anula without effect, and opens nothing again.
func (tx *Tx) AddDictamen(a *Archivo, k *Caso, d *Dictamen) (err error) {
	d.ID, err = tx.insert(`INSERT INTO dictamenes (reclamacion, une, tipo, fecha, archivo, linea, numero, recibido, registro) VALUES (?,?,?,?,?,?,?,?,?)`,
		k.ID, k.UNE, d.Tipo, d.Fecha.String(), a.ID, d.Linea, d.Numero, ms(d.Recibido), d.Registro)
	if err != nil {
		return err
	}
	detail := Detalle{"vuelta": k.Vuelta, "linea": d.Linea, "tipo": d.Tipo, "fecha": d.Fecha.String()}
	switch {
	case d.Tipo == DicSinEfecto:
		detail["anula"] = d.Anula
		err = tx.change(`UPDATE dictamenes SET anulado = ? WHERE reclamacion = ? AND tipo = ? AND anulado IS NULL`, d.ID, k.ID, d.Anula)
	case d.Tipo == DicDesistimiento && k.Abierto():
		err = tx.change(`UPDATE reclamaciones SET desistida = ? WHERE id = ? AND contestada IS NULL AND desistida IS NULL`, ms(d.Recibido), k.ID)
	}
	if err != nil {
		return fmt.Errorf("dictamen %d of %s: %w", d.Tipo, k.Folio, err)
	}
	return tx.Log(Evento{Evento: DictamenAceptado, Parte: k.UNE.String(), Archivo: a.Nombre, SHA256: a.SHA256, Folio: k.Folio, Detalle: detail})
}
