package config

import (
	"fmt"
	"path/filepath"
	"reflect"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"time"

	"buzon/schema"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/crypto/ssh"
)

// isScalar tells whether one value of the file fills v.
func isScalar(v reflect.Value) bool {
	switch v.Addr().Interface().(type) {
	case **regexp.Regexp, *ssh.PublicKey, *LlavePublica, *Warning:
		return true
	}
	switch v.Kind() {
	case reflect.Struct, reflect.Pointer, reflect.Slice, reflect.Map, reflect.Interface:
		return false
	}
	return true
}

// scalar reads one value. The text of the file counts, not what YAML would make
// of it: 00900001 is a clave, and no number in octal.
func (d *decoder) scalar(n ast.Node, v reflect.Value, tag reflect.StructTag, key string) {
	text, ok := textOf(n)
	if !ok {
		d.bad(d.position(n, key), key, "write one value", "want one value, found %s", kindOf(n))
		return
	}
	if want, fits := fitting(n, v); !fits {
		hint := "write it without quotes"
		if want == "a text" {
			hint = "put it in quotes"
		}
		d.bad(d.position(n, key), key, hint, "want %s, found %s", want, kindOf(n))
		return
	}
	if err := d.set(v, tag, text); err != nil {
		message, hint := split(err)
		d.bad(d.position(n, key), key, hint, "%s", message)
	}
}

func textOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

// fitting tells whether a node is of the type that a field of Go's own types
// wants; our types read their text themselves.
func fitting(n ast.Node, v reflect.Value) (want string, ok bool) {
	switch v.Interface().(type) {
	case bool:
		_, ok = n.(*ast.BoolNode)
		return "true or false", ok
	case int, int64:
		_, ok = n.(*ast.IntegerNode)
		return "a whole number", ok
	case string:
		_, text := n.(*ast.StringNode)
		_, literal := n.(*ast.LiteralNode)
		return "a text", text || literal
	}
	return "", true
}

// set reads text into v by v's type and checks what the tag says about it.
func (d *decoder) set(v reflect.Value, tag reflect.StructTag, text string) (err error) {
	switch p := v.Addr().Interface().(type) {
	case *string:
		*p, err = d.text(tag, text)
	case *bool:
		*p, err = strconv.ParseBool(text)
	case *int:
		var n int64
		n, err = integer(text, tag.Get("min"), tag.Get("max"))
		*p = int(n)
	case *int64:
		*p, err = integer(text, tag.Get("min"), tag.Get("max"))
	case *time.Duration:
		*p, err = duration(tag, text)
	case *schema.Hora:
		*p, err = schema.ParseHora(text)
	case *schema.Dia:
		*p, err = schema.ParseDia(text)
	case *schema.UNE:
		*p, err = schema.ParseUNE(text)
	case **regexp.Regexp:
		*p, err = wholePattern(text)
	case *ssh.PublicKey:
		*p, err = parseHostKey(text)
	case *LlavePublica:
		*p, err = ParseLlave(text)
	case *schema.Parte:
		*p, err = parseParty(text)
	case *schema.Version:
		*p, err = parseVersion(text)
	case *Warning:
		*p, err = parseWarning(text)
	default:
		panic("config: no reader for " + v.Type().String())
	}
	return err
}

func (d *decoder) text(tag reflect.StructTag, text string) (string, error) {
	if words := tag.Get("oneof"); words != "" {
		known := strings.Split(words, ",")
		for _, w := range known {
			if w == text {
				return text, nil
			}
		}
		return "", hintf(didYouMean(text, known), "%q is not one of %s", text, strings.Join(known, ", "))
	}
	if tag.Get("path") == "" {
		return text, nil
	}
	// A key or password pasted in place of its path must not be repeated.
	if strings.ContainsAny(text, "\n\r\x00") || strings.Contains(text, "-----BEGIN") {
		return "", hintf("put the content in a file with mode 0600 and write its path here",
			"is a content, not a path")
	}
	if strings.TrimSpace(text) != text || text == "" {
		return "", hintf("write a path, or remove the key", "is empty, or begins or ends in blanks")
	}
	if d.base == "" || filepath.IsAbs(text) {
		return filepath.Clean(text), nil
	}
	return filepath.Join(d.base, text), nil
}

