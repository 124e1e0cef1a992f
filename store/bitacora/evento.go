package bitacora

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"buzon/schema"
)

// Crudo is an event as the log keeps it, its payload unread: what its leaf in the
// tree is made from.
type Crudo struct {
	N       int64  `json:"n"`
	Momento int64  `json:"momento"` // Unix milliseconds
	Evento  string `json:"evento"`
	Parte   string `json:"parte"` // CONDUSEF or clave8; "" the gateway itself
	Archivo string `json:"archivo"`
	SHA256  string `json:"sha256"`
	Folio   string `json:"folio"`   // where the act is of one folio
	Detalle string `json:"detalle"` // JSON, as it was written
}

// Canonico gives the bytes of an event that its leaf is the hash of
// (docs/bitacora.md, section 1). It is written out there for other programs and
// never changes.
func (c *Crudo) Canonico() []byte {
	b := make([]byte, 0, len(c.Detalle)+256)
	b = Netstring(b, strconv.FormatInt(c.N, 10))
	b = Netstring(b, strconv.FormatInt(c.Momento, 10))
	for _, t := range []string{c.Evento, c.Parte, c.Archivo, c.SHA256, c.Folio, c.Detalle} {
		b = Netstring(b, t)
	}
	return b
}

// Hoja is the leaf of the event in the log's tree.
func (c *Crudo) Hoja() tlog.Hash { return tlog.RecordHash(c.Canonico()) }

// Netstring appends a text with its length before it and a comma after it.
func Netstring(b []byte, s string) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, ':')
	b = append(b, s...)
	return append(b, ',')
}

// Detalle is what an event says beyond its columns, read without its struct. What an
// act did to each record stays JSON in it (json.RawMessage): hundreds of renglones
// that nobody may look at.
type Detalle map[string]any

// Evento is an event that was read, for people and their programs.
type Evento struct {
	N       int64
	Momento time.Time
	Evento  string
	Parte   schema.Parte // 0: the gateway itself
	Archivo string
	SHA256  schema.Huella
	Folio   schema.Folio
	Detalle Detalle
	// Lugar is the place of one record in the act, from 1, where the event was
	// asked for by a folio: Detalle has that record's part alone. 0: the whole.
	Lugar int
	// Que names what the act did to that record, "" where Lugar is 0.
	Que string
	// Simulacro tells that the log is a rehearsal's.
	Simulacro bool
	// Bytes is how long the payload is that it was read from.
	Bytes int
}

// MarshalJSON writes the object that history --json prints.
func (e Evento) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		N       int64           `json:"n"`
		Time    schema.Instante `json:"time"`
		Event   string          `json:"event"`
		Party   schema.Parte    `json:"party"`
		File    string          `json:"file"`
		SHA256  schema.Huella   `json:"sha256"`
		Folio   schema.Folio    `json:"folio"`
		Place   int             `json:"place,omitempty"`
		What    string          `json:"what,omitempty"`
		Details Detalle         `json:"details,omitempty"`
		Ensayo  bool            `json:"simulacro,omitempty"`
	}{
		e.N, schema.NewInstante(e.Momento), e.Evento, e.Parte, e.Archivo, e.SHA256, e.Folio,
		e.Lugar, e.Que, e.Detalle, e.Simulacro,
	})
}

// Leido reads an event for people. What only verify has a use for is left out.
func (c *Crudo) Leido() (Evento, error) {
	e := Evento{
		N: c.N, Momento: time.UnixMilli(c.Momento).In(schema.Zona), Evento: c.Evento, Archivo: c.Archivo,
		SHA256: schema.Huella(c.SHA256), Folio: schema.Folio(c.Folio), Bytes: len(c.Detalle),
	}
	head, list, rows := c.partido()
	err := errors.Join(e.Parte.UnmarshalText([]byte(c.Parte)), json.Unmarshal([]byte(head), &e.Detalle))
	if err == nil && list != "" {
		e.Detalle[list] = json.RawMessage(rows)
	}
	delete(e.Detalle, "filas")
	return e, err
}

// partido gives a payload without its renglones, and these, which Partes writes last;
// list is "" where it has none.
func (c *Crudo) partido() (head, list, rows string) {
	for _, name := range []string{"reclamaciones", "respuestas", "dictamenes", "folios"} {
		key := `"` + name + `":[` // in a text its quotes are written otherwise
		at := strings.Index(c.Detalle, key)
		if at > 0 && strings.HasSuffix(c.Detalle, "]}") {
			return strings.TrimSuffix(c.Detalle[:at], ",") + "}", name,
				c.Detalle[at+len(key)-1 : len(c.Detalle)-1]
		}
	}
	return c.Detalle, "", ""
}
