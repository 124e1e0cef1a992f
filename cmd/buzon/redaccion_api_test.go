package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"

	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/store"
	"buzon/store/bitacora"
)

// conNombre are the tables that have the names of files as parties gave them, which
// may be a person's.
var conNombre = map[string]bool{"anexos": true, "arribos": true, "salidas": true, "vistos": true}

// cleanTables looks for every value in every table of the store: a record's text is
// in none, but for the name of an annex where files are known by their names.
func (r *rehearsed) cleanTables(t *testing.T) {
	t.Helper()
	path := filepath.Join(r.Dir, "datos", "buzon.db")
	db, err := sql.Open("sqlite3", path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	tables, named := 0, *r
	named.people = map[string]string{}
	for value, field := range r.people {
		if field != "ResAnexo" {
			named.people[value] = field
		}
	}
	delete(named.people, "Casilda") // the annex is about her
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			t.Fatal(err)
		}
		tables++
		if conNombre[table] {
			named.clean(t, "table "+table, raw(t, path, table))
			continue
		}
		r.clean(t, "table "+table, raw(t, path, table))
	}
	if tables < len(conNombre)+20 {
		t.Errorf("%d tables", tables)
	}
}

// cleanLog looks at the payload of every event, as the log keeps it.
func (r *rehearsed) cleanLog(t *testing.T, st *store.Store) {
	t.Helper()
	places := 0
	err := st.View(t.Context(), func(v *store.View) error {
		for c, err := range v.Actos(time.Time{}, nil) {
			if err != nil {
				return err
			}
			r.clean(t, fmt.Sprintf("event %d, %s", c.N, c.Evento), fmt.Sprint(*c))
			if err := bitacora.Lugares(c, 0, func(bitacora.Lugar) error {
				places++
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || places < 100 {
		t.Errorf("%d places, %v", places, err)
	}
}

// cleanAPI looks at all that the API answers about the day: pages of history, and
// each folio and file that it names.
func (r *rehearsed) cleanAPI(t *testing.T, st *store.Store) {
	t.Helper()
	base, end := r.serveAPI(t, st)
	defer end()
	folios, files := map[string]bool{}, map[string]bool{}
	page := func(path string) (next any) {
		t.Helper()
		code, body := ask(t, base+path, "")
		if code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, code, body)
		}
		r.clean(t, path, body)
		var out struct {
			Next   any
			Events []struct {
				File    string
				Details map[string]any
			}
		}
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		for _, e := range out.Events {
			files[e.File] = true
			for _, list := range e.Details {
				addFolios(folios, list)
			}
		}
		return out.Next
	}
	for after := ""; ; {
		next := page("/api/v1/history?limit=50" + after)
		if next == nil {
			break
		}
		after = fmt.Sprintf("&after=%.0f", next)
	}
	page("/api/v1/status?date=" + r.Dia.String())
	page("/api/v1/institutions")
	for f := range folios {
		for _, path := range []string{"/api/v1/history?folio=", "/api/v1/trace?folio="} {
			page(path + url.QueryEscape(f))
		}
	}
	known := 0
	for name := range files {
		code, body := ask(t, base+"/api/v1/files/"+url.PathEscape(name), "")
		r.clean(t, "file "+name, body)
		if code == http.StatusOK { // an annex is told by its acuse, under which no file is known
			known++
		}
	}
	if len(folios) < 50 || known < 20 {
		t.Errorf("%d folios and %d files are too few to tell", len(folios), known)
	}
}

// addFolios adds the folios of a list in a payload.
func addFolios(folios map[string]bool, list any) {
	all, _ := list.([]any)
	for _, x := range all {
		if row, ok := x.(map[string]any); ok {
			if f, ok := row["folio"].(string); ok {
				folios[f] = true
			}
		}
	}
}

// serveAPI serves the API on loopback, without tokens.
func (r *rehearsed) serveAPI(t *testing.T, st *store.Store) (base string, end func()) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &ops.Consultas{Store: st, Log: zap.NewNop(), Now: r.Gateway.Cycle.Now,
		Acuerdo: gateway.Acuerdo(r.Gateway.Config)}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, l) }()
	return "http://" + l.Addr().String(), func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the API ends with %v", err)
		}
	}
}
