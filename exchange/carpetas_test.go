package exchange_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/schema"
)

// TestFolderGoesAway: where the disk of a folder of ours goes away while we are at work,
// nothing is taken, made or shown; the run says which folder, and what is missing meanwhile
// is told of no content. Once it is there again the day goes on.
func TestFolderGoesAway(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"archivo", "subidas"} {
		g := open(t)
		g.deliverExample()
		g.clock.Set(moment(3, "10:00:00"))
		dir := filepath.Join(g.dir, name)
		if err := os.Rename(dir, dir+".aside"); err != nil {
			t.Fatal(err)
		}
		const req = "GE_REC_20260303_001.txt"
		g.leave(schema.ParteCONDUSEF, req, rec(t, req))
		before := g.last()
		for _, shadow := range []bool{false, true} {
			if shadow { // the folder on which it was mounted
				if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			_, err := g.runAt(moment(3, "10:01:00"), exchange.CausaAgenda)
			visit := g.visit(norte)
			for _, err := range []error{err, visit} {
				if err == nil || !strings.Contains(err.Error(), dir) ||
					!strings.Contains(err.Error(), "mount its disk") {
					t.Errorf("%s: %v", name, err)
				}
			}
		}
		if n := g.last() - before; n != 4 { // two runs began, and failed
			t.Errorf("%s: %d events", name, n)
		}
		if made, err := filepath.Glob(filepath.Join(dir, "*", "*")); err != nil || len(made) != 0 {
			t.Errorf("%s: %q, %v were made", name, made, err)
		}
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(dir+".aside", dir); err != nil {
			t.Fatal(err)
		}
		g.mustRun(moment(3, "10:02:00"))
		g.file("CONDUSEF/entrada/GE_ACU_REC_20260303_001.txt")
		if got := g.ausentes(); len(got) != 0 {
			t.Errorf("%s: told of %+v", name, got)
		}
	}
}
