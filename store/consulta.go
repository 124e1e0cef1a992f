package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Consulta selects events. The zero value selects all, oldest first; each field
// that is set narrows it. With a Folio it selects what acts did to that folio, each
// place by itself.
type Consulta struct {
	Parte     schema.Parte // 0: any
	Folio     schema.Folio
	Archivo   string
	Evento    string      // of a Folio also what an act did to it
	Tipo      schema.Tipo // of the file that the event names
	Llave     string      // fingerprint of the key that the event names
	Direccion string      // address without port, as netip.Addr writes it
	Desde     time.Time   // from this moment
	Hasta     time.Time   // before this moment
	DespuesDe Cursor      // what comes after this event in the order asked for
	Tope      int64       // no event with a higher number; 0 none
	Ultimos   bool        // newest first
	Limite    int         // 0: all
}

// Cursor is a place in a list of events: an event, and of a folio the place in its
// act. The zero value is the beginning.
type Cursor struct {
	N     int64
	Lugar int
}

// IsZero tells whether it is the beginning.
func (c Cursor) IsZero() bool { return c == Cursor{} }

// String is 12, or 12.3 for the third place of the act 12.
func (c Cursor) String() string {
	if c.Lugar == 0 {
		return strconv.FormatInt(c.N, 10)
	}
	return fmt.Sprintf("%d.%d", c.N, c.Lugar)
}

// ParseCursor reads what String writes; "" is the beginning.
func ParseCursor(s string) (c Cursor, err error) {
	if s == "" {
		return c, nil
	}
	n, lugar, placed := strings.Cut(s, ".")
	if c.N, err = strconv.ParseInt(n, 10, 64); err == nil && placed {
		c.Lugar, err = strconv.Atoi(lugar)
	}
	if err != nil || c.N < 1 || c.Lugar < 0 || placed && c.Lugar == 0 {
		return Cursor{}, errors.New("want the number of an event, from 1 on, or of a folio's as 12.3")
	}
	return c, nil
}

// MarshalJSON writes a number, or of a folio's place a text.
func (c Cursor) MarshalJSON() ([]byte, error) {
	if c.Lugar == 0 {
		return []byte(c.String()), nil
	}
	return []byte(`"` + c.String() + `"`), nil
}

// De is the cursor of an event that was read.
func De(e bitacora.Evento) Cursor { return Cursor{e.N, e.Lugar} }

// filtro is one equality of a Consulta, with the index that answers it in the
// log's order.
type filtro struct {
	columna, indice string
	valor           string
	unico           bool // few events have the same value: no other index is better
}

// filtros gives the equalities that were asked for, the narrowest first.
func (q *Consulta) filtros() (all []filtro) {
	for _, f := range []filtro{
		{"archivo", "bitacora_archivo", q.Archivo, true},
		{"llave", "bitacora_llave", q.Llave, false},
		{"direccion", "bitacora_direccion", q.Direccion, false},
		{"parte", "bitacora_parte", q.Parte.String(), false},
		{"evento", "bitacora_evento", q.Evento, false},
		{"tipo", "bitacora_tipo", string(q.Tipo), false},
	} {
		if f.valor != "" {
			all = append(all, f)
		}
	}
	return all
}

// where is the condition of a filter; the indexes of folios and files leave the
// events without one out.
func (f filtro) where() string {
	if f.unico {
		return fmt.Sprintf("%[1]s = ? AND %[1]s <> ''", f.columna)
	}
	return f.columna + " = ?"
}

// entre is the range of events from Primero to Ultimo.
type entre struct{ primero, ultimo int64 }

func (r entre) empty() bool { return r.primero > r.ultimo }

// History calls each for the events that q selects. No question reads the whole
// log but the one without any condition: the range of moments becomes a range of
// numbers, and one equality is looked up in its index, which is in the order of
// the log.
func (v *View) History(q Consulta, each func(bitacora.Evento) error) error {
	r, err := v.rango(&q)
	if err != nil || r.empty() {
		return err
	}
	if q.Folio != "" {
		return v.historyFolio(q, r, each)
	}
	filtros := q.filtros()
	by, err := v.indice(filtros, r)
	if err != nil {
		return err
	}
	simulacro, err := v.Simulacro()
	if err != nil {
		return err
	}
	query, args := q.sql(filtros, by, r)
	return v.each(query, args, func(rows valores) error {
		var c bitacora.Crudo
		if err := scanCrudo(rows, &c); err != nil {
			return err
		}
		e, err := c.Leido()
		if err != nil {
			return fmt.Errorf("event %d: %w", c.N, err)
		}
		e.Simulacro = simulacro
		return each(e)
	})
}

// sql writes the question. It names its index, so that the plan does not hang on
// what the database has counted of its tables, or on nothing.
func (q *Consulta) sql(filtros []filtro, by string, r entre) (query string, args []any) {
	where := []string{`n BETWEEN ? AND ?`}
	args = []any{r.primero, r.ultimo}
	for _, f := range filtros {
		where, args = append(where, f.where()), append(args, f.valor)
	}
	if !q.Desde.IsZero() {
		where, args = append(where, `momento >= ?`), append(args, ms(q.Desde))
	}
	if !q.Hasta.IsZero() {
		where, args = append(where, `momento < ?`), append(args, ms(q.Hasta))
	}
	order, limit := `n`, -1
	if q.Ultimos {
		order = `n DESC`
	}
	if q.Limite > 0 {
		limit = q.Limite
	}
	return `SELECT ` + columnasEvento + ` FROM bitacora ` + by +
		` WHERE ` + strings.Join(where, ` AND `) + ` ORDER BY ` + order + ` LIMIT ?`, append(args, limit)
}

