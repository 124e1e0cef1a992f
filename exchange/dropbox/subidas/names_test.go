package subidas_test

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange/dropbox/subidas"
	"buzon/schema"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	if err := subidas.CheckName("ñandú_ÜÑ.pdf"); err != nil {
		t.Error(err)
	}
	if err := subidas.CheckName("a/b"); !errors.Is(err, fs.ErrInvalid) || !errors.Is(err, subidas.ErrName) {
		t.Errorf("%v, want ErrName", err)
	}
}

// TestLongNames: a party's names have 100 characters at most; ours may have an acuse
// before one of these and a number in it, and whoever they are for can read them.
func TestLongNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	long := strings.Repeat("é", 96) + ".pdf"
	p.upload(t, long, "a")
	_, err := p.Begin(respuestas, "x"+long, anew)
	wantErr(t, "an upload of 101 characters", err, subidas.ErrName)
	p.upload(t, "a.tmp", "a")
	_, err = p.Rename(respuestas, "a.tmp", "x"+long)
	wantErr(t, "a rename to 101 characters", err, subidas.ErrName)
	shown := "ACU-2026-00000001_" + strings.Repeat("é", 96) + "_99999999.pdf"
	check(t, subidas.CheckName(shown))
	wantErr(t, "an upload of what is shown", subidas.CheckUpload(shown), subidas.ErrName)
}

// TestAnnexesCanBePut: what the layout takes for the name of an annex goes on with its
// acuse before it, so that each of its letters must be one that we can put.
func TestAnnexesCanBePut(t *testing.T) {
	t.Parallel()
	rules, letters := new(schema.Reglas), 0
	for r := range rune(0x3000) {
		name := "a" + string(r) + ".pdf"
		if !rules.ValidAnexo(name) {
			continue
		}
		letters++
		if err := subidas.CheckName("ACU-2026-00000001_" + name); err != nil {
			t.Error(err)
		}
	}
	if letters < 100 {
		t.Errorf("%d letters", letters)
	}
}

func TestCaseTricks(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.upload(t, "Ñandú_ſ.txt", "finished")
	p.cut(t, "Cortada.txt", anew, "cut")
	p.upload(t, "Cerrada.tmp", "closed")
	writes := p.begin(t, "Escrita.txt", anew, "x")
	refused := func(what string) {
		t.Helper()
		for _, name := range []string{
			"ñANDÚ_s.TXT", "ÑANDÚ_S.txt", "CORTADA.txt", "cerrada.tmp", "escrita.txt", "ANEXOS", "Anexos",
		} {
			_, err := p.Begin(respuestas, name, anew)
			wantErr(t, what+": begin "+name, err, subidas.ErrCase)
			wantErr(t, what+": begin "+name, err, subidas.ErrName)
		}
		for _, name := range []string{"ñANDÚ_s.TXT", "cortada.TXT", "Anexos"} {
			_, err := p.Rename(respuestas, "Cerrada.tmp", name)
			wantErr(t, what+": rename to "+name, err, subidas.ErrCase)
		}
	}
	refused("at once")
	if _, err := writes.Close(); err != nil {
		t.Fatal(err)
	}
	p = p.again(t)
	refused("after a restart")

	p.upload(t, "Ñandú_ſ.txt", "the same name")
	p.rename(t, "Cerrada.tmp", "CERRADA.tmp") // takes the other spelling away
	p.rename(t, "CERRADA.tmp", "Cerrada.txt")
	_, err := p.Begin(respuestas, "CERRADA.txt", anew)
	wantErr(t, "of a renamed one", err, subidas.ErrCase)
	p.upload(t, "cerrada.tmp", "nothing of that spelling is left")
	check(t, p.Remove(respuestas, "Cortada.txt"))
	p.upload(t, "CORTADA.txt", "free")
	_, err = p.Begin(respuestas, "Cortada.txt", anew)
	wantErr(t, "the other way round", err, subidas.ErrCase)
	p.upload(t, "Escrita.txt", "y")
}

// TestOldSpellings goes on with two spellings that were there before.
func TestOldSpellings(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, name := range []string{"a.txt", "A.txt"} {
		check(t, p.box.Put(une, respuestas, name, []byte("x"), monday))
	}
	p.upload(t, "a.txt", "1")
	p.upload(t, "A.txt", "2")
	p.wantSeen(t, "both", map[string]string{"a.txt": "1", "A.txt": "2"})
}

// TestCaseIsJudgedAtArrival has another spelling arrive after the opening, where it
// was looked at as a courtesy.
func TestCaseIsJudgedAtArrival(t *testing.T) {
	t.Parallel()
	p := start(t)
	u := p.begin(t, "a.txt", anew, "late")
	p.upload(t, "b.tmp", "b")
	for _, name := range []string{"A.txt", "B.txt"} {
		check(t, p.box.Put(une, respuestas, name, []byte("x"), monday))
	}
	arrived, err := u.Close()
	wantErr(t, "close", err, subidas.ErrCase)
	if arrived {
		t.Error("it arrived all the same")
	}
	_, err = p.Rename(respuestas, "b.tmp", "b.txt")
	wantErr(t, "rename", err, subidas.ErrCase)
	want := map[string]string{"A.txt": "x", "B.txt": "x", "a.txt": "late", "b.tmp": "b"}
	p.wantSeen(t, "both stay", want)
	p = p.again(t)
	p.wantSeen(t, "after a restart", want)
	wantEqual(t, "arrivals", p.drain(t), []string{})
}

// TestOwnPrefixes uploads under names that look like our own.
func TestOwnPrefixes(t *testing.T) {
	t.Parallel()
	p := start(t)
	want := map[string]string{}
	for _, name := range []string{
		"escribiendo_a.txt", "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "ABCDEFGHIJKLMNOPQRSTUVWXYZ.json",
		"a.json.nuevo", ".servidor", "a.txt",
	} {
		p.upload(t, name, name)
		want[name] = name
	}
	p.cut(t, "cortada_b.txt", anew, "b")
	want["cortada_b.txt"] = "b"
	p = p.again(t)
	p.wantSeen(t, "after a restart", want)
	wantEqual(t, "arrivals", p.drain(t), []string{
		"escribiendo_a.txt=escribiendo_a.txt", "ABCDEFGHIJKLMNOPQRSTUVWXYZ=ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		"ABCDEFGHIJKLMNOPQRSTUVWXYZ.json=ABCDEFGHIJKLMNOPQRSTUVWXYZ.json", "a.json.nuevo=a.json.nuevo",
		"a.txt=a.txt",
	})
	for _, f := range p.staged(t) {
		if strings.Contains(filepath.Base(f), "a.txt") {
			t.Errorf("a party's name on our disk: %s", f)
		}
	}
}
