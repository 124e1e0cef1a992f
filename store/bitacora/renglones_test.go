package bitacora

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"buzon/schema"
)

// acto gives the events of an act whose first has the number primero.
func acto(t rapid.TB, primero int64, evento string, carga any, r *Renglones) (all []*Crudo) {
	t.Helper()
	err := Partes(primero, evento, carga, "", r, func(p ParteDeActo) error {
		all = append(all, &Crudo{
			N: primero + int64(len(all)), Momento: 1772496300000, Evento: evento, Parte: "CONDUSEF",
			Archivo: "GE_REC_CONDUSEF_20260302_001.txt", Detalle: p.Detalle,
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// drawReclamaciones draws n renglones, few of them alike and some of odd lengths.
func drawReclamaciones(t *rapid.T, n int) []RenglonReclamacion {
	seed := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) RenglonReclamacion {
		return RenglonReclamacion{
			Folio:  schema.Folio(rapid.StringN(0, 300, -1).Draw(t, "folio")),
			Vuelta: rapid.IntRange(0, 3).Draw(t, "vuelta"),
			UNE:    schema.UNE(rapid.IntRange(0, 900009).Draw(t, "une")),
			Codigo: schema.Codigo(rapid.SampledFrom([]string{"", "", "", "EST-04"}).Draw(t, "codigo")),
		}
	}), 1, 40).Draw(t, "renglones")
	all := make([]RenglonReclamacion, n)
	for i := range all {
		all[i] = seed[i%len(seed)]
		all[i].Folio = schema.Folio(fmt.Sprintf("%d %s", i, all[i].Folio))
		completa(all[i].Codigo, &all[i].Vuelta) // an accepted one is of some round
	}
	return all
}

// enteros reads events as whoever has an export does.
func enteros(all []*Crudo) (out []*Crudo, err error) {
	source := func(yield func(*Crudo, error) bool) {
		for _, c := range all {
			if !yield(c, nil) {
				return
			}
		}
	}
	for c, err := range Enteros(iter.Seq2[*Crudo, error](source)) {
		if err != nil {
			return out, err
		}
		out = append(out, c)
	}
	return out, nil
}

// TestPartes: any act, with none or with tens of thousands of renglones, comes back
// from its parts as it went in, and no part is longer than a cell holds.
func TestPartes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 3000), rapid.IntRange(0, 40_000)).Draw(t,
			"n")
		want := drawReclamaciones(t, n)
		r, err := De("reclamaciones", want)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		carga := CargaRecibido{Acuse: rapid.StringN(0, 3000, 9000).Draw(t, "acuse"), Tipo: schema.REC,
			PrimeraLinea: 2}
		primero := rapid.Int64Range(1, 1<<40).Draw(t, "primero")
		all := acto(t, primero, ArchivoRecibido, carga, r)
		read, err := enteros(all)
		if err != nil || len(read) != len(all) || r.N() != n {
			t.Fatalf("%d of %d events, %d renglones: %v", len(read), len(all), r.N(), err)
		}
		checkPartes(t, all, carga, want)
	})
}

func checkPartes(t rapid.TB, all []*Crudo, carga CargaRecibido, want []RenglonReclamacion) {
	t.Helper()
	var l Lector
	var got []RenglonReclamacion
	for i, c := range all {
		nuevo, desde, err := l.Add(c)
		if err != nil || nuevo != (i == 0) || desde != len(got)+1 || l.Primero() != all[0].N {
			t.Fatalf("part %d: new %v, from %d, first %d: %v", i+1, nuevo, desde, l.Primero(), err)
		}
		if len(c.Detalle) > MaxCarga {
			t.Fatalf("part %d has %d bytes", i+1, len(c.Detalle))
		}
		d, err := Leer[CargaRecibido](c)
		if err != nil {
			t.Fatal(err)
		}
		checkLugares(t, c, d.Reclamaciones, len(got))
		got = append(got, d.Reclamaciones...)
		d.Reclamaciones = nil
		if i == 0 && !cmp.Equal(d, carga) || i > 0 && !cmp.Equal(d, CargaRecibido{}) {
			t.Fatalf("part %d: beside the renglones it has %+v", i+1, d)
		}
	}
	if !slices.Equal(got, want) {
		t.Fatalf("%d renglones came back other than the %d that went in", len(got), len(want))
	}
}

