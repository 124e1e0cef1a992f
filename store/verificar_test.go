package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"buzon/schema"
)

// almacenDeDias is a store that was made through its own methods: each folio delivered,
// answered and returned. Each day of it has a REC, a LOT and a RES for each
// institution, and a REP.
type almacenDeDias struct {
	tb    testing.TB
	s     *Store
	unes  int
	folio int // of an institution in a day
}

var lunesInventado = time.Date(2026, time.March, 2, 8, 0, 0, 0, schema.Zona)

func (m *almacenDeDias) do(at time.Time, fn func(*Tx) error) {
	m.tb.Helper()
	if err := m.s.Update(context.Background(), at, fn); err != nil {
		m.tb.Fatal(err)
	}
}

func huellaInventada(parts ...any) schema.Huella {
	return schema.Huella(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, parts...))))
}

// deDias makes a store of so many days.
func deDias(tb testing.TB, dias, unes, folios int) (*Store, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "buzon.db")
	s, err := Open(context.Background(), path, Options{Simulacro: true, Now: lunesInventado, Unsynced: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	m := &almacenDeDias{tb: tb, s: s, unes: unes, folio: folios}
	m.do(lunesInventado, func(tx *Tx) error {
		var all []Institucion
		for i := range unes {
			u := schema.UNE(900001 + i)
			all = append(all, Institucion{UNE: u, Denominacion: "Inventada " + u.String(), Sector: "Uno",
				Termino: 20, Prorroga: 10})
		}
		_, err := tx.Seed(all)
		return err
	})
	for d := range dias {
		m.dia(schema.DiaDe(lunesInventado) + schema.Dia(d))
	}
	return s, path
}

func (m *almacenDeDias) dia(dia schema.Dia) {
	at := dia.At(0).Add(8 * time.Hour)
	var casos [][]Asunto
	m.do(at, func(tx *Tx) (err error) {
		casos, err = m.rec(tx, dia)
		return err
	})
	var all []Respuesta
	for i := range m.unes {
		m.do(at.Add(time.Hour), func(tx *Tx) error { return m.lote(tx, dia, casos[i]) })
		m.do(at.Add(2*time.Hour), func(tx *Tx) error {
			more, err := m.res(tx, dia, casos[i])
			all = append(all, more...)
			return err
		})
	}
	m.do(at.Add(12*time.Hour), func(tx *Tx) error {
		s := Salida{Parte: schema.ParteCONDUSEF, Carpeta: "entrada", Nombre: fmt.Sprintf("GE_REP_%s_001.txt",
			dia.Compacta()), Tipo: schema.REP,
			SHA256: huellaInventada("rep", dia), Registros: len(all), Jornada: dia, Dia: dia, NNN: 1}
		if err := tx.AddREP(&s, all); err != nil {
			return err
		}
		return tx.Publish(&s, tx.Now())
	})
}

// rec gives the folios of its REC by institution.
func (m *almacenDeDias) rec(tx *Tx, dia schema.Dia) (casos [][]Asunto, err error) {
	n := m.unes * m.folio
	a := Archivo{Parte: schema.ParteCONDUSEF, Nombre: fmt.Sprintf("GE_REC_%s_001.txt", dia.Compacta()),
		SHA256: huellaInventada("rec", dia),
		Bytes:  int64(n) * 430, Tipo: schema.REC, Jornada: dia, Recibido: tx.Now(), K: 1, Resultado: 1,
		Registros: n, Aceptados: n, Version: "01.00"}
	in, err := tx.TakeIn(&a)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	casos = make([][]Asunto, m.unes)
	r := schema.Reclamacion{RecUnidadAtencion: "A01", RecFechaReclamacion: dia.Fecha(),
		RecMedioRecepcionCanal: "3",
		RecProductoServicio:    "026907150304", RecCausaMotivo: "0321", RecPori: "NO", RecTipoPersona: "1",
		RecSexo: "M", RecEdad: "41",
		RecEntidadFederativa: "9", RecMunicipioAlcaldia: "15"}
	for i := range n {
		c := Asunto{Folio: schema.Folio(fmt.Sprintf("2026/%d/%d", dia, i+1)), Vuelta: 1,
			UNE: schema.UNE(900001 + i%m.unes), Numero: i + 1,
			Posicion: Posicion{int64(i) * 430, 428}, Turno: dia, Monetario: true, Monto: 123456}
		if ok, err := in.AddReclamacion(&c, &r); err != nil || !ok {
			return nil, fmt.Errorf("folio %s: %t, %w", c.Folio, ok, err)
		}
		casos[i%m.unes] = append(casos[i%m.unes], c)
	}
	if err := in.Judge("", "", 2); err != nil {
		return nil, err
	}
	for _, of := range casos {
		if err := relee(tx, of); err != nil {
			return nil, err
		}
	}
	return casos, nil
}

func (m *almacenDeDias) lote(tx *Tx, dia schema.Dia, casos []Asunto) error {
	u := casos[0].UNE
	s := Salida{Parte: u.Parte(), Carpeta: "reclamaciones", Nombre: fmt.Sprintf("GE_LOT_%s_%s_001.txt", u,
		dia.Compacta()), Tipo: schema.LOT,
		SHA256: huellaInventada("lot", u,
			dia), Bytes: 9000, Registros: len(casos), Jornada: dia, Dia: dia, NNN: 1,
		Archivo: casos[0].Archivo}
	if err := tx.AddLote(&s, []Plazo{{Dia0: dia, Limite: dia + 28}}, "2026.1"); err != nil {
		return err
	}
	return tx.Publish(&s, tx.Now())
}

// res answers every folio of a LOT.
func (m *almacenDeDias) res(tx *Tx, dia schema.Dia, casos []Asunto) (all []Respuesta, err error) {
	u := casos[0].UNE
	a := Archivo{Parte: u.Parte(), Nombre: fmt.Sprintf("GE_RES_%s_%s_001.txt", u, dia.Compacta()),
		SHA256: huellaInventada("res", u, dia),
		Bytes:  9000, Tipo: schema.RES, Jornada: dia, Recibido: tx.Now(), K: 1, Resultado: 1,
		Registros: len(casos), Aceptados: len(casos),
		Version: "01.00", Calendario: "2026.1"}
	in, err := tx.TakeIn(&a)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for i := range casos {
		p := Respuesta{Tipo: TipoRespuesta, Numero: i + 1, Posicion: Posicion{int64(i) * 300, 298},
			Dias: 1, Oportunidad: 1, Limite: dia + 28, Sentido: 2,
			Vuelta: 1, Acuse: "ACU-2026-00000001"}
		if err := in.AddRespuesta(&casos[i], &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, in.Judge("", "", 2)
}

// TestVerifyInvented: what the store's own methods wrote is what verify reads.
func TestVerifyInvented(t *testing.T) {
	t.Parallel()
	s, _ := deDias(t, 3, 4, 150)
	r, err := s.Verify(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Filas < 3*3*600 || r.Eventos < 3*14 {
		t.Errorf("%+v", r)
	}
}

// BenchmarkVerify tells how many facts are verified in a second, by the clock and by
// the processor's time, over a store of 200,000 folios that were delivered, answered
// and returned; BUZON_DIAS makes it of another number of days of 10,000.
func BenchmarkVerify(b *testing.B) {
	dias := 20
	if s := os.Getenv("BUZON_DIAS"); s != "" {
		var err error
		if dias, err = strconv.Atoi(s); err != nil {
			b.Fatal(err)
		}
	}
	s, _ := deDias(b, dias, 50, 200)
	var filas int64
	before := procesador(b)
	for b.Loop() {
		r, err := s.Verify(context.Background(), nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		filas += r.Filas
	}
	b.ReportMetric(float64(filas)/b.Elapsed().Seconds(), "hechos/s")
	b.ReportMetric(float64(filas)/(procesador(b)-before).Seconds(), "hechos/s-cpu")
	b.ReportMetric(float64(residente(b))/(1<<20), "MiB-max")
}

// procesador is the time that the processor spent on this process.
func procesador(b *testing.B) time.Duration {
	u := uso(b)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// residente is how many bytes of memory it had at most.
func residente(b *testing.B) int64 { return uso(b).Maxrss << 10 }

func uso(b *testing.B) (u syscall.Rusage) {
	b.Helper()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return u
}

// TestBeside: a command beside the gateway leaves what that is taking in; a start
// drops it, and a file whose parts are away never counts.
func TestBeside(t *testing.T) {
	t.Parallel()
	s, path := deDias(t, 1, 1, 10)
	a := Archivo{Parte: schema.ParteCONDUSEF, Nombre: "GE_REC_20260303_001.txt",
		SHA256: huellaInventada("otro"),
		Tipo:   schema.REC, Recibido: lunesInventado,
		Jornada: schema.DiaDe(lunesInventado), K: 1, Resultado: 1, Registros: 1, Aceptados: 1}
	ingest := func(meanwhile Options, uncounted int64) error {
		return s.Update(t.Context(), lunesInventado, func(tx *Tx) error {
			in, err := tx.TakeIn(&a)
			if err != nil {
				return err
			}
			defer in.Close()
			c := Asunto{Folio: "2026/1/1", Vuelta: 1, UNE: 900001, Numero: 1, Turno: a.Jornada}
			if _, err := in.AddReclamacion(&c, &schema.Reclamacion{RecFechaReclamacion: a.Jornada.Fecha(),
				RecMedioRecepcionCanal: "3", RecTipoPersona: "1",
				RecEntidadFederativa: "9"}); err != nil {
				return err
			}
			tx.begun = tx.begun.Add(-time.Hour)
			if err := errors.Join(in.Settle(), in.Pause()); err != nil {
				return err
			}
			if err := tx.commit(); err != nil { // the writer is free meanwhile
				return err
			}
			other, err := Open(t.Context(), path, meanwhile)
			if err != nil {
				return err
			}
			r, err := other.Verify(t.Context(), nil, nil)
			if err != nil || r.PorContar != uncounted {
				t.Errorf("%d rows do not count, want %d: %v", r.PorContar, uncounted, err)
			}
			if err := errors.Join(other.Close(), tx.begin()); err != nil {
				return err
			}
			return in.Judge("", "", 2)
		})
	}
	if err := ingest(Options{Now: lunesInventado}, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("a file whose parts a start dropped: %v", err)
	}
	if err := ingest(Options{Now: lunesInventado, Junto: true}, 1); err != nil {
		t.Error(err)
	}
	r, err := s.Verify(t.Context(), nil, nil)
	if err != nil || r.PorContar != 0 {
		t.Errorf("%+v, %v", r, err)
	}
}
