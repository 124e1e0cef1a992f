package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"buzon/schema"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// decoder carries a YAML tree into structs, and keeps where each key stood so
// that the rules, which run later, can name the place.
type decoder struct {
	file   string // as problems name it
	base   string // folder that relative paths start from; "" leaves them
	at     map[string]*token.Position
	faulty map[string]bool // keys that have a problem: no rule is checked on them
	errs   Errors
}

func newDecoder(file, base string) *decoder {
	return &decoder{file: file, base: base, at: make(map[string]*token.Position),
		faulty: make(map[string]bool)}
}

func structOf(p any) reflect.Value { return reflect.ValueOf(p).Elem() }

func (d *decoder) bad(pos *token.Position, key, hint, format string, args ...any) {
	p := Problem{File: d.file, Key: key, Message: fmt.Sprintf(format, args...), Hint: hint}
	if pos != nil {
		p.Line, p.Column = pos.Line, pos.Column
	}
	d.faulty[key] = true
	d.errs.add(p)
}

// place is where a key stands, or where the nearest key around it does.
func (d *decoder) place(key string) *token.Position {
	for key != "" {
		if pos, ok := d.at[key]; ok {
			return pos
		}
		key = key[:max(strings.LastIndexAny(key, ".["), 0)]
	}
	return &token.Position{Line: 1, Column: 1}
}

func join(parent, name string) string {
	if parent == "" {
		return name
	}
	return parent + "." + name
}

// fieldsOf gives the fields of a struct that stand in the file, and their keys.
// Those of an embedded struct stand among them; each Index starts from t.
func fieldsOf(t reflect.Type) (fields []reflect.StructField, names []string) {
	for _, f := range reflect.VisibleFields(t) {
		if name := f.Tag.Get("yaml"); name != "-" && !f.Anonymous {
			fields, names = append(fields, f), append(names, name)
		}
	}
	return fields, names
}

// ofLayout are the defaults that the layout gives, by what stands in the tags.
var ofLayout = map[string]string{
	"(folio)":        schema.PatronFolio,
	"(annexes)":      schema.ExtensionesAnexos,
	"(prorroga_max)": strconv.Itoa(schema.ProrrogaMaxima),
}

// defaults sets what the file may leave out, and goes into every struct that is
// always there.
func (d *decoder) defaults(v reflect.Value) {
	fields, _ := fieldsOf(v.Type())
	for _, f := range fields {
		fv := v.FieldByIndex(f.Index)
		text, ok := f.Tag.Lookup("default")
		if of, is := ofLayout[text]; is {
			text = of
		}
		switch {
		case fv.Kind() == reflect.Struct:
			d.defaults(fv)
		case ok && fv.Kind() == reflect.Slice:
			for item := range strings.SplitSeq(text, ",") {
				e := reflect.New(fv.Type().Elem()).Elem()
				d.mustSet(e, f.Tag, item)
				fv.Set(reflect.Append(fv, e))
			}
		case ok:
			d.mustSet(fv, f.Tag, text)
		}
	}
}

// mustSet panics for a tag that contradicts its own field: a slip of ours, which
// the first test meets, never one of the file.
func (d *decoder) mustSet(v reflect.Value, tag reflect.StructTag, text string) {
	if err := d.set(v, tag, text); err != nil {
		panic(fmt.Sprintf("config: default %q: %v", text, err))
	}
}

// mapping reads a mapping into a struct.
func (d *decoder) mapping(n ast.Node, v reflect.Value, key string) {
	entries, ok := entriesOf(n)
	if !ok {
		d.bad(d.position(n, key), key, "indent its keys below it", "want a group of keys, found %s",
			kindOf(n))
		return
	}
	fields, names := fieldsOf(v.Type())
	seen := d.eachKey(entries, key, func(e *ast.MappingValueNode, name, path string) {
		i := slices.Index(names, name)
		if i < 0 {
			d.unknown(e, name, path, names)
			return
		}
		d.value(e.Value, v.FieldByIndex(fields[i].Index), fields[i].Tag, path)
	})
	for _, f := range fields {
		if name := f.Tag.Get("yaml"); f.Tag.Get("required") != "" && !seen[name] {
			path := join(key, name)
			hint := "add it"
			if ex := f.Tag.Get("example"); ex != "" {
				hint += ", such as " + name + ": " + ex
			}
			d.bad(d.place(path), path, hint, "required key is missing")
		}
	}
}

