package schema

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

func TestReadInhabiles(t *testing.T) {
	t.Parallel()
	day := NewDia(2026, 6, 10)
	for name, v := range map[string]struct {
		text string
		want []Inhabil
	}{
		"three columns": {"fecha,descripcion,origen\n2026-06-10,Suspensión,CONDUSEF\n",
			[]Inhabil{{day, "Suspensión", "CONDUSEF", 0, true}}},
		"all, CRLF, BOM, empty line, no last line end": {
			"\ufefffecha,descripcion,origen,publicado,aplica_ge\r\n\r\n2026-06-10,\"Uno, " +
				"dos\",DOF,2026-05-30,NO\r\n2026-06-11,b,DOF,,SI\r\n2026-06-12,c,DOF,,",
			[]Inhabil{{day, "Uno, dos", "DOF", NewDia(2026, 5, 30), false}, {day + 1, "b", "DOF", 0, true},
				{day + 2, "c", "DOF", 0, true}}},
		"columns in another order": {"origen, aplica_ge ,fecha,descripcion\nDOF, NO , 2026-06-10 ,a\n",
			[]Inhabil{{day, "a", "DOF", 0, false}}},
		"one day of two origins": {"fecha,descripcion,origen\n2026-06-10,a,DOF\n2026-06-10,a,CNBV\n",
			[]Inhabil{{day, "a", "DOF", 0, true}, {day, "a", "CNBV", 0, true}}},
		"header alone": {"fecha,descripcion,origen\n", nil},
	} {
		got, err := ReadInhabiles(strings.NewReader(v.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if diff := cmp.Diff(v.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestReadInhabilesTellsEveryMistake(t *testing.T) {
	t.Parallel()
	rows, err := ReadInhabiles(strings.NewReader(strings.Join([]string{
		"fecha,descripcion,origen,publicado,aplica_ge",
		"2026-06-10,a,DOF,,",
		"2026-02-30,a,DOF,,",
		"2026-06-11,,,01/06/2026,si",
		"2026-06-12,a,DOF",
		"2026-06-10,b,DOF,,NO",
		"2026-06-13,a\"b,DOF,,",
		"2026-06-14,Suspensi\xf3n,DOF,,",
		"2026-06-15,a,DOF,,",
	}, "\n")))
	if err == nil || rows != nil {
		t.Fatalf("rows %v, error %v", rows, err)
	}
	lines := strings.Split(err.Error(), "\n")
	want := []string{
		"line 3: fecha: ", "line 4: descripcion ", "line 4: origen ", "line 4: publicado: ",
		"line 4: aplica_ge ",
		"line 5: 3 fields, want 5", "line 6: fecha 2026-06-10 of origen \"DOF\": already in line 2", "line 7",
		"line 8: descripcion ",
	}
	if len(lines) != len(want) {
		t.Fatalf("%d mistakes told, want %d:\n%v", len(lines), len(want), err)
	}
	for i := range want {
		if !strings.Contains(lines[i], want[i]) {
			t.Errorf("mistake %d is %q, want %q", i+1, lines[i], want[i])
		}
	}
}

func TestReadInhabilesHeader(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"": {"header: EOF"},
		"fecha;descripcion;origen\n": {
			`header "fecha;descripcion;origen": separate the columns with commas`},
		"fecha\tdescripcion\torigen\n": {"separate the columns with commas"},
		"fecha,origen,fecha,nota\n":    {`"fecha": twice`, `"nota": unknown`, `"descripcion": absent`},
		"2026-06-10,a,DOF\n":           {`"2026-06-10": unknown`, `"fecha": absent`},
	} {
		_, err := ReadInhabiles(strings.NewReader(text))
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%q: error %v, want %s", text, err, w)
			}
		}
	}
}

// The columns as the lineamientos spell them, and as a spreadsheet may.
func TestReadInhabilesColumns(t *testing.T) {
	t.Parallel()
	want := []Inhabil{{Fecha: dia(t, "2026-06-10"), Descripcion: "a", Origen: "DOF",
		Publicado: dia(t, "2026-06-12"), AplicaGE: true}}
	for _, head := range []string{"fecha,descripción,origen,publicado,aplica_ge",
		"Fecha, DESCRIPCIÓN ,Origen,Publicado,Aplica_GE"} {
		got, err := ReadInhabiles(strings.NewReader(head + "\n2026-06-10,a,DOF,2026-06-12,SI\n"))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", head, err, diff)
		}
	}
}

func TestReadInhabilesBrokenReader(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, text := range []string{"", "fecha,descripcion,origen\n2026-06-10,a,DOF\n"} {
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))
		if rows, err := ReadInhabiles(r); !errors.Is(err, broken) || rows != nil {
			t.Errorf("after %q: rows %v, error %v", text, rows, err)
		}
	}
}

func FuzzReadInhabiles(f *testing.F) {
	f.Add("fecha,descripcion,origen,publicado,aplica_ge\n2026-06-10,a,DOF,,NO\n2026-06-10,\"a,DOF\n")
	f.Add(inhabilesCSV)
	f.Fuzz(func(t *testing.T, text string) {
		rows, err := ReadInhabiles(strings.NewReader(text))
		if err != nil {
			return
		}
		c := NewCalendario(rows)
		for _, in := range rows {
			if c.Habil(in.Fecha) && in.AplicaGE {
				t.Errorf("%s applies and is hábil", in.Fecha)
			}
		}
	})
}
