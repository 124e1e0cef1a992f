package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"buzon/schema"

	"github.com/google/go-cmp/cmp"
)

// problems loads a text as buzon.yaml in dir and gives its mistakes, one a line,
// with the folder left out.
func problems(t *testing.T, dir, text string, opts ...Option) string {
	t.Helper()
	f, err := os.CreateTemp(dir, "case-*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	c, err := Load(f.Name(), opts...)
	if err == nil && len(c.Faults) > 0 {
		c, err = nil, c.Faults
	}
	if err == nil {
		return ""
	}
	if _, ok := err.(Errors); !ok || c != nil {
		t.Fatalf("want Errors and no Config, got %T: %v", err, err)
	}
	out := strings.ReplaceAll(err.Error(), f.Name(), "buzon.yaml")
	return strings.ReplaceAll(out, dir+"/", "")
}

const good = "source: {folder: condusef}\nseal: {id: \"ed25519:2026a\"}\n"

// mistake is a row of the golden tables: a text and what is said about it.
type mistake struct{ name, text, want string }

func checkMistakes(t *testing.T, dir string, tests []mistake) {
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, problems(t, dir, tt.text)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Mistakes of form: keys, types of values, YAML itself.
func TestLoadForm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	checkMistakes(t, dir, []mistake{
		{"nothing wrong", good, ""},
		{"empty", "", "" +
			"buzon.yaml:1:1: source: required key is missing; hint: add it, such as source: {folder: " +
			"condusef}\n" +
			"buzon.yaml:1:1: seal: required key is missing; hint: add it, such as seal: {id: " +
			"\"ed25519:2026a\"}"},
		{"unknown key", good + "schedule:\n  corta: '20:00'\n",
			`buzon.yaml:4:3: schedule.corta: unknown key; hint: did you mean "corte"?`},
		{"unknown key far from all", good + "log: {colour: red}\n",
			`buzon.yaml:3:7: log.colour: unknown key; hint: known here: level, format`},
		{"duplicate key", good + "data: a\nlog: {}\ndata: b\n",
			`buzon.yaml:5:1: data: stands twice, first on line 3; hint: remove one of the two`},
		{"duplicate type", good + "layout:\n  max_bytes: {RES: 1, RES: 2}\n",
			`buzon.yaml:4:23: layout.max_bytes.RES: stands twice, first on line 4; hint: remove one of ` +
				`the two`},
		{"text for number", good + "terms:\n  dias: veinte\n",
			`buzon.yaml:4:9: terms.dias: want a whole number, found a text; hint: write it without quotes`},
		{"number for text", good + "data: 7\n",
			`buzon.yaml:3:7: data: want a text, found a number; hint: put it in quotes`},
		{"yes for true", good + "layout: {latin1: yes}\n",
			`buzon.yaml:3:18: layout.latin1: want true or false, found a text; hint: write it without ` +
				`quotes`},
		{"hex", good + "terms: {dias: 0x14}\n",
			`buzon.yaml:3:15: terms.dias: "0x14" is not a whole number in plain decimal digits; hint: ` +
				`write digits alone`},
		{"octal", good + "terms: {dias: 020}\n",
			`buzon.yaml:3:15: terms.dias: "020" is not a whole number in plain decimal digits; hint: ` +
				`write digits alone`},
		{"empty path", good + "data: ''\n",
			`buzon.yaml:3:7: data: is empty, or begins or ends in blanks; hint: write a path, or remove ` +
				`the key`},
		{"list for text", good + "data: [a]\n",
			`buzon.yaml:3:7: data: want one value, found a list; hint: write one value`},
		{"text for list", good + "layout: {annexes: pdf}\n",
			`buzon.yaml:3:19: layout.annexes: want a list, found a text; hint: write it as a list: […], ` +
				`or one item a line after a dash`},
		{"text for group", good + "log: json\n",
			`buzon.yaml:3:6: log: want a group of keys, found a text; hint: indent its keys below it`},
		{"group for list", good + "padron:\n  instituciones:\n    clave: 900001\n",
			`buzon.yaml:5:5: padron.instituciones: want a list, found a group of keys; hint: write it as ` +
				`a list: […], or one item a line after a dash`},
		{"no value", good + "data:\n",
			`buzon.yaml:3:1: data: has no value; hint: give it a value, or remove the key to have its ` +
				`default`},
		{"alias", good + "data: &a x\n",
			`buzon.yaml:3:7: data: anchors, aliases and tags are not read here; hint: write the value ` +
				`itself`},
		{"merge", good + "log:\n  <<: {level: info}\n",
			`buzon.yaml:4:3: log: merge keys and composed keys are not read here; hint: write plain keys`},
		{"whole file a list", "- a\n",
			`buzon.yaml:1:1: want a group of keys, found a list; hint: indent its keys below it`},
		{"syntax", good + "data: [a\n",
			`buzon.yaml:3:7: not YAML: sequence end token ']' not found; hint: check indentation, colons ` +
				`and quotes there`},
		{"two documents", good + "---\ndata: x\n",
			`buzon.yaml:4:5: holds a second document; hint: remove the line --- and what follows it`},
		{"not UTF-8", good + "data: \xf1\n", `buzon.yaml:3:1: not UTF-8; hint: save the file as UTF-8`},
		{"deep", good + "data: " + strings.Repeat("[", 100) + "\n",
			`buzon.yaml:3:71: nested too deep; hint: compare with the file that init writes`},
	})
}

// Values that are wrong in themselves.
func TestLoadWrongValues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	checkMistakes(t, dir, []mistake{
		{"range", good + "terms:\n  dias: 0\n  prorroga_max: 100\n", "" +
			"buzon.yaml:4:9: terms.dias: 0 is out of range; hint: write a value from 1 to 250\n" +
			"buzon.yaml:5:17: terms.prorroga_max: 100 is out of range; hint: write a value from 1 to 99"},
		{"duration", good + "server:\n  idle_timeout: 10\n  handshake_timeout: 1h\n", "" +
			"buzon.yaml:4:17: server.idle_timeout: \"10\" is not a duration; hint: write a number with " +
			"its unit, such as 10s, 15m or 2h\n" +
			"buzon.yaml:5:22: server.handshake_timeout: 1h is out of range; hint: write a value from 1s " +
			"to 10m"},
		{"hour", good + "schedule: {corte: '24:00'}\n",
			`buzon.yaml:3:19: schedule.corte: hour "24:00": want HH:MM or HH:MM:SS`},
		{"word", good + "schedule: {days: habil}\n",
			`buzon.yaml:3:18: schedule.days: "habil" is not one of habiles, todos; hint: did you mean ` +
				`"habiles"?`},
		{"cron", good + "schedule: {pull: '*/5 7-21 * *'}\n",
			`buzon.yaml:3:12: schedule.pull: not cron with five fields: expected exactly 5 fields, found ` +
				`4: [*/5 7-21 * *]; hint: write minute, hour, day, month, weekday, such as "*/5 7-21 * * *"`},
		{"cron zone", good + "schedule: {pull: 'TZ=UTC'}\n",
			`buzon.yaml:3:12: schedule.pull: "TZ=UTC" names a zone or a shortcut; hint: write minute, ` +
				`hour, day, month, weekday, such as "*/5 7-21 * * *"`},
		{"cron on days off", good + "schedule: {pull: '*/5 7-21 * * 0,6'}\n",
			`buzon.yaml:3:12: schedule.pull: "*/5 7-21 * * 0,6" never comes on a día hábil; hint: name ` +
				`days that are días hábiles, or set schedule.days to todos`},
		{"warning of the folio", good + "layout: {warnings: ['RecFolioCondusef:FMT-02']}\n",
			`buzon.yaml:3:21: layout.warnings[0]: FMT-02 of RecFolioCondusef refuses always: what it lets ` +
				`in the gateway could not carry; hint: remove it`},
		{"warning of control characters", good + "layout: {warnings: ['ResTexto:FMT-06']}\n",
			`buzon.yaml:3:21: layout.warnings[0]: FMT-06 of ResTexto refuses always: what it lets in the ` +
				`gateway could not carry; hint: remove it`},
		{"cron never", good + "schedule: {pull: '0 8 30 2 *'}\n",
			`buzon.yaml:3:12: schedule.pull: "0 8 30 2 *" never comes; hint: write minute, hour, day, ` +
				`month, weekday, such as "*/5 7-21 * * *"`},
		{"pattern", good + "layout: {folio: '^a|b$'}\n",
			`buzon.yaml:3:17: layout.folio: the pattern does not run from ^ to $; hint: write ^(?:…)$ ` +
				`around it`},
		{"pattern without anchors", good + "layout: {folio: abc}\n",
			`buzon.yaml:3:17: layout.folio: the pattern does not run from ^ to $; hint: write ^(?:…)$ ` +
				`around it`},
		{"pattern by line", good + "layout: {folio: '(?m)^a$'}\n",
			`buzon.yaml:3:17: layout.folio: the pattern does not run from ^ to $; hint: write ^(?:…)$ ` +
				`around it`},
		{"no pattern", good + "layout: {folio: '^(a$'}\n",
			"buzon.yaml:3:17: layout.folio: not a pattern: error parsing regexp: missing closing ): " +
				"`^(a$`; hint: mend the pattern (RE2 syntax)"},
		{"warning", good + "layout:\n  warnings: ['RecSecto:CAT-14', 'RecSector:NEG-01']\n", "" +
			"buzon.yaml:4:14: layout.warnings[0]: no record has the field \"RecSecto\"; hint: did you " +
			"mean \"RecSector\"?\n" +
			"buzon.yaml:4:33: layout.warnings[1]: \"RecSector:NEG-01\" does not name a field and one of " +
			"its FMT or CAT codes; hint: write it as RecSector:CAT-14"},
		{"type", good + "layout: {max_records: {REX: 5}}\n",
			`buzon.yaml:3:24: layout.max_records.REX: unknown type of file; hint: did you mean "REC"?`},
		{"annex", good + "layout:\n  annexes: [.pdf, zip, zip]\n", "" +
			"buzon.yaml:4:13: layout.annexes[0]: holds what it may not, or is too long or empty; hint: " +
			"write the extension in lower case without its point, such as pdf\n" +
			"buzon.yaml:4:24: layout.annexes[2]: \"zip\" stands twice; hint: remove one"},
	})
}

