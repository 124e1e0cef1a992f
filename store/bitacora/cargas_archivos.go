package bitacora

import "buzon/schema"

// Recibido is the payload of archivo_recibido: a file that was taken in, and the
// verdict on each line between its header and its summary.
type Recibido struct {
	Bytes         int64           `json:"bytes"`
	Tipo          schema.Tipo     `json:"tipo"` // "" where it could not be told
	Version       string          `json:"version,omitempty"`
	Codificacion  string          `json:"codificacion,omitempty"` // "" UTF-8
	Recibido      schema.Instante `json:"recibido"`               // the moment that counts
	Jornada       schema.Dia      `json:"jornada"`
	K             int             `json:"k"`
	Acuse         string          `json:"acuse"`
	Resultado     string          `json:"resultado"`
	Codigo        schema.Codigo   `json:"codigo,omitempty"` // for which it is refused whole
	Registros     int             `json:"registros"`
	Aceptados     int             `json:"aceptados"`
	Rechazados    int             `json:"rechazados"`
	Calendario    string          `json:"calendario,omitempty"`    // of a RES: the version by which it was judged
	PrimeraLinea  int             `json:"primera_linea,omitempty"` // of the first renglón; each next one is the next line
	Reclamaciones []Reclamacion   `json:"reclamaciones,omitempty"` // of a REC
	Respuestas    []Respuesta     `json:"respuestas,omitempty"`    // of a RES
	Dictamenes    []Dictamen      `json:"dictamenes,omitempty"`    // of a DIC
}

// Reclamacion is the verdict on a record of a REC.
type Reclamacion struct {
	Folio  schema.Folio  `json:"folio,omitempty"` // none where it cannot be read
	Vuelta int           `json:"vuelta,omitempty"`
	UNE    schema.UNE    `json:"une,omitempty"`
	Codigo schema.Codigo `json:"codigo,omitempty"` // none: accepted
}

// Respuesta is the verdict on a record of a RES.
type Respuesta struct {
	Folio       schema.Folio  `json:"folio,omitempty"`
	Vuelta      int           `json:"vuelta,omitempty"`
	Tipo        int           `json:"tipo,omitempty"`        // 1 answer, 2 prórroga
	Sentido     int           `json:"sentido,omitempty"`     // of an answer
	Prorroga    int           `json:"prorroga,omitempty"`    // días hábiles that a prórroga grants
	Dias        *int          `json:"dias,omitempty"`        // días hábiles used
	Oportunidad int           `json:"oportunidad,omitempty"` // 1 in time, 2 extemporánea
	Limite      schema.Dia    `json:"limite,omitempty"`      // after it
	Codigo      schema.Codigo `json:"codigo,omitempty"`
}

// Dictamen is the verdict on a record of a DIC.
type Dictamen struct {
	Folio  schema.Folio  `json:"folio,omitempty"`
	Vuelta int           `json:"vuelta,omitempty"`
	UNE    schema.UNE    `json:"une,omitempty"`
	Tipo   int           `json:"tipo,omitempty"`
	Fecha  schema.Dia    `json:"fecha,omitempty"`
	Anula  int           `json:"anula,omitempty"` // of tipo 11: the tipo that it leaves without effect
	Codigo schema.Codigo `json:"codigo,omitempty"`
}

// Acuse is the payload of acuse_emitido.
type Acuse struct {
	Acuse          string        `json:"acuse"`
	Contesta       string        `json:"contesta"`
	ContestaSHA256 schema.Huella `json:"contesta_sha256"`
	Resultado      string        `json:"resultado"`
	Registros      int           `json:"registros"`
	Aceptados      int           `json:"aceptados"`
	Rechazados     int           `json:"rechazados"`
}

// Rechazo is the payload of rechazo_emitido.
type Rechazo struct {
	Contesta       string        `json:"contesta"`
	ContestaSHA256 schema.Huella `json:"contesta_sha256"`
	Hallazgos      int           `json:"hallazgos"`
}

// Anexo is the payload of anexo_recibido; what a party calls it may name a person.
type Anexo struct {
	Bytes    int64           `json:"bytes"`
	Recibido schema.Instante `json:"recibido"`
}

// Devolucion is the payload of anexo_devuelto.
type Devolucion struct {
	Acuse string `json:"acuse"`
	Bytes int64  `json:"bytes"`
}

