package schema

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// TestLineIsFoundAgain reads the bytes of each line at the place that Records
// tells, whatever the line ends are, and wants the line's text.
func TestLineIsFoundAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit   func([]byte) []byte
		latin1 bool
	}{
		"CRLF":         {edit: func(b []byte) []byte { return b }},
		"LF":           {edit: everywhere("\r\n", "\n")},
		"CRCRLF":       {edit: everywhere("\r\n", "\r\r\n")},
		"BOM":          {edit: func(b []byte) []byte { return append([]byte("\ufeff"), b...) }},
		"ISO-8859-1":   {edit: toLatin1, latin1: true},
		"UTF-8 as ISO": {edit: func(b []byte) []byte { return b }, latin1: true},
		"not UTF-8":    {edit: toLatin1},
		"no 01":        {edit: func(b []byte) []byte { return b[bytes.IndexByte(b, '\n')+1:] }},
		"empty lines":  {edit: everywhere("\r\n02", "\r\n\n\r\n02")},
		"BOM, no 01": {edit: func(b []byte) []byte {
			return append([]byte("\ufeff"), b[bytes.IndexByte(b, '\n')+1:]...)
		}},
		"no end": {edit: func(b []byte) []byte { return bytes.TrimSuffix(b, []byte("\r\n")) }},
		"cut":    {edit: func(b []byte) []byte { return b[:len(b)-200] }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := testReglas()
			r.Latin1 = c.latin1
			content := c.edit(good(t, nameREC))
			if n := mustFindLines(t, content, r); n < 4 {
				t.Errorf("%d lines", n)
			}
		})
	}
}

// TestLongLineIsFoundAgain has lines about as long as a chunk and as maxLine, so
// that a line end falls between two chunks.
func TestLongLineIsFoundAgain(t *testing.T) {
	t.Parallel()
	for _, size := range []int{readSize, maxLine, 5 * maxLine} {
		for n := size - 4; n < size+4; n++ {
			for _, end := range []string{"\r\n", "\n", "\r\r\n"} {
				line := "02|" + strings.Repeat("x", n-3) + end
				content := []byte(line + "02|\xf1" + end + line + "09|" + end)
				if got := mustFindLines(t, content, testReglas()); got != 3 {
					t.Fatalf("%d bytes and %q: %d lines", n, end, got)
				}
			}
		}
	}
}

func everywhere(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(new)) }
}

func toLatin1(b []byte) []byte {
	var out []byte
	for _, r := range string(b) {
		out = append(out, byte(r))
	}
	return out
}

// mustFindLines holds the places of a REC's lines to where bytes.SplitAfter has
// them, and gives their number.
func mustFindLines(t *testing.T, content []byte, r *Reglas) (n int) {
	t.Helper()
	open := func() (io.ReadCloser, error) {
		return io.NopCloser(iotest.HalfReader(bytes.NewReader(content))), nil
	}
	e, err := Examine(nameREC, open, r)
	if err != nil {
		t.Fatal(err)
	}
	text := bytes.TrimPrefix(content, byteOrderMark)
	lines := bytes.SplitAfter(text, []byte("\n"))
	for l, err := range Records[Reclamacion](e) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		before := len(content) - len(text)
		for _, line := range lines[:l.Linea-1] {
			before += len(line)
		}
		raw := bytes.TrimSuffix(bytes.TrimSuffix(lines[l.Linea-1], []byte("\n")), []byte("\r"))
		if int(l.Desplazamiento) != before || l.Largo != len(raw) {
			t.Fatalf("line %d: %d bytes at %d, want %d at %d", l.Linea, l.Largo, l.Desplazamiento, len(raw),
				before)
		}
		got := ReadLine(content[l.Desplazamiento:][:l.Largo], r.Latin1)
		if long := l.Largo > maxLine; got != l.Texto && !long || long && l.Texto != "" {
			t.Fatalf("line %d: %.100q, want %.100q", l.Linea, got, l.Texto)
		}
	}
	return n
}
