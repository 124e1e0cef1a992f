package exchange_test

import (
	"context"
	"fmt"
	"path"
	"strings"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// check holds all that the parties see, the log and the tables against each other.
func (h *history) check() {
	h.checkVisible()
	h.checkAcuses()
	h.checkBlobs()
	h.checkTaken()
	h.checkRows()
	h.checkRounds()
	h.checkReturned()
	h.checkDictamenes()
	h.checkDays()
	h.checkDelivered()
	h.checkStates()
	if _, err := h.store.Verify(context.Background(), nil, nil); err != nil {
		h.t.Errorf("verify: %v", err)
	}
}

// checkTaken: the latest content under each name was taken in once.
func (h *history) checkTaken() {
	for key, content := range h.left {
		parte, name, _ := strings.Cut(key, " ")
		n := 0
		for _, a := range view(h.gateway, func(v *store.View) ([]store.Archivo, error) {
			return v.Contenidos(partyOf(h.t, parte), name)
		}) {
			if a.Bytes == int64(len(content)) && a.SHA256 == sha(content) {
				n++
			}
		}
		if n != 1 {
			h.t.Errorf("%s was taken in %d times", key, n)
		}
	}
}

// checkRows: each row of a REC has one verdict; an accepted one is in one LOT.
func (h *history) checkRows() {
	verdicts := map[string]int{}
	accepted := map[schema.Folio]int{}
	delivered := map[string]int{}
	for _, e := range h.events("") {
		switch e.Evento {
		case bitacora.ReclamacionAceptada:
			accepted[e.Folio]++
			delivered[vuelta(e)]++
			verdicts[fmt.Sprint(e.Archivo, e.SHA256, e.Detalle["linea"])]++
		case bitacora.ReclamacionRechazada:
			verdicts[fmt.Sprint(e.Archivo, e.SHA256, e.Detalle["linea"])]++
		case bitacora.ReclamacionEntregada:
			if delivered[vuelta(e)]--; delivered[vuelta(e)] < 0 {
				h.t.Errorf("%s was delivered, and not accepted or twice", vuelta(e))
			}
		}
	}
	rows := 0
	for d := lunes; d <= h.today(); d++ {
		for _, a := range view(h.gateway, func(v *store.View) ([]store.Archivo, error) {
			return v.ArchivosDe(d, schema.REC)
		}) {
			rows += a.Registros
		}
	}
	if len(verdicts) != rows {
		h.t.Errorf("%d rows, %d verdicts", rows, len(verdicts))
	}
	for what, n := range verdicts {
		if n != 1 {
			h.t.Errorf("%s has %d verdicts", what, n)
		}
	}
	seen := h.delivered()
	for folio, n := range accepted {
		if seen[folio] != n {
			h.t.Errorf("%s was accepted in %d rounds and is in %d LOTs", folio, n, seen[folio])
		}
	}
	if len(seen) != len(accepted) {
		h.t.Errorf("%d folios are in LOTs, %d were accepted", len(seen), len(accepted))
	}
}

// vuelta names the round that an event tells of.
func vuelta(e bitacora.Evento) string { return fmt.Sprint(e.Folio, " ", e.Detalle["vuelta"]) }

// checkRounds: no round has two answers or two prórrogas, and none of its limits is
// earlier than the one before; in the log and in the tables alike.
func (h *history) checkRounds() {
	answers, limits := map[string]int{}, map[string]string{}
	for _, e := range h.events("") {
		switch e.Evento {
		case bitacora.RespuestaAceptada, bitacora.ProrrogaAceptada:
			if answers[e.Evento+vuelta(e)]++; answers[e.Evento+vuelta(e)] > 1 {
				h.t.Errorf("%s: %s twice", vuelta(e), e.Evento)
			}
			if e.Evento == bitacora.ProrrogaAceptada && answers[bitacora.RespuestaAceptada+vuelta(e)] > 0 {
				h.t.Errorf("%s: a prórroga after its answer", vuelta(e))
			}
		case bitacora.ReclamacionEntregada, bitacora.PlazoMovido, bitacora.PlazoRecontado:
		default:
			continue
		}
		limit, told := e.Detalle["limite"].(string)
		if !told && e.Evento == bitacora.RespuestaAceptada {
			continue // an answer leaves the limit as it is
		}
		if before, told := e.Detalle["limite_anterior"]; limit < limits[vuelta(e)] ||
			told && before != limits[vuelta(e)] {
			h.t.Errorf("%s: %s with the limit %s after %s", vuelta(e), e.Evento, limit, limits[vuelta(e)])
		}
		limits[vuelta(e)] = limit
	}
	for _, folio := range h.folios {
		for _, k := range view(h.gateway, func(v *store.View) ([]store.Asunto, error) {
			return v.Vueltas(folio)
		}) {
			n := map[int]int{}
			for _, p := range view(h.gateway, func(v *store.View) ([]store.Respuesta, error) {
				return v.Respuestas(k.ID)
			}) {
				n[p.Tipo]++
			}
			key := fmt.Sprint(folio, " ", k.Vuelta)
			if n[1] > 1 || n[2] > 1 || n[1] != answers[bitacora.RespuestaAceptada+key] ||
				n[2] != answers[bitacora.ProrrogaAceptada+key] {
				h.t.Errorf("%s: the table has %v, the log %v", key, n, answers)
			}
			if (n[1] == 1) == k.Respondida.IsZero() || (n[2] == 1) != (k.Prorroga > 0) ||
				k.Limite.String() != limits[key] {
				h.t.Errorf("%s: %+v with %v; the log's limit is %s", key, k, n, limits[key])
			}
		}
	}
}

// checkReturned: each accepted record is in one REP, and each annex at CONDUSEF
// once for each acuse whose records name it.
func (h *history) checkReturned() {
	answers := map[string]int{}
	for _, e := range h.events("") {
		switch e.Evento {
		case bitacora.RespuestaAceptada:
			answers[fmt.Sprint(e.Detalle["acuse"], " ", e.Folio, " 1")]++
		case bitacora.ProrrogaAceptada:
			answers[fmt.Sprint(e.Detalle["acuse"], " ", e.Folio, " 2")]++
		}
	}
	exactlyOnce(h.t, "answered and returned", answers, h.returned())
	want, have := map[string]bool{}, map[string]int{}
	for p, content := range h.visible() {
		folder, name := path.Split(p)
		switch {
		case folder == schema.CONDUSEF+"/"+schema.CarpetaAnexos+"/":
			have[fmt.Sprint(name[:17], sha(content))]++
		case strings.HasPrefix(name, "GE_REP_"):
			for _, r := range lines[schema.Retorno](h.t, content) {
				if r.ResAnexo != "" {
					want[fmt.Sprint(r.AcuFolio, r.ResAnexoHash)] = true
				}
			}
		}
	}
	for what, n := range have {
		if n != 1 || !want[what] {
			h.t.Errorf("annex %s is there %d times; wanted: %v", what, n, want[what])
		}
	}
	if len(want) != len(have) {
		h.t.Errorf("%d annexes are named in REPs, %d are there", len(want), len(have))
	}
}

func exactlyOnce[K comparable](t tb, what string, facts, files map[K]int) {
	t.Helper()
	for k, n := range facts {
		if n != 1 || files[k] != 1 {
			t.Errorf("%s: %v %d and %d times", what, k, n, files[k])
		}
	}
	if len(facts) != len(files) {
		t.Errorf("%s: %d and %d", what, len(facts), len(files))
	}
}

// checkDictamenes: every accepted record of a DIC is in the UNE's dictamenes.csv.
func (h *history) checkDictamenes() {
	told := map[string]int{}
	for _, e := range h.events(bitacora.DictamenAceptado) {
		told[fmt.Sprintf("%s %s,%v,%v", e.Parte, e.Folio, e.Detalle["tipo"], e.Detalle["vuelta"])]++
	}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		for _, row := range strings.Split(strings.TrimSuffix(h.estado(une, "dictamenes.csv"), "\r\n"),
			"\r\n")[1:] {
			f := strings.Split(row, ",")
			told[fmt.Sprintf("%s %s,%s,%s", une, f[0], f[1], f[4])]--
		}
	}
	for what, n := range told {
		if n != 0 {
			h.t.Errorf("dictamen %s: accepted and not told, or the reverse: %d", what, n)
		}
	}
}

