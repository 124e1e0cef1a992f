package config

import (
	"strings"
	"testing"

	"buzon/schema"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"
)

const withPadron = good + "padron: {file: roll.csv}\n"

func TestPadron(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	a, _ := par(t, newEd(t))
	b, _ := par(t, newEd(t))
	c, _ := par(t, newEd(t))
	write(t, "\ufeff# the roll\r\nllave,Clave,denominacion,sector,termino\r\n"+
		a+" una,900003,\"Tres, S.A.\",Uniones de Crédito,25\r\n"+
		",00900001,Uno,Banca,\r\n"+
		b+",900003,\"Tres, S.A.\",Uniones de Crédito,25\r\n", dir, "roll.csv")
	cfg, err := Load(write(t, good+`terms: {dias: 15, prorroga_max: 5}
padron:
  file: roll.csv
  instituciones:
    - clave: 900002
      denominacion: Dos
      sector: Banca
      prorroga: 8
      keys: ["`+c+` dos"]
    - {clave: 00900004, denominacion: Cuatro, sector: Banca}
`, dir, "p.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Clave                schema.UNE
		Denominacion, Sector string
		Termino, Prorroga    int
		Llaves               string
	}
	var got []row
	for _, in := range cfg.Padron {
		var names []string
		for _, l := range in.Llaves {
			names = append(names, strings.Split(l.Nombre, ":")[0])
		}
		got = append(got,
			row{in.Clave, in.Denominacion, in.Sector, in.Termino, in.Prorroga, strings.Join(names, " ")})
	}
	want := []row{
		{900001, "Uno", "Banca", 15, 5, ""},
		{900002, "Dos", "Banca", 15, 8, "dos"},
		{900003, "Tres, S.A.", "Uniones de Crédito", 25, 5, "una SHA256"},
		{900004, "Cuatro", "Banca", 15, 5, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPadronMistakes(t *testing.T) {
	t.Parallel()
	a, private := par(t, newEd(t))
	b, _ := par(t, newEd(t))
	weak, _ := par(t, newRSA(t, 2048))
	const head = "clave,denominacion,sector,termino,prorroga,llave\n"
	const quotes = "hint: put a text with commas in quotes"
	tests := []struct{ name, csv, want string }{
		{"empty", "",
			"roll.csv: has no line with the names of its columns; hint: begin with: " +
				"clave,denominacion,sector,termino,prorroga,llave"},
		{"no rows", head, ""},
		{"columns", "clave,denominación,termino,termino\n", "" +
			"roll.csv:1: denominacion: column is missing; hint: begin with: " +
			"clave,denominacion,sector,termino,prorroga,llave\n" +
			"roll.csv:1: sector: column is missing; hint: begin with: " +
			"clave,denominacion,sector,termino,prorroga,llave\n" +
			"roll.csv:1:7: denominación: unknown column; hint: did you mean \"denominacion\"?\n" +
			"roll.csv:1:29: termino: column stands twice; hint: remove one"},
		{"short row", head + "900001,Uno,Banca\n", "roll.csv:2: row of 3 columns, want 6; " + quotes},
		{"comma", head + "900001,Uno, S.A.,Banca,,,\n900002,,Banca,,,\n", "" +
			"roll.csv:2: row of 7 columns, want 6; " + quotes + "\n" +
			"roll.csv:3:8: denominacion: is empty; hint: write it as the records of CONDUSEF do"},
		{"quote", head + "900001,Uno \"el\" mejor,Banca,,,\n900002,Dos,,,,\n", "" +
			"roll.csv:2:12: not CSV: bare \" in non-quoted-field; hint: put a text with commas in quotes, " +
			"and write a quote in it twice: \"\"\n" +
			"roll.csv:3:12: sector: is empty; hint: write it as the records of CONDUSEF do"},
		{"fields", head + "0,Un|o,Ba\xf1ca,0,100,x\n", "" +
			"roll.csv:2:1: clave: clave \"0\": want a number from 1 to 99999999; hint: write the clave in " +
			"digits\n" +
			"roll.csv:2:3: denominacion: has blanks at an end, a | or control characters; hint: remove " +
			"them\n" +
			"roll.csv:2:8: sector: is not UTF-8; hint: save the file as UTF-8\n" +
			"roll.csv:2:14: termino: 0 is out of range; hint: write a value from 1 to 250\n" +
			"roll.csv:2:16: prorroga: 100 is out of range; hint: write a value from 1 to 99\n" +
			"roll.csv:2:20: llave: not a public key in OpenSSH form; hint: write one line as in a .pub " +
			"file: ssh-ed25519 AAAA… name"},
		{"long", head + "900001," + strings.Repeat("ñ", 401) + "," + strings.Repeat("ñ", 200) + ",,,\n",
			"roll.csv:2:8: denominacion: has over 400 characters; hint: shorten it"},
		{"weak key", head + "900001,Uno,Banca,,," + weak + "\n",
			"roll.csv:2:20: llave: rsa key of 2048 bits, want 3072 or more; hint: ask the party for an " +
				"ed25519 key"},
		{"two keys", head + "900001,Uno,Banca,,," + a + "\n900001,Uno,Banca,,," + b + "\n", ""},
		{"twice", head + "900001,Uno,Banca,,,\n00900001,Uno,Banca,,,\n",
			"roll.csv:3:1: clave: 00900001 stands already on line 2; hint: keep one row, or give rows " +
				"that differ in llave alone"},
		{"differs", head + "900001,Uno,Banca,,," + a + "\n900001,Uno,Banca,30,," + b + "\n",
			"roll.csv:3:1: clave: 00900001 stands already on line 2; hint: keep one row, or give rows " +
				"that differ in llave alone"},
		{"first without", head + "900001,Uno,Banca,,,\n900001,Uno,Banca,,," + b + "\n",
			"roll.csv:3:20: llave: 00900001 stands without a key on line 2; hint: put a key in each row"},
		{"bad second key", head + "900001,Uno,Banca,,," + a + "\n900001,Uno,Banca,,,x\n",
			"roll.csv:3:20: llave: not a public key in OpenSSH form; hint: write one line as in a .pub " +
				"file: ssh-ed25519 AAAA… name"},
		{"bad first key", head + "900001,Uno,Banca,,,x\n900001,Uno,Banca,,," + a + "\n",
			"roll.csv:2:20: llave: not a public key in OpenSSH form; hint: write one line as in a .pub " +
				"file: ssh-ed25519 AAAA… name"},
		{"same key", head + "900001,Uno,Banca,,," + a + " x\n900001,Uno,Banca,,," + a + " y\n",
			"roll.csv:3:20: llave: the key stands twice; hint: remove one"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			mustInit(t, dir)
			write(t, tt.csv, dir, "roll.csv")
			if diff := cmp.Diff(tt.want, problems(t, dir, withPadron)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	dir := t.TempDir()
	mustInit(t, dir)
	write(t, head+"900001,Uno,Banca,,,\""+private+"\"\n", dir, "roll.csv")
	if got := problems(t, dir, withPadron); !strings.Contains(got, "llave: is a private key") ||
		strings.Contains(got, "b3BlbnNzaC1") {
		t.Errorf("got %s", got)
	}
	write(t, "clave;denominacion;sector\n", dir, "roll.csv")
	if got := problems(t, dir, withPadron); !strings.Contains(got, "separate with commas, not semicolons") {
		t.Errorf("got %s", got)
	}
}

func TestPadronInline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	key, _ := par(t, newEd(t))
	got := problems(t, dir, good+`padron:
  file: padron.csv
  instituciones:
    - {clave: 900002, denominacion: Dos, sector: Banca}
    - {clave: 900009, denominacion: ' Nueve', sector: Banca, termino: 0}
    - clave: "900009"
      denominacion: Nueve
      sector: Banca
      keys: ["`+key+`", "`+key+`", no]
    - clave: abc
    - texto
`)
	want := "buzon.yaml:6:8: padron.instituciones[0].clave: 00900002 stands twice, also at padron.csv:8; " +
		"hint: keep one of the two\n" +
		"buzon.yaml:7:23: padron.instituciones[1].denominacion: has blanks at an end, a | or control " +
		"characters; hint: remove them\n" +
		"buzon.yaml:7:71: padron.instituciones[1].termino: 0 is out of range; hint: write a value from 1 " +
		"to 250\n" +
		"buzon.yaml:8:7: padron.instituciones[2].clave: 00900009 stands twice, also at buzon.yaml:7; " +
		"hint: keep one of the two\n" +
		"buzon.yaml:11:98: padron.instituciones[2].keys[1]: the key stands twice; hint: remove one\n" +
		"buzon.yaml:11:182: padron.instituciones[2].keys[2]: not a public key in OpenSSH form; hint: " +
		"write one line as in a .pub file: ssh-ed25519 AAAA… name\n" +
		"buzon.yaml:12:7: padron.instituciones[3].denominacion: required key is missing; hint: add it\n" +
		"buzon.yaml:12:7: padron.instituciones[3].sector: required key is missing; hint: add it\n" +
		"buzon.yaml:12:14: padron.instituciones[3].clave: clave \"abc\": want 1 to 8 digits\n" +
		"buzon.yaml:13:7: padron.instituciones[4]: want a group of keys, found a text; hint: indent its " +
		"keys below it"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A party is known by its key, so that no two may have one.
func TestPadronOneOwner(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	a, _ := par(t, newEd(t))
	b, _ := par(t, newEd(t))
	print := func(line string) string {
		l, err := ParseLlave(line)
		if err != nil {
			t.Fatal(err)
		}
		return ssh.FingerprintSHA256(l.Key)
	}
	write(t, "clave,denominacion,sector,llave\n900001,Una,Uno,"+a+"\n900002,Dos,Uno,"+b+"\n", dir, "roll.csv")
	got := problems(t, dir,
		"source: {account: {keys: ['"+b+"']}}\nseal: {id: a}\npadron:\n  file: roll.csv\n  instituciones:\n"+
			"    - {clave: 900003, denominacion: Tres, sector: Uno, keys: ['"+a+" otro nombre']}\n")
	want := "buzon.yaml:3:1: padron: key " + print(b) +
		" of 00900002 (roll.csv:3) is also of CONDUSEF (source.account.keys); hint: give each party a " +
		"pair of its own\n" +
		"buzon.yaml:3:1: padron: key " + print(a) +
		" of 00900003 (buzon.yaml:6) is also of 00900001 (roll.csv:2); hint: give each party a pair of " +
		"its own"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
