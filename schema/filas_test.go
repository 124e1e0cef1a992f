package schema

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// filas reads everything: rows and mistakes as line:column text.
func filas(t *testing.T, text, remark string) (out []string) {
	t.Helper()
	f := NewFilas(strings.NewReader(text), remark)
	for {
		cells, err := f.Read()
		bad, broken := errors.AsType[*csv.ParseError](err)
		switch {
		case errors.Is(err, io.EOF):
			return out
		case broken:
			out = append(out, fmt.Sprintf("%d:%d %v", bad.Line, bad.Column, bad.Err))
			continue
		case err != nil:
			t.Fatal(err)
		}
		line, column := f.FieldPos(len(cells) - 1)
		out = append(out, fmt.Sprintf("%d:%d %.20q", line, column, cells))
	}
}

// Lines and columns are those of the file, whatever was skipped before.
func TestFilasPlaces(t *testing.T) {
	t.Parallel()
	got := filas(t, "\ufeff# uno\n\r\na,b\n\n#"+strings.Repeat("x", 2*MaxFila)+"\nc,\"d\n#e\"\ng,h\"i\nj,k",
		"#")
	want := []string{`3:3 ["a" "b"]`, `6:3 ["c" "d\n#e"]`, `8:4 bare " in non-quoted-field`, `9:3 ["j" "k"]`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{`1:1 ["# uno"]`, `2:3 ["a" "b"]`},
		filas(t, "# uno\na,b\n", "")); diff != "" {
		t.Errorf("without remarks (-want +got):\n%s", diff)
	}
}

// A row over the bound is told with its line, and the next one is read; one at the
// bound is a row. What is skipped counts for neither.
func TestFilasLong(t *testing.T) {
	t.Parallel()
	at := "y," + strings.Repeat("x", MaxFila-3) + "\n"
	got := filas(t, "a,b\n"+at+strings.Repeat("\n", MaxFila)+"#z\n"+strings.Repeat(",", 3*MaxFila)+
		"\nc,d\n\""+strings.Repeat("\"\"\n", MaxFila)+"\"\n", "#")
	long := MaxFila + 4
	want := []string{`1:3 ["a" "b"]`, `2:3 ["y" "xxxxxxxxxxxxxxxxxxxx"]`,
		fmt.Sprintf("%d:1 row of over 65536 bytes", long), fmt.Sprintf(`%d:3 ["c" "d"]`, long+1)}
	if len(got) < 5 {
		t.Fatalf("got %q", got)
	}
	if diff := cmp.Diff(want, got[:4]); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
	if !strings.HasSuffix(got[4], "row of over 65536 bytes") {
		t.Errorf("a row of many lines: %s", got[4])
	}
}

// A table that is wrong throughout is told in a hundred mistakes.
func TestReadInhabilesBounded(t *testing.T) {
	t.Parallel()
	_, err := ReadInhabiles(strings.NewReader("fecha,descripcion,origen\n" + strings.Repeat("x\n", 1<<20)))
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != MaxErrores+1 || lines[0] != "line 2: 1 fields, want 3" ||
		lines[MaxErrores] != "and 1048476 more mistakes" {
		t.Errorf("%d lines, the first %q, the last %q", len(lines), lines[0], lines[len(lines)-1])
	}
	_, err = ReadInhabiles(strings.NewReader("fecha,descripcion,origen\n" +
		strings.Repeat("x\n", MaxErrores+1)))
	if !strings.HasSuffix(err.Error(), "\nand 1 more mistake") {
		t.Errorf("one more: %.200v", err)
	}
	_, err = ReadInhabiles(strings.NewReader("fecha,descripcion,origen\n" +
		strings.Repeat("x\n", MaxErrores)))
	if strings.Contains(err.Error(), "more mistake") {
		t.Errorf("none more: %.200v", err)
	}
	for _, head := range []string{strings.Repeat("x,", MaxErrores+8), strings.Repeat("x", MaxFila/2)} {
		if _, err = ReadInhabiles(strings.NewReader(head + "\n")); len(err.Error()) > 100*MaxErrores {
			t.Errorf("a head of %d bytes is told in %d", len(head), len(err.Error()))
		}
	}
	_, err = ReadInhabiles(strings.NewReader("fecha,descripcion,origen\n" + strings.Repeat("ñ", MaxFila/3) +
		",a,DOF\n"))
	if n := len([]rune(err.Error())); n > MaxErrata+20 {
		t.Errorf("a long cell is told in %d characters", n)
	}
}
