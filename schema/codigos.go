package schema

// definicion is a row of the table of codes in section 6.
type definicion struct {
	codigo      Codigo
	significado string // a sentence by itself, for a finding without field
	predicado   string // goes on after "El campo X"
}

// catalogoCodigos is the table of codes, in its order. NEG-01 must read the same
// whether a folio exists at another institution or nowhere.
var catalogoCodigos = [...]definicion{
	{"EST-01", "El nombre del archivo no cumple el patrón establecido", "no cumple el patrón del nombre"},
	{"EST-02", "El archivo debe estar en UTF-8 sin BOM", "contiene caracteres con doble codificación; envíe el archivo en UTF-8"},
	{"EST-03", "El archivo debe iniciar con el registro 01 y nada debe seguir al registro 09", "está fuera de lugar"},
	{"EST-04", "El archivo no termina con el registro 09 (está truncado); envíelo completo", "falta: el archivo no termina con el registro 09"},
	{"EST-05", "El total de registros del sumario no coincide con los recibidos", "no coincide con los registros recibidos"},
	{"EST-06", "La suma de montos del sumario no coincide con la de los registros", "no coincide con la suma de los registros"},
	{"EST-07", "El hash del sumario no coincide con el contenido recibido", "no coincide con el contenido recibido"},
	{"EST-08", "El número de campos del registro no es el establecido", "no existe en el registro"},
	{"EST-09", "El tipo de registro es desconocido", "no es un tipo de registro conocido"},
	{"EST-10", "El encabezado no coincide con el nombre del archivo", "no coincide con el nombre o el tipo del archivo"},
	{"EST-11", "La versión del layout no es la acordada", "no es una versión acordada"},
	{"EST-12", "El archivo excede el tamaño permitido", "excede el tamaño permitido"},
	{"FMT-01", "Falta un dato obligatorio", "es obligatorio"},
	{"FMT-02", "Un dato no cumple la longitud o el patrón establecidos", "no cumple la longitud o el patrón establecidos"},
	{"FMT-03", "Un dato no es un número entero o está fuera de rango", "no es un número entero o está fuera de rango"},
	{"FMT-04", "Una fecha no existe", "debe ser una fecha existente"},
	{"FMT-05", "Un importe no es válido", "debe ser un importe con dos decimales"},
	{"FMT-06", "Un dato tiene espacios sobrantes o caracteres de control", "no debe iniciar ni terminar con espacios ni contener caracteres de control"},
	{"FMT-07", "La CURP no es válida", "no es una CURP válida"},
	{"FMT-08", "El RFC no es válido", "no es un RFC válido"},
	{"FMT-09", "La CLABE no es válida", "no es una CLABE válida"},
	{"FMT-10", "El código postal no es válido", "debe tener 5 dígitos"},
	{"FMT-11", "El correo electrónico no es válido", "no es un correo electrónico válido"},
	{"FMT-12", "El teléfono no es válido", "debe tener 10 dígitos"},
	{"CAT-01", "La entidad federativa no existe", "no es una entidad federativa"},
	{"CAT-02", "El municipio no pertenece a la entidad federativa", "no pertenece a RecEntidadFederativa"},
	{"CAT-03", "El código postal no corresponde a la entidad federativa", "no corresponde a RecEntidadFederativa"},
	{"CAT-04", "El medio de recepción no es válido", "no es un medio de recepción válido"},
	{"CAT-05", "El producto no existe en el catálogo", "no existe en el catálogo de productos"},
	{"CAT-06", "La causa no existe en el catálogo para el producto", "no existe en el catálogo de causas del producto"},
	{"CAT-07", "El sentido de la resolución no es válido", "no es un sentido de resolución válido"},
	{"CAT-08", "El nivel de atención no es válido", "no es un nivel de atención válido"},
	{"CAT-09", "El tipo de persona no es válido", "no es un tipo de persona válido"},
	{"CAT-10", "El sexo no es válido", "no es un sexo válido"},
	{"CAT-11", "La institución no está en el padrón", "no está en el padrón de instituciones"},
	{"CAT-12", "El motivo de la prórroga no es válido", "no es un motivo de prórroga válido"},
	{"CAT-13", "El dato debe ser SI o NO", "debe ser SI o NO"},
	{"CAT-14", "La denominación o el sector difieren del padrón", "difiere del padrón"},
	{"NEG-01", "El folio no fue turnado a esta institución", "no corresponde a un folio turnado a esta institución"},
	{"NEG-02", "Las fechas o los hechos no guardan el orden debido", "no guarda el orden debido"},
	{"NEG-03", "El importe no corresponde al carácter monetario o al sentido", "no corresponde al carácter monetario o al sentido de la resolución"},
	{"NEG-04", "El folio ya tuvo una prórroga", "corresponde a un folio que ya tuvo una prórroga"},
	{"NEG-05", "La prórroga se solicitó después de la fecha límite", "corresponde a un folio cuya fecha límite ya pasó"},
	{"NEG-06", "El folio está concluido", "corresponde a un folio concluido"},
	{"NEG-07", "Una fecha es futura", "no debe ser una fecha futura"},
	{"NEG-08", "Una persona moral no lleva sexo, edad ni CURP", "debe estar vacío cuando la persona es moral"},
	{"NEG-09", "Un dato no se permite en este registro", "debe estar vacío en este registro"},
	{"NEG-10", "La prórroga excede el máximo de días hábiles", "excede el máximo de días hábiles de una prórroga"},
	{"NEG-11", "El anexo no se recibió o su hash no coincide", "no corresponde a un anexo recibido o su hash no coincide"},
	{"DUP-01", "El folio está repetido en el archivo", "está repetido en el archivo"},
	{"DUP-02", "El folio ya se había recibido o contestado", "corresponde a un folio ya recibido o contestado"},
	{"DUP-03", "Ya se había recibido otro contenido con este nombre", "ya se había usado con otro contenido"},
	{"SEG-01", "El emisor no es el propietario del buzón", "no es el propietario del buzón"},
	{"SEG-02", "La clave en el nombre del archivo no es la del propietario del buzón", "no es la clave del propietario del buzón"},
}

var definiciones = func() map[Codigo]definicion {
	all := make(map[Codigo]definicion, len(catalogoCodigos))
	for _, d := range catalogoCodigos {
		all[d.codigo] = d
	}
	return all
}()

// Codigos lists every code, in the order of the table of section 6.
func Codigos() []Codigo {
	all := make([]Codigo, len(catalogoCodigos))
	for i, d := range catalogoCodigos {
		all[i] = d.codigo
	}
	return all
}

// Existe tells whether c is in the table of codes.
func (c Codigo) Existe() bool { _, ok := definiciones[c]; return ok }

// Significado is what the code means, a Spanish sentence without its point, ""
// for a code that does not exist.
func (c Codigo) Significado() string { return definiciones[c].significado }

// Severidad is the code's own: CAT-14 warns, all others refuse. The check digits
// of CURP and RFC, and what an agreement changed, warn under other codes.
func (c Codigo) Severidad() Severidad {
	if c == "CAT-14" {
		return Advertencia
	}
	return Error
}
