package bitacora

import "buzon/schema"

// CargaRecibido is the payload of archivo_recibido: a file that was taken in, and the
// verdict on each line between its header and its summary.
type CargaRecibido struct {
	Bytes         int64                `json:"bytes" doc:"longitud del archivo"`
	Tipo          schema.Tipo          `json:"tipo" doc:"del layout; vacío: no se pudo saber"`
	Version       string               `json:"version,omitempty" doc:"del layout con que se leyó"`
	Codificacion  string               `json:"codificacion,omitempty" doc:"de sus textos; sin ella, UTF-8"`
	Recibido      schema.Instante      `json:"recibido" doc:"el momento que cuenta"`
	Jornada       schema.Dia           `json:"jornada" doc:"el día del que es"`
	K             int                  `json:"k" doc:"número de archivo del día"`
	Acuse         string               `json:"acuse" doc:"AcuFolio de su acuse"`
	Resultado     string               `json:"resultado" doc:"aceptado, parcial o rechazado"`
	Codigo        schema.Codigo        `json:"codigo,omitempty" doc:"por el que se rechaza entero"`
	Registros     int                  `json:"registros" doc:"cuántos trae"`
	Aceptados     int                  `json:"aceptados" doc:"cuántos se aceptan"`
	Rechazados    int                  `json:"rechazados" doc:"cuántos se rechazan"`
	Calendario    string               `json:"calendario,omitempty" doc:"de un RES: versión con que se juzgó"`
	PrimeraLinea  int                  `json:"primera_linea,omitempty" doc:"del primer renglón; los demás siguen"`
	Reclamaciones []RenglonReclamacion `json:"reclamaciones,omitempty" doc:"de un REC, una por registro"`
	Respuestas    []RenglonRespuesta   `json:"respuestas,omitempty" doc:"de un RES, una por registro"`
	Dictamenes    []RenglonDictamen    `json:"dictamenes,omitempty" doc:"de un DIC, uno por registro"`
}

// RenglonReclamacion is the verdict on a record of a REC.
type RenglonReclamacion struct {
	Folio  schema.Folio  `json:"folio,omitempty" doc:"falta si no se pudo leer"`
	Vuelta int           `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, si se acepta, la 1"`
	UNE    schema.UNE    `json:"une,omitempty" doc:"la institución"`
	Codigo schema.Codigo `json:"codigo,omitempty" doc:"por el que se rechaza; falta si se acepta"`
}

// RenglonRespuesta is the verdict on a record of a RES.
type RenglonRespuesta struct {
	Folio       schema.Folio  `json:"folio,omitempty" doc:"falta si no se pudo leer"`
	Vuelta      int           `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, si se acepta, la 1"`
	Tipo        int           `json:"tipo,omitempty" doc:"1 respuesta, 2 prórroga; sin él, si se acepta, 1"`
	Sentido     int           `json:"sentido,omitempty" doc:"de una respuesta"`
	Prorroga    int           `json:"prorroga,omitempty" doc:"días hábiles que una prórroga da"`
	Dias        *int          `json:"dias,omitempty" doc:"días hábiles usados"`
	Oportunidad int           `json:"oportunidad,omitempty" doc:"1 en tiempo, 2 extemporánea; sin ella, si se acepta, 1"`
	Limite      schema.Dia    `json:"limite,omitempty" doc:"último día del plazo después de ella; sin él, el que ya era"`
	Codigo      schema.Codigo `json:"codigo,omitempty" doc:"por el que se rechaza; falta si se acepta"`
}

// RenglonDictamen is the verdict on a record of a DIC.
type RenglonDictamen struct {
	Folio  schema.Folio  `json:"folio,omitempty" doc:"falta si no se pudo leer"`
	Vuelta int           `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, si se acepta, la 1"`
	UNE    schema.UNE    `json:"une,omitempty" doc:"la institución"`
	Tipo   int           `json:"tipo,omitempty" doc:"del catálogo de dictámenes"`
	Fecha  schema.Dia    `json:"fecha,omitempty" doc:"del dictamen"`
	Anula  int           `json:"anula,omitempty" doc:"del tipo 11: el tipo que deja sin efecto"`
	Codigo schema.Codigo `json:"codigo,omitempty" doc:"por el que se rechaza; falta si se acepta"`
}

