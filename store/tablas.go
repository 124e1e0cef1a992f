package store

import (
	"slices"
	"strings"
	"sync"

	"buzon/store/bitacora"
)

// naturaleza is what a table is to the log.
type naturaleza int

const (
	// hecho: rows are only added, and the log commits to each.
	hecho naturaleza = iota
	// trabajo: what the facts come to; verify makes it again from them.
	trabajo
	// observacion: may be overwritten, is in no hash; an event that it decides has
	// what it was decided by.
	observacion
)

// tabla is a table as writes name it. A statement never does.
type tabla struct {
	nombre   string
	id       string   // the column of its key
	columnas []string // the others, in the order in which add takes their values; evento is not among them
	// por tells how a row bears the number of the event that added it: "" in its
	// column evento, else by the table whose row its column leads to.
	por, lleva string

	once   sync.Once
	sql    string
	orden  []int    // of all columns, the key and evento among them, by name
	cabeza [][]byte // by column: what stands before its value in the bytes of a row
}

// The facts, each with its columns.
var (
	tMeta          = hechos("meta", "id", "clave valor")
	tInstituciones = hechos("instituciones", "une", "denominacion sector termino prorroga")
	tSuspensiones  = hechos("suspensiones", "id", "une suspendida momento")
	tLlaves        = hechos("llaves", "id", "une huella publica nombre desde hasta alta")
	tRevocadas     = hechos("llaves_revocadas", "id", "llave momento")
	tAvisadas      = hechos("llaves_avisadas", "id", "llave momento")
	tClaves        = hechos("claves", "id", "une hash momento")
	tArchivos      = hechos("archivos", "id",
		"parte nombre sha256 bytes tipo version codificacion jornada recibido k "+
			"resultado registros aceptados rechazados primera_linea calendario")
	tRechazados = deArchivo("rechazados", "archivo numero folio codigo")
	tAnexos     = hechos("anexos", "id", "parte nombre sha256 bytes recibido")
	tSalidas    = hechos("salidas", "id",
		"parte carpeta nombre tipo sha256 bytes registros jornada dia nnn generado archivo")
	tPublicaciones = hechos("publicaciones", "id", "salida momento observable")
	tAnulaciones   = hechos("anulaciones", "id", "salida momento")
	tLotes         = hechos("lotes", "id", "salida rec une turno dia0 limite calendario")
	tReclamaciones = deArchivo("reclamaciones",
		"folio vuelta une archivo tramo numero desplazamiento largo proceso unidad fecha turno "+
			"medio producto causa pori persona sexo edad entidad municipio monetario monto")
	tPlazos     = hechos("plazos", "id", "reclamacion que limite calendario lugar")
	tRespuestas = deArchivo("respuestas",
		"reclamacion tipo archivo numero desplazamiento largo dias oportunidad limite "+
			"sentido prorroga abonado anexo")
	tDevoluciones = &tabla{nombre: "devoluciones", id: "respuesta", columnas: []string{"rep"}, por: "salidas",
		lleva: "rep"}
	tDictamenes = deArchivo("dictamenes",
		"reclamacion une tipo fecha archivo numero desplazamiento largo anula")
	tAcuses    = hechos("acuses", "id", "anio n archivo salida")
	tEpocas    = hechos("epocas", "id", "epoca anio desde momento")
	tRecogidas = hechos("recogidas", "id",
		"salida cuenta huella direccion cliente algoritmos abierta cerrada primero ultimo "+
			"inicio tramos cubiertos cierre completa ronda con_abierta con_leida con_completa con_veces "+
			"con_tramos")
	tNoRecogidos = hechos("no_recogidos", "id", "salida plazo momento")
	tCortes      = hechos("cortes", "id", "dia momento")
	tCierres     = hechos("cierres", "id", "dia momento recibidas entregadas rechazadas mano")
	tAvisos      = hechos("avisos", "id", "dia momento")
	tCorridas    = hechos("corridas", "id", "jornada causa inicio")
	tFinales     = hechos("finales", "id", "corrida momento error")
	tSellos      = hechos("sellos", "id", "llave publica")
	tTurnos      = hechos("turnos_sello", "id", "sello desde")
	tPuntos      = hechos("puntos", "tamano", "momento nota")
	tTestigos    = hechos("testigos", "id", "parte tamano momento")
)

// todosLosHechos are the tables of facts, in the order in which verify reads them.
var todosLosHechos = []*tabla{
	tMeta, tInstituciones, tSuspensiones, tLlaves, tRevocadas, tAvisadas, tClaves, tArchivos, tRechazados,
	tAnexos, tSalidas,
	tPublicaciones, tAnulaciones, tLotes, tReclamaciones, tPlazos, tRespuestas, tDevoluciones, tDictamenes,
	tAcuses, tEpocas, tRecogidas,
	tNoRecogidos, tCortes, tCierres, tAvisos, tCorridas, tFinales, tSellos, tTurnos, tPuntos, tTestigos,
}

// clases has every table of a store but those of facts. nodos and bitacora are the
// log itself.
var clases = map[string]naturaleza{
	"bitacora": hecho, "nodos": trabajo, "bloques": trabajo, "partes": trabajo,
	"estados": trabajo, "coberturas": trabajo, "por_publicar": trabajo, "por_entregar": trabajo,
	"por_devolver": trabajo, "por_recoger": trabajo,
	"entrantes": observacion, "vistos": observacion, "listados": observacion, "agenda": observacion,
	"latidos": observacion, "usos": observacion,
	"arribos": observacion, "exhibidos": observacion, "bases": observacion, "ausentes": observacion,
	"ocupados": observacion, "reconocidos": observacion,
	"goose_db_version": observacion, "sqlite_sequence": observacion,
}

func hechos(nombre, id, columnas string) *tabla {
	return &tabla{nombre: nombre, id: id, columnas: strings.Fields(columnas)}
}

// deArchivo is a table of records: each bears the event of the file that it is of.
func deArchivo(nombre, columnas string) *tabla {
	return &tabla{nombre: nombre, id: "id", columnas: strings.Fields(columnas), por: "archivos",
		lleva: "archivo"}
}

// todas are its columns as add writes them: the key, the others, evento.
func (t *tabla) todas() []string {
	all := append([]string{t.id}, t.columnas...)
	if t.por == "" {
		all = append(all, "evento")
	}
	return all
}

// prepare makes what each write needs, once.
func (t *tabla) prepare() {
	t.once.Do(func() {
		all := t.todas()
		t.sql = `INSERT INTO ` + t.nombre + ` (` + strings.Join(all, ", ") + `) VALUES (?` +
			strings.Repeat(`,?`, len(all)-1) + `)`
		for i, c := range all {
			t.orden = append(t.orden, i)
			t.cabeza = append(t.cabeza, bitacora.Netstring(nil, c))
		}
		slices.SortFunc(t.orden, func(x, y int) int { return strings.Compare(all[x], all[y]) })
	})
}
