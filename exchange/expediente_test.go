package exchange_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"buzon/exchange/expediente"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestExpediente folds a log that the exchange wrote itself, and holds what comes
// of it against the tables: two ways to the same.
func TestExpediente(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.send(norte, moment(3, "10:00:00"), 1, answer2(folioNorte), prorroga(folioMonto, "5"))
	g.clock.Set(moment(4, "09:00:00"))
	g.tell(1, dictamen(folioNorte, "3"), dictamen(folioNorte, "4"), dictamen(folioMonto, "6"))
	g.tell(2, sinEfecto(folioNorte, "4"), dictamen(folioNorte, "5"), sinEfecto(folioMonto, "6"))
	g.reopen(moment(5, "09:00:00"), 2, folioNorte)
	g.changeCalendar(schema.Inhabil{Fecha: lunes + 8, Descripcion: "Suspensión inventada", Origen: "DOF",
		AplicaGE: true})
	g.send(norte, moment(6, "10:00:00"), 1, prorroga(folioNorte, "10"))

	x := view(g, func(v *store.View) (*expediente.Expediente, error) {
		return expediente.Read(v.Actos(g.clock.Now(), expediente.Sucesos), g.clock.Now())
	})
	if got, want := x.Calendario.Version(), g.cal().Version(); got != want {
		t.Errorf("calendar %s, want %s", got, want)
	}
	type asunto struct {
		UNE              schema.UNE
		Vuelta, Prorroga int
		Dia0, Limite     schema.Dia
		Recibida         time.Time
		Tipos            []int
		Por              expediente.Causa
	}
	got, want := map[schema.Folio][]asunto{}, map[schema.Folio][]asunto{}
	causes := map[expediente.Causa]int{}
	for _, a := range x.Asuntos {
		var tipos []int
		for _, d := range a.Dictamenes {
			tipos = append(tipos, d.Tipo)
		}
		got[a.Folio] = append(got[a.Folio],
			asunto{a.UNE, a.Vuelta, a.Prorroga, a.Dia0, a.Vence, a.Recibida, tipos, a.Por})
		causes[a.Por]++
		if a.Entregada.IsZero() || a.Limite != a.Vence && a.Por == "" {
			t.Errorf("folio %s: %+v", a.Folio, a)
		}
	}
	for folio := range got {
		for _, k := range view(g, func(v *store.View) ([]store.Asunto, error) { return v.Vueltas(folio) }) {
			w := asunto{k.UNE, k.Vuelta, k.Prorroga, k.Dia0, k.Limite, k.Respondida, nil, ""}
			for _, d := range view(g, func(v *store.View) ([]store.Dictamen, error) {
				return v.Dictamenes(k.ID)
			}) {
				if d.Tipo != store.DicSinEfecto && !d.Anulado {
					w.Tipos = append(w.Tipos, d.Tipo)
				}
			}
			switch {
			case !k.Respondida.IsZero():
				w.Por = expediente.PorRespuesta
			case !k.Abierto():
				w.Por = expediente.PorDesistimiento
			}
			// A recount moves what is open; the count of what is closed is made
			// with the calendar of now.
			if w.Por != "" {
				w.Limite = max(w.Limite, x.Calendario.Vence(k.Dia0, 20+k.Prorroga))
			}
			want[folio] = append(want[folio], w)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the tables and the log (-tables +log):\n%s", diff)
	}
	if causes[expediente.PorRespuesta] != 1 || causes[expediente.PorDesistimiento] != 1 ||
		len(got[folioNorte]) != 2 {
		t.Errorf("not the day that it should be: %v", got)
	}
	if n := len(g.events(bitacora.ReclamacionEntregada)); n != len(x.Asuntos) || len(x.Instituciones) != 3 {
		t.Errorf("%d asuntos of %d delivered", len(x.Asuntos), n)
	}
}
