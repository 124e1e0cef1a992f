package store

import (
	"time"

	"buzon/schema"
)

// The types of a dictamen that close a folio and that undo another one.
const (
	DicDesistimiento = 6
	DicSinEfecto     = 11
)

// Dictamen is what CONDUSEF told became of a round of a folio.
type Dictamen struct {
	ID       int64
	Asunto   int64
	Folio    schema.Folio // of the Asunto
	Vuelta   int
	Tipo     int
	Fecha    schema.Dia
	Archivo  int64 // the DIC
	Linea    int
	Numero   int
	Recibido time.Time
	Posicion      // where its text is in the DIC
	Anula    int  // of tipo 11: the tipo that it leaves without effect
	Anulado  bool // a later one left it without effect
}

// A dictamen stands until a later 11 of its round leaves its tipo without effect.
const selectDictamen = `SELECT d.id, d.reclamacion, r.folio, r.vuelta, d.tipo, d.fecha, d.archivo,
	a.primera_linea + d.numero - 1, d.numero,
	d.desplazamiento, d.largo, a.recibido, coalesce(d.anula, 0),
	EXISTS (SELECT 1 FROM dictamenes x JOIN archivos y ON y.id = x.archivo WHERE x.reclamacion = d.reclamacion
	AND x.id > d.id AND x.anula = d.tipo)
	FROM dictamenes d JOIN archivos a ON a.id = d.archivo JOIN reclamaciones r ON r.id = d.reclamacion`

func (v *View) dictamenes(where string, args ...any) (all []Dictamen, err error) {
	err = v.each(selectDictamen+where, args, func(rows valores) error {
		var d Dictamen
		var at int64
		err := rows.Scan(&d.ID, &d.Asunto, &d.Folio, &d.Vuelta, &d.Tipo, &d.Fecha, &d.Archivo, &d.Linea,
			&d.Numero,
			&d.Desplazamiento, &d.Largo, &at, &d.Anula, &d.Anulado)
		d.Recibido = moment(at)
		all = append(all, d)
		return err
	})
	return all, err
}

// Dictamenes gives those of one round of a folio, in the order in which they came.
func (v *View) Dictamenes(asunto int64) ([]Dictamen, error) {
	return v.dictamenes(` WHERE d.reclamacion = ? ORDER BY d.id`, asunto)
}

// DictamenesDe gives those of all folios of a UNE, the newest first, n at most.
func (v *View) DictamenesDe(u schema.UNE, n int) ([]Dictamen, error) {
	return v.dictamenes(` WHERE d.une = ? ORDER BY d.id DESC LIMIT ?`, u, n)
}
