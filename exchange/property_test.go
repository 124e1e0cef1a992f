package exchange_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
)

// TestMain bounds the trials of the property where the command line does not:
// each of them is days of work.
func TestMain(m *testing.M) {
	flag.Parse()
	if f := flag.Lookup("rapid.checks"); f.Value.String() == f.DefValue {
		if err := f.Value.Set("8"); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// history is one trial: what the parties left, in an order of chance.
type history struct {
	*gateway
	rt     *rapid.T
	folios []schema.Folio
	files  int
	left   map[string][]byte // by party and name: the latest content
}

// TestAnyHistory lets files arrive, steps fail and processes die in any order.
// Once all is mended nothing is lost, and nothing is done twice.
func TestAnyHistory(t *testing.T) {
	t.Parallel()
	dirs := t.TempDir()
	trial := 0
	rapid.Check(t, func(rt *rapid.T) {
		trial++
		dir := fmt.Sprint(dirs, "/", trial)
		if err := os.Mkdir(dir, 0o700); err != nil {
			rt.Fatal(err)
		}
		h := &history{gateway: openIn(rt, dir), rt: rt, left: map[string][]byte{}}
		h.clock.Set(moment(2, "08:00:00"))
		rt.Repeat(map[string]func(*rapid.T){
			"rec":   func(*rapid.T) { h.leaveREC() },
			"res":   func(*rapid.T) { h.leaveRES() },
			"wait":  func(*rapid.T) { h.wait() },
			"run":   func(*rapid.T) { h.run() },
			"fault": func(*rapid.T) { h.faults.after(rapid.IntRange(1, 40).Draw(rt, "step"), nil); h.run() },
			"kill": func(*rapid.T) {
				h.faults.after(rapid.IntRange(1, 60).Draw(rt, "step"), func() { _ = h.store.Close() })
				h.run()
			},
			"visit": func(*rapid.T) { _ = h.visit(rapid.SampledFrom([]string{norte, penon, nandu}).Draw(rt, "une")) },
		})
		h.mend()
		h.check()
	})
}

func (h *history) leaveREC() {
	name := fmt.Sprintf("GE_REC_%s_%03d.txt", schema.DiaDe(h.clock.Now()).Compacta(), rapid.IntRange(1, 4).Draw(h.rt, "nnn"))
	records := exampleREC(h.t)[:rapid.IntRange(0, 6).Draw(h.rt, "records")]
	h.files++
	for i := range records {
		r := &records[i]
		r.RecFolioCondusef = schema.Folio(fmt.Sprintf("2026/090/%d", h.files*10+i))
		if len(h.folios) > 0 && rapid.IntRange(0, 9).Draw(h.rt, "repeated") == 0 {
			r.RecFolioCondusef = rapid.SampledFrom(h.folios).Draw(h.rt, "folio")
		}
		h.folios = append(h.folios, r.RecFolioCondusef)
		if rapid.IntRange(0, 9).Draw(h.rt, "unknown") == 0 {
			r.RecInstitucionClave = "900009"
		}
	}
	content := rec(h.t, name, records...)
	if rapid.IntRange(0, 5).Draw(h.rt, "cut") == 0 {
		content = content[:len(content)*2/3]
	}
	h.clock.Advance(time.Second) // a listing tells contents apart by size and time
	h.leave(schema.CONDUSEF, name, content)
	h.left[schema.CONDUSEF+" "+name] = content
}

func (h *history) leaveRES() {
	une := rapid.SampledFrom([]string{norte, penon, nandu}).Draw(h.rt, "une")
	name := fmt.Sprintf("GE_RES_%s_%s_%03d.txt", une, schema.DiaDe(h.clock.Now()).Compacta(), rapid.IntRange(1, 3).Draw(h.rt, "nnn"))
	var records []any
	for range rapid.IntRange(0, 4).Draw(h.rt, "answers") {
		folio := schema.Folio("2026/099/1")
		if len(h.folios) > 0 {
			folio = rapid.SampledFrom(h.folios).Draw(h.rt, "folio")
		}
		r := answer(folio)
		if rapid.Bool().Draw(h.rt, "prórroga") {
			r = prorroga(folio, "5")
		}
		r.RecFechaAtencion = "02/03/2026"
		if r.RecFechaResolucion != "" {
			r.RecFechaResolucion = "02/03/2026"
		}
		records = append(records, r)
	}
	h.files++
	content := write(h.t, name, records...)
	h.clock.Advance(time.Second)
	h.leave(une, name, content)
	h.left[une+" "+name] = content
}

func (h *history) wait() {
	h.clock.Advance(rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Minute, 3 * time.Hour, 13 * time.Hour}).Draw(h.rt, "wait"))
}

