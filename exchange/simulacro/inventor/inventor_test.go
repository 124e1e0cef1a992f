package inventor

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

var (
	turno = schema.NewDia(2026, time.March, 2)
	roll  = []schema.Inscripcion{
		{Clave: 900001, Denominacion: "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
		{Clave: 900002, Denominacion: "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
		{Clave: 900003, Denominacion: "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.",
			Sector: "Sociedades Financieras de Objeto Múltiple, E.R."},
		{Clave: 900004, Denominacion: "Banco Inventado, S.A.", Sector: "Instituciones de banca múltiple"},
		{Clave: 900005, Denominacion: "Caja Supuesta, S.C.", Sector: "Sociedades Financieras Populares"},
		{Clave: 900006, Denominacion: "Fondeo Colectivo Ilusorio, S.A.P.I.",
			Sector: "Instituciones de Financiamiento Colectivo"},
		{Clave: 900007, Denominacion: "Aseguradora Quimera, S.A.", Sector: "Instituciones de seguros"},
	}
)

// agreement is how the gateway reads: with the roll, on the day itself.
func agreement(hoy schema.Dia) *schema.Reglas {
	return &schema.Reglas{Hoy: hoy, Propietario: schema.ParteCONDUSEF,
		Institucion: func(u schema.UNE) (schema.Inscripcion, bool) {
			for _, in := range roll {
				if in.Clave == u {
					return in, true
				}
			}
			return schema.Inscripcion{}, false
		}}
}

func writeREC(t testing.TB, p Planeado) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteREC(&b, p.Dia, 1, p.Registros, p.Dia.At(18*3600)); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// findings reads the day's REC as the gateway does.
func findings(t testing.TB, p Planeado) ([]schema.Hallazgo, schema.Totales) {
	t.Helper()
	b := writeREC(t, p)
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
	ex, err := schema.Examine(NombreREC(p.Dia, 1).String(), open, agreement(p.Dia))
	if err != nil {
		t.Fatal(err)
	}
	var all []schema.Hallazgo
	n, err := ex.Check(func(h schema.Hallazgo) { all = append(all, h) })
	if err != nil {
		t.Fatal(err)
	}
	return all, n
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	for _, d := range []Defectos{Ninguno, Pocos, Reales} {
		two := func(seed uint64) []byte {
			in := New(seed)
			o := Pedido{Dia: turno, N: 300, Instituciones: roll, Defectos: d}
			first := writeREC(t, in.Dia(o))
			o.Dia++
			return append(first, writeREC(t, in.Dia(o))...)
		}
		if !bytes.Equal(two(7), two(7)) {
			t.Errorf("%s: the same seed gave other bytes", d)
		}
		if bytes.Equal(two(7), two(8)) {
			t.Errorf("%s: another seed gave the same bytes", d)
		}
	}
}

// A day without mistakes has no finding, and no warning either.
func TestDayWithoutMistakes(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		in := New(seed)
		for _, dia := range []schema.Dia{turno, schema.NewDia(2024, time.February, 29),
			schema.NewDia(2027, time.January, 1)} {
			p := in.Dia(Pedido{Dia: dia, N: 700, Instituciones: roll})
			all, n := findings(t, p)
			for _, h := range all {
				t.Errorf("seed %d: line %d: %s %s %s", seed, h.Linea, h.Campo, h.Codigo, h.Mensaje)
			}
			if n.Registros != 700 || n.Aceptados != 700 || len(p.Defectos) != 0 {
				t.Fatalf("seed %d: %d records, %d accepted, %d planted; want 700, 700, 0", seed, n.Registros,
					n.Aceptados, len(p.Defectos))
			}
		}
	}
}

func TestEmptyDay(t *testing.T) {
	t.Parallel()
	in := New(1)
	for _, o := range []Pedido{{Dia: turno, Instituciones: roll, Defectos: Reales},
		{Dia: turno, N: 5, Defectos: Pocos}} {
		p := in.Dia(o)
		all, n := findings(t, p)
		if len(all) != 0 || n.Registros != 0 || len(p.Defectos) != 0 {
			t.Errorf("%+v: %d records, findings %v, planted %v; want nothing", o, n.Registros, all,
				p.Defectos)
		}
	}
}

func TestNoFolioTwice(t *testing.T) {
	t.Parallel()
	in := New(3)
	seen := map[schema.Folio]bool{}
	add := func(p Planeado) {
		for _, r := range p.Registros {
			if seen[r.RecFolioCondusef] {
				t.Fatalf("folio %s came twice", r.RecFolioCondusef)
			}
			seen[r.RecFolioCondusef] = true
		}
	}
	for d := range schema.Dia(5) {
		add(in.Dia(Pedido{Dia: turno + d, N: 500, Instituciones: roll}))
	}
	in.folios = 9_999_000 // over the largest number that a folio has room for
	add(in.Dia(Pedido{Dia: turno, N: 3000, Instituciones: roll}))
	in.folios = 2*9_999_999 - 1500
	add(in.Dia(Pedido{Dia: turno, N: 3000, Instituciones: roll}))
}

func TestInstitutionsShareUnequally(t *testing.T) {
	t.Parallel()
	in := New(5)
	count := func(dia schema.Dia, n int) map[string]int {
		by := map[string]int{}
		for _, r := range in.Dia(Pedido{Dia: dia, N: n, Instituciones: roll}).Registros {
			by[string(r.RecInstitucionClave)]++
		}
		return by
	}
	if by := count(turno, len(roll)); len(by) != len(roll) {
		t.Errorf("%d records went to %d institutions, want one each", len(roll), len(by))
	}
	if by := count(turno, 3); len(by) > 3 {
		t.Errorf("3 records went to %d institutions", len(by))
	}
	largest := func(by map[string]int) (clave string) {
		for c, n := range by {
			if n > by[clave] {
				clave = c
			}
		}
		return clave
	}
	first := count(turno, 2000)
	big := largest(first)
	for d := range schema.Dia(5) {
		if got := largest(count(turno+1+d, 2000)); got != big {
			t.Errorf("largest was %s, and %s %d days later", big, got, d+1)
		}
	}
	if first[big] < 2*2000/len(roll) {
		t.Errorf("the largest has %d of 2000: as good as equal shares", first[big])
	}
}

func TestProportions(t *testing.T) {
	t.Parallel()
	const n = 10_000
	p := New(11).Dia(Pedido{Dia: turno, N: n, Instituciones: roll})
	share := map[string]float64{}
	for _, r := range p.Registros {
		add := func(what string, is bool) {
			if is {
				share[what] += 1.0 / n
			}
		}
		add("moral", r.RecTipoPersona == "2")
		add("monetario", r.RecMonetario == "SI")
		add("mujer", r.RecSexo == "M")
		add("CLABE", r.RecClabe != "")
		add("México", r.RecEntidadFederativa == "15")
		add("lejos", turno-r.RecFechaReclamacion.Dia() == 5)
		add("grande", r.RecMontoReclamado.Centavos() > 100_000_00)
		add("una", r.RecEdad.Int() >= 30 && r.RecEdad.Int() < 60)
	}
	for what, want := range map[string][2]float64{
		"moral": {0.03, 0.05}, "monetario": {0.68, 0.72}, "mujer": {0.46, 0.50}, "CLABE": {0.31, 0.36},
		"México": {0.12, 0.15}, "lejos": {0.18, 0.22}, "grande": {0.003, 0.03}, "una": {0.45, 0.65},
	} {
		if got := share[what]; got < want[0] || got > want[1] {
			t.Errorf("%s: %.3f of the records, want %.3f to %.3f", what, got, want[0], want[1])
		}
	}
}

// What a sector is complained of for is what was seen in it.
func TestAsuntosOfTheSector(t *testing.T) {
	t.Parallel()
	p := New(2).Dia(Pedido{Dia: turno, N: 2000, Instituciones: roll})
	for _, r := range p.Registros {
		clave := claveSector(r.RecSector)
		if clave == 0 {
			continue
		}
		good := false
		for _, x := range asuntos {
			good = good ||
				x.sector == clave && x.producto == r.RecProductoServicio && x.causa == r.RecCausaMotivo
		}
		if !good {
			t.Fatalf("%s: product %s, cause %s was never seen there", r.RecSector, r.RecProductoServicio,
				r.RecCausaMotivo)
		}
	}
	for i, want := range []int{69, 69, 68, 40, 27, 65, 0} {
		if got := claveSector(roll[i].Sector); got != want {
			t.Errorf("%s: sector %d, want %d", roll[i].Sector, got, want)
		}
	}
}

func TestReadAsuntosTellsMistakes(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"a,b,c,d\n1,2,x,4\n", "a,b,c,d\n1,2,3,x\n", "a,b\n1\n"} {
		if _, err := readAsuntos(bad); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

func TestIdentifiers(t *testing.T) {
	t.Parallel()
	a := NewAzar(1, 1)
	in := New(1)
	for range 5000 {
		p := a.persona(turno, in.entidades)
		if form, digit := schema.ValidarRFC(p.rfc); !form || !digit {
			t.Fatalf("RFC %s: form %t, digit %t", p.rfc, form, digit)
		}
		if p.moral {
			if len(p.rfc) != 12 || p.curp != "" || p.sexo != "" || p.edad != 0 {
				t.Fatalf("persona moral: %+v", p)
			}
			continue
		}
		if form, digit := schema.ValidarCURP(p.curp); !form || !digit {
			t.Fatalf("CURP %s: form %t, digit %t", p.curp, form, digit)
		}
		if got := p.curp[10:11]; got != p.sexo {
			t.Fatalf("CURP %s of sex %s", p.curp, p.sexo)
		}
		if got := ageIn(p.curp, turno); got != p.edad {
			t.Fatalf("CURP %s: %d years on %s, want %d", p.curp, got, turno, p.edad)
		}
		if len(p.rfc) != 13 || p.rfc[4:10] != p.curp[4:10] {
			t.Fatalf("RFC %s and CURP %s are of two people", p.rfc, p.curp)
		}
	}
}

// ageIn counts the years from the day of birth that a CURP tells.
func ageIn(curp string, on schema.Dia) int {
	century := "19"
	if curp[16] >= 'A' {
		century = "20"
	}
	born, now := century+curp[4:10], on.Compacta()
	var b, n int
	fmt.Sscan(born[:4], &b)
	fmt.Sscan(now[:4], &n)
	if now[4:] < born[4:] {
		return n - b - 1
	}
	return n - b
}

func TestInitials(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ nombre, primero, segundo, initials, consonants string }{
		{"Lucía", "Muñoz", "Acevedo", "MUAL", "XCC"},
		{"Ángel", "Ñáñez", "Uribe", "XAUA", "XRN"},
		{"José", "Ríos", "Ortiz", "RIOJ", "SRS"},
		{"Ana", "Castillo", "Cruz", "CACA", "SRN"},
		{"Ana", "Lee", "Poe", "LEPA", "XXN"},
	} {
		if got := initials(c.nombre, c.primero, c.segundo); got != c.initials {
			t.Errorf("%s %s %s: %s, want %s", c.nombre, c.primero, c.segundo, got, c.initials)
		}
		if got := consonant(c.primero) + consonant(c.segundo) + consonant(c.nombre); got != c.consonants {
			t.Errorf("%s %s %s: %s, want %s", c.nombre, c.primero, c.segundo, got, c.consonants)
		}
	}
	if diff := cmp.Diff([]string{"CXCA", "CACX", "MUAL"},
		[]string{decent("CACA", 1), decent("CACA", 3), decent("MUAL", 1)}); diff != "" {
		t.Errorf("words (-want +got):\n%s", diff)
	}
}