// CargaAcuse is the payload of acuse_emitido.
type CargaAcuse struct {
	Acuse          string        `json:"acuse" doc:"AcuFolio, el de la línea 03 del ACU"`
	Contesta       string        `json:"contesta" doc:"nombre del archivo que contesta"`
	ContestaSHA256 schema.Huella `json:"contesta_sha256" doc:"hash del archivo que contesta"`
	Resultado      string        `json:"resultado" doc:"aceptado, parcial o rechazado"`
	Registros      int           `json:"registros" doc:"cuántos trae lo que contesta"`
	Aceptados      int           `json:"aceptados" doc:"cuántos se aceptan"`
	Rechazados     int           `json:"rechazados" doc:"cuántos se rechazan"`
}

// CargaRechazo is the payload of rechazo_emitido.
type CargaRechazo struct {
	Contesta       string        `json:"contesta" doc:"nombre del archivo que contesta"`
	ContestaSHA256 schema.Huella `json:"contesta_sha256" doc:"hash del archivo que contesta"`
	Hallazgos      int           `json:"hallazgos" doc:"cuántos renglones tiene"`
}

// CargaAnexo is the payload of anexo_recibido; what a party calls it may name a person.
type CargaAnexo struct {
	Bytes    int64           `json:"bytes" doc:"longitud del anexo"`
	Recibido schema.Instante `json:"recibido" doc:"el momento que cuenta"`
}

// CargaDevolucion is the payload of anexo_devuelto.
type CargaDevolucion struct {
	Acuse string `json:"acuse" doc:"de la respuesta a la que pertenece"`
	Bytes int64  `json:"bytes" doc:"longitud del anexo"`
}

// CargaFormado is the payload of lote_formado.
type CargaFormado struct {
	Registros int        `json:"registros" doc:"cuántos trae"`
	Jornada   schema.Dia `json:"jornada" doc:"el día del que es"`
}

// CargaAnulado is the payload of lote_anulado.
type CargaAnulado struct{}

// CargaAusente is the payload of contenido_ausente.
type CargaAusente struct {
	Propio   bool `json:"propio" doc:"si lo hizo la pasarela; si no, lo envió la parte"`
	Alterado bool `json:"alterado,omitempty" doc:"si bajo su SHA-256 hay otro contenido"`
}

// CargaRetorno is the payload of retorno_formado.
type CargaRetorno struct {
	Registros  int               `json:"registros" doc:"cuántos trae"`
	Respuestas []RenglonDevuelta `json:"respuestas,omitempty" doc:"lo que regresó en el REP, en su orden"`
}

// RenglonDevuelta is an answer that went back in a REP. The event that tells of its
// acceptance has its acuse: a round has one of each tipo.
type RenglonDevuelta struct {
	Folio  schema.Folio `json:"folio" doc:"de la respuesta"`
	Vuelta int          `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, la 1"`
	Tipo   int          `json:"tipo,omitempty" doc:"1 respuesta, 2 prórroga; sin él, 1"`
}

// CargaPublicado is the payload of archivo_publicado. Of a LOT it has the term of its
// folios, and the folios: they are delivered by that.
type CargaPublicado struct {
	Carpeta    string             `json:"carpeta" doc:"en que se dejó"`
	Bytes      int64              `json:"bytes" doc:"longitud del archivo"`
	Publicado  schema.Instante    `json:"publicado" doc:"desde cuándo se ve"`
	Recogida   string             `json:"recogida,omitempty" doc:"«no observable»: el servidor no es el nuestro"`
	Dia0       schema.Dia         `json:"dia0,omitempty" doc:"de un LOT: día 0 de sus folios"`
	Limite     schema.Dia         `json:"limite,omitempty" doc:"de un LOT: último día de sus plazos"`
	Calendario string             `json:"calendario,omitempty" doc:"de un LOT: versión con que se contó"`
	Folios     []RenglonEntregada `json:"folios,omitempty" doc:"de un LOT: los que entrega, en su orden"`
}

