package bitacora

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// CargaDe gives the struct of the payload of each event, by its name.
var CargaDe = map[string]reflect.Type{
	AlmacenCreado:         reflect.TypeFor[CargaCreado](),
	EpocaIniciada:         reflect.TypeFor[CargaEpoca](),
	ConfiguracionCambiada: reflect.TypeFor[CargaConfiguracion](),
	CalendarioCambiado:    reflect.TypeFor[CargaCalendario](),
	InstitucionAlta:       reflect.TypeFor[CargaInstitucion](),
	InstitucionSuspendida: reflect.TypeFor[CargaSuspension](),
	InstitucionReanudada:  reflect.TypeFor[CargaSuspension](),
	LlaveAlta:             reflect.TypeFor[CargaLlave](),
	LlaveRevocada:         reflect.TypeFor[CargaLlave](),
	LlavePorVencer:        reflect.TypeFor[CargaLlave](),
	ClaveFijada:           reflect.TypeFor[CargaContrasena](),
	ClaveRevocada:         reflect.TypeFor[CargaContrasena](),
	CorridaIniciada:       reflect.TypeFor[CargaCorrida](),
	CorridaTerminada:      reflect.TypeFor[CargaFinDeCorrida](),
	CorridaFallida:        reflect.TypeFor[CargaFinDeCorrida](),
	ServicioIniciado:      reflect.TypeFor[CargaServicio](),
	ServicioTerminado:     reflect.TypeFor[CargaServicio](),
	ServicioInterrumpido:  reflect.TypeFor[CargaInterrupcion](),
	RelojAjustado:         reflect.TypeFor[CargaReloj](),
	RelojConfirmado:       reflect.TypeFor[CargaReloj](),
	ArchivoRecibido:       reflect.TypeFor[CargaRecibido](),
	AcuseEmitido:          reflect.TypeFor[CargaAcuse](),
	RechazoEmitido:        reflect.TypeFor[CargaRechazo](),
	AnexoRecibido:         reflect.TypeFor[CargaAnexo](),
	AnexoDevuelto:         reflect.TypeFor[CargaDevolucion](),
	LoteFormado:           reflect.TypeFor[CargaFormado](),
	LoteAnulado:           reflect.TypeFor[CargaAnulado](),
	RetornoFormado:        reflect.TypeFor[CargaRetorno](),
	ArchivoPublicado:      reflect.TypeFor[CargaPublicado](),
	ArchivoAbierto:        reflect.TypeFor[CargaRecogida](),
	ArchivoRecogido:       reflect.TypeFor[CargaRecogida](),
	ArchivoRecogidoOtra:   reflect.TypeFor[CargaRecogida](),
	ArchivoLeidoEnParte:   reflect.TypeFor[CargaRecogida](),
	NoRecogido:            reflect.TypeFor[CargaSinRecoger](),
	SubidasRetiradas:      reflect.TypeFor[CargaSubidas](),
	AccesoRehusado:        reflect.TypeFor[CargaAcceso](),
	ContenidoAusente:      reflect.TypeFor[CargaAusente](),
	PlazoATiempo:          reflect.TypeFor[CargaAvisado](),
	PlazoPorVencer:        reflect.TypeFor[CargaAvisado](),
	PlazoVencido:          reflect.TypeFor[CargaAvisado](),
	PlazoMovido:           reflect.TypeFor[CargaMovido](),
	PlazoRecontado:        reflect.TypeFor[CargaRecontado](),
	JornadaReabierta:      reflect.TypeFor[CargaReabierta](),
	JornadaCortada:        reflect.TypeFor[CargaCorte](),
	JornadaCerrada:        reflect.TypeFor[CargaJornada](),
	JornadaTerminada:      reflect.TypeFor[CargaTerminada](),
	JornadaAbierta:        reflect.TypeFor[CargaJornada](),
	JornadaSinREC:         reflect.TypeFor[CargaJornada](),
	PuntoFirmado:          reflect.TypeFor[CargaPunto](),
	PuntoVisto:            reflect.TypeFor[CargaTestigo](),
	SelloAlta:             reflect.TypeFor[CargaSelloEnUso](),
	SelloBaja:             reflect.TypeFor[CargaSelloFuera](),
	ConsultaExportada:     reflect.TypeFor[CargaExportacion](),
}

// clave is the name of a field in JSON.
func clave(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// omitido tells whether a field is not written where it is empty.
func omitido(f reflect.StructField) bool {
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return options == "omitempty"
}

// campo is the field of a payload that has a name in JSON.
func campo(t reflect.Type, name string) (reflect.StructField, bool) {
	for _, f := range reflect.VisibleFields(t) {
		if name != "" && clave(f) == name {
			return f, true
		}
	}
	return reflect.StructField{}, false
}

// Cargar encodes a payload. It is an error where its struct is not that of the
// event, so that no reader meets one it does not know.
func Cargar(evento string, carga any) ([]byte, error) {
	want, ok := CargaDe[evento]
	if !ok {
		return nil, fmt.Errorf("event %q is none of the log", evento)
	}
	if got := reflect.TypeOf(carga); got != want {
		return nil, fmt.Errorf("event %s: its payload is a %v, not a %v", evento, want, got)
	}
	b, err := json.Marshal(carga)
	if err != nil {
		return nil, fmt.Errorf("event %s: %w", evento, err)
	}
	return b, nil
}

// Leer decodes the payload of an event, or of one part of an act.
func Leer[T any](c *Crudo) (carga T, err error) {
	if want := CargaDe[c.Evento]; want != reflect.TypeFor[T]() {
		return carga, fmt.Errorf("event %d, %s: its payload is a %v, not a %v",
			c.N, c.Evento, want, reflect.TypeFor[T]())
	}
	if err := json.Unmarshal([]byte(c.Detalle), &carga); err != nil {
		return carga, fmt.Errorf("event %d, %s: %w", c.N, c.Evento, err)
	}
	if d, ok := any(&carga).(incompleto); ok {
		d.completa()
	}
	return carga, nil
}
