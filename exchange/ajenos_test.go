package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
)

// TestForeignFiles: a few files with wrong names are slips, each of which is answered. A
// crowd of them is left where it lies, told on one line, and holds up nothing.
func TestForeignFiles(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, answered int
	}{{exchange.MaxAjenos, exchange.MaxAjenos}, {exchange.MaxAjenos + 1, 0}} {
		t.Run(fmt.Sprint(c.n), func(t *testing.T) {
			t.Parallel()
			g := open(t)
			for i := range c.n {
				name := fmt.Sprintf("minuta_%02d.pdf", i)
				if i == 0 { // of ours, in the wrong folder
					name = "GE_ACU_REC_20260302_001.txt"
				}
				g.leave(schema.ParteCONDUSEF, name, fmt.Append(nil, i))
			}
			g.leave(schema.ParteCONDUSEF, nameREC, example(t, "in/CONDUSEF/salida/"+nameREC))
			inf, err := g.runAt(corrida, exchange.CausaAgenda)
			if err != nil {
				t.Fatal(err)
			}
			if inf.Recibidos != c.answered+1 {
				t.Errorf("%d were taken in, want %d", inf.Recibidos, c.answered+1)
			}
			told := slices.DeleteFunc(inf.EnEspera, func(s string) bool {
				return !strings.Contains(s, "none of the exchange")
			})
			want := 1
			if c.answered > 0 {
				want = 0
			}
			if len(told) != want || want == 1 && (!strings.HasPrefix(told[0],
				fmt.Sprintf("CONDUSEF: %d files that are", c.n)) ||
				strings.Count(told[0], "minuta_")+strings.Count(told[0], "GE_ACU") != 3) {
				t.Errorf("told %q", told)
			}
			// Those that were answered are no strangers: one more slip is answered, too.
			g.leave(schema.ParteCONDUSEF, "otra.pdf", []byte("otra"))
			again, err := g.runAt(corrida.Add(time.Minute), exchange.CausaAgenda)
			if err != nil {
				t.Fatal(err)
			}
			if answered := again.Recibidos == 1; answered != (c.answered > 0) {
				t.Errorf("one more: %+v", again)
			}
		})
	}
}
