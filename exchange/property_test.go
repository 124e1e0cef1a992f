package exchange_test

import (
	"context"
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
// each of them is weeks of work.
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
	rows   map[schema.Folio]int // the row of the example REC that a folio has
	files  int
	left   map[string][]byte // by party and name: the latest content
	again  []sent            // every file that was left
	latido int64             // of our server
}

// sent is a file as a party left it.
type sent struct {
	parte   schema.Parte
	name    string
	content []byte
}

// TestAnyHistory lets files arrive, the calendar change, our server go, steps fail
// and processes die in any order. Once all is mended nothing is lost, nothing is
// done twice, and no limit ever became earlier.
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
		h := &history{gateway: openIn(rt, dir), rt: rt, left: map[string][]byte{},
			rows: map[schema.Folio]int{}}
		h.clock.Set(moment(2, "08:00:00"))
		h.pass(0)
		h.leaveREC()
		h.run()
		rt.Repeat(map[string]func(*rapid.T){
			"rec":      func(*rapid.T) { h.leaveREC(); h.perhaps(h.run) },
			"reversa":  func(*rapid.T) { h.leaveReversa(); h.perhaps(h.run) },
			"res":      func(*rapid.T) { h.leaveRES() },
			"late res": func(*rapid.T) { h.toTheLimit(); h.leaveRES() },
			"annex":    func(*rapid.T) { h.leaveAnexo(h.une()) },
			"dic":      func(*rapid.T) { h.leaveDIC(); h.perhaps(h.run) },
			"again":    func(*rapid.T) { h.leaveAgain() },
			"calendar": func(*rapid.T) { h.changeDay() },
			"wait":     func(*rapid.T) { h.wait() },
			"corte": func(*rapid.T) {
				h.pass(on(h.jornada(h.clock.Now()), "20:00").Sub(h.clock.Now()))
				h.run()
			},
			"run":   func(*rapid.T) { h.run() },
			"fault": func(*rapid.T) { h.faults.after(h.chance(40)+1, nil); h.run() },
			"kill": func(*rapid.T) {
				h.faults.after(h.chance(60)+1, func() { _ = h.store.Close() })
				h.run()
			},
		})
		h.mend()
		h.check()
	})
}

// chance is a number below n, small ones more often than large ones.
func (h *history) chance(n int) int { return rapid.IntRange(0, n-1).Draw(h.rt, "chance") }

func (h *history) une() schema.Parte {
	return rapid.SampledFrom([]schema.Parte{norte, penon, nandu}).Draw(h.rt, "une")
}

// rare is true less often than once in n times.
func (h *history) rare(n int) bool { return h.chance(n) == n-1 }

func (h *history) perhaps(do func()) {
	if h.chance(2) == 0 {
		do()
	}
}

// drop leaves a file, and remembers it.
func (h *history) drop(parte schema.Parte, name string, content []byte) {
	h.clock.Advance(time.Second) // a listing tells contents apart by size and time
	h.leave(parte, name, content)
	h.again = append(h.again, sent{parte, name, content})
	if strings.HasPrefix(name, "GE_") {
		h.left[parte.String()+" "+name] = content
	}
}

func (h *history) name(tipo string, parte schema.Parte, numbers int) string {
	if parte != 0 {
		tipo += "_" + parte.String()
	}
	return fmt.Sprintf("GE_%s_%s_%03d.txt", tipo, schema.DiaDe(h.clock.Now()).Compacta(), h.chance(numbers)+1)
}

func (h *history) leaveREC() {
	records := exampleREC(h.t)[:6-h.chance(7)]
	h.files++
	for i := range records {
		r := &records[i]
		r.RecFolioCondusef = schema.Folio(fmt.Sprintf("2026/090/%d", h.files*10+i))
		if len(h.folios) > 0 && h.rare(8) {
			*r = h.known()
		} else {
			h.folios = append(h.folios, r.RecFolioCondusef)
			h.rows[r.RecFolioCondusef] = i
		}
		if h.rare(10) {
			r.RecInstitucionClave = "900009"
		}
	}
	h.dropREC(records)
}

// known is the record of a folio that came before.
func (h *history) known() schema.Reclamacion {
	f := rapid.SampledFrom(h.folios).Draw(h.rt, "folio")
	r := exampleREC(h.t)[h.rows[f]]
	r.RecFolioCondusef = f
	return r
}

// leaveReversa opens folios again, or tries to.
func (h *history) leaveReversa() {
	var records []schema.Reclamacion
	for range min(len(h.folios), 4) {
		r := h.known()
		r.RecReversa = "1"
		records = append(records, r)
	}
	h.dropREC(records)
}

func (h *history) dropREC(records []schema.Reclamacion) {
	name := h.name("REC", 0, 4)
	content := rec(h.t, name, records...)
	if h.rare(8) {
		content = content[:len(content)*2/3]
	}
	h.drop(schema.ParteCONDUSEF, name, content)
}

// folio is one of an institution that waits for its answer, nearly always.
func (h *history) folio(une schema.Parte) schema.Folio {
	open := h.open(une)
	switch x := h.chance(12); {
	case x == 11 || len(h.folios) == 0:
		return "2026/099/1"
	case x > 7 || len(open) == 0:
		return rapid.SampledFrom(h.folios).Draw(h.rt, "folio")
	default:
		return rapid.SampledFrom(open).Draw(h.rt, "open folio").Folio
	}
}

// open gives the folios that an institution has to answer, the nearest limit first.
func (h *history) open(une schema.Parte) []store.Asunto {
	return view(h.gateway, func(v *store.View) (all []store.Asunto, err error) {
		err = v.AsuntosAbiertos(une.UNE(), func(a store.AsuntoAbierto) error {
			all = append(all, a.Asunto)
			return nil
		})
		return all, err
	})
}

