package ficha_test

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
)

// imprime prints a page on paper, and gives the text of each sheet of it and the
// path of the whole.
func imprime(t *testing.T, n *navegador, page string) (pages []string, path string) {
	t.Helper()
	n.ve(page, 1280)
	var out struct{ Data []byte }
	n.pide("Page.printToPDF", map[string]any{"preferCSSPageSize": true}, &out)
	path = filepath.Join(t.TempDir(), "ficha.pdf")
	if err := os.WriteFile(path, out.Data, 0o600); err != nil {
		t.Fatal(err)
	}
	text := poppler(t, "pdftotext", "-layout", path, "-")
	return strings.Split(strings.TrimSuffix(text, "\f"), "\f"), path
}

func poppler(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(tool(t, name), args...).Output()
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(out)
}

// fuente tells whether the letters are there by which pages were counted: others
// may be wider, and take a page more.
func fuente(t *testing.T) bool {
	t.Helper()
	_, err := os.Stat("/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf")
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatal("Liberation Sans is missing")
	}
	if err != nil {
		t.Log("Liberation Sans is missing: the number of pages is NOT TESTED to the page")
	}
	return err == nil
}

// lineas makes a pattern of a row as it is printed: its cells in one line, names
// cut where they wrap.
func lineas(h *ficha.Hoja) []*regexp.Regexp {
	var out []*regexp.Regexp
	for _, want := range esperadas(h) {
		if !strings.HasPrefix(want[0], "calculo") || want[1] == "" {
			continue
		}
		pattern := `^ *` + want[1] + ` +` + want[2][:8] + `[^0-9]*`
		for _, cell := range want[3:] {
			pattern += ` +` + regexp.QuoteMeta(cell) + `( ?días| ?%)?`
		}
		out = append(out, regexp.MustCompile(pattern+`$`))
	}
	return out
}

// TestPaper prints sheets on Letter paper: as many pages as they should be, each
// with its foot, no row lost, and none of a rehearsal without saying so.
func TestPaper(t *testing.T) {
	t.Parallel()
	n := abre(t)
	medida := fuente(t)
	for name, want := range map[string]int{"half a year": 4, "a rehearsal": 4, "a year": 6, "unknown": 4} {
		h := hojas(t)[name]
		pages, path := imprime(t, n, escribe(t, h))
		if len(pages) != want && (medida || len(pages) != want+1) {
			t.Errorf("%s: %d pages, want %d", name, len(pages), want)
		}
		if info := poppler(t, "pdfinfo", path); !strings.Contains(info, "612 x 792 pts (letter)") {
			t.Errorf("%s: not on Letter paper:\n%s", name, info)
		}
		whole := strings.ReplaceAll(strings.Join(pages, "\n"), ",", "")
		for _, line := range lineas(h) {
			if found := regexp.MustCompile(`(?m)`+line.String()).FindAllString(whole, -1); len(found) != 1 {
				t.Errorf("%s: %d lines like %s", name, len(found), line)
			}
		}
		for i, page := range pages {
			foot := page[max(0, strings.LastIndex(strings.TrimSpace(page), "\n")):]
			for _, want := range []string{"IDATU 00900001", "método 2018",
				fmt.Sprintf("%d de %d", i+1, len(pages))} {
				if !strings.Contains(foot, want) {
					t.Errorf("%s: the foot of page %d lacks %s: %q", name, i+1, want, foot)
				}
			}
			// Above the text and, for browsers that print no margins, across it.
			above := strings.Contains(strings.SplitN(strings.TrimSpace(page), "\n", 2)[0], "SIMULACRO")
			if across := velo(t, path, i+1); above != h.Simulacro || (across == "SIMULACRO") != h.Simulacro {
				t.Errorf("%s: page %d says SIMULACRO above: %v, across: %q", name, i+1, above, across)
			}
		}
	}
}

var letra = regexp.MustCompile(
	`<word xMin="([0-9.]+)" yMin="([0-9.]+)" xMax="[0-9.]+" yMax="([0-9.]+)">(.+)</word>`)

// velo is what stands in large letters across a page. They are turned, so that
// each is told by itself.
func velo(t *testing.T, path string, page int) string {
	t.Helper()
	letters := make(map[float64]string)
	for _, m := range letra.FindAllStringSubmatch(poppler(t, "pdftotext", "-bbox", "-f", fmt.Sprint(page),
		"-l", fmt.Sprint(page), path, "-"), -1) {
		var at [3]float64
		for i := range at {
			f, err := strconv.ParseFloat(m[i+1], 64)
			if err != nil {
				t.Fatal(err)
			}
			at[i] = f
		}
		if at[2]-at[1] > 72 { // points, an inch
			letters[at[0]] = m[4]
		}
	}
	var word string
	for _, x := range slices.Sorted(maps.Keys(letters)) {
		word += letters[x]
	}
	return word
}

// TestLongTable has a method of more criteria than a page has room for: each page
// repeats the heads, and each row is there once and whole.
func TestLongTable(t *testing.T) {
	t.Parallel()
	const many = 70
	h := muestra(t)
	p := &h.Metodo.Procesos[2]
	p.Criterios = nil
	var counts []idatu.Conteo
	for i := 1; i <= many; i++ {
		p.Criterios = append(p.Criterios,
			idatu.ReglaCriterio{Numero: i, Nombre: fmt.Sprintf("Criterio que se inventa para la fila %d", i),
				Puntos: 3})
		counts = append(counts, rows(propia, idatu.CO, [3]int64{int64(i), int64(i), 1000 + int64(i)})...)
	}
	h.Periodos = nil
	puntua(t, h, counts)
	pages, _ := imprime(t, abre(t), escribe(t, h))
	seen, headed := make(map[string]int), 0
	row := regexp.MustCompile(`(?m)^ *(\d+) +Criterio que se inventa .* 1,?0(\d\d) +\d+\.\d\d.%.* 3$`)
	for i, page := range pages {
		rows := row.FindAllStringSubmatch(page, -1)
		for _, r := range rows {
			seen[r[1]]++
		}
		if len(rows) > 0 && !strings.Contains(page, "N.º") {
			t.Errorf("page %d has rows without their heads", i+1)
		}
		if len(rows) > 0 {
			headed++
		}
	}
	for i := 1; i <= many; i++ {
		if seen[fmt.Sprint(i)] != 1 {
			t.Errorf("row %d is there %d times", i, seen[fmt.Sprint(i)])
		}
	}
	if headed < 2 {
		t.Errorf("the table takes %d pages", headed)
	}
}
