package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap/zapcore"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// carta is an annex whose name would tell whom it is about.
const carta = "INE de Marta Peñón.pdf"

var cartaPDF = []byte("%PDF-1.4 carta")

// conAnexo is a good answer that names an annex.
func conAnexo(folio schema.Folio, name string, content []byte) schema.Respuesta {
	r := answer(folio)
	r.RecSentidoResolucion, r.ResAnexo, r.ResAnexoHash = "2", name, sha(content)
	return r
}

var resAnexo = "GE_RES_" + norte.String() + "_20260303_001.txt"

// TestAnnexes: an annex and the answer that names it meet in either order; the
// moment that counts is that of the RES.
func TestAnnexes(t *testing.T) {
	t.Parallel()
	other := []byte("%PDF-1.4 otra")
	bad := conAnexo(folioNorte, carta, cartaPDF)
	bad.RecNivelAtencion = "9"
	for name, c := range map[string]struct {
		before, within map[string][]byte // annexes before the RES, and five minutes after it
		answers        []schema.Respuesta
		waits          bool   // there is no acuse until something comes, or 15 min are over
		want           string // codes of the acuse; A is an accepted one
		back           []string
	}{
		"first": {before: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF)}, want: "A",
			back: []string{carta}},
		"afterwards": {within: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF)}, waits: true, want: "A",
			back: []string{carta}},
		"never": {answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF),
			answer2(folioMonto)}, waits: true, want: "NEG-11 A"},
		"other bytes": {before: map[string][]byte{carta: other},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF)}, waits: true, want: "NEG-11"},
		"other name": {before: map[string][]byte{"otra.pdf": cartaPDF},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF)}, waits: true, want: "NEG-11"},
		"two contents of one name": {before: map[string][]byte{carta: other},
			within: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, other),
				conAnexo(folioMonto, carta, cartaPDF)}, waits: true, want: "A A",
			back: []string{carta, strings.Replace(carta, ".pdf", "_2.pdf", 1)}},
		"one for two answers": {before: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{conAnexo(folioNorte, carta, cartaPDF),
				conAnexo(folioMonto, carta, cartaPDF)}, want: "A A", back: []string{carta}},
		"of a record that is refused": {answers: []schema.Respuesta{conAnexo("2026/070/17", carta,
			cartaPDF)}, want: "NEG-01"},
		"of a record with a bad field": {answers: []schema.Respuesta{bad}, want: "CAT-08"},
		"bad, and the other one waits": {within: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{bad, conAnexo(folioMonto, carta, cartaPDF)}, waits: true,
			want: "CAT-08 A", back: []string{carta}},
		"unused": {before: map[string][]byte{carta: cartaPDF},
			answers: []schema.Respuesta{answer2(folioNorte)}, want: "A"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.deliverExample()
			g.clock.Set(moment(3, "10:00:00"))
			for n, b := range c.before {
				g.leave(norte, n, b)
			}
			g.leave(norte, resAnexo, write(t, resAnexo, anys(c.answers)...))
			g.mustVisit(norte)
			if waits := len(g.names(norte, schema.CarpetaAcuses)) == 0; waits != c.waits {
				t.Errorf("it waits: %v", waits)
			}
			g.clock.Set(moment(3, "10:05:00"))
			for n, b := range c.within {
				g.leave(norte, n, b)
			}
			g.mustVisit(norte)
			if late := len(g.names(norte, schema.CarpetaAcuses)) == 0; late != strings.HasPrefix(c.want,
				"NEG-11") {
				t.Errorf("it waits, after all came: %v", late)
			}
			g.clock.Set(moment(3, "10:14:59"))
			g.mustVisit(norte)
			g.clock.Set(moment(3, "10:15:00"))
			g.mustVisit(norte)
			acu := g.file(norte.String() + "/acuses/" + strings.Replace(resAnexo, "RES", "ACU", 1))
			got := codes(t, acu)
			if s := sello(t, acu); s.AcuFechaHoraRecepcion != schema.NewInstante(moment(3, "10:00:00")) {
				t.Errorf("received at %s", s.AcuFechaHoraRecepcion)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("verdicts %q, want %q", got, c.want)
			}
			g.mustRun(moment(3, "20:00:00"))
			g.checkAnexos(c.back)
		})
	}
}

// checkAnexos holds what CONDUSEF got against the annexes that it should have.
func (g *gateway) checkAnexos(want []string) {
	g.t.Helper()
	var got []string
	for _, n := range g.names(schema.ParteCONDUSEF, schema.CarpetaAnexos) {
		acuse, name, _ := strings.Cut(n, "_")
		if !strings.HasPrefix(acuse, "ACU-2026-") || len(acuse) != 17 {
			g.t.Errorf("an annex is called %q", n)
		}
		got = append(got, name)
	}
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) {
		g.t.Errorf("annexes %q, want %q", got, want)
	}
	for _, e := range g.events("") {
		if line := fmt.Sprint(e); strings.Contains(line, "Marta") {
			g.t.Errorf("event %d tells the name of an annex: %s", e.N, line)
		}
	}
	for _, l := range g.logs.All() {
		if text, _ := zapcore.NewJSONEncoder(zapcore.EncoderConfig{MessageKey: "m"}).EncodeEntry(l.Entry,
			l.Context); strings.Contains(text.String(), "Marta") {
			g.t.Errorf("the process log tells the name of an annex: %s", text.String())
		}
	}
}

