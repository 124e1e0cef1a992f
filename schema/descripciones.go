package schema

import "strings"

// descripciones says each tag in Spanish, for those who write files; "" where it
// means nothing in files of that type. The texts of req_* and vacio_* are
// conditions, those of the others rules.
var descripciones = map[string]func(t Tipo, param string) string{
	"req":         says(si),
	"req_si":      condition(""),
	"req_sin":     about("si falta "),
	"req_con":     about("si hay "),
	"req_en":      only(si),
	"req_lote":    inLot("si el lote tiene registros"),
	"req_importe": func(_ Tipo, campo string) string { return "si " + campo + " es mayor que cero" },
	"vacio_si":    condition("vacío "),
	"vacio_sin":   about("vacío si falta "),
	"vacio_en":    only(vacio),
	"vacio_lote":  inLot("vacío si no los tiene"),

	"es":          func(_ Tipo, list string) string { return strings.TrimPrefix(oneOf(list), "debe ser ") },
	"rango":       func(_ Tipo, limits string) string { return strings.Replace(limits, " ", " a ", 1) },
	"largo_min":   func(_ Tipo, n string) string { return "al menos " + n + " caracteres" },
	"posicion":    says("1, 2, 3…: el lugar del registro entre 01 y 09"),
	"creciente":   says("número del registro que se contesta, en su orden"),
	"folio":       says("patrón aaaa/nnn/n a aaaa/nnn/nnnnnnn, salvo convenio"),
	"unico":       inTypes("no se repite en el archivo", REC, LOT, RES),
	"folio_acuse": says("ACU-AAAA-NNNNNNNN"),
	"codigo":      says("un código de la tabla de códigos"),
	"firma":       says("firma Ed25519 en base64"),
	"tipo_si":     condition("el tipo del dictamen que se deja sin efecto, de 1 a 10, "),

	"hasta":           about("no posterior a "),
	"desde":           about("no anterior a "),
	"hasta_operacion": says("no posterior a GeFechaOperacion"),
	"no_futura":       says("no futura"),

	"padron":      says("institución del padrón"),
	"del_lote":    inLot("la institución del nombre del archivo"),
	"como_padron": says("como en el padrón"),
	"producto":    says("del catálogo de productos, donde lo hay"),
	"causa":       says("del catálogo de causas del producto, donde lo hay"),
	"municipio":   says("municipio de RecEntidadFederativa"),
	"cp":          says("código postal de RecEntidadFederativa"),
	"curp":        says("estructura de una CURP"),
	"curp_digito": says("dígito verificador"),
	"rfc":         says("estructura de un RFC, o uno de los genéricos"),
	"rfc_persona": says("12 caracteres si RecTipoPersona es 2, 13 si es 1"),
	"rfc_digito":  says("dígito verificador"),
	"clabe":       says("dígito verificador"),
	"email":       says("dirección de correo electrónico"),

	"positivo_si": condition("mayor que cero "),
	"cero_si":     condition("0.00 o vacío "),
	"prorroga":    says("de 1 al máximo del convenio, 10 si no dice otra cosa"),
	"anexo":       says("nombre de un archivo, sin ruta; pdf, jpg, png, tif o zip, salvo convenio"),

	"del_nombre":  says("como en el nombre del archivo"),
	"version":     func(_ Tipo, v string) string { return v }, // of which the table is
	"propietario": inTypes("el dueño de la carpeta", REC, RES, DIC),
	"emisor":      sender,
	"receptor":    receiver,
	"referencia":  reference,
}

// notas says what no rule of a file does: what the values mean.
var notas = map[string]string{
	"RecReversa":           "1 abre una vuelta más de un folio concluido",
	"RecTipoPersona":       "1 física, 2 moral",
	"RecSexo":              "M es mujer",
	"RecEntidadFederativa": "en el orden del INEGI",
	"RecLocalidad":         "tipo de asentamiento de SEPOMEX",
	"ResTipo":              "1 respuesta, 2 prórroga",
	"RecFolioAtencion":     "el folio propio de la UNE",
	"RecSentidoResolucion": "1 totalmente favorable, 2 desfavorable, 3 parcialmente favorable",
	"ResProrrogaMotivo": "01 documentos en archivo externo, 02 consulta a un tercero o adquirente, 03 dictamen técnico, " +
		"04 información del usuario, 99 otro",
	"ResResponsable": "titular de la UNE",
	"ResAnexoHash":   "SHA-256 del anexo",
	"AcuEstatus":     "A aceptado, R rechazado",
	"AcuTipo":        "el ResTipo del registro, o 1 si no lo tiene",
	"AcuFechaLimite": "la que vale después de este registro",
	"AcuDiasHabiles": "días hábiles usados",
	"AcuOportunidad": "1 en tiempo, 2 extemporánea",
	"AcuBytes":       "del archivo recibido",
	"AcuHash":        "SHA-256 del archivo recibido completo",
	"AcuResultado":   "1 aceptado, 2 parcial, 3 rechazado",
	"AcuCodigo":      "el primer error del registro",
	"RchLinea":       "línea física desde 1; 0 es el archivo",
	"RchSeveridad":   "E error, A advertencia",
	"RchValor":       "oculto si es un dato personal",
	"DicTipo": "1 respuesta incongruente, 2 respuesta incompleta, 3 pasó a conciliación, 4 conciliado, 5 no conciliado, 6 desistimiento, " +
		"7 audiencia diferida, 8 incumplimiento en el proceso, 9 convenio celebrado, 10 incumplimiento de convenio, 11 deja sin efecto el anterior",
	"GeTotalRegistros": "líneas entre 01 y 09",
	"GeHash":           "SHA-256 de todos los bytes anteriores a esta línea, fines de línea incluidos",
}

func says(s string) func(Tipo, string) string { return func(Tipo, string) string { return s } }

func about(s string) func(Tipo, string) string {
	return func(_ Tipo, campo string) string { return s + campo }
}

// condition writes "si Campo es valor" of a parameter "Campo valor".
func condition(s string) func(Tipo, string) string {
	return func(_ Tipo, param string) string { return s + "si " + strings.Replace(param, " ", " es ", 1) }
}

// only is for a tag whose parameter lists the types that it means.
func only(s string) func(Tipo, string) string {
	return func(t Tipo, list string) string {
		if listed(list, string(t)) {
			return s
		}
		return ""
	}
}

func inTypes(s string, types ...Tipo) func(Tipo, string) string {
	return func(t Tipo, _ string) string {
		for _, one := range types {
			if one == t {
				return s
			}
		}
		return ""
	}
}

func inLot(s string) func(Tipo, string) string { return inTypes(s, LOT) }

func sender(t Tipo, _ string) string {
	switch t {
	case REC, DIC:
		return CONDUSEF
	case RES:
		return "la clave de 8 dígitos del nombre del archivo"
	}
	return Pasarela
}

func receiver(t Tipo, _ string) string {
	switch t {
	case REC, DIC, RES:
		return Pasarela
	case REP:
		return CONDUSEF
	case LOT:
		return "la clave de 8 dígitos del nombre del archivo"
	}
	return CONDUSEF + ", o la clave de 8 dígitos del nombre del archivo"
}

func reference(t Tipo, _ string) string {
	switch t {
	case LOT:
		return "nombre del REC del que procede"
	case RES:
		return "nombre de un LOT de la institución"
	case ACU, RCH:
		return "nombre del archivo que se contesta"
	}
	return ""
}
