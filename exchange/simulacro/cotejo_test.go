package simulacro

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// registro is a log that a test writes, of the folio 2026/090/1 of 900001.
type registro struct {
	t *testing.T
	*store.Store
}

func newRegistro(t *testing.T) registro {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "buzon.db"), store.Options{Simulacro: true, Now: dia(t, "2026-03-02").At(inicioPrueba)})
	check(t, err)
	t.Cleanup(func() { check(t, st.Close()) })
	return registro{t, st}
}

const inicioPrueba = 6 * 3600

func (r registro) log(evento string, d store.Detalle) {
	r.t.Helper()
	check(r.t, r.Update(r.t.Context(), dia(r.t, "2026-03-02").At(inicioPrueba), func(tx *store.Tx) error {
		return tx.Log(store.Evento{Evento: evento, Parte: "00900001", Folio: "2026/090/1", Detalle: d})
	}))
}

func (r registro) delivered(vuelta int, dia0 string) {
	r.log(store.ReclamacionEntregada, store.Detalle{"vuelta": vuelta, "dia0": dia0})
}

func (r registro) answered(dias, sentido int) {
	r.log(store.RespuestaAceptada, store.Detalle{"vuelta": 1, "dias": dias, "sentido": sentido})
}

func (r registro) dictamen(fecha string, tipo, anula int) {
	d := store.Detalle{"vuelta": 1, "fecha": fecha, "tipo": tipo}
	if anula != 0 {
		d["anula"] = anula
	}
	r.log(store.DictamenAceptado, d)
}

// compare holds the log against a scenario.
func (r registro) compare(rows ...string) Cotejo {
	r.t.Helper()
	sc, err := ReadEscenario("e.csv", strings.NewReader(cabeza+strings.Join(rows, "\n")+"\n"), 10)
	check(r.t, err)
	e := &Ensayo{Cycle: &exchange.Cycle{Store: r.Store}, Cal: schema.NewCalendario(nil), Termino: 20}
	c, err := e.Cotejar(r.t.Context(), sc)
	check(r.t, err)
	return c
}

