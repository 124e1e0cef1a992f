package schema

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"
	"pgregory.net/rapid"
)

// TestShaped changes each byte of texts that fit to each other byte.
func TestShaped(t *testing.T) {
	t.Parallel()
	classes := map[byte]string{
		'd': "0123456789", 'l': "ABCDEFGHIJKLMNOPQRSTUVWXYZ", 'x': "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ",
		'v': "AEIOUX", 'c': "BCDFGHJKLMNPQRSTVWXYZ", 's': "HMX", 'e': "0123456789A", '/': "/", '-': "-",
		'U': "U",
	}
	for class, members := range classes {
		for b := range 256 {
			if got, want := shaped(string([]byte{'1', byte(b)}), "d"+string(class)),
				strings.IndexByte(members, byte(b)) >= 0; got != want {
				t.Errorf("%q in class %c: %t", byte(b), class, got)
			}
		}
	}
	for _, s := range []string{"", "1", "111"} {
		if shaped(s, "dd") {
			t.Errorf("%q fits two digits", s)
		}
	}
}

func TestListed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Z0-9]{1,3}`), 1, 5).Draw(t, "list")
		word := rapid.StringMatching(`[A-Z0-9]{1,3}| `).Draw(t, "word")
		if got := listed(strings.Join(words, " "), word); got != slices.Contains(words, word) {
			t.Fatalf("%q in %v: %t", word, words, got)
		}
	})
}

// TestPlainEmailIsOneForValidator draws addresses that are plain or nearly so:
// what is taken for plain must be an address for validator too.
func TestPlainEmailIsOneForValidator(t *testing.T) {
	t.Parallel()
	own := validator.New()
	part := rapid.StringMatching(`[a-zA-Z0-9]{1,3}`)
	mark := rapid.SampledFrom([]string{".", ".", "-", "_", "", "..", "@", "+", "ñ", ".-"})
	plain := 0
	rapid.Check(t, func(t *rapid.T) {
		s := part.Draw(t, "a") + mark.Draw(t, "b") + part.Draw(t, "c") + "@" + part.Draw(t, "d") +
			mark.Draw(t, "e") + part.Draw(t, "f")
		if !isPlainEmail(s) {
			return
		}
		if plain++; own.Var(s, "email") != nil {
			t.Fatalf("%q is taken for a plain address", s)
		}
	})
	if !isPlainEmail("usuario1@ejemplo.mx") || plain == 0 {
		t.Error("no address is taken for a plain one")
	}
}

// TestFormTellsTheFirstFlaw holds the short way through form to the order of
// section 6: double encoding, blanks, type, length.
func TestFormTellsTheFirstFlaw(t *testing.T) {
	t.Parallel()
	piece := rapid.SampledFrom([]string{"1", "0", "a", "Z", "ñ", " ", "\t", "\x00", "Ã©", "Ã", "/", ".", "-",
		"01/02/2026", "1.00",
		"2026-03-18T16:22:31-06:00", "\u0085", "\u00a0"})
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(piece, 1, 4).Draw(t, "text"), "")
		kind := rapid.SampledFrom([]byte("ANCFMTH")).Draw(t, "kind")
		size := rapid.IntRange(1, 6).Draw(t, "size")
		want := sound
		switch typed, fits := typedAs(kind, size, s); {
		case isDoubled(s):
			want = doubled
		case !isClean(s):
			want = unclean
		case !typed:
			want = mistyped
		case !fits:
			want = misfit
		}
		if got := form(kind, size, s); got != want {
			t.Fatalf("%c=%d of %q: %d, want %d", kind, size, s, got, want)
		}
	})
}

// TestCutCharacters is for bytes that are not UTF-8: the file is refused, and its
// fields are still looked at.
func TestCutCharacters(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"x\xc2", "\xc3", "x\xc3\x82", "x\xc3\x83\xc2", "\xc2", "\xff",
		"\xc3\x83\xff"} {
		if isDoubled(s) || hasControl(s) || !isClean("a"+s+"a") {
			t.Errorf("%q: doubled %t, control characters %t", s, isDoubled(s), hasControl(s))
		}
	}
}

// TestDiaDeCountsAsTimeDoes compares every day of years of each kind, and the days
// that do not exist, with what package time says.
func TestDiaDeCountsAsTimeDoes(t *testing.T) {
	t.Parallel()
	for _, year := range []int{1, 4, 100, 400, 1899, 1900, 1999, 2000, 2023, 2024, 2025, 2026, 2100, 9999} {
		for month := range 14 {
			for day := range 33 {
				want := NewDia(year, time.Month(month), day)
				if y, m, d := want.utc().Date(); y != year || int(m) != month || d != day {
					want = 0
				}
				if got := diaDe(year, month, day); got != want {
					t.Fatalf("%d-%d-%d is %d, want %d", year, month, day, got, want)
				}
			}
		}
	}
	if diaDe(0, 1, 1) != 0 {
		t.Error("there is a year 0")
	}
}

// TestAtoi is for the numbers in fields and tags: only digits write one.
func TestAtoi(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{
		"": 0, "0": 0, "007": 7, "9999999": 9999999, "+1": 0, "-1": 0, "1_0": 0, "٩": 0, " 1": 0, "1.0": 0,
		strings.Repeat("9", maxDigits): 999_999_999_999_999_999, strings.Repeat("9", maxDigits+1): 0,
	} {
		if got := atoi(s); got != want {
			t.Errorf("%q is %d, want %d", s, got, want)
		}
	}
}

func TestLongEnough(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"a", "ñ", "€", "\U0001F600"} {
		for n := range 12 {
			p := probe{&step{low: 10}, strings.Repeat(c, n)}
			if got := longEnough(nil, p); got != (n >= 10) || utf8.RuneCountInString(c) != 1 {
				t.Errorf("%d times %s is long enough: %t", n, c, got)
			}
		}
	}
}
