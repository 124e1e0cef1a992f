package store

import (
	"errors"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Jornada is an operation day.
type Jornada struct {
	Dia     schema.Dia
	Corte   time.Time // when its corte was done; zero: not yet
	Cerrada time.Time // when its counts last agreed at or after the corte
	Mano    bool      // it was ended by hand, without a REC
	Avisada time.Time // when the alarm of an open day was raised
	Balance           // the counts at its last close
}

// Cortada tells whether the corte was done, by the clock of a moment. One that was done
// at a moment that is still to come was done by a clock that was ahead: it is to be done
// when its hour comes.
func (j *Jornada) Cortada(now time.Time) bool { return !j.Corte.IsZero() && j.Corte.Sub(now) <= demora }

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
	err = v.get(`SELECT k.momento, coalesce(z.momento, 0), coalesce(a.momento, 0), coalesce(z.mano, 0),
		coalesce(z.recibidas, 0), coalesce(z.entregadas, 0), coalesce(z.rechazadas, 0)
		FROM (SELECT * FROM cortes WHERE dia = ?1 ORDER BY id DESC LIMIT 1) k
		LEFT JOIN (SELECT * FROM cierres WHERE dia = ?1 ORDER BY id DESC LIMIT 1) z ON z.evento > k.evento
		LEFT JOIN (SELECT * FROM avisos WHERE dia = ?1 ORDER BY id DESC LIMIT 1) a ON a.evento > k.evento`,
		[]any{dia.String()}, &corte, &cerrada, &avisada, &j.Mano, &j.Recibidas, &j.Entregadas, &j.Rechazadas)
	if errors.Is(err, ErrNotFound) {
		return j, nil
	}
	j.Corte, j.Cerrada, j.Avisada = moment(corte), moment(cerrada), moment(avisada)
	return j, err
}

// ultimo is the last corte of a day.
const ultimo = `c.id = (SELECT max(id) FROM cortes WHERE dia = c.dia)`

// JornadasPorCerrar gives the operation days that had their corte, by the clock of a
// moment, and are not closed, and those that took files in after they were closed, oldest
// first.
func (v *View) JornadasPorCerrar(now time.Time) ([]schema.Dia, error) {
	return v.dias(
		`SELECT c.dia FROM cortes c LEFT JOIN cierres z ON z.id = (SELECT max(id) FROM cierres
			WHERE dia = c.dia) AND z.evento > c.evento
		WHERE `+ultimo+` AND c.momento <= ? AND (z.id IS NULL
			OR z.recibidas <> (SELECT coalesce(sum(registros), 0) FROM archivos
				WHERE jornada = c.dia AND `+esREC+`)
			OR z.mano = 1 AND EXISTS (SELECT 1 FROM archivos WHERE jornada = c.dia AND `+esREC+`))
		ORDER BY c.dia`, ms(now.Add(demora)))
}

// CortadasLuego gives the operation days before one whose corte was done at a moment that
// is still to come, oldest first.
func (v *View) CortadasLuego(now time.Time, antes schema.Dia) ([]schema.Dia, error) {
	return v.dias(
		`SELECT c.dia FROM cortes c WHERE `+ultimo+` AND c.momento > ? AND c.dia < ? ORDER BY c.dia`,
		ms(now.Add(demora)), antes.String())
}

func (v *View) dias(query string, args ...any) (dias []schema.Dia, err error) {
	err = v.each(query, args, func(rows valores) error {
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

// CutDay records that the corte of an operation day was done. Where it was done before, by
// a clock that was ahead, that is told too.
func (tx *Tx) CutDay(dia schema.Dia) error {
	j, err := tx.Jornada(dia)
	if err != nil {
		return err
	}
	if !j.Corte.IsZero() {
		if err := tx.Log(Acto{Evento: bitacora.JornadaReabierta, Carga: bitacora.CargaReabierta{
			Jornada: dia, Corte: schema.NewInstante(j.Corte)}}); err != nil {
			return err
		}
	}
	if _, err := tx.add(tCortes, dia.String(), ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.JornadaCortada, Carga: bitacora.CargaCorte{Jornada: dia}})
}

// CloseDay closes an operation day with the counts that agree.
func (tx *Tx) CloseDay(dia schema.Dia, c Balance) error {
	if _, err := tx.add(tCierres, dia.String(), ms(tx.now), c.Recibidas, c.Entregadas,
		c.Rechazadas, false); err != nil {
		return err
	}
	return tx.Log(c.acto(bitacora.JornadaCerrada, dia))
}

// EndDay ends, by hand, an operation day that never gets its REC.
func (tx *Tx) EndDay(dia schema.Dia, o Orden) error {
	if _, err := tx.add(tCierres, dia.String(), ms(tx.now), 0, 0, 0, true); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.JornadaTerminada,
		Carga: bitacora.CargaTerminada{CargaOrden: o.dicha(), Jornada: dia}})
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
