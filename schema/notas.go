package schema

// notas says what no rule of a file does: what the values mean.
var notas = map[string]string{
	"RecReversa":           "1 abre una vuelta más de un folio concluido",
	"RecTipoPersona":       "1 física, 2 moral",
	"RecSexo":              "M es mujer",
	"RecEntidadFederativa": "en el orden del INEGI",
	"RecLocalidad":         "tipo de asentamiento de SEPOMEX",
	"ResTipo":              "1 respuesta, 2 prórroga",
	"RecFolioAtencion":     "el folio propio de la UNE",
	"RecSentidoResolucion": "1 totalmente favorable, 2 desfavorable, 3 parcialmente favorable",
	"ResProrrogaMotivo": "01 documentos en archivo externo, 02 consulta a un tercero o adquirente, 03 " +
		"dictamen técnico, " +
		"04 información del usuario, 99 otro",
	"ResResponsable": "titular de la UNE",
	"ResAnexoHash":   "SHA-256 del anexo",
	"AcuEstatus":     "A aceptado, R rechazado",
	"AcuTipo":        "el ResTipo del registro, o 1 si no lo tiene",
	"AcuFechaLimite": "la que vale después de este registro",
	"AcuDiasHabiles": "días hábiles usados",
	"AcuOportunidad": "1 en tiempo, 2 extemporánea",
	"AcuBytes":       "del archivo recibido",
	"AcuHash":        "SHA-256 del archivo recibido completo",
	"AcuResultado":   "1 aceptado, 2 parcial, 3 rechazado",
	"AcuCodigo":      "el primer error del registro",
	"RchLinea":       "línea física desde 1; 0 es el archivo",
	"RchSeveridad":   "E error, A advertencia",
	"RchValor":       "oculto si es un dato personal",
	"DicTipo": "1 respuesta incongruente, 2 respuesta incompleta, 3 pasó a conciliación, 4 conciliado, 5 " +
		"no conciliado, 6 desistimiento, " +
		"7 audiencia diferida, 8 incumplimiento en el proceso, 9 convenio celebrado, 10 incumplimiento de " +
		"convenio, 11 deja sin efecto el anterior",
	"GeTotalRegistros": "líneas entre 01 y 09",
	"GeHash":           "SHA-256 de todos los bytes anteriores a esta línea, fines de línea incluidos",
}
