package bitacora

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

var update = flag.Bool("update", false, "write testdata/cargas.txt and section 7 of docs/bitacora.md anew")

const golden = "testdata/cargas.txt"

// TestCargas holds the payload of every event, each of its fields filled with a
// value of its own, against the bytes in testdata/cargas.txt, which was written once:
//   - a field that is dropped from its struct, or from the AppendJSON that writes a
//     renglón, is missing in the bytes;
//   - a JSON name that changes stands in them under another name;
//   - a field that is added, or an event, is in the golden only after -update, which
//     a reader of the change sees.
//
// Then it reads them back, as a struct and by its Renglones, to the same value. That
// whoever fills a struct fills all of it is for its own tests: the TestLlenos of
// exchange and of cmd/buzon, over the logs of whole days.
func TestCargas(t *testing.T) {
	var out bytes.Buffer
	for _, a := range actos {
		if CargaDe[a.evento] == nil {
			t.Fatalf("event %s has no struct", a.evento)
		}
		v, n := reflect.New(CargaDe[a.evento]).Elem(), 0
		fill(t, v, &n)
		b, err := Cargar(a.evento, v.Interface())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s %s\n", a.evento, b)
		checkIdaYVuelta(t, a.evento, b, v)
		checkPorRenglones(t, a.evento, string(b), v)
	}
	compareFile(t, golden, out.Bytes())
}

// compareFile holds what was made against a file, which -update writes.
func compareFile(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n"))
	if diff != "" {
		t.Errorf("%s is not what the structs give (-file +structs); if they are right, -update:\n%s", path,
			diff)
	}
}

// checkIdaYVuelta reads the payload back, and sees that each field says something.
func checkIdaYVuelta(t *testing.T, evento string, b []byte, want reflect.Value) {
	t.Helper()
	got := reflect.New(want.Type())
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(got.Interface()); err != nil {
		t.Fatalf("%s: %v", evento, err)
	}
	if diff := cmp.Diff(want.Interface(), got.Elem().Interface()); diff != "" {
		t.Errorf("%s comes back otherwise: %s", evento, diff)
	}
	full, err := Llenos(&Crudo{N: 1, Evento: evento, Detalle: string(b)})
	all := Campos(evento)
	slices.Sort(all)
	if err != nil || !slices.Equal(full, all) {
		t.Errorf("%s: of its fields %v it has %v: %v", evento, all, full, err)
	}
	none, err := Llenos(&Crudo{N: 1, Evento: evento, Detalle: "{}"})
	if err != nil || len(none) != 0 {
		t.Errorf("%s: nothing has %v: %v", evento, none, err)
	}
}

