package bitacora

import "buzon/schema"

// Orden is who ran a command, and why.
type Orden struct {
	UID    *int   `json:"uid,omitempty"` // numeric user of the system
	Motivo string `json:"motivo,omitempty"`
}

// Creado is the payload of almacen_creado.
type Creado struct {
	Simulacro bool `json:"simulacro"`
}

// Configuracion is the payload of configuracion_cambiada: by what terms are counted
// from then on.
type Configuracion struct {
	Corte           string   `json:"corte"`
	FinDePlazo      string   `json:"fin_de_plazo"`
	Desde           string   `json:"desde"` // the day that terms are counted from: entrega or turno
	PorVencer       int      `json:"por_vencer"`
	VentanaSegundos int64    `json:"ventana_segundos"`
	AnexosSegundos  int64    `json:"anexos_segundos"`
	TodoONada       []string `json:"todo_o_nada"`
}

// Calendario is the payload of calendario_cambiado: a new version, and the rows of
// the table that it adds or replaces.
type Calendario struct {
	Orden
	Calendario string          `json:"calendario"`
	Anterior   string          `json:"anterior"`
	Causa      string          `json:"causa"`
	Dias       []DiaCalendario `json:"dias,omitempty"`
}

// DiaCalendario is a row of the table of días inhábiles.
type DiaCalendario struct {
	Fecha       schema.Dia `json:"fecha"`
	Descripcion string     `json:"descripcion"`
	Origen      string     `json:"origen"`
	Publicado   schema.Dia `json:"publicado"`
	AplicaGE    string     `json:"aplica_ge"` // SI or NO
}

// Institucion is the payload of institucion_alta.
type Institucion struct {
	Orden
	Denominacion string `json:"denominacion"`
	Sector       string `json:"sector"`
	Termino      int    `json:"termino"`  // días hábiles to answer
	Prorroga     int    `json:"prorroga"` // días hábiles that a prórroga may ask at most
}

// Suspension is the payload of institucion_suspendida and institucion_reanudada.
type Suspension struct{ Orden }

// Llave is the payload of llave_alta, llave_revocada and llave_por_vencer. It is
// never the key itself.
type Llave struct {
	Huella string `json:"huella"`
	Nombre string `json:"nombre"`
	Orden
	Desde schema.Instante `json:"desde,omitempty"`
	Hasta schema.Instante `json:"hasta,omitempty"`
}

// Clave is the payload of clave_fijada and clave_revocada: passwords.
type Clave struct{ Orden }

// Corrida is the payload of corrida_iniciada.
type Corrida struct {
	Corrida int64      `json:"corrida"`
	Jornada schema.Dia `json:"jornada"`
	Causa   string     `json:"causa"`
}

// FinDeCorrida is the payload of corrida_terminada and corrida_fallida.
type FinDeCorrida struct {
	Corrida int64  `json:"corrida"`
	Error   string `json:"error,omitempty"`
}

// Servicio is the payload of servicio_iniciado and servicio_terminado.
type Servicio struct {
	Version string `json:"version"`
}

// Interrupcion is the payload of servicio_interrumpido.
type Interrupcion struct {
	UltimoLatido schema.Instante `json:"ultimo_latido"`
}

// Reloj is the payload of reloj_ajustado.
type Reloj struct {
	Antes    schema.Instante `json:"antes"`
	Despues  schema.Instante `json:"despues"`
	Segundos int64           `json:"segundos"`
}

// Subidas is the payload of subidas_retiradas.
type Subidas struct {
	Archivos         int             `json:"archivos"`
	RecibidosAntesDe schema.Instante `json:"recibidos_antes_de"`
}

// Acceso is the payload of acceso_rehusado: like refusals are told together.
type Acceso struct {
	Direccion string          `json:"direccion"`
	Motivo    string          `json:"motivo"`
	Veces     int             `json:"veces"`
	Desde     schema.Instante `json:"desde"`
}

// Cortada is the payload of jornada_cortada.
type Cortada struct {
	Jornada schema.Dia `json:"jornada"`
}

// Jornada is the payload of jornada_cerrada, jornada_abierta and jornada_sin_rec.
type Jornada struct {
	Jornada    schema.Dia `json:"jornada"`
	Recibidas  int        `json:"recibidas"`
	Entregadas int        `json:"entregadas"`
	Rechazadas int        `json:"rechazadas"`
}

// Punto is the payload of punto_firmado, the first event that its head does not hold.
type Punto struct {
	Tamano int64  `json:"tamano"`
	Raiz   string `json:"raiz"`
	Llave  string `json:"llave"`
}

// Testigo is the payload of punto_recogido: the party holds the head of that size.
type Testigo struct {
	Tamano int64 `json:"tamano"`
}

// SelloEnUso is the payload of sello_alta.
type SelloEnUso struct {
	Llave   string `json:"llave"`
	Publica string `json:"publica"`
}

// SelloFuera is the payload of sello_baja.
type SelloFuera struct {
	Llave string `json:"llave"`
}

// Exportada is the payload of consulta_exportada.
type Exportada struct {
	Quien     string `json:"quien"`
	Rol       string `json:"rol"`
	Consulta  string `json:"consulta"`
	Renglones int    `json:"renglones"`
	Completa  bool   `json:"completa"`
}
