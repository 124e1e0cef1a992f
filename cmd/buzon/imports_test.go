package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// mayImport says which of our packages each of them may import; cmd/buzon may
// import all. The words and the parts that move bytes import none but what a file may
// be called.
var mayImport = map[string][]string{
	"buzon/cmd/verificador":           nil, // written apart, by docs/bitacora.md alone
	"buzon/schema":                    {"buzon/schema/internal/conocidas", "buzon/schema/nombres"},
	"buzon/schema/nombres":            nil,
	"buzon/schema/internal/conocidas": nil,
	"buzon/schema/prueba":             {"buzon/schema/internal/conocidas"}, // tests alone
	"buzon/schema/formatos":           {"buzon/schema"},
	"buzon/schema/revision":           {"buzon/schema"},
	"buzon/store":                     {"buzon/schema", "buzon/schema/nombres", "buzon/store/bitacora"},
	"buzon/config":                    {"buzon/schema"},
	"buzon/exchange": {"buzon/exchange/archivo", "buzon/exchange/auditoria", "buzon/exchange/marca",
		"buzon/exchange/spans", "buzon/schema", "buzon/store", "buzon/store/bitacora"},
	"buzon/exchange/archivo": {"buzon/schema"},
	"buzon/exchange/auditoria": {"buzon/exchange/archivo", "buzon/schema", "buzon/store",
		"buzon/store/bitacora"},
	"buzon/exchange/spans": nil,
	"buzon/exchange/marca": nil,
	"buzon/exchange/respaldo": {"buzon/exchange/archivo", "buzon/exchange/auditoria", "buzon/exchange/marca",
		"buzon/schema", "buzon/store"},
	"buzon/exchange/carpeta":         {"buzon/schema/nombres"},
	"buzon/exchange/vista":           {"buzon/exchange/archivo", "buzon/schema", "buzon/store"},
	"buzon/exchange/dropbox/subidas": {"buzon/exchange/spans", "buzon/schema/nombres"},
	"buzon/exchange/dropbox/dropboxtest": {"buzon/exchange/dropbox", "buzon/exchange/dropbox/subidas",
		"buzon/schema/nombres"},
	"buzon/exchange/dropbox/protocol": nil,
	"buzon/exchange/dropbox": {"buzon/exchange/dropbox/protocol",
		"buzon/exchange/dropbox/subidas", "buzon/exchange/spans", "buzon/schema/nombres"},
	"buzon/exchange/dropbox/clientes": nil, // tests alone
	"buzon/exchange/dropbox/medida":   nil, // likewise
	"buzon/exchange/remote":           {"buzon/schema/nombres"},
	"buzon/exchange/schedule":         {"buzon/store"},
	"buzon/exchange/exchangetest": {"buzon/exchange", "buzon/exchange/archivo", "buzon/exchange/vista",
		"buzon/schema", "buzon/schema/nombres", "buzon/store", "buzon/store/bitacora"},
	"buzon/exchange/idatu":      {"buzon/schema"},
	"buzon/exchange/expediente": {"buzon/exchange/idatu", "buzon/schema", "buzon/store/bitacora"},
	"buzon/exchange/ficha":      {"buzon/exchange/idatu", "buzon/schema"},
	"buzon/exchange/ops": {"buzon/exchange", "buzon/store", "buzon/store/bitacora",
		"buzon/exchange/idatu", "buzon/schema"},
	"buzon/exchange/gateway": {"buzon/config", "buzon/exchange", "buzon/exchange/archivo",
		"buzon/exchange/carpeta", "buzon/exchange/dropbox", "buzon/exchange/dropbox/subidas",
		"buzon/exchange/marca", "buzon/exchange/ops", "buzon/exchange/remote", "buzon/exchange/respaldo",
		"buzon/exchange/schedule", "buzon/exchange/vista",
		"buzon/schema", "buzon/store", "buzon/store/bitacora"},
	"buzon/exchange/padron": {"buzon/config", "buzon/exchange/gateway", "buzon/schema",
		"buzon/store"},
	"buzon/exchange/puntaje": {"buzon/config", "buzon/exchange/auditoria",
		"buzon/exchange/expediente", "buzon/exchange/ficha", "buzon/exchange/idatu", "buzon/schema",
		"buzon/store", "buzon/store/bitacora"},
	"buzon/exchange/medida": nil, // tests alone
	"buzon/exchange/simulacro": {"buzon/exchange", "buzon/exchange/simulacro/escenario",
		"buzon/exchange/simulacro/inventor", "buzon/exchange/spans", "buzon/exchange/dropbox",
		"buzon/exchange/dropbox/subidas", "buzon/exchange/remote", "buzon/exchange/vista", "buzon/store",
		"buzon/store/bitacora", "buzon/schema"},
	"buzon/exchange/simulacro/escenario": {"buzon/exchange/simulacro/inventor", "buzon/schema",
		"buzon/store"},
	"buzon/exchange/simulacro/inventor": {"buzon/schema"},
	"buzon/exchange/simulacro/montaje": {"buzon/config", "buzon/exchange", "buzon/exchange/gateway",
		"buzon/exchange/ops", "buzon/exchange/simulacro", "buzon/exchange/simulacro/escenario",
		"buzon/exchange/simulacro/inventor", "buzon/schema", "buzon/store", "buzon/store/bitacora"},

	"buzon/store/bitacora":              {"buzon/schema"},
	"buzon/store/bitacora/bitacoratest": {"buzon/store/bitacora"},
}

