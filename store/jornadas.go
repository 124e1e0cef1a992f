package store

import (
	"database/sql"
	"errors"
	"time"

	"buzon/schema"
)

// Jornada is an operation day.
type Jornada struct {
	Dia     schema.Dia
	Corte   time.Time // when its corte was done; zero: not yet
	Cerrada time.Time // when its counts last agreed at or after the corte
	Avisada time.Time // when the alarm of an open day was raised
	Cuenta            // the counts at its last close
}

// Cuenta says what became of the records that CONDUSEF sent.
type Cuenta struct {
	Recibidas  int // records between header and summary, readable or not
	Entregadas int // in a LOT that is visible
	Rechazadas int // reported back to CONDUSEF
}

// Cuadra tells whether all that was received was delivered or refused.
func (c Cuenta) Cuadra() bool { return c.Recibidas == c.Entregadas+c.Rechazadas }

// Jornada gives an operation day; one that nothing was recorded of is empty.
func (v *View) Jornada(dia schema.Dia) (j Jornada, err error) {
	j.Dia = dia
	var corte, cerrada, avisada int64
	err = v.get(`SELECT coalesce(corte, 0), coalesce(cerrada, 0), coalesce(avisada, 0), recibidas, entregadas, rechazadas FROM jornadas WHERE dia = ?`,
		[]any{dia.String()}, &corte, &cerrada, &avisada, &j.Recibidas, &j.Entregadas, &j.Rechazadas)
	if errors.Is(err, ErrNotFound) {
		return j, nil
	}
	j.Corte, j.Cerrada, j.Avisada = moment(corte), moment(cerrada), moment(avisada)
	return j, err
}

// JornadasPorCerrar gives the operation days that had their corte and are not closed,
// and those that took files in after they were closed, oldest first.
func (v *View) JornadasPorCerrar() (dias []schema.Dia, err error) {
	err = v.each(`SELECT dia FROM jornadas WHERE corte IS NOT NULL AND (cerrada IS NULL OR recibidas <>
		(SELECT coalesce(sum(registros), 0) FROM archivos WHERE jornada = dia AND `+esREC+`)) ORDER BY dia`, nil,
		func(rows *sql.Rows) error {
			var s string
			var d schema.Dia
			if err := rows.Scan(&s); err != nil {
				return err
			}
			if err := d.UnmarshalText([]byte(s)); err != nil {
				return err
			}
			dias = append(dias, d)
			return nil
		})
	return dias, err
}

// Contar counts what became of the records of one operation day's RECs, from
// the facts themselves.
func (v *View) Contar(dia schema.Dia) (c Cuenta, err error) {
	err = v.get(`SELECT coalesce(sum(registros), 0), coalesce(sum(rechazados), 0) FROM archivos WHERE jornada = ? AND `+esREC,
		[]any{dia.String()}, &c.Recibidas, &c.Rechazadas)
	if err != nil {
		return c, err
	}
	err = v.get(`SELECT count(*) FROM archivos a JOIN reclamaciones r ON r.archivo = a.id WHERE a.jornada = ? AND a.tipo = 'REC' AND r.entregada IS NOT NULL`,
		[]any{dia.String()}, &c.Entregadas)
	return c, err
}

func (tx *Tx) ensureJornada(dia schema.Dia) error {
	return tx.exec(`INSERT INTO jornadas (dia) VALUES (?) ON CONFLICT DO NOTHING`, dia.String())
}

// Cortar records that the corte of an operation day was done.
func (tx *Tx) Cortar(dia schema.Dia) error {
	if err := tx.ensureJornada(dia); err != nil {
		return err
	}
	if err := tx.change(`UPDATE jornadas SET corte = ? WHERE dia = ?`, ms(tx.now), dia.String()); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: JornadaCortada, Detalle: Detalle{"jornada": dia.String()}})
}

// Cerrar closes an operation day with the counts that agree.
func (tx *Tx) Cerrar(dia schema.Dia, c Cuenta) error {
	if err := tx.change(`UPDATE jornadas SET cerrada = ?, recibidas = ?, entregadas = ?, rechazadas = ? WHERE dia = ?`,
		ms(tx.now), c.Recibidas, c.Entregadas, c.Rechazadas, dia.String()); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: JornadaCerrada, Detalle: c.detalle(dia)})
}

// Avisar raises, once, the alarm of an operation day that cannot be closed.
func (tx *Tx) Avisar(dia schema.Dia, evento string, c Cuenta) error {
	if err := tx.change(`UPDATE jornadas SET avisada = ? WHERE dia = ?`, ms(tx.now), dia.String()); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: evento, Detalle: c.detalle(dia)})
}

func (c Cuenta) detalle(dia schema.Dia) Detalle {
	return Detalle{"jornada": dia.String(), "recibidas": c.Recibidas, "entregadas": c.Entregadas, "rechazadas": c.Rechazadas}
}

// StartRun records that a run begins and gives its ID. Only one runs at a time,
// so that one without an end was cut off: that is recorded too.
func (tx *Tx) StartRun(dia schema.Dia, causa string) (id int64, err error) {
	var cut []int64
	if err := tx.each(`SELECT id FROM corridas WHERE fin IS NULL`, nil, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		cut = append(cut, id)
		return err
	}); err != nil {
		return 0, err
	}
	for _, id := range cut {
		if err := tx.EndRun(id, "cut off: the process ended before the run did"); err != nil {
			return 0, err
		}
	}
	id, err = tx.insert(`INSERT INTO corridas (jornada, causa, inicio) VALUES (?,?,?)`, dia.String(), causa, ms(tx.now))
	if err != nil {
		return 0, err
	}
	return id, tx.Log(Evento{Evento: CorridaIniciada, Detalle: Detalle{"corrida": id, "jornada": dia.String(), "causa": causa}})
}

// EndRun records how a run ended; failure is "" for one that did all it could.
func (tx *Tx) EndRun(id int64, failure string) error {
	if err := tx.change(`UPDATE corridas SET fin = ?, error = ? WHERE id = ? AND fin IS NULL`, ms(tx.now), failure, id); err != nil {
		return err
	}
	e := Evento{Evento: CorridaTerminada, Detalle: Detalle{"corrida": id}}
	if failure != "" {
		e.Evento = CorridaFallida
		e.Detalle["error"] = failure
	}
	return tx.Log(e)
}

// UltimaCorrida gives the last run that began; ErrNotFound before the first.
func (v *View) UltimaCorrida() (c Corrida, err error) {
	var inicio, fin int64
	var dia string
	if err := v.get(`SELECT jornada, causa, inicio, coalesce(fin, 0), error FROM corridas ORDER BY id DESC LIMIT 1`, nil,
		&dia, &c.Causa, &inicio, &fin, &c.Error); err != nil {
		return c, err
	}
	c.Inicio, c.Fin = moment(inicio), moment(fin)
	return c, c.Jornada.UnmarshalText([]byte(dia))
}

// Corrida is one run of the cycle.
type Corrida struct {
	Jornada     schema.Dia
	Causa       string
	Inicio, Fin time.Time // Fin is zero while it runs, or where it was killed
	Error       string
}