// Rules between values, and of the tables.
func TestLoadRules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	host := strings.TrimSpace(read(t, dir, "llaves/host_ed25519.pub"))
	checkMistakes(t, dir, []mistake{
		{"two sources", "source:\n  folder: condusef\n  account: {keys: ['" + host + "']}\nseal: {id: a}\n",
			"buzon.yaml:1:1: source: has 2 of them; hint: keep exactly one of folder, remote and account"},
		{"settle with a remote",
			"source:\n  settle: 5s\n  remote: {address: 'a:22', user: u, key: llaves/sello, host_keys: ['" +
				host + "']}\nseal: {id: a}\n",
			"buzon.yaml:2:3: source.settle: belongs to source.folder, which is not set; hint: remove it; " +
				"source.remote.settle is what a dialled server has"},
		{"settle with an account", "source:\n  settle: 10s\n  account: {keys: ['" + host +
			"']}\nseal: {id: a}\n",
			"buzon.yaml:2:3: source.settle: belongs to source.folder, which is not set; hint: remove it: " +
				"an upload on our own server is whole when it is closed"},
		{"settle and no source", "source: {settle: 10s}\nseal: {id: a}\n",
			"buzon.yaml:1:1: source: has 0 of them; hint: keep exactly one of folder, remote and account"},
		{"settle below none", "source: {folder: condusef, settle: -1s}\nseal: {id: a}\n",
			"buzon.yaml:1:36: source.settle: -1s is out of range; hint: write a value from 0s to 1h"},
		{"settle too long", "source: {folder: condusef, settle: 61m}\nseal: {id: a}\n",
			"buzon.yaml:1:36: source.settle: 61m is out of range; hint: write a value from 0s to 1h"},
		{"settle without a unit", "source: {folder: condusef, settle: 10}\nseal: {id: a}\n",
			`buzon.yaml:1:36: source.settle: "10" is not a duration; hint: write a number with its unit, ` +
				`such as 10s, 15m or 2h`},
		{"settle of none", "source: {folder: condusef, settle: 0s}\nseal: {id: a}\n", ""},
		{"settle of an hour", "source: {folder: condusef, settle: 1h}\nseal: {id: a}\n", ""},
		{"folder within data", "source: {folder: datos/condusef}\nseal: {id: a}\n",
			"buzon.yaml:1:10: source.folder: lies within data, or data within it; hint: give CONDUSEF a " +
				"folder of its own"},
		{"account", "source:\n  account: {name: '900001', keys: []}\nseal: {id: a}\nserver: {listen: ''}\n",
			"" +
				"buzon.yaml:2:3: source.account: needs our server, which is switched off; hint: set " +
				"server.listen, or use folder or remote\n" +
				"buzon.yaml:2:13: source.account.name: holds what it may not, or is too long or empty; " +
				"hint: begin with a letter, no points; the accounts of institutions are their claves\n" +
				"buzon.yaml:2:29: source.account.keys: is empty; hint: add a key"},
		{"seal id", "source: {folder: condusef}\nseal: {id: 'ed25519|2026'}\n",
			"buzon.yaml:2:8: seal.id: holds what it may not, or is too long or empty; hint: write up to " +
				"20 letters, digits and : . _ -, such as ed25519:2026a"},
		{"seal id too long", "source: {folder: condusef}\nseal: {id: 'ed25519:2026aaaaaaaaa'}\n",
			"buzon.yaml:2:8: seal.id: holds what it may not, or is too long or empty; hint: write up to " +
				"20 letters, digits and : . _ -, such as ed25519:2026a"},
		{"listen", good + "server: {listen: '2022', host_keys: []}\n", "" +
			"buzon.yaml:3:10: server.listen: \"2022\" is not an address with a port in digits; hint: " +
			"write host:port, such as 127.0.0.1:2022\n" +
			"buzon.yaml:3:26: server.host_keys: is empty; hint: name a key file, such as " +
			"llaves/host_ed25519"},
		{"bans", good + "server: {ban: 2h}\n",
			"buzon.yaml:3:1: server.ban_max: 1h is under server.ban, 2h; hint: write a value from that of " +
				"ban on"},
		{"bans of a server that is off", good + "server: {listen: '', ban: 10m, ban_max: 5m}\n",
			"buzon.yaml:3:32: server.ban_max: 5m is under server.ban, 10m; hint: write a value from that " +
				"of ban on"},
		{"inhabiles",
			good + "terms:\n  inhabiles:\n    - {fecha: 2026-02-30, descripcion: x, origen: DOF}\n    - " +
				"{fecha: 2026-07-20, descripcion: ' ', origen: DOF, aplica_ge: si}\n    - {fecha: " +
				"2026-07-20, origen: DOF}\n", "" +
				"buzon.yaml:5:15: terms.inhabiles[0].fecha: date \"2026-02-30\": want an existing day as " +
				"AAAA-MM-DD\n" +
				"buzon.yaml:6:27: terms.inhabiles[1].descripcion: is empty; hint: say what the day is\n" +
				"buzon.yaml:6:69: terms.inhabiles[1].aplica_ge: \"si\" is not one of SI, NO; hint: did " +
				"you mean \"SI\"?\n" +
				"buzon.yaml:7:8: terms.inhabiles[2].descripcion: required key is missing; hint: add it, " +
				"such as descripcion: Suspensión\n" +
				"buzon.yaml:7:8: terms.inhabiles[2]: 2026-07-20 of DOF stands twice; hint: remove one"},
	})
}

func TestLoadTellsAllAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	write(t, "clave,denominacion,sector\nX,,Banca\n", dir, "roll.csv")
	write(t, "fecha,descripcion,origen\n2026-13-01,x,DOF\n", dir, "days.csv")
	got := problems(t, dir,
		"data: 1\nsorce: {}\nterms: {dias: 0, inhabiles_file: days.csv}\nserver: {listen: x, max_handles: "+
			"-1}\npadron: {file: roll.csv}\n")
	want := "buzon.yaml:1:1: source: required key is missing; hint: add it, such as source: {folder: " +
		"condusef}\n" +
		"buzon.yaml:1:1: seal: required key is missing; hint: add it, such as seal: {id: " +
		"\"ed25519:2026a\"}\n" +
		"buzon.yaml:1:7: data: want a text, found a number; hint: put it in quotes\n" +
		"buzon.yaml:2:1: sorce: unknown key; hint: did you mean \"source\"?\n" +
		"buzon.yaml:3:15: terms.dias: 0 is out of range; hint: write a value from 1 to 250\n" +
		"buzon.yaml:4:10: server.listen: \"x\" is not an address with a port in digits; hint: write " +
		"host:port, such as 127.0.0.1:2022\n" +
		"buzon.yaml:4:34: server.max_handles: -1 is out of range; hint: write a value from 1 to 10000\n" +
		"days.csv:2: fecha: date \"2026-13-01\": want an existing day as AAAA-MM-DD; hint: write it as " +
		"fecha,descripcion,origen[,publicado][,aplica_ge], dates as AAAA-MM-DD\n" +
		"roll.csv:2:1: clave: clave \"X\": want 1 to 8 digits; hint: write the clave in digits\n" +
		"roll.csv:2:3: denominacion: is empty; hint: write it as the records of CONDUSEF do"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLoadValues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	write(t, "fecha,descripcion,origen\n2026-07-21,Otra,CONDUSEF\n", dir, "days.csv")
	c, err := Load(write(t, "\ufeff"+good+strings.ReplaceAll(`data: /var/../srv/buzon
server: {listen: ":2022", idle_timeout: 90s}
schedule: {corte: 20:30, days: todos}
terms:
  inhabiles: [{fecha: 2026-07-20, descripcion: Suspensión, origen: CONDUSEF, publicado: 2026-07-22, aplica_ge: NO}]
  inhabiles_file: days.csv
layout:
  folio: '^\d+$'
  max_bytes: {RES: 1024, REC: 2048}
  warnings: [RecSector:CAT-14]
`, "\n", "\r\n"), dir, "values.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	check := func(what string, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("data", "/srv/buzon", c.Data)
	check("source.folder", filepath.Join(dir, "condusef"), c.Source.Folder)
	check("seal.key", filepath.Join(dir, "llaves/sello"), c.Seal.Key)
	check("server.host_keys", []string{filepath.Join(dir, "llaves/host_ed25519")}, c.Server.HostKeys)
	check("idle_timeout", 90*time.Second, c.Server.IdleTimeout)
	check("max_sessions", 16, c.Server.MaxSessions)
	check("server",
		OwnServer{Listen: ":2022", HostKeys: c.Server.HostKeys, MaxConnections: 500, MaxHandshakes: 64,
			MaxPerAddress: 32,
			MaxSessions:   16, MaxHandles: 64, HandshakeTimeout: 20 * time.Second,
			IdleTimeout: 90 * time.Second, MaxFailures: 5, Ban: time.Minute,
			BanMax: time.Hour, MaxFilesDay: 1000, MaxBytesDay: 2 << 30, MaxAnnexBytes: 64 << 20,
			MinFree: 1 << 30, MinInodes: 10000, KeepUploads: 5, KeyWarning: 30}, c.Server)
	check("pickup_by", "12:00:00", c.Schedule.PickupBy.String())
	check("corte", "20:30:00", c.Schedule.Corte.String())
	check("fin_de_plazo", "23:59:59", c.Schedule.FinDePlazo.String())
	check("folio", `^\d+$`, c.Layout.Folio.String())
	check("max_bytes", map[schema.Tipo]int64{"RES": 1024, "REC": 2048}, c.Layout.MaxBytes)
	check("warnings", []Warning{{"RecSector", "CAT-14"}}, c.Layout.Warnings)
	check("inhabiles", []schema.Inhabil{
		{Fecha: schema.NewDia(2026, 7, 20), Descripcion: "Suspensión", Origen: "CONDUSEF",
			Publicado: schema.NewDia(2026, 7, 22)},
		{Fecha: schema.NewDia(2026, 7, 21), Descripcion: "Otra", Origen: "CONDUSEF", AplicaGE: true},
	}, c.Terms.Inhabiles)
}

// A path in the file means the same from wherever the gateway is started.
func TestLoadRelativePath(t *testing.T) {
	dir := t.TempDir()
	mustInit(t, dir)
	t.Chdir(filepath.Dir(dir))
	c, err := Load(filepath.Join(filepath.Base(dir), "buzon.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{c.Data, c.Source.Folder, c.Seal.Key, c.Server.HostKeys[0], c.Roll.File} {
		if !filepath.IsAbs(p) || !exists(p) && p != c.Data {
			t.Errorf("path %s", p)
		}
	}
}

func TestLoadFolioPattern(t *testing.T) {
	t.Parallel()
	re := Default().Layout.Folio
	for s, want := range map[string]bool{"2026/090/1325": true, "x2026/090/1325": false,
		"2026/090/13250000": false, "2026/090/1\n": false} {
		if re.MatchString(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}

func TestLoadUnreadable(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Load(filepath.Join(dir, "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("err = %v", err)
	}
	if _, err := Load(write(t, strings.Repeat("# long\n", maxYAML/7+1), dir, "long.yaml")); err == nil ||
		!strings.Contains(err.Error(), "over 1048576 bytes") {
		t.Errorf("err = %v", err)
	}
	got := problems(t, dir, good+"padron: {file: none.csv}\nterms: {inhabiles_file: none.csv}\n", SkipFiles)
	want := "buzon.yaml:3:10: padron.file: read none.csv: no such file or directory; hint: name a file " +
		"that is there, or remove the key\n" +
		"buzon.yaml:4:9: terms.inhabiles_file: read none.csv: no such file or directory; hint: name a " +
		"file that is there, or remove the key"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestDidYouMean(t *testing.T) {
	t.Parallel()
	known := []string{"host_keys", "listen", "max_handles"}
	for word, want := range map[string]string{"hostkeys": "host_keys", "LISTEN": "listen", "lsten": "listen",
		"max_handels": "max_handles", "port": "", "": ""} {
		if got := nearest(word, known); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}

// FuzzLoad feeds any bytes: the answer is a Config or an error, never a panic,
// and every mistake has a place.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(good))
	f.Add(render(Default(), "head"))
	for _, s := range []string{"? a\n: b", "a: &x [*x]", "--- !!set\n", "a: |\n\tb", "{a: {b: [", "- - - -",
		"a: \"\\x", "%YAML 9\n---\n",
		"schedule: {pull: 'TZ='}", "source: {remote: {host_keys: [1, [], null]}}",
		"padron: {instituciones: [null, {}, 3]}", "layout: {max_bytes: {RES: {}, 1: 2, ? [] : 3}}"} {
		f.Add([]byte(s))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(dir, fmt.Sprintf("fuzz-%d.yaml", os.Getpid()))
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := Load(path, SkipFiles)
		var all Errors
		if errors.As(err, &all) {
			for _, p := range all {
				if p.Message == "" || p.File == "" {
					t.Errorf("problem without text: %#v", p)
				}
			}
		} else if err != nil {
			t.Errorf("%T: %v", err, err)
		}
		if (c == nil) == (err == nil) {
			t.Errorf("config %v with error %v", c, err)
		}
	})
}
