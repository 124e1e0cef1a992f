package schema

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/go-playground/validator/v10"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestStepsAreTheTags judges records both ways: by validator, which reads the tags
// of the structs, and by the steps that are made of them. Lines of the good files
// get texts of all kinds into some of their fields.
func TestStepsAreTheTags(t *testing.T) {
	t.Parallel()
	for _, name := range ejemplos(t) {
		d := newDraft(t, name)
		lines := append([]string{strings.Join(d.summary(d.bytes()), separator)}, d.lines...)
		t.Run(string(d.tipo()), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				n := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
				l := d.tipo().clase().layout(V0100)
				if n == 0 {
					l = layoutOf[Sumario](V0100)
				} else if at := d.layoutAt(n); at.typ != l.typ {
					l = at
				}
				fields, _ := l.split(lines[n], nil)
				if rapid.Bool().Draw(t, "newest") {
					for _, c := range l.lacks {
						fields = append(fields, c.sin)
					}
					l = layouts[l.typ]
				}
				for range rapid.IntRange(0, 5).Draw(t, "changes") {
					i := rapid.IntRange(0, len(fields)-1).Draw(t, "field")
					fields[i] = drawValue(t, d, i, lines)
				}
				mustJudgeAlike(t, l, d.tipo(), fields, drawRules(t))
			})
		})
	}
}

// drawValue draws a text: one of those of TestVeredictos, what another line has in
// the field's place, or anything.
func drawValue(t *rapid.T, d *draft, i int, lines []string) string {
	var all []string
	for _, f := range Layout(d.tipo(), V0100) {
		if i < len(f.Campos) {
			all = append(all, values(f.Campos[i])...)
		}
	}
	for _, line := range lines {
		all = append(all, nth(line, i))
	}
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return rapid.StringN(0, 30, 100).Draw(t, "text")
	case 1:
		return string(rapid.SliceOfN(rapid.Byte(), 0, 30).Draw(t, "bytes"))
	}
	return rapid.SampledFrom(all).Draw(t, "value")
}

func drawRules(t *rapid.T) *Reglas {
	r := testReglas()
	if rapid.Bool().Draw(t, "catalogs") {
		observed(r)
	}
	if rapid.Bool().Draw(t, "owner") {
		r.Propietario = rapid.SampledFrom([]Parte{ParteCONDUSEF, 900001, 900002}).Draw(t, "who")
	}
	if rapid.Bool().Draw(t, "softened") {
		soft := []string{"RecFolioCondusef:FMT-02", "AcuNumero:FMT-03", "RecEdad:FMT-03"}
		r.Advertencias = map[string]bool{}
		for _, one := range soft {
			r.Advertencias[one] = true
		}
	}
	return r
}

// mustJudgeAlike wants the same findings both ways: behind no record, and behind
// one with the same folio and a number.
func mustJudgeAlike(t *rapid.T, l *layout, tipo Tipo, fields []string, r *Reglas) {
	for _, left := range []before{{}, {newFolioSet(), 1}} {
		newOne := func() *check {
			c := newCheck(r, tipo)
			state := left
			c.before, c.numero, c.warns, c.operacion = &state, 1, true, NewDia(2026, 3, 2)
			return c
		}
		if i, ok := l.index["RecFolioCondusef"]; ok && left.folios != nil {
			left.folios.add(fields[i])
		}
		c := newOne()
		c.bad = slices.Repeat([]bool{true}, len(fields)) // as a bad record leaves it
		got := c.judge(l, fields, 2, "", nil)
		if c.waits {
			got = c.judgeBehind(l, fields[l.inOrder.column], 2, "", got)
		}
		old := newOne()
		want := judgeByValidator(t, old, l, fields)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q (-validator +steps):\n%s", fields, diff)
		}
		if c.before.numero != old.before.numero {
			t.Fatalf("%q leaves the number %d, want %d", fields, c.before.numero, old.before.numero)
		}
	}
}

func judgeByValidator(t *rapid.T, c *check, l *layout, fields []string) (out []Hallazgo) {
	v := reflect.New(l.typ).Elem()
	l.fill(v, fields)
	c.begin(l, fields)
	err := validate.StructCtx(c, v.Interface())
	var failed validator.ValidationErrors
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	for _, f := range failed {
		s := l.step(f.StructField(), f.Tag(), f.Param())
		out = append(out, c.finding(s, fields[s.column], 2, ""))
	}
	// It goes by the struct, where what a version adds to a RES stands before the rest of
	// a REP.
	slices.SortStableFunc(out, func(a, b Hallazgo) int { return l.index[a.Campo] - l.index[b.Campo] })
	return out
}
