package store

import "database/sql"

// estadista makes the state of each round from its facts.
type estadista struct {
	v *View

	rec   int64               // whose LOTs are held
	lotes map[[2]int64]estado // by institution and day of turno

	respuestas, plazos, desistidas, guardados *corriente

	r struct { // the row of respuestas
		tipo, recibida, limite, prorroga, evento int64
		calendario                               string
	}
	p struct { // of plazos
		que            string
		limite, evento int64
		calendario     sql.NullString
	}
	desistida int64
	guardado  estado
}

func (m *estadista) open() (err error) {
	for _, s := range []struct {
		into  **corriente
		query string
		scan  func(*sql.Rows, *int64) error
	}{
		{&m.respuestas, `SELECT p.reclamacion, p.tipo, a.recibido, p.limite, coalesce(p.prorroga, 0), a.evento, a.calendario
			FROM respuestas p JOIN archivos a ON a.id = p.archivo ORDER BY p.reclamacion, p.tipo`, func(rows *sql.Rows, id *int64) error {
			return rows.Scan(id, &m.r.tipo, &m.r.recibida, &m.r.limite, &m.r.prorroga, &m.r.evento, &m.r.calendario)
		}},
		{&m.plazos, `SELECT reclamacion, que, limite, evento, calendario FROM plazos ORDER BY reclamacion, id`, func(rows *sql.Rows, id *int64) error {
			return rows.Scan(id, &m.p.que, &m.p.limite, &m.p.evento, &m.p.calendario)
		}},
		{&m.desistidas, `SELECT d.reclamacion, a.recibido FROM dictamenes d JOIN archivos a ON a.id = d.archivo WHERE d.tipo = 6 ORDER BY d.reclamacion, d.id`,
			func(rows *sql.Rows, id *int64) error { return rows.Scan(id, &m.desistida) }},
		{&m.guardados, `SELECT reclamacion, une, lote, entregada, dia0, limite, ` + calendarioDe + `, prorroga, contestada, desistida, plazo
			FROM estados e ORDER BY reclamacion`, func(rows *sql.Rows, id *int64) error {
			e := &m.guardado
			err := rows.Scan(id, &e.une, &e.lote, &e.entregada, &e.dia0, &e.limite, &e.calendario, &e.prorroga, &e.contestada, &e.desistida, &e.plazo)
			e.reclamacion = *id
			return err
		}},
	} {
		if *s.into, err = m.v.corriente(s.query, s.scan); err != nil {
			return err
		}
	}
	return nil
}

func (m *estadista) close() {
	for _, s := range []*corriente{m.respuestas, m.plazos, m.desistidas, m.guardados} {
		if s != nil {
			_ = s.rows.Close() // what was read was read
		}
	}
}

// readLotes holds the visible LOTs of a REC: its rounds come one after the other.
func (m *estadista) readLotes(rec int64) error {
	if m.lotes != nil && m.rec == rec {
		return nil
	}
	m.rec, m.lotes = rec, map[[2]int64]estado{}
	return m.v.each(`SELECT l.une, l.turno, l.salida, p.momento, l.dia0, l.limite, l.calendario FROM lotes l JOIN publicaciones p ON p.salida = l.salida
		WHERE l.rec = ?`, []any{rec}, func(rows *sql.Rows) error {
		var e estado
		var turno int64
		err := rows.Scan(&e.une, &turno, &e.lote, &e.entregada, &e.dia0, &e.limite, &e.calendario)
		m.lotes[[2]int64{e.une, turno}] = e
		return err
	})
}

// estado makes the state of a round; delivered is false where it has none.
func (m *estadista) estado(id, une, turno, rec int64) (e estado, delivered bool, err error) {
	if err := m.readLotes(rec); err != nil {
		return e, false, err
	}
	if e, delivered = m.lotes[[2]int64{une, turno}]; !delivered {
		e, delivered = m.lotes[[2]int64{une, 0}]
	}
	e.reclamacion = id
	var last int64 // the event that said the limit
	set := func(evento, limite int64, calendario string) {
		if evento > last {
			last, e.limite = evento, limite
			if calendario != "" {
				e.calendario = calendario
			}
		}
	}
	err = m.respuestas.each(id, func() {
		if m.r.tipo == TipoRespuesta {
			e.contestada = sql.NullInt64{Int64: m.r.recibida, Valid: true}
			return
		}
		e.prorroga = m.r.prorroga
		set(m.r.evento, m.r.limite, m.r.calendario)
	})
	if err != nil {
		return e, false, err
	}
	err = m.plazos.each(id, func() {
		switch m.p.que {
		case plazoMovido, plazoRecontado:
			set(m.p.evento, m.p.limite, m.p.calendario.String)
		case PlazoATiempo:
			e.plazo = sql.NullString{}
		default:
			e.plazo = sql.NullString{String: m.p.que, Valid: true}
		}
	})
	if err != nil {
		return e, false, err
	}
	err = m.desistidas.each(id, func() {
		if !e.contestada.Valid && !e.desistida.Valid {
			e.desistida = sql.NullInt64{Int64: m.desistida, Valid: true}
		}
	})
	return e, delivered, err
}

// compare holds the state that is kept of a round against the one that was made.
func (m *estadista) compare(id int64, want estado, delivered bool) error {
	s := m.guardados
	if s.more && s.id < id {
		return difiere("la tabla de trabajo estados tiene de más la fila %d", s.id)
	}
	kept := s.more && s.id == id
	switch {
	case !kept && !delivered:
		return nil
	case !kept:
		return difiere("a la tabla de trabajo estados le falta la fila %d", id)
	case !delivered:
		return difiere("la tabla de trabajo estados tiene de más la fila %d", id)
	case m.guardado != want:
		return difiere("la fila %d de la tabla de trabajo estados no es lo que dicen los hechos", id)
	}
	return s.next()
}
