package schema

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestValidarCURP(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		s                  string
		estructura, digito bool
	}{
		{"HEGG560427MVZRRL04", true, true},
		{"SABC560626MDFLRN01", true, true},
		{"ROCE000131HNLDNDA0", true, true},
		// The people of the example files.
		{"MUAL840709MDFXCC09", true, true},
		{"GATR910228HNLRRL01", true, true},
		{"PELA011130MJCRPNA8", true, true},
		{"HEOJ590103HMCRRS05", true, true},
		{"ZUIE770517MCSXBL09", true, true},

		{"OEAF771012HMCRGR09", true, false},
		{"JOJO200927HNLJJO09", false, false}, // a vowel at 16
		{"HEGG560427MNERRL00", true, false},  // NE, born abroad
		{"HEGG560427XVZRRL04", true, false},  // X is a sex
		{"HEGG560427MXXRRL04", false, false}, // no such state
		{"HEGG560427ZVZRRL04", false, false}, // no such sex
		{"HBGG560427MVZRRL04", false, false}, // no vowel at 2
		{"HEGG560431MVZRRL04", false, false}, // 31 April
		{"HEGG561327MVZRRL04", false, false}, // month 13
		{"HEGG560400MVZRRL04", false, false}, // day 0
		{"HEGG000229MVZRRLA0", true, false},  // 2000 was a leap year …
		{"HEGG000229MVZRRL00", false, false}, // … and 1900 was not
		{"HEGG040229MVZRRL00", true, false},
		{"hegg560427mvzrrl04", false, false},
		{"HEGG560427MVZRRL0", false, false},
		{"HEGG560427MVZRRL040", false, false},
		{"HEGG560427MVZRRL04\n", false, false},
		{" HEGG560427MVZRRL04", false, false},
		{"ÑEGG560427MVZRRL04", false, false},
		{"ÑEGG560427MVZRRL0", false, false}, // 18 bytes, 17 characters
		{"", false, false},
	} {
		if e, d := ValidarCURP(v.s); e != v.estructura || d != v.digito {
			t.Errorf("ValidarCURP(%q) = %t, %t, want %t, %t", v.s, e, d, v.estructura, v.digito)
		}
	}
}

func TestValidarRFC(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		s                  string
		estructura, digito bool
	}{
		{"GODE561231GR8", true, true},
		{"BBA830831LJ2", true, true},
		{"SAT970701NN3", true, true},
		{RFCPublico, true, true},
		{RFCExtranjero, true, true},

		{"GODE561231GR9", true, false},
		{"XAXX010101001", true, false},   // nearly generic
		{"ÑÑÑ830831LJ2", true, false},    // 12 characters, 15 bytes
		{"Ñ&ÑA830831LJ2", true, false},   // 13 characters
		{"BBABA830831LJ2", false, false}, // five letters
		{"BB830831LJ2", false, false},
		{"BBA830231LJ2", false, false},  // 31 February
		{"BBA000229LJ2", true, false},   // 2000 had the day
		{"BBA010229LJ2", false, false},  // 2001 and 1901 had not
		{"BBA830831LJB", false, false},  // no such digit
		{"BBA830831ÑJ2", false, false},  // Ñ only in the name
		{"BBA830831LJ", false, false},   // digit missing
		{"bba830831lj2", false, false},  // small letters
		{"BBA830831LJ2 ", false, false}, // blank
		{"XAXX0101010000", false, false},
		{"B\xd1A830831LJ2", false, false}, // ISO-8859-1
		{"", false, false},
	} {
		if e, d := ValidarRFC(v.s); e != v.estructura || d != v.digito {
			t.Errorf("ValidarRFC(%q) = %t, %t, want %t, %t", v.s, e, d, v.estructura, v.digito)
		}
	}
}

func TestValidarCLABE(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"002010077777777771": true, "032180000118359719": true, "064180000012345677": true,
		"000000000000000000": true, "002010077777777772": false,
		"00201007777777777": false, "0020100777777777710": false, "00201007777777777A": false,
		"00201007777777777 ": false, "": false, "٠٠٠٠٠٠٠٠٠": false, // 18 bytes of other digits
	} {
		if got := ValidarCLABE(s); got != want {
			t.Errorf("ValidarCLABE(%q) = %t, want %t", s, got, want)
		}
	}
}

