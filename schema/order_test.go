package schema

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fieldCase is a field of a file's line 2 with one text, and the code that this
// raises, "" for none.
type fieldCase struct{ base, campo, valor, want string }

func textsAndNumbers() []fieldCase {
	return []fieldCase{
		{nameREC, "RecDenominacion", "", "FMT-01"}, // A
		// double encoding before blanks
		{nameREC, "RecDenominacion", " MÃºltiple", "EST-02"},
		{nameREC, "RecDenominacion", strings.Repeat("x", 400) + " ", "FMT-06"}, // blanks before length
		{nameREC, "RecDenominacion", strings.Repeat("ñ", 401), "FMT-02"},       // length before the rule
		{nameREC, "RecDenominacion", strings.Repeat("ñ", 400), "CAT-14 A"},     // characters, not bytes
		{nameREC, "RecUnidadAtencion", "A12345", "FMT-02"},                     // a row without code
		{nameREC, "RecPori", "sí", "CAT-13"},
		{nameREC, "RecPori", "NO.", "FMT-02"},
		{nameREC, "RecEntidadFederativa", "", "FMT-01"}, // N
		{nameREC, "RecEntidadFederativa", " 9", "FMT-06"},
		{nameREC, "RecEntidadFederativa", "09", "FMT-03"}, // even where the row names CAT
		{nameREC, "RecEntidadFederativa", "-9", "FMT-03"},
		{nameREC, "RecEntidadFederativa", "٩", "FMT-03"}, // digits of other scripts
		{nameREC, "RecEntidadFederativa", "100", "FMT-02"},
		{nameREC, "RecEntidadFederativa", "33", "CAT-01"},
		{nameREC, "RecEdad", "1000", "FMT-03"}, // the row's format code for its length
		{nameREC, "RecEdad", "17", "FMT-03"},
		{nameREC, "RecEdad", "121", "FMT-03"},
		{nameREC, "RecReversa", "2", "FMT-03"},
		{nameREC, "RecTipoPersona", "0", "CAT-09"},
		{nameREC, "RecNumero", "01", "FMT-03"},
		{nameREC, "RecInstitucionClave", "123456789", "FMT-02"},
	}
}

func digitsDatesAndAmounts() []fieldCase {
	return []fieldCase{
		{nameREC, "RecProductoServicio", "0269118O1257", "FMT-02"}, // C, no format code in the row
		{nameREC, "RecProductoServicio", "02691180125", "FMT-02"},
		{nameREC, "RecCodigoPostal", "0330A", "FMT-10"}, // C, the row's format code
		{nameREC, "RecCodigoPostal", "3300", "FMT-10"},
		{nameREC, "RecCodigoPostal", "44260", "CAT-03"},
		{nameREC, "RecUsuarioTelefono", "55 0000 0001", "FMT-12"},
		{nameREC, "RecClabe", "00201007777777777", "FMT-09"},
		{nameREC, "RecClabe", "002010077777777772", "FMT-09"},
		{nameREC, "RecUsuarioCurp", "MUAL840709MDFXCC091", "FMT-07"}, // A, the row's format code
		{nameREC, "RecUsuarioRfc", "GODE561231GR81", "FMT-08"},
		{nameREC, "RecUsuarioRfc", "XAXX010101000", ""},
		{nameREC, "RecUsuarioCorreo", strings.Repeat("a", 95) + "@b.mx", ""},
		{nameREC, "RecUsuarioCorreo", strings.Repeat("a", 96) + "@b.mx", "FMT-11"},
		{nameREC, "RecFechaReclamacion", "2026-02-27", "FMT-04"}, // F
		{nameREC, "RecFechaReclamacion", "29/02/2026", "FMT-04"},
		{nameREC, "RecFechaReclamacion", "31/12/2099", "NEG-02"}, // the row's order: NEG-02, NEG-07
		{nameREC, "RecFechaLimite", "x", "NEG-09"},               // must be empty before its type
		{nameREC, "RecMontoReclamado", "", "FMT-01"},             // M
		{nameREC, "RecMontoReclamado", "0.00", "NEG-03"},
		{nameREC, "RecMontoReclamado", "-1.00", "FMT-05"},
		{nameREC, "RecMontoReclamado", "12345678901234.00", "FMT-05"},
		{nameREC, "RecMontoReclamado", strings.Repeat("9", 40) + ".00", "FMT-05"},
		{nameREC, "RecMontoReclamado", "\t1.00", "FMT-06"},
		{nameREC, "RecDescripcionHechos", "Nueve car", "FMT-02"},
		{nameREC, "RecDescripcionHechos", "Diez carác", ""},
		{nameREC, "RecDescripcionHechos", "uno\x00dos tres cuatro", "FMT-06"},
		{nameREC, "RecDescripcionHechos", "uno\rdos tres cuatro", "FMT-06"}, // a stray CR
		{nameREC, "RecDescripcionHechos", "uno\u0085dos tres cuatro", "FMT-06"},
		{nameREC, "RecDescripcionHechos", "uno\u009fdos tres cuatro", "FMT-06"},
		{nameREC, "RecDescripcionHechos", "uno\u00a0dos tres cuatro", ""}, // a blank that does not break
		{nameREC, "RecDescripcionHechos", "null", "FMT-02"},               // a value, not null
	}
}