// checkLugares: the places of a part are those of its renglones.
func checkLugares(t rapid.TB, c *Crudo, rows []RenglonReclamacion, before int) {
	t.Helper()
	i := 0
	err := Lugares(c, 2, func(x Lugar) error {
		want := Lugar{
			Lugar: before + i + 1, Linea: before + i + 2, Que: ReclamacionAceptada, Folio: rows[i].Folio,
			Vuelta: rows[i].Vuelta, UNE: rows[i].UNE, Codigo: rows[i].Codigo,
		}
		if rows[i].Codigo != "" {
			want.Que = ReclamacionRechazada
		}
		var part RenglonReclamacion
		if err := json.Unmarshal(x.JSON, &part); err != nil || part != rows[i] {
			t.Fatalf("place %d: %s, %v", x.Lugar, x.JSON, err)
		}
		x.JSON = nil
		if !cmp.Equal(x, want) {
			t.Fatal(cmp.Diff(want, x))
		}
		i++
		return nil
	})
	if err != nil || i != len(rows) {
		t.Fatalf("%d of %d places: %v", i, len(rows), err)
	}
}

// TestIncompleto: of an act in parts, among others, a part is lost, doubled, out of
// place, another act's, or of another moment or name, with its number as it was or
// with all numbered anew; the reader says so, whatever was done.
func TestIncompleto(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, err := De("reclamaciones", drawReclamaciones(t, rapid.IntRange(2500, 6000).Draw(t, "n")))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		all := acto(t, 2, ArchivoRecibido, CargaRecibido{}, r)
		other := acto(t, int64(len(all))+2, ArchivoRecibido, CargaRecibido{}, r)
		all = append(append([]*Crudo{solo(1)}, all...), other...)
		all = append(all, solo(all[len(all)-1].N+1))
		if _, err := enteros(all); err != nil {
			t.Fatalf("untouched: %v", err)
		}
		what := daniar(t, all, len(other))
		if _, err := enteros(what); !errors.Is(err, ErrIncompleto) {
			t.Fatalf("told %v", err)
		}
	})
}

func solo(n int64) *Crudo {
	return &Crudo{N: n, Momento: 1772496300000, Evento: AlmacenCreado, Detalle: `{"simulacro":false}`}
}

// daniar does one thing to the parts of the first act, which begins at 1 and has n.
func daniar(t *rapid.T, all []*Crudo, n int) []*Crudo {
	i, j := rapid.IntRange(1, n).Draw(t, "i"), rapid.IntRange(1, n-1).Draw(t, "j")
	if j >= i {
		j++
	}
	out := slices.Clone(all)
	part := *out[i]
	switch what := rapid.SampledFrom([]string{
		"lost", "doubled", "swapped", "foreign", "moment", "name", "party", "tail", "torn",
	}).Draw(t, "what"); what {
	case "lost":
		out = slices.Delete(out, i, i+1)
	case "doubled":
		out = slices.Insert(out, j, &part)
	case "swapped":
		out[i], out[j] = out[j], out[i]
	case "foreign": // the other act's of that place, but the first, which would be whole
		i = max(i, 2)
		out[i] = out[i+n]
	case "moment":
		part.Momento++
		out[i] = &part
	case "name":
		part.Evento = AcuseEmitido
		out[i] = &part
	case "party":
		part.Parte = "00900001"
		out[i] = &part
	case "tail":
		out = out[:min(i+1, n)]
	case "torn": // an event of something else in between
		out = slices.Insert(out, max(i, 2), solo(0))
	}
	if rapid.Bool().Draw(t, "numbered anew") {
		for k := range out {
			c := *out[k]
			c.N = int64(k + 1)
			out[k] = &c
		}
	}
	return out
}

