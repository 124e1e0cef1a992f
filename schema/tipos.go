package schema

import "reflect"

// Tipo is the kind of a file of the exchange, as its name and its header say it.
type Tipo string

// The seven types of lineamientos.
const (
	REC Tipo = "REC" // reclamaciones, CONDUSEF → gateway
	LOT Tipo = "LOT" // a UNE's batch of a REC, gateway → UNE
	RES Tipo = "RES" // respuestas and prórrogas, UNE → gateway
	ACU Tipo = "ACU" // acuse: receipt of a file, sealed
	RCH Tipo = "RCH" // rechazo: every finding in a file
	REP Tipo = "REP" // what the UNEs answered, gateway → CONDUSEF
	DIC Tipo = "DIC" // dictámenes: what became of a folio afterwards
)

// The folders of the parties.
const (
	CarpetaSalida        = "salida"  // CONDUSEF leaves REC and DIC
	CarpetaEntrada       = "entrada" // CONDUSEF finds REP, ACU and RCH
	CarpetaAnexos        = "entrada/anexos"
	CarpetaReclamaciones = "reclamaciones" // a UNE finds its LOTs
	CarpetaRespuestas    = "respuestas"    // a UNE leaves RES and annexes
	CarpetaAcuses        = "acuses"
	CarpetaRechazos      = "rechazos"
	CarpetaEstado        = "estado"
)

// Registro is one of the records that stand between 01 and 09. The table of types
// says which stands in which.
type Registro interface {
	Reclamacion | Respuesta | Retorno | Acuse | Rechazo | Dictamen
}

// clase is a row of the table of types: all that sets the files of one type apart.
// Who sends and who receives one follows from where it lies and which way it goes.
type clase struct {
	tipo      Tipo
	registros registros02 // its lines 02
	llega     bool        // a party sends it to the gateway; else the gateway makes it

	// The folders of CONDUSEF and of a UNE in which it lies, "" where that one neither
	// sends nor gets it. A file that lies with either goes to whom it answers.
	deCONDUSEF, deUNE string

	procede Tipo   // of the file that GeArchivoReferencia names; "" for any, or none
	refiere string // what that file is, in Spanish; "" where the field is empty

	sigue      Tipo   // of the file in which its records go on to the other party
	monto      string // the field that GeSumaMontos adds up; "": it is 0.00
	foliosOnce bool   // each folio stands once in it
	sellado    bool   // a 03, the seal, stands before its 09

	limite tope // where no agreement says otherwise
}

// tope bounds a file: by its bytes, and by its records.
type tope struct{ bytes, registros int64 }

var (
	grande = tope{4 * gibibyte, 9_999_999}
	chico  = tope{64 * mebibyte, 999_999}
)

const (
	mebibyte = 1 << 20
	gibibyte = 1 << 30
)

// clases is the table of types, in the order of lineamientos. To add one: its constant
// and its row, its record in registros.go and in Registro. TestClases tells of the tags
// of the header that name types; of one that arrives, tests ask for what the gateway
// does with its records: TestIngresables in store, TestJuicios in exchange.
var clases = []clase{
	{
		tipo: REC, registros: de[Reclamacion]{}, llega: true, deCONDUSEF: CarpetaSalida, sigue: LOT,
		monto: "RecMontoReclamado", foliosOnce: true, limite: grande,
	},
	{
		tipo: LOT, registros: de[Reclamacion]{}, deUNE: CarpetaReclamaciones,
		procede: REC, refiere: "nombre del REC del que procede",
		monto: "RecMontoReclamado", foliosOnce: true, limite: grande,
	},
	{
		tipo: RES, registros: de[Respuesta]{}, llega: true, deUNE: CarpetaRespuestas, sigue: REP,
		procede: LOT, refiere: "nombre de un LOT de la institución",
		monto: "RecImporteAbonado", foliosOnce: true, limite: chico,
	},
	{
		tipo: ACU, registros: de[Acuse]{}, deCONDUSEF: CarpetaEntrada, deUNE: CarpetaAcuses,
		refiere: "nombre del archivo que se contesta", sellado: true, limite: grande,
	},
	{
		tipo: RCH, registros: de[Rechazo]{}, deCONDUSEF: CarpetaEntrada, deUNE: CarpetaRechazos,
		refiere: "nombre del archivo que se contesta", limite: grande,
	},
	{ // a folio may stand in it twice, a prórroga and then its answer
		tipo: REP, registros: de[Retorno]{}, deCONDUSEF: CarpetaEntrada,
		monto: "RecImporteAbonado", limite: grande,
	},
	{ // likewise, with all that befell it
		tipo: DIC, registros: de[Dictamen]{}, llega: true, deCONDUSEF: CarpetaSalida,
		limite: grande,
	},
}