func TestDigitoOfOtherText(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "A", strings.Repeat("a", 17), strings.Repeat("1", 18),
		strings.Repeat("\xff", 17), strings.Repeat("-", 12), strings.Repeat("-", 11)} {
		if c, r, k := DigitoCURP(s), DigitoRFC(s), DigitoCLABE(s); c != 0 || r != 0 || k != 0 {
			t.Errorf("digits of %q = %q, %q, %q, want none", s, c, r, k)
		}
	}
	// The two alphabets differ behind N.
	for alphabet, want := range map[string][]int{alfabetoCURP: {24, 25, 36}, alfabetoRFC: {38, 25, 36}} {
		for i, s := range []string{"Ñ", "O", "Z"} {
			if got, ok := sumaPonderada(s, alphabet, 1); !ok || got != want[i] {
				t.Errorf("%s is worth %d, want %d", s, got, want[i])
			}
		}
	}
	if sum, ok := sumaPonderada("& ", alfabetoRFC, 1); !ok || sum != 24 {
		t.Errorf("& and a blank of weight 0 make %d, want 24", sum)
	}
}

// cuerpo draws n characters of the alphabet.
func cuerpo(alphabet string, n int) *rapid.Generator[[]rune] {
	return rapid.SliceOfN(rapid.SampledFrom([]rune(alphabet)), n, n)
}

// changed draws a place of the text and other character for it, and gives the
// text with it and the difference of the values.
func changed(t *rapid.T, text []rune, alphabet string) (other string, place, diff int) {
	letters := []rune(alphabet)
	place = rapid.IntRange(0, len(text)-1).Draw(t, "place")
	old := strings.IndexRune(alphabet, text[place])
	from := utf8.RuneCountInString(alphabet[:old])
	diff = rapid.IntRange(1, len(letters)-1).Draw(t, "diff")
	out := append([]rune(nil), text...)
	to := (from + diff) % len(letters)
	out[place] = letters[to]
	return string(out), place, to - from
}

// CLABE promises to notice every changed digit: 3, 7 and 1 have no factor in
// common with 10.
func TestCLABENoticesAChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := cuerpo("0123456789", 17).Draw(t, "body")
		whole := append(body, rune(DigitoCLABE(string(body))))
		if !ValidarCLABE(string(whole)) {
			t.Fatalf("%s is not good", string(whole))
		}
		if other, _, _ := changed(t, whole, "0123456789"); ValidarCLABE(other) {
			t.Fatalf("%s passes for %s", other, string(whole))
		}
	})
}

// The CURP's digit notices a change unless difference times weight is a multiple
// of 10; the RFC's, of 11, so that it sees every figure that changes: no figure
// stands at the place of weight 11.
func TestDigitoNoticesAChange(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		curp := cuerpo(alfabetoCURP, 17).Draw(t, "curp")
		other, place, diff := changed(t, curp, alfabetoCURP)
		same := DigitoCURP(other) == DigitoCURP(string(curp))
		if unseen := diff*(18-place)%10 == 0; same != unseen {
			t.Fatalf("CURP %s and %s: same digit %t, want %t", string(curp), other, same, unseen)
		}
		n := rapid.IntRange(11, 12).Draw(t, "length")
		rfc := cuerpo(alfabetoRFC, n).Draw(t, "rfc")
		other, place, diff = changed(t, rfc, alfabetoRFC)
		same = DigitoRFC(other) == DigitoRFC(string(rfc))
		if unseen := diff*(n+1-place)%11 == 0; same != unseen {
			t.Fatalf("RFC %s and %s: same digit %t, want %t", string(rfc), other, same, unseen)
		}
	})
}

func TestGeneratedAreGood(t *testing.T) {
	t.Parallel()
	curp := rapid.StringMatching(
		`[A-Z][AEIOUX][A-Z]{2}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[HMX](DF|NE|` +
			`ZS)[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]`)
	rfc := rapid.StringMatching(`[A-ZÑ&]{3,4}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|1[0-9]|2[0-8])[A-Z0-9]{2}`)
	rapid.Check(t, func(t *rapid.T) {
		c := curp.Draw(t, "curp")
		if e, d := ValidarCURP(c + string(DigitoCURP(c))); !e || !d {
			t.Fatalf("CURP %s with its digit: %t, %t", c, e, d)
		}
		r := rfc.Draw(t, "rfc")
		if e, d := ValidarRFC(r + string(DigitoRFC(r))); !e || !d {
			t.Fatalf("RFC %s with its digit: %t, %t", r, e, d)
		}
	})
}
