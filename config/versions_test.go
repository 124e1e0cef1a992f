package config

import (
	"path/filepath"
	"strings"
	"testing"

	"buzon/schema"
	"buzon/schema/prueba"

	"github.com/google/go-cmp/cmp"
)

const v0190 schema.Version = prueba.Version

func TestVersionsByPartyAndDay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	c, err := Load(write(t, good+`padron: {file: padron.csv}
layout:
  versions:
    accepted: [01.00, '01.90']
    written: 01.00
    parties:
      - {party: 900001, from: 2026-03-02, accepted: ['01.90'], written: '01.90'}
      - {party: 00900001, accepted: ['01.00'], written: 01.00}
      - {party: CONDUSEF, accepted: ['01.00', '01.90'], written: '01.90'}
`, dir, "versions.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	two := []schema.Version{schema.V0100, v0190}
	monday := schema.NewDia(2026, 3, 2)
	for _, x := range []struct {
		party    schema.Parte
		day      schema.Dia
		accepted []schema.Version
		written  schema.Version
	}{
		{900002, monday, two, schema.V0100},
		{900001, monday - 1, []schema.Version{schema.V0100}, schema.V0100},
		{900001, monday, []schema.Version{v0190}, v0190},
		{schema.ParteCONDUSEF, monday, two, v0190},
	} {
		accepted, written := c.Layout.Versions.Of(x.party, x.day)
		if diff := cmp.Diff(x.accepted, accepted); diff != "" || written != x.written {
			t.Errorf("%s on %s gets %s (-want +got)\n%s", x.party, x.day, written, diff)
		}
	}
	if diff := cmp.Diff(two, c.Layout.Versions.InForce(monday)); diff != "" {
		t.Errorf("in force (-want +got)\n%s", diff)
	}
}

func TestVersionsInForceByDefaultAndFromADay(t *testing.T) {
	t.Parallel()
	monday := schema.NewDia(2026, 3, 2)
	v := Default().Layout.Versions
	if diff := cmp.Diff([]schema.Version{schema.V0100}, v.InForce(monday)); diff != "" {
		t.Errorf("by default (-want +got)\n%s", diff)
	}
	v.Parties = []PartyVersions{{Party: 900001, From: monday, Accepted: []schema.Version{v0190},
		Written: v0190}}
	for day, want := range map[schema.Dia]int{monday - 1: 1, monday: 2} {
		if got := v.InForce(day); len(got) != want {
			t.Errorf("%s: %v in force", day, got)
		}
	}
}

func TestVersionsMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	in := func(text string) string {
		return good + "padron: {file: padron.csv}\nlayout:\n  versions: " + text + "\n"
	}
	const row = "accepted: [01.00], written: 01.00}"
	checkMistakes(t, dir, []mistake{
		{"unknown", in("{accepted: [01.00, 01.05]}"),
			`buzon.yaml:5:32: layout.versions.accepted[1]: "01.05" is no version of the layout; hint: ` +
				`known here: 01.00, 01.90`},
		{"written unknown", in("{written: 1}"),
			`buzon.yaml:5:23: layout.versions.written: "1" is no version of the layout; hint: known here: ` +
				`01.00, 01.90`},
		{"none", in("{accepted: []}"),
			`buzon.yaml:5:14: layout.versions.accepted: is empty; hint: name one at least`},
		{"twice", in("{accepted: [01.00, 01.00]}"),
			`buzon.yaml:5:32: layout.versions.accepted[1]: "01.00" stands twice; hint: remove one`},
		{"key", in("{acepted: [01.00]}"),
			`buzon.yaml:5:14: layout.versions.acepted: unknown key; hint: did you mean "accepted"?`},
		{"party", in("{parties: [{party: BANCO, " + row + "]}"),
			`buzon.yaml:5:32: layout.versions.parties[0].party: "BANCO" is no party; hint: write CONDUSEF ` +
				`or a clave`},
		{"party absent", in("{parties: [{party: 900008, " + row + "]}"),
			`buzon.yaml:5:25: layout.versions.parties[0].party: 00900008 is not in the padrón; hint: add ` +
				`the institution to the padrón`},
		{"party of nothing", in("{parties: [{party: 900001, written: 01.00}]}"),
			`buzon.yaml:5:25: layout.versions.parties[0].accepted: required key is missing; hint: add it, ` +
				`such as accepted: ['01.00']`},
		{"party twice",
			in("\n    parties:\n      - {party: 900001, " + row + "\n      - {party: 00900001, " + row),
			`buzon.yaml:8:10: layout.versions.parties[1].party: 00900001 stands twice for the same day, ` +
				`also on line 7; ` +
				`hint: keep one of the two, or give one a from`},
	})
}

func TestInitTellsOfVersions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	text := read(t, filepath.Join(dir, "buzon.yaml"))
	for _, want := range []string{
		"    accepted: ['01.00']\n", "    written: '01.00'\n",
		"    #parties: [{party: 900009, from: 2026-07-01, accepted: ['01.00'], written: '01.00'}]\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("buzon.yaml lacks %q", want)
		}
	}
}