// onlyIn says where alone a foreign package is known. A path that ends in a
// slash is a prefix.
var onlyIn = map[string][]string{
	"database/sql":                {"buzon/store"},
	"github.com/mattn/go-sqlite3": {"buzon/store"},
	// config asks whether an expression is one
	"github.com/robfig/cron/":   {"buzon/exchange/schedule", "buzon/config"},
	"github.com/pkg/sftp":       {"buzon/exchange/remote", "buzon/exchange/simulacro"},
	"github.com/go-playground/": {"buzon/schema"},
	"golang.org/x/crypto/ssh": {"buzon/exchange/dropbox", "buzon/exchange/gateway",
		"buzon/exchange/padron", "buzon/exchange/remote", "buzon/exchange/simulacro",
		"buzon/exchange/simulacro/montaje", "buzon/config"},
	"github.com/spf13/":                  {"buzon/cmd/buzon"},
	"buzon/exchange/exchangetest":        {"buzon/exchange/exchangetest"}, // in tests alone
	"buzon/exchange/dropbox/dropboxtest": nil,                             // likewise
	"buzon/exchange/medida":              nil,                             // tests alone
	// likewise: the program knows no test layout
	"buzon/schema/prueba":      nil,
	"buzon/exchange/simulacro": {"buzon/exchange/simulacro/montaje"},
	"buzon/exchange/simulacro/escenario": {"buzon/exchange/simulacro", "buzon/exchange/simulacro/montaje",
		"buzon/cmd/buzon"},
	"buzon/exchange/simulacro/inventor": {"buzon/exchange/simulacro", "buzon/exchange/simulacro/escenario",
		"buzon/exchange/simulacro/montaje", "buzon/cmd/buzon"},
	"buzon/exchange/simulacro/montaje": {"buzon/cmd/buzon"},
	"github.com/google/go-cmp/":        nil,
	"pgregory.net/":                    nil,
	"github.com/rogpeppe/go-internal":  nil,

	"buzon/store/bitacora/bitacoratest": nil,
}

// TestImports holds the imports of the program, its tests aside, against the
// direction in which knowledge runs.
func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "buzon/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		allowed, known := mayImport[p.ImportPath]
		if !known && p.ImportPath != "buzon/cmd/buzon" {
			t.Errorf("%s: where does it stand? Add it to mayImport", p.ImportPath)
		}
		for _, im := range p.Imports {
			if strings.HasPrefix(im, "buzon/") && known && !slices.Contains(allowed, im) {
				t.Errorf("%s imports %s", p.ImportPath, im)
			}
			for foreign, places := range onlyIn {
				if matches(im, foreign) && !slices.Contains(places, p.ImportPath) {
					t.Errorf("%s imports %s", p.ImportPath, im)
				}
			}
		}
	}
}

func matches(im, pattern string) bool {
	return im == pattern || strings.HasSuffix(pattern, "/") && strings.HasPrefix(im, pattern)
}
