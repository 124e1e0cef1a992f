package store

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// lugaresSQL finds the acts that did something to a folio, and its place in each:
// the facts say it, so that no index of folios stands beside them.
const lugaresSQL = `
	SELECT a.evento, r.numero FROM reclamaciones r JOIN archivos a ON a.id = r.archivo WHERE r.folio = ?1
	UNION ALL SELECT a.evento, x.numero FROM rechazados x JOIN archivos a ON a.id = x.archivo
	WHERE x.folio = ?1 AND x.folio <> ''
	UNION ALL SELECT p.evento, ` + hastaFila + `
		FROM reclamaciones r JOIN lotes l ON l.salida IN (SELECT s.id FROM salidas s
		WHERE s.archivo = r.archivo AND s.parte = printf('%08d', r.une)
			AND s.tipo = 'LOT') AND l.turno IN (0, r.turno)
		JOIN publicaciones p ON p.salida = l.salida WHERE r.folio = ?1
	UNION ALL SELECT a.evento, p.numero FROM reclamaciones r JOIN respuestas p ON p.reclamacion = r.id
	JOIN archivos a ON a.id = p.archivo
		WHERE r.folio = ?1
	UNION ALL SELECT s.evento, (SELECT count(*) FROM devoluciones y WHERE y.rep = d.rep
	AND y.respuesta <= d.respuesta)
		FROM reclamaciones r JOIN respuestas p ON p.reclamacion = r.id JOIN devoluciones d
		ON d.respuesta = p.id JOIN salidas s ON s.id = d.rep
		WHERE r.folio = ?1
	UNION ALL SELECT a.evento, d.numero FROM reclamaciones r JOIN dictamenes d ON d.reclamacion = r.id
	JOIN archivos a ON a.id = d.archivo
		WHERE r.folio = ?1
	UNION ALL SELECT z.evento, z.lugar FROM reclamaciones r JOIN plazos z ON z.reclamacion = r.id
	WHERE r.folio = ?1`

// lugares gives the places of a folio, in the order of the log.
func (v *View) lugares(f schema.Folio) (all []Cursor, err error) {
	err = v.each(lugaresSQL, []any{string(f)}, func(rows valores) error {
		var c Cursor
		err := rows.Scan(&c.N, &c.Lugar)
		all = append(all, c)
		return err
	})
	slices.SortFunc(all, compareCursor)
	return all, err
}

func compareCursor(a, b Cursor) int {
	return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Lugar, b.Lugar))
}

// historyFolio calls each for what acts did to a folio.
func (v *View) historyFolio(q Consulta, r entre, each func(bitacora.Evento) error) error {
	all, err := v.lugares(q.Folio)
	if err != nil {
		return err
	}
	simulacro, err := v.Simulacro()
	if err != nil {
		return err
	}
	if q.Ultimos {
		slices.Reverse(all)
	}
	from := q.DespuesDe
	if from.Lugar == 0 && !q.Ultimos {
		from.Lugar = math.MaxInt // after the whole act
	}
	n := 0
	for _, at := range all {
		after := compareCursor(at, from)
		if q.Ultimos {
			after = -after
		}
		if at.N < r.primero || at.N > r.ultimo || !q.DespuesDe.IsZero() && after <= 0 {
			continue
		}
		e, err := v.lugar(at)
		if err != nil {
			return err
		}
		if !q.toma(&e) {
			continue
		}
		if e.Simulacro = simulacro; q.Limite > 0 && n == q.Limite {
			return nil
		}
		n++
		if err := each(e); err != nil {
			return err
		}
	}
	return nil
}

// toma tells whether the other filters select an event.
func (q *Consulta) toma(e *bitacora.Evento) bool {
	tipo := tipoDe(e.Archivo)
	same := func(want, got string) bool { return want == "" || want == got }
	return (q.Parte == 0 || q.Parte == e.Parte) && same(q.Archivo, e.Archivo) && same(string(q.Tipo), tipo) &&
		(same(q.Evento, e.Evento) || same(q.Evento, e.Que)) &&
		q.Llave == "" && q.Direccion == "" && // no act on a record names them
		(q.Desde.IsZero() || !e.Momento.Before(q.Desde)) &&
		(q.Hasta.IsZero() || e.Momento.Before(q.Hasta.Truncate(time.Millisecond)))
}

// tipoDe is the type that a name tells, as the column tipo of the log has it.
func tipoDe(name string) string {
	if len(name) < len("GE_LOT_") || name[:3] != "GE_" || name[6] != '_' {
		return ""
	}
	for _, c := range name[3:6] {
		if c < 'A' || c > 'Z' {
			return ""
		}
	}
	return name[3:6]
}

// lugar gives what an act did to the record at one of its places.
func (v *View) lugar(at Cursor) (e bitacora.Evento, err error) {
	var first, c bitacora.Crudo
	if err := v.crudo(at.N, &first); err != nil {
		return e, err
	}
	n := at.N
	err = v.get(`SELECT n FROM partes WHERE primero = ? AND desde <= ? ORDER BY desde DESC LIMIT 1`,
		[]any{at.N, at.Lugar}, &n)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return e, err
	}
	if c = first; n != at.N {
		if err := v.crudo(n, &c); err != nil {
			return e, err
		}
	}
	err = bitacora.LugarEn(&c, bitacora.PrimeraLinea(&first), at.Lugar, func(x bitacora.Lugar) error {
		e = bitacora.Evento{N: at.N, Momento: moment(c.Momento), Evento: c.Evento, Archivo: c.Archivo,
			SHA256: schema.Huella(c.SHA256), Folio: x.Folio, Lugar: x.Lugar, Que: x.Que, Bytes: len(x.JSON)}
		err := errors.Join(e.Parte.UnmarshalText([]byte(c.Parte)), json.Unmarshal(x.JSON, &e.Detalle))
		if err != nil {
			return err
		}
		delete(e.Detalle, "folio")
		if x.Linea > 0 {
			e.Detalle["linea"] = float64(x.Linea) // as JSON gives numbers
		}
		return nil
	})
	if err == nil && e.N == 0 {
		err = fmt.Errorf("event %d has no place %d", at.N, at.Lugar)
	}
	return e, err
}

func (v *View) crudo(n int64, c *bitacora.Crudo) error {
	return v.get(`SELECT `+columnasEvento+` FROM bitacora WHERE n = ?`, []any{n}, &c.N, &c.Momento, &c.Evento,
		&c.Parte, &c.Archivo, &c.SHA256, &c.Folio, &c.Detalle)
}
