package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"buzon/schema"
)

// The size of the invented log: 250 days of 8,000 folios are 2,000,000 folios and
// 5,190,000 events.
const (
	millonesUNEs     = 200
	millonesFolios   = 40 // of an institution in a day
	millonesAnswers  = 50 // institutions that answer in a day
	millonesDias     = 250
	millonesRegistro = 250 // bytes of a record
)

// millones invents a log of millions through the store's own methods, one
// transaction a step of the day.
type millones struct {
	tb testing.TB
	s  *Store
}

func (m *millones) do(at time.Time, fn func(*Tx) error) {
	m.tb.Helper()
	if err := m.s.Update(context.Background(), at, fn); err != nil {
		m.tb.Fatal(err)
	}
}

func clave(i int) schema.UNE { return schema.UNE(900001 + i) }

func folioDe(dia, une, i int) schema.Folio {
	return schema.Folio(fmt.Sprintf("2026/%03d/%d", dia, une*millonesFolios+i+1))
}

func (m *millones) seed() {
	m.do(now, func(tx *Tx) error {
		for i := range millonesUNEs {
			u := clave(i)
			if _, err := tx.Seed([]Institucion{{UNE: u, Denominacion: "Inventada " + u.String(), Sector: "Uno", Termino: 20, Prorroga: 10}}); err != nil {
				return err
			}
		}
		return nil
	})
}

func huellaDe(parts ...any) schema.Huella {
	return schema.Huella(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, parts...))))
}

// day is one operation day: a REC, a LOT for each institution, which picks it up,
// some answers, and a REP.
func (m *millones) day(n int) {
	dia := schema.DiaDe(now) + schema.Dia(n)
	registro := strings.Repeat("x", millonesRegistro)
	rec := Archivo{Parte: schema.CONDUSEF, Nombre: fmt.Sprintf("GE_REC_%s_001.txt", dia.Compacta()), SHA256: huellaDe("rec", n), Bytes: 1 << 20, Tipo: schema.REC,
		Jornada: dia, Recibido: dia.At(0), K: 1, Resultado: 1, Registros: millonesUNEs * millonesFolios}
	casos := make([][]Caso, millonesUNEs)
	m.do(dia.At(0).Add(8*time.Hour), func(tx *Tx) error {
		if err := tx.AddArchivo(&rec); err != nil {
			return err
		}
		if err := tx.Juzgar(&rec); err != nil {
			return err
		}
		for u := range millonesUNEs {
			for i := range millonesFolios {
				c := Caso{Folio: folioDe(n, u, i), Vuelta: 1, UNE: clave(u), Linea: u*millonesFolios + i + 2, Numero: u*millonesFolios + i + 1, Turno: dia, Registro: registro}
				if err := tx.AddReclamacion(&rec, &c); err != nil {
					return err
				}
				c.Registro = ""
				casos[u] = append(casos[u], c)
			}
		}
		return nil
	})
	m.do(dia.At(0).Add(9*time.Hour), func(tx *Tx) error {
		for u := range millonesUNEs {
			if err := m.lote(tx, dia, rec.ID, clave(u), casos[u]); err != nil {
				return err
			}
		}
		return nil
	})
	var answers []Contestacion
	m.do(dia.At(0).Add(16*time.Hour), func(tx *Tx) error {
		for k := range millonesAnswers {
			u := (n*millonesAnswers + k) % millonesUNEs
			if err := m.res(tx, dia, n*millonesAnswers+k+1, clave(u), casos[u], &answers); err != nil {
				return err
			}
		}
		return nil
	})
	m.do(dia.At(0).Add(20*time.Hour), func(tx *Tx) error {
		s := Salida{Parte: schema.CONDUSEF, Carpeta: "entrada", Nombre: fmt.Sprintf("GE_REP_%s_001.txt", dia.Compacta()), Tipo: schema.REP,
			SHA256: huellaDe("rep", n), Registros: len(answers), Jornada: dia, Dia: dia, NNN: 1}
		if err := tx.AddREP(&s, answers); err != nil {
			return err
		}
		return tx.Publish(&s, tx.Now())
	})
}

