package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// An Option changes what Load looks at.
type Option int

// SkipFiles leaves out what belongs to one machine: private keys, password files
// and the environment. The tables (padron.file, terms.inhabiles_file) are read
// all the same. It is for checking a configuration away from its gateway.
const SkipFiles Option = 1

// Limits of the files, which are written by hand or exported by a spreadsheet.
const (
	maxYAML  = 1 << 20  // bytes
	maxTabla = 16 << 20 // bytes
	maxDepth = 64       // brackets within brackets
)

// Load reads and checks the configuration. Where it is read but wrong the error
// is an Errors that holds every mistake, those of the tables among them; then
// there is no Config. Config.Faults alone are no such error.
func Load(path string, opts ...Option) (*Config, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	text, err := readLimited(path, maxYAML)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	c := new(Config)
	d := newDecoder(path, filepath.Dir(abs))
	if d.document(text, c) {
		r := &rules{decoder: d, c: c}
		r.inhabiles()
		r.catalogos()
		r.padron()
		r.all()
		if !slices.Contains(opts, SkipFiles) {
			r.secrets()
		}
	}
	if len(d.errs) > 0 {
		d.errs = append(d.errs, c.Faults...)
		d.errs.sort()
		return nil, d.errs
	}
	return c, nil
}

// document reads the text into c. It is false where there was no tree to read,
// so that the rules would only repeat that.
func (d *decoder) document(text []byte, c *Config) bool {
	d.defaults(structOf(c))
	body, pos, err := parse(text)
	if err != nil {
		message, hint := split(err)
		d.bad(pos, "", hint, "%s", message)
		return false
	}
	if body == nil {
		body = &ast.MappingNode{BaseNode: &ast.BaseNode{}}
	}
	d.mapping(body, structOf(c), "")
	_, tree := entriesOf(body)
	return tree
}

// parse gives the body of the one document, nil where the file says nothing.
func parse(text []byte) (body ast.Node, pos *token.Position, err error) {
	// The parser is not ours, and the file can hold anything.
	defer func() {
		if p := recover(); p != nil {
			body, err = nil, fmt.Errorf("not YAML: %v", p)
		}
	}()
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		good := bytes.ToValidUTF8(text, []byte("\x00"))
		line := 1 + bytes.Count(good[:bytes.IndexByte(good, 0)], []byte("\n"))
		return nil, &token.Position{Line: line, Column: 1}, hintf("save the file as UTF-8", "not UTF-8")
	}
	tokens := lexer.Tokenize(string(text))
	if pos := tooDeep(tokens); pos != nil {
		return nil, pos, hintf("compare with the file that init writes", "nested too deep")
	}
	// we tell of duplicates ourselves, all of them
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		if e, ok := errors.AsType[yaml.Error](err); ok {
			if e.GetToken() != nil {
				pos = e.GetToken().Position
			}
			return nil, pos,
				hintf("check indentation, colons and quotes there", "not YAML: %s", e.GetMessage())
		}
		return nil, nil, fmt.Errorf("not YAML: %w", err)
	}
	for _, doc := range file.Docs {
		switch doc.Body.(type) {
		case nil, *ast.NullNode, *ast.CommentGroupNode:
			continue
		}
		if body != nil {
			return nil, doc.Body.GetToken().Position,
				hintf("remove the line --- and what follows it", "holds a second document")
		}
		body = doc.Body
	}
	return body, nil, nil
}

// tooDeep finds nesting that would cost the parser, which recurses, its stack.
func tooDeep(tokens token.Tokens) *token.Position {
	depth, run := 0, 0
	for _, t := range tokens {
		switch t.Type {
		case token.SequenceStartType, token.MappingStartType:
			depth++
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
		switch t.Type {
		case token.SequenceEntryType, token.MappingKeyType, token.MappingValueType, token.TagType,
			token.AnchorType:
			run++ // "- - - -" and "a: b: c:" nest without brackets
		}
		if t.Prev == nil || t.Prev.Position.Line != t.Position.Line {
			run = 0
		}
		if depth > maxDepth || run > 16*maxDepth {
			return t.Position
		}
	}
	return nil
}

// readLimited reads a file of at most limit bytes.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = fmt.Errorf("%s: over %d bytes", path, limit)
	}
	return b, err
}