// TestAnnexNames: what goes on bears its acuse's number, once for each content that
// the acuse's records name, whatever they call it.
func TestAnnexNames(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverOn(lunes, 4)
	other := []byte("%PDF-1.4 otra")
	g.clock.Set(moment(3, "10:00:00"))
	g.leave(norte, "a.pdf", cartaPDF)
	g.clock.Set(moment(3, "10:00:01"))
	g.leave(norte, "a.pdf", other)
	g.leave(norte, "a_2.pdf", other)
	g.send(norte, moment(3, "10:01:00"), 1, conAnexo(folioOf(0), "a.pdf", cartaPDF),
		conAnexo(folioOf(1), "a.pdf", other), conAnexo(folioOf(2), "a_2.pdf", other))
	g.send(norte, moment(3, "10:02:00"), 2, conAnexo(folioOf(3), "a.pdf", cartaPDF)) // another acuse
	g.mustRun(moment(3, "20:00:00"))
	want := []string{"ACU-2026-00000002_a.pdf", "ACU-2026-00000002_a_2.pdf", "ACU-2026-00000003_a.pdf"}
	if got := g.names(schema.ParteCONDUSEF, schema.CarpetaAnexos); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var told []string
	for _, e := range g.events(bitacora.AnexoDevuelto) {
		told = append(told, fmt.Sprint(e.Detalle["acuse"], " ", e.SHA256 == sha(cartaPDF)))
	}
	if want := []string{"ACU-2026-00000002 true", "ACU-2026-00000002 false",
		"ACU-2026-00000003 true"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// TestAnnexBeforeREP: the annex is there before the REP that names it, also where
// the first try to show it fails; and no error tells its name.
func TestAnnexBeforeREP(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(3, "10:00:00"))
	g.leave(norte, carta, cartaPDF)
	g.leave(norte, resAnexo, write(t, resAnexo, conAnexo(folioNorte, carta, cartaPDF)))
	g.mustVisit(norte)
	full := errors.New("disk full")
	box := g.memory(schema.ParteCONDUSEF, schema.CarpetaAnexos)
	fail := box.Fail
	box.Fail = func(op, name string) error { return errors.Join(full, errors.New(op+" "+name)) }
	_, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda)
	if !errors.Is(err, full) || strings.Contains(err.Error(), "Marta") {
		t.Errorf("%v", err)
	}
	box.Fail = fail
	g.mustRun(moment(3, "20:05:00"))
	g.checkAnexos([]string{carta})
	names := g.names(schema.ParteCONDUSEF, schema.CarpetaAnexos)
	if got := g.file(schema.CONDUSEF + "/" + schema.CarpetaAnexos + "/" + names[0]); !bytes.Equal(got,
		cartaPDF) {
		t.Errorf("%q", got)
	}
	g.mustRun(moment(4, "20:00:00"))
	if again := g.names(schema.ParteCONDUSEF, schema.CarpetaAnexos); len(again) != 1 {
		t.Errorf("%q", again)
	}
}

// TestAnnexOnce: the same annex again has no second effect, and is no file of the
// exchange: no acuse, no refusal.
func TestAnnexOnce(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	for range 2 {
		g.clock.Advance(1e9)
		g.leave(norte, carta, cartaPDF)
		g.mustVisit(norte)
	}
	if n := len(g.events(bitacora.AnexoRecibido)); n != 1 {
		t.Errorf("%d events", n)
	}
	if got := append(g.names(norte, schema.CarpetaAcuses),
		g.names(norte, schema.CarpetaRechazos)...); len(got) != 0 {
		t.Errorf("answered: %q", got)
	}
	g.restart() // what nobody refers to is swept
	a := view(g, func(v *store.View) (store.Anexo, error) { return v.Anexo(norte, carta, sha(cartaPDF)) })
	if r, err := g.archivo.Open(a.SHA256); err != nil {
		t.Error(err)
	} else {
		_ = r.Close()
	}
}

// TestWaitIsNoDelay: an answer of the last minute that waits for its annex past
// midnight is in time, and nothing says meanwhile that its term ran out.
func TestWaitIsNoDelay(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.mustRun(moment(31, "20:00:00"))
	g.clock.Set(moment(31, "23:58:00"))
	name := "GE_RES_" + norte.String() + "_20260331_001.txt"
	g.leave(norte, name, write(t, name, conAnexo(folioNorte, carta, cartaPDF)))
	g.mustVisit(norte)
	g.clock.Set(on(dia(t, "2026-04-01"), "00:05:00"))
	g.mustVisit(norte)
	g.leave(norte, carta, cartaPDF)
	g.clock.Set(on(dia(t, "2026-04-01"), "00:06:00"))
	g.mustVisit(norte)
	if got := verdict(t,
		g.file(norte.String()+"/acuses/"+strings.Replace(name, "RES", "ACU", 1))); !strings.HasSuffix(got,
		" 1") {
		t.Errorf("verdict %s", got)
	}
	for _, e := range g.events(bitacora.PlazoVencido) {
		if e.Folio == folioNorte {
			t.Errorf("the log says that its term ran out: %v", e)
		}
	}
}
