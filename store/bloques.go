package store

import "buzon/store/bitacora"

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
	err := c.cada("bloques", `SELECT bloque, desde, hasta FROM bloques`, func(f *fila) error {
		n := f.entero(0)
		if want, ok := c.bloques[n]; !ok || want != (intervalo{f.entero(1), f.entero(2)}) {
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