// What the log tells of a row is held against it in every particular.
func TestCotejar(t *testing.T) {
	t.Parallel()
	answered := "2026/090/1,900001,2026-03-02,5,,1,"
	for name, c := range map[string]struct {
		row  string
		log  func(registro)
		want string // of the row's failure; "" it came true
	}{
		"true":          {answered, func(r registro) { r.delivered(1, "2026-03-02"); r.answered(5, 1) }, ""},
		"nothing":       {answered, func(registro) {}, "never delivered"},
		"late delivery": {answered, func(r registro) { r.delivered(1, "2026-03-03"); r.answered(5, 1) }, "delivered on 2026-03-03, want 2026-03-02"},
		"no answer":     {answered, func(r registro) { r.delivered(1, "2026-03-02") }, "never answered, want día hábil 5"},
		"another day":   {answered, func(r registro) { r.delivered(1, "2026-03-02"); r.answered(6, 1) }, "answered on día hábil 6, want 5"},
		"another way":   {answered, func(r registro) { r.delivered(1, "2026-03-02"); r.answered(5, 2) }, "answered with sentido 2, want 1"},
		"twice":         {answered, func(r registro) { r.delivered(1, "2026-03-02"); r.answered(5, 1); r.answered(5, 1) }, "answered 2 times"},
		"an answer":     {"2026/090/1,900001,2026-03-02,,,,", func(r registro) { r.delivered(1, "2026-03-02"); r.answered(5, 1) }, "answered on día hábil 5, want never"},
		"more time": {"2026/090/1,900001,2026-03-02,,10,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.log(store.ProrrogaAceptada, store.Detalle{"vuelta": 1, "prorroga": 10})
		}, ""},
		"other time": {"2026/090/1,900001,2026-03-02,,10,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.log(store.ProrrogaAceptada, store.Detalle{"vuelta": 1, "prorroga": 5})
		}, "prórroga of 5 días hábiles, want 10"},
		"time unasked": {"2026/090/1,900001,2026-03-02,,,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.log(store.ProrrogaAceptada, store.Detalle{"vuelta": 1, "prorroga": 5})
		}, "prórroga of 5 días hábiles, want 0"},
		"dictámenes": {"2026/090/1,900001,2026-03-02,5,,1,3;4;11", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(5, 1)
			r.dictamen("2026-03-10", 3, 0)
			r.dictamen("2026-03-11", 4, 0)
			r.dictamen("2026-03-12", 11, 4)
		}, ""},
		"undone another": {"2026/090/1,900001,2026-03-02,5,,1,3;4;11", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(5, 1)
			r.dictamen("2026-03-10", 3, 0)
			r.dictamen("2026-03-11", 4, 0)
			r.dictamen("2026-03-12", 11, 3)
		}, "dictámenes 3@2026-03-10;4@2026-03-11;11(3)@2026-03-12, want 3@2026-03-10;4@2026-03-11;11(4)@2026-03-12"},
		"one of two": {"2026/090/1,900001,2026-03-02,,,,3;5", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.dictamen("2026-03-09", 3, 0)
		}, "dictámenes 3@2026-03-09, want 3@2026-03-09;5@2026-03-10"},
		"refused, then not": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
			r.log(store.RespuestaRechazada, store.Detalle{"codigo": "NEG-03"})
			r.answered(5, 1)
		}, "refused: respuesta NEG-03 (El importe no corresponde al carácter monetario o al sentido)"},
		"refused": {answered, func(r registro) { r.log(store.ReclamacionRechazada, store.Detalle{"codigo": "CAT-11"}) }, "refused: reclamacion CAT-11 (La institución no está en el padrón); never delivered"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRegistro(t)
			c.log(r)
			want := Cotejo{Cumplidas: 1}
			if c.want != "" {
				want = Cotejo{Fallas: []Falla{{2, "2026/090/1", "00900001", c.want}}}
			}
			if diff := cmp.Diff(want, r.compare(c.row)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What is refused of a folio is of the round that it would have opened, or of the
// one under way.
func TestCotejarRounds(t *testing.T) {
	t.Parallel()
	r := newRegistro(t)
	r.delivered(1, "2026-03-02")
	r.log(store.ProrrogaRechazada, store.Detalle{"codigo": "NEG-05"})
	r.log(store.ReclamacionRechazada, store.Detalle{"codigo": "DUP-02"})
	got := r.compare("2026/090/1,900001,2026-03-02,,,,", "2026/090/1,900001,2026-03-09,1,,,")
	want := Cotejo{Fallas: []Falla{
		{2, "2026/090/1", "00900001", "refused: prorroga NEG-05 (La prórroga se solicitó después de la fecha límite)"},
		{3, "2026/090/1", "00900001", "refused: reclamacion DUP-02 (El folio ya se había recibido o contestado); never delivered"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Trouble of the whole is told beside the rows.
func TestCotejarTroubles(t *testing.T) {
	t.Parallel()
	r := newRegistro(t)
	r.delivered(1, "2026-03-02")
	for _, evento := range []string{store.CorridaFallida, store.JornadaAbierta, store.JornadaSinREC, store.ServicioInterrumpido, store.NoRecogido} {
		r.log(evento, store.Detalle{"jornada": "2026-03-02"})
	}
	r.log(store.AcuseEmitido, store.Detalle{"contesta": "GE_REC_20260302_001.txt", "resultado": "aceptado"})
	r.log(store.AcuseEmitido, store.Detalle{"contesta": "GE_RES_00900001_20260302_001.txt", "resultado": "parcial"})
	r.log(store.AcuseEmitido, store.Detalle{"contesta": "GE_REC_20260303_001.txt", "resultado": "rechazado"})
	got := r.compare("2026/090/1,900001,2026-03-02,,,,")
	var want Cotejo
	want.Cumplidas = 1
	for i, evento := range []string{"corrida_fallida", "jornada_abierta", "jornada_sin_rec", "servicio_interrumpido", "no_recogido"} {
		want.Fallas = append(want.Fallas, Falla{Institucion: "00900001", Motivo: "event " + string(rune('3'+i)) + ": " + evento + " 2026-03-02"})
	}
	want.Fallas = append(want.Fallas, Falla{Institucion: "00900001", Motivo: "event 10: GE_REC_20260303_001.txt was refused whole"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
