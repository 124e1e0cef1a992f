package schema

import (
	"slices"
	"strings"
)

// rule is one tag of the records beside types and lengths.
type rule struct {
	good  func(c *check, p probe) bool
	text  func(param string) string         // goes on after "El campo X"
	dice  func(t Tipo, param string) string // what it asks for; "" where that is nothing in such files
	code  func(param string) Codigo         // nil: the row's own
	warns bool

	reads   string // the other field that it reads, where the parameter does not name it
	inOrder bool   // it reads what the records before left, and is judged behind the rest
}

// rules holds the tags: how a field is judged, what the finding says and by which
// code, and what those who write files read of it. A rule that reads another field is content where that
// field is not good: the mistake is told there.
var rules = map[string]rule{
	"req": {
		good: filled,
		text: fixed("es obligatorio"), code: always("FMT-01"),
		dice: says(si),
	},
	"req_si": {
		good: func(c *check, p probe) bool { return p.valor != "" || !c.holds(p) },
		text: when("es obligatorio cuando "), code: always("FMT-01"),
		dice: condition(""),
	},
	"req_sin": {
		good: func(c *check, p probe) bool { return p.valor != "" || c.other(p) != "" },
		text: with("es obligatorio si falta "), code: always("FMT-01"),
		dice: about("si falta "),
	},
	"req_con": {
		good: func(c *check, p probe) bool { return p.valor != "" || c.other(p) == "" || c.otherBad(p) },
		text: with("es obligatorio si hay "), code: always("FMT-01"),
		dice: about("si hay "),
	},
	"req_en": {
		good: func(c *check, p probe) bool { return p.valor != "" || !c.in(p) },
		text: with("es obligatorio en un archivo "), code: always("FMT-01"),
		dice: only(si),
	},
	"req_lote": {
		good: func(c *check, p probe) bool { return p.valor != "" || !c.lote(true) },
		text: fixed("es obligatorio en un LOT con registros"), code: always("FMT-01"),
		dice: inLot("si el lote tiene registros"),
	},
	"req_importe": {
		good: needsPaymentDate,
		text: with("es obligatorio si es mayor que cero "), code: always("FMT-01"),
		dice: func(_ Tipo, campo string) string { return "si " + campo + " es mayor que cero" },
	},
	"vacio_si": {
		good: func(c *check, p probe) bool { return !c.holds(p) },
		text: when("debe estar vacío cuando "), code: notAllowed,
		dice: condition("vacío "),
	},
	"vacio_sin": {
		good: func(c *check, p probe) bool { return c.other(p) != "" },
		text: with("debe estar vacío si falta "), code: notAllowed,
		dice: about("vacío si falta "),
	},
	"vacio_en": {
		good: func(c *check, p probe) bool { return !c.in(p) },
		text: with("debe estar vacío en un archivo "), code: notAllowed,
		dice: only(vacio),
	},
	"vacio_lote": {
		good: func(c *check, _ probe) bool { return !c.lote(false) },
		text: fixed("debe estar vacío en un LOT sin registros"), code: notAllowed,
		dice: inLot("vacío si no los tiene"),
	},

	"es": {
		good: func(_ *check, p probe) bool { return slices.Contains(p.words, p.valor) },
		text: oneOf,
		dice: func(_ Tipo, list string) string { return strings.TrimPrefix(oneOf(list), "debe ser ") },
	},
	"rango": {
		good: inRange,
		text: between,
		dice: func(_ Tipo, limits string) string { return strings.Replace(limits, " ", " a ", 1) },
	},
	"largo_min": {
		good: longEnough,
		text: func(n string) string { return "debe tener al menos " + n + " caracteres" },
		dice: func(_ Tipo, n string) string { return "al menos " + n + " caracteres" },
	},
	"posicion": {
		good: func(c *check, p probe) bool { return c.numero == 0 || atoi(p.valor) == c.numero },
		text: fixed("debe ser el número consecutivo del registro: 1, 2, 3"),
		dice: says("1, 2, 3…: el lugar del registro entre 01 y 09"),
	},
	"creciente": {
		good: increasing, inOrder: true,
		text: fixed("debe ser mayor que el del registro anterior"),
		dice: says("número del registro que se contesta, en su orden"),
	},
	"folio": {
		good: func(c *check, p probe) bool { return c.reglas.ValidFolio(Folio(p.valor)) },
		text: fixed("no cumple el patrón de un folio de CONDUSEF (aaaa/nnn/nnnnnnn)"),
		dice: says("patrón aaaa/nnn/n a aaaa/nnn/nnnnnnn, salvo convenio"),
	},
	"unico": {
		good: unique, inOrder: true,
		text: fixed("está repetido en el archivo"), code: always("DUP-01"),
		dice: where("no se repite en el archivo", func(k *clase) bool { return k.foliosOnce }),
	},
	"folio_acuse": {
		good: func(_ *check, p probe) bool { return shaped(p.valor, "ACU-dddd-dddddddd") },
		text: fixed("debe tener la forma ACU-AAAA-NNNNNNNN"),
		dice: says("ACU-AAAA-NNNNNNNN"),
	},
	"codigo": {
		good: func(_ *check, p probe) bool { return Codigo(p.valor).Existe() },
		text: fixed("no es un código del catálogo"),
		dice: says("un código de la tabla de códigos"),
	},
	"firma": {
		good: isSignature,
		text: fixed("debe ser una firma Ed25519 en base64"),
		dice: says("firma Ed25519 en base64"),
	},
	"tipo_si": {
		good: previousType,
		text: fixed("debe ser el tipo del dictamen anterior, de 1 a 10"),
		dice: condition("el tipo del dictamen que se deja sin efecto, de 1 a 10, "),
	},

	"hasta": {
		good: notAfter,
		text: with("no debe ser posterior a "),
		dice: about("no posterior a "),
	},
	"desde": {
		good: notBefore,
		text: with("no debe ser anterior a "),
		dice: about("no anterior a "),
	},
	"hasta_operacion": {
		good: func(c *check, p probe) bool { return c.untilOperation(Fecha(p.valor).Dia()) },
		text: fixed("no debe ser posterior a GeFechaOperacion"),
		dice: says("no posterior a GeFechaOperacion"),
	},
	"no_futura": {
		good: notFuture,
		text: fixed("no debe ser una fecha futura"), code: always("NEG-07"),
		dice: says("no futura"),
	},

	"padron": {
		good: inRoll,
		text: fixed("no está en el padrón de instituciones"),
		dice: says("institución del padrón"),
	},
	"del_lote": {
		good: ofLot,
		text: fixed("debe ser la institución a la que se dirige el lote"),
		dice: inLot("la institución del nombre del archivo"),
	},
	"como_padron": {
		good: asInRoll, reads: "RecInstitucionClave",
		text: fixed("difiere del padrón"), warns: true,
		dice: says("como en el padrón"),
	},
	"producto": {
		good: knownProduct,
		text: fixed("no existe en el catálogo de productos"),
		dice: says("del catálogo de productos, donde lo hay"),
	},
	"causa": {
		good: knownCause, reads: "RecProductoServicio",
		text: fixed("no existe en el catálogo de causas del producto"),
		dice: says("del catálogo de causas del producto, donde lo hay"),
	},
	"municipio": {
		good: inState, reads: "RecEntidadFederativa",
		text: fixed("no pertenece a RecEntidadFederativa"),
		dice: says("municipio de RecEntidadFederativa"),
	},
	"cp": {
		good: postalCodeFits, reads: "RecEntidadFederativa",
		text: fixed("no corresponde a RecEntidadFederativa"), code: always("CAT-03"),
		dice: says("código postal de RecEntidadFederativa"),
	},
	"curp": {
		good: identified(ValidarCURP),
		text: fixed("no tiene la estructura de una CURP"),
		dice: says("estructura de una CURP"),
	},
	"curp_digito": {
		good: digitFits,
		text: fixed("tiene un dígito verificador incorrecto"), warns: true,
		dice: says("dígito verificador"),
	},
	"rfc": {
		good: identified(ValidarRFC),
		text: fixed("no tiene la estructura de un RFC"),
		dice: says("estructura de un RFC, o uno de los genéricos"),
	},
	"rfc_persona": {
		good: rfcOfPerson, reads: "RecTipoPersona",
		text: fixed("debe tener 12 caracteres si la persona es moral y 13 si es física"),
		dice: says("12 caracteres si RecTipoPersona es 2, 13 si es 1"),
	},
	"rfc_digito": {
		good: digitFits,
		text: fixed("tiene un dígito verificador incorrecto"), warns: true,
		dice: says("dígito verificador"),
	},
	"clabe": {
		good: func(_ *check, p probe) bool { return ValidarCLABE(p.valor) },
		text: fixed("tiene un dígito verificador incorrecto"),
		dice: says("dígito verificador"),
	},

	"positivo_si": {
		good: func(c *check, p probe) bool { return !c.holds(p) || Monto(p.valor).Centavos() > 0 },
		text: when("debe ser mayor que cero cuando "), code: always("NEG-03"),
		dice: condition("mayor que cero "),
	},
	"cero_si": {
		good: func(c *check, p probe) bool { return !c.holds(p) || Monto(p.valor).Centavos() == 0 },
		text: when("debe ser 0.00 o estar vacío cuando "), code: always("NEG-03"),
		dice: condition("0.00 o vacío "),
	},
	"prorroga": {
		good: func(c *check, p probe) bool {
			n := atoi(p.valor)
			return n >= 1 && n <= c.reglas.prorrogaMax()
		},
		text: fixed("debe ser de 1 al máximo de días hábiles de una prórroga"),
		dice: says("de 1 al máximo del convenio, 10 si no dice otra cosa"),
	},
	"anexo": {
		good: func(c *check, p probe) bool { return c.reglas.ValidAnexo(p.valor) },
		text: fixed("debe ser el nombre de un archivo sin ruta y con una extensión permitida"),
		dice: says("nombre de un archivo, sin ruta; pdf, jpg, png, tif o zip, salvo convenio"),
	},

	"del_nombre": {
		good: asInName,
		text: fixed("no coincide con el nombre del archivo"),
		dice: says("como en el nombre del archivo"),
	},
	"version": {
		good: func(c *check, p probe) bool { return c.reglas.acepta(Version(p.valor)) },
		text: fixed("no es una versión acordada"),
		dice: func(_ Tipo, v string) string { return v }, // of which the table is
	},
	"email": {
		good: newEmail(),
		text: fixed("no es un correo electrónico válido"),
		dice: says("dirección de correo electrónico"),
	},
	"propietario": {
		good: func(c *check, p probe) bool {
			o := c.reglas.Propietario
			return o == 0 || o.String() == p.valor
		},
		text: fixed("no es el propietario del buzón"), code: always("SEG-01"),
		dice: where("el dueño de la carpeta", func(k *clase) bool { return k.llega }),
	},
	"emisor": {
		good: rightSender,
		text: fixed("no corresponde al tipo o al nombre del archivo"),
		dice: onSide(true),
	},
	"receptor": {
		good: rightReceiver,
		text: fixed("no corresponde al tipo o al nombre del archivo"),
		dice: onSide(false),
	},
	"referencia": {
		good: rightReference,
		text: fixed("debe ser el nombre del archivo del que procede"),
		dice: func(t Tipo, _ string) string { return t.clase().refiere },
	},
}

// codeIn is the code that the rule tells in a column.
func (r rule) codeIn(col column, param string) Codigo {
	if r.code != nil {
		return r.code(param)
	}
	return col.rule
}

func always(c Codigo) func(string) Codigo { return func(string) Codigo { return c } }
func filled(_ *check, p probe) bool       { return p.valor != "" }

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
