package store

import (
	"database/sql"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
)

// Contestacion is an accepted record of a RES: an answer or a prórroga.
type Contestacion struct {
	ID          int64
	Caso        int64
	Folio       schema.Folio // of the Caso
	UNE         schema.UNE
	Tipo        int // 1 answer, 2 prórroga
	Archivo     int64
	Linea       int
	Numero      int
	Recibida    time.Time
	Dias        int        // días hábiles used
	Oportunidad int        // 1 in time, 2 late (extemporánea)
	Limite      schema.Dia // after this record
	Calendario  string
	Acuse       string
	Registro    string // the line as it came
	REP         int64  // 0 not returned yet
	Sentido     int    // of an answer to add; what the store gives has it in Registro
	Prorroga    int    // días hábiles of a prórroga to add; likewise
}

// The two kinds of Contestacion, as field ResTipo writes them.
const (
	TipoRespuesta = 1
	TipoProrroga  = 2
)

const selectContestacion = `SELECT p.id, p.reclamacion, r.folio, r.une, p.tipo, p.archivo, p.linea, p.numero, p.recibida, p.dias, p.oportunidad,
	p.limite, p.calendario, p.acuse, p.registro, coalesce(p.rep, 0) FROM respuestas p JOIN reclamaciones r ON r.id = p.reclamacion`

func scanContestacion(row interface{ Scan(...any) error }, p *Contestacion) error {
	var at int64
	var limite string
	if err := row.Scan(&p.ID, &p.Caso, &p.Folio, &p.UNE, &p.Tipo, &p.Archivo, &p.Linea, &p.Numero, &at, &p.Dias, &p.Oportunidad,
		&limite, &p.Calendario, &p.Acuse, &p.Registro, &p.REP); err != nil {
		return err
	}
	p.Recibida = moment(at)
	return p.Limite.UnmarshalText([]byte(limite))
}

func (v *View) contestaciones(each func(Contestacion) error, where string, args ...any) error {
	return v.each(selectContestacion+where, args, func(rows *sql.Rows) error {
		var p Contestacion
		if err := scanContestacion(rows, &p); err != nil {
			return err
		}
		return each(p)
	})
}

// Contestaciones gives what was accepted for one round of a folio, in order.
func (v *View) Contestaciones(caso int64) (all []Contestacion, err error) {
	err = v.contestaciones(func(p Contestacion) error { all = append(all, p); return nil }, ` WHERE p.reclamacion = ? ORDER BY p.id`, caso)
	return all, err
}

// PorDevolver calls each for every accepted record that is in no REP yet, in
// the order in which they were accepted.
func (v *View) PorDevolver(each func(Contestacion) error) error {
	return v.contestaciones(each, ` WHERE p.rep IS NULL ORDER BY p.id`)
}

// DelREP calls each for every record that went back in a REP, in its order.
func (v *View) DelREP(rep int64, each func(Contestacion) error) error {
	return v.contestaciones(each, ` WHERE p.rep = ? ORDER BY p.id`, rep)
}

