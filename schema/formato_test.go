package schema

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

// TestEveryTagIsDescribed wants each tag of the structs, and each rule, told to
// those who write files, and nothing told that is no rule.
func TestEveryTagIsDescribed(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for typ, l := range layouts {
		for _, col := range l.columns {
			for _, g := range col.tags {
				used[g.name] = true
				if rules[g.name].dice == nil && !isBase(g.name) && g.name != "omitempty" {
					t.Errorf("%s.%s: tag %s has no description", typ.Name(), col.name, g.name)
				}
			}
		}
	}
	for name := range rules {
		if !used[name] {
			t.Errorf("rule %s stands in no tag", name)
		}
	}
	for campo := range notas {
		if !slices.ContainsFunc(Tipos, func(tipo Tipo) bool { return campoOf(tipo, campo) != nil }) {
			t.Errorf("note %s is of no field", campo)
		}
	}
}

func campoOf(tipo Tipo, name string) *Campo {
	for _, f := range Layout(tipo, V0100) {
		for _, c := range f.Campos {
			if c.Nombre == name {
				return &c
			}
		}
	}
	return nil
}

func TestLayoutIsWhole(t *testing.T) {
	t.Parallel()
	fields := map[Tipo][]int{REC: {9, 33, 4}, LOT: {9, 33, 4}, RES: {9, 18, 4}, ACU: {9, 10, 9, 4},
		RCH: {9, 9, 4}, REP: {9, 23, 4}, DIC: {9, 6, 4}}
	for _, tipo := range Tipos {
		var got []int
		for _, f := range Layout(tipo, V0100) {
			got = append(got, len(f.Campos))
			for i, c := range f.Campos {
				if c.Posicion != i+1 || !strings.Contains("ANCFMTH", c.Tipo) || c.Longitud == 0 ||
					c.Requerido == "" || len(c.Codigos) == 0 || f.Tipo != tipo {
					t.Errorf("%s %s: %+v", tipo, f.Registro, c)
				}
				for _, code := range c.Codigos {
					if !code.Existe() {
						t.Errorf("%s.%s: code %q", f.Nombre, c.Nombre, code)
					}
				}
			}
		}
		if !slices.Equal(got, fields[tipo]) {
			t.Errorf("%s: records of %v fields, want %v", tipo, got, fields[tipo])
		}
	}
	if Layout("XYZ", V0100) != nil {
		t.Error("a type that does not exist has a layout")
	}
}

// TestCodeOfATagExists: a tag with a code that codigos.go lacks never gets so far as to be told.
func TestCodeOfATagExists(t *testing.T) {
	t.Parallel()
	defer func() {
		if said, _ := recover().(string); !strings.Contains(said, "RecNuevo: no code CAT-99") {
			t.Errorf("it says %q", said)
		}
	}()
	newColumn(reflect.StructField{Name: "RecNuevo", Type: reflect.TypeFor[string](),
		Tag: `validate:"req" codigo:"CAT-99"`})
}

// TestLayoutListsTheCodesThatAreTold reads files with mistakes of every kind.
func TestLayoutListsTheCodesThatAreTold(t *testing.T) {
	t.Parallel()
	listed := func(tipo Tipo, h Hallazgo) bool {
		c := campoOf(tipo, h.Campo)
		return h.Codigo == "EST-02" || h.Codigo == "FMT-06" || c != nil && slices.Contains(c.Codigos,
			h.Codigo)
	}
	check := func(d *draft, r *Reglas) {
		_, _, found := checked(t, d.name, d.bytes(), r)
		for _, h := range found {
			if h.Campo != "" && !listed(d.tipo(), h) &&
				(h.Campo != "GeTipoRegistro" || h.Codigo[:3] != "EST") {
				t.Errorf("%s: %s is not among the codes of its field", d.tipo(), place(h))
			}
		}
	}
	for _, bad := range badFiles() {
		r := testReglas()
		if bad.reglas != nil {
			bad.reglas(r)
		}
		check(bad.make(newDraft(t, bad.base)), r)
	}
	for _, c := range slices.Concat(textsAndNumbers(), digitsDatesAndAmounts(), otherRecords()) {
		check(newDraft(t, c.base).set(2, c.campo, c.valor), testReglas())
	}
}

// TestRequiredAsSaid empties each field, and fills those that are always empty.
func TestRequiredAsSaid(t *testing.T) {
	t.Parallel()
	for _, name := range ejemplos(t) {
		d := newDraft(t, name)
		for _, f := range Layout(d.tipo(), V0100) {
			line := 1
			switch f.Registro {
			case "02":
				line = 2
			case "03":
				line = len(d.lines)
			case "09":
				continue
			}
			for _, c := range f.Campos[1:] {
				valor, want := "", Codigo("")
				switch {
				case c.Requerido == si:
					want = "FMT-01"
				case c.Requerido == vacio:
					valor, want = "x", "NEG-09"
				case !strings.HasPrefix(c.Requerido, no):
					continue // it hangs on other fields
				}
				_, _, found := checked(t, name, newDraft(t, name).set(line, c.Nombre, valor).bytes(),
					testReglas())
				got := Codigo("")
				if i := slices.IndexFunc(found, func(h Hallazgo) bool {
					return h.Linea == line && h.Campo == c.Nombre
				}); i >= 0 {
					got = found[i].Codigo
				}
				if got != want {
					t.Errorf("%s.%s is %q, and with %q gives %q, want %q", f.Nombre, c.Nombre, c.Requerido,
						valor, got, want)
				}
			}
		}
	}
}

func TestEveryCodeSaysWhatToDo(t *testing.T) {
	t.Parallel()
	for _, c := range Codigos() {
		if c.QueHacer() == "" {
			t.Errorf("%s does not say what to do", c)
		}
	}
	if Codigo("XYZ-01").QueHacer() != "" {
		t.Error("a code that does not exist says what to do")
	}
}
