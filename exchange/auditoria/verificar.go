package auditoria

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
)

// AbreContenido opens a content that the gateway keeps; an error wraps fs.ErrNotExist
// where it is not there.
type AbreContenido func(schema.Huella) (io.ReadCloser, error)

// Verify holds the log against itself, against every checkpoint that was signed
// and those that somebody kept (viejos, by the name under which they are told of),
// the tables against the log, and the contents on the disk against their hashes.
// It changes nothing. The first thing that differs comes back as a
// *store.Diferencia. step is told how far it is; it may be nil.
func Verify(ctx context.Context, st *store.Store, open AbreContenido, viejos map[string]string,
	step func(what string, done, total int64)) (r store.Verificado, err error) {
	var cabezas []store.Cabeza
	err = st.View(ctx, func(v *store.View) (err error) {
		cabezas, err = heads(v, viejos)
		return err
	})
	if _, told := errors.AsType[*store.Diferencia](err); told {
		return r, err
	}
	if err != nil { // a head or a key that cannot even be read: its row is what differs
		_, found := st.Verify(ctx, nil, step)
		return r, cmp.Or(found, err)
	}
	if r, err = st.Verify(ctx, cabezas, step); err != nil {
		return r, err
	}
	err = st.View(ctx, func(v *store.View) error {
		return v.TodoContenido(func(c store.ContenidoCitado) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			if r.Archivos++; step != nil && r.Archivos%64 == 0 {
				step("archivos", r.Archivos, 0)
			}
			return content(open, c)
		})
	})
	return r, err
}

// heads are the checkpoints that are known, their signatures verified.
func heads(v *store.View, viejos map[string]string) (all []store.Cabeza, err error) {
	sellos, err := v.Sellos()
	if err != nil {
		return nil, err
	}
	rehearsal, err := v.Simulacro()
	if err != nil {
		return nil, err
	}
	puntos, err := v.Puntos()
	if err != nil {
		return nil, err
	}
	for _, p := range puntos {
		name := fmt.Sprintf("el punto de control que la pasarela guardó del evento %d", p.Tamano)
		h, _, err := Open(p.Nota, sellos)
		if err != nil {
			return nil, &store.Diferencia{Texto: name + " no tiene una firma buena: " + err.Error()}
		}
		if h.Tamano != p.Tamano || !h.Momento.Equal(p.Momento.Truncate(time.Second)) ||
			h.same(rehearsal) != nil {
			return nil, &store.Diferencia{Texto: name + " no dice lo que la fila dice de él"}
		}
		all = append(all, store.Cabeza{Tamano: h.Tamano, Raiz: h.Raiz, Origen: name})
	}
	for _, name := range slices.Sorted(maps.Keys(viejos)) {
		h, llave, err := Open(viejos[name], sellos)
		if err != nil {
			return nil, &store.Diferencia{Texto: name +
				": su firma no es de ninguna llave que esta pasarela conozca: " + err.Error()}
		}
		if h.same(rehearsal) != nil {
			return nil, &store.Diferencia{Texto: name +
				" no es de esta bitácora: sólo uno de los dos es de un simulacro"}
		}
		all = append(all,
			store.Cabeza{Tamano: h.Tamano, Raiz: h.Raiz,
				Origen: fmt.Sprintf("%s (firmado con %s, %s)", name, llave, schema.NewInstante(h.Momento))})
	}
	return all, nil
}

func content(open AbreContenido, c store.ContenidoCitado) error {
	r, err := open(c.SHA256)
	if errors.Is(err, fs.ErrNotExist) {
		return &store.Diferencia{Texto: fmt.Sprintf("falta en el disco el contenido de %s (SHA-256 %s)",
			c.Nombre, c.SHA256)}
	}
	if err != nil {
		return err
	}
	h := sha256.New()
	n, err := io.Copy(h, r)
	if err := errors.Join(err, r.Close()); err != nil {
		return err
	}
	if got := hex.EncodeToString(h.Sum(nil)); n != c.Bytes || got != string(c.SHA256) {
		return &store.Diferencia{
			Texto: fmt.Sprintf("el contenido de %s en el disco no es el que se registró (SHA-256 %s)",
				c.Nombre, c.SHA256)}
	}
	return nil
}
