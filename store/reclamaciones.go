package store

import (
	"time"

	"buzon/schema"
)

// Asunto is a reclamación in one of its rounds (vueltas).
type Asunto struct {
	ID         int64
	Folio      schema.Folio
	Vuelta     int
	UNE        schema.UNE
	Archivo    int64 // the REC
	Linea      int   // what the store gives has it; AddReclamacion asks neither for it nor for ID
	Numero     int
	Posicion   // where its text is in the REC
	Turno      schema.Dia
	Monetario  bool
	Monto      schema.Centavos
	Lote       int64 // the visible LOT; 0 none yet
	Entregada  time.Time
	Dia0       schema.Dia // the day that the term is counted from
	Limite     schema.Dia // the last day in time, a prórroga included
	Calendario string     // version with which Limite was counted
	Prorroga   int        // días hábiles granted; 0 none
	Respondida time.Time
	Desistida  time.Time // when a DIC 6 closed it without an answer
	Plazo      string    // how its term stood when that was told last
}

// Posicion is where the text of a record lies in the plain bytes of its file.
type Posicion struct {
	Desplazamiento int64 // bytes before it
	Largo          int   // bytes, without its line end
}

// Abierto tells whether the round still waits for an answer, be it late.
func (c *Asunto) Abierto() bool { return c.Respondida.IsZero() && c.Desistida.IsZero() }

// abierta is that in a query.
const abierta = `contestada IS NULL AND desistida IS NULL`

// abiertaEn are rounds that nothing closed before the moment ?1: a desistimiento that
// came later closed nothing for what had come.
const abiertaEn = `contestada IS NULL AND (desistida IS NULL OR desistida > ?1)`

// calendarioDe is the version by which the limit of a round e was counted.
const calendarioDe = `coalesce(e.calendario, (SELECT l.calendario FROM lotes l WHERE l.salida = e.lote
	LIMIT 1))`

// selectAsunto leaves out what a file brought that does not count yet.
const selectAsunto = `SELECT r.id, r.folio, r.vuelta, r.une, r.archivo, a.primera_linea + r.numero - 1,
	r.numero, r.desplazamiento, r.largo,
	r.turno, r.monetario, r.monto, coalesce(e.lote, 0), coalesce(e.entregada, 0), coalesce(e.dia0, 0),
	coalesce(e.limite, 0),
	coalesce(` + calendarioDe +
	`, ''), coalesce(e.prorroga, 0), coalesce(e.contestada, 0), coalesce(e.desistida, 0), coalesce(e.plazo,
		'` + PlazoATiempo + `')
	FROM reclamaciones r JOIN archivos a ON a.id = r.archivo LEFT JOIN estados e ON e.reclamacion = r.id`

func scanAsunto(row valores, c *Asunto) error {
	var entregada, contestada, desistida int64
	err := row.Scan(&c.ID, &c.Folio, &c.Vuelta, &c.UNE, &c.Archivo, &c.Linea, &c.Numero, &c.Desplazamiento,
		&c.Largo,
		&c.Turno, &c.Monetario, &c.Monto, &c.Lote, &entregada, &c.Dia0, &c.Limite,
		&c.Calendario, &c.Prorroga, &contestada, &desistida, &c.Plazo)
	c.Entregada, c.Respondida, c.Desistida = moment(entregada), moment(contestada), moment(desistida)
	return err
}

func (v *View) asuntos(each func(Asunto) error, where string, args ...any) error {
	return v.each(selectAsunto+where, args, func(rows valores) error {
		var c Asunto
		if err := scanAsunto(rows, &c); err != nil {
			return err
		}
		return each(c)
	})
}

// UltimaVuelta gives a folio's last round; ErrNotFound where it was never accepted.
func (v *View) UltimaVuelta(f schema.Folio) (c Asunto, err error) {
	found := false
	err = v.asuntos(func(last Asunto) error {
		c, found = last, true
		return nil
	}, ` WHERE r.folio = ? ORDER BY r.vuelta DESC LIMIT 1`, string(f))
	if err == nil && !found {
		err = ErrNotFound
	}
	return c, err
}

// Vueltas gives every round of a folio, the first one first.
func (v *View) Vueltas(f schema.Folio) (all []Asunto, err error) {
	err = v.asuntos(func(c Asunto) error {
		all = append(all, c)
		return nil
	}, ` WHERE r.folio = ? ORDER BY r.vuelta`, string(f))
	return all, err
}

// SinLote gives the RECs, oldest first, of which a UNE has rows in no LOT yet.
func (v *View) SinLote(u schema.UNE) (recs []int64, err error) {
	err = v.each(`SELECT rec FROM por_entregar WHERE une = ? ORDER BY rec`, []any{u},
		func(rows valores) error {
			var id int64
			if err := rows.Scan(&id); err != nil {
				return err
			}
			recs = append(recs, id)
			return nil
		})
	return recs, err
}

// EsperanLote gives the institutions that have rows of a REC in no LOT yet.
func (v *View) EsperanLote(rec int64) (all []schema.UNE, err error) {
	const query = `SELECT une FROM por_entregar WHERE rec = ? ORDER BY une`
	err = v.each(query, []any{rec}, func(rows valores) error {
		var u schema.UNE
		err := rows.Scan(&u)
		all = append(all, u)
		return err
	})
	return all, err
}

// PorEntregar tells whether a UNE has rows of a REC in no LOT yet.
func (v *View) PorEntregar(u schema.UNE, rec int64) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM por_entregar WHERE une = ? AND rec = ?)`, []any{u, rec}, &yes)
	return yes, err
}

// delTramo goes on from rows t to the rows r that stand behind the first of each, which
// is one of them; enOrden has them in their order. Of rows t are asked their file, and
// their institution or not.
const (
	delTramo = ` CROSS JOIN reclamaciones r ON t.tramo IS NOT NULL AND r.id BETWEEN t.id
		AND t.id + t.tramo - 1
		AND r.archivo = t.archivo AND r.une = t.une`
	enOrden = ` ORDER BY t.id, r.id`
)

// hastaFila counts the rows of a LOT up to the row r, itself among them.
const hastaFila = `(SELECT sum(min(t.tramo, r.id - t.id + 1)) FROM reclamaciones t
		WHERE t.tramo IS NOT NULL AND t.archivo = r.archivo AND t.une = r.une AND t.id <= r.id)`

// FilaDeREC is a row of a REC, as a LOT of it needs it.
type FilaDeREC struct {
	Folio schema.Folio
	Posicion
	Turno schema.Dia
}

// DelREC calls each for a UNE's rows of a REC that counts, in the REC's order.
func (v *View) DelREC(u schema.UNE, rec int64, each func(FilaDeREC) error) error {
	return v.each(`SELECT r.folio, r.desplazamiento, r.largo, r.turno FROM reclamaciones t`+delTramo+`
		WHERE t.archivo = ?1 AND t.une = ?2 AND EXISTS (SELECT 1 FROM archivos WHERE id = ?1)`+enOrden,
		[]any{rec, u}, func(row valores) error {
			return each(FilaDeREC{schema.Folio(texto(row[0])), Posicion{entero(row[1]), int(entero(row[2]))},
				schema.Dia(entero(row[3]))})
		})
}
