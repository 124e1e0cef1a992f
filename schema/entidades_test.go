package schema

import (
	"fmt"
	"strings"
	"testing"
)

func TestEntidadDeCP(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		cp      string
		entidad int
		want    bool
	}{
		{"03300", 9, true}, {"44260", 9, false},
		// The example files.
		{"64500", 19, true}, {"44260", 14, true}, {"55298", 15, true}, {"29000", 7, true},
		{"37000", 11, true},
		{"00000", 9, true}, {"16999", 9, true}, {"17000", 9, false}, {"99999", 32, true},
		{"97999", 32, false},
		{"3300", 9, false}, {"033000", 9, false}, {"0330A", 9, false}, {"", 9, false}, {" 3300", 9, false},
		{"00000", 0, false}, {"00000", 33, false}, {"00000", -1, false},
	} {
		if got := EntidadDeCP(v.cp, v.entidad); got != v.want {
			t.Errorf("EntidadDeCP(%q, %d) = %t", v.cp, v.entidad, got)
		}
	}
	for prefix := range 100 {
		n := 0
		for e := range numEntidades + 2 {
			if EntidadDeCP(fmt.Sprintf("%02d000", prefix), e) {
				n++
			}
		}
		want := 1
		if prefix >= 17 && prefix <= 19 { // not given out
			want = 0
		}
		if n != want {
			t.Errorf("prefix %02d is in %d states, want %d", prefix, n, want)
		}
	}
}

func TestEntidades(t *testing.T) {
	t.Parallel()
	for n, want := range map[int][2]string{
		-1: {}, 0: {}, 33: {}, 1: {"Aguascalientes", "AS"}, 9: {"Ciudad de México", "DF"},
		15: {"México", "MC"}, 32: {"Zacatecas", "ZS"},
	} {
		if got := [2]string{NombreEntidad(n), ClaveEntidadCURP(n)}; got != want {
			t.Errorf("state %d = %q, want %q", n, got, want)
		}
	}
	keys := map[string]bool{"": true, nacidoFuera: true}
	total := 0
	for n := 1; n <= numEntidades; n++ {
		if k := ClaveEntidadCURP(n); len(k) != 2 || keys[k] {
			t.Errorf("state %d: CURP key %q", n, k)
		} else {
			keys[k] = true
		}
		total += Municipios(n)
	}
	// 2,478 municipios, and six claves that are not in use.
	if total != 2478+6 {
		t.Errorf("highest claves add up to %d", total)
	}
	for n, want := range map[int]int{0: 0, 33: 0, 1: 11, 3: 9, 9: 17, 20: 570, 32: 58} {
		if got := Municipios(n); got != want {
			t.Errorf("Municipios(%d) = %d, want %d", n, got, want)
		}
	}
}

func TestReadEntidadesRefuses(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty":     "",
		"short":     "clave,nombre,clave_curp,cp_prefijo_desde,cp_prefijo_hasta\n1,Aguascalientes,AS,20,20\n",
		"ragged":    "a,b\n1\n",
		"no number": strings.Replace(entidadesCSV, "AS,20,", "AS,veinte,", 1),
		"order":     strings.Replace(entidadesCSV, "\n1,", "\n2,", 1),
	} {
		if _, err := readEntidades(text); err == nil {
			t.Errorf("%s: read", name)
		}
	}
}
