package store

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"buzon/schema"
)

// Events of the log. Their names are read by auditors, so they are Spanish and
// never change their meaning.
const (
	AlmacenCreado        = "almacen_creado"
	InstitucionAlta      = "institucion_alta"
	LlaveAlta            = "llave_alta"
	CorridaIniciada      = "corrida_iniciada"
	CorridaTerminada     = "corrida_terminada"
	CorridaFallida       = "corrida_fallida"
	ServicioIniciado     = "servicio_iniciado"
	ServicioTerminado    = "servicio_terminado"
	ServicioInterrumpido = "servicio_interrumpido"
	RelojAjustado        = "reloj_ajustado"
	ArchivoRecibido      = "archivo_recibido"
	ReclamacionAceptada  = "reclamacion_aceptada"
	ReclamacionRechazada = "reclamacion_rechazada"
	ReclamacionEntregada = "reclamacion_entregada"
	LoteFormado          = "lote_formado"
	LoteAnulado          = "lote_anulado"
	RespuestaAceptada    = "respuesta_aceptada"
	RespuestaRechazada   = "respuesta_rechazada"
	ProrrogaAceptada     = "prorroga_aceptada"
	ProrrogaRechazada    = "prorroga_rechazada"
	AcuseEmitido         = "acuse_emitido"
	RechazoEmitido       = "rechazo_emitido"
	RetornoFormado       = "retorno_formado"
	RespuestaDevuelta    = "respuesta_devuelta"
	ArchivoPublicado     = "archivo_publicado"
	ArchivoAbierto       = "archivo_abierto"
	ArchivoRecogido      = "archivo_recogido"
	ArchivoRecogidoOtra  = "archivo_recogido_otra_vez"
	ArchivoLeidoEnParte  = "archivo_leido_en_parte"
	NoRecogido           = "no_recogido"
	SubidasRetiradas     = "subidas_retiradas"
	AccesoRehusado       = "acceso_rehusado"
	JornadaCerrada       = "jornada_cerrada"
	JornadaAbierta       = "jornada_abierta"
	JornadaSinREC        = "jornada_sin_rec"
)

// Detalle is what an event says beyond its columns: numbers, names, codes and
// hashes; never a person's data. It is kept as JSON with its keys in order.
type Detalle map[string]any

// Evento is one entry of the log.
type Evento struct {
	N       int64
	Momento time.Time
	Evento  string
	Parte   string // CONDUSEF or clave8; "" the gateway itself
	Archivo string
	SHA256  schema.Huella
	Folio   schema.Folio
	Detalle Detalle
}

// MarshalJSON writes the object that history --json prints.
func (e Evento) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		N       int64           `json:"n"`
		Time    schema.Instante `json:"time"`
		Event   string          `json:"event"`
		Party   string          `json:"party"`
		File    string          `json:"file"`
		SHA256  schema.Huella   `json:"sha256"`
		Folio   schema.Folio    `json:"folio"`
		Details Detalle         `json:"details,omitempty"`
	}{e.N, schema.NewInstante(e.Momento), e.Evento, e.Parte, e.Archivo, e.SHA256, e.Folio, e.Detalle})
}

// Log appends an event at the transaction's moment.
func (tx *Tx) Log(e Evento) error {
	if tx.n == 0 {
		n, err := tx.Eventos()
		if err != nil {
			return err
		}
		tx.n = n
	}
	if e.Detalle == nil {
		e.Detalle = Detalle{}
	}
	det, err := json.Marshal(e.Detalle)
	if err != nil {
		return fmt.Errorf("store: event %s: %w", e.Evento, err)
	}
	tx.n++
	return tx.exec(`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle) VALUES (?,?,?,?,?,?,?,?)`,
		tx.n, ms(tx.now), e.Evento, e.Parte, e.Archivo, string(e.SHA256), string(e.Folio), string(det))
}

// Eventos is the number of events: the number of the last one.
func (v *View) Eventos() (n int64, err error) {
	err = v.get(`SELECT coalesce(max(n), 0) FROM bitacora`, nil, &n)
	return n, err
}

// Simulacro tells whether the store is a rehearsal's.
func (v *View) Simulacro() (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM meta WHERE clave = 'simulacro')`, nil, &yes)
	return yes, err
}

// Consulta selects events. The zero value selects all, oldest first.
type Consulta struct {
	Parte     string
	Folio     schema.Folio
	Archivo   string
	Evento    string
	Tipo      schema.Tipo // of the file that the event names
	Desde     time.Time   // from this moment
	Hasta     time.Time   // before this moment
	DespuesDe int64       // events after this number
	Ultimos   bool        // newest first
	Limite    int         // 0: all
}

// History calls each for the events that q selects.
func (v *View) History(q Consulta, each func(Evento) error) error {
	var where []string
	var args []any
	and := func(cond string, arg any) { where, args = append(where, cond), append(args, arg) }
	if q.Parte != "" {
		and(`parte = ?`, q.Parte)
	}
	if q.Folio != "" {
		and(`folio = ? AND folio <> ''`, string(q.Folio))
	}
	if q.Archivo != "" {
		and(`archivo = ? AND archivo <> ''`, q.Archivo)
	}
	if q.Evento != "" {
		and(`evento = ?`, q.Evento)
	}
	if q.Tipo != "" {
		and(`archivo GLOB ?`, "GE_"+string(q.Tipo)+"_*")
	}
	if !q.Desde.IsZero() {
		and(`momento >= ?`, ms(q.Desde))
	}
	if !q.Hasta.IsZero() {
		and(`momento < ?`, ms(q.Hasta))
	}
	if q.DespuesDe > 0 {
		and(`n > ?`, q.DespuesDe)
	}
	query := `SELECT n, momento, evento, parte, archivo, sha256, folio, detalle FROM bitacora`
	if len(where) > 0 {
		query += ` WHERE ` + strings.Join(where, ` AND `)
	}
	query += ` ORDER BY n`
	if q.Ultimos {
		query += ` DESC`
	}
	if q.Limite > 0 {
		query += fmt.Sprintf(` LIMIT %d`, q.Limite)
	}
	return v.each(query, args, func(rows *sql.Rows) error {
		var e Evento
		var at int64
		var det string
		if err := rows.Scan(&e.N, &at, &e.Evento, &e.Parte, &e.Archivo, &e.SHA256, &e.Folio, &det); err != nil {
			return err
		}
		e.Momento = moment(at)
		if err := json.Unmarshal([]byte(det), &e.Detalle); err != nil {
			return fmt.Errorf("event %d: %w", e.N, err)
		}
		return each(e)
	})
}

func moment(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).In(schema.Zona)
}
