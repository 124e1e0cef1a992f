package bitacora

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"buzon/schema"
)

// adjuntos are the structs that write themselves.
var adjuntos = []reflect.Type{
	reflect.TypeFor[RenglonReclamacion](), reflect.TypeFor[RenglonRespuesta](),
	reflect.TypeFor[RenglonDictamen](),
	reflect.TypeFor[RenglonDevuelta](), reflect.TypeFor[RenglonEntregada](), reflect.TypeFor[RenglonPlazo](),
}

// TestAdjuntar holds what the structs write by themselves against encoding/json,
// any subset of their fields set, with folios that no one would write.
func TestAdjuntar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := reflect.New(rapid.SampledFrom(adjuntos).Draw(t, "type"))
		for i := range v.Elem().NumField() {
			if rapid.Bool().Draw(t, "set") {
				drawField(t, v.Elem().Field(i))
			}
		}
		breve := reflect.New(v.Type().Elem())
		breve.Elem().Set(v.Elem())
		sinUsuales(breve.Elem())
		want, err := json.Marshal(breve.Interface())
		if err != nil {
			t.Fatal(err)
		}
		got := v.Interface().(adjunto).AppendJSON([]byte("x,"))
		if string(got) != "x,"+string(want) {
			t.Fatalf("%T\n got %s\nwant x,%s", v.Interface(), got, want)
		}
	})
}

// sinUsuales empties the fields of a renglón that say what is not written.
func sinUsuales(v reflect.Value) {
	if c := v.FieldByName("Codigo"); c.IsValid() && c.Len() > 0 {
		return
	}
	for _, name := range []string{"Vuelta", "Tipo", "Oportunidad"} {
		f := v.FieldByName(name)
		if f.IsValid() && f.Int() == 1 && (name != "Tipo" || v.Type() != reflect.TypeFor[RenglonDictamen]()) {
			f.SetZero()
		}
	}
}

// TestCompletar writes renglones with each set of their fields that are mostly 1, and
// reads them back, as payloads and by their places.
func TestCompletar(t *testing.T) {
	t.Parallel()
	dias, n := 3, []int{1, 2}
	for _, vuelta := range n {
		for _, tipo := range n {
			for _, oportunidad := range n {
				r := RenglonRespuesta{Folio: "2026/090/1", Vuelta: vuelta, Tipo: tipo, Dias: &dias,
					Oportunidad: oportunidad}
				d := RenglonDictamen{Folio: "2026/090/1", Vuelta: vuelta, Tipo: tipo}
				p := RenglonPlazo{Folio: "2026/090/1", Vuelta: vuelta, Limite: 9}
				comeBack(t, ArchivoRecibido, CargaRecibido{}, "respuestas", r, func(c CargaRecibido) any {
					return c.Respuestas
				})
				comeBack(t, ArchivoRecibido, CargaRecibido{}, "dictamenes", d, func(c CargaRecibido) any {
					return c.Dictamenes
				})
				comeBack(t, ArchivoRecibido, CargaRecibido{}, "reclamaciones",
					RenglonReclamacion{Folio: "2026/090/1", Vuelta: vuelta, UNE: 9},
					func(c CargaRecibido) any { return c.Reclamaciones })
				comeBack(t, RetornoFormado, CargaRetorno{}, "respuestas",
					RenglonDevuelta{"2026/090/1", vuelta, tipo},
					func(c CargaRetorno) any { return c.Respuestas })
				comeBack(t, ArchivoPublicado, CargaPublicado{}, "folios",
					RenglonEntregada{Folio: "2026/090/1", Vuelta: vuelta},
					func(c CargaPublicado) any { return c.Folios })
				comeBack(t, PlazoVencido, CargaAvisado{}, "folios", p, func(c CargaAvisado) any {
					return c.Folios
				})
				comeBack(t, PlazoMovido, CargaMovido{}, "folios", p, func(c CargaMovido) any {
					return c.Folios
				})
				comeBack(t, PlazoRecontado, CargaRecontado{}, "folios", p, func(c CargaRecontado) any {
					return c.Folios
				})
			}
		}
	}
	for _, refused := range []RenglonRespuesta{{Tipo: 1, Codigo: "EST-09"}, {Codigo: "EST-09"}} {
		comeBack(t, ArchivoRecibido, CargaRecibido{}, "respuestas", refused, func(c CargaRecibido) any {
			return c.Respuestas
		})
	}
}

