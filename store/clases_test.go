package store

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"buzon/schema"
)

// enDisco gives what the database has of a kind: name, and the table that it is of.
func enDisco(t *testing.T, s *Store, kind string) map[string]string {
	t.Helper()
	all := map[string]string{}
	view(t, s, func(v *View) error {
		return v.each(`SELECT name, tbl_name FROM sqlite_master WHERE type = ?`, []any{kind},
			func(rows valores) error {
				var name, of string
				err := rows.Scan(&name, &of)
				all[name] = of
				return err
			})
	})
	return all
}

// TestClases: every table of a store is in exactly one class, and the columns of the
// facts are those that writes and verify know.
func TestClases(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	tables, hechos := enDisco(t, s, "table"), map[string]*tabla{}
	for _, f := range todosLosHechos {
		if hechos[f.nombre] != nil {
			t.Errorf("%s is twice among the facts", f.nombre)
		}
		hechos[f.nombre] = f
	}
	for name := range tables {
		if _, other := clases[name]; other == (hechos[name] != nil) {
			t.Errorf("table %s: in the list of facts %v, in that of the others %v", name, hechos[name] != nil,
				other)
		}
	}
	for name := range clases {
		if tables[name] == "" {
			t.Errorf("there is no table %s", name)
		}
	}
	for name, f := range hechos {
		if got, want := columnas(t, s, name), f.todas(); !slices.Equal(ordenadas(got), ordenadas(want)) ||
			len(want) == 0 {
			t.Errorf("%s has the columns %q, and tablas.go %q", name, got, want)
		}
		if f.por != "" && hechos[f.por] == nil {
			t.Errorf("%s bears the event of %s, which is no fact", name, f.por)
		}
	}
}

func ordenadas(all []string) []string {
	all = slices.Clone(all)
	slices.Sort(all)
	return all
}

// columnas are those of a table, as the database has them, the key first; a
// column of bytes is none that a row's hash knows of.
func columnas(t *testing.T, s *Store, name string) (all []string) {
	t.Helper()
	view(t, s, func(v *View) error {
		return v.each(`SELECT name, type, pk FROM pragma_table_xinfo(?)`, []any{name},
			func(rows valores) error {
				var c, kind string
				var pk int
				if err := rows.Scan(&c, &kind, &pk); err != nil {
					return err
				}
				if kind != "INTEGER" && kind != "TEXT" {
					return fmt.Errorf("%s.%s is of type %s", name, c, kind)
				}
				if pk > 0 != (len(all) == 0) {
					return fmt.Errorf("%s: the key is not its first column, alone", name)
				}
				all = append(all, c)
				return nil
			})
	})
	return all
}

