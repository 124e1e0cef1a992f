package ops

import (
	"bufio"
	"context"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// filtros are the parameters of a question to the log.
func (p *peticion) filtros() Filtros {
	return Filtros{Institution: p.q.Get("institution"), Folio: p.q.Get("folio"), File: p.q.Get("file"),
		Type:  p.q.Get("type"),
		Event: p.q.Get("event"), From: p.q.Get("from"), To: p.q.Get("to"), Key: p.q.Get("key"),
		Address: p.q.Get("address"),
		Order:   p.q.Get("order"), After: p.q.Get("after"), Limit: p.q.Get("limit")}
}

// history answers with a page of events, or with all of them as a table.
func (s *Consultas) history(p *peticion) error {
	f := p.filtros()
	q, err := f.Consulta()
	if err != nil {
		return err
	}
	p.w.Header().Set("Vary", "Accept")
	if wantsCSV(p.r.Header.Get("Accept")) {
		return s.historyCSV(p, f, q)
	}
	if q.Limite, err = limit(q.Limite); err != nil {
		return err
	}
	var out struct {
		Events []bitacora.Evento `json:"events"`
		Next   *store.Cursor     `json:"next,omitempty"`
	}
	if err := s.Store.View(p.r.Context(), func(v *store.View) (err error) {
		out.Events, out.Next, err = page(v, q)
		return err
	}); err != nil {
		return err
	}
	return p.json(out)
}

// wantsCSV tells whether a header Accept asks for text/csv rather than for JSON.
func wantsCSV(accept string) bool {
	var table, other float64
	for part := range strings.SplitSeq(accept, ",") {
		kind, params, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := params["q"]; ok {
			if weight, err = strconv.ParseFloat(q, 64); err != nil {
				continue
			}
		}
		switch kind {
		case "text/csv":
			table = max(table, weight)
		case "application/json", "application/*", "*/*":
			other = max(other, weight)
		}
	}
	return table > 0 && table >= other
}

// historyCSV streams the events as a table. That an auditor took it is an event
// itself, also where the connection broke before its end.
func (s *Consultas) historyCSV(p *peticion, f Filtros, q store.Consulta) (err error) {
	rows := 0
	defer func() {
		if p.who.Rol == Auditor {
			err = errors.Join(err, s.exported(p, f, rows, err == nil))
		}
		if err != nil {
			err = &cut{err}
		}
	}()
	return s.table(p, q, &rows)
}

// cut is why an answer ends that has begun.
type cut struct{ error }

func (c *cut) Unwrap() error { return c.error }

// exported records that somebody took rows of the log away.
func (s *Consultas) exported(p *peticion, f Filtros, rows int, whole bool) error {
	ctx := context.WithoutCancel(p.r.Context())
	return s.Store.Update(ctx, s.Now(), func(tx *store.Tx) error {
		return tx.Log(store.Acto{Evento: bitacora.ConsultaExportada, Carga: bitacora.CargaExportacion{
			Quien: p.who.Nombre, Rol: string(p.who.Rol), Consulta: f.String(), Renglones: rows,
			Completa: whole}})
	})
}

// flushRows is after how many rows what is written goes out, and the time that its
// reader has begins anew.
const flushRows = 500

func (s *Consultas) table(p *peticion, q store.Consulta, rows *int) error {
	out := http.NewResponseController(p.w)
	buf := bufio.NewWriter(p.w)
	w := bitacora.NewCSV(buf)
	p.w.Header().Set("Content-Type", "text/csv; charset=utf-8; header=present")
	p.w.Header().Set("Content-Disposition", `attachment; filename="bitacora.csv"`)
	flush := func() error {
		return errors.Join(out.SetWriteDeadline(time.Now().Add(writeTimeout)), w.Flush(), buf.Flush(),
			out.Flush())
	}
	_, err := s.Store.Stream(p.r.Context(), q, func(e bitacora.Evento) error {
		*rows++
		if err := w.Write(e); err != nil || *rows%flushRows != 0 {
			return err
		}
		return flush()
	})
	return errors.Join(err, flush())
}

// file answers with what is known of a name, each content with a page of records.
func (s *Consultas) file(p *peticion) error {
	name := p.r.PathValue("name")
	f := Filtros{File: name, Institution: p.q.Get("institution"), After: p.q.Get("after"),
		Limit: p.q.Get("limit")}
	q, err := f.Consulta()
	if err != nil {
		return err
	}
	if q.Limite, err = limit(q.Limite); err != nil {
		return err
	}
	out := struct {
		Name  string      `json:"name"`
		Files []FileTrace `json:"files"`
	}{name, []FileTrace{}}
	err = s.Store.View(p.r.Context(), func(v *store.View) error {
		all, err := TraceFile(v, name)
		if err != nil {
			return err
		}
		sha := schema.Huella(p.q.Get("sha256"))
		for _, x := range all {
			if (q.Parte == 0 || q.Parte == x.Party) && (sha == "" || sha == x.SHA256) {
				out.Files = append(out.Files, x)
			}
		}
		if len(out.Files) == 0 {
			return store.ErrNotFound
		}
		if !q.DespuesDe.IsZero() && len(out.Files) > 1 {
			return &FiltroError{"after",
				errors.New("several files have this name; name one by institution and sha256")}
		}
		for i := range out.Files {
			if err := out.Files[i].readFolios(v, q.DespuesDe.N, q.Limite); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return p.json(out)
}

// Institution is one institution of the roll (padrón).
type Institution struct {
	Institution string          `json:"institution"`
	Name        string          `json:"name"`
	Sector      string          `json:"sector"`
	Term        int             `json:"term"`      // días hábiles
	Extension   int             `json:"extension"` // most días hábiles of a prórroga
	Suspended   schema.Instante `json:"suspended,omitempty"`
}

func (s *Consultas) institutions(p *peticion) error {
	out := struct {
		Institutions []Institution `json:"institutions"`
		Simulacro    bool          `json:"simulacro,omitempty"`
	}{Institutions: []Institution{}}
	err := s.Store.View(p.r.Context(), func(v *store.View) (err error) {
		if out.Simulacro, err = v.Simulacro(); err != nil {
			return err
		}
		roll, err := v.Padron()
		for _, in := range roll {
			out.Institutions = append(out.Institutions,
				Institution{in.UNE.String(), in.Denominacion, in.Sector, in.Termino, in.Prorroga,
					instante(in.Suspendida)})
		}
		return err
	})
	if err != nil {
		return err
	}
	return p.json(out)
}
