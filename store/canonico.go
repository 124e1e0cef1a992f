package store

import (
	"strconv"

	"golang.org/x/mod/sumdb/tlog"
)

// canonico gives the bytes of an event that its leaf is the hash of
// (docs/bitacora.md, section 1). It is written out there for other programs and
// never changes.
func canonico(n, momento int64, texts ...string) []byte {
	b := make([]byte, 0, 512)
	b = netstring(b, strconv.FormatInt(n, 10))
	b = netstring(b, strconv.FormatInt(momento, 10))
	for _, t := range texts {
		b = netstring(b, t)
	}
	return b
}

func netstring(b []byte, s string) []byte {
	b = strconv.AppendInt(b, int64(len(s)), 10)
	b = append(b, ':')
	b = append(b, s...)
	return append(b, ',')
}

// Crudo is an event as the log keeps it, its detail unread: what its leaf in the
// tree is made from.
type Crudo struct {
	N       int64  `json:"n"`
	Momento int64  `json:"momento"` // Unix milliseconds
	Evento  string `json:"evento"`
	Parte   string `json:"parte"`
	Archivo string `json:"archivo"`
	SHA256  string `json:"sha256"`
	Folio   string `json:"folio"`
	Detalle string `json:"detalle"` // JSON, as it was written
}

// Hoja is the leaf of the event in the log's tree.
func (c *Crudo) Hoja() tlog.Hash {
	return tlog.RecordHash(canonico(c.N, c.Momento, c.Evento, c.Parte, c.Archivo, c.SHA256, c.Folio, c.Detalle))
}
