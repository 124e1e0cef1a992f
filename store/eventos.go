package store

import (
	"database/sql"
	"errors"
	"strings"
	"time"
)

// EventosHasta calls each for the events of the given names whose moment is not
// after hasta, in the order of the log. Details are handed over unread, and the
// file and its hash are left out: what folds hundreds of thousands of events
// takes apart no more than it needs.
//
// A clock that was set back leaves moments out of order; then an event before
// another in the log may be left out, and the other not.
func (v *View) EventosHasta(hasta time.Time, nombres []string, each func(Crudo) error) error {
	if hasta.IsZero() || len(nombres) == 0 {
		return errors.New("store: events up to a moment: want the moment and names")
	}
	r, err := v.rango(&Consulta{Hasta: hasta.Truncate(time.Millisecond).Add(time.Millisecond)})
	if err != nil || r.empty() {
		return err
	}
	query, args := eventosSQL(r, ms(hasta), nombres)
	return v.each(query, args, func(rows *sql.Rows) error {
		var c Crudo
		if err := rows.Scan(&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Folio, &c.Detalle); err != nil {
			return err
		}
		return each(c)
	})
}

// eventosSQL has one part for each name, all in the log's order by the same
// index: SQLite merges them as it goes and sorts nothing.
func eventosSQL(r entre, hasta int64, nombres []string) (query string, args []any) {
	const part = `SELECT n, momento, evento, parte, folio, detalle FROM bitacora INDEXED BY bitacora_evento
		WHERE evento = ? AND n BETWEEN ? AND ? AND momento <= ?`
	for _, nombre := range nombres {
		args = append(args, nombre, r.primero, r.ultimo, hasta)
	}
	return strings.Repeat(part+` UNION ALL `, len(nombres)-1) + part + ` ORDER BY n`, args
}
