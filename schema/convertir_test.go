package schema

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// writes has everybody on 01.90 but one institution, or CONDUSEF.
func writes(r *Reglas, old Parte) *Reglas {
	r.Escribe = func(p Parte) Version {
		if p == old {
			return V0100
		}
		return v0190
	}
	return both(r)
}

// TestRecordThatItsReceiverCannotRead is refused at the gate, and it alone.
func TestRecordThatItsReceiverCannotRead(t *testing.T) {
	t.Parallel()
	institution := func(d *draft, line int) UNE { return Entero(d.get(line, "RecInstitucionClave")).UNE() }
	rec := newer(t, nameREC, "2", "0", "1")
	first, second := institution(rec, 2), institution(rec, 3)
	for _, c := range []struct {
		name  string
		d     *draft
		rules *Reglas
		want  []string
	}{
		{"to nobody older", rec, writes(testReglas(), 1), []string{}},
		{"unchecked", rec, both(testReglas()), []string{}},
		{"a bad value is told once", newer(t, nameREC, "7", "0"), writes(testReglas(), first.Parte()),
			[]string{"2 RecPrueba FMT-03"}},
		{"to no institution", newer(t, nameREC, "2", "0").set(2, "RecInstitucionClave", "900008"),
			writes(testReglas(), 900008),
			[]string{"2 RecInstitucionClave CAT-11"}},
		{"may be dropped", newer(t, nameRES, "algo", ""), writes(testReglas(), ParteCONDUSEF), []string{}},
		{"may not be dropped", newer(t, nameRES, "algo|más", ""), writes(testReglas(), ParteCONDUSEF),
			[]string{"2 ResPruebaFija NEG-09"}},
		{"goes to CONDUSEF, not back", newer(t, nameRES, "algo|más", ""), writes(testReglas(), 900001),
			[]string{}},
		{"of an older file", newDraft(t, nameREC), writes(testReglas(), first.Parte()), []string{}},
		{"a batch goes no further", newer(t, nameLOT, "2"), writes(testReglas(), 900001), []string{}},
	} {
		_, _, found := checked(t, c.d.name, c.d.bytes(), c.rules)
		if diff := cmp.Diff(c.want, places(found)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, diff)
		}
	}
	_, count, found := checked(t, nameREC, rec.bytes(), writes(testReglas(), first.Parte()))
	if len(found) == 0 || place(found[0]) != "2 RecPrueba NEG-09" || count.Resultado != Parcial ||
		found[0].Valor != "2" ||
		!strings.HasPrefix(found[0].Mensaje,
			"El campo RecPrueba no existe en la versión 01.00, en la que se escribe a "+first.String()+
				"; debe ser 0.") {
		t.Errorf("%+v %+v", count, found)
	}
	if first != second {
		_, _, found := checked(t, nameREC, rec.bytes(), writes(testReglas(), second.Parte()))
		if len(found) > 1 {
			t.Errorf("another's version refuses: %v", places(found))
		}
	}
}

// TestWhatPassesTheGateIsWritten: no record that stands is one that Write refuses
// in its receiver's version, and each that it would refuse is told.
func TestWhatPassesTheGateIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		var extra []string
		for range len(newDraft(t, nameREC).lines) - 1 {
			extra = append(extra, rapid.SampledFrom([]string{"0", "1", "2"}).Draw(r, "RecPrueba"))
		}
		d := newer(t, nameREC, extra...)
		rules := writes(testReglas(), Parte(rapid.IntRange(900001, 900003).Draw(r, "old")))
		e, err := Examine(d.name, opener(d.bytes()), rules)
		if err != nil {
			r.Fatal(err)
		}
		for l, err := range Records[Reclamacion](e) {
			if err != nil {
				r.Fatal(err)
			}
			v := rules.Escribe(l.Registro.RecInstitucionClave.UNE().Parte())
			if _, ok := Cabe(&l.Registro, v); ok != l.Bueno() {
				r.Fatalf("line %d, RecPrueba %s to %s: goes %v, stands %v", l.Linea, l.Registro.RecPrueba, v,
					ok, l.Bueno())
			}
		}
	})
}

// TestAnswersGoToCONDUSEF, whatever institution sends them.
func TestAnswersGoToCONDUSEF(t *testing.T) {
	t.Parallel()
	j := newJudge[Respuesta](&Examen{Tipo: RES, Version: V0100})
	if parte, ok := j.receptor(&Linea[Respuesta]{}); parte != ParteCONDUSEF || !ok {
		t.Errorf("a RES goes to %v, %v", parte, ok)
	}
}
