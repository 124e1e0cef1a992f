package auditoria

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/store"
	"buzon/store/bitacora"
)

// ProveAcuse writes the proof that the event of an acuse is in the log that the
// newest checkpoint holds (docs/bitacora.md, section 5). Of a number that this log never
// gave, and that lies before the beginning of an epoch, it is the epoch's event: with it
// an acuse of before is judged by its seal.
func ProveAcuse(v *store.View, w io.Writer, acuse string) error {
	e, err := v.EventoDeAcuse(acuse)
	if errors.Is(err, store.ErrNotFound) {
		var year int
		var n int64
		if _, bad := fmt.Sscanf(acuse, "ACU-%d-%d", &year, &n); bad == nil && n > 0 {
			e, err = v.EventoDeEpoca(year, n)
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("%s: there is no such acuse", acuse)
	}
	if err != nil {
		return err
	}
	p, err := newest(v)
	if err != nil {
		return err
	}
	if e.N > p.Tamano {
		return fmt.Errorf("%s: the newest checkpoint does not hold it yet; 'buzon checkpoint' signs one now",
			acuse)
	}
	proof, err := v.Inclusion(p.Tamano, e.N)
	if err != nil {
		return fmt.Errorf("%s: %w", acuse, err)
	}
	return object(w, struct {
		Evento bitacora.Crudo `json:"evento"`
		Punto  string         `json:"punto"`
		Prueba []tlog.Hash    `json:"prueba"`
	}{e, p.Nota, list(proof)})
}

// ProveFrom writes the proof that the log of an older checkpoint is the beginning
// of that of the newest one.
func ProveFrom(v *store.View, w io.Writer, viejo string) error {
	sellos, err := v.Sellos()
	if err != nil {
		return err
	}
	old, _, err := Open(viejo, sellos)
	if err != nil {
		return err
	}
	rehearsal, err := v.Simulacro()
	if err == nil {
		err = old.same(rehearsal)
	}
	if err != nil {
		return err
	}
	p, err := newest(v)
	if err != nil {
		return err
	}
	proof, err := consistency(v, p.Tamano, old.Tamano)
	if err != nil {
		return err
	}
	return object(w, struct {
		Viejo  string      `json:"viejo"`
		Punto  string      `json:"punto"`
		Prueba []tlog.Hash `json:"prueba"`
	}{viejo, p.Nota, proof})
}

func newest(v *store.View) (store.Punto, error) {
	all, err := v.UltimosPuntos(1)
	if err == nil && len(all) == 0 {
		err = errors.New("no checkpoint is signed yet; 'buzon checkpoint' signs one now")
	}
	if err != nil {
		return store.Punto{}, err
	}
	return all[0], nil
}

// consistency is empty where there is nothing to prove.
func consistency(v *store.View, size, old int64) ([]tlog.Hash, error) {
	switch {
	case old > size:
		return nil, fmt.Errorf("that checkpoint holds %d events, the newest of this log %d", old, size)
	case old == 0 || old == size:
		return []tlog.Hash{}, nil
	}
	proof, err := v.Consistencia(size, old)
	return list(proof), err
}

// list makes an empty proof an empty list, not null.
func list(h []tlog.Hash) []tlog.Hash {
	if h == nil {
		return []tlog.Hash{}
	}
	return h
}

func object(w io.Writer, x any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(x)
}
