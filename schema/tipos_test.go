package schema

import (
	"slices"
	"strings"
	"testing"
)

// TestClases holds the table of types together: what a row must say, and what of the
// header's tags names types one by one.
func TestClases(t *testing.T) {
	t.Parallel()
	for _, k := range clases {
		if k.registros == nil || k.limite == (tope{}) || k.deCONDUSEF+k.deUNE == "" {
			t.Errorf("%s: its row lacks a record, a limit or a folder: %+v", k.tipo, k)
			continue
		}
		if record := k.layout(V0100); k.monto != "" && campoOf(k.tipo, k.monto) == nil ||
			record.index["RecFolioCondusef"] == 0 {
			t.Errorf("%s: its record has no %s, or no folio", k.tipo, k.monto)
		}
		if k.sigue != "" && (!k.llega || k.sigue.clase().llega) {
			t.Errorf("%s goes on as %s: want what arrives, as what is sent", k.tipo, k.sigue)
		}
		if k.acusa() && k.llega {
			t.Errorf("%s arrives, and answers what arrived", k.tipo)
		}
		tags := strings.Fields(tagOf("GeArchivoReferencia", "req_en") + " " +
			tagOf("GeArchivoReferencia", "vacio_en"))
		if k.refiere == "" && !slices.Contains(tags, string(k.tipo)) {
			t.Errorf("%s refers to nothing: name it in vacio_en of GeArchivoReferencia", k.tipo)
		}
	}
	for tipo, want := range map[Tipo]string{REC: "salida", DIC: "salida", ACU: "entrada", RCH: "entrada",
		REP: "entrada"} {
		if got := tipo.Carpeta(ParteCONDUSEF); got != want {
			t.Errorf("CONDUSEF: %s in %q, want %q", tipo, got, want)
		}
	}
	for tipo, want := range map[Tipo]string{LOT: "reclamaciones", RES: "respuestas", ACU: "acuses",
		RCH: "rechazos", REC: ""} {
		if got := tipo.Carpeta(900001); got != want {
			t.Errorf("a UNE: %s in %q, want %q", tipo, got, want)
		}
	}
	if got := TiposDe(ParteCONDUSEF); !slices.Equal(got, []Tipo{REC, DIC}) {
		t.Errorf("CONDUSEF sends %v", got)
	}
	if got := TiposDe(900001); !slices.Equal(got, []Tipo{RES}) {
		t.Errorf("a UNE sends %v", got)
	}
	if Tipo("NNN").Existe() || Tipo("").Existe() || !DIC.Existe() {
		t.Error("what exists is not what is in the table")
	}
}

// tagOf gives the parameter of a tag of a header's field.
func tagOf(campo, name string) string {
	l := layoutOf[Encabezado](V0100)
	for _, g := range l.columns[l.index[campo]].tags {
		if g.name == name {
			return g.param
		}
	}
	return ""
}