// integer reads a number in decimal; YAML's hex, octal and 1_000 are not read.
func integer(text, low, high string) (int64, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || strconv.FormatInt(n, 10) != text {
		return 0, hintf("write digits alone", "%q is not a whole number in plain decimal digits", text)
	}
	if lo, err := strconv.ParseInt(low, 10, 64); err == nil && n < lo {
		return 0, rangeError(text, low, high)
	}
	if hi, err := strconv.ParseInt(high, 10, 64); err == nil && n > hi {
		return 0, rangeError(text, low, high)
	}
	return n, nil
}

func duration(tag reflect.StructTag, text string) (time.Duration, error) {
	t, err := time.ParseDuration(text)
	if err != nil {
		return 0, hintf("write a number with its unit, such as 10s, 15m or 2h", "%q is not a duration", text)
	}
	low, high := tag.Get("min"), tag.Get("max")
	if lo, err := time.ParseDuration(low); err == nil && t < lo {
		return 0, rangeError(text, low, high)
	}
	if hi, err := time.ParseDuration(high); err == nil && t > hi {
		return 0, rangeError(text, low, high)
	}
	return t, nil
}

func rangeError(text, low, high string) error {
	return hintf(fmt.Sprintf("write a value from %s to %s", low, high), "%s is out of range", text)
}

// wholePattern reads a pattern that can only match a whole text: one that could
// match a part would let any folio in that merely contains a good one.
func wholePattern(text string) (*regexp.Regexp, error) {
	tree, err := syntax.Parse(text, syntax.Perl)
	if err != nil {
		return nil, hintf("mend the pattern (RE2 syntax)", "not a pattern: %w", err)
	}
	last := len(tree.Sub) - 1
	if tree.Op != syntax.OpConcat || tree.Sub[0].Op != syntax.OpBeginText ||
		tree.Sub[last].Op != syntax.OpEndText {
		return nil, hintf("write ^(?:…)$ around it", "the pattern does not run from ^ to $")
	}
	return regexp.Compile(text)
}

// parseWarning reads RecSector:CAT-14.
func parseWarning(text string) (Warning, error) {
	campo, codigo, _ := strings.Cut(text, ":")
	ok := strings.HasPrefix(codigo, "FMT-") || strings.HasPrefix(codigo, "CAT-")
	if !ok || !schema.Codigo(codigo).Existe() {
		return Warning{},
			hintf("write it as RecSector:CAT-14", "%q does not name a field and one of its FMT or CAT codes",
				text)
	}
	if codigo == "FMT-06" || slices.Contains(sinExcepcion, campo) {
		return Warning{},
			hintf("remove it", "%s of %s refuses always: what it lets in the gateway could not carry", codigo,
				campo)
	}
	fields := campos()
	for _, f := range fields {
		if f == campo {
			return Warning{campo, schema.Codigo(codigo)}, nil
		}
	}
	hint := "write a field of a REC, RES or DIC"
	if near := nearest(campo, fields); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return Warning{}, hintf(hint, "no record has the field %q", campo)
}

// sinExcepcion are the fields by which the gateway itself goes: whose a record is,
// which folio, which round, which days. A wrong one cannot be let in.
var sinExcepcion = []string{
	"GeTipoRegistro", "RecNumero", "RecFolioCondusef", "RecInstitucionClave", "RecFechaReclamacion",
	"RecFechaTurno",
	"RecFechaLimite", "RecReversa", "RecMonetario", "RecMontoReclamado", "ResTipo", "RecImporteAbonado",
	"ResProrrogaDias", "DicTipo",
}

// campos are the fields of the records that arrive.
func campos() (names []string) {
	newest := slices.Max(schema.Versiones())
	for _, t := range schema.Tipos {
		if !t.Llega() {
			continue
		}
		for _, f := range schema.Layout(t, newest) {
			if f.Registro != "02" {
				continue
			}
			for _, c := range f.Campos {
				names = append(names, c.Nombre)
			}
		}
	}
	return names
}