// TestGuardas: every fact has its triggers, and no other table.
func TestGuardas(t *testing.T) {
	t.Parallel()
	s, _ := open(t)
	want := map[string]string{}
	for _, name := range []string{"bitacora", "nodos"} {
		want[name+"_sin_cambios"], want[name+"_sin_borrados"] = name, name
	}
	want["bitacora_sin_huecos"], want["nodos_sin_reemplazos"] = "bitacora", "nodos"
	for _, f := range todosLosHechos {
		want[f.nombre+"_sin_cambios"], want[f.nombre+"_sin_borrados"] = f.nombre, f.nombre
		if f.por != "archivos" { // a REPLACE of theirs is a DELETE on our connection
			want[f.nombre+"_sin_reemplazos"] = f.nombre
		}
	}
	got := enDisco(t, s, "trigger")
	for name, of := range want {
		if got[name] != of {
			t.Errorf("the trigger %s of %s is of %q", name, of, got[name])
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d triggers, want %d", len(got), len(want))
	}
}

// conTodo is a store that has a row in every table of facts.
func conTodo(t *testing.T) *Store {
	t.Helper()
	s, _ := open(t)
	// The log is told of the rows, whatever they are: a Log after each.
	update(t, s, func(tx *Tx) error {
		if err := siembra(tx, 1); err != nil {
			return err
		}
		a := recibido(schema.ParteCONDUSEF, "rec", schema.REC, 2)
		if err := recibe(tx, &a, func(in *Ingreso) error {
			if err := in.acepta(&Asunto{Folio: "2026/090/1", Vuelta: 1, UNE: 900001}); err != nil {
				return err
			}
			return in.Refuse("2026/090/2", 2, 0, "FMT-01")
		}); err != nil {
			return err
		}
		return llena(tx, a)
	})
	return s
}

// llena adds a row of every other fact.
func llena(tx *Tx, rec Archivo) error {
	lot, err := entrega(tx, 900001, rec.ID, 1, 1)
	if err != nil {
		return err
	}
	k, err := tx.UltimaVuelta("2026/090/1")
	if err != nil {
		return err
	}
	res, dic := recibido(900001, "res", schema.RES, 1), recibido(schema.ParteCONDUSEF, "dic", schema.DIC, 1)
	var p Respuesta
	steps := []func() error{
		func() error { return tx.WarnTerms(900001, []Asunto{k}, PlazoVencido) },
		func() error {
			return recibe(tx, &res, func(in *Ingreso) (err error) {
				p, err = in.responde(&k, TipoRespuesta)
				return err
			})
		},
		func() error {
			return recibe(tx, &dic, func(in *Ingreso) error {
				return in.AddDictamen(&k, &Dictamen{Tipo: 1, Numero: 1})
			})
		},
		func() error {
			rep := salida(schema.ParteCONDUSEF, schema.REP, 1, 1, 0)
			return tx.AddREP(&rep, []Respuesta{p})
		},
		func() error {
			acu := salida(900001, schema.ACU, 1, 1, res.ID)
			return tx.AddAcuse(&res, &acu, "ACU", 2026, 1)
		},
		func() error {
			s := salida(900001, schema.LOT, 2, 0, 0)
			if err := tx.AddLote(&s, nil, ""); err != nil {
				return err
			}
			return tx.AnnulLote(s)
		},
		func() error { return recoge(tx, lot) },
		func() error { _, err := tx.AddAnexo(&Anexo{Parte: 900001, Nombre: "a", SHA256: "h"}); return err },
		func() error {
			for _, f := range []struct {
				t      *tabla
				values []any
			}{
				{tMeta, []any{"clave", "valor"}}, {tSuspensiones, []any{900001, 1, 1}},
				{tLlaves, []any{900001, "h", "p", "n", nil, nil, 1}},
				{tRevocadas, []any{1, 1}}, {tAvisadas, []any{1, 1}}, {tClaves, []any{900001, "$2a$", 1}},
				{tNoRecogidos, []any{lot.ID, "hora", 1}}, {tCortes, []any{"2026-02-01", 1}},
				{tCierres, []any{"2026-02-01", 1, 1, 1, 0, 0}},
				{tAvisos, []any{"2026-02-01", 1}},
				{tCorridas, []any{"2026-02-01", "c", 1}}, {tFinales, []any{1, 1, ""}},
				{tEpocas, []any{2, 2026, 100_000, 1}},
				{tSellos, []any{"a", "A"}}, {tTurnos, []any{1, 1}},
				{tPuntos, []any{1, "n"}}, {tTestigos, []any{"p", 1, 1}},
			} {
				if _, err := tx.add(f.t, f.values...); err != nil {
					return err
				}
			}
			return anota(tx)
		},
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// TestFactsAreOnlyAdded: the database refuses every change of every fact, a REPLACE
// among them.
func TestFactsAreOnlyAdded(t *testing.T) {
	t.Parallel()
	s := conTodo(t)
	for _, f := range todosLosHechos {
		all := f.todas()
		list := strings.Join(all, ", ")
		later := slices.Clone(all)
		later[0] = "9000000" // another key, the rest as it is
		if f == tInstituciones {
			later[0] = "900009"
		}
		queries := []string{
			`UPDATE ` + f.nombre + ` SET ` + all[len(all)-1] + ` = ` + all[len(all)-1],
			`UPDATE OR REPLACE ` + f.nombre + ` SET ` + all[0] + ` = ` + all[0] + ` + 1`,
			`DELETE FROM ` + f.nombre,
			`REPLACE INTO ` + f.nombre + ` (` + list + `) SELECT ` + list + ` FROM ` + f.nombre,
			`INSERT OR REPLACE INTO ` + f.nombre + ` (` + list + `) SELECT ` + list + ` FROM ` + f.nombre,
			`INSERT INTO ` + f.nombre + ` (` + list + `) SELECT ` + list + ` FROM ` + f.nombre +
				` WHERE 1 ON CONFLICT DO UPDATE SET ` +
				all[0] + ` = ` + all[0],
		}
		if unico[f.nombre] {
			queries = append(queries,
				`REPLACE INTO `+f.nombre+` (`+list+`) SELECT `+strings.Join(later, ", ")+` FROM `+f.nombre)
		}
		n := 0
		if err := s.r.QueryRow(`SELECT count(*) FROM ` + f.nombre).Scan(&n); err != nil || n == 0 {
			t.Errorf("%s has %d rows (%v)", f.nombre, n, err)
		}
		for _, q := range queries {
			if _, err := s.conn.ExecContext(t.Context(), q); err == nil ||
				!strings.Contains(err.Error(), "rows are never") {
				t.Errorf("allowed, or refused for something else: %s: %v", q, err)
			}
		}
	}
	if _, err := s.Verify(t.Context(), nil, nil); err != nil &&
		!strings.Contains(err.Error(), "tabla de trabajo") {
		t.Error(err)
	}
}

// unico are the facts that have more that is unique than their key.
var unico = map[string]bool{"meta": true, "llaves": true, "llaves_revocadas": true, "llaves_avisadas": true,
	"archivos": true, "anexos": true,
	"salidas": true, "publicaciones": true, "anulaciones": true, "lotes": true, "reclamaciones": true,
	"respuestas": true, "acuses": true,
	"no_recogidos": true, "epocas": true, "finales": true, "sellos": true, "testigos": true}

// escribe matches a statement that writes, and its table.
var escribe = regexp.MustCompile(
	`(?is)\b(?:INSERT(?:\s+OR\s+\w+)?\s+INTO|REPLACE\s+INTO|UPDATE(?:\s+OR\s+\w+)?|` +
		`DELETE\s+FROM)\s+["'\x60\[]?(§|\w*)`)

// TestOnlyAddWrites: no text of the package writes to a table of facts but the one
// that tabla.prepare makes and Tx.drop's; a table's name in a write is written out.
func TestOnlyAddWrites(t *testing.T) {
	t.Parallel()
	found := 0
	for at, text := range textos(t) {
		if strings.HasPrefix(text, "store: ") { // says something
			continue
		}
		for _, m := range escribe.FindAllStringSubmatch(strings.ReplaceAll(text, "DO UPDATE SET", ""), -1) {
			found++
			if c, ok := clases[m[1]]; ok && c != hecho || m[1] == "bitacora" && strings.HasPrefix(at,
				"registrar.go") ||
				m[1] == "nodos" && strings.HasPrefix(at, "arbol.go") {
				continue
			}
			if m[1] == "§" && (strings.HasPrefix(at, "tablas.go prepare") ||
				strings.HasPrefix(at, "ingreso.go drop")) || m[1] == "filas" {
				continue // libreta's own table
			}
			t.Errorf("%s writes to %q: %s", at, m[1], text)
		}
	}
	if found < 30 {
		t.Errorf("only %d writes were found", found)
	}
	for _, q := range []string{"INSERT OR IGNORE INTO testigos", "insert into testigos",
		"REPLACE INTO testigos", "UPDATE testigos SET", "update or fail testigos",
		"DELETE FROM\n\ttestigos", `DELETE FROM "testigos"`, "WITH x AS (SELECT 1) DELETE FROM testigos"} {
		if m := escribe.FindStringSubmatch(q); m == nil || m[1] != "testigos" {
			t.Errorf("%s: %q", q, m)
		}
	}
}

// textos are the strings of the package's sources, by file, function and line; what
// is joined by + is one, with § where it is no text.
func textos(t *testing.T) map[string]string {
	t.Helper()
	fset, all := token.NewFileSet(), map[string]string{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			name := ""
			if fn, ok := d.(*ast.FuncDecl); ok {
				name = fn.Name.Name
			}
			ast.Inspect(d, func(n ast.Node) bool {
				text, ok := junto(n)
				if ok {
					all[fmt.Sprintf("%s %s %v", file, name, fset.Position(n.Pos()))] = text
				}
				return !ok
			})
		}
	}
	return all
}

func junto(n ast.Node) (text string, ok bool) {
	switch x := n.(type) {
	case *ast.BasicLit:
		text, err := strconv.Unquote(x.Value)
		return text, x.Kind == token.STRING && err == nil
	case *ast.BinaryExpr:
		a, oka := junto(x.X)
		b, okb := junto(x.Y)
		return a + b, x.Op == token.ADD && (oka || okb)
	case *ast.ParenExpr:
		return junto(x.X)
	}
	return "§", false
}
