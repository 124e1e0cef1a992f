package store

import (
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Punto is a signed head of the log: a checkpoint.
type Punto struct {
	Tamano  int64 // the number of events that it holds
	Momento time.Time
	Nota    string // as it was signed
}

// AddPunto keeps a signed head of the log. The event that tells of it is the
// first that it does not hold.
func (tx *Tx) AddPunto(p Punto, raiz tlog.Hash, llave string) error {
	if err := tx.addAt(tPuntos, p.Tamano, ms(p.Momento), p.Nota); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.PuntoFirmado,
		Carga: bitacora.CargaPunto{Tamano: p.Tamano, Raiz: raiz.String(), Llave: llave}})
}

func (v *View) puntos(rest string, args ...any) (all []Punto, err error) {
	err = v.each(`SELECT tamano, momento, nota FROM puntos `+rest, args, func(rows valores) error {
		var p Punto
		var at int64
		if err := rows.Scan(&p.Tamano, &at, &p.Nota); err != nil {
			return err
		}
		p.Momento = moment(at)
		all = append(all, p)
		return nil
	})
	return all, err
}

// Puntos gives every signed head of the log, the oldest first.
func (v *View) Puntos() ([]Punto, error) { return v.puntos(`ORDER BY tamano`) }

// UltimosPuntos gives the last n signed heads, the newest first.
func (v *View) UltimosPuntos(n int) ([]Punto, error) {
	return v.puntos(`ORDER BY tamano DESC LIMIT ?`, n)
}

// PorFirmar tells whether the log tells of a corte that the last head does not
// hold. It looks at numbers, not at moments: clocks are set back.
func (v *View) PorFirmar() (due bool, err error) {
	err = v.get(
		`SELECT EXISTS (SELECT 1 FROM bitacora WHERE evento = ? AND n > (SELECT coalesce(max(tamano), 0)
			FROM puntos))`,
		[]any{bitacora.JornadaCortada}, &due)
	return due, err
}

// AddTestigo records that a party picked up a head of the log, whole: it can now
// tell whether what came before was changed. The second time changes nothing.
func (tx *Tx) AddTestigo(parte schema.Parte, tamano int64) error {
	known := false
	if err := tx.get(`SELECT EXISTS (SELECT 1 FROM testigos WHERE parte = ? AND tamano = ?)`,
		[]any{parte, tamano}, &known); err != nil || known {
		return err
	}
	if _, err := tx.add(tTestigos, parte, tamano, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.PuntoVisto, Parte: parte,
		Carga: bitacora.CargaTestigo{Tamano: tamano}})
}

// Testigos counts the parties that picked up the last head of the log, and gives
// the size of the newest head that anybody did; 0 for none.
func (v *View) Testigos() (ultimo int, mayor int64, err error) {
	err = v.get(`SELECT (SELECT count(*) FROM testigos WHERE tamano = (SELECT max(tamano) FROM puntos)),
		coalesce((SELECT max(tamano) FROM testigos), 0)`, nil, &ultimo, &mayor)
	return ultimo, mayor, err
}

// EventoDeAcuse gives the event that tells of an acuse; ErrNotFound where there
// is none of that number.
func (v *View) EventoDeAcuse(acuse string) (c bitacora.Crudo, err error) {
	err = v.get(`SELECT n, momento, evento, parte, archivo, sha256, folio, detalle FROM bitacora
		WHERE archivo = (SELECT s.nombre FROM acuses q JOIN salidas s ON s.id = q.salida
		WHERE printf('ACU-%04d-%08d', q.anio, q.n) = ?1
			AND q.anio = CAST(substr(?1, 5, 4) AS INTEGER) AND q.n = CAST(substr(?1, 10) AS INTEGER))
		AND archivo <> '' AND evento = ?2 AND json_extract(detalle, '$.acuse') = ?1`,
		[]any{acuse, bitacora.AcuseEmitido},
		&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Archivo, &c.SHA256, &c.Folio, &c.Detalle)
	return c, err
}

// EventoDeEpoca gives the event of the epoch behind whose beginning a number of a year lies
// that this log never gave, and that may have been given before it; ErrNotFound where there
// is none.
func (v *View) EventoDeEpoca(year int, numero int64) (c bitacora.Crudo, err error) {
	err = v.get(`SELECT `+columnasEvento+` FROM bitacora WHERE n = (SELECT evento FROM epocas
		WHERE anio = ?1 AND desde > ?2 ORDER BY desde LIMIT 1)`, []any{year, numero},
		&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Archivo, &c.SHA256, &c.Folio, &c.Detalle)
	return c, err
}

// Rango gives, of the log's first size events, the numbers of the first at or
// after a moment and of the last before another one; a zero moment is no bound.
// Where the clock was set back there are events in between that lie outside.
// last < first: there are none.
func (v *View) Rango(size int64, desde, hasta time.Time) (first, last int64, err error) {
	lo, hi := int64(-1<<62), int64(1<<62)
	if !desde.IsZero() {
		lo = ms(desde)
	}
	if !hasta.IsZero() {
		hi = ms(hasta)
	}
	err = v.get(
		`SELECT coalesce(min(n), 1), coalesce(max(n), 0) FROM bitacora WHERE n <= ? AND momento >= ?
			AND momento < ?`, []any{size, lo, hi}, &first, &last)
	return first, last, err
}

// ContenidoCitado is a content that the tables name.
type ContenidoCitado struct {
	SHA256 schema.Huella
	Bytes  int64
	Nombre string // one of the files that have it
}

// TodoContenido gives every content that a file or an annex has which arrived or was
// made, once. The name of an annex may be a person's: it is told by its number.
func (v *View) TodoContenido(each func(ContenidoCitado) error) error {
	return v.each(`SELECT sha256, bytes, min(nombre) FROM (SELECT sha256, bytes, nombre FROM archivos
		UNION ALL SELECT sha256, bytes, iif(tipo = '`+string(TipoAnexo)+
		`', substr(nombre, 1, 17), nombre) FROM salidas
		UNION ALL SELECT sha256, bytes, 'un anexo (anexos:' || id || ')' FROM anexos)
		GROUP BY sha256, bytes ORDER BY sha256`, nil, func(rows valores) error {
		var c ContenidoCitado
		if err := rows.Scan(&c.SHA256, &c.Bytes, &c.Nombre); err != nil {
			return err
		}
		return each(c)
	})
}
