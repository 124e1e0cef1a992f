package config

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"time"

	"buzon/schema"
)

// render writes a configuration as a commented file that holds every key. A key
// that has no value is shown with its example, switched off by a # without a
// blank after it, as OpenSSH's own files do.
func render(c *Config, head string) []byte {
	r := new(renderer)
	r.comment("", head)
	r.group(structOf(c), "")
	return r.b.Bytes()
}

type renderer struct {
	b    bytes.Buffer
	off  *string // indentation of the # that switches a group off
	dash bool    // the next line begins an item of a list
}

func (r *renderer) line(indent, text string) {
	if r.dash {
		indent, r.dash = strings.TrimSuffix(indent, "  ")+"- ", false
	}
	if r.off != nil {
		indent = *r.off + "#" + strings.TrimPrefix(indent, *r.off)
	}
	r.b.WriteString(indent + text + "\n")
}

func (r *renderer) comment(indent, text string) {
	for l := range strings.SplitSeq(text, "\n") {
		r.line(indent, "# "+l)
	}
}

func (r *renderer) group(v reflect.Value, indent string) {
	fields, names := fieldsOf(v.Type())
	for i, f := range fields {
		if indent == "" {
			r.b.WriteByte('\n')
		}
		fv, doc := v.FieldByIndex(f.Index), f.Tag.Get("doc")
		if fv.CanInt() {
			doc = strings.ReplaceAll(doc, "{size}", size(fv.Int()))
		}
		r.comment(indent, doc)
		r.field(fv, f.Tag, indent, names[i])
	}
}

// size writes the bytes of a default as people say them.
func size(n int64) string {
	if n%(1<<30) == 0 {
		return fmt.Sprintf("%d GiB", n>>30)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

func (r *renderer) field(v reflect.Value, tag reflect.StructTag, indent, name string) {
	_, hasDefault := tag.Lookup("default")
	switch {
	case v.Kind() == reflect.Struct:
		r.line(indent, name+":")
		r.group(v, indent+"  ")
	case v.Kind() == reflect.Pointer && !isScalar(v):
		if v.IsNil() {
			v = reflect.New(v.Type().Elem())
			new(decoder).defaults(v.Elem())
			r.off = &indent
			defer func() { r.off = nil }()
		}
		r.line(indent, name+":")
		r.group(v.Elem(), indent+"  ")
	case v.Kind() == reflect.Slice && v.IsNil() && v.Type().Elem().Kind() == reflect.Struct &&
		tag.Get("example") == "":
		// One item with all its keys stands for the list.
		item := reflect.New(v.Type().Elem()).Elem()
		new(decoder).defaults(item)
		r.off = &indent
		r.line(indent, name+":")
		r.dash = true
		r.group(item, indent+"    ")
		r.off = nil
	case v.IsZero() && !hasDefault && r.off == nil:
		r.off = &indent
		r.line(indent, name+": "+example(v, tag))
		r.off = nil
	case v.IsZero() && !hasDefault:
		r.line(indent, name+": "+example(v, tag))
	case tag.Get("off") != "" && r.off == nil:
		// With what stands beside it another key may have to go: it is not in the way.
		r.off = &indent
		r.line(indent, name+": "+yamlText(v.Interface()))
		r.off = nil
	default:
		r.line(indent, name+": "+yamlText(v.Interface()))
	}
}

// example is written as YAML in the tag, except for a text.
func example(v reflect.Value, tag reflect.StructTag) string {
	if v.Kind() == reflect.String {
		return yamlText(tag.Get("example"))
	}
	return tag.Get("example")
}

var plainYAML = regexp.MustCompile(`^[A-Za-z/.][A-Za-z0-9_./-]*$`)

func yamlText(value any) string {
	switch x := value.(type) {
	case string:
		if plainYAML.MatchString(x) && x != "true" && x != "false" && x != "null" {
			return x
		}
		return "'" + strings.ReplaceAll(x, "'", "''") + "'"
	case []string:
		items := make([]string, len(x))
		for i, s := range x {
			items[i] = yamlText(s)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case schema.Version:
		return yamlText(string(x))
	case []schema.Version:
		items := make([]string, len(x))
		for i, v := range x {
			items[i] = yamlText(v)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case time.Duration:
		return shortDuration(x)
	case schema.Hora:
		return yamlText(x.String())
	case *regexp.Regexp:
		return yamlText(x.String())
	}
	return fmt.Sprint(value)
}

// shortDuration writes 15m where Go writes 15m0s.
func shortDuration(t time.Duration) string {
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
