package schema

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestVeredictos puts texts of every kind into each field of each record and wants
// the codes of testdata/veredictos.txt, a line for each field:
//
//	REC 2 RecSexo: ok "H" "M" · CAT-10 "1" "3" … · FMT-01 "" · FMT-02 the rest
//
// Read a change of that file as a change of the rules.
func TestVeredictos(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, c := range []struct {
		name  string
		lines []int // physical; 0 is the 09
		edit  func(d *draft)
		rules func(r *Reglas)
		title string
	}{
		{name: nameREC, lines: []int{1, 2, 3, 7, 0}},
		{name: nameREC, lines: []int{2}, title: " sin teléfono", edit: func(d *draft) {
			d.set(2, "RecUsuarioTelefono", "")
		}},
		{name: nameREC, lines: []int{1}, title: " de CONDUSEF", rules: func(r *Reglas) {
			r.Propietario = ParteCONDUSEF
		}},
		{name: nameLOT, lines: []int{1, 2, 0}},
		{name: nameLOT, lines: []int{1}, title: " vacío", edit: func(d *draft) {
			d.lines = d.lines[:1]
			d.set(1, "GeArchivoReferencia", "")
		}},
		{name: nameRES, lines: []int{1, 2, 3}},
		{name: nameRES, lines: []int{1}, title: " de 00900001", rules: func(r *Reglas) {
			r.Propietario = 900001
		}},
		{name: nameRES, lines: []int{2}, title: " desfavorable con anexo", edit: unfavourable},
		{name: nameACU, lines: []int{1, 2, 3, 4}, edit: refuseSecond},
		{name: nameRCH, lines: []int{1, 2}},
		{name: nameREP, lines: []int{1, 2, 3}},
		{name: nameDIC, lines: []int{1, 2, 4}},
	} {
		base := func() *draft {
			d := newDraft(t, c.name)
			if c.edit != nil {
				c.edit(d)
			}
			return d
		}
		r := testReglas()
		observed(r)
		if c.rules != nil {
			c.rules(r)
		}
		for _, line := range c.lines {
			for _, campo := range recordAt(t, base(), line).Campos[1:] {
				verdicts := map[string][]string{}
				for _, v := range values(campo) {
					got := verdict(t, base(), line, campo.Nombre, v, r)
					verdicts[got] = append(verdicts[got], short(v))
				}
				fmt.Fprintf(&b, "%s%s %d %s:%s\n", base().tipo(), c.title, line, campo.Nombre,
					grouped(verdicts))
			}
		}
	}
	keepGolden(t, filepath.Join("testdata", "veredictos.txt"), []byte(b.String()))
}

func unfavourable(d *draft) {
	d.set(2, "RecSentidoResolucion", "2").set(2, "RecImporteAbonado", "").set(2, "RecFechaAbonoImporte", "").
		set(2, "ResAnexo", "carta.pdf").set(2, "ResAnexoHash", strings.Repeat("0a", 32))
}

func refuseSecond(d *draft) {
	d.set(3, "AcuEstatus", "R").set(3, "AcuCodigo", "NEG-01").set(3, "RecFolioCondusef", "")
}

func recordAt(t *testing.T, d *draft, line int) Formato {
	all := Layout(d.tipo(), V0100)
	switch {
	case line == 0:
		return all[len(all)-1]
	case line == 1:
		return all[0]
	case strings.HasPrefix(d.lines[line-1], "03"):
		return all[2]
	}
	return all[1]
}

// verdict is what is found once a field has another text.
func verdict(t *testing.T, d *draft, line int, campo, valor string, r *Reglas) string {
	if line > 0 {
		d.set(line, campo, valor)
	} else {
		before := strings.Join(d.lines, d.eol) + d.eol
		sum := d.summary([]byte(before))
		sum[layoutOf[Sumario](V0100).index[campo]] = valor
		d.after = func([]byte) []byte { return []byte(before + strings.Join(sum, "|") + d.eol) }
	}
	_, _, found := checked(t, d.name, d.bytes(), r)
	all := []string{}
	for _, h := range found {
		s := string(h.Codigo)
		if h.Campo != campo {
			s = h.Campo + " " + s
		}
		if h.Severidad == Advertencia {
			s += " A"
		}
		all = append(all, strings.TrimSpace(s))
	}
	return strings.Join(all, ", ")
}

