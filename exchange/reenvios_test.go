package exchange_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// TestSentAgain: what a second RES is told, under the name of the first or under
// another one. 1 is the folio of the first record, 2 another, 9 an unknown one.
func TestSentAgain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		// records: R1 an answer to 1, P1 a prórroga, X1 one with a bad field, A1 one whose annex is missing;
		// a last - cuts the file
		first, second string
		nnn           int    // of the second; the first is 1
		acu           string // which acuse answers the second; "" none of its own
		want          string
	}{
		"the very same":                    {"R1", "R1", 1, "", ""},
		"the same in another file":         {"R1", "R1", 2, "002", "DUP-02"},
		"a prórroga in another file":       {"P1", "P1", 2, "002", "NEG-04"},
		"cut, then whole":                  {"R1 R2 -", "R1 R2", 1, "001_2", "A A"},
		"cut, then whole elsewhere":        {"R1 R2 -", "R1 R2", 2, "002", "A A"},
		"cut twice alike":                  {"R1 R2 -", "R1 R2 -", 1, "", ""},
		"no record was good":               {"R9", "R1", 1, "001_2", "A"},
		"none of two was good":             {"R9 X1", "R1 R2", 1, "001_2", "A A"},
		"one was good":                     {"R1 X2", "R1 R2", 1, "001_2", "DUP-02 DUP-03"},
		"one was good, the others alone":   {"R1 X2", "R2", 1, "001_2", "DUP-03"},
		"one was good, corrected in a new": {"R1 X2", "R1 R2", 2, "002", "DUP-02 A"},
		"corrected in a new, that alone":   {"R1 X2", "R2", 2, "002", "A"},
		"one that names a missing annex":   {"R1", "A2", 1, "001_2", "DUP-03"},
		"another answer":                   {"R1", "R2", 1, "001_2", "DUP-03"},
		"empty, which was accepted":        {"", "R1", 1, "001_2", "DUP-03"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			g.sendCoded(3, 1, c.first)
			before := texts(g.visible())
			n := len(g.events(bitacora.RespuestaAceptada)) + len(g.events(bitacora.ProrrogaAceptada))
			g.sendCoded(4, c.nnn, c.second)
			after := g.visible()
			for path, text := range before {
				if path != "" && texts(after)[path] != text {
					t.Errorf("%s changed", path)
				}
			}
			accepted := len(g.events(bitacora.RespuestaAceptada)) +
				len(g.events(bitacora.ProrrogaAceptada)) - n
			if c.acu == "" {
				if len(after) != len(before) || accepted != 0 {
					t.Errorf("it had an effect: %d files, before %d", len(after), len(before))
				}
				return
			}
			got := strings.Join(codes(t,
				g.file(norte.String()+"/acuses/GE_ACU_"+norte.String()+"_20260303_"+c.acu+".txt")), " ")
			if got != c.want || accepted != strings.Count(c.want, "A") {
				t.Errorf("%q, want %q; %d accepted", got, c.want, accepted)
			}
			g.checkVisible()
			g.checkAcuses()
		})
	}
}

// sendCoded leaves a RES of the 3rd as TestSentAgain writes it, on a day.
func (g *gateway) sendCoded(day, nnn int, code string) {
	g.t.Helper()
	folios := map[string]schema.Folio{"1": folioNorte, "2": folioMonto, "9": "2026/190/777"}
	var records []any
	cut := false
	for one := range strings.FieldsSeq(code) {
		if cut = one == "-"; cut {
			continue
		}
		r := answer(folios[one[1:]])
		switch one[0] {
		case 'P':
			r = prorroga(folios[one[1:]], "5")
		case 'A':
			r = conAnexo(r.RecFolioCondusef, carta, cartaPDF)
		case 'X':
			r.RecNivelAtencion = "9"
		}
		records = append(records, r)
	}
	name := fmt.Sprintf("GE_RES_%s_20260303_%03d.txt", norte, nnn)
	content := write(g.t, name, records...)
	if cut {
		content = content[:len(content)-40]
	}
	g.clock.Set(moment(day, "10:00:00"))
	g.leave(norte, name, content)
	g.mustVisit(norte)
}

