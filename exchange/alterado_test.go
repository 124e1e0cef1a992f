package exchange_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"buzon/exchange"
	"buzon/exchange/archivo"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// alter changes one byte of a content on the disk; what it gives puts it back.
func (g *gateway) alter(h schema.Huella) (mend func()) {
	g.t.Helper()
	name := filepath.Join(g.dir, "archivo", string(h[:2]), string(h))
	b, err := os.ReadFile(name)
	if err != nil {
		g.t.Fatal(err)
	}
	write := func(b []byte) {
		g.t.Helper()
		if err := errors.Join(os.Chmod(name, 0o600), os.WriteFile(name, b, 0o600)); err != nil {
			g.t.Fatal(err)
		}
	}
	other := slices.Clone(b)
	other[len(b)/2] ^= 1
	write(other)
	return func() { write(b) }
}

// ausentes are the contents that status tells of.
func (g *gateway) ausentes() []store.Ausente {
	g.t.Helper()
	return view(g, func(v *store.View) ([]store.Ausente, error) { return v.Ausentes() })
}

// TestAlteredIsNotShown: what was made for CONDUSEF's own folder and changed on our disk
// before it could be shown is not shown, nor told of as shown; the operator is told which
// and where it lies, and the rest goes on. Put back, it is shown.
func TestAlteredIsNotShown(t *testing.T) {
	t.Parallel()
	const rep, acu = "GE_REP_20260303_001.txt", "GE_ACU_REC_20260303_001.txt"
	is := func(want string) func(string) bool { return func(name string) bool { return name == want } }
	annex := func(name string) bool { return strings.HasSuffix(name, carta) }
	for what, c := range map[string]struct {
		name  func(name string) bool // of which the content changes
		shown []string               // all the same
		waits []string
	}{
		"REP":   {is(rep), []string{acu}, []string{rep}},
		"ACU":   {is(acu), []string{rep}, []string{acu}},
		"annex": {annex, []string{acu}, []string{rep}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g := open(t)
			g.toReturn()
			g.faults.failLike("CONDUSEF/entrada")
			if _, err := g.runAt(moment(3, "20:00:00"), exchange.CausaAgenda); !errors.Is(err, errFault) {
				t.Fatal(err)
			}
			g.faults.clear()
			var altered store.Salida
			for _, s := range view(g, func(v *store.View) ([]store.Salida, error) {
				return v.PorPublicar(schema.ParteCONDUSEF)
			}) {
				if c.name(s.Nombre) {
					altered = s
				}
			}
			if altered.ID == 0 {
				t.Fatal("nothing waits to be shown")
			}
			mend := g.alter(altered.SHA256)
			for range 2 { // each time it waits
				_, err := g.runAt(moment(3, "20:05:00"), exchange.CausaManual)
				if !errors.Is(err, archivo.ErrAlterado) ||
					!strings.Contains(err.Error(), string(altered.SHA256)) ||
					!strings.Contains(err.Error(), "hint: put it back") ||
					strings.Contains(err.Error(), "Marta") {
					t.Errorf("%v", err)
				}
			}
			seen := g.names(schema.ParteCONDUSEF, schema.CarpetaEntrada)
			for _, name := range c.shown {
				if !slices.Contains(seen, name) {
					t.Errorf("%s is held up by another", name)
				}
			}
			for _, name := range c.waits {
				if slices.Contains(seen, name) {
					t.Errorf("%s is shown", name)
				}
			}
			for _, e := range g.events(bitacora.ArchivoPublicado) {
				if e.SHA256 == altered.SHA256 {
					t.Errorf("%s is told of as shown", e.Archivo)
				}
			}
			if got := g.ausentes(); len(got) != 1 || got[0].SHA256 != altered.SHA256 || !got[0].Alterado {
				t.Errorf("told of %+v", got)
			}
			if got := g.events(bitacora.ContenidoAusente); len(got) != 1 {
				t.Errorf("%d events", len(got))
			}
			mend()
			g.mustRun(moment(3, "20:10:00"))
			g.file("CONDUSEF/entrada/" + rep)
			g.checkREPs()
			if got := g.ausentes(); len(got) != 0 {
				t.Errorf("mended, and told of still: %+v", got)
			}
		})
	}
}

// TestAlteredIsNotRefused: a RES that changed on our disk between its arrival and its
// reading is not refused for that: it waits, and counts from its arrival.
func TestAlteredIsNotRefused(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	g.clock.Set(moment(3, "10:00:00"))
	const res = "GE_RES_00900001_20260303_001.txt"
	g.leave(norte, res, write(t, res, answer(folioNorte)))
	waiting := view(g, func(v *store.View) ([]store.Arribo, error) { return v.PorTomar(norte) })
	if len(waiting) != 1 {
		t.Fatalf("%d wait", len(waiting))
	}
	mend := g.alter(waiting[0].SHA256)
	if _, err := g.runAt(moment(3, "11:00:00"), exchange.CausaAgenda); !errors.Is(err, archivo.ErrAlterado) {
		t.Errorf("%v", err)
	}
	if got := g.names(norte, schema.CarpetaRechazos); len(got) != 0 {
		t.Errorf("refused for what became of it here: %q", got)
	}
	mend()
	g.mustRun(moment(3, "12:00:00"))
	if got := g.names(norte, schema.CarpetaAcuses); len(got) != 1 {
		t.Errorf("acuses %q", got)
	}
}

// TestAlteredIsNotOpened: a party that opens a file on our own server whose content
// changed gets none of it.
func TestAlteredIsNotOpened(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.deliverExample()
	s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, lotNorte) })
	name := schema.CarpetaReclamaciones + "/" + lotNorte
	mend := g.alter(s.SHA256)
	_, err := g.vista.De(norte).Open(name)
	if !errors.Is(err, archivo.ErrAlterado) || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opened: %v", err)
	}
	mend()
	f, err := g.vista.De(norte).Open(name)
	if err != nil {
		t.Fatal(err)
	}
	_ = f.Close()
}
