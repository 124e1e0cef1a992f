package schema

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const lineamientos = "../docs/lineamientos.md"

var generatedRE = regexp.MustCompile(`(?s)<!-- (\w+)((?: [\w.]+)*) -->\n.*?<!-- fin -->`)

// TestLineamientosIsGenerated makes the parts between markers again, and wants
// the document to hold them; -update writes them.
func TestLineamientosIsGenerated(t *testing.T) {
	t.Parallel()
	old, err := os.ReadFile(lineamientos)
	if err != nil {
		t.Fatal(err)
	}
	parts := 0
	fresh := generatedRE.ReplaceAllStringFunc(string(old), func(part string) string {
		parts++
		m := generatedRE.FindStringSubmatch(part)
		begin, _, _ := strings.Cut(part, "\n")
		return begin + "\n" + generated(t, m[1], strings.Fields(m[2])) + "<!-- fin -->"
	})
	if parts != 18 {
		t.Errorf("%d generated parts, want 18", parts)
	}
	if *update {
		if err := os.WriteFile(lineamientos, []byte(fresh), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if fresh != string(old) {
		t.Errorf("%s is not what the structs say; run with -update", lineamientos)
	}
}

func generated(t *testing.T, what string, args []string) string {
	switch {
	case what == "tabla" && len(args) == 2:
		return markdown(general(formatoOf(t, Tipo(args[0]), Cifras(args[1])).Campos))
	case what == "diferencias" && len(args) == 2:
		other := formatoOf(t, Tipo(args[1]), "02").Campos
		return markdown(slices.DeleteFunc(formatoOf(t, Tipo(args[0]), "02").Campos, func(c Campo) bool {
			return slices.ContainsFunc(other, func(o Campo) bool { return reflect.DeepEqual(o, c) })
		}))
	case what == "encabezados":
		return headers(t)
	case what == "codigos":
		return codes()
	case what == "ejemplo" && len(args) == 1:
		return "```\n" + strings.ReplaceAll(string(good(t, args[0])), "\r\n", "\n") + "```\n"
	}
	t.Errorf("nothing is made for %s %v", what, args)
	return ""
}

// perType names the fields of the header that differ by type.
var perType = []string{"GeEmisor", "GeReceptor", "GeArchivoReferencia"}

// general leaves out of a table of one type what another type has otherwise.
func general(campos []Campo) []Campo {
	const other = "según el tipo"
	for i, c := range campos {
		if slices.Contains(perType, c.Nombre) || c.Nombre == "GeSumaMontos" {
			campos[i].Regla = other
			if c.Requerido != si {
				campos[i].Requerido = other
			}
		}
	}
	return campos
}

func formatoOf(t *testing.T, tipo Tipo, registro Cifras) Formato {
	t.Helper()
	for _, f := range Layout(tipo, V0100) {
		if f.Registro == registro {
			return f
		}
	}
	t.Fatalf("%s has no record %s", tipo, registro)
	return Formato{}
}

func markdown(campos []Campo) string {
	var b strings.Builder
	b.WriteString(MarkdownHead("--", "#", "Campo", "Tipo", "Long.", "Requerido", "Regla", "Códigos"))
	for _, c := range campos {
		name := c.Nombre
		if c.Reservado {
			name += " (p)"
		}
		codes := strings.Trim(fmt.Sprint(c.Codigos), "[]")
		b.WriteString(MarkdownRow(strconv.Itoa(c.Posicion), name, c.Tipo, strconv.Itoa(c.Longitud),
			c.Requerido, c.Regla, codes))
	}
	return b.String()
}

func headers(t *testing.T) string {
	var b strings.Builder
	b.WriteString(MarkdownHead("--", append([]string{"Tipo"}, perType...)...))
	for _, tipo := range Tipos {
		row := []string{string(tipo)}
		for _, c := range formatoOf(t, tipo, "01").Campos {
			if slices.Contains(perType, c.Nombre) {
				said := []string{c.Regla}
				if c.Requerido != si {
					said = []string{c.Requerido, c.Regla}
				}
				said = slices.DeleteFunc(said, func(s string) bool { return s == "" })
				row = append(row, strings.Join(said, ": "))
			}
		}
		b.WriteString(MarkdownRow(row...))
	}
	return b.String()
}

func codes() string {
	var b strings.Builder
	b.WriteString(MarkdownHead("--", "Código", "Significado", "Alcance", "Qué hacer"))
	for _, c := range Codigos() {
		reach := "registro"
		switch {
		case c.Severidad() == Advertencia:
			reach = "advertencia"
		case c == "EST-02":
			reach = "archivo o registro"
		case wholeCodes[c] || c == "DUP-03":
			reach = "archivo"
		}
		b.WriteString(MarkdownRow(string(c), c.Significado(), reach, c.QueHacer()))
	}
	return b.String()
}

// TestHashAsTheDocumentSays follows the recipe of the document by hand.
func TestHashAsTheDocumentSays(t *testing.T) {
	t.Parallel()
	b := good(t, nameRES)
	lines := bytes.SplitAfter(b, []byte("\n"))
	d := &draft{name: nameRES}
	want := d.summary(bytes.Join(lines[:len(lines)-2], nil))[3] // what follows the last end is empty
	if !bytes.Contains(lines[len(lines)-2], []byte(want)) {
		t.Error("head -n -1 gives another hash")
	}
}
