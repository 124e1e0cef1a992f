package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestLoadCatalogs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	yaml := read(t, dir, "buzon.yaml") + "\ncatalogs:\n  municipios: municipios.csv\n"
	write(t, yaml, dir, "buzon.yaml")
	write(t, "cve_entidad,cve_municipio\n9,14\n", dir, "municipios.csv")
	c, err := Load(dir + "/buzon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if c.Catalogos.Municipio == nil || !c.Catalogos.Municipio(9, 14) || c.Catalogos.Municipio(9, 3) {
		t.Error("the municipios are not those of the table")
	}
	if c.Catalogos.CP != nil || c.Catalogos.Causa != nil {
		t.Error("a catalog that is not named is there")
	}
	write(t, "cve_entidad,cve_municipio\n9,14\n9,x\n", dir, "municipios.csv")
	_, err = Load(dir + "/buzon.yaml")
	if err == nil || !strings.Contains(err.Error(), "municipios.csv:3: ") {
		t.Errorf("a mistake in line 3: %v", err)
	}
}

// TestEveryCatalogIsLoaded: a catalog that rules ask for and no key loads would be unknown
// for ever.
func TestEveryCatalogIsLoaded(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	tables := map[string]string{"municipios": "cve_entidad,cve_municipio\n9,14\n",
		"causas": "producto,causa\n026911801257,1146\n", "cp": "cp,cve_entidad\n03810,9\n"}
	yaml := read(t, dir, "buzon.yaml") + "\ncatalogs:\n"
	for name, rows := range tables {
		yaml += "  " + name + ": " + name + ".csv\n"
		write(t, rows, dir, name+".csv")
	}
	write(t, yaml, dir, "buzon.yaml")
	c, err := Load(dir + "/buzon.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if v := reflect.ValueOf(*c.Catalogs); v.NumField() != len(tables) {
		t.Errorf("%d catalogs have a key, %d are tried", v.NumField(), len(tables))
	}
	v := reflect.ValueOf(c.Catalogos)
	for i := range v.NumField() {
		if v.Field(i).IsNil() {
			t.Errorf("schema.Catalogos.%s: no key of catalogs loads it", v.Type().Field(i).Name)
		}
	}
}
