package simulacro

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/simulacro/escenario"
	"buzon/schema"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// registro is a log that a test writes, of the folio 2026/090/1 of 900001.
type registro struct {
	t *testing.T
	*bitacoratest.Memoria
}

func newRegistro(t *testing.T) registro {
	t.Helper()
	r := registro{t, &bitacoratest.Memoria{}}
	r.log(bitacora.AlmacenCreado, bitacora.CargaCreado{Simulacro: true}, nil)
	return r
}

const inicioPrueba = 6 * 3600

func (r registro) log(evento string, carga any, renglones *bitacora.Renglones) {
	r.t.Helper()
	r.Log(r.t, dia(r.t, "2026-03-02").At(inicioPrueba),
		bitacoratest.Dicho{Evento: evento, Parte: "00900001", Carga: carga, Renglones: renglones})
}

const folioPrueba = "2026/090/1"

func (r registro) delivered(vuelta int, dia0 string) {
	r.t.Helper()
	r.log(bitacora.ArchivoPublicado, bitacora.CargaPublicado{Dia0: dia(r.t, dia0)},
		bitacoratest.Renglones(r.t, "folios", bitacora.RenglonEntregada{Folio: folioPrueba, Vuelta: vuelta}))
}

// reply is a RES of one record.
func (r registro) reply(f bitacora.RenglonRespuesta) {
	r.t.Helper()
	f.Folio = folioPrueba
	r.log(bitacora.ArchivoRecibido, bitacora.CargaRecibido{Tipo: schema.RES},
		bitacoratest.Renglones(r.t, "respuestas", f))
}

func (r registro) answered(dias, sentido int) {
	r.t.Helper()
	r.reply(bitacora.RenglonRespuesta{Vuelta: 1, Tipo: 1, Dias: &dias, Sentido: sentido})
}

func (r registro) extended(dias int) {
	r.t.Helper()
	r.reply(bitacora.RenglonRespuesta{Vuelta: 1, Tipo: 2, Prorroga: dias})
}

func (r registro) claimed(f bitacora.RenglonReclamacion) {
	r.t.Helper()
	f.Folio, f.UNE = folioPrueba, 900001
	r.log(bitacora.ArchivoRecibido, bitacora.CargaRecibido{Tipo: schema.REC},
		bitacoratest.Renglones(r.t, "reclamaciones", f))
}

func (r registro) dictamen(fecha string, tipo, anula int) {
	r.t.Helper()
	r.log(bitacora.ArchivoRecibido, bitacora.CargaRecibido{Tipo: schema.DIC},
		bitacoratest.Renglones(r.t, "dictamenes",
			bitacora.RenglonDictamen{Folio: folioPrueba, Vuelta: 1, UNE: 900001, Tipo: tipo,
				Fecha: dia(r.t, fecha), Anula: anula}))
}