// checkPorRenglones writes the same payload with its list as Renglones: every list of
// structs can be written so, and its bytes are the same fields and values.
func checkPorRenglones(t *testing.T, evento, whole string, v reflect.Value) {
	t.Helper()
	for _, f := range campos(v.Type()) {
		if !deRenglones(f) {
			continue
		}
		r := &Renglones{Lista: clave(f)}
		list := v.FieldByIndex(f.Index)
		for i := range list.Len() {
			if err := r.Add(list.Index(i).Addr().Interface()); err != nil {
				t.Fatal(err)
			}
		}
		head := reflect.New(v.Type()).Elem()
		head.Set(v)
		head.FieldByIndex(f.Index).SetZero()
		err := Partes(1, evento, head.Interface(), "", r, func(p ParteDeActo) error {
			if got, want := decoded(t, p.Detalle), decoded(t, whole); !cmp.Equal(got, want) {
				t.Errorf("%s, by renglones: %s", evento, cmp.Diff(want, got))
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	}
}

func decoded(t *testing.T, s string) (v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// fill gives every field a value that no other has, but for true.
func fill(t *testing.T, v reflect.Value, n *int) {
	t.Helper()
	*n++
	switch v.Interface().(type) {
	case schema.Dia:
		v.SetInt(int64(schema.NewDia(2026, 1, *n)))
		return
	case schema.Instante:
		v.SetString(fmt.Sprintf("2026-03-02T10:00:%02d-06:00", *n))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(t, v.Index(0), n)
		fill(t, v.Index(1), n)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem(), n)
	case reflect.String:
		v.SetString(fmt.Sprintf("texto %d", *n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint32:
		v.SetUint(uint64(900_000 + *n))
	case reflect.Bool:
		v.SetBool(true)
	default:
		t.Fatalf("no way to fill a %v", v.Type())
	}
}

// TestCamposNombrados: every field of every payload has a name and a meaning for the
// document, and none has the name that a part or the commitments have.
func TestCamposNombrados(t *testing.T) {
	for _, a := range actos {
		seen := map[string]bool{}
		for _, f := range campos(CargaDe[a.evento]) {
			checkCampo(t, a.evento, f, seen)
			if !deRenglones(f) {
				continue
			}
			rows := map[string]bool{}
			for _, g := range campos(f.Type.Elem()) {
				checkCampo(t, a.evento+", "+clave(f), g, rows)
			}
			if !omitido(f) || seen["primero"] || seen["desde"] {
				t.Errorf("%s: its list %q cannot go on in parts", a.evento, clave(f))
			}
		}
		for _, reserved := range []string{"parte", "de", "filas"} {
			if seen[reserved] {
				t.Errorf("%s: the field %q is taken", a.evento, reserved)
			}
		}
	}
}

var snake = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

func checkCampo(t *testing.T, where string, f reflect.StructField, seen map[string]bool) {
	t.Helper()
	k := clave(f)
	switch {
	case !f.IsExported() || !snake.MatchString(k):
		t.Errorf("%s: field %s has the JSON name %q", where, f.Name, k)
	case seen[k]:
		t.Errorf("%s: two fields are called %q", where, k)
	case f.Tag.Get("doc") == "":
		t.Errorf("%s: nothing says what %q is", where, k)
	case strings.ContainsAny(f.Tag.Get("doc"), "|\n"):
		t.Errorf("%s: what %q is does not fit a table", where, k)
	}
	seen[k] = true
}

// TestNombres: every name of nombres.go's first block is an event with a struct, a
// sentence in the document and a line in the golden, in their order, and no other.
func TestNombres(t *testing.T) {
	blocks := constants(t)
	var told, gold []string
	for _, a := range actos {
		told = append(told, a.evento)
		if a.dice == "" {
			t.Errorf("%s: no sentence", a.evento)
		}
	}
	if diff := cmp.Diff(blocks[0], told); diff != "" {
		t.Errorf("actos_test.go has not the events of nombres.go: %s", diff)
	}
	b, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		name, _, _ := strings.Cut(line, " ")
		gold = append(gold, name)
	}
	if diff := cmp.Diff(blocks[0], gold); diff != "" {
		t.Errorf("%s has not the events of nombres.go: %s", golden, diff)
	}
	for _, name := range blocks[0] {
		if _, ok := CargaDe[name]; !ok {
			t.Errorf("event %s has no struct", name)
		}
	}
	if len(CargaDe) != len(blocks[0]) {
		t.Errorf("%d structs for %d events", len(CargaDe), len(blocks[0]))
	}
	var was []string
	for _, a := range antes {
		was = append(was, a.era)
	}
	for _, name := range blocks[1] {
		if !slices.Contains(was, name) || slices.Contains(blocks[0], name) {
			t.Errorf("%s: the document does not say what tells it now", name)
		}
	}
}

// constants reads the values of nombres.go's const blocks, so that a new name counts
// although nothing uses it yet.
func constants(t *testing.T) (blocks [][]string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "nombres.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range file.Decls {
		var names []string
		for _, s := range d.(*ast.GenDecl).Specs {
			value := s.(*ast.ValueSpec).Values[0].(*ast.BasicLit).Value
			name, err := strconv.Unquote(value)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		blocks = append(blocks, names)
	}
	if len(blocks) != 2 {
		t.Fatalf("nombres.go has %d blocks of names, not the events and what became of a record", len(blocks))
	}
	return blocks
}

const (
	markFrom = "<!-- bitacora.Documento: desde aquí -->\n"
	markTo   = "<!-- bitacora.Documento: hasta aquí -->\n"
)

// TestDocumento: the tables of docs/bitacora.md, section 7, are those that the
// structs give; -update writes them.
func TestDocumento(t *testing.T) {
	const path = "../../docs/bitacora.md"
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), markFrom)
	_, after, ok2 := strings.Cut(rest, markTo)
	if !ok || !ok2 {
		t.Fatalf("%s has not the two marks", path)
	}
	var doc bytes.Buffer
	if err := Documento(&doc); err != nil {
		t.Fatal(err)
	}
	compareFile(t, path, []byte(before+markFrom+"\n"+doc.String()+"\n"+markTo+after))
}
