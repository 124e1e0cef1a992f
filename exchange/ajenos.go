package exchange

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
)

// maxAjenos is how many files that their name alone refuses are answered, each with an
// RCH, as slips of a party. More of them are no slips: somebody keeps other things in the
// folder, or put it in the wrong place.
const maxAjenos = 20

// muestra is how many of their names are told.
const muestra = 3

// ajeno tells whether a file of a party is one that the exchange does not know by its
// name.
func (c *Cycle) ajeno(parte schema.Parte, name string) bool {
	if c.anexo(parte, name) {
		return false
	}
	n, err := schema.ParseNombre(name)
	return err != nil || !slices.Contains(schema.TiposDe(parte), n.Tipo)
}

// recuerda has what was seen before of all that was listed, at once.
func (c *Cycle) recuerda(ctx context.Context, t *tanda, files []llegada) error {
	if t.mb == nil {
		return nil
	}
	t.vistos = make(map[string]store.Visto, len(files))
	return c.Store.View(ctx, func(v *store.View) error {
		for _, f := range files {
			x, ok, err := v.Visto(t.parte, f.Name())
			if err != nil {
				return err
			}
			if ok {
				t.vistos[f.Name()] = x
			}
		}
		return nil
	})
}

// sinAjenos leaves a crowd of files that are none of the exchange where they lie, and
// tells of them together: once in the process log for as long as they are as many.
func (c *Cycle) sinAjenos(t *tanda, files []llegada) []llegada {
	if t.mb == nil {
		return files // an upload is answered; the quota bounds them
	}
	var names []string
	mine := make([]llegada, 0, len(files))
	for _, f := range files {
		if x := t.vistos[f.Name()]; c.ajeno(t.parte, f.Name()) && !(x.Tomado && x.Muestra(f)) {
			names = append(names, f.Name())
			continue
		}
		mine = append(mine, f)
	}
	before, _ := c.ajenos.Swap(t.parte, len(names))
	if len(names) <= maxAjenos {
		return files
	}
	such := ""
	if shown := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		return store.Mostrable(t.parte, name) != name
	}); len(shown) > 0 {
		such = " (" + strings.Join(shown[:min(len(shown), muestra)], ", ") + ", …)"
	}
	said := fmt.Sprintf("%d files that are none of the exchange%s are left where they lie; up to %d would "+
		"be answered: move them out of the folder", len(names), such, maxAjenos)
	t.inf.add(func(i *Informe) { i.EnEspera = append(i.EnEspera, t.parte.String()+": "+said) })
	if before != len(names) {
		c.Log.Warn("foreign files", zap.Stringer("party", t.parte), zap.String("what", said))
	}
	return mine
}
