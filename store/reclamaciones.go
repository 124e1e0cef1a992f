package store

import (
	"database/sql"
	"errors"
	"time"

	"buzon/schema"
)

// Caso is a reclamación in one of its rounds (vueltas).
type Caso struct {
	ID         int64
	Folio      schema.Folio
	Vuelta     int
	UNE        schema.UNE
	Archivo    int64 // the REC
	Linea      int
	Numero     int
	Turno      schema.Dia
	Monetario  bool
	Monto      schema.Centavos
	Registro   string // the line as it came
	Lote       int64  // the LOT; 0 none yet
	Entregada  time.Time
	Dia0       schema.Dia // the day that the term is counted from
	Limite     schema.Dia // the last day in time, a prórroga included
	Calendario string     // version with which Limite was counted
	Prorroga   int        // días hábiles granted; 0 none
	Contestada time.Time
	Desistida  time.Time // when a DIC 6 closed it without an answer
	Plazo      string    // how its term stood when that was told last
}

// Abierto tells whether the round still waits for an answer, be it late.
func (c *Caso) Abierto() bool { return c.Contestada.IsZero() && c.Desistida.IsZero() }

// abierta is that in a query.
const abierta = `contestada IS NULL AND desistida IS NULL`

// abiertaEn are rounds that nothing closed before the moment ?1: a desistimiento that
// came later closed nothing for what had come.
const abiertaEn = `contestada IS NULL AND (desistida IS NULL OR desistida > ?1)`

const selectCaso = `SELECT id, folio, vuelta, une, archivo, linea, numero, turno, monetario, monto, registro, coalesce(lote, 0),
	coalesce(entregada, 0), coalesce(dia0, ''), coalesce(limite, ''), coalesce(calendario, ''), prorroga, coalesce(contestada, 0),
	coalesce(desistida, 0), coalesce(plazo, '` + PlazoATiempo + `') FROM reclamaciones`

func scanCaso(row interface{ Scan(...any) error }, c *Caso) error {
	var entregada, contestada, desistida int64
	var turno, dia0, limite string
	if err := row.Scan(&c.ID, &c.Folio, &c.Vuelta, &c.UNE, &c.Archivo, &c.Linea, &c.Numero, &turno, &c.Monetario, &c.Monto, &c.Registro,
		&c.Lote, &entregada, &dia0, &limite, &c.Calendario, &c.Prorroga, &contestada, &desistida, &c.Plazo); err != nil {
		return err
	}
	c.Entregada, c.Contestada, c.Desistida = moment(entregada), moment(contestada), moment(desistida)
	return errors.Join(c.Turno.UnmarshalText([]byte(turno)), c.Dia0.UnmarshalText([]byte(dia0)), c.Limite.UnmarshalText([]byte(limite)))
}

func (v *View) casos(each func(Caso) error, where string, args ...any) error {
	return v.each(selectCaso+where, args, func(rows *sql.Rows) error {
		var c Caso
		if err := scanCaso(rows, &c); err != nil {
			return err
		}
		return each(c)
	})
}

// UltimaVuelta gives a folio's last round; ErrNotFound where it was never accepted.
func (v *View) UltimaVuelta(f schema.Folio) (c Caso, err error) {
	err = scanCaso(v.tx.QueryRow(selectCaso+` WHERE folio = ? ORDER BY vuelta DESC LIMIT 1`, string(f)), &c)
	if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return c, err
}

// Vueltas gives every round of a folio, the first one first.
func (v *View) Vueltas(f schema.Folio) (all []Caso, err error) {
	err = v.casos(func(c Caso) error { all = append(all, c); return nil }, ` WHERE folio = ? ORDER BY vuelta`, string(f))
	return all, err
}

// AddReclamacion accepts a record of the REC a and sets its ID.
func (tx *Tx) AddReclamacion(a *Archivo, c *Caso) (err error) {
	c.Archivo = a.ID
	c.ID, err = tx.insert(`INSERT INTO reclamaciones (folio, vuelta, une, archivo, linea, numero, turno, monetario, monto, registro) VALUES (?,?,?,?,?,?,?,?,?,?)`,
		string(c.Folio), c.Vuelta, c.UNE, c.Archivo, c.Linea, c.Numero, c.Turno.String(), c.Monetario, int64(c.Monto), c.Registro)
	if err != nil {
		return err
	}
	return tx.Log(Evento{Evento: ReclamacionAceptada, Parte: c.UNE.String(), Archivo: a.Nombre, SHA256: a.SHA256, Folio: c.Folio,
		Detalle: Detalle{"linea": c.Linea, "vuelta": c.Vuelta}})
}

// Refuse records that a record of the file a was refused. The record itself
// stays readable in the file, which is kept.
func (tx *Tx) Refuse(a *Archivo, evento string, folio schema.Folio, linea int, codigo schema.Codigo) error {
	return tx.Log(Evento{Evento: evento, Parte: a.Parte, Archivo: a.Mostrable(), SHA256: a.SHA256, Folio: folio,
		Detalle: Detalle{"linea": linea, "codigo": codigo}})
}

// SinLote gives the RECs, oldest first, of which a UNE has rows in no LOT yet.
func (v *View) SinLote(u schema.UNE) (recs []int64, err error) {
	err = v.each(`SELECT DISTINCT archivo FROM reclamaciones WHERE lote IS NULL AND une = ? ORDER BY archivo`, []any{u}, func(rows *sql.Rows) error {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return err
		}
		recs = append(recs, id)
		return nil
	})
	return recs, err
}

// DelREC calls each for a UNE's rows of a REC that are in no LOT yet, in the
// REC's order.
func (v *View) DelREC(u schema.UNE, rec int64, each func(Caso) error) error {
	return v.casos(each, ` WHERE archivo = ? AND une = ? AND lote IS NULL ORDER BY numero`, rec, u)
}

// DelLote calls each for the rows of a LOT, in its order.
func (v *View) DelLote(lote int64, each func(Caso) error) error {
	return v.casos(each, ` WHERE lote = ? ORDER BY numero`, lote)
}
