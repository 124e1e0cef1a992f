package store

import (
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Jornada is an operation day.
type Jornada struct {
	Dia     schema.Dia
	Corte   time.Time // when its corte was done; zero: not yet
	Cerrada time.Time // when its counts last agreed at or after the corte
	Avisada time.Time // when the alarm of an open day was raised
	Balance           // the counts at its last close
}

// Balance says what became of the records that CONDUSEF sent.
type Balance struct {
	Recibidas  int // records between header and summary, readable or not
	Entregadas int // in a LOT that is visible
	Rechazadas int // reported back to CONDUSEF
}

// Cuadra tells whether all that was received was delivered or refused.
func (c Balance) Cuadra() bool { return c.Recibidas == c.Entregadas+c.Rechazadas }

// Jornada gives an operation day; one that nothing was recorded of is empty.
func (v *View) Jornada(dia schema.Dia) (j Jornada, err error) {
	j.Dia = dia
	var corte, cerrada, avisada int64
	err = v.get(`SELECT coalesce((SELECT momento FROM cortes WHERE dia = ?1), 0), coalesce(c.momento, 0),
		coalesce((SELECT momento FROM avisos WHERE dia = ?1), 0), coalesce(c.recibidas, 0),
		coalesce(c.entregadas, 0), coalesce(c.rechazadas, 0)
		FROM (SELECT 1) LEFT JOIN (SELECT * FROM cierres WHERE dia = ?1 ORDER BY id DESC LIMIT 1) c`,
		[]any{dia.String()}, &corte, &cerrada, &avisada, &j.Recibidas, &j.Entregadas, &j.Rechazadas)
	j.Corte, j.Cerrada, j.Avisada = moment(corte), moment(cerrada), moment(avisada)
	return j, err
}

// JornadasPorCerrar gives the operation days that had their corte and are not closed,
// and those that took files in after they were closed, oldest first.
func (v *View) JornadasPorCerrar() (dias []schema.Dia, err error) {
	err = v.each(
		`SELECT c.dia FROM cortes c LEFT JOIN cierres z ON z.id = (SELECT max(id) FROM cierres
			WHERE dia = c.dia)
		WHERE z.id IS NULL OR z.recibidas <> (SELECT coalesce(sum(registros), 0) FROM archivos
		WHERE jornada = c.dia AND `+esREC+`) ORDER BY c.dia`, nil,
		func(rows valores) error {
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

// Balance counts what became of the records of one operation day's RECs, from
// the facts themselves.
func (v *View) Balance(dia schema.Dia) (c Balance, err error) {
	err = v.get(
		`SELECT coalesce(sum(registros), 0), coalesce(sum(rechazados), 0) FROM archivos WHERE jornada = ?
			AND `+esREC,
		[]any{dia.String()}, &c.Recibidas, &c.Rechazadas)
	if err != nil {
		return c, err
	}
	err = v.get(
		`SELECT coalesce(sum(s.registros), 0) FROM archivos a JOIN salidas s ON s.archivo = a.id
			AND s.tipo = 'LOT'
		JOIN publicaciones p ON p.salida = s.id
		WHERE a.id IN (SELECT id FROM archivos WHERE jornada = ? AND `+esREC+`)`,
		[]any{dia.String()}, &c.Entregadas)
	return c, err
}

// CutDay records that the corte of an operation day was done.
func (tx *Tx) CutDay(dia schema.Dia) error {
	if _, err := tx.add(tCortes, dia.String(), ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.JornadaCortada, Carga: bitacora.CargaCorte{Jornada: dia}})
}

// CloseDay closes an operation day with the counts that agree.
func (tx *Tx) CloseDay(dia schema.Dia, c Balance) error {
	if _, err := tx.add(tCierres, dia.String(), ms(tx.now), c.Recibidas, c.Entregadas,
		c.Rechazadas); err != nil {
		return err
	}
	return tx.Log(c.acto(bitacora.JornadaCerrada, dia))
}

// WarnDay raises, once, the alarm of an operation day that cannot be closed.
func (tx *Tx) WarnDay(dia schema.Dia, evento string, c Balance) error {
	if _, err := tx.add(tAvisos, dia.String(), ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(c.acto(evento, dia))
}

func (c Balance) acto(evento string, dia schema.Dia) Acto {
	return Acto{Evento: evento,
		Carga: bitacora.CargaJornada{Jornada: dia, Recibidas: c.Recibidas, Entregadas: c.Entregadas,
			Rechazadas: c.Rechazadas}}
}

// StartRun records that a run begins and gives its ID. Only one runs at a time,
// so that one without an end was cut off: that is recorded too.
func (tx *Tx) StartRun(dia schema.Dia, causa string) (id int64, err error) {
	var cut []int64
	if err := tx.each(
		`SELECT c.id FROM corridas c LEFT JOIN finales f ON f.corrida = c.id WHERE f.id IS NULL`, nil,
		func(rows valores) error {
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
	id, err = tx.add(tCorridas, dia.String(), causa, ms(tx.now))
	if err != nil {
		return 0, err
	}
	return id, tx.Log(Acto{Evento: bitacora.CorridaIniciada,
		Carga: bitacora.CargaCorrida{Corrida: id, Jornada: dia, Causa: causa}})
}

// EndRun records how a run ended; failure is "" for one that did all it could.
func (tx *Tx) EndRun(id int64, failure string) error {
	if _, err := tx.add(tFinales, id, ms(tx.now), failure); err != nil {
		return err
	}
	e := bitacora.CorridaTerminada
	if failure != "" {
		e = bitacora.CorridaFallida
	}
	return tx.Log(Acto{Evento: e, Carga: bitacora.CargaFinDeCorrida{Corrida: id, Error: failure}})
}

// UltimaCorrida gives the last run that began; ErrNotFound before the first.
func (v *View) UltimaCorrida() (c Corrida, err error) {
	var inicio, fin int64
	var dia string
	if err := v.get(`SELECT c.jornada, c.causa, c.inicio, coalesce(f.momento, 0), coalesce(f.error, '')
		FROM corridas c LEFT JOIN finales f ON f.corrida = c.id ORDER BY c.id DESC LIMIT 1`, nil,
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