// HayPorDevolver tells whether a REP has anything to hold.
func (v *View) HayPorDevolver() (ok bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM respuestas WHERE rep IS NULL)`, nil, &ok)
	return ok, err
}

// AddContestacion accepts a record of the RES a. An answer closes the round, a
// prórroga moves its limit.
func (tx *Tx) AddContestacion(a *Archivo, k *Caso, p *Contestacion) (err error) {
	p.Caso, p.Folio, p.UNE, p.Archivo = k.ID, k.Folio, k.UNE, a.ID
	p.ID, err = tx.insert(`INSERT INTO respuestas (reclamacion, tipo, archivo, linea, numero, recibida, dias, oportunidad, limite, calendario, acuse, registro) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`,
		p.Caso, p.Tipo, p.Archivo, p.Linea, p.Numero, ms(p.Recibida), p.Dias, p.Oportunidad, p.Limite.String(), p.Calendario, p.Acuse, p.Registro)
	if err != nil {
		return err
	}
	evento := RespuestaAceptada
	d := Detalle{"vuelta": k.Vuelta, "linea": p.Linea, "acuse": p.Acuse, "dias": p.Dias, "oportunidad": p.Oportunidad,
		"recibida": schema.NewInstante(p.Recibida), "limite": p.Limite.String(), "calendario": p.Calendario}
	if p.Tipo == TipoProrroga {
		evento, d["prorroga"] = ProrrogaAceptada, p.Prorroga
		err = tx.change(`UPDATE reclamaciones SET prorroga = ?2, limite = ?3, calendario = ?4 WHERE id = ?5 AND `+abiertaEn+` AND prorroga = 0`,
			ms(p.Recibida), p.Prorroga, p.Limite.String(), p.Calendario, p.Caso)
	} else {
		d["sentido"] = p.Sentido
		err = tx.change(`UPDATE reclamaciones SET contestada = ?1, desistida = NULL WHERE id = ?2 AND `+abiertaEn, ms(p.Recibida), p.Caso)
	}
	if err != nil {
		return err
	}
	return tx.Log(Evento{Evento: evento, Parte: a.Parte, Archivo: a.Nombre, SHA256: a.SHA256, Folio: p.Folio, Detalle: d})
}

// NextAcuse gives the next AcuFolio of a year, ACU-AAAA-NNNNNNNN, and its number.
func (v *View) NextAcuse(year int) (folio string, n int64, err error) {
	err = v.get(`SELECT coalesce(max(n), 0) + 1 FROM acuses WHERE anio = ?`, []any{year}, &n)
	return fmt.Sprintf("ACU-%04d-%08d", year, n), n, err
}

// AddAcuse records that the ACU s, with the number n of a year, answers the
// file a.
func (tx *Tx) AddAcuse(a *Archivo, s *Salida, folio string, year int, n int64) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	if err := tx.exec(`INSERT INTO acuses (anio, n, archivo, salida) VALUES (?,?,?,?)`, year, n, a.ID, s.ID); err != nil {
		return err
	}
	return tx.Log(s.event(AcuseEmitido, Detalle{"acuse": folio, "contesta": a.Mostrable(), "contesta_sha256": a.SHA256,
		"resultado": a.Resultado.String(), "registros": a.Registros, "aceptados": a.Aceptados, "rechazados": a.Rechazados}))
}

// AddRechazo records that the RCH s tells of the findings in the file a.
func (tx *Tx) AddRechazo(a *Archivo, s *Salida) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	return tx.Log(s.event(RechazoEmitido, Detalle{"contesta": a.Mostrable(), "contesta_sha256": a.SHA256, "hallazgos": s.Registros}))
}

// AddREP records a REP and that each of the records went back in it.
func (tx *Tx) AddREP(s *Salida, records []Contestacion) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	if err := tx.Log(s.event(RetornoFormado, Detalle{"registros": s.Registros})); err != nil {
		return err
	}
	for i, p := range records {
		if err := tx.change(`UPDATE respuestas SET rep = ? WHERE id = ? AND rep IS NULL`, s.ID, p.ID); err != nil {
			return err
		}
		e := s.event(RespuestaDevuelta, Detalle{"acuse": p.Acuse, "tipo": p.Tipo, "linea": i + 2})
		e.Folio = p.Folio
		if err := tx.Log(e); err != nil {
			return err
		}
	}
	return nil
}

// AcuseDe gives the AcuFolio with which a file was receipted.
func (v *View) AcuseDe(archivo int64) (folio string, err error) {
	var year, n int64
	err = v.get(`SELECT anio, n FROM acuses WHERE archivo = ?`, []any{archivo}, &year, &n)
	if errors.Is(err, ErrNotFound) {
		return "", nil
	}
	return fmt.Sprintf("ACU-%04d-%08d", year, n), err
}
