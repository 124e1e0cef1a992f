package exchange

import (
	"time"

	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
)

// An output is a file of ours that is being written into the blobs.
type output struct {
	draft   *archivo.Borrador
	w       *schema.Writer
	version schema.Version // of the layout
	records int
	kept    bool
}

// begin writes the header of a file of ours, in the version that its receiver gets on
// the day of the file. It ends by keep or abandon.
func (c *Cycle) begin(n schema.Nombre, now time.Time, receptor schema.Parte,
	referencia string) (*output, error) {
	d, err := c.Archivo.Hashed()
	if err != nil {
		return nil, err
	}
	o := &output{draft: d}
	_, o.version = c.versiones(receptor, n.Dia)
	o.w, err = schema.NewWriter(d, schema.Encabezado{
		GeTipoArchivo: n.Tipo, GeVersion: o.version, GeEmisor: schema.Pasarela, GeReceptor: receptor.String(),
		GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now), GeArchivoReferencia: referencia,
	})
	if err != nil {
		o.abandon()
		return nil, err
	}
	return o, nil
}

func (o *output) write(record any) error {
	o.records++
	return o.w.Write(record)
}

// keep ends the file, keeps it, and puts what s must say of its content into it.
func (o *output) keep(s *store.Salida) error {
	if err := o.close(s); err != nil {
		return err
	}
	_, _, err := o.draft.Keep()
	return err
}

// close is keep for a file whose draft others keep.
func (o *output) close(s *store.Salida) error {
	if _, err := o.w.Close(); err != nil {
		return err
	}
	o.kept = true
	h := o.w.Hash()
	o.draft.Name(h)
	s.SHA256, s.Bytes, s.Registros = h, o.draft.Bytes(), o.records
	return nil
}

// abandon drops a file that was not kept; after keep it does nothing. What
// cannot be removed now is swept at the next start.
func (o *output) abandon() {
	if o != nil && !o.kept {
		o.kept = true
		_ = o.draft.Discard()
	}
}
