package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Respuesta is an accepted record of a RES: an answer or a prórroga.
type Respuesta struct {
	ID          int64
	Asunto      int64
	Folio       schema.Folio // of the Asunto
	UNE         schema.UNE
	Tipo        int // 1 answer, 2 prórroga
	Archivo     int64
	Linea       int
	Numero      int
	Posicion    // where its text is in the RES
	Recibida    time.Time
	Dias        int        // días hábiles used
	Oportunidad int        // 1 in time, 2 late (extemporánea)
	Limite      schema.Dia // after this record
	Calendario  string
	Acuse       string
	REP         int64 // 0 not returned yet
	Vuelta      int   // of the Asunto
	Sentido     int   // of an answer
	Prorroga    int   // días hábiles of a prórroga
	ConImporte  bool
	Abonado     schema.Centavos // where ConImporte
	Anexo       schema.Huella   // of the annex that came with it; "" none
}

// The two kinds of Respuesta, as field ResTipo writes them.
const (
	TipoRespuesta = 1
	TipoProrroga  = 2
)

const selectRespuesta = `SELECT p.id, p.reclamacion, r.folio, r.vuelta, r.une, p.tipo, p.archivo,
	a.primera_linea + p.numero - 1, p.numero,
	p.desplazamiento, p.largo, a.recibido, p.dias, p.oportunidad, p.limite, a.calendario,
	coalesce((SELECT printf('ACU-%04d-%08d', q.anio, q.n) FROM acuses q
	WHERE q.archivo = p.archivo), ''), coalesce(d.rep, 0),
	coalesce(p.sentido, 0), coalesce(p.prorroga, 0), p.abonado IS NOT NULL, coalesce(p.abonado, 0),
	coalesce(p.anexo, '')
	FROM respuestas p JOIN archivos a ON a.id = p.archivo JOIN reclamaciones r ON r.id = p.reclamacion
	LEFT JOIN devoluciones d ON d.respuesta = p.id`

func scanRespuesta(row valores, p *Respuesta) error {
	var at int64
	err := row.Scan(&p.ID, &p.Asunto, &p.Folio, &p.Vuelta, &p.UNE, &p.Tipo, &p.Archivo, &p.Linea, &p.Numero,
		&p.Desplazamiento, &p.Largo, &at, &p.Dias, &p.Oportunidad, &p.Limite, &p.Calendario, &p.Acuse, &p.REP,
		&p.Sentido, &p.Prorroga, &p.ConImporte, &p.Abonado, &p.Anexo)
	p.Recibida = moment(at)
	return err
}

func (v *View) respuestas(each func(Respuesta) error, where string, args ...any) error {
	return v.each(selectRespuesta+where, args, func(rows valores) error {
		var p Respuesta
		if err := scanRespuesta(rows, &p); err != nil {
			return err
		}
		return each(p)
	})
}

// Respuestas gives what was accepted for one round of a folio, in order.
func (v *View) Respuestas(asunto int64) (all []Respuesta, err error) {
	err = v.respuestas(func(p Respuesta) error {
		all = append(all, p)
		return nil
	}, ` WHERE p.reclamacion = ? ORDER BY p.id`, asunto)
	return all, err
}

// PorDevolver calls each for every accepted record that is in no REP yet, in
// the order in which they were accepted.
func (v *View) PorDevolver(each func(Respuesta) error) error {
	return v.respuestas(each,
		` WHERE p.archivo IN (SELECT archivo FROM por_devolver) AND d.rep IS NULL ORDER BY p.id`)
}

// DelREP calls each for every record that went back in a REP, in its order.
func (v *View) DelREP(rep int64, each func(Respuesta) error) error {
	return v.respuestas(each, ` WHERE d.rep = ? ORDER BY d.respuesta`, rep)
}

// HayPorDevolver tells whether a REP has anything to hold.
func (v *View) HayPorDevolver() (ok bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM por_devolver)`, nil, &ok)
	return ok, err
}

// FolioDeAcuse is the AcuFolio of a number of a year, ACU-AAAA-NNNNNNNN.
func FolioDeAcuse(year int, n int64) string { return fmt.Sprintf("ACU-%04d-%08d", year, n) }

// UltimoAcuse gives the number after which the acuses of a year go on. What was given
// and may not be here is not known to the store alone (package marca).
func (v *View) UltimoAcuse(year int) (n int64, err error) {
	err = v.get(`SELECT max((SELECT coalesce(max(n), 0) FROM acuses WHERE anio = ?1),
		(SELECT coalesce(max(desde), 1) - 1 FROM epocas WHERE anio = ?1))`, []any{year}, &n)
	return n, err
}

// AddAcuse records that the ACU s, with the number n of a year, answers the
// file a.
func (tx *Tx) AddAcuse(a *Archivo, s *Salida, folio string, year int, n int64) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	if _, err := tx.add(tAcuses, year, n, a.ID, s.ID); err != nil {
		return err
	}
	return tx.Log(s.acto(bitacora.AcuseEmitido,
		bitacora.CargaAcuse{Acuse: folio, Contesta: a.Mostrable(), ContestaSHA256: a.SHA256,
			Resultado: a.Resultado.String(), Registros: a.Registros, Aceptados: a.Aceptados,
			Rechazados: a.Rechazados}))
}

// AddRechazo records that the RCH s tells of the findings in the file a.
func (tx *Tx) AddRechazo(a *Archivo, s *Salida) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	return tx.Log(s.acto(bitacora.RechazoEmitido,
		bitacora.CargaRechazo{Contesta: a.Mostrable(), ContestaSHA256: a.SHA256, Hallazgos: s.Registros}))
}

// AddREP records a REP and that each of the records went back in it. They are in the
// order in which they were accepted.
func (tx *Tx) AddREP(s *Salida, records []Respuesta) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	a := s.acto(bitacora.RetornoFormado, bitacora.CargaRetorno{Registros: s.Registros})
	a.Renglones = &bitacora.Renglones{Lista: "respuestas"}
	defer a.Renglones.Close()
	for _, p := range records {
		if err := tx.addAt(tDevoluciones, p.ID, s.ID); err != nil {
			return err
		}
		if err := a.Renglones.Add(&bitacora.RenglonDevuelta{Folio: p.Folio, Vuelta: p.Vuelta,
			Tipo: p.Tipo}); err != nil {
			return err
		}
	}
	if _, err := tx.work(
		`DELETE FROM por_devolver WHERE NOT EXISTS (SELECT 1 FROM respuestas p LEFT JOIN devoluciones d
			ON d.respuesta = p.id
		WHERE p.archivo = por_devolver.archivo AND d.rep IS NULL)`); err != nil {
		return err
	}
	a.Folio = a.Renglones.Unico()
	return tx.Log(a)
}

// AcuseDe gives the AcuFolio with which a file was receipted.
func (v *View) AcuseDe(archivo int64) (folio string, err error) {
	var year, n int64
	err = v.get(`SELECT anio, n FROM acuses WHERE archivo = ?`, []any{archivo}, &year, &n)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return FolioDeAcuse(int(year), n), err
}