// today is the day on the clock.
func (h *history) today() schema.Dia { return schema.DiaDe(h.clock.Now()) }

// checkDays: received = delivered + refused.
func (h *history) checkDays() {
	for d := lunes; d <= h.today(); d++ {
		c := view(h.gateway, func(v *store.View) (store.Balance, error) { return v.Balance(d) })
		if !c.Cuadra() {
			h.t.Errorf("%s: %+v", d, c)
		}
	}
}

// checkDelivered: each limit is counted from the day on which its LOT became
// visible, which is the day in the LOT's name, with the calendar that is told.
func (h *history) checkDelivered() {
	cals := map[any]*schema.Calendario{}
	view(h.gateway, func(v *store.View) (_ any, err error) {
		for _, c := range append([]bitacora.VersionCalendario{{}}, must(v.Calendarios())...) {
			cal, err := v.CalendarioEn(c.Momento)
			if err != nil {
				return nil, err
			}
			cals[cal.Version()] = cal
		}
		cal := schema.NewCalendario(nil)
		cals[cal.Version()] = cal
		return nil, err
	})
	for _, e := range h.events(bitacora.ReclamacionEntregada) {
		if d := schema.DiaDe(e.Momento); !strings.Contains(e.Archivo, "_"+d.Compacta()+"_") &&
			!h.recordedLater(e) {
			h.t.Errorf("%s was delivered on %s in %s", e.Folio, d, e.Archivo)
		}
		n, err := schema.ParseNombre(e.Archivo)
		if err != nil {
			h.t.Fatal(err)
		}
		cal := cals[e.Detalle["calendario"]]
		if cal == nil {
			h.t.Fatalf("%s: no calendar %v", e.Folio, e.Detalle["calendario"])
		}
		if want := cal.Vence(n.Dia, 20).String(); e.Detalle["limite"] != want {
			h.t.Errorf("%s in %s: limit %v, want %s", e.Folio, e.Archivo, e.Detalle["limite"], want)
		}
	}
}

