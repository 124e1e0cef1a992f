package store

import (
	"errors"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TipoAnexo is the type of the files in which annexes go on to CONDUSEF. It is
// none of the layout's: nobody answers it.
const TipoAnexo schema.Tipo = "ANX"

// Anexo is one content that arrived under the name of an annex. What a party calls
// it may name a person, so the log has its hash and never its name.
type Anexo struct {
	ID       int64
	Parte    schema.Parte
	Nombre   string // as the party wrote it: never for the log
	SHA256   schema.Huella
	Bytes    int64
	Recibido time.Time // the moment that counts
}

// AddAnexo takes an annex in; new is false where this content arrived under this
// name before.
func (tx *Tx) AddAnexo(a *Anexo) (isNew bool, err error) {
	have, err := tx.Anexo(a.Parte, a.Nombre, a.SHA256)
	if err == nil {
		*a = have
		return false, nil
	}
	if !errors.Is(err, ErrNotFound) {
		return false, err
	}
	a.ID, err = tx.add(tAnexos, a.Parte, a.Nombre, string(a.SHA256), a.Bytes, ms(a.Recibido))
	if err != nil {
		return false, err
	}
	return true, tx.Log(Acto{Evento: bitacora.AnexoRecibido, Parte: a.Parte, SHA256: a.SHA256,
		Carga: bitacora.CargaAnexo{Bytes: a.Bytes, Recibido: schema.NewInstante(a.Recibido)}})
}

// Anexo gives the annex of a party with a name and a content; ErrNotFound where it
// did not arrive.
func (v *View) Anexo(parte schema.Parte, nombre string, h schema.Huella) (a Anexo, err error) {
	a = Anexo{Parte: parte, Nombre: nombre, SHA256: h}
	var at int64
	err = v.get(`SELECT id, bytes, recibido FROM anexos WHERE parte = ? AND nombre = ? AND sha256 = ?`,
		[]any{parte, nombre, string(h)},
		&a.ID, &a.Bytes, &at)
	a.Recibido = moment(at)
	return a, err
}

// AddDevolucion records the file s in which an annex goes on, with the answer that
// an acuse receipted.
func (tx *Tx) AddDevolucion(s *Salida, acuse string) error {
	if err := tx.AddSalida(s); err != nil {
		return err
	}
	return tx.Log(s.acto(bitacora.AnexoDevuelto, bitacora.CargaDevolucion{Acuse: acuse, Bytes: s.Bytes}))
}
