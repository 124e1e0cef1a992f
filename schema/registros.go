package schema

// Encabezado is line 01 of every file.
type Encabezado struct {
	GeTipoRegistro        Cifras
	GeTipoArchivo         Tipo
	GeVersion             string
	GeEmisor              string
	GeReceptor            string
	GeFechaOperacion      Fecha
	GeSecuencia           Cifras
	GeFechaHoraGeneracion Instante
	GeArchivoReferencia   string
}

// Sumario is line 09 of every file.
type Sumario struct {
	GeTipoRegistro   Cifras
	GeTotalRegistros Entero
	GeSumaMontos     Monto
	GeHash           Huella
}

// Reclamacion is a record of a REC or of a LOT.
type Reclamacion struct {
	GeTipoRegistro         Cifras
	RecNumero              Entero
	RecFolioCondusef       Folio
	RecInstitucionClave    Entero
	RecDenominacion        string
	RecSector              string
	RecUnidadAtencion      string
	RecFechaReclamacion    Fecha
	RecFechaTurno          Fecha
	RecFechaLimite         Fecha
	RecMedioRecepcionCanal Entero
	RecProductoServicio    Cifras
	RecCausaMotivo         Cifras
	RecPori                string
	RecReversa             Entero
	RecTipoPersona         Entero
	RecUsuarioNombre       Reservado
	RecUsuarioCurp         Reservado
	RecUsuarioRfc          Reservado
	RecSexo                string
	RecEdad                Entero
	RecEntidadFederativa   Entero
	RecMunicipioAlcaldia   Entero
	RecLocalidad           Entero
	RecColonia             Entero
	RecCodigoPostal        Cifras
	RecUsuarioCorreo       Reservado
	RecUsuarioTelefono     Reservado
	RecNumContrato         Reservado
	RecClabe               Reservado
	RecMonetario           string
	RecMontoReclamado      Monto
	RecDescripcionHechos   Reservado
}

// Respuesta is a record of a RES: an answer (ResTipo 1) or the request of a
// prórroga (ResTipo 2).
type Respuesta struct {
	GeTipoRegistro        Cifras
	RecNumero             Entero
	RecFolioCondusef      Folio
	ResTipo               Entero
	RecFolioAtencion      string
	RecFechaAtencion      Fecha
	RecNivelAtencion      Entero
	RecSentidoResolucion  Entero
	RecFechaResolucion    Fecha
	RecFechaNotifiUsuario Fecha
	RecImporteAbonado     Monto
	RecFechaAbonoImporte  Fecha
	ResProrrogaDias       Entero
	ResProrrogaMotivo     Cifras
	ResTexto              Reservado
	ResResponsable        Reservado
	ResAnexo              string
	ResAnexoHash          Huella
}

// Retorno is a record of a REP: an accepted Respuesta with what its acuse said.
type Retorno struct {
	Respuesta
	RecInstitucionClave   Entero
	AcuFolio              string
	AcuFechaHoraRecepcion Instante
	AcuDiasHabiles        Entero
	AcuOportunidad        Entero
}

// Acuse is a record 02 of an ACU: the verdict on one record received.
type Acuse struct {
	GeTipoRegistro        Cifras
	AcuNumero             Entero
	RecFolioCondusef      Folio
	AcuEstatus            string
	AcuTipo               Entero
	AcuFechaHoraRecepcion Instante
	AcuFechaLimite        Fecha
	AcuDiasHabiles        Entero
	AcuOportunidad        Entero
	AcuCodigo             Codigo
}

// Sello is line 03 of an ACU: what was received, sealed.
type Sello struct {
	GeTipoRegistro        Cifras
	AcuFolio              string
	AcuArchivo            string
	AcuBytes              Entero
	AcuHash               Huella
	AcuFechaHoraRecepcion Instante
	AcuResultado          Entero
	AcuLlaveId            string
	AcuSello              string
}

// Rechazo is a record of an RCH: one finding.
type Rechazo struct {
	GeTipoRegistro   Cifras
	RchNumero        Entero
	RchLinea         Entero
	RecFolioCondusef Folio
	RchCampo         string
	RchCodigo        Codigo
	RchSeveridad     Severidad
	RchMensaje       string
	RchValor         string
}

// Dictamen is a record of a DIC: what became of a folio afterwards.
type Dictamen struct {
	GeTipoRegistro   Cifras
	RecNumero        Entero
	RecFolioCondusef Folio
	DicTipo          Entero
	DicFecha         Fecha
	DicTexto         Reservado
}
