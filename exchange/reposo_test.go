package exchange_test

import (
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
)

// TestYoungFile: in a local folder a file is read once its time lies some seconds back;
// a time in the future counts from when it was first seen.
func TestYoungFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown time.Duration // its time, after llegada
		taken time.Duration // when it is taken in, after llegada
	}{
		"old":           {-10 * time.Second, 0},
		"young":         {-3 * time.Second, 7 * time.Second},
		"just there":    {0, 10 * time.Second},
		"in the future": {time.Hour, 10 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.reach = func(parte schema.Parte, p *exchange.Route) {
				if parte == schema.ParteCONDUSEF {
					p.Reposo = 10 * time.Second
				}
			}
			g.memory(schema.ParteCONDUSEF, schema.CarpetaSalida).Leave(nameREC,
				example(t, "in/CONDUSEF/salida/"+nameREC), llegada.Add(c.shown))
			look := func(after time.Duration) *exchange.Informe {
				inf, err := g.runAt(llegada.Add(after), exchange.CausaAgenda)
				if err != nil {
					t.Fatal(err)
				}
				return inf
			}
			first := look(0)
			if c.taken == 0 {
				if first.Recibidos != 1 {
					t.Fatalf("%+v", first)
				}
				return
			}
			if first.Recibidos != 0 || len(first.EnEspera) != 1 ||
				!first.OtraVez.Equal(llegada.Add(c.taken)) {
				t.Fatalf("at first: %+v", first)
			}
			if inf := look(c.taken - time.Millisecond); inf.Recibidos != 0 {
				t.Errorf("too soon: %+v", inf)
			}
			if inf := look(c.taken); inf.Recibidos != 1 || !inf.OtraVez.IsZero() {
				t.Errorf("in time: %+v", inf)
			}
		})
	}
}