// grouped writes each verdict and its texts; those of the commonest are the rest.
func grouped(verdicts map[string][]string) string {
	keys := slices.Sorted(maps.Keys(verdicts))
	most := slices.MaxFunc(keys, func(a, b string) int { return len(verdicts[a]) - len(verdicts[b]) })
	verdicts[most] = []string{"the rest"}
	var b strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&b, " · %s %s", cmp.Or(k, "ok"), strings.Join(verdicts[k], " "))
	}
	return strings.TrimPrefix(b.String(), " ·")
}

// short writes a text that is one character many times as 400×x.
func short(s string) string {
	if r := []rune(s); len(r) > 12 && strings.Count(s, string(r[0])) == len(r) {
		return fmt.Sprintf("%d×%c", len(r), r[0])
	}
	return fmt.Sprintf("%q", s)
}

// values gives texts that are good or bad for one field or another.
func values(c Campo) []string {
	all := []string{"", " ", " 1", "Ã©x", "1\x01"}
	n := c.Longitud
	switch c.Tipo {
	case "N":
		all = append(all,
			strings.Fields(
				"x -1 01 0 1 2 3 4 5 6 7 9 10 11 12 17 18 32 33 40 100 120 121 570 900001 900002 900009")...)
		all = append(all, strings.Repeat("9", n), strings.Repeat("9", n+1))
	case "C":
		all = append(all,
			strings.Fields(
				"x 01 02 03 04 05 98 99 001 002 0563 9999 03300 44260 5500000001 064180000012345677 "+
					"064180000012345678 026911801257 999911801257")...)
		all = append(all, strings.Repeat("1", n), strings.Repeat("1", n-1), strings.Repeat("1", n+1),
			strings.Repeat("x", n))
	case "F":
		all = append(all,
			strings.Fields(
				"x 1/3/2026 31/02/2026 01/01/2000 01/03/2026 02/03/2026 03/03/2026 17/03/2026 18/03/2026 "+
					"19/03/2026 20/03/2026 21/03/2026")...)
	case "M":
		all = append(all, strings.Fields("x 1 1.0 -1.00 0.00 0.01 9999999999999.99 10000000000000.00")...)
	case "T":
		all = append(all,
			strings.Fields("x 2026-03-18T16:22:31Z 2026-02-31T16:22:31-06:00 2026-03-18T16:22:31-06:00")...)
	case "H":
		all = append(all, strings.Repeat("0a", n/2), strings.Repeat("0A", n/2), strings.Repeat("0", n-1),
			strings.Repeat("0", n+1))
	default:
		all = append(all,
			strings.Fields(
				"0 1 3 4 9 10 11 12 SI NO Si ZZ H M F A R E 01.00 02.00 REC RES XYZ CONDUSEF PASARELA "+
					"00900001 00900002 FMT-01 ABC-01")...)
		all = append(all,
			strings.Fields(nameREC+" "+nameLOT+" "+nameRES+
				" GE_LOT_00900002_20260302_001.txt carta.pdf ../carta.pdf carta.exe")...)
		all = append(all,
			strings.Fields(
				"2026/090/1325 2026/190/88 2026-090-1 ACU-2026-00000017 usuario@ejemplo.mx usuario "+
					"MUAL840709MDFXCC09 MUAL840709MDFXCC08")...)
		all = append(all,
			strings.Fields("GODE561231GR8 GODE561231GR9 BBA830831LJ2 BBA830831LJ3 XAXX010101000")...)
		all = append(all, "Nueve car", "Diez carác", strings.Repeat("t", 19), strings.Repeat("t", 20),
			strings.Repeat("ñ", n), strings.Repeat("ñ", n+1))
	}
	return all
}
