package schema

import (
	"fmt"
	"io"
	"strconv"
)

// The catalogs that an operator loads are tables in CSV; columns beyond those
// that are named here are passed over. The errors tell every mistake at once,
// each a *TablaError.

// ReadMunicipios reads the municipios of each state: cve_entidad, cve_municipio.
func ReadMunicipios(r io.Reader) (func(entidad, municipio int) bool, error) {
	type clave struct{ entidad, municipio int }
	all := map[clave]bool{}
	err := readTabla(r, columnas{necesarias: []string{"cve_entidad", "cve_municipio"}, otras: true},
		func(_ int, campo func(string) string) (errs []error) {
			k := clave{catalogNumber("cve_entidad", campo, numEntidades, &errs),
				catalogNumber("cve_municipio", campo, 999, &errs)}
			all[k] = true
			return errs
		})
	return func(entidad, municipio int) bool { return all[clave{entidad, municipio}] }, err
}

// ReadCausas reads the products and the causes that each has: producto, causa.
func ReadCausas(
	r io.Reader) (producto func(Cifras) bool, causa func(producto, causa Cifras) bool, err error) {
	type clave struct{ producto, causa Cifras }
	pairs, products := map[clave]bool{}, map[Cifras]bool{}
	err = readTabla(r, columnas{necesarias: []string{"producto", "causa"}, otras: true},
		func(_ int, campo func(string) string) (errs []error) {
			k := clave{catalogCode("producto", campo, 12, &errs), catalogCode("causa", campo, 4, &errs)}
			pairs[k], products[k.producto] = true, true
			return errs
		})
	return func(p Cifras) bool {
		return products[p]
	}, func(p, c Cifras) bool { return pairs[clave{p, c}] }, err
}

// ReadCP reads the postal codes and the state of each: cp, cve_entidad. A code
// may belong to several states.
func ReadCP(r io.Reader) (func(cp Cifras, entidad int) bool, error) {
	type clave struct {
		cp      Cifras
		entidad int
	}
	all := map[clave]bool{}
	err := readTabla(r, columnas{necesarias: []string{"cp", "cve_entidad"}, otras: true},
		func(_ int, campo func(string) string) (errs []error) {
			all[clave{catalogCode("cp", campo, 5, &errs),
				catalogNumber("cve_entidad", campo, numEntidades, &errs)}] = true
			return errs
		})
	return func(cp Cifras, entidad int) bool { return all[clave{cp, entidad}] }, err
}

func catalogNumber(name string, campo func(string) string, most int, errs *[]error) int {
	n, err := strconv.Atoi(campo(name))
	if err != nil || n < 1 || n > most {
		*errs = append(*errs, fmt.Errorf("%s %q: want a number from 1 to %d", name, campo(name), most))
	}
	return n
}

func catalogCode(name string, campo func(string) string, size int, errs *[]error) Cifras {
	s := campo(name)
	if len(s) != size || !digits(s) {
		*errs = append(*errs, fmt.Errorf("%s %q: want %d digits", name, s, size))
	}
	return Cifras(s)
}
