package exchange_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// tell leaves a DIC of CONDUSEF, has it taken in, and gives the codes of its ACU:
// A for an accepted record.
func (g *gateway) tell(nnn int, records ...schema.Dictamen) string {
	g.t.Helper()
	g.clock.Advance(1e9)
	of := fmt.Sprintf("%s_%03d.txt", schema.DiaDe(g.clock.Now()).Compacta(), nnn)
	g.leave(schema.ParteCONDUSEF, "GE_DIC_"+of, write(g.t, "GE_DIC_"+of, anys(records)...))
	g.mustRun(g.clock.Now())
	return strings.Join(codes(g.t, g.file(schema.CONDUSEF+"/entrada/GE_ACU_DIC_"+of)), " ")
}

// TestDictamenes: the order of what becomes of a folio, in one file or in several.
func TestDictamenes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answered bool
		tipos    string // 11/n undoes n
		want     string
	}{
		"the way through conciliación": {true, "3 7 4 9 10", "A A A A A"},
		"not without conciliación": {true, "4 5 7 8 9 10",
			"NEG-02 NEG-02 NEG-02 NEG-02 NEG-02 NEG-02"},
		"a breach needs an agreement":       {true, "3 10 9 10", "A NEG-02 A A"},
		"an answer that is incongruente":    {true, "1 2", "A A"},
		"no answer that could be":           {false, "1 2 3", "NEG-02 NEG-02 A"},
		"twice":                             {true, "1 1 3 3", "A DUP-02 A DUP-02"},
		"undone, and again":                 {true, "1 11/1 1", "A A A"},
		"nothing to undo":                   {true, "11/1 3 11/3 11/3", "NEG-02 A A NEG-02"},
		"not while another one rests on it": {true, "3 4 11/3 11/4 11/3", "A A NEG-02 A A"},
		"a desistimiento, and conciliación": {false, "6 3", "A A"},
		"a desistimiento is no answer":      {false, "6 1 2", "A NEG-02 NEG-02"},
		"after an answer":                   {true, "6 6", "A DUP-02"},
	} {
		for _, together := range []bool{true, false} {
			t.Run(fmt.Sprint(name, together), func(t *testing.T) {
				t.Parallel()
				g := open(t)
				g.deliverExample()
				if c.answered {
					g.send(norte, moment(3, "10:00:00"), 1, answer2(folioNorte))
				}
				g.clock.Set(moment(3, "11:00:00"))
				var all []schema.Dictamen
				for tipo := range strings.FieldsSeq(c.tipos) {
					if undone, ok := strings.CutPrefix(tipo, "11/"); ok {
						all = append(all, sinEfecto(folioNorte, undone))
					} else {
						all = append(all, dictamen(folioNorte, tipo))
					}
				}
				got := ""
				if together {
					got = g.tell(1, all...)
				} else {
					for i, d := range all {
						got += " " + g.tell(i+1, d)
					}
				}
				if strings.TrimSpace(got) != c.want {
					t.Errorf("%s: %q, want %q", c.tipos, got, c.want)
				}
			})
		}
	}
}

// TestDesistimiento: after a DIC 6 nothing more is taken for the folio, it is
// pending no more, and a reversa may open it.
func TestDesistimiento(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(3, "09:00:00"))
	if got := g.tell(1, dictamen(folioNorte, "6"), dictamen("2026/999/1", "6")); got != "A NEG-01" {
		t.Fatalf("%q", got)
	}
	if got := verdict(t, g.send(norte, moment(3, "10:00:00"), 1, answer2(folioNorte))); got != "R NEG-06" {
		t.Errorf("an answer: %s", got)
	}
	if got := verdict(t,
		g.send(norte, moment(3, "10:01:00"), 2, prorroga(folioNorte, "5"))); got != "R NEG-06" {
		t.Errorf("a prórroga: %s", got)
	}
	g.clock.Set(moment(3, "10:02:00"))
	if got := g.tell(2, sinEfecto(folioNorte, "6")); got != "A" {
		t.Fatalf("%q", got)
	}
	if got := verdict(t, g.send(norte, moment(3, "10:03:00"), 3, answer2(folioNorte))); got != "R NEG-06" {
		t.Errorf("a DIC opened the folio again: %s", got)
	}
	if got := g.estado(norte, "pendientes.csv"); strings.Contains(got, string(folioNorte)) {
		t.Errorf("it is still pending:\n%s", got)
	}
	want := "\uFEFFfolio,tipo,fecha,texto,vuelta,vigente,recibido\r\n" +
		"2026/190/88,11,2026-03-03,6,1,SI,2026-03-03\r\n2026/190/88,6,2026-03-03,,1,NO,2026-03-03\r\n"
	if got := g.estado(norte, "dictamenes.csv"); got != want {
		t.Errorf("dictamenes.csv\n%q, want\n%q", got, want)
	}
	g.reopen(moment(4, "09:00:00"), 1, folioNorte)
	if k := view(g, func(v *store.View) (store.Asunto, error) {
		return v.UltimaVuelta(folioNorte)
	}); k.Vuelta != 2 || !k.Abierto() {
		t.Errorf("after the reversa: %+v", k)
	}
	if got := verdict(t,
		g.send(norte, moment(4, "10:00:00"), 1, answer2(folioNorte))); !strings.HasPrefix(got, "A ") {
		t.Errorf("an answer to the new round: %s", got)
	}
}

// TestTodoONada: where the agreement says so one bad record refuses its file, with
// every finding told, and frees its name.
func TestTodoONada(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.cycle.TodoONada = map[schema.Tipo]bool{schema.RES: true}
	bad := answer2(folioMonto)
	bad.RecNivelAtencion = "9"
	acu := g.send(norte, moment(3, "10:00:00"), 1, answer2(folioNorte), answer2("2026/999/1"), bad)
	if got := strings.Join(codes(t, acu), " "); got != "NEG-01 NEG-01 CAT-08" {
		t.Errorf("codes %q", got)
	}
	if s := sello(t, acu); s.AcuResultado != "3" {
		t.Errorf("result %s", s.AcuResultado)
	}
	rch := norte.String() + "/rechazos/GE_RCH_" + norte.String() + "_20260303_001.txt"
	if got := strings.Join(found(t, g.file(rch)), " "); !strings.Contains(got, "NEG-01") ||
		!strings.Contains(got, "CAT-08") {
		t.Errorf("told %q", got)
	}
	if n := len(g.events(bitacora.RespuestaAceptada)); n != 0 {
		t.Errorf("%d answers were accepted", n)
	}
	acu = g.send2(norte, moment(3, "10:05:00"), 1, answer2(folioNorte))
	if got := verdict(t, acu); !strings.HasPrefix(got, "A ") {
		t.Errorf("the name is not free: %s", got)
	}
}

// send2 leaves another content under the name of a RES that was refused whole.
func (g *gateway) send2(parte schema.Parte, at time.Time, nnn int, records ...schema.Respuesta) []byte {
	g.t.Helper()
	g.send(parte, at, nnn, records...)
	return g.file(fmt.Sprintf("%s/acuses/GE_ACU_%s_%s_%03d_2.txt", parte, parte, schema.DiaDe(at).Compacta(),
		nnn))
}
