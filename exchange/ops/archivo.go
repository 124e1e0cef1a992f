package ops

import (
	"encoding/json"
	"io"

	"buzon/schema"
	"buzon/store"
)

// FileTrace is what is known of one content under a name, that a party sent or that we
// made.
type FileTrace struct {
	File      string          `json:"file"`
	Made      bool            `json:"made"`  // by the gateway; false: it arrived
	Party     schema.Parte    `json:"party"` // that sent it, or that it is for
	Type      schema.Tipo     `json:"type"`
	SHA256    schema.Huella   `json:"sha256"`
	Bytes     int64           `json:"bytes"`
	Day       schema.Dia      `json:"day"` // the operation day
	Received  schema.Instante `json:"received,omitempty"`
	Generated schema.Instante `json:"generated,omitempty"`
	Visible   schema.Instante `json:"visible,omitempty"`
	Annulled  schema.Instante `json:"annulled,omitempty"`
	Result    string          `json:"result,omitempty"` // of a file that arrived
	Records   int             `json:"records"`
	Accepted  int             `json:"accepted"`
	Refused   int             `json:"refused"`
	Acuse     string          `json:"acuse,omitempty"`
	Acusa     *Via            `json:"answers"`     // the file that it answers or comes from
	Hechos    []Via           `json:"answered_by"` // ACU, RCH and LOT made of it
	Pickup    *PickupState    `json:"pickup"`
	Pickups   []Recogida      `json:"pickups"`
	Simulacro bool            `json:"simulacro,omitempty"` // of a rehearsal
	Next      int64           `json:"next,omitempty"`      // cursor of the folios where there are more
	Folios    []FileFolio     `json:"folios"`              // stays last: WriteFiles streams it

	traza store.TrazaArchivo
}

// FileFolio is one record of a file.
type FileFolio struct {
	Folio       schema.Folio  `json:"folio"` // "" where it could not be read
	Institution string        `json:"institution,omitempty"`
	Round       int           `json:"round,omitempty"`
	Line        int           `json:"line"` // of an ACU or RCH: of the file that it answers
	State       string        `json:"state"`
	Code        schema.Codigo `json:"code,omitempty"` // why it was refused
}

func newFileFolio(x store.FolioDeArchivo) FileFolio {
	f := FileFolio{Folio: x.Folio, Round: x.Vuelta, Line: x.Linea, State: x.Estado, Code: x.Codigo}
	if x.UNE != 0 {
		f.Institution = x.UNE.String()
	}
	return f
}

// TraceFile gives what is known of a name, without folios; store.ErrNotFound where
// no file of that name is known.
func TraceFile(v *store.View, name string) ([]FileTrace, error) {
	all, err := v.TraceFile(name)
	if err == nil && len(all) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	simulacro, err := v.Simulacro()
	files := make([]FileTrace, len(all))
	for i, t := range all {
		files[i] = newFile(t)
		files[i].Simulacro = simulacro
	}
	return files, err
}

func newFile(t store.TrazaArchivo) FileTrace {
	f := FileTrace{traza: t, Acuse: t.Acuse, Hechos: []Via{}, Pickups: newPickups(t.Recogidas)}
	if a := t.Llegado; a != nil {
		f.File, f.Party, f.Type, f.SHA256, f.Bytes, f.Day = a.Nombre, a.Parte, a.Tipo, a.SHA256, a.Bytes,
			a.Jornada
		f.Received, f.Result = schema.NewInstante(a.Recibido), a.Resultado.String()
		f.Records, f.Accepted, f.Refused = a.Registros, a.Aceptados, a.Rechazados
		for _, s := range t.Hechas {
			f.Hechos = append(f.Hechos, *viaSalida(&s, 0))
		}
		return f
	}
	s := t.Hecho
	f.File, f.Made, f.Party, f.Type, f.SHA256, f.Bytes, f.Day = s.Nombre, true, s.Parte, s.Tipo, s.SHA256,
		s.Bytes, s.Jornada
	f.Generated, f.Visible, f.Annulled, f.Records = schema.NewInstante(s.Generado), instante(s.Publicado),
		instante(t.Anulado), s.Registros
	f.Pickup = newPickupState(t.Cobertura, !s.NoObservable)
	if t.Contesta != nil {
		via := viaArchivo(*t.Contesta, 0)
		f.Acusa = &via
	}
	return f
}

// EachFolio calls each for the records of a file, by their lines.
func (f *FileTrace) EachFolio(v *store.View, each func(FileFolio) error) error {
	return v.FoliosDe(f.traza, 0, 0, func(x store.FolioDeArchivo) error { return each(newFileFolio(x)) })
}

// readFolios reads a page of a file's records after a cursor.
func (f *FileTrace) readFolios(v *store.View, after int64, limit int) error {
	f.Folios = []FileFolio{}
	var last int64
	return v.FoliosDe(f.traza, after, limit+1, func(x store.FolioDeArchivo) error {
		if len(f.Folios) == limit {
			f.Next = last
			return nil
		}
		f.Folios, last = append(f.Folios, newFileFolio(x)), x.Cursor
		return nil
	})
}

// WriteFiles writes files as one JSON object a line with every record, of which a
// file may have millions: none but the one that is written is held.
func WriteFiles(w io.Writer, v *store.View, files []FileTrace) error {
	for _, f := range files {
		f.Folios = nil
		head, err := json.Marshal(f)
		if err != nil {
			return err
		}
		head = append(head[:len(head)-len(`null}`)], '[')
		err = f.EachFolio(v, func(x FileFolio) error {
			line, err := json.Marshal(x)
			if err == nil {
				_, err = w.Write(append(head, line...))
			}
			head = []byte(",")
			return err
		})
		if err != nil {
			return err
		}
		if head[0] == ',' {
			head = nil
		}
		if _, err := w.Write(append(head, "]}\n"...)); err != nil {
			return err
		}
	}
	return nil
}
