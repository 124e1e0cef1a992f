package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// derivadas are the work tables that one question makes again from the facts.
var derivadas = []struct{ tabla, columnas, hechos string }{
	{"por_publicar", "salida, parte", `SELECT s.id, s.parte FROM salidas s WHERE ` + vigente + `
		AND NOT EXISTS (SELECT 1 FROM publicaciones p WHERE p.salida = s.id)`},
	{"por_entregar", "une, rec",
		`SELECT DISTINCT r.une, r.archivo FROM reclamaciones r JOIN archivos a ON a.id = r.archivo
		WHERE NOT EXISTS (SELECT 1 FROM lotes l WHERE l.rec = r.archivo AND l.une = r.une
			AND NOT EXISTS (SELECT 1 FROM anulaciones x WHERE x.salida = l.salida))`},
	{"por_devolver", "archivo",
		`SELECT DISTINCT p.archivo FROM respuestas p JOIN archivos a ON a.id = p.archivo
		WHERE NOT EXISTS (SELECT 1 FROM devoluciones d WHERE d.respuesta = p.id)`},
	{"por_recoger", "salida",
		`SELECT s.id FROM salidas s JOIN publicaciones p ON p.salida = s.id WHERE s.tipo = 'LOT'
			AND p.observable
		AND NOT EXISTS (SELECT 1 FROM recogidas r WHERE r.salida = s.id AND r.con_veces > 0)
		AND NOT EXISTS (SELECT 1 FROM no_recogidos n WHERE n.salida = s.id AND (n.plazo = 'limite'
		OR s.registros = 0))`},
	{"coberturas", "salida, abierta, leida, completa, veces, tramos",
		`SELECT salida, con_abierta, con_leida, con_completa, con_veces, con_tramos
		FROM recogidas r WHERE id = (SELECT max(id) FROM recogidas WHERE salida = r.salida)`},
}

// trabajo makes the work tables again from the facts, and compares.
func (c *checker) trabajo() error {
	for _, d := range derivadas {
		for _, q := range []struct{ sql, what string }{
			{d.hechos + ` EXCEPT SELECT ` + d.columnas + ` FROM ` + d.tabla,
				"a la tabla de trabajo %s le falta, según los hechos, la fila %s; con ella %d"},
			{`SELECT ` + d.columnas + ` FROM ` + d.tabla + ` EXCEPT ` + d.hechos,
				"la tabla de trabajo %s tiene de más, según los hechos, la fila %s; con ella %d"},
		} {
			err := c.leer.each(`SELECT count(*) OVER (), * FROM (`+q.sql+`) LIMIT 1`, func(f *fila) error {
				return difiere(q.what, d.tabla, dicha(strings.Split(d.columnas, ", "), f.v[1:]), f.v[0])
			})
			if err != nil {
				return err
			}
		}
	}
	return c.estados()
}

// dicha says a row in words.
func dicha(columnas []string, values []any) string {
	var all []string
	for i, v := range values {
		if v != nil {
			all = append(all, fmt.Sprintf("%s %v", columnas[i], v))
		}
	}
	return strings.Join(all, ", ")
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
	*cursor
	tabla string
	id    int64
}

func (c *checker) corriente(tabla, query string) (*corriente, error) {
	rows, err := c.leer.cursor(query)
	if err != nil {
		return nil, err
	}
	s := &corriente{cursor: rows, tabla: tabla}
	return s, s.read()
}

func (s *corriente) read() error {
	if s.more {
		s.id = s.entero(0)
	}
	return s.legible()
}

// legible is a difference where the row holds what this program never writes.
func (s *corriente) legible() error {
	if err := s.bien(); err != nil {
		return difiere("una fila de la tabla %s no se puede leer: %v", s.tabla, err)
	}
	return nil
}

func (s *corriente) siguiente() error {
	if err := s.next(); err != nil {
		return err
	}
	return s.read()
}

// each calls do for the rows of a round.
func (s *corriente) each(id int64, do func(*fila)) error {
	for s.more && s.id <= id {
		if s.id == id {
			do(&s.fila)
		}
		if err := s.legible(); err != nil {
			return err
		}
		if err := s.siguiente(); err != nil {
			return err
		}
	}
	return nil
}

// estados makes the table estados again: it goes through the rounds and what
// happened to each, all in the order of the rounds.
func (c *checker) estados() (err error) {
	m := &estadista{c: c}
	defer m.close()
	if err := m.open(); err != nil {
		return err
	}
	const rounds = `SELECT r.id, r.une, r.turno, r.archivo FROM reclamaciones r JOIN archivos a
		ON a.id = r.archivo ORDER BY r.id`
	done := int64(0)
	err = c.cada("reclamaciones", rounds, func(f *fila) error {
		id := f.entero(0)
		if done++; done%4096 == 0 {
			c.step("estados", done, 0)
		}
		want, delivered, err := m.estado(id, f.entero(1), f.entero(2), f.entero(3))
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
