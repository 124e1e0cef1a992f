package clientes_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"buzon/exchange/dropbox"
)

// column is a case of the table; its text is the table's head.
type column string

const (
	listing    column = "ver"
	fetching   column = "recoger"
	refetching column = "seguir recogida"
	uploading  column = "subir y comprobar"
	temporary  column = "nombre temporal"
	cutting    column = "carga cortada"
	renaming   column = "renombrar lo no terminado"
	times      column = "conservar fechas"
	forbids    column = "lo prohibido"
)

// cases are the columns in their order, the acts of which a client needs at
// least one in each group, and what is checked.
var cases = []struct {
	column
	needs [][]act
	check func(*testing.T, *world, seat)
}{
	{listing, [][]act{{list}}, checkList},
	{fetching, [][]act{{fetch}}, checkFetch},
	{refetching, [][]act{{fetch}, {refetch}}, checkRefetch},
	{uploading, [][]act{{upload}, {reread}}, checkUpload},
	{temporary, [][]act{{upload}, {rename}}, checkTemporary},
	{cutting, [][]act{{upload}}, checkCut},
	{renaming, [][]act{{upload}, {rename}}, checkRename},
	{times, [][]act{{withTimes, mirror}}, checkTimes},
	{forbids, nil, checkForbidden},
}

// can tells whether a case is for a client, and it has the acts for it.
func (c client) can(k column, needs [][]act) bool {
	if c.cannot[k] != "" {
		return false
	}
	for _, group := range needs {
		found := false
		for _, a := range group {
			found = found || c.acts[a] != ""
		}
		if !found {
			return false
		}
	}
	return true
}

// TestMatriz runs every case that a client can do, and compares the table of
// docs/clientes.md.
func TestMatriz(t *testing.T) {
	var done tally
	t.Run("de", func(t *testing.T) {
		for _, c := range clients() {
			if why := c.absent(); why != "" {
				t.Logf("NOT TESTED: %s: %s", c.name, why)
				if os.Getenv("CI") == "true" && !c.mayMiss {
					t.Errorf("%s: %s", c.name, why)
				}
				continue
			}
			for _, k := range cases {
				if !c.can(k.column, k.needs) {
					done.add(c.name)
					continue
				}
				t.Run(strings.ReplaceAll(c.name+"/"+string(k.column), " ", "_"), func(t *testing.T) {
					t.Parallel()
					w := start(t, func(cfg *dropbox.Options) { cfg.Legacy = c.legacy })
					k.check(t, w, sit(t, c, w))
					if !t.Failed() {
						done.add(c.name)
					}
				})
			}
		}
	})
	if !t.Failed() {
		checkDocument(t, done.whole())
	}
}

// tally counts the cases that a client is through with.
type tally struct {
	mu    sync.Mutex
	cells map[string]int
}

func (y *tally) add(name string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.cells == nil {
		y.cells = map[string]int{}
	}
	y.cells[name]++
}

// whole are the clients of which every case was looked at.
func (y *tally) whole() map[string]bool {
	all := map[string]bool{}
	for name, n := range y.cells {
		all[name] = n == len(cases)
	}
	return all
}