// ninguna is the row of what is no type: a file whose type cannot be told gets the
// smallest limits.
var ninguna = clase{limite: chico}

// Tipos lists the types in the order of lineamientos.
var Tipos = func() (all []Tipo) {
	for _, c := range clases {
		all = append(all, c.tipo)
	}
	return all
}()

// clase gives the row of a type, that of none for what is no type.
func (t Tipo) clase() *clase {
	for i := range clases {
		if clases[i].tipo == t {
			return &clases[i]
		}
	}
	return &ninguna
}

// Existe tells whether t is one of the types.
func (t Tipo) Existe() bool { return t.clase() != &ninguna }

// Llega tells whether a party sends it to the gateway; else the gateway makes it.
func (t Tipo) Llega() bool { return t.clase().llega }

// TiposDe lists what a party sends, in the order of lineamientos.
func TiposDe(p Parte) (all []Tipo) {
	for i := range clases {
		if c := &clases[i]; c.llega && c.carpeta(p) != "" {
			all = append(all, c.tipo)
		}
	}
	return all
}

// Carpeta is the folder of a party in which a file of the type lies, "" where it
// neither sends nor gets such.
func (t Tipo) Carpeta(p Parte) string { return t.clase().carpeta(p) }

// MaxBytes is how large a file of a type may be where no agreement says otherwise. A
// file whose type cannot be told gets the smallest limit.
func (t Tipo) MaxBytes() int64 { return t.clase().limite.bytes }

// MaxRegistros is how many records it may have, likewise.
func (t Tipo) MaxRegistros() int64 { return t.clase().limite.registros }

func (c *clase) carpeta(p Parte) string {
	if p == ParteCONDUSEF {
		return c.deCONDUSEF
	}
	return c.deUNE
}

// acusa tells whether it answers a file, and goes to whoever sent that.
func (c *clase) acusa() bool { return c.deCONDUSEF != "" && c.deUNE != "" }

// layout gives the table of the records 02 in a version, nil for no type and for a
// version that is not known.
func (c *clase) layout(v Version) *layout {
	if c.registros == nil || !v.Conocida() {
		return nil
	}
	return c.registros.layout(v)
}

// registros02 are the records 02 of a type of file, whose Go type its row names.
type registros02 interface {
	typ() reflect.Type
	layout(v Version) *layout
	walk(e *Examen, found func(Hallazgo) error) (Totales, error)
}

type de[R Registro] struct{}

func (de[R]) typ() reflect.Type { return reflect.TypeFor[R]() }

func (de[R]) layout(v Version) *layout { return layoutOf[R](v) }

func (de[R]) walk(e *Examen, found func(Hallazgo) error) (Totales, error) {
	return Walk[R](e, nil, found)
}

// esReferencia tells whether s may stand in GeArchivoReferencia of a file of une's, 0
// for whose is not known.
func (c *clase) esReferencia(s string, une UNE) bool {
	if c.procede == "" {
		return true // what it answers may bear any name, cleaned
	}
	n, err := ParseNombre(s)
	return err == nil && n.Tipo == c.procede && (n.UNE == 0 || une == 0 || n.UNE == une)
}
