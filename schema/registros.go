package schema

// The records are the table of lineamientos 01.00 in code: fields in the order of
// the line, the tag validate with what a field must be, in the order in which
// section 6 wants mistakes told (the first tag that fails is the finding), and
// the tag codigo with the row's codes, the rule's own first. Rules between
// records, and between a record and the past, are not here.
//
//	req, req_*    must be there, always or under a condition (FMT-01)
//	omitempty     an empty field is done here
//	vacio_*       must be empty (NEG-08, NEG-03, else NEG-09)
//	A=n … H=n     type and length; also EST-02 and FMT-06
//	the rest      the row's rule
//
// A field that a later version added has three tags more, and stands behind all
// older ones in the line:
//
//	desde:"01.90"  the version from which it exists
//	sin:"0"        what a record that lacks it reads as; where that is not empty the
//	              field is always required, so that an empty one never means it
//	quita:"si"     it may be dropped on the way to a version that lacks it; no: a
//	              record that says something there is refused at the gate (NEG-09)

// Encabezado is line 01 of every file.
type Encabezado struct {
	GeTipoRegistro        Cifras   `validate:"es=01" codigo:"EST-03"`
	GeTipoArchivo         Tipo     `validate:"req,A=3,del_nombre" codigo:"EST-10"`
	GeVersion             Version  `validate:"req,A=5,version" codigo:"EST-11"`
	GeEmisor              string   `validate:"req,A=8,propietario,emisor" codigo:"EST-10"`
	GeReceptor            string   `validate:"req,A=8,receptor" codigo:"EST-10"`
	GeFechaOperacion      Fecha    `validate:"req,F=10,del_nombre" codigo:"EST-10"`
	GeSecuencia           Cifras   `validate:"req,C=3,del_nombre" codigo:"EST-10"`
	GeFechaHoraGeneracion Instante `validate:"req,T=25"`
	GeArchivoReferencia   string   `validate:"req_en=ACU RCH,req_lote,omitempty,vacio_en=REC DIC REP,vacio_lote,A=60,referencia" codigo:"FMT-02"`
}

// Sumario is line 09 of every file.
type Sumario struct {
	GeTipoRegistro   Cifras `validate:"es=09" codigo:"EST-03"`
	GeTotalRegistros Entero `validate:"req,N=7"`
	GeSumaMontos     Monto  `validate:"req,M=16"`
	GeHash           Huella `validate:"req,H=64"`
}

// Reclamacion is a record of a REC or of a LOT.
type Reclamacion struct {
	GeTipoRegistro         Cifras    `validate:"es=02" codigo:"EST-09"`
	RecNumero              Entero    `validate:"req,N=7,posicion" codigo:"FMT-03"`
	RecFolioCondusef       Folio     `validate:"req,A=50,unico,folio" codigo:"FMT-02"`
	RecInstitucionClave    Entero    `validate:"req,N=8,padron,del_lote" codigo:"CAT-11"`
	RecDenominacion        string    `validate:"req,A=400,como_padron" codigo:"CAT-14"`
	RecSector              string    `validate:"req,A=200,como_padron" codigo:"CAT-14"`
	RecUnidadAtencion      string    `validate:"omitempty,A=5"`
	RecFechaReclamacion    Fecha     `validate:"req,F=10,hasta=RecFechaTurno,no_futura" codigo:"NEG-02"`
	RecFechaTurno          Fecha     `validate:"req,F=10,desde=RecFechaReclamacion,hasta_operacion" codigo:"NEG-02"`
	RecFechaLimite         Fecha     `validate:"req_en=LOT,omitempty,vacio_en=REC,F=10" codigo:"NEG-09"`
	RecMedioRecepcionCanal Entero    `validate:"req,N=2,es=6" codigo:"CAT-04"`
	RecProductoServicio    Cifras    `validate:"req,C=12,producto" codigo:"CAT-05"`
	RecCausaMotivo         Cifras    `validate:"req,C=4,causa" codigo:"CAT-06"`
	RecPori                string    `validate:"req,A=2,es=SI NO" codigo:"CAT-13"`
	RecReversa             Entero    `validate:"req,N=1,es=0 1" codigo:"FMT-03"`
	RecTipoPersona         Entero    `validate:"req,N=1,es=1 2" codigo:"CAT-09"`
	RecUsuarioNombre       Reservado `validate:"req,A=200"`
	RecUsuarioCurp         Reservado `validate:"omitempty,vacio_si=RecTipoPersona 2,A=18,curp,curp_digito" codigo:"FMT-07"`
	RecUsuarioRfc          Reservado `validate:"omitempty,A=13,rfc,rfc_persona,rfc_digito" codigo:"FMT-08"`
	RecSexo                string    `validate:"req_si=RecTipoPersona 1,omitempty,vacio_si=RecTipoPersona 2,A=1,es=H M" codigo:"CAT-10"`
	RecEdad                Entero    `validate:"omitempty,vacio_si=RecTipoPersona 2,N=3,rango=18 120" codigo:"FMT-03"`
	RecEntidadFederativa   Entero    `validate:"req,N=2,rango=1 32" codigo:"CAT-01"`
	RecMunicipioAlcaldia   Entero    `validate:"omitempty,N=8,municipio" codigo:"CAT-02"`
	RecLocalidad           Entero    `validate:"omitempty,N=8"`
	RecColonia             Entero    `validate:"omitempty,N=8"`
	RecCodigoPostal        Cifras    `validate:"omitempty,C=5,cp" codigo:"FMT-10,CAT-03"`
	RecUsuarioCorreo       Reservado `validate:"req_sin=RecUsuarioTelefono,omitempty,A=100,email" codigo:"FMT-11"`
	RecUsuarioTelefono     Reservado `validate:"omitempty,C=10" codigo:"FMT-12"`
	RecNumContrato         Reservado `validate:"omitempty,A=40"`
	RecClabe               Reservado `validate:"omitempty,C=18,clabe" codigo:"FMT-09"`
	RecMonetario           string    `validate:"req,A=2,es=SI NO" codigo:"CAT-13"`
	RecMontoReclamado      Monto     `validate:"req_si=RecMonetario SI,omitempty,vacio_si=RecMonetario NO,M=16,positivo_si=RecMonetario SI" codigo:"NEG-03"`
	RecDescripcionHechos   Reservado `validate:"req,A=4000,largo_min=10" codigo:"FMT-02"`

	// RecPrueba is of the test layout, which the program does not know: package prueba.
	RecPrueba Entero `validate:"req,N=1,es=0 1 2" codigo:"FMT-03" desde:"01.90" sin:"0" quita:"no"`
}