// porBloque is how many events a row of the table bloques tells of, as a power of two.
const porBloque = 10

// rango gives the range in which every event lies that q selects. It may hold
// others before and after them.
func (v *View) rango(q *Consulta) (r entre, err error) {
	if r.ultimo, err = v.Eventos(); err != nil {
		return r, err
	}
	r.primero = 1
	if q.Tope > 0 {
		r.ultimo = min(r.ultimo, q.Tope)
	}
	switch { // of a folio, more of the same act may come
	case q.DespuesDe.N > 0 && q.Folio != "":
	case q.DespuesDe.N > 0 && q.Ultimos:
		r.ultimo = min(r.ultimo, q.DespuesDe.N-1)
	case q.DespuesDe.N > 0:
		r.primero = q.DespuesDe.N + 1
	}
	if q.Desde.IsZero() && q.Hasta.IsZero() {
		return r, nil
	}
	desde, hasta := int64(-1<<62), int64(1<<62)
	if !q.Desde.IsZero() {
		desde = ms(q.Desde)
	}
	if !q.Hasta.IsZero() {
		hasta = ms(q.Hasta)
	}
	var first, last int64
	err = v.get(
		`SELECT coalesce(min(bloque), 0), coalesce(max(bloque), -1) FROM bloques WHERE hasta >= ?
			AND desde < ?`,
		[]any{desde, hasta}, &first, &last)
	r.primero, r.ultimo = max(r.primero, first<<porBloque), min(r.ultimo, (last+1)<<porBloque-1)
	return r, err
}

// sondeo is how many entries of an index are counted to compare it with another.
const sondeo = 2000

// indice chooses the index of a question: the one with the fewest entries in the
// range, where no filter is sharp by itself. A rare event of a busy party is
// found by the event, a common one of a party with little to do by the party.
func (v *View) indice(filtros []filtro, r entre) (by string, err error) {
	if len(filtros) == 0 {
		return `NOT INDEXED`, nil // by number
	}
	best := filtros[0].indice
	if !filtros[0].unico && len(filtros) > 1 {
		least := int64(sondeo)
		for _, f := range filtros {
			var n int64
			err := v.get(`SELECT count(*) FROM (SELECT 1 FROM bitacora INDEXED BY `+f.indice+` WHERE `+
				f.where()+` AND n BETWEEN ? AND ? LIMIT ?)`,
				[]any{f.valor, r.primero, r.ultimo, least}, &n)
			if err != nil {
				return "", err
			}
			if n < least {
				best, least = f.indice, n
			}
		}
	}
	return `INDEXED BY ` + best, nil
}

// What Stream reads at a time.
const (
	pagina    = 1000 // events
	MaxPagina = 4 << 20
)

// Stream calls each for the events that q selects, as History does, and gives
// their number. What is written while it runs is not among them. It reads them a
// page at a time and holds no snapshot in between, so that whoever takes them
// slowly holds nothing up; the log never changes, so that the pages fit.
func (s *Store) Stream(ctx context.Context, q Consulta, each func(bitacora.Evento) error) (n int, err error) {
	for limite, more := q.Limite, true; more && (limite == 0 || n < limite); {
		var page []bitacora.Evento
		err := s.View(ctx, func(v *View) (err error) {
			if q.Tope == 0 {
				if q.Tope, err = v.Eventos(); err != nil {
					return err
				}
			}
			if q.Limite = pagina; limite > 0 {
				q.Limite = min(pagina, limite-n)
			}
			page, more, err = v.Page(q)
			return err
		})
		if err != nil {
			return n, err
		}
		for _, e := range page {
			if err := each(e); err != nil {
				return n, err
			}
			n++
		}
		if len(page) > 0 {
			q.DespuesDe = De(page[len(page)-1])
		}
	}
	return n, nil
}

// sobre is more than an event costs in JSON beside its texts, or a page beside its
// events.
const sobre = 256

// peso is how many bytes an event has as JSON, at most: of what a party may have
// named each byte can cost six.
func peso(e *bitacora.Evento) int {
	return sobre + e.Bytes + len(e.Evento) + len(e.Que) + len(e.Parte.String()) + len(e.SHA256) +
		6*(len(e.Archivo)+len(e.Folio))
}

// Page gives the events of a question, q.Limite at most and no more than MaxPagina
// bytes as JSON but for the first, and whether there may be more.
func (v *View) Page(q Consulta) (page []bitacora.Evento, more bool, err error) {
	bytes := sobre
	limite := q.Limite
	if q.Limite > 0 {
		q.Limite++
	}
	err = v.History(q, func(e bitacora.Evento) error {
		if bytes += peso(&e); len(page) > 0 && (bytes > MaxPagina || limite > 0 && len(page) == limite) {
			more = true
			return errEnough
		}
		page = append(page, e)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return page, more, err
}

// UltimoLatido is until when our server is known to have been up; ErrNotFound
// where it never was.
func (v *View) UltimoLatido() (time.Time, error) {
	var at int64
	err := v.get(`SELECT hasta FROM latidos ORDER BY id DESC LIMIT 1`, nil, &at)
	return moment(at), err
}
