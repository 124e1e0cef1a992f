package schema

import (
	"slices"
	"strings"
)

// rule is one tag of the records beside types and lengths.
type rule struct {
	good  func(c *check, p probe) bool
	text  func(param string) string // goes on after "El campo X"
	code  func(param string) Codigo // nil: the row's own
	warns bool

	reads   string // the other field that it reads, where the parameter does not name it
	inOrder bool   // it reads what the records before left, and is judged behind the rest
}

// rules holds the tags. A rule that reads another field is content where that
// field is not good: the mistake is told there.
var rules = map[string]rule{
	"req":         {good: filled, text: fixed("es obligatorio"), code: always("FMT-01")},
	"req_si":      {good: func(c *check, p probe) bool { return p.valor != "" || !c.holds(p) }, text: when("es obligatorio cuando "), code: always("FMT-01")},
	"req_sin":     {good: func(c *check, p probe) bool { return p.valor != "" || c.other(p) != "" }, text: with("es obligatorio si falta "), code: always("FMT-01")},
	"req_con":     {good: func(c *check, p probe) bool { return p.valor != "" || c.other(p) == "" || c.otherBad(p) }, text: with("es obligatorio si hay "), code: always("FMT-01")},
	"req_en":      {good: func(c *check, p probe) bool { return p.valor != "" || !c.in(p) }, text: with("es obligatorio en un archivo "), code: always("FMT-01")},
	"req_lote":    {good: func(c *check, p probe) bool { return p.valor != "" || !c.lote(true) }, text: fixed("es obligatorio en un LOT con registros"), code: always("FMT-01")},
	"req_importe": {good: needsPaymentDate, text: with("es obligatorio si es mayor que cero "), code: always("FMT-01")},
	"vacio_si":    {good: func(c *check, p probe) bool { return !c.holds(p) }, text: when("debe estar vacío cuando "), code: notAllowed},
	"vacio_sin":   {good: func(c *check, p probe) bool { return c.other(p) != "" }, text: with("debe estar vacío si falta "), code: notAllowed},
	"vacio_en":    {good: func(c *check, p probe) bool { return !c.in(p) }, text: with("debe estar vacío en un archivo "), code: notAllowed},
	"vacio_lote":  {good: func(c *check, _ probe) bool { return !c.lote(false) }, text: fixed("debe estar vacío en un LOT sin registros"), code: notAllowed},

	"es":          {good: func(_ *check, p probe) bool { return slices.Contains(p.words, p.valor) }, text: oneOf},
	"rango":       {good: inRange, text: between},
	"largo_min":   {good: longEnough, text: func(n string) string { return "debe tener al menos " + n + " caracteres" }},
	"posicion":    {good: func(c *check, p probe) bool { return c.numero == 0 || atoi(p.valor) == c.numero }, text: fixed("debe ser el número consecutivo del registro: 1, 2, 3")},
	"creciente":   {good: increasing, inOrder: true, text: fixed("debe ser mayor que el del registro anterior")},
	"folio":       {good: func(c *check, p probe) bool { return c.reglas.ValidFolio(Folio(p.valor)) }, text: fixed("no cumple el patrón de un folio de CONDUSEF (aaaa/nnn/nnnnnnn)")},
	"unico":       {good: unique, inOrder: true, text: fixed("está repetido en el archivo"), code: always("DUP-01")},
	"folio_acuse": {good: func(_ *check, p probe) bool { return shaped(p.valor, "ACU-dddd-dddddddd") }, text: fixed("debe tener la forma ACU-AAAA-NNNNNNNN")},
	"codigo":      {good: func(_ *check, p probe) bool { return Codigo(p.valor).Existe() }, text: fixed("no es un código del catálogo")},
	"firma":       {good: isSignature, text: fixed("debe ser una firma Ed25519 en base64")},
	"tipo_si":     {good: previousType, text: fixed("debe ser el tipo del dictamen anterior, de 1 a 10")},

	"hasta":           {good: notAfter, text: with("no debe ser posterior a ")},
	"desde":           {good: notBefore, text: with("no debe ser anterior a ")},
	"hasta_operacion": {good: func(c *check, p probe) bool { return c.untilOperation(Fecha(p.valor).Dia()) }, text: fixed("no debe ser posterior a GeFechaOperacion")},
	"no_futura":       {good: notFuture, text: fixed("no debe ser una fecha futura"), code: always("NEG-07")},

	"padron":      {good: inRoll, text: fixed("no está en el padrón de instituciones")},
	"del_lote":    {good: ofLot, text: fixed("debe ser la institución a la que se dirige el lote")},
	"como_padron": {good: asInRoll, reads: "RecInstitucionClave", text: fixed("difiere del padrón"), warns: true},
	"producto":    {good: knownProduct, text: fixed("no existe en el catálogo de productos")},
	"causa":       {good: knownCause, reads: "RecProductoServicio", text: fixed("no existe en el catálogo de causas del producto")},
	"municipio":   {good: inState, reads: "RecEntidadFederativa", text: fixed("no pertenece a RecEntidadFederativa")},
	"cp":          {good: postalCodeFits, reads: "RecEntidadFederativa", text: fixed("no corresponde a RecEntidadFederativa"), code: always("CAT-03")},
	"curp":        {good: identified(ValidarCURP), text: fixed("no tiene la estructura de una CURP")},
	"curp_digito": {good: digitFits, text: fixed("tiene un dígito verificador incorrecto"), warns: true},
	"rfc":         {good: identified(ValidarRFC), text: fixed("no tiene la estructura de un RFC")},
	"rfc_persona": {good: rfcOfPerson, reads: "RecTipoPersona", text: fixed("debe tener 12 caracteres si la persona es moral y 13 si es física")},
	"rfc_digito":  {good: digitFits, text: fixed("tiene un dígito verificador incorrecto"), warns: true},
	"clabe":       {good: func(_ *check, p probe) bool { return ValidarCLABE(p.valor) }, text: fixed("tiene un dígito verificador incorrecto")},

	"positivo_si": {good: func(c *check, p probe) bool { return !c.holds(p) || Monto(p.valor).Centavos() > 0 }, text: when("debe ser mayor que cero cuando "), code: always("NEG-03")},
	"cero_si":     {good: func(c *check, p probe) bool { return !c.holds(p) || Monto(p.valor).Centavos() == 0 }, text: when("debe ser 0.00 o estar vacío cuando "), code: always("NEG-03")},
	"prorroga":    {good: func(c *check, p probe) bool { n := atoi(p.valor); return n >= 1 && n <= c.reglas.prorrogaMax() }, text: fixed("debe ser de 1 al máximo de días hábiles de una prórroga")},
	"anexo":       {good: func(c *check, p probe) bool { return c.reglas.ValidAnexo(p.valor) }, text: fixed("debe ser el nombre de un archivo sin ruta y con una extensión permitida")},

	"del_nombre":  {good: asInName, text: fixed("no coincide con el nombre del archivo")},
	"version":     {good: func(c *check, p probe) bool { return c.reglas.acepta(Version(p.valor)) }, text: fixed("no es una versión acordada")},
	"email":       {good: newEmail(), text: fixed("no es un correo electrónico válido")},
	"propietario": {good: func(c *check, p probe) bool { o := c.reglas.Propietario; return o == "" || o == p.valor }, text: fixed("no es el propietario del buzón"), code: always("SEG-01")},
	"emisor":      {good: rightSender, text: fixed("no corresponde al tipo o al nombre del archivo")},
	"receptor":    {good: rightReceiver, text: fixed("no corresponde al tipo o al nombre del archivo")},
	"referencia":  {good: rightReference, text: fixed("debe ser el nombre del archivo del que procede")},
}

