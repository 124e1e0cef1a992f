package expediente_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store"
)

// bitacora is a log that a test writes, event by event.
type bitacora struct {
	t *testing.T
	s *store.Store
}

// newBitacora opens a log before all that tests write, with a roll of one.
func newBitacora(t *testing.T) bitacora {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "buzon.db"), store.Options{Simulacro: true, Now: at("2017-12-01 09:00:00")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	b := bitacora{t, s}
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

// log writes events in one transaction.
func (b bitacora) log(moment string, all ...store.Evento) {
	b.t.Helper()
	err := b.s.Update(b.t.Context(), at(moment), func(tx *store.Tx) error {
		for _, e := range all {
			if err := tx.Log(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b bitacora) joins(moment string, une schema.UNE, sector string) {
	b.t.Helper()
	b.log(moment, store.Evento{Evento: store.InstitucionAlta, Parte: une.String(),
		Detalle: store.Detalle{"denominacion": "Inventada " + une.String(), "sector": sector, "termino": 20, "prorroga": 10}})
}

// of makes an event of the first vuelta of folio 1 of the institution 900001.
func of(evento string, d store.Detalle) store.Evento {
	if _, told := d["vuelta"]; !told {
		d["vuelta"] = 1
	}
	return store.Evento{Evento: evento, Parte: "00900001", Folio: "2026/090/1", Detalle: d}
}

func delivered(dia0, limite string) store.Evento {
	return of(store.ReclamacionEntregada, store.Detalle{"dia0": dia0, "limite": limite, "calendario": "0123456789ab", "linea": 2})
}

func answered(recibida string, sentido int) store.Evento {
	return of(store.RespuestaAceptada, store.Detalle{"recibida": schema.NewInstante(at(recibida)), "sentido": sentido, "limite": "2026-03-31",
		"dias": 99, "oportunidad": 1, "linea": 2, "acuse": "ACU-2026-00000001"})
}

func extended(limite string, dias int) store.Evento {
	return of(store.ProrrogaAceptada, store.Detalle{"prorroga": dias, "limite": limite, "linea": 2})
}

func dictamen(tipo int) store.Evento {
	return of(store.DictamenAceptado, store.Detalle{"tipo": tipo, "fecha": "2026-03-20", "linea": 2})
}

func undone(tipo int) store.Evento {
	return of(store.DictamenAceptado, store.Detalle{"tipo": 11, "anula": tipo, "fecha": "2026-03-20", "linea": 2})
}

// inhabil is a version of the calendar that adds a día inhábil, or takes one away.
func inhabil(fecha, origen, aplica string) store.Evento {
	cal := schema.NewCalendario([]schema.Inhabil{{Fecha: day(fecha), Descripcion: "Suspensión inventada", Origen: origen, AplicaGE: aplica == "SI"}})
	return store.Evento{Evento: store.CalendarioCambiado, Detalle: store.Detalle{"calendario": cal.Version(), "anterior": "", "causa": "orden",
		"dias": []any{map[string]any{"fecha": fecha, "descripcion": "Suspensión inventada", "origen": origen, "publicado": "", "aplica_ge": aplica}}}}
}

func fin(hora string) store.Evento {
	return store.Evento{Evento: store.ConfiguracionCambiada, Detalle: store.Detalle{"fin_de_plazo": hora, "desde": "entrega"}}
}

// second makes an event one of the second vuelta.
func second(e store.Evento) store.Evento {
	e.Detalle["vuelta"] = 2
	return e
}

// read folds the log as of a moment.
func (b bitacora) read(moment string) *expediente.Expediente {
	b.t.Helper()
	x, err := b.tryRead(moment)
	if err != nil {
		b.t.Fatal(err)
	}
	return x
}

func (b bitacora) tryRead(moment string) (x *expediente.Expediente, err error) {
	err = b.s.View(b.t.Context(), func(v *store.View) error {
		x, err = expediente.Read(v, at(moment))
		return err
	})
	return x, err
}

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

// entry is an event and the moment at which it is written.
type entry struct {
	moment string
	store.Evento
}

// write writes entries in their order.
func (b bitacora) write(all []entry) {
	b.t.Helper()
	for e := range slices.Values(all) {
		b.log(e.moment, e.Evento)
	}
}