// eachKey calls fn for each key of a mapping that stands there for the first
// time, and tells which keys there are.
func (d *decoder) eachKey(entries []*ast.MappingValueNode, key string,
	fn func(e *ast.MappingValueNode, name, path string)) map[string]bool {
	seen := make(map[string]bool)
	for _, e := range entries {
		pos := e.Key.GetToken().Position
		if _, plain := e.Key.(ast.ScalarNode); !plain || e.Key.IsMergeKey() {
			d.bad(pos, key, "write plain keys", "merge keys and composed keys are not read here")
			continue
		}
		name := e.Key.GetToken().Value
		path := join(key, name)
		if seen[name] {
			d.bad(pos, path, "remove one of the two", "stands twice, first on line %d", d.at[path].Line)
			continue
		}
		seen[name], d.at[path] = true, pos
		fn(e, name, path)
	}
	return seen
}

var secretRE = regexp.MustCompile(
	`(?i)^(pass(word|wd|phrase)?|contrase(n|ñ)a|secret[oa]?|token|private_key)$`)

func (d *decoder) unknown(e *ast.MappingValueNode, name, path string, names []string) {
	pos := e.Key.GetToken().Position
	if secretRE.MatchString(name) {
		hint := "put it in a file with mode 0600, or in the environment"
		if slices.Contains(names, "password_file") {
			hint += ", and name that in password_file or password_env"
		}
		d.bad(pos, path, hint, "a secret is not written in this file")
		return
	}
	d.bad(pos, path, didYouMean(name, names), "unknown key")
}

// value reads any node into any field.
func (d *decoder) value(n ast.Node, v reflect.Value, tag reflect.StructTag, key string) {
	switch n.(type) {
	case *ast.NullNode:
		d.bad(d.place(key), key, "give it a value, or remove the key to have its default", "has no value")
		return
	case *ast.AnchorNode, *ast.AliasNode, *ast.TagNode:
		d.bad(d.position(n, key), key, "write the value itself",
			"anchors, aliases and tags are not read here")
		return
	}
	switch {
	case v.Type() == reflect.TypeFor[schema.Inhabil]():
		var row inhabil
		d.defaults(structOf(&row))
		d.mapping(n, structOf(&row), key)
		v.Set(reflect.ValueOf(row.schema()))
	case isScalar(v):
		d.scalar(n, v, tag, key)
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.defaults(v.Elem())
		d.mapping(n, v.Elem(), key)
	case v.Kind() == reflect.Struct:
		d.mapping(n, v, key)
	case v.Kind() == reflect.Slice:
		d.list(n, v, tag, key)
	case v.Kind() == reflect.Map:
		d.byTipo(n, v, tag, key)
	}
}

func (d *decoder) list(n ast.Node, v reflect.Value, tag reflect.StructTag, key string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.bad(d.position(n, key), key, "write it as a list: […], or one item a line after a dash",
			"want a list, found %s", kindOf(n))
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, item := range seq.Values {
		path := fmt.Sprintf("%s[%d]", key, i)
		d.at[path] = d.position(item, key)
		e := v.Index(i)
		if e.Kind() == reflect.Struct && !isScalar(e) && e.Type() != reflect.TypeFor[schema.Inhabil]() {
			d.defaults(e)
		}
		d.value(item, e, tag, path)
	}
}

// byTipo reads a mapping whose keys are types of files.
func (d *decoder) byTipo(n ast.Node, v reflect.Value, tag reflect.StructTag, key string) {
	entries, ok := entriesOf(n)
	if !ok {
		d.bad(d.position(n, key), key, "write it as {RES: 1000}", "want a group of keys, found %s", kindOf(n))
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	d.eachKey(entries, key, func(e *ast.MappingValueNode, name, path string) {
		if !slices.Contains(schema.Tipos, schema.Tipo(name)) {
			d.bad(d.place(path), path, didYouMean(name, tiposTexto()), "unknown type of file")
			return
		}
		item := reflect.New(v.Type().Elem()).Elem()
		d.value(e.Value, item, tag, path)
		if !d.faulty[path] {
			v.SetMapIndex(reflect.ValueOf(schema.Tipo(name)), item)
		}
	})
}

func tiposTexto() []string {
	out := make([]string, len(schema.Tipos))
	for i, t := range schema.Tipos {
		out[i] = string(t)
	}
	return out
}

// entriesOf gives the entries of a mapping, which the parser has in two forms.
func entriesOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// position is where a value begins. A block mapping has no token of its own, so
// that its first key stands for it.
func (d *decoder) position(n ast.Node, key string) *token.Position {
	if entries, ok := entriesOf(n); ok && len(entries) > 0 {
		return entries[0].Key.GetToken().Position
	}
	if n != nil && n.GetToken() != nil && n.GetToken().Position != nil {
		return n.GetToken().Position
	}
	return d.place(key)
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "a group of keys"
	case *ast.SequenceNode:
		return "a list"
	case *ast.IntegerNode, *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		return "a number"
	case *ast.BoolNode:
		return "true or false"
	case *ast.NullNode, nil:
		return "nothing"
	}
	return "a text"
}
