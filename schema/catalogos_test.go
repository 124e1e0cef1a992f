package schema

import (
	"errors"
	"strings"
	"testing"
)

func TestReadCatalogs(t *testing.T) {
	t.Parallel()
	municipio, err := ReadMunicipios(
		strings.NewReader("\ufeffcve_entidad,cve_municipio,nombre\n9,14,Benito Juárez\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !municipio(9, 14) || municipio(9, 2) || municipio(14, 9) {
		t.Error("municipios: want 9/14 alone")
	}
	producto, causa,
		err := ReadCausas(strings.NewReader("producto,causa\n026911801257,1146\n026911831261,0889\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !producto("026911801257") || producto("999999999999") {
		t.Error("productos: want those of the table alone")
	}
	if !causa("026911801257", "1146") || causa("026911801257", "0889") {
		t.Error("causas: want those of the product alone")
	}
	cp, err := ReadCP(strings.NewReader("cve_entidad,cp\n9,03300\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !cp("03300", 9) || cp("03300", 14) || cp("03301", 9) {
		t.Error("cp: want 03300 in 9 alone")
	}
}

func TestReadCatalogsTellsEveryMistake(t *testing.T) {
	t.Parallel()
	_, err := ReadMunicipios(strings.NewReader("cve_entidad,cve_municipio\n33,1\n9\n0,1000\n9,14\n"))
	var lines []int
	var walk func(error)
	walk = func(err error) {
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, e := range joined.Unwrap() {
				walk(e)
			}
			return
		}
		if bad, ok := errors.AsType[*TablaError](err); ok {
			lines = append(lines, bad.Linea)
		}
	}
	walk(err)
	if want := []int{2, 3, 4, 4}; len(lines) != len(want) || lines[0] != 2 || lines[1] != 3 ||
		lines[2] != 4 || lines[3] != 4 {
		t.Errorf("mistakes in lines %v, want %v: %v", lines, want, err)
	}
	if _, err := ReadCP(strings.NewReader("cp\n03300\n")); err == nil ||
		!strings.Contains(err.Error(), "cve_entidad") {
		t.Errorf("an absent column: %v", err)
	}
	if _, _, err := ReadCausas(strings.NewReader("")); err == nil {
		t.Error("an empty table is no catalog")
	}
}