// Respuesta is a record of a RES: an answer (ResTipo 1) or the request of a
// prórroga (ResTipo 2).
type Respuesta struct {
	GeTipoRegistro        Cifras    `validate:"es=02" codigo:"EST-09"`
	RecNumero             Entero    `validate:"req,N=7,posicion" codigo:"FMT-03"`
	RecFolioCondusef      Folio     `validate:"req,A=50,unico,folio" codigo:"FMT-02"`
	ResTipo               Entero    `validate:"req,N=1,es=1 2" codigo:"FMT-03"`
	RecFolioAtencion      string    `validate:"req,A=50"`
	RecFechaAtencion      Fecha     `validate:"req,F=10,no_futura" codigo:"NEG-07"`
	RecNivelAtencion      Entero    `validate:"req_si=ResTipo 1,omitempty,vacio_si=ResTipo 2,N=2,rango=1 4" codigo:"CAT-08"`
	RecSentidoResolucion  Entero    `validate:"req_si=ResTipo 1,omitempty,vacio_si=ResTipo 2,N=1,es=1 2 3" codigo:"CAT-07"`
	RecFechaResolucion    Fecha     `validate:"req_si=ResTipo 1,omitempty,vacio_si=ResTipo 2,F=10" codigo:"NEG-02"`
	RecFechaNotifiUsuario Fecha     `validate:"omitempty,vacio_si=ResTipo 2,F=10,desde=RecFechaResolucion" codigo:"NEG-02"`
	RecImporteAbonado     Monto     `validate:"omitempty,vacio_si=ResTipo 2,M=16,cero_si=RecSentidoResolucion 2" codigo:"NEG-03"`
	RecFechaAbonoImporte  Fecha     `validate:"req_importe=RecImporteAbonado,omitempty,vacio_si=ResTipo 2,F=10" codigo:"FMT-01"`
	ResProrrogaDias       Entero    `validate:"req_si=ResTipo 2,omitempty,vacio_si=ResTipo 1,N=2,prorroga" codigo:"NEG-10"`
	ResProrrogaMotivo     Cifras    `validate:"req_si=ResTipo 2,omitempty,vacio_si=ResTipo 1,C=2,es=01 02 03 04 99" codigo:"CAT-12"`
	ResTexto              Reservado `validate:"req_si=ResTipo 1,req_si=ResProrrogaMotivo 99,omitempty,A=4000,largo_min=20" codigo:"FMT-02"`
	ResResponsable        Reservado `validate:"req,A=200"`
	ResAnexo              string    `validate:"omitempty,A=100,anexo" codigo:"NEG-11"`
	ResAnexoHash          Huella    `validate:"req_con=ResAnexo,omitempty,vacio_sin=ResAnexo,H=64" codigo:"NEG-11"`

	// These are of the test layout too.
	ResPrueba     string `validate:"omitempty,vacio_si=ResTipo 2,A=20" desde:"01.90" quita:"si"`
	ResPruebaFija string `validate:"omitempty,A=20" desde:"01.90" quita:"no"`
}

