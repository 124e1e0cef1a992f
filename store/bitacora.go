package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"time"

	"buzon/schema"
)

// Events of the log. Their names are read by auditors, so they are Spanish and
// never change their meaning.
const (
	AlmacenCreado        = "almacen_creado"
	FilasAdoptadas       = "filas_adoptadas" // of a store from before the log was a tree
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
	JornadaCortada       = "jornada_cortada"
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
	// Simulacro tells of an event that was read that the log is a rehearsal's.
	Simulacro bool
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
		Ensayo  bool            `json:"simulacro,omitempty"`
	}{e.N, schema.NewInstante(e.Momento), e.Evento, e.Parte, e.Archivo, e.SHA256, e.Folio, e.Detalle, e.Simulacro})
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
	d := Detalle{}
	maps.Copy(d, e.Detalle)
	if len(tx.filas) > 0 {
		d["filas"], tx.filas = tx.filas, map[string]string{}
	}
	det, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("store: event %s: %w", e.Evento, err)
	}
	tx.n++
	archivo := strings.ToValidUTF8(e.Archivo, "_") // a party may name a file as it likes
	c := Crudo{tx.n, ms(tx.now), e.Evento, e.Parte, archivo, string(e.SHA256), string(e.Folio), string(det)}
	hoja := c.Hoja()
	if err := tx.exec(`INSERT INTO bitacora (n, momento, evento, parte, archivo, sha256, folio, detalle, hoja) VALUES (?,?,?,?,?,?,?,?,?)`,
		c.N, c.Momento, c.Evento, c.Parte, c.Archivo, c.SHA256, c.Folio, c.Detalle, hoja[:]); err != nil {
		return err
	}
	return tx.grow(tx.n)
}

// Eventos is the number of events: the number of the last one.
func (v *View) Eventos() (n int64, err error) {
	err = v.get(`SELECT coalesce(max(n), 0) FROM bitacora`, nil, &n)
	return n, err
}

// EventosDe counts the events of a name.
func (v *View) EventosDe(evento string) (n int64, err error) {
	err = v.get(`SELECT count(*) FROM bitacora WHERE evento = ?`, []any{evento}, &n)
	return n, err
}

// Simulacro tells whether the store is a rehearsal's.
func (v *View) Simulacro() (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM meta WHERE clave = 'simulacro')`, nil, &yes)
	return yes, err
}

func moment(at int64) time.Time {
	if at == 0 {
		return time.Time{}
	}
	return time.UnixMilli(at).In(schema.Zona)
}