func (m *millones) lote(tx *Tx, dia schema.Dia, rec int64, u schema.UNE, casos []Caso) error {
	s := Salida{Parte: u.String(), Carpeta: "reclamaciones", Nombre: fmt.Sprintf("GE_LOT_%s_%s_001.txt", u, dia.Compacta()), Tipo: schema.LOT,
		SHA256: huellaDe("lot", u, dia), Bytes: 9000, Registros: len(casos), Jornada: dia, Dia: dia, NNN: 1, Archivo: rec}
	var plazos []Plazo
	for _, c := range casos {
		plazos = append(plazos, Plazo{Caso: c.ID, Dia0: dia, Limite: dia + 28})
	}
	if err := tx.AddLote(&s, plazos, "2026.1"); err != nil {
		return err
	}
	if err := tx.Publish(&s, tx.Now()); err != nil {
		return err
	}
	at := tx.Now()
	return tx.AddRecogida(s, Recogida{Salida: s.ID, Cuenta: u.String(), Huella: "SHA256:" + string(huellaDe(u))[:43], Direccion: fmt.Sprintf("192.0.2.%d:%d", u%250, 40000+int(dia)%1000),
		Cliente: "SSH-2.0-OpenSSH_9.6", Algoritmos: "mlkem768x25519-sha256 ssh-ed25519 aes128-gcm@openssh.com", Abierta: at, Cerrada: at, Primero: at, Ultimo: at,
		Tramos: "0-8999", Cubiertos: 9000, Cierre: true, Completa: true, Ronda: 1}, Cobertura{Abierta: at, Leida: at, Completa: at, Veces: 1}, ArchivoRecogido, nil)
}

func (m *millones) res(tx *Tx, dia schema.Dia, acuse int, u schema.UNE, casos []Caso, answers *[]Contestacion) error {
	a := Archivo{Parte: u.String(), Nombre: fmt.Sprintf("GE_RES_%s_%s_001.txt", u, dia.Compacta()), SHA256: huellaDe("res", u, dia), Bytes: 9000, Tipo: schema.RES,
		Jornada: dia, Recibido: tx.Now(), K: 1, Resultado: 1, Registros: len(casos), Aceptados: len(casos)}
	if err := tx.AddArchivo(&a); err != nil {
		return err
	}
	if err := tx.Juzgar(&a); err != nil {
		return err
	}
	folio := fmt.Sprintf("ACU-2026-%08d", acuse)
	for i, c := range casos {
		p := Contestacion{Tipo: TipoRespuesta, Linea: i + 2, Numero: i + 1, Recibida: tx.Now(), Dias: 0, Oportunidad: 1,
			Limite: dia + 28, Calendario: "2026.1", Acuse: folio, Registro: strings.Repeat("y", millonesRegistro)}
		if err := tx.AddContestacion(&a, &c, &p); err != nil {
			return err
		}
		p.Registro = ""
		*answers = append(*answers, p)
	}
	s := Salida{Parte: u.String(), Carpeta: "acuses", Nombre: strings.Replace(a.Nombre, "RES", "ACU", 1), Tipo: schema.ACU, SHA256: huellaDe("acu", u, dia),
		Registros: len(casos), Jornada: dia, Dia: dia, NNN: 1, Archivo: a.ID}
	if err := tx.AddAcuse(&a, &s, folio, 2026, int64(acuse)); err != nil {
		return err
	}
	return tx.Publish(&s, tx.Now())
}

// openMillones opens the invented log of a folder, going on where an earlier run
// ended.
func openMillones(b *testing.B, dir string) *Store {
	b.Helper()
	path := filepath.Join(dir, "buzon.db")
	s, err := Open(context.Background(), path, Options{Now: now})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	m := &millones{b, s}
	days := millonesDias
	if n, err := strconv.Atoi(os.Getenv("BUZON_MILLONES_DIAS")); err == nil {
		days = n
	}
	first := 0
	err = s.View(context.Background(), func(v *View) error {
		if _, err := v.Institucion(clave(0)); errors.Is(err, ErrNotFound) {
			return nil
		}
		return v.get(`SELECT count(*) FROM archivos WHERE `+esREC, nil, &first)
	})
	if err != nil {
		b.Fatal(err)
	}
	if first == 0 {
		m.seed()
	}
	start := time.Now()
	for n := first; n < days; n++ {
		m.day(n)
		if (n+1)%10 == 0 {
			b.Logf("%d days, %s", n+1, time.Since(start).Round(time.Second))
		}
	}
	return s
}

