package exchange

import (
	"fmt"
	"sync"

	"buzon/schema"
)

// versiones gives what the agreement of a party has in force on a day: the versions
// of the layout that it may send, and the one that is written to it.
func (c *Cycle) versiones(parte schema.Parte, dia schema.Dia) (aceptadas []schema.Version,
	escrita schema.Version) {
	if c.Versiones == nil {
		return []schema.Version{schema.V0100}, schema.V0100
	}
	return c.Versiones(parte, dia)
}

// escribe gives the version in which each party is written to on a day. An agreement is
// asked once for each: a file has millions of records, which are judged on all cores.
func (c *Cycle) escribe(dia schema.Dia) func(schema.Parte) schema.Version {
	var told sync.Map
	return func(parte schema.Parte) schema.Version {
		if v, ok := told.Load(parte); ok {
			return v.(schema.Version)
		}
		_, v := c.versiones(parte, dia)
		told.Store(parte, v)
		return v
	}
}

// cabe is an error where a record that was accepted says what a version cannot: the
// agreement went back to an older one since. It is never written without that.
func cabe[R schema.Registro](r *R, folio schema.Folio, v schema.Version) error {
	if campo, ok := schema.Cabe(r, v); !ok {
		return fmt.Errorf("folio %s: version %s, which is written now, cannot say what %s holds", folio, v,
			campo)
	}
	return nil
}
