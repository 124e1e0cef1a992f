package config

import (
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