// compare holds the log against a scenario.
func (r registro) compare(rows ...string) Cotejo {
	r.t.Helper()
	sc, err := escenario.Read("e.csv", strings.NewReader(cabeza+strings.Join(rows, "\n")+"\n"), 10)
	check(r.t, err)
	e := &Ensayo{Cal: schema.NewCalendario(nil), Termino: 20}
	c, err := e.cotejar(r.Actos, sc)
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
		"true":    {answered, func(r registro) { r.delivered(1, "2026-03-02"); r.answered(5, 1) }, ""},
		"nothing": {answered, func(registro) {}, "never delivered"},
		"late delivery": {answered, func(r registro) {
			r.delivered(1, "2026-03-03")
			r.answered(5, 1)
		}, "delivered on 2026-03-03, want 2026-03-02"},
		"no answer": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
		}, "never answered, want día hábil 5"},
		"another day": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(6, 1)
		}, "answered on día hábil 6, want 5"},
		"another way": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(5, 2)
		}, "answered with sentido 2, want 1"},
		"twice": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(5, 1)
			r.answered(5, 1)
		}, "answered 2 times"},
		"an answer": {"2026/090/1,900001,2026-03-02,,,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.answered(5, 1)
		}, "answered on día hábil 5, want never"},
		"more time": {"2026/090/1,900001,2026-03-02,,10,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.extended(10)
		}, ""},
		"other time": {"2026/090/1,900001,2026-03-02,,10,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.extended(5)
		}, "prórroga of 5 días hábiles, want 10"},
		"time unasked": {"2026/090/1,900001,2026-03-02,,,,", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.extended(5)
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
		}, "dictámenes 3@2026-03-10;4@2026-03-11;11(3)@2026-03-12, want " +
			"3@2026-03-10;4@2026-03-11;11(4)@2026-03-12"},
		"one of two": {"2026/090/1,900001,2026-03-02,,,,3;5", func(r registro) {
			r.delivered(1, "2026-03-02")
			r.dictamen("2026-03-09", 3, 0)
		}, "dictámenes 3@2026-03-09, want 3@2026-03-09;5@2026-03-10"},
		"refused, then not": {answered, func(r registro) {
			r.delivered(1, "2026-03-02")
			r.reply(bitacora.RenglonRespuesta{Tipo: 1, Codigo: "NEG-03"})
			r.answered(5, 1)
		}, "refused: respuesta NEG-03 (El importe no corresponde al carácter monetario o al sentido)"},
		"refused": {answered, func(r registro) {
			r.claimed(bitacora.RenglonReclamacion{Codigo: "CAT-11"})
		}, "refused: reclamacion CAT-11 (La institución no está en el padrón); never delivered"},
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
	r.reply(bitacora.RenglonRespuesta{Tipo: 2, Codigo: "NEG-05"})
	r.claimed(bitacora.RenglonReclamacion{Codigo: "DUP-02"})
	got := r.compare("2026/090/1,900001,2026-03-02,,,,", "2026/090/1,900001,2026-03-09,1,,,")
	want := Cotejo{Fallas: []Falla{
		{2, "2026/090/1", "00900001",
			"refused: prorroga NEG-05 (La prórroga se solicitó después de la fecha límite)"},
		{3, "2026/090/1", "00900001",
			"refused: reclamacion DUP-02 (El folio ya se había recibido o contestado); never delivered"},
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
	day := bitacora.CargaJornada{Jornada: dia(t, "2026-03-02")}
	r.log(bitacora.CorridaFallida, bitacora.CargaFinDeCorrida{Corrida: 1, Error: "x"}, nil)
	r.log(bitacora.JornadaAbierta, day, nil)
	r.log(bitacora.JornadaSinREC, day, nil)
	r.log(bitacora.ServicioInterrumpido, bitacora.CargaInterrupcion{}, nil)
	r.log(bitacora.NoRecogido, bitacora.CargaSinRecoger{}, nil)
	r.log(bitacora.AcuseEmitido,
		bitacora.CargaAcuse{Contesta: "GE_REC_20260302_001.txt", Resultado: "aceptado"}, nil)
	r.log(bitacora.AcuseEmitido,
		bitacora.CargaAcuse{Contesta: "GE_RES_00900001_20260302_001.txt", Resultado: "parcial"}, nil)
	r.log(bitacora.AcuseEmitido,
		bitacora.CargaAcuse{Contesta: "GE_REC_20260303_001.txt", Resultado: "rechazado"}, nil)
	got := r.compare("2026/090/1,900001,2026-03-02,,,,")
	var want Cotejo
	want.Cumplidas = 1
	for i, motivo := range []string{"corrida_fallida", "jornada_abierta 2026-03-02",
		"jornada_sin_rec 2026-03-02", "servicio_interrumpido", "no_recogido"} {
		want.Fallas = append(want.Fallas,
			Falla{Institucion: "00900001", Motivo: "event " + string(rune('3'+i)) + ": " + motivo})
	}
	want.Fallas = append(want.Fallas,
		Falla{Institucion: "00900001", Motivo: "event 10: GE_REC_20260303_001.txt was refused whole"})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCotejarParts reads acts that are told in several events, and no part of one.
func TestCotejarParts(t *testing.T) {
	t.Parallel()
	r := newRegistro(t)
	folios := &bitacora.Renglones{Lista: "folios"}
	for n := range 2000 {
		f := bitacora.RenglonEntregada{Folio: schema.Folio(fmt.Sprintf("2026/090/%d", n+1)), Vuelta: 1}
		if n == 1999 {
			f.Dia0 = dia(t, "2026-03-03")
		}
		check(t, folios.Add(f))
	}
	r.log(bitacora.ArchivoPublicado, bitacora.CargaPublicado{Dia0: dia(t, "2026-03-02")}, folios)
	last := len(r.Eventos) - 1
	if last < 3 {
		t.Fatalf("a LOT of 2000 in %d events", last)
	}
	got := r.compare("2026/090/1999,900001,2026-03-02,,,,", "2026/090/2000,900001,2026-03-02,,,,")
	want := Cotejo{Cumplidas: 1,
		Fallas: []Falla{{3, "2026/090/2000", "00900001", "delivered on 2026-03-03, want 2026-03-02"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	r.Eventos = r.Eventos[:last]
	if _, err := (&Ensayo{}).cotejar(r.Actos, &escenario.Escenario{}); !errors.Is(err,
		bitacora.ErrIncompleto) {
		t.Errorf("a part is missing: %v", err)
	}
}
