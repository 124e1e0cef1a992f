package bitacoratest

import (
	"iter"
	"slices"
	"testing"

	"buzon/store/bitacora"
)

// DelServicio are the events that cmd/buzon writes itself, and DeLaAPI those of
// exchange/ops. Whether their writers fill every field is for the tests of these; all
// other events are for a test of exchange, which writes them.
var (
	DelServicio = []string{bitacora.ConfiguracionCambiada, bitacora.ServicioIniciado,
		bitacora.ServicioTerminado,
		bitacora.ServicioInterrumpido, bitacora.RelojAjustado, bitacora.RelojConfirmado,
		bitacora.SubidasRetiradas, bitacora.AccesoRehusado, bitacora.EpocaIniciada}
	DeLaAPI = []string{bitacora.ConsultaExportada}
)

// Llenados are the fields that say something in some logs: the event, a space, and
// the field as bitacora.Campos names it. Of an event without any it has the name.
type Llenados map[string]bool

// Add takes the events of a log in.
func (l Llenados) Add(t testing.TB, events iter.Seq2[*bitacora.Crudo, error]) {
	t.Helper()
	for c, err := range events {
		if err != nil {
			t.Fatal(err)
		}
		full, err := bitacora.Llenos(c)
		if err != nil {
			t.Fatal(err)
		}
		l[c.Evento] = true
		for _, f := range full {
			l[c.Evento+" "+f] = true
		}
	}
}

// Check is an error for each of these events that the logs do not have, and for each
// of their fields that nothing in the logs fills: its writer forgets it. sin has the
// fields that the writer of an event never fills, and why; one that is filled after
// all is an error too, so that no excuse outlives its reason.
func (l Llenados) Check(t testing.TB, eventos []string, sin map[string]string) {
	t.Helper()
	known := map[string]bool{}
	for _, evento := range eventos {
		if !l[evento] {
			t.Errorf("no log has the event %s", evento)
			continue
		}
		for _, f := range bitacora.Campos(evento) {
			f = evento + " " + f
			known[f] = true
			switch _, excused := sin[f]; {
			case !l[f] && !excused:
				t.Errorf("nothing fills %q", f)
			case l[f] && excused:
				t.Errorf("%q is filled, and is said not to be: %s", f, sin[f])
			}
		}
	}
	for f := range sin {
		if !known[f] {
			t.Errorf("there is no %q", f)
		}
	}
}

// Otros are the events of the log that none of some lists has.
func Otros(listas ...[]string) (all []string) {
	for evento := range bitacora.CargaDe {
		if !slices.ContainsFunc(listas, func(l []string) bool { return slices.Contains(l, evento) }) {
			all = append(all, evento)
		}
	}
	slices.Sort(all)
	return all
}
