package bitacora

import "buzon/schema"

// CargaOrden is who ran a command, and why.
type CargaOrden struct {
	UID    *int   `json:"uid,omitempty" doc:"usuario del sistema que dio la orden"`
	Motivo string `json:"motivo,omitempty" doc:"por qué la dio"`
}

// CargaCreado is the payload of almacen_creado.
type CargaCreado struct {
	Simulacro bool `json:"simulacro" doc:"si el almacén es de un ensayo"`
}

// CargaEpoca is the payload of epoca_iniciada: the store may have been older than what
// parties were shown. What was shown and is not in this log bears numbers of the gaps.
type CargaEpoca struct {
	CargaOrden
	Epoca   int64               `json:"epoca" doc:"su número; la primera, sin evento, es la 1"`
	Eventos int64               `json:"eventos,omitempty" doc:"a cuántos eventos se supo que había llegado la bitácora"`
	Numeros []NumeroDeEpoca     `json:"numeros,omitempty" doc:"de cada año, desde dónde siguen sus acuses"`
	Acuses  []RenglonReconocido `json:"acuses,omitempty" doc:"los acuses sellados que esta bitácora no tenía y se hallaron"`
}

// NumeroDeEpoca is where the numbers of the acuses of a year go on. Those between ultimo
// and desde may have been given before.
type NumeroDeEpoca struct {
	Anio     int   `json:"anio" doc:"el año"`
	Ultimo   int64 `json:"ultimo" doc:"el último que esta bitácora tiene; 0: ninguno"`
	Conocido int64 `json:"conocido" doc:"el más alto que pudo haberse dado, hasta donde se supo"`
	Desde    int64 `json:"desde" doc:"el siguiente que se da"`
}

// RenglonReconocido is an acuse that was given before the epoch, and verifies.
type RenglonReconocido struct {
	Acuse          string          `json:"acuse" doc:"su AcuFolio"`
	SHA256         schema.Huella   `json:"sha256" doc:"del ACU"`
	Parte          string          `json:"parte" doc:"a quien se dio"`
	ContestaSHA256 schema.Huella   `json:"contesta_sha256" doc:"del archivo que contesta"`
	Recibido       schema.Instante `json:"recibido" doc:"el momento que cuenta, según su sello"`
}

// CargaConfiguracion is the payload of configuracion_cambiada: by what terms are counted
// from then on.
type CargaConfiguracion struct {
	Corte           string   `json:"corte" doc:"hora del corte, HH:MM:SS"`
	FinDePlazo      string   `json:"fin_de_plazo" doc:"hora en que termina el último día, HH:MM:SS"`
	Desde           string   `json:"desde" doc:"día 0 de un plazo: el de la entrega o el del turno"`
	PorVencer       int      `json:"por_vencer" doc:"días hábiles antes del límite en que se avisa"`
	VentanaSegundos int64    `json:"ventana_segundos" doc:"antes de un fin de plazo: una caída lo mueve"`
	AnexosSegundos  int64    `json:"anexos_segundos" doc:"que una respuesta espera sus anexos"`
	TodoONada       []string `json:"todo_o_nada" doc:"tipos de archivo que un error rechaza enteros"`
}

// CargaCalendario is the payload of calendario_cambiado: a new version, and the rows of
// the table that it adds or replaces.
type CargaCalendario struct {
	CargaOrden
	Calendario string          `json:"calendario" doc:"versión desde entonces"`
	Anterior   string          `json:"anterior" doc:"versión hasta entonces"`
	Causa      string          `json:"causa" doc:"por qué cambió"`
	Dias       []DiaCalendario `json:"dias,omitempty" doc:"renglones que agrega o sustituye, por fecha y origen"`
}

// DiaCalendario is a row of the table of días inhábiles.
type DiaCalendario struct {
	Fecha       schema.Dia `json:"fecha" doc:"el día inhábil"`
	Descripcion string     `json:"descripcion" doc:"qué día es"`
	Origen      string     `json:"origen" doc:"quién lo declaró"`
	Publicado   schema.Dia `json:"publicado" doc:"cuándo se publicó"`
	AplicaGE    string     `json:"aplica_ge" doc:"SI o NO: si cuenta en la Gestión Electrónica"`
}

// CargaInstitucion is the payload of institucion_alta.
type CargaInstitucion struct {
	CargaOrden
	Denominacion string `json:"denominacion" doc:"su nombre"`
	Sector       string `json:"sector" doc:"su sector"`
	Termino      int    `json:"termino" doc:"días hábiles para responder"`
	Prorroga     int    `json:"prorroga" doc:"días hábiles que una prórroga da a lo más"`
}

// CargaSuspension is the payload of institucion_suspendida and institucion_reanudada.
type CargaSuspension struct{ CargaOrden }

// CargaLlave is the payload of llave_alta, llave_revocada and llave_por_vencer. It is
// never the key itself.
type CargaLlave struct {
	Fingerprint string `json:"huella" doc:"de la llave pública"`
	Nombre      string `json:"nombre" doc:"con que se conoce"`
	CargaOrden
	Desde schema.Instante `json:"desde,omitempty" doc:"desde cuándo vale"`
	Hasta schema.Instante `json:"hasta,omitempty" doc:"hasta cuándo vale"`
}

