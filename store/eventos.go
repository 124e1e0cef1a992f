package store

import (
	"errors"
	"iter"
	"strings"
	"time"

	"buzon/store/bitacora"
)

const columnasEvento = `n, momento, evento, parte, archivo, sha256, folio, detalle`

func scanCrudo(rows valores, c *bitacora.Crudo) error {
	return rows.Scan(&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Archivo, &c.SHA256, &c.Folio, &c.Detalle)
}

// Crudos calls each for the events from the from-th to the to-th, as the log
// keeps them.
func (v *View) Crudos(from, to int64, each func(bitacora.Crudo) error) error {
	return v.each(`SELECT `+columnasEvento+` FROM bitacora WHERE n BETWEEN ? AND ? ORDER BY n`,
		[]any{from, to}, func(rows valores) error {
			var c bitacora.Crudo
			if err := scanCrudo(rows, &c); err != nil {
				return err
			}
			return each(c)
		})
}

// errEnough ends a question whose asker has enough.
var errEnough = errors.New("enough")

// Actos gives the events of the given names whose moment is not after hasta, in the
// order of the log; a zero hasta is all of them, and so are no names. An act of
// which parts are missing is an error.
//
// A clock that was set back leaves moments out of order; then an event before
// another in the log may be left out, and the other not.
func (v *View) Actos(hasta time.Time, nombres []string) iter.Seq2[*bitacora.Crudo, error] {
	return bitacora.Enteros(func(yield func(*bitacora.Crudo, error) bool) {
		err := v.actos(hasta, nombres, func(c *bitacora.Crudo) error {
			if !yield(c, nil) {
				return errEnough
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			yield(nil, err)
		}
	})
}

func (v *View) actos(hasta time.Time, nombres []string, each func(*bitacora.Crudo) error) error {
	var q Consulta
	limit := int64(1 << 62)
	if !hasta.IsZero() {
		q.Hasta, limit = hasta.Truncate(time.Millisecond).Add(time.Millisecond), ms(hasta)
	}
	r, err := v.rango(&q)
	if err != nil || r.empty() {
		return err
	}
	query, args := eventosSQL(r, limit, nombres)
	return v.each(query, args, func(rows valores) error {
		var c bitacora.Crudo
		if err := scanCrudo(rows, &c); err != nil {
			return err
		}
		return each(&c)
	})
}

// eventosSQL has one part for each name, all in the log's order by the same
// index: SQLite merges them as it goes and sorts nothing.
func eventosSQL(r entre, hasta int64, nombres []string) (query string, args []any) {
	if len(nombres) == 0 {
		return `SELECT ` + columnasEvento +
				` FROM bitacora WHERE n BETWEEN ? AND ? AND momento <= ? ORDER BY n`,
			[]any{r.primero, r.ultimo, hasta}
	}
	const part = `SELECT ` + columnasEvento + ` FROM bitacora INDEXED BY bitacora_evento
		WHERE evento = ? AND n BETWEEN ? AND ? AND momento <= ?`
	for _, nombre := range nombres {
		args = append(args, nombre, r.primero, r.ultimo, hasta)
	}
	return strings.Repeat(part+` UNION ALL `, len(nombres)-1) + part + ` ORDER BY n`, args
}