// TestTwoConnections: two RES about one folio that end at the same moment, each of
// which brings a visit. One is first, and the other one is told so.
func TestTwoConnections(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]string{ // what each has, and what each is told
		{"R", "R", "A 31/03/2026 1 1", "R DUP-02"},
		{"P5", "P5", "A 09/04/2026 1 1", "R NEG-04"},
		{"R", "P5", "A 31/03/2026 1 1", "R NEG-06"},
		{"P5", "R", "A 09/04/2026 1 1", "A 09/04/2026 1 1"},
	} {
		t.Run(c[0]+" and "+c[1], func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			g.clock.Set(moment(3, "10:00:00"))
			for i, what := range c[:2] {
				r := answer(folioNorte)
				if what != "R" {
					r = prorroga(folioNorte, what[1:])
				}
				name := fmt.Sprintf("GE_RES_%s_20260303_%03d.txt", norte, i+1)
				g.leave(norte, name, write(t, name, r))
			}
			var all sync.WaitGroup
			var errs [4]error
			for i := range errs {
				all.Go(func() { errs[i] = g.visit(norte) })
			}
			all.Wait()
			for _, err := range errs {
				if err != nil {
					t.Error(err)
				}
			}
			for i, want := range c[2:] {
				acu := g.file(fmt.Sprintf("%s/acuses/GE_ACU_%s_20260303_%03d.txt", norte, norte, i+1))
				if got := verdict(t, acu); got != want {
					t.Errorf("%d: %s, want %s", i+1, got, want)
				}
			}
			if n := len(g.events(bitacora.AcuseEmitido)); n != 3 { // with that of the REC
				t.Errorf("%d acuses", n)
			}
			g.checkAcuses()
		})
	}
}

// TestAnswerBeforeItsLOT: a folio that was accepted while its institution is being
// visited is not delivered yet, and nobody there can know of it.
func TestAnswerBeforeItsLOT(t *testing.T) {
	t.Parallel()
	g := openRemote(t, norte, 0) // where a listing is a step that something can come between
	g.clock.Set(moment(3, "10:00:00"))
	name := "GE_RES_" + norte.String() + "_20260303_001.txt"
	g.leave(norte, name, write(t, name, answer(folioNorte)))
	box, came := g.memory(norte, schema.CarpetaRespuestas), false
	box.Fail = func(op, _ string) error {
		if op != "list" || came {
			return nil
		}
		came = true
		g.leaveExample()
		return g.cycle.Receive(t.Context(), lunes+1, nil)
	}
	g.mustVisit(norte)
	if got := verdict(t,
		g.file(norte.String()+"/acuses/"+strings.Replace(name, "RES", "ACU", 1))); got != "R NEG-01" ||
		!came {
		t.Errorf("%s", got)
	}
	if k := view(g, func(v *store.View) (store.Asunto, error) {
		return v.UltimaVuelta(folioNorte)
	}); !k.Entregada.IsZero() {
		t.Errorf("it is delivered: %+v", k)
	}
}

// TestTodoONadaByRecord: where one bad record refuses its file each other record is
// told its own faults alone, as they would be were the file taken.
func TestTodoONadaByRecord(t *testing.T) {
	t.Parallel()
	for records, want := range map[string]string{ // of a DIC about a folio without an answer
		"3 4 9":           "A A A |",
		"3 4 1":           "NEG-02 NEG-02 NEG-02 | NEG-02 4",
		"3 3":             "DUP-02 DUP-02 | DUP-02 3",
		"3 11/3 3 2":      "NEG-02 NEG-02 NEG-02 NEG-02 | NEG-02 5",
		"3 11/3 4":        "NEG-02 NEG-02 NEG-02 | NEG-02 4",
		"2 3 4 11/3 11/4": "NEG-02 NEG-02 NEG-02 NEG-02 NEG-02 | NEG-02 2, NEG-02 5",
		"3 9 10 3 8 10 11/9": "DUP-02 DUP-02 DUP-02 DUP-02 DUP-02 DUP-02 NEG-02 | DUP-02 5, DUP-02 7, " +
			"NEG-02 8",
	} {
		t.Run(records, func(t *testing.T) {
			t.Parallel()
			g := openDelivered(t)
			g.cycle.TodoONada = map[schema.Tipo]bool{schema.DIC: true}
			g.clock.Set(moment(3, "10:00:00"))
			var all []schema.Dictamen
			for tipo := range strings.FieldsSeq(records) {
				if undone, ok := strings.CutPrefix(tipo, "11/"); ok {
					all = append(all, sinEfecto(folioNorte, undone))
				} else {
					all = append(all, dictamen(folioNorte, tipo))
				}
			}
			got := g.tell(1, all...) + " |"
			if rch, ok := g.visible()[schema.CONDUSEF+"/"+schema.CarpetaEntrada+
				"/GE_RCH_DIC_20260303_001.txt"]; ok {
				got += " " + strings.Join(found(t, rch), ", ")
			}
			if got != want {
				t.Errorf("%s, want %s", got, want)
			}
			accepted := 0
			if strings.HasPrefix(want, "A") {
				accepted = len(all)
			}
			if n := len(g.events(bitacora.DictamenAceptado)); n != accepted {
				t.Errorf("%d dictámenes were accepted, want %d", n, accepted)
			}
		})
	}
}