// run runs the cycle, and starts a new process where it died.
func (h *history) run() {
	_, err := h.runAt(h.clock.Now(), rapid.SampledFrom([]string{exchange.CausaAgenda, exchange.CausaManual}).Draw(h.rt, "causa"))
	if h.faults.dead() {
		h.restart()
	}
	if h.faults.clear(); err != nil && !strings.Contains(err.Error(), errFault.Error()) && !strings.Contains(err.Error(), "closed") && !strings.Contains(err.Error(), "midnight") {
		h.t.Errorf("run: %v", err)
	}
}

// mend does what is left: the corte of the day, and a morning after it.
func (h *history) mend() {
	h.restart()
	h.clock.Set(on(h.jornada(h.clock.Now()), "23:00")) // later than any wait of the day
	h.mustRun(h.clock.Now())
	h.mustRun(on(h.cal().Siguiente(schema.DiaDe(h.clock.Now())), "20:00"))
}

func (h *history) check() {
	h.checkVisible()
	h.checkAcuses()
	h.checkBlobs()
	for key, content := range h.left {
		parte, name, _ := strings.Cut(key, " ")
		n := 0
		for _, a := range view(h.gateway, func(v *store.View) ([]store.Archivo, error) { return v.Contenidos(parte, name) }) {
			if a.Bytes == int64(len(content)) && a.SHA256 == examine(h.t, name, content).Huella {
				n++
			}
		}
		if n != 1 {
			h.t.Errorf("%s was taken in %d times", key, n)
		}
	}
	accepted, answers := map[schema.Folio]int{}, map[string]int{}
	for _, e := range h.events("") {
		switch e.Evento {
		case store.ReclamacionAceptada:
			accepted[e.Folio]++
		case store.RespuestaAceptada:
			answers[fmt.Sprint(e.Detalle["acuse"], " ", e.Folio, " 1")]++
		case store.ProrrogaAceptada:
			answers[fmt.Sprint(e.Detalle["acuse"], " ", e.Folio, " 2")]++
		}
	}
	exactlyOnce(h.t, "accepted and delivered", accepted, h.delivered())
	exactlyOnce(h.t, "answered and returned", answers, h.returned())
	h.checkDays()
	h.checkLimits()
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

// checkDays: received = delivered + refused.
func (h *history) checkDays() {
	for d := lunes; d <= schema.DiaDe(h.clock.Now()); d++ {
		c := view(h.gateway, func(v *store.View) (store.Cuenta, error) { return v.Contar(d) })
		if !c.Cuadra() {
			h.t.Errorf("%s: %+v", d, c)
		}
	}
}

// checkLimits: each limit is counted from the day on which its LOT became
// visible, which is the day in the LOT's name.
func (h *history) checkLimits() {
	for _, e := range h.events(store.ReclamacionEntregada) {
		if d := schema.DiaDe(e.Momento); !strings.Contains(e.Archivo, "_"+d.Compacta()+"_") && !h.recordedLater(e) {
			h.t.Errorf("%s was delivered on %s in %s", e.Folio, d, e.Archivo)
		}
		n, err := schema.ParseNombre(e.Archivo)
		if err != nil {
			h.t.Fatal(err)
		}
		if want := h.cal().Vence(n.Dia, 20).String(); e.Detalle["limite"] != want {
			h.t.Errorf("%s in %s: limit %v, want %s", e.Folio, e.Archivo, e.Detalle["limite"], want)
		}
	}
}

// recordedLater tells of a LOT that was visible before a kill kept that from
// being recorded: the record then bears the day on which it was seen.
func (h *history) recordedLater(e store.Evento) bool {
	s := view(h.gateway, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(e.Parte, e.Archivo) })
	return schema.DiaDe(s.Publicado) == s.Dia
}
