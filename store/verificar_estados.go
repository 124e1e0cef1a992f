package store

import "database/sql"

// estadista makes the state of each round from its facts.
type estadista struct {
	c *checker

	rec   int64               // whose LOTs are held
	lotes map[[2]int64]estado // by institution and day of turno

	respuestas, plazos, desistidas, guardados *corriente
}

func (m *estadista) open() (err error) {
	for _, s := range []struct {
		into         **corriente
		tabla, query string
	}{
		{&m.respuestas, "respuestas",
			`SELECT p.reclamacion, p.tipo, a.recibido, p.limite, p.prorroga, a.evento, a.calendario
			FROM respuestas p JOIN archivos a ON a.id = p.archivo ORDER BY p.reclamacion, p.tipo`},
		{&m.plazos, "plazos",
			`SELECT reclamacion, que, limite, evento, calendario FROM plazos ORDER BY reclamacion, id`},
		{&m.desistidas, "dictamenes",
			`SELECT d.reclamacion, a.recibido FROM dictamenes d JOIN archivos a ON a.id = d.archivo
			WHERE d.tipo = 6 ORDER BY d.reclamacion, d.id`},
		{&m.guardados, "estados", `SELECT reclamacion, une, lote, entregada, dia0, limite, ` + calendarioDe +
			`, prorroga, contestada, desistida, plazo
			FROM estados e ORDER BY reclamacion`},
	} {
		if *s.into, err = m.c.corriente(s.tabla, s.query); err != nil {
			return err
		}
	}
	return nil
}

func (m *estadista) close() {
	for _, s := range []*corriente{m.respuestas, m.plazos, m.desistidas, m.guardados} {
		if s != nil {
			s.close()
		}
	}
}

// readLotes holds the visible LOTs of a REC: its rounds come one after the other.
func (m *estadista) readLotes(rec int64) error {
	if m.lotes != nil && m.rec == rec {
		return nil
	}
	m.rec, m.lotes = rec, map[[2]int64]estado{}
	return m.c.v.each(
		`SELECT l.une, l.turno, l.salida, p.momento, l.dia0, l.limite, l.calendario FROM lotes l
			JOIN publicaciones p ON p.salida = l.salida
		WHERE l.rec = ?`, []any{rec}, func(rows valores) error {
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
	err = m.respuestas.each(id, func(f *fila) {
		if f.entero(1) == TipoRespuesta {
			e.contestada = sql.NullInt64{Int64: f.entero(2), Valid: true}
			return
		}
		e.prorroga = f.enteroONada(4).Int64
		set(f.entero(5), f.entero(3), f.texto(6))
	})
	if err != nil {
		return e, false, err
	}
	err = m.plazos.each(id, func(f *fila) {
		switch que := f.texto(1); que {
		case plazoMovido, plazoRecontado:
			set(f.entero(3), f.entero(2), f.textoONada(4).String)
		case PlazoATiempo:
			e.plazo = sql.NullString{}
		default:
			e.plazo = sql.NullString{String: que, Valid: true}
		}
	})
	if err != nil {
		return e, false, err
	}
	err = m.desistidas.each(id, func(f *fila) {
		if !e.contestada.Valid && !e.desistida.Valid {
			e.desistida = sql.NullInt64{Int64: f.entero(1), Valid: true}
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
	kept, was := s.more && s.id == id, estado{}
	if kept {
		was = guardado(&s.fila)
		if err := s.legible(); err != nil {
			return err
		}
	}
	switch {
	case !kept && !delivered:
		return nil
	case !kept:
		return difiere("a la tabla de trabajo estados le falta la fila %d", id)
	case !delivered:
		return difiere("la tabla de trabajo estados tiene de más la fila %d", id)
	case was != want:
		return difiere("la fila %d de la tabla de trabajo estados no es lo que dicen los hechos", id)
	}
	return s.siguiente()
}

func guardado(f *fila) estado {
	return estado{f.entero(0), f.entero(1), f.entero(2), f.entero(3), f.entero(4), f.entero(5), f.texto(6),
		f.entero(7),
		f.enteroONada(8), f.enteroONada(9), f.textoONada(10)}
}
