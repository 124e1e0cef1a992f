package schema

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestParteIsItsText(t *testing.T) {
	t.Parallel()
	all := []Parte{0, 1, 900001, 99_999_999, ParteCONDUSEF}
	texts := []string{"", "00000001", "00900001", "99999999", CONDUSEF}
	for i, p := range all {
		if p.String() != texts[i] {
			t.Errorf("%d is %q, want %q", p, p, texts[i])
		}
		b, err := json.Marshal(p)
		var back Parte
		if err == nil {
			err = json.Unmarshal(b, &back)
		}
		if err != nil || string(b) != `"`+texts[i]+`"` || back != p {
			t.Errorf("%q through JSON is %s and %q: %v", p, b, back, err)
		}
	}
	byText := func(a, b Parte) int { return strings.Compare(a.String(), b.String()) }
	if !slices.IsSorted(all) || !slices.IsSortedFunc(all, byText) {
		t.Error("parties do not sort as their texts do")
	}
	if ParteCONDUSEF.UNE() != 0 || UNE(900001).Parte().UNE() != 900001 || UNE(0).Parte() != 0 {
		t.Error("a party and its UNE are not each other's")
	}
}

func TestWhatIsNoParte(t *testing.T) {
	t.Parallel()
	byHand := map[string]bool{"900001": true, "PASARELA": false, "condusef": false, "": false,
		"00000000":  false,
		"100000000": false}
	for s, known := range byHand {
		if _, err := ParseParte(s); (err == nil) != known {
			t.Errorf("%q as it is written by hand: %v", s, err)
		}
		if s == "" {
			continue
		}
		var p Parte // what a program of ours wrote has all its digits
		if err := p.UnmarshalText([]byte(s)); err == nil {
			t.Errorf("%q is read as %q", s, p)
		}
	}
}