// comeBack writes a payload with one renglón, and reads it back.
func comeBack[C, R any](t *testing.T, evento string, carga C, lista string, r R, list func(C) any) {
	t.Helper()
	rows, err := De(lista, []R{r})
	if err != nil {
		t.Fatal(err)
	}
	err = Partes(1, evento, carga, "", rows, func(p ParteDeActo) error {
		c := Crudo{N: 1, Evento: evento, Detalle: p.Detalle}
		read, err := Leer[C](&c)
		if got := list(read); err != nil || !reflect.DeepEqual(got, []R{r}) {
			t.Errorf("%s comes back as %+v, %v; want %+v", p.Detalle, got, err, r)
		}
		return LugarEn(&c, 2, 1, func(l Lugar) error {
			var own R
			vuelta := reflect.ValueOf(r).FieldByName("Vuelta").Int()
			err := json.Unmarshal(l.JSON, &own)
			if err != nil || !reflect.DeepEqual(own, r) || int64(l.Vuelta) != vuelta {
				t.Errorf("%s: its place says %s, round %d; %v", p.Detalle, l.JSON, l.Vuelta, err)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAdjuntarTodos: every struct that a payload has a list of, by record, writes
// itself; one that is added later must not be slow in silence.
func TestAdjuntarTodos(t *testing.T) {
	known := map[reflect.Type]bool{}
	for _, r := range adjuntos {
		known[r] = true
	}
	for evento := range CargaDe {
		if f, ok := lista(evento); ok && !known[f.Type.Elem()] {
			t.Errorf("event %s: its renglones, %v, do not write themselves", evento, f.Type.Elem())
		}
	}
}

func drawField(t *rapid.T, f reflect.Value) {
	switch f.Interface().(type) {
	case schema.Dia:
		f.SetInt(int64(rapid.Int32().Draw(t, "dia")))
		if rapid.Bool().Draw(t, "usual") {
			f.SetInt(int64(rapid.IntRange(-800, 4_000_000).Draw(t, "usual dia")))
		}
		return
	case *int:
		n := rapid.Int().Draw(t, "int")
		f.Set(reflect.ValueOf(&n))
		return
	}
	switch f.Kind() {
	case reflect.String:
		f.SetString(rapid.OneOf(
			rapid.String(), rapid.StringMatching(`20[0-9]{2}/[0-9]{3}/[0-9]{1,6}`),
			rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"<>", "&", `"`, `\`, "\x7f", "\u2028", "a\tb",
				strings.Repeat("é", 40)}),
		).Draw(t, "text"))
	case reflect.Int:
		f.SetInt(rapid.OneOf(rapid.Int64(), rapid.Int64Range(0, 2)).Draw(t, "int"))
	case reflect.Uint32:
		f.SetUint(uint64(rapid.Uint32().Draw(t, "uint")))
	default:
		t.Fatalf("no way to fill a %v", f.Type())
	}
}

func BenchmarkAdd(b *testing.B) {
	r := Renglones{Lista: "reclamaciones"}
	defer r.Close()
	x := RenglonReclamacion{Folio: "2026/090/132512", Vuelta: 1, UNE: 900001}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Add(&x); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddRespuesta(b *testing.B) {
	r := Renglones{Lista: "respuestas"}
	defer r.Close()
	dias := 12
	x := RenglonRespuesta{Folio: "2026/090/132512", Vuelta: 1, Tipo: 1, Sentido: 2, Dias: &dias,
		Oportunidad: 1,
		Limite:      schema.NewDia(2026, 3, 17)}
	b.ReportAllocs()
	for b.Loop() {
		if err := r.Add(&x); err != nil {
			b.Fatal(err)
		}
	}
}

// lista is the field of a payload that has what the act did to each record.
func lista(evento string) (campo reflect.StructField, ok bool) {
	for _, f := range reflect.VisibleFields(CargaDe[evento]) {
		if deRenglones(f) && porRegistro(f.Type.Elem()) {
			return f, true
		}
	}
	return campo, false
}

// porRegistro tells whether a struct is what an act did to one record.
func porRegistro(t reflect.Type) bool {
	_, ok := t.FieldByName("Folio")
	return ok
}
