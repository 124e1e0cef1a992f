package expediente_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store/bitacora"
	"buzon/store/bitacora/bitacoratest"
)

// registro is a log that a test writes, act by act.
type registro struct {
	t *testing.T
	*bitacoratest.Memoria
}

// newRegistro begins a log before all that tests write, with a roll of one.
func newRegistro(t *testing.T) registro {
	t.Helper()
	b := registro{t, &bitacoratest.Memoria{}}
	b.log("2017-12-01 09:00:00",
		suceso{Evento: bitacora.AlmacenCreado, carga: bitacora.CargaCreado{Simulacro: true}})
	b.joins("2017-12-01 09:00:00", 900001, "Uniones de Crédito")
	return b
}

// at reads a moment of Mexico City; without an hour it is the noon of a day.
func at(text string) time.Time {
	if !strings.Contains(text, " ") {
		text += " 12:00:00"
	}
	when, err := time.ParseInLocation("2006-01-02 15:04:05", text, schema.Zona) // takes a fraction too
	if err != nil {
		panic(err)
	}
	return when
}

func day(text string) schema.Dia { return schema.DiaDe(at(text)) }

// suceso is an act of one record, or of none.
type suceso struct {
	Evento string
	Parte  string // of the institution, also where CONDUSEF tells of it
	Folio  schema.Folio
	Vuelta int
	carga  any // without its renglón
	fila   any // its renglón, without Folio and Vuelta; nil: none
}

// acto makes the act of a suceso.
func (b registro) acto(s suceso) bitacoratest.Dicho {
	b.t.Helper()
	a := bitacoratest.Dicho{Evento: s.Evento, Parte: s.Parte, Carga: s.carga}
	switch f := s.fila.(type) {
	case bitacora.RenglonRespuesta:
		f.Folio, f.Vuelta = s.Folio, s.Vuelta
		a.Renglones = bitacoratest.Renglones(b.t, "respuestas", f)
	case bitacora.RenglonDictamen:
		f.Folio, f.Vuelta = s.Folio, s.Vuelta
		if s.Parte != "" {
			une, err := schema.ParseUNE(s.Parte)
			if err != nil {
				b.t.Fatal(err)
			}
			f.UNE = une
		}
		a.Parte = schema.CONDUSEF
		a.Renglones = bitacoratest.Renglones(b.t, "dictamenes", f)
	case bitacora.RenglonEntregada:
		f.Folio, f.Vuelta = s.Folio, s.Vuelta
		a.Renglones = bitacoratest.Renglones(b.t, "folios", f)
	case bitacora.RenglonPlazo:
		f.Folio, f.Vuelta = s.Folio, s.Vuelta
		a.Renglones = bitacoratest.Renglones(b.t, "folios", f)
	}
	return a
}

// log writes acts at a moment.
func (b registro) log(moment string, all ...suceso) {
	b.t.Helper()
	for _, s := range all {
		b.Log(b.t, at(moment), b.acto(s))
	}
}

func (b registro) joins(moment string, une schema.UNE, sector string) {
	b.t.Helper()
	b.log(moment, suceso{Evento: bitacora.InstitucionAlta, Parte: une.String(),
		carga: bitacora.CargaInstitucion{Denominacion: "Inventada " + une.String(), Sector: sector,
			Termino: 20, Prorroga: 10}})
}

// of makes an act on the first vuelta of folio 1 of the institution 900001.
func of(evento string, carga, fila any) suceso {
	return suceso{Evento: evento, Parte: "00900001", Folio: "2026/090/1", Vuelta: 1, carga: carga, fila: fila}
}

// dia reads a day, "" none.
func dia(text string) schema.Dia {
	if text == "" {
		return 0
	}
	return day(text)
}

func delivered(dia0, limite string) suceso {
	return of(bitacora.ArchivoPublicado,
		bitacora.CargaPublicado{Carpeta: "entrada", Dia0: dia(dia0), Limite: dia(limite),
			Calendario: "0123456789ab"}, bitacora.RenglonEntregada{})
}

// recibido is a file of one record, which was accepted.
func recibido(tipo schema.Tipo, moment string) bitacora.CargaRecibido {
	return bitacora.CargaRecibido{Tipo: tipo, Recibido: schema.NewInstante(at(moment)),
		Acuse: "ACU-2026-00000001", Resultado: "aceptado",
		Registros: 1, Aceptados: 1, PrimeraLinea: 2}
}