func otherRecords() []fieldCase {
	return []fieldCase{
		{nameLOT, "RecFechaLimite", "", "FMT-01"},
		{nameRES, "ResTipo", "3", "FMT-03"}, // and what depends on it is not told
		{nameRES, "ResProrrogaDias", "10", "NEG-09"},
		{nameRES, "ResAnexoHash", strings.Repeat("0a", 32), "NEG-09"}, // without annex
		{nameRES, "ResAnexo", "carta.pdf", "FMT-01"},                  // its hash is missing
		{nameRES, "ResTexto", "", "FMT-01"},
		{nameACU, "AcuFechaHoraRecepcion", "2026-03-18T16:22:31Z", "FMT-04"}, // T
		{nameACU, "AcuFechaHoraRecepcion", "2026-03-18T16:22:31.5-06:00", "FMT-04"},
		{nameACU, "AcuCodigo", "FMT-01", "NEG-09"},
		{nameRCH, "RchCodigo", "ABC-01", "FMT-02"},
		{nameDIC, "DicTipo", "12", "FMT-03"},
		{nameDIC, "DicTipo", "11", "FMT-01"}, // the type that it undoes is missing
	}
}

// TestWhichCode holds fields of every kind to the order of section 6: FMT-01,
// must be empty, EST-02, FMT-06, type, length, the row's rule.
func TestWhichCode(t *testing.T) {
	t.Parallel()
	for _, c := range slices.Concat(textsAndNumbers(), digitsDatesAndAmounts(), otherRecords()) {
		t.Run(fmt.Sprintf("%s %.20q", c.campo, c.valor), func(t *testing.T) {
			t.Parallel()
			d := newDraft(t, c.base).set(2, c.campo, c.valor)
			_, _, found := checked(t, d.name, d.bytes(), testReglas())
			got := []string{}
			for _, h := range found {
				got = append(got, strings.TrimPrefix(place(h), "2 "))
			}
			campo := c.campo
			if c.valor == "carta.pdf" {
				campo = "ResAnexoHash"
			} else if c.want == "FMT-01" && c.campo == "DicTipo" {
				campo = "DicTexto"
			}
			want := []string{}
			if c.want != "" {
				want = append(want, campo+" "+c.want)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestOnlyIfGood holds rules between fields to fields that are good.
func TestOnlyIfGood(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		base string
		edit func(d *draft)
		want []string
	}{
		"bad state, neither municipio nor CP": {nameREC, func(d *draft) {
			d.set(2, "RecEntidadFederativa", "09").set(2, "RecMunicipioAlcaldia", "999").set(2,
				"RecCodigoPostal", "44260")
		}, []string{"2 RecEntidadFederativa FMT-03"}},
		"bad person, nothing about sex, age, RFC": {nameREC, func(d *draft) {
			d.set(2, "RecTipoPersona", "9").set(2, "RecSexo", "").set(2, "RecUsuarioRfc", "BBA830831LJ2")
		}, []string{"2 RecTipoPersona CAT-09"}},
		"bad monetario, nothing about the amount": {nameREC, func(d *draft) {
			d.set(2, "RecMonetario", "S").set(2, "RecMontoReclamado", "0.00")
		}, []string{"2 RecMonetario CAT-13"}},
		"dates out of order are told once": {nameREC, func(d *draft) {
			d.set(2, "RecFechaReclamacion", "02/03/2026").set(2, "RecFechaTurno", "01/03/2026")
		}, []string{"2 RecFechaReclamacion NEG-02"}},
		"a turno after the operation says nothing of the claim": {nameREC, func(d *draft) {
			d.set(2, "RecFechaReclamacion", "05/03/2026").set(2, "RecFechaTurno", "04/03/2026")
		}, []string{"2 RecFechaTurno NEG-02"}},
		"institution not in the roll has no name there": {nameREC, func(d *draft) {
			d.set(2, "RecInstitucionClave", "900009").set(2, "RecDenominacion", "Otra")
		}, []string{"2 RecInstitucionClave CAT-11"}},
		"bad amount needs no date of payment": {nameRES, func(d *draft) {
			d.set(2, "RecImporteAbonado", "1.0").set(2, "RecFechaAbonoImporte", "")
		}, []string{"2 RecImporteAbonado FMT-05"}},
		"bad annex needs no hash": {nameRES, func(d *draft) { d.set(2, "ResAnexo", "carta.exe") },
			[]string{"2 ResAnexo NEG-11"}},
		"motive 99 needs its text": {nameRES, func(d *draft) { d.set(3, "ResProrrogaMotivo", "99") },
			[]string{"3 ResTexto FMT-01"}},
		"moral with sex, age and CURP": {nameREC, func(d *draft) {
			d.set(7, "RecSexo", "X").set(7, "RecEdad", "0").set(7, "RecUsuarioCurp", " ")
		}, []string{"7 RecUsuarioCurp NEG-08", "7 RecSexo NEG-08", "7 RecEdad NEG-08"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDraft(t, c.base).do(c.edit)
			_, _, found := checked(t, d.name, d.bytes(), testReglas())
			if diff := cmp.Diff(c.want, places(found)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestFiftyMistakes puts one mistake into each of fifty places and wants each of
// them told, in reading order.
func TestFiftyMistakes(t *testing.T) {
	t.Parallel()
	d := newDraft(t, nameREC)
	row := d.lines[1]
	wrong := []struct{ campo, valor, code string }{
		{"RecNumero", "x", "FMT-03"}, {"RecFechaTurno", "2/3/2026", "FMT-04"},
		{"RecMedioRecepcionCanal", "5", "CAT-04"},
		{"RecPori", "", "FMT-01"}, {"RecSexo", " ", "FMT-06"}, {"RecEdad", "0", "FMT-03"},
		{"RecCodigoPostal", "3300", "FMT-10"},
		{"RecClabe", "1", "FMT-09"}, {"RecMontoReclamado", "1", "FMT-05"},
		{"RecDescripcionHechos", "corto", "FMT-02"},
	}
	var want []string
	d.lines = d.lines[:1]
	for i := range 5 {
		d.lines = append(d.lines, row)
		line := i + 2
		d.set(line, "RecNumero", fmt.Sprint(i+1)).set(line, "RecFolioCondusef",
			fmt.Sprintf("2026/090/%d", i+1))
		for _, w := range wrong {
			d.set(line, w.campo, w.valor)
			want = append(want, fmt.Sprintf("%d %s %s", line, w.campo, w.code))
		}
	}
	_, count, found := checked(t, d.name, d.bytes(), testReglas())
	if diff := cmp.Diff(want, places(found)); diff != "" || len(found) != 50 {
		t.Errorf("%d findings (-want +got)\n%s", len(found), diff)
	}
	if count != (Totales{Registros: 5, Aceptados: 0, Resultado: Parcial}) {
		t.Errorf("count %+v", count)
	}
}
