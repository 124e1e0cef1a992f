package nombres_test

import (
	"strings"
	"testing"

	"buzon/schema/nombres"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"GE_RES_00900001_20260302_001.txt", "Dictamen técnico (2) – no"[:21], "ñandú_ÜÑ.pdf",
		"-x", ".x.tmp", strings.Repeat("é", nombres.Max), "CONSTANCIA.pdf", "COM10.txt", "COM", "a.CON",
		"(NUL)", "..a",
	} {
		if err := nombres.Check(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "a/b", `a\b`, "a\x00b", "a\nb", "a\u202eb", "e\u0301.pdf", "a|b", "a*", "日本", "a–b",
		" a", "a ", "a\xff", "a×b", "ªa", strings.Repeat("a", nombres.Max+1),
		"a.", "a.txt.", "...", "CON", "con.txt", "Nul.tar.gz", "AUX .txt", "PRN.", "COM0", "com9.tmp",
		"LPT1.x.y",
	} {
		if nombres.Check(bad) == nil {
			t.Errorf("%q may be a name", bad)
		}
	}
}

func TestTemporary(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"a.txt": false, "a.tmp": true, "a.PART": true, "a.filepart": true, "a.partial": true, ".a": true,
		"tmp": false, "a.tmp.txt": false,
	} {
		if got := nombres.Temporary(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}

func TestFolded(t *testing.T) {
	t.Parallel()
	if a, b := nombres.Folded("Ñandú_ſ.TXT"), nombres.Folded("ñANDÚ_s.txt"); a != b {
		t.Errorf("%q, %q", a, b)
	}
	if a, b := nombres.Folded("ñ"), nombres.Folded("n"); a == b {
		t.Errorf("an accent is folded: %q", a)
	}
}
