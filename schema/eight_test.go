package schema

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

// awkward draws texts of characters that some rule stumbles over, long enough for
// more than eight bytes at a time.
func awkward() *rapid.Generator[string] {
	some := rapid.SampledFrom([]string{"a", "Z", "~", " ", "|", "\x00", "\x1f", "\x7f", "\x80", "\xff",
		"ñ", "Ã©", "Ã", "Â", "€", "\u0085", "\ufffd", "\u00a0", "abcdefgh"})
	plain := rapid.StringMatching(`[ -~]{0,12}`)
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.OneOf(plain, plain, some), 0, 24).Draw(t, "parts"), "")
	})
}

// TestEightAtATime holds what is done eight bytes at a time against what is done
// one by one.
func TestEightAtATime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := awkward().Draw(t, "text")
		plain, control := true, false
		for i, r := range s {
			plain = plain && r >= ' ' && r <= '~'
			r, n := utf8.DecodeRuneInString(s[i:])
			control = control || r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 && n == 2
		}
		if got := isPlain(s); got != plain {
			t.Fatalf("%q is plain: %t", s, got)
		}
		if got := hasControl(s); got != control {
			t.Fatalf("%q has control characters: %t", s, got)
		}
		if got, want := clean(s, 20), cleaned(s, 20); got != want {
			t.Fatalf("%q cleaned is %q, want %q", s, got, want)
		}
		fields := strings.Split(s, separator)
		for want := 1; want < len(fields)+2; want++ {
			got := cut(s, want, nil)
			if want == len(fields) && !slices.Equal(got, fields) || want != len(fields) && got != nil {
				t.Fatalf("%q in %d fields: %q", s, want, got)
			}
		}
	})
}

// TestEachByteAmongPlainOnes puts every byte into every place of a plain text.
func TestEachByteAmongPlainOnes(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		for at := range 17 {
			s := []byte("abcdefghijklmnopq")
			s[at] = byte(b)
			if got, want := isPlain(string(s)), b >= ' ' && b <= '~'; got != want {
				t.Errorf("%q is plain: %t", s, got)
			}
			if got, want := hasControl(string(s)), b < ' ' || b == 0x7f; got != want {
				t.Errorf("%q has control characters: %t", s, got)
			}
		}
	}
}

// TestPlainInstanteIsOne draws moments and what is nearly one.
func TestPlainInstanteIsOne(t *testing.T) {
	t.Parallel()
	moments := rapid.OneOf(
		rapid.StringMatching(`2026-03-18T2[0-9]:[0-6][09]:[0-6][09]-06:00`),
		rapid.StringMatching(
			`(2026|0000|2024)-(0[0-3]|1[1-3])-([0-3][0-9])T0[0-9]:00:00(-06:00|-05:00|Z|-06:60)`),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := moments.Draw(t, "moment")
		at, err := time.Parse(layoutInstante, s)
		if isPlainInstante(s) && (err != nil || at.Format(layoutInstante) != s) {
			t.Fatalf("%q is taken for a moment: %v", s, err)
		}
	})
}
