package main

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"buzon/exchange/exchangetest"
	"buzon/exchange/marca"
)

// TestSessions runs the sessions of testdata/script, each as an operator would
// type it, in a folder of its own that holds the examples.
func TestSessions(t *testing.T) {
	t.Parallel()
	examples, err := filepath.Abs(filepath.Join("testdata", "ejemplos"))
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir() // of the program that third parties have
	if out, err := exec.Command("go", "build", "-o", bin,
		"buzon/cmd/verificador").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(os.PathListSeparator)+e.Getenv("PATH"))
			return os.CopyFS(filepath.Join(e.WorkDir, "ejemplos"), os.DirFS(examples))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": scriptCode, "espejo": scriptEspejo, "modes": scriptModes, "replace": scriptReplace,
			"records": scriptRecords, "snapshot": scriptSnapshot, "tamper": scriptTamper,
			"until": scriptUntil,
		},
	})
}

// scriptEspejo is "espejo g": what the parties of a set see now is laid out under
// g/visto.
func scriptEspejo(ts *testscript.TestScript, _ bool, args []string) {
	visto := ts.MkAbs(filepath.Join(args[0], "visto"))
	ts.Check(os.RemoveAll(visto))
	ts.Check(exchangetest.Espejo(ts.MkAbs(filepath.Join(args[0], "datos")), visto))
}

// scriptCode is "code N program args…": the program must end with that code.
func scriptCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// scriptModes is "modes 0600 file…".
func scriptModes(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.ParseUint(args[0], 8, 32)
	ts.Check(err)
	for _, name := range args[1:] {
		info, err := os.Stat(ts.MkAbs(name))
		ts.Check(err)
		if got := info.Mode().Perm(); got != fs.FileMode(want) {
			ts.Fatalf("%s: mode %04o, want %04o", name, got, want)
		}
	}
}

// scriptReplace is "replace file before after"; with "" for before it appends.
func scriptReplace(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	if args[1] == "" {
		text += args[2] + "\n"
	} else {
		text = strings.Replace(text, args[1], args[2], 1)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o600))
}

// scriptRecords is "records a b": both hold the same lines 02, and some.
func scriptRecords(ts *testscript.TestScript, _ bool, args []string) {
	a, b := records(ts.ReadFile(args[0])), records(ts.ReadFile(args[1]))
	if len(a) == 0 || !slices.Equal(a, b) {
		ts.Fatalf("records differ:\n%s\n%s", strings.Join(a, ""), strings.Join(b, ""))
	}
}

// scriptSnapshot is "snapshot folder out": the name and the hash of each file but
// those of the store and the lock.
func scriptSnapshot(ts *testscript.TestScript, _ bool, args []string) {
	var out bytes.Buffer
	root := ts.MkAbs(args[0])
	ts.Check(filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasPrefix(e.Name(), "buzon.db") || e.Name() == "buzon.lock" ||
			e.Name() == marca.Archivo {
			return err
		}
		b, err := os.ReadFile(path)
		fmt.Fprintf(&out, "%s %x\n", strings.TrimPrefix(path, root), sha256.Sum256(b))
		return err
	}))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o600))
}

// scriptTamper is "tamper database trigger query": somebody with the file and no
// scruples drops a trigger, changes the log, and puts the trigger back.
func scriptTamper(ts *testscript.TestScript, _ bool, args []string) {
	db, err := sql.Open("sqlite3", ts.MkAbs(args[0]))
	ts.Check(err)
	defer db.Close()
	var guard string
	ts.Check(db.QueryRow(`SELECT sql FROM sqlite_master WHERE name = ?`, args[1]).Scan(&guard))
	for _, query := range []string{`DROP TRIGGER ` + args[1], args[2], guard} {
		_, err := db.Exec(query)
		ts.Check(err)
	}
}

// scriptUntil is "until pattern program args…": asks again until what the
// program prints matches.
func scriptUntil(ts *testscript.TestScript, _ bool, args []string) {
	want := regexp.MustCompile(args[0])
	seen := watch(patient, func() bool {
		// What fails now may not fail later; what it printed tells.
		_ = ts.Exec(args[1], args[2:]...)
		return want.MatchString(ts.ReadFile("stdout"))
	})
	if !seen {
		ts.Fatalf("%q is not printed within %v", args[0], patient)
	}
}
