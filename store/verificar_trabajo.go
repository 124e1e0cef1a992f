package store

import (
	"database/sql"
	"fmt"
)

// derivadas are the work tables that one question makes again from the facts.
var derivadas = []struct{ tabla, columnas, hechos string }{
	{"por_publicar", "salida, parte", `SELECT s.id, s.parte FROM salidas s WHERE ` + vigente + `
		AND NOT EXISTS (SELECT 1 FROM publicaciones p WHERE p.salida = s.id)`},
	{"por_entregar", "une, rec", `SELECT DISTINCT r.une, r.archivo FROM reclamaciones r JOIN archivos a ON a.id = r.archivo
		WHERE NOT EXISTS (SELECT 1 FROM lotes l WHERE l.rec = r.archivo AND l.une = r.une
			AND NOT EXISTS (SELECT 1 FROM anulaciones x WHERE x.salida = l.salida))`},
	{"por_devolver", "archivo", `SELECT DISTINCT p.archivo FROM respuestas p JOIN archivos a ON a.id = p.archivo
		WHERE NOT EXISTS (SELECT 1 FROM devoluciones d WHERE d.respuesta = p.id)`},
	{"por_recoger", "salida", `SELECT s.id FROM salidas s JOIN publicaciones p ON p.salida = s.id WHERE s.tipo = 'LOT' AND p.observable
		AND NOT EXISTS (SELECT 1 FROM recogidas r WHERE r.salida = s.id AND r.con_veces > 0)
		AND NOT EXISTS (SELECT 1 FROM no_recogidos n WHERE n.salida = s.id AND (n.plazo = 'limite' OR s.registros = 0))`},
	{"coberturas", "salida, abierta, leida, completa, veces, tramos", `SELECT salida, con_abierta, con_leida, con_completa, con_veces, con_tramos
		FROM recogidas r WHERE id = (SELECT max(id) FROM recogidas WHERE salida = r.salida)`},
}

// trabajo makes the work tables again from the facts, and compares.
func (c *checker) trabajo() error {
	for _, d := range derivadas {
		for _, q := range []struct{ sql, what string }{
			{d.hechos + ` EXCEPT SELECT ` + d.columnas + ` FROM ` + d.tabla, "le falta"},
			{`SELECT ` + d.columnas + ` FROM ` + d.tabla + ` EXCEPT ` + d.hechos, "tiene de más"},
		} {
			var n int64
			if err := c.v.get(`SELECT count(*) FROM (`+q.sql+`)`, nil, &n); err != nil {
				return err
			}
			if n > 0 {
				return difiere("la tabla de trabajo %s no es lo que dicen los hechos: %s %d renglones", d.tabla, q.what, n)
			}
		}
	}
	var partes int64
	if err := c.v.get(`SELECT count(*) FROM partes`, nil, &partes); err != nil {
		return err
	}
	if partes != c.partes {
		return difiere("el índice de partes tiene %d renglones, y la bitácora %d", partes, c.partes)
	}
	return c.estados()
}

// estado is a row of the table estados.
type estado struct {
	reclamacion, une, lote, entregada, dia0, limite int64
	calendario                                      string
	prorroga                                        int64
	contestada, desistida                           sql.NullInt64
	plazo                                           sql.NullString
}

// corriente reads rows that are in the order of their first column, a round.
type corriente struct {
	rows *sql.Rows
	id   int64
	more bool
	scan func(*sql.Rows, *int64) error
}

func (v *View) corriente(query string, scan func(*sql.Rows, *int64) error) (*corriente, error) {
	rows, err := v.tx.Query(query)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &corriente{rows: rows, scan: scan}
	return s, s.next()
}

func (s *corriente) next() error {
	if s.more = s.rows.Next(); !s.more {
		return s.rows.Err()
	}
	return s.scan(s.rows, &s.id)
}

// each calls do for the rows of a round, of which next reads one.
func (s *corriente) each(id int64, do func()) error {
	for s.more && s.id <= id {
		if s.id == id {
			do()
		}
		if err := s.next(); err != nil {
			return err
		}
	}
	return nil
}

// estados makes the table estados again: it goes through the rounds and what
// happened to each, all in the order of the rounds.
func (c *checker) estados() (err error) {
	m := &estadista{v: c.v}
	defer m.close()
	if err := m.open(); err != nil {
		return err
	}
	const rounds = `SELECT r.id, r.une, r.turno, r.archivo FROM reclamaciones r JOIN archivos a ON a.id = r.archivo ORDER BY r.id`
	done := int64(0)
	err = c.v.each(rounds, nil, func(rows *sql.Rows) error {
		var id, une, turno, rec int64
		if err := rows.Scan(&id, &une, &turno, &rec); err != nil {
			return err
		}
		if done++; done%4096 == 0 {
			c.step("estados", done, 0)
		}
		want, delivered, err := m.estado(id, une, turno, rec)
		if err != nil {
			return err
		}
		return m.compare(id, want, delivered)
	})
	if err != nil {
		return err
	}
	if m.guardados.more {
		return difiere("la tabla de trabajo estados tiene de más la fila %d", m.guardados.id)
	}
	return nil
}
