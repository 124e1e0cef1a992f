package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"buzon/schema"
)

// inventado is a store that was made through its own methods: each folio delivered,
// answered and returned. Each day of it has a REC, a LOT and a RES for each
// institution, and a REP.
type inventado struct {
	tb    testing.TB
	s     *Store
	unes  int
	folio int // of an institution in a day
}

var lunesInventado = time.Date(2026, time.March, 2, 8, 0, 0, 0, schema.Zona)

func (m *inventado) do(at time.Time, fn func(*Tx) error) {
	m.tb.Helper()
	if err := m.s.Update(context.Background(), at, fn); err != nil {
		m.tb.Fatal(err)
	}
}

func huellaInventada(parts ...any) schema.Huella {
	return schema.Huella(fmt.Sprintf("%x", sha256.Sum256(fmt.Append(nil, parts...))))
}

// inventa makes a store of so many days.
func inventa(tb testing.TB, dias, unes, folios int) (*Store, string) {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "buzon.db")
	s, err := Open(context.Background(), path, Options{Simulacro: true, Now: lunesInventado, Unsynced: true})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	m := &inventado{tb: tb, s: s, unes: unes, folio: folios}
	m.do(lunesInventado, func(tx *Tx) error {
		var all []Institucion
		for i := range unes {
			u := schema.UNE(900001 + i)
			all = append(all, Institucion{UNE: u, Denominacion: "Inventada " + u.String(), Sector: "Uno", Termino: 20, Prorroga: 10})
		}
		_, err := tx.Seed(all)
		return err
	})
	for d := range dias {
		m.dia(schema.DiaDe(lunesInventado) + schema.Dia(d))
	}
	return s, path
}

func (m *inventado) dia(dia schema.Dia) {
	at := dia.At(0).Add(8 * time.Hour)
	var casos [][]Caso
	m.do(at, func(tx *Tx) (err error) {
		casos, err = m.rec(tx, dia)
		return err
	})
	var all []Contestacion
	for i := range m.unes {
		m.do(at.Add(time.Hour), func(tx *Tx) error { return m.lote(tx, dia, casos[i]) })
		m.do(at.Add(2*time.Hour), func(tx *Tx) error {
			more, err := m.res(tx, dia, casos[i])
			all = append(all, more...)
			return err
		})
	}
	m.do(at.Add(12*time.Hour), func(tx *Tx) error {
		s := Salida{Parte: schema.CONDUSEF, Carpeta: "entrada", Nombre: fmt.Sprintf("GE_REP_%s_001.txt", dia.Compacta()), Tipo: schema.REP,
			SHA256: huellaInventada("rep", dia), Registros: len(all), Jornada: dia, Dia: dia, NNN: 1}
		if err := tx.AddREP(&s, all); err != nil {
			return err
		}
		return tx.Publish(&s, tx.Now())
	})
}

// rec gives the folios of its REC by institution.
func (m *inventado) rec(tx *Tx, dia schema.Dia) (casos [][]Caso, err error) {
	n := m.unes * m.folio
	a := Archivo{Parte: schema.CONDUSEF, Nombre: fmt.Sprintf("GE_REC_%s_001.txt", dia.Compacta()), SHA256: huellaInventada("rec", dia),
		Bytes: int64(n) * 430, Tipo: schema.REC, Jornada: dia, Recibido: tx.Now(), K: 1, Resultado: 1, Registros: n, Aceptados: n, Version: "01.00"}
	in, err := tx.Ingresar(&a)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	casos = make([][]Caso, m.unes)
	r := schema.Reclamacion{RecUnidadAtencion: "A01", RecFechaReclamacion: dia.Fecha(), RecMedioRecepcionCanal: "3",
		RecProductoServicio: "026907150304", RecCausaMotivo: "0321", RecPori: "NO", RecTipoPersona: "1", RecSexo: "M", RecEdad: "41",
		RecEntidadFederativa: "9", RecMunicipioAlcaldia: "15"}
	for i := range n {
		c := Caso{Folio: schema.Folio(fmt.Sprintf("2026/%d/%d", dia, i+1)), Vuelta: 1, UNE: schema.UNE(900001 + i%m.unes), Numero: i + 1,
			Renglon: Renglon{int64(i) * 430, 428}, Turno: dia, Monetario: true, Monto: 123456}
		if ok, err := in.AddReclamacion(&c, &r); err != nil || !ok {
			return nil, fmt.Errorf("folio %s: %t, %w", c.Folio, ok, err)
		}
		casos[i%m.unes] = append(casos[i%m.unes], c)
	}
	return casos, in.Juzgar("", "", 2)
}

func (m *inventado) lote(tx *Tx, dia schema.Dia, casos []Caso) error {
	u := casos[0].UNE
	s := Salida{Parte: u.String(), Carpeta: "reclamaciones", Nombre: fmt.Sprintf("GE_LOT_%s_%s_001.txt", u, dia.Compacta()), Tipo: schema.LOT,
		SHA256: huellaInventada("lot", u, dia), Bytes: 9000, Registros: len(casos), Jornada: dia, Dia: dia, NNN: 1, Archivo: casos[0].Archivo}
	if err := tx.AddLote(&s, []Plazo{{Dia0: dia, Limite: dia + 28}}, "2026.1"); err != nil {
		return err
	}
	return tx.Publish(&s, tx.Now())
}

// res answers every folio of a LOT.
func (m *inventado) res(tx *Tx, dia schema.Dia, casos []Caso) (all []Contestacion, err error) {
	u := casos[0].UNE
	a := Archivo{Parte: u.String(), Nombre: fmt.Sprintf("GE_RES_%s_%s_001.txt", u, dia.Compacta()), SHA256: huellaInventada("res", u, dia),
		Bytes: 9000, Tipo: schema.RES, Jornada: dia, Recibido: tx.Now(), K: 1, Resultado: 1, Registros: len(casos), Aceptados: len(casos),
		Version: "01.00", Calendario: "2026.1"}
	in, err := tx.Ingresar(&a)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	for i := range casos {
		p := Contestacion{Tipo: TipoRespuesta, Numero: i + 1, Renglon: Renglon{int64(i) * 300, 298}, Dias: 1, Oportunidad: 1, Limite: dia + 28, Sentido: 2,
			Vuelta: 1, Acuse: "ACU-2026-00000001"}
		if err := in.AddContestacion(&casos[i], &p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, in.Juzgar("", "", 2)
}

// TestVerifyInvented: what the store's own methods wrote is what verify reads.
func TestVerifyInvented(t *testing.T) {
	t.Parallel()
	s, _ := inventa(t, 3, 4, 150)
	r, err := s.Verify(t.Context(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Filas < 3*3*600 || r.Eventos < 3*14 {
		t.Errorf("%+v", r)
	}
}

// BenchmarkVerify tells how many facts are verified in a second, over a store of
// BUZON_FOLIOS folios (200,000) that were delivered, answered and returned.
func BenchmarkVerify(b *testing.B) {
	const unes, folios = 50, 200
	dias := 20
	s, _ := inventa(b, dias, unes, folios)
	var filas int64
	for b.Loop() {
		r, err := s.Verify(context.Background(), nil, nil)
		if err != nil {
			b.Fatal(err)
		}
		filas += r.Filas
	}
	b.ReportMetric(float64(filas)/b.Elapsed().Seconds(), "hechos/s")
}