// Retorno is a record of a REP: an accepted Respuesta with what its acuse said.
type Retorno struct {
	Respuesta
	RecInstitucionClave   Entero   `validate:"req,N=8,padron" codigo:"CAT-11"`
	AcuFolio              string   `validate:"req,A=17,folio_acuse" codigo:"FMT-02"`
	AcuFechaHoraRecepcion Instante `validate:"req,T=25"`
	AcuDiasHabiles        Entero   `validate:"req,N=3"`
	AcuOportunidad        Entero   `validate:"req,N=1,es=1 2" codigo:"FMT-03"`
}

// Acuse is a record 02 of an ACU: the verdict on one record received.
type Acuse struct {
	GeTipoRegistro        Cifras   `validate:"es=02" codigo:"EST-09"`
	AcuNumero             Entero   `validate:"req,N=7,creciente" codigo:"FMT-03"`
	RecFolioCondusef      Folio    `validate:"req_si=AcuEstatus A,omitempty,A=50"`
	AcuEstatus            string   `validate:"req,A=1,es=A R" codigo:"FMT-02"`
	AcuTipo               Entero   `validate:"req,N=1,es=1 2" codigo:"FMT-03"`
	AcuFechaHoraRecepcion Instante `validate:"req,T=25"`
	AcuFechaLimite        Fecha    `validate:"omitempty,F=10"`
	AcuDiasHabiles        Entero   `validate:"omitempty,N=3"`
	AcuOportunidad        Entero   `validate:"omitempty,N=1,es=1 2" codigo:"FMT-03"`
	AcuCodigo             Codigo   `validate:"req_si=AcuEstatus R,omitempty,vacio_si=AcuEstatus A,A=6,codigo" codigo:"FMT-02"`
}

// Sello is line 03 of an ACU: what was received, sealed.
type Sello struct {
	GeTipoRegistro        Cifras   `validate:"es=03" codigo:"EST-09"`
	AcuFolio              string   `validate:"req,A=17,folio_acuse" codigo:"FMT-02"`
	AcuArchivo            string   `validate:"req,A=60"`
	AcuBytes              Entero   `validate:"req,N=12"`
	AcuHash               Huella   `validate:"req,H=64"`
	AcuFechaHoraRecepcion Instante `validate:"req,T=25"`
	AcuResultado          Entero   `validate:"req,N=1,es=1 2 3" codigo:"FMT-03"`
	AcuLlaveId            string   `validate:"req,A=20"`
	AcuSello              string   `validate:"req,A=88,firma" codigo:"FMT-02"`
}

// Rechazo is a record of an RCH: one finding.
type Rechazo struct {
	GeTipoRegistro   Cifras    `validate:"es=02" codigo:"EST-09"`
	RchNumero        Entero    `validate:"req,N=7,posicion" codigo:"FMT-03"`
	RchLinea         Entero    `validate:"req,N=7"`
	RecFolioCondusef Folio     `validate:"omitempty,A=50"`
	RchCampo         string    `validate:"omitempty,A=40"`
	RchCodigo        Codigo    `validate:"req,A=6,codigo" codigo:"FMT-02"`
	RchSeveridad     Severidad `validate:"req,A=1,es=E A" codigo:"FMT-02"`
	RchMensaje       string    `validate:"req,A=300"`
	RchValor         string    `validate:"omitempty,A=40"`
}

// Dictamen is a record of a DIC: what became of a folio afterwards.
type Dictamen struct {
	GeTipoRegistro   Cifras    `validate:"es=02" codigo:"EST-09"`
	RecNumero        Entero    `validate:"req,N=7,posicion" codigo:"FMT-03"`
	RecFolioCondusef Folio     `validate:"req,A=50,unico,folio" codigo:"FMT-02"`
	DicTipo          Entero    `validate:"req,N=2,rango=1 11" codigo:"FMT-03"`
	DicFecha         Fecha     `validate:"req,F=10"`
	DicTexto         Reservado `validate:"req_si=DicTipo 11,omitempty,A=4000,tipo_si=DicTipo 11" codigo:"FMT-02"`
}
