package puntaje

import (
	"errors"
	"fmt"
	"iter"
	"os"
	"time"

	"buzon/exchange/auditoria"
	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Fuente is what a score is counted from: the log in a store, or an export of it.
type Fuente struct {
	Eventos   func(hasta time.Time) iter.Seq2[*bitacora.Crudo, error]
	Simulacro bool
	Ahora     time.Time                  // as of when, where nobody says
	Knows     func(asOf time.Time) error // whether what it had at a moment can be known
}

// DeBitacora is the log of a gateway, whose clock shows ahora. A rehearsal's stands at
// its last event, and may be asked for any moment of its future that is past for us:
// hoy is the machine's.
func DeBitacora(v *store.View, ahora, hoy time.Time) (src *Fuente, err error) {
	src = &Fuente{Ahora: ahora, Eventos: func(hasta time.Time) iter.Seq2[*bitacora.Crudo, error] {
		return v.Actos(hasta, expediente.Sucesos)
	}}
	last := ahora
	if hoy.After(last) {
		last = hoy
	}
	src.Knows = func(asOf time.Time) error {
		if asOf.After(last) {
			return ErrPregunta{fmt.Errorf("--as-of %s: the log cannot know; it is %s", schema.Momento(asOf),
				schema.Momento(last))}
		}
		return nil
	}
	src.Simulacro, err = v.Simulacro()
	return src, err
}

// DeExport is an export of a whole log, which was checked.
func DeExport(x *auditoria.Exportacion) *Fuente {
	return &Fuente{
		Eventos:   func(time.Time) iter.Seq2[*bitacora.Crudo, error] { return x.Events() },
		Simulacro: x.Punto.Simulacro, Ahora: x.Hasta(),
		Knows: func(asOf time.Time) error {
			if asOf.After(x.Hasta()) {
				return ErrPregunta{
					fmt.Errorf("--as-of %s: the export knows nothing after its checkpoint, %s; "+
						"give one that was made later, or an earlier moment", schema.Momento(asOf),
						schema.Momento(x.Hasta()))}
			}
			return nil
		},
	}
}

// WithExport hands the export of a file to fn. It is checked before anything is counted
// from it, by the keys in another file: it must be of the whole log, from the first
// event to its checkpoint.
func WithExport(export, keys string, fn func(*Fuente) error) (err error) {
	llaves, err := readLlaves(keys)
	if err != nil {
		return err
	}
	file, err := os.Open(export)
	if err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("--export: %w", err)
	}
	x, err := auditoria.OpenExport(file, info.Size(), llaves)
	if err == nil {
		err = x.Whole()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", export, err)
	}
	return fn(DeExport(x))
}

// readLlaves reads the keys that the signature of an export is held against.
func readLlaves(path string) (all []store.LlaveDeSello, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--keys: %w", err)
	}
	defer f.Close()
	if all, err = auditoria.ReadLlaves(f); err != nil {
		return nil, fmt.Errorf("--keys: %s: %w", path, err)
	}
	return all, nil
}
