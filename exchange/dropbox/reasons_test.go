package dropbox

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestRefusalsAreTold: each error by which subidas refuses has a sentence and a reason of
// its own, and each reason stands in the table of doc.go.
func TestRefusalsAreTold(t *testing.T) {
	t.Parallel()
	read := func(name string) string {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	sources, err := filepath.Glob("subidas/*.go")
	if err != nil {
		t.Fatal(err)
	}
	status, found := read("status.go"), 0
	for _, name := range sources {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile(`(?m)^\t(Err[A-Z]\w+)\s+=`).FindAllStringSubmatch(read(name),
			-1) {
			if found++; !strings.Contains(status, "subidas."+m[1]+")") {
				t.Errorf("subidas.%s: judge in status.go has no case for it", m[1])
			}
		}
	}
	doc := read("doc.go")
	reasons := regexp.MustCompile(`(?m)^\t\w+\s+Reason = "(\w+)"`).FindAllStringSubmatch(read("refusals.go"),
		-1)
	for _, m := range reasons {
		if !strings.Contains(doc, m[1]) {
			t.Errorf("%s: doc.go does not say what it bounds and what a client gets", m[1])
		}
	}
	if found < 5 || len(reasons) < 15 {
		t.Errorf("%d errors and %d reasons were found", found, len(reasons))
	}
}
