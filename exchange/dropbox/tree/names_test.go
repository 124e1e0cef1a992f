package tree_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"buzon/exchange/dropbox/tree"
	"buzon/schema"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"GE_RES_00900001_20260302_001.txt", "Dictamen técnico (2) – no"[:21], "ñandú_ÜÑ.pdf",
		"-x", ".x.tmp", strings.Repeat("é", 100), "CONSTANCIA.pdf", "COM10.txt", "COM", "a.CON", "(NUL)", "..a", "escribiendo_a",
	} {
		if err := tree.CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "a/b", `a\b`, "a\x00b", "a\nb", "a\u202eb", "e\u0301.pdf", "a|b", "a*", "日本", "a–b",
		" a", "a ", "a\xff", "a×b", strings.Repeat("a", 128),
		"a.", "a.txt.", "...", "CON", "con.txt", "Nul.tar.gz", "AUX .txt", "PRN.", "COM0", "com9.tmp", "LPT1.x.y",
	} {
		if err := tree.CheckName(bad); !errors.Is(err, fs.ErrInvalid) || !errors.Is(err, tree.ErrName) {
			t.Errorf("%q: %v, want ErrName", bad, err)
		}
	}
}

// TestLongNames: a party's names have 100 characters at most; ours may have an acuse
// before one of these and a number in it, and whoever they are for can read them.
func TestLongNames(t *testing.T) {
	t.Parallel()
	p := start(t)
	long := strings.Repeat("é", 96) + ".pdf"
	p.upload(t, long, "a")
	_, err := p.Begin(p.f, "x"+long, anew)
	wantErr(t, "an upload of 101 characters", err, tree.ErrName)
	p.upload(t, "a.tmp", "a")
	_, err = p.Rename(p.f, "a.tmp", "x"+long)
	wantErr(t, "a rename to 101 characters", err, tree.ErrName)
	name := "ACU-2026-00000001_" + strings.Repeat("é", 96) + "_99999999.pdf"
	box := p.tree.Mailbox(une, "acuses")
	check(t, box.Put(t.Context(), name, func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("a")), nil }))
	acuses := tree.Folder{Name: "acuses"}
	if info, err := p.Stat(acuses, name); err != nil || info.Size() != 1 {
		t.Errorf("the party's view: %v, %v", info, err)
	}
	f, err := p.Open(acuses, name)
	check(t, err)
	check(t, f.Close())
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
		if err := tree.CheckName("ACU-2026-00000001_" + name); err != nil {
			t.Error(err)
		}
	}
	if letters < 100 {
		t.Errorf("%d letters", letters)
	}
}

func TestIsTemporary(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a.txt": false, "a.tmp": true, "a.PART": true, "a.filepart": true, "a.partial": true, ".a": true,
		"tmp": false, "a.tmp.txt": false,
	} {
		if got := tree.IsTemporary(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
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
		for _, name := range []string{"ñANDÚ_s.TXT", "ÑANDÚ_S.txt", "CORTADA.txt", "cerrada.tmp", "escrita.txt", "ANEXOS", "anexos"} {
			_, err := p.Begin(p.f, name, anew)
			wantErr(t, what+": begin "+name, err, tree.ErrCase)
			wantErr(t, what+": begin "+name, err, tree.ErrName)
		}
		for _, name := range []string{"ñANDÚ_s.TXT", "cortada.TXT", "Anexos"} {
			_, err := p.Rename(p.f, "Cerrada.tmp", name)
			wantErr(t, what+": rename to "+name, err, tree.ErrCase)
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
	_, err := p.Begin(p.f, "CERRADA.txt", anew)
	wantErr(t, "of a renamed one", err, tree.ErrCase)
	p.upload(t, "cerrada.tmp", "nothing of that spelling is left")
	check(t, p.Remove(p.f, "Cortada.txt"))
	p.upload(t, "CORTADA.txt", "free")
	_, err = p.Begin(p.f, "Cortada.txt", anew)
	wantErr(t, "the other way round", err, tree.ErrCase)
	p.upload(t, "Escrita.txt", "y")
}

// TestOldSpellings goes on with two spellings that were there before.
func TestOldSpellings(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, name := range []string{"a.txt", "A.txt"} {
		check(t, os.WriteFile(filepath.Join(p.dir, une, "respuestas", name), []byte("x"), 0o600))
	}
	p.upload(t, "a.txt", "1")
	p.upload(t, "A.txt", "2")
	p.wantSeen(t, "both", map[string]string{"a.txt": "1", "A.txt": "2"})
}

// TestOwnPrefixes uploads under names that look like our own.
func TestOwnPrefixes(t *testing.T) {
	t.Parallel()
	p := start(t)
	want := map[string]string{}
	for _, name := range []string{
		"escribiendo_a.txt", "cortada_a.txt", "cerrada_a.txt", "00000000000000000001_a.txt", ".buzon-X.tmp", ".enlace-X", "a.txt",
	} {
		p.upload(t, name, name)
		want[name] = name
	}
	p.cut(t, "cortada_b.txt", anew, "b")
	want["cortada_b.txt"] = "b"
	p = p.again(t)
	p.wantSeen(t, "after a restart", want)
	wantEqual(t, "queue", p.drain(t), []string{
		"escribiendo_a.txt=escribiendo_a.txt", "cortada_a.txt=cortada_a.txt", "cerrada_a.txt=cerrada_a.txt",
		"00000000000000000001_a.txt=00000000000000000001_a.txt", "a.txt=a.txt",
	})
	for _, name := range []string{".subidas", ".horas", ".llegadas"} {
		err := p.tree.AddAccount(une, []tree.Folder{{Name: name, Upload: true}})
		wantErr(t, "folder "+name, err, fs.ErrInvalid)
	}
}
