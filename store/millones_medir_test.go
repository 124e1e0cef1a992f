package store

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// TestMillions asks a log of millions what auditors ask, and tells what a folio
// costs that was delivered, answered and returned. BUZON_MILLONES names the folder
// of the log, which is made where it is not there; BUZON_MILLONES_DIAS and
// BUZON_MILLONES_FOLIOS are how many days it has, and folios of each of 200
// institutions in a day: 250 days of 40 are 2,000,000 folios. Unasked it is a small
// one, of which only the cost is held against a bar: a time would be the machine's.
func TestMillions(t *testing.T) {
	dir, days := os.Getenv("BUZON_MILLONES"), numero("BUZON_MILLONES_DIAS", 250)
	if dir == "" {
		dir, days = t.TempDir(), 2
	}
	m := inventa(t, dir, days, numero("BUZON_MILLONES_FOLIOS", 40))
	if cost := m.costo(days); m.folios >= 40 && cost > maxFolio {
		t.Errorf("a folio costs %d bytes, more than %d", cost, maxFolio)
	}
	m.verifica()
	for _, x := range m.preguntas(days) {
		var took []time.Duration
		for range 200 {
			fn := x.ask()
			start := time.Now()
			view(t, m.s, fn)
			took = append(took, time.Since(start))
		}
		slices.Sort(took)
		p50, p95 := took[len(took)/2], took[len(took)*95/100]
		t.Logf("%-24s p50 %8s   p95 %8s", x.name, p50.Round(time.Microsecond), p95.Round(time.Microsecond))
	}
}

// maxFolio is what a folio may cost, in bytes, where an institution has 40 in a day.
// What a LOT and its answer cost once, whatever they hold, is about 6,000 bytes.
const maxFolio = 590

// verifica tells how fast the facts are held against the log.
func (m *millones) verifica() {
	start := time.Now()
	r, err := m.s.Verify(m.tb.Context(), nil, nil)
	if err != nil {
		m.tb.Fatal(err)
	}
	took := time.Since(start)
	status, _ := os.ReadFile("/proc/self/status") // what there is of it is told
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	peak, _, _ = strings.Cut(strings.TrimSpace(peak), "\n")
	m.tb.Logf("verify: %d events and %d facts in %s, %.0f facts/s; the process had %s at most",
		r.Eventos, r.Filas, took.Round(time.Millisecond), float64(r.Filas)/took.Seconds(), peak)
}

// costo tells what the database has on disk, by folio, and where that goes.
func (m *millones) costo(days int) (cost int64) {
	m.tb.Helper()
	folios := int64(days * millonesUNEs * m.folios)
	if _, err := m.s.conn.ExecContext(m.tb.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`); err != nil {
		m.tb.Fatal(err)
	}
	path := ""
	if err := m.s.conn.QueryRowContext(m.tb.Context(),
		`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(&path); err != nil {
		m.tb.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		m.tb.Fatal(err)
	}
	wal, err := os.Stat(path + "-wal")
	if err != nil || wal.Size() != 0 {
		m.tb.Fatalf("the WAL of %s was not written back (%v)", filepath.Base(path), err)
	}
	m.tb.Logf("%d folios, %d bytes: %d a folio", folios, info.Size(), info.Size()/folios)
	rows, err := m.s.r.Query(
		`SELECT name, sum(pgsize), sum(payload), sum(ncell) FROM dbstat GROUP BY name ORDER BY 2 DESC`)
	if err != nil { // CGO_CFLAGS=-DSQLITE_ENABLE_DBSTAT_VTAB
		m.tb.Logf("where the bytes go is not told: %v", err)
		return info.Size() / folios
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		var size, payload, cells int64
		if err := rows.Scan(&name, &size, &payload, &cells); err != nil {
			m.tb.Fatal(err)
		}
		if size >= folios {
			m.tb.Logf("%-36s %7.1f a folio, %3d %% full, %9d cells", name, float64(size)/float64(folios),
				100*payload/size, cells)
		}
	}
	return info.Size() / folios
}

// pregunta is something that auditors ask: ask makes one of its kind.
type pregunta struct {
	name string
	ask  func() func(*View) error
}

func (m *millones) preguntas(days int) []pregunta {
	r := rand.New(rand.NewPCG(1, 1))
	folio := func() schema.Folio { return m.folioDe(r.IntN(days), r.IntN(millonesUNEs), r.IntN(m.folios)) }
	une := func() string { return clave(r.IntN(millonesUNEs)).String() }
	history := func(q Consulta, want int) func(*View) error {
		return func(v *View) error {
			n := 0
			err := v.History(q, func(bitacora.Evento) error { n++; return nil })
			if err == nil && n < want {
				err = fmt.Errorf("%d events of %+v", n, q)
			}
			return err
		}
	}
	between := func(q Consulta, n, span int) Consulta {
		q.Desde, q.Hasta = (hoy + schema.Dia(n)).At(0), (hoy + schema.Dia(n+span)).At(0)
		return q
	}
	return []pregunta{
		{"trace", func() func(*View) error {
			f := folio()
			return func(v *View) error {
				all, err := v.Trace(f)
				if err == nil && (len(all) != 1 || all[0].LOT == nil || all[0].Respuestas[0].REP == nil) {
					err = fmt.Errorf("%s: %+v", f, all)
				}
				return err
			}
		}},
		{"folio", func() func(*View) error { return history(Consulta{Folio: folio()}, 4) }},
		{"institution and day", func() func(*View) error {
			return history(between(Consulta{Parte: clave(r.IntN(millonesUNEs)).Parte()}, r.IntN(days), 1), 5)
		}},
		{"institution month event", func() func(*View) error {
			return history(between(Consulta{Parte: clave(r.IntN(millonesUNEs)).Parte(),
				Evento: bitacora.ArchivoRecogido}, r.IntN(max(days-30, 1)), 30), 1)
		}},
		{"last 100", func() func(*View) error { return history(Consulta{Ultimos: true, Limite: 100}, 100) }},
		{"last 100 of a day", func() func(*View) error {
			return history(between(Consulta{Ultimos: true, Limite: 100}, r.IntN(days), 1), 100)
		}},
		{"last 100 of a type", func() func(*View) error {
			return history(Consulta{Tipo: schema.ACU, Ultimos: true, Limite: 100}, 100)
		}},
		{"key", func() func(*View) error {
			return history(Consulta{Llave: "SHA256:" + string(huellaDe(une()))[:43], Limite: 100}, 1)
		}},
		{"address", func() func(*View) error {
			return history(Consulta{Direccion: "192.0.2." + une()[6:], Limite: 100}, 1)
		}},
		{"file of a LOT", func() func(*View) error {
			u := clave(r.IntN(millonesUNEs))
			return m.lote(nombreDe(schema.LOT, u, hoy+schema.Dia(r.IntN(days))))
		}},
	}
}

// lote asks for the folios of a LOT.
func (m *millones) lote(name string) func(*View) error {
	return func(v *View) error {
		files, err := v.TraceFile(name)
		if err != nil || len(files) != 1 {
			return fmt.Errorf("%s: %d files (%w)", name, len(files), err)
		}
		n := 0
		err = v.FoliosDe(files[0], 0, 0, func(x FolioDeArchivo) error {
			if n++; x.Estado != FolioDevuelto {
				return fmt.Errorf("%+v: %w", x, sql.ErrNoRows)
			}
			return nil
		})
		if err == nil && n != m.folios {
			err = fmt.Errorf("%s: %d folios", name, n)
		}
		return err
	}
}
