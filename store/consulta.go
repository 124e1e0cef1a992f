package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"buzon/schema"
)

// ConsultaExportada is the event that an auditor took rows of the log away.
const ConsultaExportada = "consulta_exportada"

// Consulta selects events. The zero value selects all, oldest first; each field
// that is set narrows it.
type Consulta struct {
	Parte     string
	Folio     schema.Folio
	Archivo   string
	Evento    string
	Tipo      schema.Tipo // of the file that the event names
	Llave     string      // fingerprint of the key that the event names
	Direccion string      // address without port, as netip.Addr writes it
	Desde     time.Time   // from this moment
	Hasta     time.Time   // before this moment
	DespuesDe int64       // cursor: what comes after this event in the order asked for; 0 the beginning
	Tope      int64       // no event with a higher number; 0 none
	Ultimos   bool        // newest first
	Limite    int         // 0: all
}

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
		{"folio", "bitacora_folio", string(q.Folio), true},
		{"archivo", "bitacora_archivo", q.Archivo, true},
		{"llave", "bitacora_llave", q.Llave, false},
		{"direccion", "bitacora_direccion", q.Direccion, false},
		{"parte", "bitacora_parte", q.Parte, false},
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
func (v *View) History(q Consulta, each func(Evento) error) error {
	r, err := v.rango(&q)
	if err != nil || r.empty() {
		return err
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
	return v.each(query, args, func(rows *sql.Rows) error {
		e := Evento{Simulacro: simulacro}
		var at int64
		var det string
		if err := rows.Scan(&e.N, &at, &e.Evento, &e.Parte, &e.Archivo, &e.SHA256, &e.Folio, &det); err != nil {
			return err
		}
		e.Momento = moment(at)
		if err := json.Unmarshal([]byte(det), &e.Detalle); err != nil {
			return fmt.Errorf("event %d: %w", e.N, err)
		}
		delete(e.Detalle, "filas") // hashes of rows are for verify alone
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
	return `SELECT n, momento, evento, parte, archivo, sha256, folio, detalle FROM bitacora ` + by +
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
	switch {
	case q.DespuesDe > 0 && q.Ultimos:
		r.ultimo = min(r.ultimo, q.DespuesDe-1)
	case q.DespuesDe > 0:
		r.primero = q.DespuesDe + 1
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
	err = v.get(`SELECT coalesce(min(bloque), 0), coalesce(max(bloque), -1) FROM bloques WHERE hasta >= ? AND desde < ?`,
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
			err := v.get(`SELECT count(*) FROM (SELECT 1 FROM bitacora INDEXED BY `+f.indice+` WHERE `+f.where()+` AND n BETWEEN ? AND ? LIMIT ?)`,
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

// pagina is how many events Stream reads at a time.
const pagina = 1000

// Stream calls each for the events that q selects, as History does, and gives
// their number. What is written while it runs is not among them. It reads them a
// page at a time and holds no snapshot in between, so that whoever takes them
// slowly holds nothing up; the log never changes, so that the pages fit.
func (s *Store) Stream(ctx context.Context, q Consulta, each func(Evento) error) (n int, err error) {
	for limite := q.Limite; limite == 0 || n < limite; {
		var page []Evento
		err := s.View(ctx, func(v *View) (err error) {
			if q.Tope == 0 {
				if q.Tope, err = v.Eventos(); err != nil {
					return err
				}
			}
			if q.Limite = pagina; limite > 0 {
				q.Limite = min(pagina, limite-n)
			}
			return v.History(q, func(e Evento) error { page = append(page, e); return nil })
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
		if len(page) < q.Limite {
			break
		}
		q.DespuesDe = page[len(page)-1].N
	}
	return n, nil
}

// UltimoLatido is until when our server is known to have been up; ErrNotFound
// where it never was.
func (v *View) UltimoLatido() (time.Time, error) {
	var at int64
	err := v.get(`SELECT hasta FROM latidos ORDER BY id DESC LIMIT 1`, nil, &at)
	return moment(at), err
}
