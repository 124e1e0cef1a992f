package schema

// definicion is a row of the table of codes in section 6.
type definicion struct {
	codigo      Codigo
	significado string // a sentence by itself, for a finding without field
	predicado   string // goes on after "El campo X"
	remedio     string // what the sender does about it
	advierte    bool   // it warns, all others refuse
}

// catalogoCodigos is the table of codes, in its order. NEG-01 must read the same
// whether a folio exists at another institution or nowhere.
var catalogoCodigos = [...]definicion{
	{
		codigo:      "EST-01",
		significado: "El nombre del archivo no cumple el patrón establecido",
		predicado:   "no cumple el patrón del nombre",
		remedio: "Nombre el archivo según su tipo, con una fecha que exista y NNN de 001 a 899, y déjelo " +
			"en la carpeta que le toca.",
	},
	{
		codigo:      "EST-02",
		significado: "El archivo debe estar en UTF-8 sin BOM",
		predicado:   "contiene caracteres con doble codificación; envíe el archivo en UTF-8",
		remedio: "Guarde el archivo en UTF-8 sin BOM. Si un texto muestra «Ã» o «Â» donde debe haber un " +
			"acento, se convirtió dos veces: genere el dato de nuevo desde su origen.",
	},
	{
		codigo:      "EST-03",
		significado: "El archivo debe iniciar con el registro 01 y nada debe seguir al registro 09",
		predicado:   "está fuera de lugar",
		remedio: "Empiece con un solo registro 01 y termine con el 09; nada va después. En un ACU el 03 " +
			"va una vez, justo antes del 09.",
	},
	{
		codigo:      "EST-04",
		significado: "El archivo no termina con el registro 09 (está truncado); envíelo completo",
		predicado:   "falta: el archivo no termina con el registro 09",
		remedio:     "El envío se cortó: envíe el archivo completo otra vez, con el mismo nombre.",
	},
	{
		codigo:      "EST-05",
		significado: "El total de registros del sumario no coincide con los recibidos",
		predicado:   "no coincide con los registros recibidos",
		remedio:     "Escriba en GeTotalRegistros cuántas líneas hay entre 01 y 09.",
	},
	{
		codigo:      "EST-06",
		significado: "La suma de montos del sumario no coincide con la de los registros",
		predicado:   "no coincide con la suma de los registros",
		remedio:     "Sume otra vez el campo de montos de todos los registros, con dos decimales.",
	},
	{
		codigo:      "EST-07",
		significado: "El hash del sumario no coincide con el contenido recibido",
		predicado:   "no coincide con el contenido recibido",
		remedio: "Calcule el SHA-256 sobre los bytes que se envían, antes de la línea 09, y transfiera " +
			"en modo binario.",
	},
	{
		codigo:      "EST-08",
		significado: "El número de campos del registro no es el establecido",
		predicado:   "no existe en el registro",
		remedio:     "Cuente los campos del registro; un texto no puede contener «|».",
	},
	{
		codigo:      "EST-09",
		significado: "El tipo de registro es desconocido",
		predicado:   "no es un tipo de registro conocido",
		remedio: "Entre 01 y 09 sólo van registros 02, sin líneas vacías; un texto no puede contener " +
			"saltos de línea.",
	},
	{
		codigo:      "EST-10",
		significado: "El encabezado no coincide con el nombre del archivo",
		predicado:   "no coincide con el nombre o el tipo del archivo",
		remedio: "Haga coincidir tipo, fecha, secuencia, emisor y receptor del registro 01 con el nombre " +
			"del archivo.",
	},
	{
		codigo:      "EST-11",
		significado: "La versión del layout no es la acordada",
		predicado:   "no es una versión acordada",
		remedio:     "Use la versión " + string(V0100) + ", salvo convenio.",
	},
	{
		codigo:      "EST-12",
		significado: "El archivo excede el tamaño permitido",
		predicado:   "excede el tamaño permitido",
		remedio:     "Reparta los registros en varios archivos.",
	},
	{
		codigo:      "FMT-01",
		significado: "Falta un dato obligatorio",
		predicado:   "es obligatorio",
		remedio:     "Llene el campo.",
	},
	{
		codigo:      "FMT-02",
		significado: "Un dato no cumple la longitud o el patrón establecidos",
		predicado:   "no cumple la longitud o el patrón establecidos",
		remedio:     "Ajuste el texto a la longitud y al patrón de la tabla.",
	},
	{
		codigo:      "FMT-03",
		significado: "Un dato no es un número entero o está fuera de rango",
		predicado:   "no es un número entero o está fuera de rango",
		remedio: "Escriba un entero sin signo, sin ceros a la izquierda y dentro del rango. Si no hay " +
			"dato, deje el campo vacío; no ponga 0.",
	},
	{
		codigo:      "FMT-04",
		significado: "Una fecha no existe",
		predicado:   "debe ser una fecha existente",
		remedio:     "Escriba una fecha que exista: dd/mm/aaaa; con hora, aaaa-mm-ddThh:mm:ss-06:00.",
	},
	{
		codigo:      "FMT-05",
		significado: "Un importe no es válido",
		predicado:   "debe ser un importe con dos decimales",
		remedio:     "Escriba el importe con punto y dos decimales, sin signo, comas ni símbolo: 12500.50.",
	},
	{
		codigo:      "FMT-06",
		significado: "Un dato tiene espacios sobrantes o caracteres de control",
		predicado:   "no debe iniciar ni terminar con espacios ni contener caracteres de control",
		remedio: "Quite espacios al inicio y al final, tabuladores y otros caracteres de control. Sin " +
			"dato, el campo va vacío, no con un espacio.",
	},
	{
		codigo:      "FMT-07",
		significado: "La CURP no es válida",
		predicado:   "no es una CURP válida",
		remedio: "Compare la CURP con la constancia del usuario. Si sólo falla el dígito es una " +
			"advertencia.",
	},
	{
		codigo:      "FMT-08",
		significado: "El RFC no es válido",
		predicado:   "no es un RFC válido",
		remedio: "Compare el RFC con la constancia: 12 caracteres si es persona moral, 13 si es física. " +
			"Si sólo falla el dígito es una advertencia.",
	},
	{
		codigo:      "FMT-09",
		significado: "La CLABE no es válida",
		predicado:   "no es una CLABE válida",
		remedio:     "Compruebe los 18 dígitos de la CLABE; el último verifica los demás.",
	},
	{
		codigo:      "FMT-10",
		significado: "El código postal no es válido",
		predicado:   "debe tener 5 dígitos",
		remedio:     "Escriba el código postal con sus cinco dígitos, también el cero inicial.",
	},
	{
		codigo:      "FMT-11",
		significado: "El correo electrónico no es válido",
		predicado:   "no es un correo electrónico válido",
		remedio:     "Corrija la dirección de correo, o déjela vacía si hay teléfono.",
	},
	{
		codigo:      "FMT-12",
		significado: "El teléfono no es válido",
		predicado:   "debe tener 10 dígitos",
		remedio:     "Escriba diez dígitos, sin espacios, guiones ni prefijo.",
	},
	{
		codigo:      "CAT-01",
		significado: "La entidad federativa no existe",
		predicado:   "no es una entidad federativa",
		remedio:     "Use la clave de 1 a 32.",
	},
	{
		codigo:      "CAT-02",
		significado: "El municipio no pertenece a la entidad federativa",
		predicado:   "no pertenece a RecEntidadFederativa",
		remedio:     "Use la clave del municipio dentro de su entidad, según el INEGI.",
	},
	{
		codigo:      "CAT-03",
		significado: "El código postal no corresponde a la entidad federativa",
		predicado:   "no corresponde a RecEntidadFederativa",
		remedio:     "Compruebe que entidad y código postal sean del mismo domicilio.",
	},
	{
		codigo:      "CAT-04",
		significado: "El medio de recepción no es válido",
		predicado:   "no es un medio de recepción válido",
		remedio:     "Escriba 6, gestión electrónica.",
	},
	{
		codigo:      "CAT-05",
		significado: "El producto no existe en el catálogo",
		predicado:   "no existe en el catálogo de productos",
		remedio:     "Use una clave de producto vigente en el catálogo.",
	},
	{
		codigo:      "CAT-06",
		significado: "La causa no existe en el catálogo para el producto",
		predicado:   "no existe en el catálogo de causas del producto",
		remedio:     "Use una causa que el catálogo admita para ese producto.",
	},
	{
		codigo:      "CAT-07",
		significado: "El sentido de la resolución no es válido",
		predicado:   "no es un sentido de resolución válido",
		remedio:     "Escriba 1, 2 o 3.",
	},
	{
		codigo:      "CAT-08",
		significado: "El nivel de atención no es válido",
		predicado:   "no es un nivel de atención válido",
		remedio:     "Escriba un nivel de 1 a 4.",
	},
	{
		codigo:      "CAT-09",
		significado: "El tipo de persona no es válido",
		predicado:   "no es un tipo de persona válido",
		remedio:     "Escriba 1 (física) o 2 (moral).",
	},
	{
		codigo:      "CAT-10",
		significado: "El sexo no es válido",
		predicado:   "no es un sexo válido",
		remedio:     "Escriba H o M; M es mujer.",
	},
	{
		codigo:      "CAT-11",
		significado: "La institución no está en el padrón",
		predicado:   "no está en el padrón de instituciones",
		remedio:     "Use la clave de una institución adherida; en un LOT, la del nombre del archivo.",
	},
	{
		codigo:      "CAT-12",
		significado: "El motivo de la prórroga no es válido",
		predicado:   "no es un motivo de prórroga válido",
		remedio:     "Escriba 01, 02, 03, 04 o 99; con 99 explique en ResTexto.",
	},
	{
		codigo:      "CAT-13",
		significado: "El dato debe ser SI o NO",
		predicado:   "debe ser SI o NO",
		remedio:     "Escriba SI o NO, en mayúsculas y sin acento.",
	},
	{
		codigo:      "CAT-14",
		significado: "La denominación o el sector difieren del padrón",
		predicado:   "difiere del padrón",
		remedio: "Nada es obligatorio: vale la clave. Conviene escribir denominación y sector como en el " +
			"padrón.",
		advierte: true,
	},
	{
		codigo:      "NEG-01",
		significado: "El folio no fue turnado a esta institución",
		predicado:   "no corresponde a un folio turnado a esta institución",
		remedio:     "Revise el folio: sólo se contesta lo que se turnó a su institución.",
	},
	{
		codigo:      "NEG-02",
		significado: "Las fechas o los hechos no guardan el orden debido",
		predicado:   "no guarda el orden debido",
		remedio: "Ordene las fechas: reclamación, turno, atención, resolución, notificación. En un DIC, " +
			"ordene los hechos.",
	},
	{
		codigo:      "NEG-03",
		significado: "El importe no corresponde al carácter monetario o al sentido",
		predicado:   "no corresponde al carácter monetario o al sentido de la resolución",
		remedio:     "Llene el importe según RecMonetario o el sentido: mayor que cero, 0.00 o vacío.",
	},
	{
		codigo:      "NEG-04",
		significado: "El folio ya tuvo una prórroga",
		predicado:   "corresponde a un folio que ya tuvo una prórroga",
		remedio:     "Conteste el folio; la prórroga se concede una sola vez.",
	},
	{
		codigo:      "NEG-05",
		significado: "La prórroga se solicitó después de la fecha límite",
		predicado:   "corresponde a un folio cuya fecha límite ya pasó",
		remedio:     "Conteste el folio; la prórroga se pide a más tardar en la fecha límite.",
	},
	{
		codigo:      "NEG-06",
		significado: "El folio está concluido",
		predicado:   "corresponde a un folio concluido",
		remedio: "Nada que enviar: el folio está concluido. Una respuesta aceptada se corrige con una " +
			"reversa de CONDUSEF.",
	},
	{
		codigo:      "NEG-07",
		significado: "Una fecha es futura",
		predicado:   "no debe ser una fecha futura",
		remedio:     "Escriba una fecha que no pase del día de hoy.",
	},
	{
		codigo:      "NEG-08",
		significado: "Una persona moral no lleva sexo, edad ni CURP",
		predicado:   "debe estar vacío cuando la persona es moral",
		remedio:     "Deje vacíos sexo, edad y CURP de una persona moral.",
	},
	{
		codigo:      "NEG-09",
		significado: "Un dato no se permite en este registro",
		predicado:   "debe estar vacío en este registro",
		remedio:     "Deje el campo vacío: en este registro no va.",
	},
	{
		codigo:      "NEG-10",
		significado: "La prórroga excede el máximo de días hábiles",
		predicado:   "excede el máximo de días hábiles de una prórroga",
		remedio:     "Pida a lo más los días hábiles que permite el convenio.",
	},
	{
		codigo:      "NEG-11",
		significado: "El anexo no se recibió o su hash no coincide",
		predicado:   "no corresponde a un anexo recibido o su hash no coincide",
		remedio:     "Suba el anexo antes que el RES, con el nombre y el SHA-256 que el registro dice.",
	},
	{
		codigo:      "DUP-01",
		significado: "El folio está repetido en el archivo",
		predicado:   "está repetido en el archivo",
		remedio:     "Deje una sola vez el folio en el archivo; el primero que es correcto se queda.",
	},
	{
		codigo:      "DUP-02",
		significado: "El folio ya se había recibido o contestado",
		predicado:   "corresponde a un folio ya recibido o contestado",
		remedio:     "No lo envíe otra vez: ese folio ya se recibió o se contestó.",
	},
	{
		codigo:      "DUP-03",
		significado: "Ya se había recibido otro contenido con este nombre",
		predicado:   "ya se había usado con otro contenido",
		remedio:     "Use el siguiente NNN: ese nombre ya tiene contenido aceptado.",
	},
	{
		codigo:      "SEG-01",
		significado: "El emisor no es el propietario del buzón",
		predicado:   "no es el propietario del buzón",
		remedio:     "Escriba en GeEmisor la clave de la cuenta con la que entra.",
	},
	{
		codigo:      "SEG-02",
		significado: "La clave en el nombre del archivo no es la del propietario del buzón",
		predicado:   "no es la clave del propietario del buzón",
		remedio:     "Escriba en el nombre del archivo la clave de la cuenta con la que entra.",
	},
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

// QueHacer says in Spanish how the sender mends what the code tells, "" for a
// code that does not exist.
func (c Codigo) QueHacer() string { return definiciones[c].remedio }

// Severidad is the code's own. The check digits of CURP and RFC, and what an
// agreement changed, warn under codes that refuse.
func (c Codigo) Severidad() Severidad {
	if definiciones[c].advierte {
		return Advertencia
	}
	return Error
}
