package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
)

const puntuacion = "../../docs/puntuacion.md"

func readPuntuacion(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(puntuacion)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// dosOf writes a number of a score with two decimals, or none where it is null.
func dosOf(x *float64, none string) string {
	if x == nil {
		return none
	}
	return fmt.Sprintf("%.2f", *x)
}

var criterioRE = regexp.MustCompile(
	`(?m)^\| (\d+) \| ([^|]+) \|.* \| (días hábiles|%) \| (\d+) \| (\d+|—) \|$`)

// TestPuntuacionTellsTheMethod: the document has the criteria of each process as
// they are scored, in their order, and the numbers that the help of score tells.
func TestPuntuacionTellsTheMethod(t *testing.T) {
	t.Parallel()
	text := readPuntuacion(t)
	for _, p := range idatu.Metodo2018().Procesos {
		heading := fmt.Sprintf(". %s (%s)\n", p.Nombre, p.Proceso)
		_, section, found := strings.Cut(text, heading)
		if !found {
			t.Fatalf("no heading %q", heading)
		}
		section, _, _ = strings.Cut(section, "\n## ")
		var got, want []string
		for _, m := range criterioRE.FindAllStringSubmatch(section, -1) {
			got = append(got, strings.Join(m[1:], "; "))
		}
		for _, c := range p.Criterios {
			unit, share := "%", fmt.Sprint(c.Puntos)
			if c.Tiempo {
				unit, share = "días hábiles", "—"
			}
			want = append(want, fmt.Sprintf("%d; %s; %s; %d; %s", c.Numero, c.Nombre, unit, c.Puntos, share))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", p.Proceso, diff)
		}
	}
}

// TestPuntuacionExample: the two files of the document give what it says.
func TestPuntuacionExample(t *testing.T) {
	t.Parallel()
	text := readPuntuacion(t)
	dir := t.TempDir()
	file := func(name string) string {
		_, rest, found := strings.Cut(text, "<!-- "+name+" -->\n```csv\n")
		block, _, closed := strings.Cut(rest, "```\n")
		if !found || !closed {
			t.Fatalf("no block %s", name)
		}
		path := filepath.Join(dir, name+".csv")
		write(t, path, block)
		return path
	}
	files := []string{"--counts", file("conteos"), "--bounds", file("limites")}
	table, _ := runScore(t, exitDone, files...)
	_, mean, _ := strings.Cut(table, " instituciones):  GE ")
	if mean, _, _ = strings.Cut(mean, " "); !strings.Contains(text,
		"La media de GE es (1.78 + 0) ÷ 2 = "+mean+":") {
		t.Errorf("the mean of GE is %q", mean)
	}
	out, warned := runScore(t, exitDone, append(files, "--json")...)
	var got puntaje.Objeto
	if err := json.Unmarshal([]byte(out), &got); err != nil || warned != "" {
		t.Fatalf("%v, %s", err, warned)
	}
	none := map[idatu.Proceso]string{idatu.GE: "0.00, no adherida", idatu.GO: "sin GO"}
	for _, in := range got.Institutions {
		cells := []string{strings.TrimLeft(in.Institution, "0")}
		for _, p := range []idatu.Proceso{idatu.GE, idatu.GO, idatu.CO} {
			cell := none[p]
			if x, has := in.Processes[p]; has {
				cell = dosOf(x.Mark, "-, no aplica")
			}
			cells = append(cells, cell)
		}
		cell := regexp.QuoteMeta(strings.Join(cells, " | "))
		row := regexp.MustCompile(`(?m)^\| ` + cell + ` \| (.* = )?` + dosOf(in.IDATU, "-") + ` \|$`)
		if !row.MatchString(text) {
			t.Errorf("no row %s", row)
		}
	}
	c := got.Institutions[0].Processes[idatu.GE].Criteria[0]
	for _, want := range []string{fmt.Sprintf("da 10 − 9 · 5 ÷ 12.5 = %.2f;", *c.PointsIndex),
		fmt.Sprintf("(%.2f + %.0f) ÷ 2 = %.2f.", *c.PointsIndex, *c.PointsParticipation, *c.Points)} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
}
