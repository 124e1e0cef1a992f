package bitacora

// frase says in Spanish, for docs/bitacora.md, what an event tells, and whose its
// columns parte and archivo are ("" none).
type frase struct {
	evento, parte, archivo, dice string
}

const (
	deUNE   = "la institución"
	deParte = "la parte"
	quien   = "la parte que lo envió"
	destino = "la parte a la que va"
)

// actos are all events, in the order of nombres.go.
var actos = []frase{
	{AlmacenCreado, "", "", "la bitácora empieza"},
	{EpocaIniciada, "", "",
		"la base se restauró y pudo ser más vieja que lo que se mostró; los acuses siguen más adelante"},
	{ConfiguracionCambiada, "", "", "desde aquí se cuenta con estos valores"},
	{CalendarioCambiado, "", "", "hay otra versión del calendario"},

	{InstitucionAlta, deUNE, "", "la institución está en el intercambio, o su convenio cambió"},
	{InstitucionSuspendida, deUNE, "", "deja de recibir y de enviar"},
	{InstitucionReanudada, deUNE, "", "vuelve a recibir y a enviar"},
	{LlaveAlta, deParte, "", "puede entrar con esta llave"},
	{LlaveRevocada, deParte, "", "ya no puede entrar con esta llave"},
	{LlavePorVencer, deParte, "", "se avisó que la llave está por vencer"},
	{ClaveFijada, deParte, "", "puede entrar con una contraseña, que no se dice"},
	{ClaveRevocada, deParte, "", "ya no puede entrar con contraseña"},

	{CorridaIniciada, "", "", "una corrida empezó"},
	{CorridaTerminada, "", "", "una corrida terminó"},
	{CorridaFallida, "", "", "una corrida no pudo terminar"},
	{ServicioIniciado, "", "", "el servicio empezó"},
	{ServicioTerminado, "", "", "el servicio terminó por orden"},
	{ServicioInterrumpido, "", "", "el servicio había terminado sin orden, o no estuvo"},
	{RelojAjustado, "", "", "el reloj de la máquina se movió"},
	{RelojConfirmado, "", "", "el reloj está lejos de lo último que consta, y alguien dijo que está bien"},

	{ArchivoRecibido, quien, "el recibido", "se recibió y se juzgó: lo que se resolvió de cada registro"},
	{AcuseEmitido, destino, "el ACU", "hay un acuse de lo que envió"},
	{RechazoEmitido, destino, "el RCH", "hay una lista de hallazgos en lo que envió"},
	{AnexoRecibido, quien, "solo su sha256", "se recibió un anexo; su nombre podría ser el de una persona"},
	{AnexoDevuelto, destino, "el anexo", "un anexo regresó a CONDUSEF"},

	{LoteFormado, deUNE, "el LOT", "se formó un LOT, que todavía no se ve"},
	{LoteAnulado, deUNE, "el LOT", "un LOT que nunca se vio no cuenta"},
	{RetornoFormado, "CONDUSEF", "el REP", "se formó un REP con estas respuestas"},
	{ArchivoPublicado, destino, "el publicado", "la parte lo ve; de un LOT, sus folios quedan entregados"},

	{ArchivoAbierto, deParte, "el publicado", "se abrió y no se leyó nada"},
	{ArchivoRecogido, deParte, "el publicado", "se leyó completo"},
	{ArchivoRecogidoOtra, deParte, "el publicado", "se leyó completo una vez más"},
	{ArchivoLeidoEnParte, deParte, "el publicado", "se leyó una parte"},
	{NoRecogido, deParte, "el publicado", "pasó un plazo y no se ha leído completo"},
	{SubidasRetiradas, deParte, "", "lo que había subido ya no se muestra en su carpeta"},
	{AccesoRehusado, "la que dijo ser, o vacía", "", "alguien no pudo entrar"},
	{ContenidoAusente, "la que lo envió o lo ve", "uno que lo trae",
		"un contenido que consta no está en `archivo/`, o está alterado"},

	{PlazoATiempo, deUNE, "", "estos plazos están otra vez a tiempo: su límite se movió"},
	{PlazoPorVencer, deUNE, "", "estos plazos están por vencer"},
	{PlazoVencido, deUNE, "", "estos plazos vencieron"},
	{PlazoMovido, deUNE, "", "estos límites se movieron: nuestro servidor no estuvo al final"},
	{PlazoRecontado, deUNE, "", "estos límites se contaron de nuevo con otro calendario"},

	{JornadaReabierta, "", "", "su corte se hizo antes de su hora, con un reloj adelantado: no cuenta"},
	{JornadaCortada, "", "", "el corte de un día"},
	{JornadaCerrada, "", "", "todo lo de un día está hecho"},
	{JornadaTerminada, "", "", "se dio por terminado un día que no tendrá REC"},
	{JornadaAbierta, "", "", "de un día falta algo"},
	{JornadaSinREC, "", "", "en un día no hubo REC"},

	{PuntoFirmado, "", "", "se firmó un punto de control; este evento es el primero que no está en él"},
	{PuntoVisto, deParte, "", "recogió un punto de control de este tamaño"},
	{SelloAlta, "", "", "se firma con esta llave desde aquí"},
	{SelloBaja, "", "", "ya no se firma con esta llave"},
	{ConsultaExportada, "", "", "alguien se llevó renglones de la bitácora"},
}

// antes is what a fact was told by before an event told a whole act, and by what now.
var antes = []struct{ era, es string }{
	{ReclamacionAceptada, "`archivo_recibido` de un REC, `reclamaciones`: el renglón sin `codigo`"},
	{ReclamacionRechazada, "`archivo_recibido` de un REC, `reclamaciones`: el renglón con `codigo`"},
	{ReclamacionEntregada, "`archivo_publicado` de un LOT, `folios`; " +
		"`dia0`, `limite` y `calendario` están una vez"},
	{RespuestaAceptada, "`archivo_recibido` de un RES, `respuestas`: sin `tipo` ni `codigo`; " +
		"`recibido`, `calendario` y `acuse` están una vez"},
	{RespuestaRechazada, "`archivo_recibido` de un RES, `respuestas`: otro `tipo` que 2, con `codigo`"},
	{ProrrogaAceptada, "`archivo_recibido` de un RES, `respuestas`: `tipo` 2 sin `codigo`"},
	{ProrrogaRechazada, "`archivo_recibido` de un RES, `respuestas`: `tipo` 2 con `codigo`"},
	{DictamenAceptado, "`archivo_recibido` de un DIC, `dictamenes`: el renglón sin `codigo`"},
	{DictamenRechazado, "`archivo_recibido` de un DIC, `dictamenes`: el renglón con `codigo`"},
	{RespuestaDevuelta, "`retorno_formado`, `respuestas`"},
	{PlazoATiempo, "el mismo, `folios`: uno por cada institución, ya no por cada folio"},
	{PlazoPorVencer, "el mismo, `folios`: uno por cada institución, ya no por cada folio"},
	{PlazoVencido, "el mismo, `folios`: uno por cada institución, ya no por cada folio"},
	{PlazoMovido, "el mismo, `folios`: uno por cada institución y causa; `servidor` está una vez"},
	{PlazoRecontado, "el mismo, `folios`: uno por cada institución y causa; `calendario` está una vez"},
	{"filas_registradas", "ya no hay: un evento compromete sus filas con un hash por tabla (sección 6)"},
	{"filas_adoptadas", "ya no hay: un almacén de antes no se abre"},
}