// CargaContrasena is the payload of clave_fijada and clave_revocada: passwords.
type CargaContrasena struct{ CargaOrden }

// CargaCorrida is the payload of corrida_iniciada.
type CargaCorrida struct {
	Corrida int64      `json:"corrida" doc:"su número"`
	Jornada schema.Dia `json:"jornada" doc:"el día de que es"`
	Causa   string     `json:"causa" doc:"qué la empezó"`
}

// CargaFinDeCorrida is the payload of corrida_terminada and corrida_fallida.
type CargaFinDeCorrida struct {
	Corrida int64  `json:"corrida" doc:"su número"`
	Error   string `json:"error,omitempty" doc:"por qué falló"`
}

// CargaServicio is the payload of servicio_iniciado and servicio_terminado.
type CargaServicio struct {
	Version string `json:"version" doc:"del programa"`
}

// CargaInterrupcion is the payload of servicio_interrumpido.
type CargaInterrupcion struct {
	UltimoLatido schema.Instante `json:"ultimo_latido" doc:"cuándo estuvo por última vez"`
	Motivo       string          `json:"motivo,omitempty" doc:"por qué, si el programa siguió: sin_latidos, disco_lleno"`
}

// CargaReloj is the payload of reloj_ajustado and reloj_confirmado.
type CargaReloj struct {
	Antes    schema.Instante `json:"antes" doc:"lo que el reloj decía, o lo último que consta"`
	Despues  schema.Instante `json:"despues" doc:"lo que dijo luego"`
	Segundos int64           `json:"segundos" doc:"cuánto se movió"`
}

// CargaSubidas is the payload of subidas_retiradas.
type CargaSubidas struct {
	Archivos         int             `json:"archivos" doc:"cuántos se quitaron de la vista"`
	RecibidosAntesDe schema.Instante `json:"recibidos_antes_de" doc:"los anteriores a este momento"`
}

// CargaAcceso is the payload of acceso_rehusado: like refusals are told together.
type CargaAcceso struct {
	Direccion string          `json:"direccion" doc:"desde dónde"`
	Motivo    string          `json:"motivo" doc:"por qué se rehusó"`
	Veces     int             `json:"veces" doc:"intentos iguales que se cuentan juntos"`
	Desde     schema.Instante `json:"desde" doc:"el primero de ellos"`
}

// CargaReabierta is the payload of jornada_reabierta.
type CargaReabierta struct {
	Jornada schema.Dia      `json:"jornada" doc:"el día"`
	Corte   schema.Instante `json:"corte" doc:"cuándo se hizo, según el reloj de entonces"`
}

// CargaCorte is the payload of jornada_cortada.
type CargaCorte struct {
	Jornada schema.Dia `json:"jornada" doc:"el día que se cortó"`
}

// CargaJornada is the payload of jornada_cerrada, jornada_abierta and jornada_sin_rec.
type CargaJornada struct {
	Jornada    schema.Dia `json:"jornada" doc:"el día"`
	Recibidas  int        `json:"recibidas" doc:"reclamaciones del REC"`
	Entregadas int        `json:"entregadas" doc:"de ellas, entregadas"`
	Rechazadas int        `json:"rechazadas" doc:"de ellas, rechazadas"`
}

// CargaTerminada is the payload of jornada_terminada.
type CargaTerminada struct {
	CargaOrden
	Jornada schema.Dia `json:"jornada" doc:"el día"`
}

// CargaPunto is the payload of punto_firmado, the first event that its head does not hold.
type CargaPunto struct {
	Tamano int64  `json:"tamano" doc:"del árbol"`
	Raiz   string `json:"raiz" doc:"de ese tamaño, base64"`
	Llave  string `json:"llave" doc:"que firmó"`
}

// CargaTestigo is the payload of punto_recogido: the party holds the head of that size.
type CargaTestigo struct {
	Tamano int64 `json:"tamano" doc:"del punto de control que la parte tiene desde entonces"`
}

// CargaSelloEnUso is the payload of sello_alta.
type CargaSelloEnUso struct {
	Llave   string `json:"llave" doc:"nombre de la llave"`
	Publica string `json:"publica" doc:"la llave pública, base64"`
}

// CargaSelloFuera is the payload of sello_baja.
type CargaSelloFuera struct {
	Llave string `json:"llave" doc:"nombre de la llave"`
}

// CargaExportacion is the payload of consulta_exportada.
type CargaExportacion struct {
	Quien     string `json:"quien" doc:"quién la pidió"`
	Rol       string `json:"rol" doc:"con qué rol"`
	Consulta  string `json:"consulta" doc:"lo que pidió"`
	Renglones int    `json:"renglones" doc:"cuántos se llevó"`
	Completa  bool   `json:"completa" doc:"si la recibió entera"`
}