func answered(moment string, sentido int) suceso {
	dias := 99
	return of(bitacora.ArchivoRecibido, recibido(schema.RES, moment),
		bitacora.RenglonRespuesta{Tipo: 1, Sentido: sentido, Dias: &dias, Oportunidad: 1,
			Limite: day("2026-03-31")})
}

func extended(limite string, dias int) suceso {
	return of(bitacora.ArchivoRecibido, recibido(schema.RES, "2026-03-20"),
		bitacora.RenglonRespuesta{Tipo: 2, Prorroga: dias, Limite: dia(limite)})
}

func dictamen(tipo int) suceso {
	return of(bitacora.ArchivoRecibido, recibido(schema.DIC, "2026-03-20"),
		bitacora.RenglonDictamen{Tipo: tipo, Fecha: day("2026-03-20")})
}

func undone(tipo int) suceso {
	return of(bitacora.ArchivoRecibido, recibido(schema.DIC, "2026-03-20"),
		bitacora.RenglonDictamen{Tipo: 11, Anula: tipo, Fecha: day("2026-03-20")})
}

func recounted(limite string) suceso {
	return of(bitacora.PlazoRecontado, bitacora.CargaRecontado{},
		bitacora.RenglonPlazo{Limite: dia(limite), LimiteAnterior: day("2026-03-31")})
}

func moved(limite string) suceso {
	return of(bitacora.PlazoMovido, bitacora.CargaMovido{},
		bitacora.RenglonPlazo{Limite: dia(limite), LimiteAnterior: day("2026-03-31")})
}

// inhabil is a version of the calendar that adds a día inhábil, or takes one away.
func inhabil(fecha, origen, aplica string) suceso {
	in := schema.Inhabil{Fecha: day(fecha), Descripcion: "Suspensión inventada", Origen: origen,
		AplicaGE: aplica == "SI"}
	cal := schema.NewCalendario([]schema.Inhabil{in})
	return suceso{Evento: bitacora.CalendarioCambiado,
		carga: bitacora.CargaCalendario{Calendario: cal.Version(), Causa: "orden",
			Dias: []bitacora.DiaCalendario{bitacora.NewDiaCalendario(in)}}}
}

func fin(hora string) suceso {
	return suceso{Evento: bitacora.ConfiguracionCambiada,
		carga: bitacora.CargaConfiguracion{FinDePlazo: hora, Desde: "entrega"}}
}

// second makes an act one of the second vuelta.
func second(e suceso) suceso {
	e.Vuelta = 2
	return e
}

// read folds the log as of a moment.
func (b registro) read(moment string) *expediente.Expediente {
	b.t.Helper()
	x, err := b.tryRead(moment)
	if err != nil {
		b.t.Fatal(err)
	}
	return x
}

// tryRead folds all events of the log, and those alone that a store would look up:
// to the same.
func (b registro) tryRead(moment string) (*expediente.Expediente, error) {
	b.t.Helper()
	all, err := expediente.Read(b.Actos(time.Time{}, nil), at(moment))
	some, other := expediente.Read(b.Actos(at(moment), expediente.Sucesos), at(moment))
	if fmt.Sprint(err) != fmt.Sprint(other) {
		b.t.Errorf("of all events: %v; of some: %v", err, other)
	}
	if diff := cmp.Diff(all, some, cmp.Comparer(sameCalendar)); diff != "" {
		b.t.Errorf("(-all events +some):\n%s", diff)
	}
	return all, err
}

func sameCalendar(a, b *schema.Calendario) bool { return a.Version() == b.Version() }

// told says in a line what is to be known of an asunto.
func told(a expediente.Asunto) string {
	s := "open"
	if a.Por != "" {
		s = fmt.Sprintf("%s %s", a.Por, a.Concluido.Format("2006-01-02 15:04:05"))
	}
	s += ", limit " + a.Vence.String()
	if a.Prorroga != 0 {
		s += fmt.Sprintf(", prórroga %d", a.Prorroga)
	}
	if !a.Recibida.IsZero() {
		s += fmt.Sprintf(", sentido %d on day %d", a.Sentido, a.Dias)
	}
	for _, d := range a.Dictamenes {
		s += fmt.Sprintf(", DIC %d", d.Tipo)
	}
	return s
}

// tells says so of every asunto.
func tells(x *expediente.Expediente) []string {
	out := []string{}
	for _, a := range x.Asuntos {
		out = append(out, told(a))
	}
	return out
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// entry is an act and the moment at which it is written.
type entry struct {
	moment string
	suceso
}

// write writes entries in their order.
func (b registro) write(all []entry) {
	b.t.Helper()
	for e := range slices.Values(all) {
		b.log(e.moment, e.suceso)
	}
}
