package expediente_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// largo is more folios than fit one event, or five of them.
const largo = 2500

func folioN(n int) schema.Folio { return schema.Folio(fmt.Sprintf("2026/090/%d", n)) }

// newLargo is a log with acts of many parts: a LOT of which each seventh folio has a
// term of its own, a RES with answers, prórrogas and refusals, a recount, a DIC.
func newLargo(t *testing.T) registro {
	t.Helper()
	b := newRegistro(t)
	b.joins("2026-03-01", 900002, "Uniones de Crédito")
	var folios []bitacora.RenglonEntregada
	var respuestas []bitacora.RenglonRespuesta
	var dictamenes []bitacora.RenglonDictamen
	var plazos []bitacora.RenglonPlazo
	aceptados := 0
	for n := range largo {
		f := bitacora.RenglonEntregada{Folio: folioN(n), Vuelta: 1}
		r := bitacora.RenglonRespuesta{Folio: folioN(n), Vuelta: 1, Tipo: 1, Sentido: 1 + n%3,
			Limite: day("2026-03-31")}
		switch {
		case n%7 == 0:
			f.Dia0, f.Limite = day("2026-03-03"), day("2026-04-01")
			r = bitacora.RenglonRespuesta{Folio: folioN(n), Codigo: "NEG-05"}
		case n%5 == 0:
			r = bitacora.RenglonRespuesta{Folio: folioN(n), Vuelta: 1, Tipo: 2, Prorroga: 10,
				Limite: day("2026-04-16")}
		}
		if r.Codigo == "" {
			aceptados++
		}
		folios, respuestas = append(folios, f), append(respuestas, r)
		dictamenes = append(dictamenes,
			bitacora.RenglonDictamen{Folio: folioN(n), Vuelta: 1, UNE: 900001, Tipo: 3,
				Fecha: day("2026-03-20")})
		plazos = append(plazos,
			bitacora.RenglonPlazo{Folio: folioN(n), Vuelta: 1, Limite: day("2026-04-20"),
				LimiteAnterior: day("2026-03-31")})
	}
	act := func(moment, evento, parte, archivo string, carga any, r *bitacora.Renglones) {
		b.Log(t, at(moment),
			bitacoratest.Dicho{Evento: evento, Parte: parte, Archivo: archivo, Carga: carga, Renglones: r})
	}
	act("2026-03-02", bitacora.ArchivoPublicado, "00900001", "GE_LOT_00900001_20260302_001.txt",
		bitacora.CargaPublicado{Dia0: day("2026-03-02"), Limite: day("2026-03-31")},
		bitacoratest.Renglones(t, "folios", folios...))
	res, dic := recibido(schema.RES, "2026-03-04 10:00:00"), recibido(schema.DIC, "2026-03-05 10:00:00")
	res.Registros, res.Aceptados = largo, aceptados
	dic.Registros, dic.Aceptados = largo, largo
	act("2026-03-04 10:00:01", bitacora.ArchivoRecibido, "00900001", "GE_RES_00900001_20260304_001.txt", res,
		bitacoratest.Renglones(t, "respuestas", respuestas...))
	act("2026-03-05 10:00:01", bitacora.ArchivoRecibido, schema.CONDUSEF, "GE_DIC_20260305_001.txt", dic,
		bitacoratest.Renglones(t, "dictamenes", dictamenes...))
	act("2026-03-06", bitacora.PlazoRecontado, "00900001", "", bitacora.CargaRecontado{},
		bitacoratest.Renglones(t, "folios", plazos...))
	return b
}

// TestEmptyLOT: a LOT without folios delivers nothing, and is no mistake.
func TestEmptyLOT(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	b.Log(t, at("2026-03-02"), bitacoratest.Dicho{Evento: bitacora.ArchivoPublicado, Parte: "00900001",
		Archivo: "GE_LOT_00900001_20260302_001.txt",
		Carga:   bitacora.CargaPublicado{Carpeta: "reclamaciones", Bytes: 200}})
	if x := b.read("2026-03-03"); len(x.Asuntos) != 0 {
		t.Errorf("%+v", x.Asuntos)
	}
}

