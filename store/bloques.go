package store

import (
	"database/sql"

	"buzon/store/bitacora"
)

// intervalo holds the moments of a block of events, by which a range of moments is looked
// up: what it leaves out, no question for a time would find.
type intervalo struct{ desde, hasta int64 }

func (c *checker) moment(e *bitacora.Crudo) {
	b, ok := c.bloques[e.N>>porBloque]
	if !ok {
		b = intervalo{e.Momento, e.Momento}
	}
	c.bloques[e.N>>porBloque] = intervalo{min(b.desde, e.Momento), max(b.hasta, e.Momento)}
}

func (c *checker) moments() error {
	err := c.v.each(`SELECT bloque, desde, hasta FROM bloques`, nil, func(rows *sql.Rows) error {
		var n int64
		var b intervalo
		if err := rows.Scan(&n, &b.desde, &b.hasta); err != nil {
			return err
		}
		if want, ok := c.bloques[n]; !ok || want != b {
			return difiere("el índice de momentos no corresponde a los eventos desde el %d", n<<porBloque)
		}
		delete(c.bloques, n)
		return nil
	})
	if err == nil && len(c.bloques) > 0 {
		err = difiere("al índice de momentos le faltan %d bloques", len(c.bloques))
	}
	return err
}
