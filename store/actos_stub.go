package store

import (
	"iter"
	"slices"
	"time"

	"buzon/store/bitacora"
)

// Actos gives the events of the given names whose moment is not after hasta, in the
// order of the log; a zero hasta is all of them.
func (v *View) Actos(hasta time.Time, nombres []string) iter.Seq2[*bitacora.Crudo, error] {
	return func(yield func(*bitacora.Crudo, error) bool) {
		n, err := v.Eventos()
		if err == nil {
			err = v.Crudos(1, n, func(c Crudo) error {
				if !hasta.IsZero() && c.Momento > ms(hasta) || !slices.Contains(nombres, c.Evento) {
					return nil
				}
				if x := bitacora.Crudo(c); !yield(&x, nil) {
					return errEnough
				}
				return nil
			})
		}
		if err != nil && err != errEnough {
			yield(nil, err)
		}
	}
}

type enough struct{}

func (enough) Error() string { return "enough" }

var errEnough error = enough{}
