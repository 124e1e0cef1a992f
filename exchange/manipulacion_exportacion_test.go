package exchange_test

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/exchange/auditoria"
	"buzon/schema"
	"buzon/store"
)

// tercero is somebody who has the program verificador, the keys and an old head,
// and nothing else.
type tercero struct {
	t                      *testing.T
	program, llaves, viejo string
}

func newTercero(t *testing.T, r *registro) *tercero {
	t.Helper()
	dir := t.TempDir()
	x := &tercero{t, filepath.Join(dir, "verificador"), filepath.Join(dir, "llaves.txt"),
		filepath.Join(dir, "viejo.checkpoint")}
	if out, err := exec.Command("go", "build", "-o", x.program,
		"buzon/cmd/verificador").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for path, text := range map[string]string{x.llaves: r.llaves, x.viejo: r.puntos[0]} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// judge gives the exit code and what is said of an export. Our own reader, by which
// a score is counted from an export, must take the same ones and no other.
func (x *tercero) judge(export []byte, args ...string) (int, string) {
	x.t.Helper()
	code, out := x.ask(export, args...)
	err := x.opens(export)
	good := code == 0
	if len(args) > 0 && !good && err == nil { // perhaps it is the old head that it does not go on from
		alone, _ := x.ask(export)
		good = alone == 0
	}
	if good != (err == nil) {
		x.t.Errorf("exit %d, and our own reader says %v\n%s", code, err, out)
	}
	return code, out
}

// opens reads an export by the keys that the third party has.
func (x *tercero) opens(export []byte) error {
	x.t.Helper()
	f, err := os.Open(x.llaves)
	if err != nil {
		x.t.Fatal(err)
	}
	defer f.Close()
	llaves, err := auditoria.ReadLlaves(f)
	if err != nil {
		x.t.Fatal(err)
	}
	_, err = auditoria.OpenExport(bytes.NewReader(export), int64(len(export)), llaves)
	return err
}

// ask runs the program.
func (x *tercero) ask(export []byte, args ...string) (int, string) {
	x.t.Helper()
	path := filepath.Join(x.t.TempDir(), "e.zip")
	if err := os.WriteFile(path, export, 0o600); err != nil {
		x.t.Fatal(err)
	}
	cmd := exec.Command(x.program, append(append([]string{"-llaves", x.llaves}, args...), path)...)
	out, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		x.t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(out)
}

// export writes an export of a database.
func export(t testing.TB, path string, q auditoria.Alcance) ([]byte, error) {
	t.Helper()
	st, err := store.OpenReadOnly(path)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	var b bytes.Buffer
	err = st.View(t.Context(), func(v *store.View) error {
		_, err := auditoria.Export(v, &b, q, moment(18, "21:00:00"), nil)
		return err
	})
	return b.Bytes(), err
}

// TestThirdParty: what a third party sees of a log that was tampered with, by the
// export that was made from it.
func TestThirdParty(t *testing.T) {
	t.Parallel()
	r := grande(t)
	x := newTercero(t, r)
	at := r.tamanos(t)
	early, late := int(at[0]), int(at[len(at)-1])
	for what, q := range map[string]auditoria.Alcance{
		"all":          {},
		"an afternoon": {Desde: corrida.Add(-time.Minute), Hasta: corte},
		"to the millisecond": {Desde: corrida.Add(500 * time.Microsecond),
			Hasta: moment(3, "10:00:00").Add(400 * time.Millisecond)},
		"none":             {Desde: moment(10, "00:00:00"), Hasta: moment(10, "00:00:01")},
		"with an old head": {Viejos: []string{r.puntos[0]}},
	} {
		b, err := export(t, attack(t, r.db, func(*attacker) {}), q)
		if err != nil {
			t.Fatal(err)
		}
		if code, out := x.judge(b, "-punto", x.viejo); code != 0 {
			t.Errorf("%s: exit %d\n%s", what, code, out)
		}
	}
	for what, fn := range map[string]func(a *attacker){
		"momento": func(a *attacker) { a.do(`UPDATE bitacora SET momento = momento + 1 WHERE n = 30`) },
		"evento":  func(a *attacker) { a.do(`UPDATE bitacora SET evento = evento || 'x' WHERE n = 30`) },
		"parte":   func(a *attacker) { a.do(`UPDATE bitacora SET parte = '00900009' WHERE n = 30`) },
		"archivo": func(a *attacker) { a.do(`UPDATE bitacora SET archivo = archivo || 'x' WHERE n = 30`) },
		"sha256": func(a *attacker) {
			a.do(`UPDATE bitacora SET sha256 = '' WHERE n = (SELECT min(n) FROM bitacora WHERE sha256 <> '')`)
		},
		"folio": func(a *attacker) {
			a.do(`UPDATE bitacora SET folio = folio || '1' WHERE n = 30`)
		},
		"detalle": func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = '{}' WHERE n = 30`)
		},
		"the last that counts": func(a *attacker) {
			a.do(`UPDATE bitacora SET folio = '1' WHERE n = ?`, late)
		},
		"with its leaf": func(a *attacker) {
			a.do(`UPDATE bitacora SET folio = '1' WHERE n = 30`)
			a.leaves()
		},
		"with its tree": func(a *attacker) {
			a.do(`UPDATE bitacora SET folio = '1' WHERE n = 30`)
			a.tree()
		},
		"swapped":                func(a *attacker) { a.swap(20, 30, false) },
		"swapped with tree":      func(a *attacker) { a.swap(20, 30, true); a.tree() },
		"removed":                func(a *attacker) { a.do(`DELETE FROM bitacora WHERE n = 30`) },
		"removed and renumbered": func(a *attacker) { a.drop(30); a.tree() },
		"cut":                    func(a *attacker) { a.cut(late - 3); a.tree() },
		"cut with its heads": func(a *attacker) {
			a.cut(early - 1)
			a.tree()
			a.do(`DELETE FROM puntos`)
		},
		"one more": func(a *attacker) {
			a.do(`UPDATE bitacora SET n = n + 1 WHERE n = (SELECT max(n) FROM bitacora)`)
			a.tree()
		},
		"a node": func(a *attacker) { a.do(`UPDATE nodos SET hash = zeroblob(32)`) },
		"a head": func(a *attacker) {
			a.do(`UPDATE puntos SET nota = replace(nota, 'momento 2026', 'momento 2027')`)
		},
		"an old head for a new one": func(a *attacker) {
			a.do(`UPDATE puntos SET nota = (SELECT nota FROM puntos ORDER BY tamano LIMIT 1)`)
		},
	} {
		b, err := export(t, attack(t, r.db, fn), auditoria.Alcance{})
		if err != nil {
			t.Logf("%s: no export: %v", what, err)
			continue
		}
		code, out := x.judge(b, "-punto", x.viejo)
		if what == "one more" { // after the newest head: not in the export
			if code != 0 {
				t.Errorf("%s: exit %d\n%s", what, code, out)
			}
			continue
		}
		if code == 0 {
			t.Errorf("%s: a third party finds nothing\n%s", what, out)
		}
	}
	t.Run("rebuilt", func(t *testing.T) { rebuiltForThird(t, r, x) })
	short := newRegistro(t, 200, nil) // a hundred exports are written again for it
	t.Run("bits", func(t *testing.T) { bitsForThird(t, short, newTercero(t, short)) })
}

// rebuiltForThird: a history that was made anew with the real key is good by
// itself; the old head shows it.
func rebuiltForThird(t *testing.T, r *registro, x *tercero) {
	other := playRegistro(t, 1200, vueltas, func(all []schema.Reclamacion) { all[3].RecFolioCondusef += "7" })
	for _, q := range []auditoria.Alcance{{}, {Viejos: []string{r.puntos[0]}}} {
		b, err := export(t, attack(t, other.db, func(*attacker) {}), q)
		if err != nil {
			t.Fatal(err)
		}
		if code, out := x.judge(b); code != 0 {
			t.Errorf("by itself: exit %d\n%s", code, out)
		}
		if code, out := x.judge(b, "-punto", x.viejo); code != 1 {
			t.Errorf("with a head of the real one: exit %d\n%s", code, out)
		}
	}
}

// bitsForThird flips a bit in each member that is verified, many times.
func bitsForThird(t *testing.T, r *registro, x *tercero) {
	whole, err := export(t, attack(t, r.db, func(*attacker) {}), auditoria.Alcance{})
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(7, 7))
	for _, member := range []string{"eventos.jsonl", "punto.txt", "pruebas.json"} {
		for range 25 {
			var what string
			b := rezip(t, whole, member, func(content []byte) []byte {
				i, bit := rnd.IntN(len(content)), rnd.IntN(8)
				what = string(content[max(0, i-10):min(len(content), i+10)])
				content[i] ^= 1 << bit
				return content
			})
			if code, out := x.judge(b, "-punto", x.viejo); code == 0 {
				t.Errorf("%s: a bit near %q\n%s", member, what, out)
			}
		}
	}
	lines := func(change func(l [][]byte) [][]byte) []byte {
		return rezip(t, whole, "eventos.jsonl", func(content []byte) []byte {
			return bytes.Join(change(bytes.SplitAfter(content, []byte("\n"))), nil)
		})
	}
	for what, b := range map[string][]byte{
		"a line less":       lines(func(l [][]byte) [][]byte { return append(l[:40:40], l[41:]...) }),
		"the last one less": lines(func(l [][]byte) [][]byte { return l[:len(l)-2] }),
		"a line twice":      lines(func(l [][]byte) [][]byte { return append(l[:40:40], l[39:]...) }),
		"two swapped":       lines(func(l [][]byte) [][]byte { l[40], l[41] = l[41], l[40]; return l }),
		"fewer said": rezip(t, whole, "consulta.json", func(c []byte) []byte {
			return bytes.Replace(c, []byte(`"primero":1,`), []byte(`"primero":2,`), 1)
		}),
		"said to be real": rezip(t, whole, "consulta.json", func(c []byte) []byte {
			return bytes.Replace(c, []byte("true"), []byte("false"), 1)
		}),
	} {
		if code, out := x.judge(b); code == 0 {
			t.Errorf("%s: a third party finds nothing\n%s", what, out)
		}
	}
}

// rezip writes a ZIP again with one member changed.
func rezip(t testing.TB, b []byte, member string, change func([]byte) []byte) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.EqualFold(f.Name, member) {
			content = change(content)
		}
		w, err := z.Create(f.Name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