// Formado is the payload of lote_formado.
type Formado struct {
	Registros int        `json:"registros"`
	Jornada   schema.Dia `json:"jornada"`
}

// Anulado is the payload of lote_anulado.
type Anulado struct{}

// Retorno is the payload of retorno_formado.
type Retorno struct {
	Registros  int        `json:"registros"`
	Respuestas []Devuelta `json:"respuestas,omitempty"`
}

// Devuelta is an answer that went back in a REP.
type Devuelta struct {
	Folio  schema.Folio `json:"folio"`
	Vuelta int          `json:"vuelta"`
	Tipo   int          `json:"tipo"`
	Acuse  string       `json:"acuse"`
}

// Publicado is the payload of archivo_publicado. Of a LOT it has the term of its
// folios, and the folios: they are delivered by that.
type Publicado struct {
	Carpeta    string          `json:"carpeta"`
	Bytes      int64           `json:"bytes"`
	Publicado  schema.Instante `json:"publicado"`
	Recogida   string          `json:"recogida,omitempty"` // "no observable": on a server that is not ours
	Dia0       schema.Dia      `json:"dia0,omitempty"`
	Limite     schema.Dia      `json:"limite,omitempty"`
	Calendario string          `json:"calendario,omitempty"`
	Folios     []Entregada     `json:"folios,omitempty"`
}

// Entregada is a folio in a LOT. It has a term of its own where that is not the
// one that stands once.
type Entregada struct {
	Folio  schema.Folio `json:"folio"`
	Vuelta int          `json:"vuelta"`
	Dia0   schema.Dia   `json:"dia0,omitempty"`
	Limite schema.Dia   `json:"limite,omitempty"`
}

// Recogida is the payload of archivo_abierto, archivo_leido_en_parte,
// archivo_recogido and archivo_recogido_otra_vez: what one handle read.
type Recogida struct {
	Llave      string          `json:"llave"`
	Direccion  string          `json:"direccion"`
	Cliente    string          `json:"cliente"`
	Algoritmos string          `json:"algoritmos"`
	Abierta    schema.Instante `json:"abierta"`
	Cerrada    schema.Instante `json:"cerrada"`
	Primero    schema.Instante `json:"primero,omitempty"`
	Ultimo     schema.Instante `json:"ultimo,omitempty"`
	Cierre     bool            `json:"cierre"` // the party closed it
	Bytes      int64           `json:"bytes"`
	Cubiertos  int64           `json:"cubiertos"`
	Ronda      int             `json:"ronda"`
	Estado     string          `json:"estado"`
	Tramos     string          `json:"tramos"`
}

// SinRecoger is the payload of no_recogido.
type SinRecoger struct {
	Plazo            string          `json:"plazo"` // hora or limite
	Hasta            schema.Instante `json:"hasta"`
	Publicado        schema.Instante `json:"publicado"`
	Estado           string          `json:"estado"`
	Registros        int             `json:"registros"`
	ServidorSegundos int64           `json:"servidor_segundos"`
	Servidor         []string        `json:"servidor"` // the intervals in which our server was up
}

// Avisado is the payload of plazo_a_tiempo, plazo_por_vencer and plazo_vencido:
// the folios of a UNE whose terms stand so from then on.
type Avisado struct {
	Folios []Plazo `json:"folios,omitempty"`
}

// Movido is the payload of plazo_movido.
type Movido struct {
	Motivo          string   `json:"motivo"`
	VentanaSegundos int64    `json:"ventana_segundos"`
	Servidor        []string `json:"servidor"`
	Folios          []Plazo  `json:"folios,omitempty"`
}

// Recontado is the payload of plazo_recontado.
type Recontado struct {
	Calendario string  `json:"calendario"`
	Folios     []Plazo `json:"folios,omitempty"`
}

// Plazo is the term of a folio.
type Plazo struct {
	Folio              schema.Folio `json:"folio"`
	Vuelta             int          `json:"vuelta"`
	Limite             schema.Dia   `json:"limite"`
	LimiteAnterior     schema.Dia   `json:"limite_anterior,omitempty"`     // of a limit that was moved
	CalendarioAnterior string       `json:"calendario_anterior,omitempty"` // of one that was counted again
}
