// Package formatos writes the tables of the layout for those who write files: as text,
// Markdown, CSV or JSON. What stands in them is schema.Layout's.
package formatos

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"buzon/schema"
)

// Writers write tables of the layout, by the name of the form.
var Writers = map[string]func(io.Writer, []schema.Formato) error{
	"table": writeTable, "md": writeMarkdown, "csv": writeCSV,
	"json": func(w io.Writer, all []schema.Formato) error { return json.NewEncoder(w).Encode(all) },
}

var columns = []string{"posicion", "campo", "tipo", "longitud", "requerido", "regla", "codigos"}

func cells(c schema.Campo) []string {
	codes := make([]string, len(c.Codigos))
	for i, code := range c.Codigos {
		codes[i] = string(code)
	}
	return []string{strconv.Itoa(c.Posicion), c.Nombre, c.Tipo, strconv.Itoa(c.Longitud), c.Requerido,
		c.Regla, strings.Join(codes, ", ")}
}

func title(f schema.Formato) string {
	return fmt.Sprintf("%s, registro %s: %s, %d campos, versión %s",
		f.Tipo, f.Registro, f.Nombre, len(f.Campos), f.Version)
}

func writeTable(w io.Writer, all []schema.Formato) error {
	for i, f := range all {
		if i > 0 {
			fmt.Fprintln(w)
		}
		fmt.Fprintln(w, title(f))
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		fmt.Fprintln(t, strings.Join(columns, "\t"))
		for _, c := range f.Campos {
			fmt.Fprintln(t, strings.Join(cells(c), "\t"))
		}
		if err := t.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(w, `
A texto · N entero sin signo ni ceros a la izquierda · C dígitos, conserva ceros
F fecha dd/mm/aaaa · M importe con dos decimales · T 2026-03-18T16:22:31-06:00
H hexadecimal en minúsculas. Longitud en caracteres: exacta en C, F, T y H.
`)
	return err
}

func writeMarkdown(w io.Writer, all []schema.Formato) error {
	for _, f := range all {
		fmt.Fprintf(w, "### %s\n\n%s", title(f), schema.MarkdownHead("---", columns...))
		for _, c := range f.Campos {
			fmt.Fprint(w, schema.MarkdownRow(cells(c)...))
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}

func writeCSV(w io.Writer, all []schema.Formato) error {
	out := csv.NewWriter(w)
	if err := out.Write(append([]string{"archivo", "registro"}, columns...)); err != nil {
		return err
	}
	for _, f := range all {
		for _, c := range f.Campos {
			if err := out.Write(append([]string{string(f.Tipo), string(f.Registro)},
				cells(c)...)); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
