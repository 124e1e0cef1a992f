package ficha_test

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

// leido is a page as its reader takes it.
type leido struct {
	tablas map[string][][]string // by caption or, where it has one, by id: the texts of each row's cells
	textos []string              // all others that are read
	malos  []string              // what is not accessible, or may fetch
}

// lee reads a page. It reads no HTML in general: a page that it cannot read is
// wrong.
func lee(t interface{ Fatal(...any) }, page string) *leido {
	out := &leido{tablas: make(map[string][][]string)}
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var open []xml.StartElement
	var name, text string
	var rows [][]string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			open = append(open, e.Copy())
			out.revisa(open)
			switch e.Name.Local {
			case "table":
				name, rows = attr(e, "id"), nil
			case "tr":
				rows = append(rows, nil)
			case "small":
				text += "|"
			case "td", "th", "caption", "p", "h1", "h2", "title", "desc", "code", "li":
				text = ""
			}
		case xml.CharData:
			text += string(e)
		case xml.EndElement:
			open = open[:len(open)-1]
			switch e.Name.Local {
			case "td", "th":
				rows[len(rows)-1] = append(rows[len(rows)-1], text)
			case "caption":
				if name == "" {
					name = text
				}
			case "table":
				out.tablas[name] = rows
			case "p", "h1", "h2", "title", "desc", "code", "li", "text":
				out.textos = append(out.textos, text)
			}
			text = strings.TrimRight(text, "\n")
		}
	}
	return out
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// revisa looks at an element: what each must have, and what none may have.
func (l *leido) revisa(open []xml.StartElement) {
	e := open[len(open)-1]
	bad := func(what string) { l.malos = append(l.malos, e.Name.Local+": "+what) }
	switch e.Name.Local {
	case "html":
		if attr(e, "lang") != "es-MX" {
			bad("lang")
		}
	case "th":
		if !slices.Contains([]string{"row", "col", "colgroup"}, attr(e, "scope")) {
			bad("scope")
		}
	case "svg":
		if ids := strings.Fields(attr(e, "aria-labelledby")); attr(e, "role") != "img" || len(ids) != 2 ||
			ids[0] == ids[1] {
			bad("a plot without title and desc")
		}
	case "script", "link", "img", "iframe", "object", "embed", "use", "image", "a", "form", "input":
		bad("has no place in a sheet")
	}
	for _, a := range e.Attr {
		if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "src" || a.Name.Local == "href" ||
			a.Name.Local == "style" {
			bad(a.Name.Local)
		}
	}
}

// fila finds the row of a table whose cells begin with those.
func (l *leido) fila(t *testing.T, table string, begin ...string) []string {
	t.Helper()
	for _, r := range l.tablas[table] {
		if len(r) >= len(begin) && slices.Equal(r[:len(begin)], begin) {
			return r[len(begin):]
		}
	}
	t.Fatalf("table %q has no row %q: %q", table, begin, l.tablas[table])
	return nil
}

// dice tells whether a text of the page holds s.
func (l *leido) dice(s string) bool {
	return slices.ContainsFunc(l.textos, func(x string) bool { return strings.Contains(x, s) })
}