// TestParts has the same of what is told in one event and in many.
func TestParts(t *testing.T) {
	t.Parallel()
	b := newLargo(t)
	if n := len(b.Eventos); n < 4*4 {
		t.Fatalf("four acts in %d events", n)
	}
	delivered := map[string]int{}
	for _, a := range b.read("2026-03-03").Asuntos {
		delivered[fmt.Sprint(a.Dia0, a.Limite, a.Vence)]++
	}
	same(t, "terms at delivery", delivered,
		map[string]int{"2026-03-03 2026-04-01 2026-04-01": 358,
			"2026-03-02 2026-03-31 2026-03-31": largo - 358})
	got := map[string]int{}
	for _, a := range b.read("2026-03-07").Asuntos {
		got[fmt.Sprintf("%s, day 0 %s, %s", a.Limite, a.Dia0, told(a))]++
	}
	const later, dic = "2026-04-20, day 0 2026-03-02, ", ", DIC 3"
	answer := func(sentido int) string {
		return later + fmt.Sprintf("respuesta 2026-03-04 10:00:00, limit 2026-04-20, sentido %d on day 2",
			sentido) + dic
	}
	want := map[string]int{
		"2026-04-20, day 0 2026-03-03, open, limit 2026-04-20" + dic: 0,
		later + "open, limit 2026-04-20, prórroga 10" + dic:          0,
		answer(1): 0, answer(2): 0, answer(3): 0,
	}
	for n := range largo {
		switch {
		case n%7 == 0:
			want["2026-04-20, day 0 2026-03-03, open, limit 2026-04-20"+dic]++
		case n%5 == 0:
			want[later+"open, limit 2026-04-20, prórroga 10"+dic]++
		default:
			want[answer(1+n%3)]++
		}
	}
	same(t, "asuntos", got, want)
}

// TestMissingPart: an act of which a part is not there is an error of Read, whether
// the numbers show it or were made to fit.
func TestMissingPart(t *testing.T) {
	t.Parallel()
	whole := newLargo(t)
	acts := map[string][]int{} // the places of the events of each act
	for i, c := range whole.Eventos {
		if strings.Contains(c.Detalle, `"de":`) {
			acts[c.Evento+c.Parte] = append(acts[c.Evento+c.Parte], i)
		}
	}
	same(t, "acts of many parts", len(acts), 4)
	for act, at := range acts {
		for what, i := range map[string]int{"first": at[0], "middle": at[len(at)/2], "last": at[len(at)-1]} {
			for _, renumber := range []bool{false, true} {
				b := registro{t, &bitacoratest.Memoria{}}
				for _, c := range slices.Delete(slices.Clone(whole.Eventos), i, i+1) {
					moved := *c
					if renumber {
						moved.N = int64(len(b.Eventos)) + 1
					}
					b.Eventos = append(b.Eventos, &moved)
				}
				x, err := b.tryRead("2026-03-07")
				if !errors.Is(err, bitacora.ErrIncompleto) ||
					!strings.Contains(err.Error(), whole.Eventos[i].Evento) {
					t.Errorf("%s without its %s part, renumbered %v: %v, %v", act, what, renumber, x != nil,
						err)
				}
			}
		}
	}
	for n := range whole.Eventos[:len(whole.Eventos)-1] {
		// cut anywhere: at the end of an act, or with an error
		b := registro{t, &bitacoratest.Memoria{Eventos: whole.Eventos[:n+1]}}
		next := whole.Eventos[n+1].Detalle
		_, err := b.tryRead("2026-03-07")
		if torn := strings.Contains(next, `"parte":`) &&
			!strings.Contains(next, `"parte":1,`); torn != errors.Is(err, bitacora.ErrIncompleto) {
			t.Errorf("cut after event %d: %v", n+1, err)
		}
	}
}

// TestMiscounted: what a file says of itself is held against what it tells, whatever
// comes after it.
func TestMiscounted(t *testing.T) {
	t.Parallel()
	b := newRegistro(t)
	e := dictamen(3)
	d := e.carga.(bitacora.CargaRecibido)
	d.Aceptados = 2
	e.carga = d
	b.write([]entry{entrega, {"2026-03-03", e}, {"2026-03-03", answered("2026-03-03", 1)}})
	const want = "event 4, archivo_recibido: says that 2 records were accepted, and tells of 1"
	if _, err := b.tryRead("2026-03-07"); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v", err)
	}
}

// TestBrokenReader ends with the error of whoever gives the events.
func TestBrokenReader(t *testing.T) {
	t.Parallel()
	b := newLargo(t)
	broken := errors.New("the disk is gone")
	_, err := expediente.Read(func(yield func(*bitacora.Crudo, error) bool) {
		_ = yield(b.Eventos[0], nil) && yield(nil, broken)
	}, at("2026-03-07"))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
