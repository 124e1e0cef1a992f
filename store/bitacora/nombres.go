package bitacora

// The events of the log. Their names are read by auditors, so they are Spanish and
// never change their meaning.
const (
	AlmacenCreado         = "almacen_creado"
	EpocaIniciada         = "epoca_iniciada"         // the store may have been older than what was shown
	ConfiguracionCambiada = "configuracion_cambiada" // settings by which terms are counted from then on
	CalendarioCambiado    = "calendario_cambiado"    // a new version of the calendar

	InstitucionAlta       = "institucion_alta"
	InstitucionSuspendida = "institucion_suspendida"
	InstitucionReanudada  = "institucion_reanudada"
	LlaveAlta             = "llave_alta"
	LlaveRevocada         = "llave_revocada"
	LlavePorVencer        = "llave_por_vencer"
	ClaveFijada           = "clave_fijada"
	ClaveRevocada         = "clave_revocada"

	CorridaIniciada      = "corrida_iniciada"
	CorridaTerminada     = "corrida_terminada"
	CorridaFallida       = "corrida_fallida"
	ServicioIniciado     = "servicio_iniciado"
	ServicioTerminado    = "servicio_terminado"
	ServicioInterrumpido = "servicio_interrumpido"
	RelojAjustado        = "reloj_ajustado"
	RelojConfirmado      = "reloj_confirmado" // though it is far from the last event

	ArchivoRecibido = "archivo_recibido" // with a verdict on each record
	AcuseEmitido    = "acuse_emitido"
	RechazoEmitido  = "rechazo_emitido"
	AnexoRecibido   = "anexo_recibido"
	AnexoDevuelto   = "anexo_devuelto"

	LoteFormado      = "lote_formado"
	LoteAnulado      = "lote_anulado"
	RetornoFormado   = "retorno_formado"   // with each answer that went back
	ArchivoPublicado = "archivo_publicado" // of a LOT: its folios are delivered by that

	ArchivoAbierto      = "archivo_abierto"
	ArchivoRecogido     = "archivo_recogido"
	ArchivoRecogidoOtra = "archivo_recogido_otra_vez"
	ArchivoLeidoEnParte = "archivo_leido_en_parte"
	NoRecogido          = "no_recogido"
	SubidasRetiradas    = "subidas_retiradas"
	AccesoRehusado      = "acceso_rehusado"
	ContenidoAusente    = "contenido_ausente" // what a file names is not in archivo/, or altered

	PlazoATiempo   = "plazo_a_tiempo" // again: its limit was moved
	PlazoPorVencer = "plazo_por_vencer"
	PlazoVencido   = "plazo_vencido"
	PlazoMovido    = "plazo_movido"    // our server was down at the end of its last day
	PlazoRecontado = "plazo_recontado" // counted again by a later calendar

	JornadaReabierta = "jornada_reabierta" // its corte was done before its hour, by a clock that was ahead
	JornadaCortada   = "jornada_cortada"
	JornadaCerrada   = "jornada_cerrada"
	JornadaTerminada = "jornada_terminada" // by hand, without a REC
	JornadaAbierta   = "jornada_abierta"
	JornadaSinREC    = "jornada_sin_rec"

	PuntoFirmado      = "punto_firmado"
	PuntoVisto        = "punto_recogido"
	SelloAlta         = "sello_alta"
	SelloBaja         = "sello_baja"
	ConsultaExportada = "consulta_exportada" // an auditor took rows of the log away
)

// What an act did to a record, as history and trace name it.
const (
	ReclamacionAceptada  = "reclamacion_aceptada"
	ReclamacionRechazada = "reclamacion_rechazada"
	ReclamacionEntregada = "reclamacion_entregada"
	RespuestaAceptada    = "respuesta_aceptada"
	RespuestaRechazada   = "respuesta_rechazada"
	ProrrogaAceptada     = "prorroga_aceptada"
	ProrrogaRechazada    = "prorroga_rechazada"
	DictamenAceptado     = "dictamen_aceptado"
	DictamenRechazado    = "dictamen_rechazado"
	RespuestaDevuelta    = "respuesta_devuelta"
)