// TestLectorTorcido gives parts that no writer makes.
func TestLectorTorcido(t *testing.T) {
	for _, bad := range []string{
		`{"parte":0,"de":2}`, `{"parte":-1,"de":2}`, `{"parte":1,"de":1}`,
		`{"parte":3,"de":2,"primero":1,"desde":2}`,
		`{"parte":1}`, `{"de":2}`, `{"parte":1,"de":2,"primero":1}`, `{"parte":1,"de":2,"desde":1}`,
		`{"parte":2,"de":2}`, `{"parte":2,"de":2,"primero":1}`, `{"parte":2,"de":2,"primero":1,"desde":1}`,
		`{"parte":2,"de":2,"primero":"1","desde":2}`, `{"parte":2,"de":2,"primero":1,"desde":2}`,
	} {
		var l Lector
		if _, _, err := l.Add(&Crudo{N: 2, Evento: ArchivoRecibido, Detalle: bad}); !errors.Is(err,
			ErrIncompleto) {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, good := range []string{
		`{"desde":"turno"}`, `{"primero":"2026-03-02T10:00:00-06:00"}`, `{"parte":1,"de":2}`, `{}`,
	} {
		var l Lector
		nuevo, desde, err := l.Add(&Crudo{N: 2, Evento: ArchivoRecibido, Detalle: good})
		if !nuevo || desde != 1 || err != nil {
			t.Errorf("%s: %v, %d, %v", good, nuevo, desde, err)
		}
	}
	for _, third := range []string{
		`{"parte":3,"de":3,"primero":1,"desde":9}`,  // a place twice
		`{"parte":3,"de":4,"primero":1,"desde":10}`, // of another number of parts
		`{"parte":4,"de":4,"primero":1,"desde":10}`,
		`{"parte":2,"de":3,"primero":1,"desde":10}`,
		`{"parte":3,"de":3,"primero":2,"desde":10}`,
		`{}`,
	} {
		var l Lector
		for i, detalle := range []string{`{"parte":1,"de":3}`, `{"parte":2,"de":3,"primero":1,"desde":9}`,
			third} {
			_, _, err := l.Add(&Crudo{N: int64(i + 1), Detalle: detalle})
			if errors.Is(err, ErrIncompleto) != (i == 2) {
				t.Errorf("%s after part 2 of 3: %v", detalle, err)
			}
		}
	}
}

// TestMemoria: what an act of many records holds does not grow with them.
func TestMemoria(t *testing.T) {
	r := Renglones{Lista: "folios"}
	defer r.Close()
	for range 100_000 {
		if err := r.Add(&RenglonPlazo{Folio: "2026/090/1325", Vuelta: 1,
			Limite: schema.NewDia(2026, 3, 17)}); err != nil {
			t.Fatal(err)
		}
	}
	if r.spill == nil || cap(r.buf) > 2*enMemoria {
		t.Errorf("%d bytes are held of %d", cap(r.buf), r.base+int64(len(r.buf)))
	}
	acto(t, 1, PlazoVencido, CargaAvisado{}, &r)
}

// TestRenglonesRehusados: what fits no event, or not this one, is an error before
// any part is handed out.
func TestRenglonesRehusados(t *testing.T) {
	long := strings.Repeat("x", MaxCarga)
	none := func(ParteDeActo) error { t.Error("a part was handed out"); return nil }
	for _, c := range []struct {
		name   string
		evento string
		carga  any
		r      *Renglones
	}{
		{"another event's payload", AcuseEmitido, CargaRecibido{}, nil},
		{"no event of the log", "reclamacion_aceptada", CargaRecibido{}, nil},
		{"no list", AcuseEmitido, CargaAcuse{}, con("folios", RenglonPlazo{})},
		{"a field that is no list", ArchivoRecibido, CargaRecibido{}, con("bytes", RenglonPlazo{})},
		{"no name of a list", ArchivoRecibido, CargaRecibido{}, con("", RenglonReclamacion{})},
		{"a list of texts", ConfiguracionCambiada, CargaConfiguracion{}, con("todo_o_nada", RenglonPlazo{})},
		{"another struct", ArchivoRecibido, CargaRecibido{}, con("respuestas", RenglonReclamacion{})},
		{"a list twice", PlazoVencido, CargaAvisado{Folios: []RenglonPlazo{{}}},
			con("folios", RenglonPlazo{})},
		{"a payload too long", AcuseEmitido, CargaAcuse{Acuse: long}, nil},
		{"a head too long", ArchivoRecibido, CargaRecibido{Acuse: long},
			con("respuestas", RenglonRespuesta{})},
	} {
		if err := Partes(1, c.evento, c.carga, "", c.r, none); err == nil {
			t.Errorf("%s: no error", c.name)
		}
	}
	var r Renglones
	if err := r.Add(&RenglonPlazo{Folio: schema.Folio(strings.Repeat("x", maxPrimero))}); err == nil ||
		r.N() != 0 {
		t.Errorf("a renglón too long: %v, %d kept", err, r.N())
	}
	if err := errors.Join(r.Add(&RenglonPlazo{}), r.Add(&RenglonEntregada{})); err == nil {
		t.Error("renglones of two kinds: no error")
	}
	stop := errors.New("stop")
	if err := Partes(1, AlmacenCreado, CargaCreado{}, "", nil, func(ParteDeActo) error {
		return stop
	}); !errors.Is(err, stop) {
		t.Errorf("the writer's own error: %v", err)
	}
}

func con[T any](lista string, row T) *Renglones {
	r, err := De(lista, []T{row})
	if err != nil {
		panic(err)
	}
	return r
}

// TestCalendarioEnPartes: a table of holidays too long for one event goes on as well,
// although its rows are of no folio.
func TestCalendarioEnPartes(t *testing.T) {
	want := make([]DiaCalendario, 900)
	for i := range want {
		want[i] = DiaCalendario{
			Fecha: schema.NewDia(2026, 1, 1+i), Descripcion: "inventado", Origen: "DOF", AplicaGE: "SI",
		}
	}
	r, err := De("dias", want)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var got []DiaCalendario
	all := acto(t, 5, CalendarioCambiado, CargaCalendario{Causa: "prueba"}, r)
	for _, c := range all {
		d, err := Leer[CargaCalendario](c)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d.Dias...)
	}
	if _, err := enteros(all); err != nil || len(all) < 3 || !slices.Equal(got, want) {
		t.Errorf("%d days in %d parts: %v", len(got), len(all), err)
	}
}
