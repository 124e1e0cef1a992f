package store

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"buzon/schema"
)

var updateDoc = flag.Bool("update", false, "write the tables of docs/bitacora.md, section 6, anew")

// dicen says what a row of each table is, for docs/bitacora.md.
var dicen = map[string]string{
	"meta":             "que el almacén es de un ensayo",
	"instituciones":    "una institución del padrón y su convenio",
	"suspensiones":     "que una institución se suspendió, o se reanudó",
	"llaves":           "una llave con que una institución puede entrar",
	"llaves_revocadas": "que una llave se revocó",
	"llaves_avisadas":  "que se avisó que una llave está por vencer",
	"claves":           "la contraseña de una institución, como hash bcrypt, o que ya no tiene",
	"archivos":         "un archivo que se recibió, y cómo se juzgó",
	"rechazados":       "un registro que se rechazó, y su código",
	"anexos":           "un anexo que se recibió",
	"salidas":          "un archivo que se formó para una parte",
	"publicaciones":    "que la parte lo ve",
	"anulaciones":      "que un LOT que nunca se vio no cuenta",
	"lotes":            "de un LOT: su REC, y el plazo de sus folios",
	"reclamaciones":    "un registro aceptado de un REC: una vuelta de un folio",
	"plazos":           "lo que se dijo de un plazo después de la entrega",
	"respuestas":       "un registro aceptado de un RES: una respuesta o una prórroga",
	"devoluciones":     "que una respuesta o una prórroga regresó en un REP",
	"dictamenes":       "un registro aceptado de un DIC",
	"acuses":           "el número de un acuse",
	"epocas": "desde qué número siguen los acuses de un año, porque el almacén pudo ser más viejo que lo " +
		"que se mostró",
	"recogidas":    "lo que se leyó de un archivo en una apertura, y lo que con ella va leído",
	"no_recogidos": "que se avisó que nadie recogió un LOT",
	"cortes":       "el corte de un día",
	"cierres":      "las cuentas de un día al cerrarlo",
	"avisos":       "que se avisó que en un día no hubo REC",
	"corridas":     "que una corrida empezó",
	"finales":      "cómo terminó una corrida",
	"sellos":       "una llave con que aquí se firmó",
	"turnos_sello": "desde cuándo se firma con ella",
	"puntos":       "un punto de control que se firmó",
	"testigos":     "que una parte tiene un punto de control",

	"bitacora": "los eventos",
	"nodos":    "hashes del árbol, del nivel 8 en adelante",
	"bloques":  "entre qué momentos está cada tramo de 1,024 eventos",
	"partes":   "con qué eventos sigue un acto, y desde qué lugar",

	"estados":      "cómo está el plazo de una vuelta entregada",
	"coberturas":   "lo que se ha leído de un archivo en todas sus aperturas",
	"por_publicar": "lo que se formó y todavía no se ve",
	"por_entregar": "los REC de los que una institución tiene registros en ningún LOT",
	"por_devolver": "los RES de los que falta regresar algo",
	"por_recoger":  "los LOT de los que se espera que alguien los recoja",

	"entrantes": "un archivo que se está recibiendo en partes",
	"arribos":   "lo que las partes subieron a nuestro servidor, como lo ven, y si ya se recibió",
	"exhibidos": "lo que se le muestra a una parte y se hace de nuevo cuando cambia: `estado/`, " +
		"`LEEME.txt`",
	"bases":            "de qué se hizo `estado/` de cada parte; mientras no cambie, no se hace de nuevo",
	"ausentes":         "los contenidos que constan y no están en `archivo/`",
	"ocupados":         "los nombres que la carpeta de una parte ya mostraba al empezar una época",
	"reconocidos":      "cuándo llegó un contenido, según un acuse sellado de antes de una época",
	"vistos":           "lo último que una carpeta mostró con un nombre",
	"listados":         "cuándo se listó una carpeta de un servidor ajeno",
	"agenda":           "la próxima vez de cada tarea",
	"latidos":          "cuándo estuvo el servicio",
	"usos":             "el último uso de una llave",
	"goose_db_version": "qué versión de estas tablas es; con otra, `verify` no juzga",
	"sqlite_sequence":  "una cuenta de SQLite para la anterior",
}

// deQueEvento says how a row of facts bears its event.
func (t *tabla) deQueEvento() string {
	if t.por == "" {
		return "su `evento`"
	}
	return fmt.Sprintf("el de `%s`, por `%s`", t.por, t.lleva)
}

// tablas are those of the document, by class: the facts in the order of
// todosLosHechos, the others by name.
func tablas() string {
	var b strings.Builder
	b.WriteString("\n" + schema.MarkdownHead("---", "tabla", "clase", "clave", "evento", "una fila es"))
	row := func(name, clase, id, evento string) {
		b.WriteString(schema.MarkdownRow("`"+name+"`", clase, id, evento, dicen[name]))
	}
	for _, t := range todosLosHechos {
		row(t.nombre, "hecho", "`"+t.id+"`", t.deQueEvento())
	}
	for _, c := range []struct {
		clase naturaleza
		dicha string
	}{{hecho, "la bitácora misma"}, {trabajo, "trabajo"}, {observacion, "observación"}} {
		for _, name := range slices.Sorted(maps.Keys(clases)) {
			if clases[name] == c.clase {
				row(name, c.dicha, "", "")
			}
		}
	}
	return b.String() + "\n"
}

// TestTablas: the tables of docs/bitacora.md, section 6, are those of tablas.go, each
// with its class; -update writes them.
func TestTablas(t *testing.T) {
	const path, from = "../docs/bitacora.md", "<!-- store.tablas: desde aquí -->\n"
	const to = "<!-- store.tablas: hasta aquí -->\n"
	all := maps.Clone(clases)
	for _, f := range todosLosHechos {
		all[f.nombre] = hecho
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(all)), slices.Sorted(maps.Keys(dicen))); diff != "" {
		t.Errorf("what tables are said to be (-tablas.go +dicen): %s", diff)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(b), from)
	have, after, ok2 := strings.Cut(rest, to)
	if !ok || !ok2 {
		t.Fatalf("%s has not the two marks", path)
	}
	if *updateDoc {
		if err := os.WriteFile(path, []byte(before+from+tablas()+to+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(tablas(), have); diff != "" {
		t.Errorf("%s has not the tables of tablas.go (-tablas.go +document); if right, -update: %s", path,
			diff)
	}
}