func (h *history) leaveRES() {
	une := h.une()
	name := h.name("RES", une, 3)
	var records []any
	for range h.chance(4) + 1 {
		r := answer2(h.folio(une))
		if h.chance(3) == 1 {
			r = prorroga(r.RecFolioCondusef, []string{"5", "10", "1", "11"}[h.chance(4)])
		}
		r = onDay(r, lunes)
		if r.RecFechaAbonoImporte != "" {
			r.RecFechaAbonoImporte = lunes.Fecha()
		}
		if h.chance(3) == 0 {
			r.ResAnexo, r.ResAnexoHash = anexoOf(h.chance(6))
		}
		records = append(records, r)
	}
	if h.rare(8) && len(records) > 0 {
		r := records[0].(schema.Respuesta)
		r.RecFolioAtencion = " "
		records[0] = r
	}
	h.drop(une, name, write(h.t, name, records...))
	h.perhaps(func() { h.leaveAnexo(une) })
	h.perhaps(func() { _ = h.visit(une) })
}

// toTheLimit goes to the end of the term that ends next, to seconds before or after
// it, or to the next morning.
func (h *history) toTheLimit() {
	end := time.Time{}
	for _, une := range []schema.Parte{norte, penon, nandu} {
		for _, k := range h.open(une) {
			if at := k.Limite.At(h.cycle.Plazos.FinDePlazo); at.After(h.clock.Now()) &&
				(end.IsZero() || at.Before(end)) {
				end = at
			}
		}
	}
	if !end.IsZero() {
		h.pass(end.Add(-time.Duration(h.chance(3)) * time.Hour).Sub(h.clock.Now()))
		h.pass(end.Add([]time.Duration{-2 * time.Second, 0, 10 * time.Hour}[h.chance(3)]).Sub(h.clock.Now()))
	}
}

// anexoOf gives the name and the hash of one of six annexes, two of them under
// each name.
func anexoOf(n int) (string, schema.Huella) {
	return fmt.Sprintf("carta %d.pdf", n/2), sha(anexoBytes(n))
}

func anexoBytes(n int) []byte { return fmt.Appendf(nil, "%%PDF-1.4 %d", n) }

func (h *history) leaveAnexo(une schema.Parte) {
	n := h.chance(6)
	name, _ := anexoOf(n)
	h.drop(une, name, anexoBytes(n))
}

func (h *history) leaveDIC() {
	name := h.name("DIC", 0, 4)
	var all []schema.Dictamen
	for range h.chance(4) + 1 {
		d := dictamen(h.folio(h.une()), fmt.Sprint([]int{3, 1, 4, 9, 11, 2, 6, 10, 3}[h.chance(9)]))
		d.DicFecha = lunes.Fecha()
		if d.DicTipo == "11" {
			d = sinEfecto(d.RecFolioCondusef, fmt.Sprint([]int{1, 3, 6}[h.chance(3)]))
			d.DicFecha = lunes.Fecha()
		}
		all = append(all, d)
	}
	h.drop(schema.ParteCONDUSEF, name, write(h.t, name, anys(all)...))
}

// leaveAgain repeats a file that was left before.
func (h *history) leaveAgain() {
	if len(h.again) > 0 {
		x := rapid.SampledFrom(h.again).Draw(h.rt, "again")
		h.drop(x.parte, x.name, x.content)
	}
}

// changeDay publishes a suspension, or takes one back, at any time.
func (h *history) changeDay() {
	h.clock.Advance(time.Second)
	h.changeCalendar(schema.Inhabil{Fecha: lunes + schema.Dia(h.chance(60)), Descripcion: "Suspensión",
		Origen:   "CONDUSEF",
		AplicaGE: h.chance(3) < 2})
}

// pass lets a time pass, in which our server was up, or fell and is up again.
func (h *history) pass(d time.Duration) {
	h.clock.Advance(max(d, 0))
	err := h.store.Update(context.Background(), h.clock.Now(), func(tx *store.Tx) (err error) {
		if h.latido == 0 || h.rare(4) {
			h.latido, err = tx.StartService()
			return err
		}
		return tx.Late(h.latido)
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *history) wait() {
	long := []time.Duration{time.Second, 10 * time.Minute, 3 * time.Hour, 13 * time.Hour, 5 * 24 * time.Hour,
		20 * 24 * time.Hour}
	if h.clock.Now().After(on(lunes+120, "00:00")) {
		long = long[:4] // what is checked is this year's
	}
	h.pass(rapid.SampledFrom(long).Draw(h.rt, "wait"))
}

// run runs the cycle, and starts a new process where it died.
func (h *history) run() {
	_, err := h.runAt(h.clock.Now(),
		rapid.SampledFrom([]string{exchange.CausaAgenda, exchange.CausaManual}).Draw(h.rt, "causa"))
	if h.faults.dead() {
		h.restart()
	}
	if h.faults.clear(); err != nil && !strings.Contains(err.Error(), errFault.Error()) &&
		!strings.Contains(err.Error(), "closed") && !strings.Contains(err.Error(), "midnight") {
		h.t.Errorf("run: %v", err)
	}
}

// mend does what is left: the corte of the day, and an evening after it.
func (h *history) mend() {
	h.restart()
	h.clock.Set(on(h.jornada(h.clock.Now())+1, "12:00")) // later than any wait of the day
	h.mustRun(h.clock.Now())
	h.mustRun(on(h.cal().Siguiente(schema.DiaDe(h.clock.Now())), "20:00"))
}
