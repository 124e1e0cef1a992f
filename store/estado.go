package store

import (
	"buzon/schema"
)

// Avance is how far an institution's reclamaciones of one operation day are on
// their way. Each count is of folios and holds those before it.
type Avance struct {
	UNE        schema.UNE
	Recibidas  int // accepted from CONDUSEF
	Entregadas int // in a LOT that is visible
	Recogidas  int // in a LOT that was read whole at least once
	// NoObservables are in a LOT on a server that is not ours: nobody sees whether
	// it is picked up. They are no part of the counts around it.
	NoObservables int
	Atendidas     int // with an accepted answer or prórroga
	Acusadas      int // of these, with a visible acuse
	Devueltas     int // of these, in a visible REP
}

// Avances counts an operation day by institution, by clave. An institution
// without rows that day is not in it.
func (v *View) Avances(jornada schema.Dia) (all []Avance, err error) {
	err = v.each(`SELECT r.une, count(*), count(e.entregada),
		sum(EXISTS (SELECT 1 FROM coberturas c WHERE c.salida = e.lote AND c.veces > 0)),
		sum(EXISTS (SELECT 1 FROM publicaciones s WHERE s.salida = e.lote AND NOT s.observable)),
		sum(EXISTS (SELECT 1 FROM respuestas p JOIN archivos f ON f.id = p.archivo
		WHERE p.reclamacion = r.id)),
		sum(EXISTS (SELECT 1 FROM respuestas p JOIN acuses q ON q.archivo = p.archivo JOIN publicaciones s
		ON s.salida = q.salida
			WHERE p.reclamacion = r.id)),
		sum(EXISTS (SELECT 1 FROM respuestas p JOIN devoluciones d ON d.respuesta = p.id JOIN publicaciones s
		ON s.salida = d.rep
			WHERE p.reclamacion = r.id))
		FROM archivos a JOIN reclamaciones t ON t.archivo = a.id`+delTramo+`
		LEFT JOIN estados e ON e.reclamacion = r.id
		WHERE a.jornada = ? AND a.tipo = 'REC' GROUP BY r.une ORDER BY r.une`, []any{jornada.String()},
		func(rows valores) error {
			var x Avance
			if err := rows.Scan(&x.UNE, &x.Recibidas, &x.Entregadas, &x.Recogidas, &x.NoObservables,
				&x.Atendidas, &x.Acusadas, &x.Devueltas); err != nil {
				return err
			}
			all = append(all, x)
			return nil
		})
	return all, err
}

// Abiertas counts the folios that were delivered and not answered.
func (v *View) Abiertas() (n int, err error) {
	err = v.get(`SELECT count(*) FROM estados WHERE `+abierta, nil, &n)
	return n, err
}

// Pendientes gives what the agenda has planned, by task.
func (v *View) Pendientes() (all []Pendiente, err error) {
	err = v.each(`SELECT tarea, para, intentos FROM agenda ORDER BY tarea`, nil, func(rows valores) error {
		var p Pendiente
		var para int64
		if err := rows.Scan(&p.Tarea, &para, &p.Intentos); err != nil {
			return err
		}
		p.Para = moment(para)
		all = append(all, p)
		return nil
	})
	return all, err
}
