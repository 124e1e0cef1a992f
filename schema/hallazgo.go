package schema

// Codigo is a code of the table in section 6 of lineamientos, such as EST-04.
type Codigo string

// Severidad tells an error, which refuses, from a warning, which does not.
type Severidad string

// The two severities as an RCH writes them.
const (
	Error       Severidad = "E"
	Advertencia Severidad = "A"
)

// Hallazgo is one finding in a file: where, what, and in Spanish how to mend it.
// It holds no personal data: Valor and Mensaje are masked where the field is
// Reservado.
type Hallazgo struct {
	Linea     int // physical line from 1; 0 the file as a whole
	Folio     Folio
	Campo     string
	Codigo    Codigo
	Severidad Severidad
	Mensaje   string
	Valor     string
}

// Resultado is what became of a file as a whole, as AcuResultado writes it.
type Resultado int

// The three results.
const (
	Aceptado  Resultado = 1
	Parcial   Resultado = 2
	Rechazado Resultado = 3
)

// String is aceptado, parcial or rechazado.
func (r Resultado) String() string {
	switch r {
	case Aceptado:
		return "aceptado"
	case Parcial:
		return "parcial"
	case Rechazado:
		return "rechazado"
	}
	return ""
}

// Rechazo is the finding as the numero-th record of an RCH, from 1.
func (h Hallazgo) Rechazo(numero int) Rechazo {
	return Rechazo{RchNumero: NewEntero(int64(numero)), RchLinea: NewEntero(int64(h.Linea)),
		RecFolioCondusef: h.Folio,
		RchCampo:         h.Campo, RchCodigo: h.Codigo, RchSeveridad: h.Severidad, RchMensaje: h.Mensaje,
		RchValor: h.Valor}
}