// BenchmarkMillions asks a log of millions what auditors ask. The folder that
// BUZON_MILLONES names holds the log; it is made where it is not there, which
// takes a while.
func BenchmarkMillions(b *testing.B) {
	dir := os.Getenv("BUZON_MILLONES")
	if dir == "" {
		b.Skip("BUZON_MILLONES names no folder: NOT MEASURED")
	}
	s := openMillones(b, dir)
	size(b, s, dir)
	r := rand.New(rand.NewPCG(1, 1))
	days := 0
	if err := s.View(b.Context(), func(v *View) error {
		return v.get(`SELECT count(*) FROM archivos WHERE `+esREC, nil, &days)
	}); err != nil {
		b.Fatal(err)
	}
	history := func(q Consulta, want int) func(*View) error {
		return func(v *View) error {
			n := 0
			err := v.History(q, func(Evento) error { n++; return nil })
			if err == nil && n < want {
				err = fmt.Errorf("%d events of %+v", n, q)
			}
			return err
		}
	}
	between := func(q Consulta, n, span int) Consulta {
		dia := schema.DiaDe(now) + schema.Dia(n)
		q.Desde, q.Hasta = dia.At(0), (dia + schema.Dia(span)).At(0)
		return q
	}
	for _, x := range []struct {
		name string
		ask  func() func(*View) error
	}{
		{"trace", func() func(*View) error {
			f := folioDe(r.IntN(days), r.IntN(millonesUNEs), r.IntN(millonesFolios))
			return func(v *View) error {
				all, err := v.Trace(f)
				if err == nil && len(all) == 0 {
					err = ErrNotFound
				}
				return err
			}
		}},
		{"folio", func() func(*View) error {
			return history(Consulta{Folio: folioDe(r.IntN(days), r.IntN(millonesUNEs), r.IntN(millonesFolios))}, 2)
		}},
		{"institution and day", func() func(*View) error {
			return history(between(Consulta{Parte: clave(r.IntN(millonesUNEs)).String()}, r.IntN(days), 1), 80)
		}},
		{"institution month event", func() func(*View) error {
			return history(between(Consulta{Parte: clave(r.IntN(millonesUNEs)).String(), Evento: ArchivoRecogido}, r.IntN(max(days-30, 1)), 30), 1)
		}},
		{"last 100", func() func(*View) error { return history(Consulta{Ultimos: true, Limite: 100}, 100) }},
		{"last 100 of a day", func() func(*View) error {
			return history(between(Consulta{Ultimos: true, Limite: 100}, r.IntN(days), 1), 100)
		}},
		{"last 100 of a type", func() func(*View) error { return history(Consulta{Tipo: schema.ACU, Ultimos: true, Limite: 100}, 100) }},
		{"key", func() func(*View) error {
			return history(Consulta{Llave: "SHA256:" + string(huellaDe(clave(r.IntN(millonesUNEs))))[:43], Limite: 100}, 1)
		}},
		{"address", func() func(*View) error {
			return history(Consulta{Direccion: fmt.Sprintf("192.0.2.%d", clave(r.IntN(millonesUNEs))%250), Limite: 100}, 1)
		}},
		{"file of a LOT", func() func(*View) error {
			name := fmt.Sprintf("GE_LOT_%s_%s_001.txt", clave(r.IntN(millonesUNEs)), (schema.DiaDe(now) + schema.Dia(r.IntN(days))).Compacta())
			return func(v *View) error {
				files, err := v.TraceFile(name)
				if err != nil || len(files) != 1 {
					return fmt.Errorf("%s: %d files (%w)", name, len(files), err)
				}
				return v.FoliosDe(files[0], 0, 0, func(FolioDeArchivo) error { return nil })
			}
		}},
	} {
		b.Run(strings.ReplaceAll(x.name, " ", "_"), func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				fn := x.ask()
				start := time.Now()
				if err := s.View(b.Context(), fn); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
			b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "p95-µs")
		})
	}
}

// size tells what the log costs on disk.
func size(b *testing.B, s *Store, dir string) {
	var total int64
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	if err := s.View(b.Context(), func(v *View) error {
		n, err := v.Eventos()
		b.Logf("%d events, %d bytes on disk, %d an event", n, total, total/n)
		return err
	}); err != nil {
		b.Fatal(err)
	}
}
