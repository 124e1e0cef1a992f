package exchange

import (
	"time"

	"buzon/schema"
	"buzon/store"
)

// An output is a file of ours that is being written into the blobs.
type output struct {
	draft   *Draft
	w       *schema.Writer
	version schema.Version // of the layout
	records int
	kept    bool
}

// begin writes the header of a file of ours, in the version that its receiver gets on
// the day of the file. It ends by keep or abandon.
func (c *Cycle) begin(n schema.Nombre, now time.Time, receptor, referencia string) (*output, error) {
	d, err := c.Blobs.draft()
	if err != nil {
		return nil, err
	}
	o := &output{draft: d}
	_, o.version = c.versiones(receptor, n.Dia)
	o.w, err = schema.NewWriter(d, schema.Encabezado{
		GeTipoArchivo: n.Tipo, GeVersion: o.version, GeEmisor: schema.Pasarela, GeReceptor: receptor,
		GeFechaOperacion: n.Dia.Fecha(), GeSecuencia: n.Secuencia(), GeFechaHoraGeneracion: schema.NewInstante(now), GeArchivoReferencia: referencia,
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

// keep ends the file and puts what s must say of its content into it.
func (o *output) keep(s *store.Salida) error {
	if _, err := o.w.Close(); err != nil {
		return err
	}
	o.kept = true
	s.SHA256, s.Bytes, s.Registros = o.w.Hash(), o.draft.bytes, o.records
	return o.draft.keep(s.SHA256)
}

// abandon drops a file that was not kept; after keep it does nothing. What
// cannot be removed now is swept at the next start.
func (o *output) abandon() {
	if o != nil && !o.kept {
		o.kept = true
		_ = o.draft.Discard()
	}
}
