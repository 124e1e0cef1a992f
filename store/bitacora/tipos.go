package bitacora

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// Tipos gives the struct of the payload of each event, by its name.
var Tipos = map[string]reflect.Type{
	AlmacenCreado:         reflect.TypeFor[Creado](),
	ConfiguracionCambiada: reflect.TypeFor[Configuracion](),
	CalendarioCambiado:    reflect.TypeFor[Calendario](),
	InstitucionAlta:       reflect.TypeFor[Institucion](),
	InstitucionSuspendida: reflect.TypeFor[Suspension](),
	InstitucionReanudada:  reflect.TypeFor[Suspension](),
	LlaveAlta:             reflect.TypeFor[Llave](),
	LlaveRevocada:         reflect.TypeFor[Llave](),
	LlavePorVencer:        reflect.TypeFor[Llave](),
	ClaveFijada:           reflect.TypeFor[Clave](),
	ClaveRevocada:         reflect.TypeFor[Clave](),
	CorridaIniciada:       reflect.TypeFor[Corrida](),
	CorridaTerminada:      reflect.TypeFor[FinDeCorrida](),
	CorridaFallida:        reflect.TypeFor[FinDeCorrida](),
	ServicioIniciado:      reflect.TypeFor[Servicio](),
	ServicioTerminado:     reflect.TypeFor[Servicio](),
	ServicioInterrumpido:  reflect.TypeFor[Interrupcion](),
	RelojAjustado:         reflect.TypeFor[Reloj](),
	ArchivoRecibido:       reflect.TypeFor[Recibido](),
	AcuseEmitido:          reflect.TypeFor[Acuse](),
	RechazoEmitido:        reflect.TypeFor[Rechazo](),
	AnexoRecibido:         reflect.TypeFor[Anexo](),
	AnexoDevuelto:         reflect.TypeFor[Devolucion](),
	LoteFormado:           reflect.TypeFor[Formado](),
	LoteAnulado:           reflect.TypeFor[Anulado](),
	RetornoFormado:        reflect.TypeFor[Retorno](),
	ArchivoPublicado:      reflect.TypeFor[Publicado](),
	ArchivoAbierto:        reflect.TypeFor[Recogida](),
	ArchivoRecogido:       reflect.TypeFor[Recogida](),
	ArchivoRecogidoOtra:   reflect.TypeFor[Recogida](),
	ArchivoLeidoEnParte:   reflect.TypeFor[Recogida](),
	NoRecogido:            reflect.TypeFor[SinRecoger](),
	SubidasRetiradas:      reflect.TypeFor[Subidas](),
	AccesoRehusado:        reflect.TypeFor[Acceso](),
	ContenidoAusente:      reflect.TypeFor[Ausente](),
	PlazoATiempo:          reflect.TypeFor[Avisado](),
	PlazoPorVencer:        reflect.TypeFor[Avisado](),
	PlazoVencido:          reflect.TypeFor[Avisado](),
	PlazoMovido:           reflect.TypeFor[Movido](),
	PlazoRecontado:        reflect.TypeFor[Recontado](),
	JornadaCortada:        reflect.TypeFor[Cortada](),
	JornadaCerrada:        reflect.TypeFor[Jornada](),
	JornadaAbierta:        reflect.TypeFor[Jornada](),
	JornadaSinREC:         reflect.TypeFor[Jornada](),
	PuntoFirmado:          reflect.TypeFor[Punto](),
	PuntoVisto:            reflect.TypeFor[Testigo](),
	SelloAlta:             reflect.TypeFor[SelloEnUso](),
	SelloBaja:             reflect.TypeFor[SelloFuera](),
	ConsultaExportada:     reflect.TypeFor[Exportada](),
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
	want, ok := Tipos[evento]
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
	if want := Tipos[c.Evento]; want != reflect.TypeFor[T]() {
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