// RenglonEntregada is a folio in a LOT. It has a term of its own where that is not the
// one that stands once.
type RenglonEntregada struct {
	Folio  schema.Folio `json:"folio" doc:"el que se entrega"`
	Vuelta int          `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, la 1"`
	Dia0   schema.Dia   `json:"dia0,omitempty" doc:"si no es el que está una vez"`
	Limite schema.Dia   `json:"limite,omitempty" doc:"si no es el que está una vez"`
}

// CargaRecogida is the payload of archivo_abierto, archivo_leido_en_parte,
// archivo_recogido and archivo_recogido_otra_vez: what one handle read.
type CargaRecogida struct {
	Llave      string          `json:"llave" doc:"huella de la llave con que se entró"`
	Direccion  string          `json:"direccion" doc:"desde dónde"`
	Cliente    string          `json:"cliente" doc:"programa con que se entró"`
	Algoritmos string          `json:"algoritmos" doc:"de la conexión"`
	Abierta    schema.Instante `json:"abierta" doc:"cuándo se abrió"`
	Cerrada    schema.Instante `json:"cerrada" doc:"cuándo se cerró"`
	Primero    schema.Instante `json:"primero,omitempty" doc:"primera lectura"`
	Ultimo     schema.Instante `json:"ultimo,omitempty" doc:"última lectura"`
	Cierre     bool            `json:"cierre" doc:"si la parte lo cerró"`
	Bytes      int64           `json:"bytes" doc:"leídos, contando los repetidos"`
	Cubiertos  int64           `json:"cubiertos" doc:"bytes del archivo leídos al menos una vez"`
	Ronda      int             `json:"ronda" doc:"número de recogida completa que es o sería"`
	Estado     string          `json:"estado" doc:"de la recogida"`
	Tramos     string          `json:"tramos" doc:"partes del archivo que se leyeron"`
}

// CargaSinRecoger is the payload of no_recogido.
type CargaSinRecoger struct {
	Plazo            string          `json:"plazo" doc:"hora o limite"`
	Hasta            schema.Instante `json:"hasta" doc:"el fin de ese plazo"`
	Publicado        schema.Instante `json:"publicado" doc:"desde cuándo se ve"`
	Estado           string          `json:"estado" doc:"de su recogida"`
	Registros        int             `json:"registros" doc:"cuántos trae"`
	ServidorSegundos int64           `json:"servidor_segundos" doc:"que el servidor estuvo disponible"`
	Servidor         []string        `json:"servidor" doc:"los intervalos en que lo estuvo"`
}

// CargaAvisado is the payload of plazo_a_tiempo, plazo_por_vencer and plazo_vencido:
// the folios of a UNE whose terms stand so from then on.
type CargaAvisado struct {
	Folios []RenglonPlazo `json:"folios,omitempty" doc:"aquellos cuyo plazo está así desde entonces"`
}

// CargaMovido is the payload of plazo_movido.
type CargaMovido struct {
	Motivo          string         `json:"motivo" doc:"por qué se movió"`
	VentanaSegundos int64          `json:"ventana_segundos" doc:"en que el servidor tenía que estar"`
	Servidor        []string       `json:"servidor" doc:"los intervalos en que estuvo"`
	Folios          []RenglonPlazo `json:"folios,omitempty" doc:"aquellos cuyo límite se movió"`
}

// CargaRecontado is the payload of plazo_recontado.
type CargaRecontado struct {
	Calendario string         `json:"calendario" doc:"versión con que se volvió a contar"`
	Folios     []RenglonPlazo `json:"folios,omitempty" doc:"aquellos cuyo límite cambió"`
}

// RenglonPlazo is the term of a folio.
type RenglonPlazo struct {
	Folio              schema.Folio `json:"folio" doc:"el folio"`
	Vuelta             int          `json:"vuelta,omitempty" doc:"vuelta del folio; sin ella, la 1"`
	Limite             schema.Dia   `json:"limite" doc:"último día de su plazo"`
	LimiteAnterior     schema.Dia   `json:"limite_anterior,omitempty" doc:"antes de que se moviera o recontara"`
	CalendarioAnterior string       `json:"calendario_anterior,omitempty" doc:"del que se recontó"`
}
