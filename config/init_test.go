package config

import (
	"crypto/ed25519"
	"encoding/base64"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var marzo = time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC)

func mustInit(t *testing.T, dir string) (created, kept []string) {
	t.Helper()
	created, kept, err := Init(dir, false, marzo)
	if err != nil {
		t.Fatalf("Init: %v", err)
	}
	return created, kept
}

func read(t *testing.T, path ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(path...))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func write(t *testing.T, text string, path ...string) string {
	t.Helper()
	name := filepath.Join(path...)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

var wholeSet = []string{
	"datos/", "llaves/", "condusef/", "condusef/salida/", "condusef/entrada/", "condusef/entrada/anexos/",
	"llaves/host_ed25519", "llaves/host_ed25519.pub", "llaves/sello", "llaves/sello.pub", "padron.csv",
	"buzon.yaml",
}

func TestInitLoads(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new", "set")
	created, kept := mustInit(t, dir)
	if diff := cmp.Diff(append([]string{"./"}, wholeSet...), created); diff != "" || len(kept) > 0 {
		t.Errorf("created (-want +got):\n%s\nkept %v", diff, kept)
	}
	c, err := Load(filepath.Join(dir, "buzon.yaml"))
	if err != nil {
		t.Fatalf("what Init wrote does not load:\n%v", err)
	}
	if got := c.Source.Folder; got != filepath.Join(dir, "condusef") {
		t.Errorf("source.folder = %s", got)
	}
	// It belongs to the folder alone, and is not in the way of another source.
	if got := c.Source.Settle; got != 10*time.Second || !strings.Contains(read(t, dir, "buzon.yaml"),
		"\n  #settle: 10s\n") {
		t.Errorf("source.settle = %s, not switched off", got)
	}
	if c.Seal.ID != "ed25519:2026a" {
		t.Errorf("seal.id = %s", c.Seal.ID)
	}
	if len(c.Padron) != 3 || c.Padron[2].Clave != 900003 || c.Padron[2].Termino != 20 ||
		c.Padron[2].Prorroga != 10 ||
		c.Padron[2].Denominacion != "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R." {
		t.Errorf("padron = %+v", c.Padron)
	}
}

// What Init writes is the default but for the source, the seal and the roll.
func TestInitIsTheDefault(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	minimal := write(t,
		"source: {folder: condusef}\nseal: {id: \"ed25519:2026a\"}\npadron: {file: padron.csv}\n", dir,
		"minimal.yaml")
	full, err := Load(filepath.Join(dir, "buzon.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	least, err := Load(minimal)
	if err != nil {
		t.Fatal(err)
	}
	regexps := cmp.Comparer(func(a, b *regexp.Regexp) bool { return a.String() == b.String() })
	if diff := cmp.Diff(least, full, regexps); diff != "" {
		t.Errorf("defaults and what Init wrote differ:\n%s", diff)
	}
}

func TestInitModes(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "set")
	mustInit(t, dir)
	for _, name := range append([]string{"."}, wholeSet...) {
		want := os.FileMode(0o600)
		switch {
		case name == "." || strings.HasSuffix(name, "/"):
			want = 0o700
		case strings.HasSuffix(name, ".pub"):
			want = 0o644
		}
		fi, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if got := fi.Mode().Perm(); got != want {
			t.Errorf("%s: mode %04o, want %04o", name, got, want)
		}
	}
}

func TestInitTwiceKeepsAll(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	before := make(map[string]string)
	for _, name := range wholeSet {
		if strings.HasSuffix(name, "/") {
			continue
		}
		path := filepath.Join(dir, name)
		if name == "padron.csv" {
			write(t, read(t, path)+"900004,Otra Inventada,Uniones de Crédito,,,\n", path)
		}
		before[name] = read(t, path)
	}
	created, kept := mustInit(t, dir)
	if diff := cmp.Diff(append([]string{"./"}, wholeSet...), kept); diff != "" || len(created) > 0 {
		t.Errorf("kept (-want +got):\n%s\ncreated %v", diff, created)
	}
	for name, want := range before {
		if got := read(t, dir, name); got != want {
			t.Errorf("%s was changed", name)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*", ".init*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestInitFillsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	pub, host := read(t, dir, "llaves/sello.pub"), read(t, dir, "llaves/host_ed25519.pub")
	for _, name := range []string{"llaves/sello.pub", "llaves/host_ed25519.pub", "padron.csv",
		"condusef/entrada/anexos"} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	write(t, "half a key", dir, "llaves", ".init-1.tmp")
	// A year later the seal still has the name that its YAML gives it.
	created, _, err := Init(dir, false, marzo.AddDate(1, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"condusef/entrada/anexos/", "llaves/host_ed25519.pub", "llaves/sello.pub", "padron.csv"}
	if diff := cmp.Diff(want, created); diff != "" {
		t.Errorf("created (-want +got):\n%s", diff)
	}
	if got := read(t, dir, "llaves/sello.pub"); got != pub {
		t.Errorf("sello.pub = %q, was %q", got, pub)
	}
	if got := read(t, dir, "llaves/host_ed25519.pub"); got != host {
		t.Errorf("host_ed25519.pub = %q, was %q", got, host)
	}
	if exists(filepath.Join(dir, "llaves", ".init-1.tmp")) {
		t.Error("a half written key was left")
	}
}

func TestInitKeepsTheSealsName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	if err := os.Remove(filepath.Join(dir, "buzon.yaml")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Init(dir, false, marzo.AddDate(1, 0, 0)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "buzon.yaml"); !strings.Contains(got, "id: 'ed25519:2026a'") {
		t.Errorf("the new YAML does not name the seal as sello.pub does:\n%s", got)
	}
}

// A new private key beside a public one that others hold would break every seal
// and every pinned host key without a word.
func TestInitRefusesPublicKeyAlone(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"llaves/sello", "llaves/host_ed25519"} {
		dir := t.TempDir()
		mustInit(t, dir)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		_, _, err := Init(dir, false, marzo)
		if err == nil || !strings.Contains(err.Error(), name+".pub is there without "+name) {
			t.Errorf("%s: %v", name, err)
		}
		if exists(filepath.Join(dir, name)) {
			t.Errorf("%s was made anew", name)
		}
	}
}

func TestInitRefusesWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, "", dir, "condusef")
	if _, _, err := Init(dir, false, marzo); err == nil || !strings.Contains(err.Error(), "is no folder") {
		t.Errorf("err = %v", err)
	}
	// A link that leads nowhere is a name that is taken: nothing is written through it.
	dir = t.TempDir()
	out := filepath.Join(t.TempDir(), "elsewhere")
	if err := os.Symlink(out, filepath.Join(dir, "padron.csv")); err != nil {
		t.Fatal(err)
	}
	if _, kept := mustInit(t, dir); !strings.Contains(strings.Join(kept, " "), "padron.csv") || exists(out) {
		t.Errorf("kept = %v, written through the link: %t", kept, exists(out))
	}
}

// write must not replace a file that appears between the look and the writing.
func TestWriteNeverReplaces(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	tmp := write(t, "new", dir, "tmp")
	path := write(t, "old", dir, "file")
	if err := appear(tmp, path); err == nil || read(t, path) != "old" {
		t.Errorf("err = %v, content %q", err, read(t, path))
	}
}

func TestInitSeal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	key, err := LoadSeal(filepath.Join(dir, "llaves/sello"))
	if err != nil {
		t.Fatal(err)
	}
	id, b64, _ := strings.Cut(strings.TrimSpace(read(t, dir, "llaves/sello.pub")), " ")
	public, err := base64.StdEncoding.DecodeString(b64)
	if err != nil || id != "ed25519:2026a" || len(public) != ed25519.PublicKeySize {
		t.Fatalf("sello.pub: id %q, %d bytes, %v", id, len(public), err)
	}
	if !ed25519.Verify(public, []byte("acuse"), ed25519.Sign(key, []byte("acuse"))) {
		t.Error("the private and the public seal are no pair")
	}
}

func TestInitSimulacro(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, _, err := Init(dir, true, marzo); err != nil {
		t.Fatal(err)
	}
	if got := read(t, dir, "buzon.yaml"); !strings.HasPrefix(got, "# SIMULACRO") {
		t.Errorf("head:\n%.200s", got)
	}
	if _, err := Load(filepath.Join(dir, "buzon.yaml")); err != nil {
		t.Error(err)
	}
}

// Every key that Init shows switched off is a key that the reader knows, with a
// value of the right form.
func TestInitExamplesAreKnown(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mustInit(t, dir)
	text := regexp.MustCompile(`(?m)^( *)#(\S|  )`).ReplaceAllString(read(t, dir, "buzon.yaml"), "$1$2")
	account, _ := par(t, newEd(t))
	text = strings.ReplaceAll(text, "ssh-ed25519 AAAA… CONDUSEF", account)
	text = strings.ReplaceAll(text, "ssh-ed25519 AAAA…",
		strings.TrimSuffix(read(t, dir, "llaves/host_ed25519.pub"), " buzon\n"))
	write(t, "fecha,descripcion,origen\n", dir, "inhabiles.csv")
	write(t, "cve_entidad,cve_municipio\n1,1\n", dir, "municipios.csv")
	write(t, "producto,causa\n", dir, "causas.csv")
	write(t, "cp,cve_entidad\n", dir, "cp.csv")
	_, err := Load(write(t, text, dir, "all.yaml"), SkipFiles)
	got, ok := err.(Errors)
	if !ok || len(got) != 3 || got[0].Key != "source" || got[1].Key != "source.remote.password_env" ||
		got[2].Key != "remote_unes[0].password_env" {
		t.Errorf("want no more than the three sources and twice two passwords, got\n%v\n%s", err, text)
	}
	for _, key := range []string{"truncated_after: 15m", "\n  settle: 10s", "idle_timeout: 1m",
		"visit_timeout: 2m", "- # Clave of the institution", "ban: 1m", "pickup_by: '12:00:00'", "keys: [",
		"inhabiles: [", "max_bytes: {", "warnings: ["} {
		if !strings.Contains(text, key) {
			t.Errorf("not shown: %s", key)
		}
	}
}
