package main

import (
	"bytes"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// columns is how wide a line of Go may be; a tab counts 4.
const columns = 110

// TestLines wants no line of the project wider than that, but for a struct's tag, which
// cannot be broken, for what stands in a text of several lines as it is, and for what an
// example prints.
func TestLines(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" {
			return err
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		kept := unbroken(src)
		prints := filepath.Base(path) == "example_test.go"
		for i, line := range strings.Split(string(src), "\n") {
			line = strings.ReplaceAll(line, "\t", "    ")
			if n := utf8.RuneCountInString(line); n > columns && !kept[i+1] &&
				!(prints && strings.HasPrefix(line, "    // ")) {
				t.Errorf("%s:%d: %d columns", path, i+1, n)
			}
		}
		return nil
	})
	if err != nil || files < 100 {
		t.Fatal(files, err)
	}
}

// unbroken gives the lines that raw strings decide: tags, and those of several lines.
func unbroken(src []byte) map[int]bool {
	set := token.NewFileSet()
	file := set.AddFile("", -1, len(src))
	var s scanner.Scanner
	s.Init(file, src, nil, 0)
	kept := map[int]bool{}
	for {
		pos, tok, lit := s.Scan()
		switch {
		case tok == token.EOF:
			return kept
		case tok != token.STRING || lit[0] != '`':
			continue
		}
		first := file.Line(pos)
		end := file.Offset(pos) + len(lit)
		last := first + bytes.Count(src[file.Offset(pos):end], []byte("\n"))
		if last > first || strings.Contains(lit, `:"`) {
			for n := first; n <= last; n++ {
				kept[n] = true
			}
		}
	}
}
