package tree_test

import (
	"errors"
	"io/fs"
	"strings"
	"testing"

	"buzon/exchange/dropbox/tree"
)

func TestCheckName(t *testing.T) {
	t.Parallel()
	for _, good := range []string{
		"GE_RES_00900001_20260302_001.txt", "Dictamen técnico (2) – no"[:21], "ñandú_ÜÑ.pdf",
		"-x", ".x.tmp", strings.Repeat("é", 100),
	} {
		if err := tree.CheckName(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{
		"", ".", "..", "a/b", `a\b`, "a\x00b", "a\nb", "a\u202eb", "e\u0301.pdf", "a|b", "a*", "日本", "a–b",
		" a", "a ", "a\xff", "a×b", strings.Repeat("a", 101),
	} {
		if err := tree.CheckName(bad); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v, want fs.ErrInvalid", bad, err)
		}
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