func must[T any](x T, err error) T {
	if err != nil {
		panic(err)
	}
	return x
}

// recordedLater tells of a LOT that was visible before a kill kept that from
// being recorded: the record then bears the day on which it was seen.
func (h *history) recordedLater(e bitacora.Evento) bool {
	s := view(h.gateway, func(v *store.View) (store.Salida, error) {
		return v.SalidaPorNombre(e.Parte, e.Archivo)
	})
	return schema.DiaDe(s.Publicado) == s.Dia
}

// checkStates: how a term stands is told at each change and never twice, and last
// as the table shows it; each open limit is no earlier than the calendar of now
// counts it.
func (h *history) checkStates() {
	last := map[string]string{}
	for _, e := range h.events("") {
		what, ok := strings.CutPrefix(e.Evento, "plazo_")
		if !ok || what == "movido" || what == "recontado" {
			continue
		}
		if before, told := last[vuelta(e)]; before == what || !told && what == store.PlazoATiempo {
			h.t.Errorf("%s: %s is told after %q", vuelta(e), what, before)
		}
		last[vuelta(e)] = what
	}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		for _, r := range h.pending(une) {
			if got := last[r[0]+" "+r[1]]; got != r[10] && (got != "" || r[10] != store.PlazoATiempo) {
				h.t.Errorf("%s %s is %s, and the log told last %q", r[0], r[1], r[10], got)
			}
			k := view(h.gateway, func(v *store.View) (store.Asunto, error) {
				return v.UltimaVuelta(schema.Folio(r[0]))
			})
			if want := h.cal().Vence(k.Dia0, 20+k.Prorroga); k.Limite < want {
				h.t.Errorf("%s has the limit %s, and the calendar of now counts %s", r[0], k.Limite, want)
			}
		}
	}
}