// codeIn is the code that the rule tells in a column.
func (r rule) codeIn(col column, param string) Codigo {
	if r.code != nil {
		return r.code(param)
	}
	return col.rule
}

func fixed(s string) func(string) string  { return func(string) string { return s } }
func with(s string) func(string) string   { return func(param string) string { return s + param } }
func always(c Codigo) func(string) Codigo { return func(string) Codigo { return c } }
func filled(_ *check, p probe) bool       { return p.valor != "" }

// when writes a condition "Campo valor".
func when(s string) func(string) string {
	return func(param string) string { return s + strings.Replace(param, " ", " es ", 1) }
}

// notAllowed is the code of a field that must be empty.
func notAllowed(param string) Codigo {
	switch campo, _, _ := strings.Cut(param, " "); campo {
	case "RecTipoPersona":
		return "NEG-08"
	case "RecMonetario":
		return "NEG-03"
	}
	return "NEG-09"
}

// oneOf writes "debe ser 1, 2 o 3".
func oneOf(param string) string {
	all := strings.Fields(param)
	last := len(all) - 1
	if last == 0 {
		return "debe ser " + all[0]
	}
	return "debe ser " + strings.Join(all[:last], ", ") + " o " + all[last]
}

func between(param string) string {
	low, high, _ := strings.Cut(param, " ")
	return "debe estar entre " + low + " y " + high
}
