package bitacora

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"strings"

	"buzon/schema"
)

// Documento writes what section 7 of docs/bitacora.md says of the events: the act
// that each tells, the fields of its payload, and what was told otherwise before.
// All but the sentences of actos_test.go is read off the structs.
func Documento(w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(schema.MarkdownHead("---", "evento", "parte", "archivo", "qué dice"))
	for _, a := range actos {
		b.WriteString(schema.MarkdownRow("`"+a.evento+"`", a.parte, a.archivo, a.dice))
	}
	b.WriteString("\n### El detalle de cada evento\n\n" +
		"«Opcional»: el campo falta donde estaría vacío o en cero.\n")
	done := map[reflect.Type]bool{}
	for _, a := range actos {
		if t := CargaDe[a.evento]; !done[t] {
			done[t] = true
			carga(&b, t)
		}
	}
	b.WriteString("\n### Nombres de antes\n\n" +
		"Lo que cada registro vivió se llama todavía así en `history` y `trace`; ya no es un evento " +
		"propio.\n\n" +
		schema.MarkdownHead("---", "antes", "ahora"))
	for _, a := range antes {
		b.WriteString(schema.MarkdownRow("`"+a.era+"`", a.es))
	}
	_, err := w.Write(b.Bytes())
	return err
}

// carga writes the tables of a payload, and of the renglones that it has lists of.
func carga(b *bytes.Buffer, t reflect.Type) {
	var names []string
	for _, a := range actos {
		if CargaDe[a.evento] == t {
			names = append(names, "`"+a.evento+"`")
		}
	}
	fmt.Fprintf(b, "\n%s", strings.Join(names, ", "))
	fields := campos(t)
	if len(fields) == 0 {
		b.WriteString(": `{}`\n")
		return
	}
	b.WriteString(":\n\n")
	tabla(b, fields)
	for _, f := range fields {
		if deRenglones(f) {
			fmt.Fprintf(b, "\nCada renglón de `%s`:\n\n", clave(f))
			tabla(b, campos(f.Type.Elem()))
		}
	}
}

func tabla(b *bytes.Buffer, fields []reflect.StructField) {
	b.WriteString(schema.MarkdownHead("---", "campo", "tipo", "qué es"))
	for _, f := range fields {
		tipo := nombreDeTipo(f.Type)
		if omitido(f) {
			tipo += ", opcional"
		}
		b.WriteString(schema.MarkdownRow("`"+clave(f)+"`", tipo, f.Tag.Get("doc")))
	}
}

// nombreDeTipo is what a reader of the document calls the type of a field.
func nombreDeTipo(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[schema.Dia]():
		return "día"
	case reflect.TypeFor[schema.Instante]():
		return "momento"
	case reflect.TypeFor[schema.Huella]():
		return "SHA-256"
	case reflect.TypeFor[schema.UNE]():
		return "entero, la clave"
	}
	switch t.Kind() {
	case reflect.Pointer:
		return nombreDeTipo(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return "lista de renglones"
		}
		return "lista de textos"
	case reflect.Bool:
		return "`true` o `false`"
	case reflect.String:
		return "texto"
	}
	return "entero"
}
