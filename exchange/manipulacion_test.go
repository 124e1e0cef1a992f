package exchange_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"buzon/store"
)

// observaciones are the tables of which the log says nothing (docs/bitacora.md,
// section 6): they may be overwritten, and nothing is told of who does. Every other
// table counts; one that is new is attacked like the rest.
var observaciones = []string{"agenda", "arribos", "ausentes", "bases", "entrantes", "exhibidos", "latidos",
	"listados", "ocupados", "reconocidos", "usos", "vistos"}

// deTrabajo are the tables that verify makes again from the facts.
var deTrabajo = []string{"coberturas", "estados", "por_devolver", "por_entregar", "por_publicar",
	"por_recoger"}

// deOtros is the table of the tool that brings the tables up to date: what is
// changed there keeps verify from judging at all, or nothing.
const deOtros = "goose_db_version"

// column is one place where a database can be changed.
type column struct {
	tabla, name string
	pk          []string // of the table
}

func (c column) counts() bool { return !slices.Contains(observaciones, c.tabla) }

// columns reads from the database which places there are.
func (a *attacker) columns() (all []column) {
	a.t.Helper()
	for _, tabla := range a.column(
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ?
			ORDER BY name`, deOtros) {
		pk := a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk`, tabla)
		for _, name := range a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid`,
			tabla) {
			all = append(all, column{tabla, name, pk})
		}
	}
	return all
}

// rows gives how many rows a table has.
func (a *attacker) rows(tabla string) int {
	a.t.Helper()
	n, err := strconv.Atoi(a.column(`SELECT count(*) FROM ` + tabla)[0])
	if err != nil {
		a.t.Fatal(err)
	}
	return n
}

// flip changes one bit of a column of the i-th row, and says what it did. Where
// the database can only hold the change with another bit it takes that.
func (a *attacker) flip(c column, i, bit int) string {
	a.t.Helper()
	order := strings.Join(c.pk, ", ")
	var value any
	keys := make([]any, len(c.pk))
	into := []any{&value}
	for k := range keys {
		into = append(into, &keys[k])
	}
	q := fmt.Sprintf(`SELECT %s, %s FROM %s ORDER BY %s LIMIT 1 OFFSET ?`, c.name, order, c.tabla, order)
	if err := a.db.QueryRow(q, i).Scan(into...); err != nil {
		a.t.Fatalf("%s: %v", q, err)
	}
	update := fmt.Sprintf(`UPDATE %s SET %s = ? WHERE %s = ?`, c.tabla, c.name, strings.Join(c.pk,
		` = ? AND `))
	var err error
	for try := range 64 {
		next := flipped(value, bit+try)
		if value == nil && try%2 == 1 { // a column of bytes takes no number
			next = []byte{byte(try)}
		}
		if _, err = a.db.Exec(update, append([]any{next}, keys...)...); err == nil {
			return fmt.Sprintf("%s.%s of row %v: %q became %q", c.tabla, c.name, keys, fmt.Sprint(value),
				fmt.Sprint(next))
		}
	}
	a.t.Fatalf("%s: %v", update, err)
	return ""
}

func flipped(value any, bit int) any {
	switch v := value.(type) {
	case int64:
		return v ^ 1<<(bit%40)
	case []byte:
		b := slices.Clone(v)
		b[bit/8%len(b)] ^= 1 << (bit % 8)
		return b
	case string:
		if v == "" {
			return "x"
		}
		b := []byte(v)
		b[bit/8%len(b)] ^= 1 << (bit % 8)
		return string(b)
	}
	return int64(1 + bit%2) // NULL
}

// wantFound holds the verdict of verify against what was done.
func wantFound(t *testing.T, what string, err error) string {
	t.Helper()
	var d *store.Diferencia
	if !errors.As(err, &d) {
		t.Errorf("%s: verify says %v", what, err)
		return ""
	}
	if len(d.Texto) < 20 || strings.Contains(d.Texto, "SQL") || strings.Contains(d.Texto, "sql:") {
		t.Errorf("%s: not in words: %q", what, d.Texto)
	}
	return d.Texto
}

// nombra tells what verify has to name where a table was changed: the table and its
// row, or the span of ids that an event told of, and the event; of the log itself
// the event, of a work table the table.
func nombra(tabla string) *regexp.Regexp {
	switch tabla {
	case "bitacora":
		return regexp.MustCompile(
			`evento \d+|leer el evento que sigue al \d+|le falta el final|primeros \d+ eventos|no hay evento`)
	case "nodos":
		return regexp.MustCompile(`árbol guardado`)
	case "bloques":
		return regexp.MustCompile(`índice de momentos|tabla bloques `)
	case "partes":
		return regexp.MustCompile(`índice de partes .*evento \d+`)
	case "puntos", "sellos", "turnos_sello": // heads are read before the rows are
		return regexp.MustCompile(`punto de control|` + deFila(tabla))
	case "meta":
		return regexp.MustCompile(`simulacro|no dice lo que la fila dice|` + deFila(tabla))
	}
	if slices.Contains(deTrabajo, tabla) {
		return regexp.MustCompile(`tabla (de trabajo )?` + tabla + ` `)
	}
	return regexp.MustCompile(deFila(tabla))
}

func deFila(tabla string) string {
	return `(la fila|las filas) ` + tabla +
		`:\d+.* evento \d+|fila ` + tabla +
		`:\d+ no hay evento|fila ` + tabla + `:\d+ no dice de qué evento es|` +
		`filas de ` + tabla + ` entre la \d+ y la \d+, de las que habla el evento \d+|fila de la tabla ` +
		tabla + ` `
}

// wantNamed is wantFound where a table was changed.
func wantNamed(t *testing.T, tabla, what string, err error) {
	t.Helper()
	text := wantFound(t, what, err)
	if text != "" && !nombra(tabla).MatchString(text) {
		t.Errorf("%s: %q does not name it", what, text)
	}
	t.Logf("%s: %s", what, text)
}

// places gives what there is to attack. Each table has rows; the tree of a short log
// alone has none that are kept.
func (r *registro) places(t *testing.T) (all []column) {
	t.Helper()
	attack(t, r.db, func(a *attacker) {
		// an observation may be of what never happened
		all = slices.DeleteFunc(a.columns(), func(c column) bool {
			return slices.Contains(observaciones, c.tabla) && a.rows(c.tabla) == 0
		})
		for _, c := range all {
			if a.rows(c.tabla) == 0 &&
				(c.tabla != "nodos" && c.tabla != "partes" || a.rows("bitacora") > 5000) {
				t.Fatalf("%s has no rows: nothing is told of it", c.tabla)
			}
		}
	})
	return all
}

// TestEveryColumnCounts flips a bit in every column of every table: verify finds
// it and names it, or the table is one of observations.
func TestEveryColumnCounts(t *testing.T) {
	t.Parallel()
	r := grande(t)
	v, err := r.verify(t, attack(t, r.db, func(*attacker) {}), r.origen)
	if err != nil || v.Eventos < 5000 {
		t.Fatalf("an untouched log, its guards put back: %d events, %v", v.Eventos, err)
	}
	for i, c := range r.places(t) {
		var what string
		path := attack(t, r.db, func(a *attacker) { what = a.flip(c, i*37%a.rows(c.tabla), 3*i) })
		_, err := r.verify(t, path, nil)
		switch {
		case c.counts():
			wantNamed(t, c.tabla, what, err)
		case err != nil && c.tabla != "entrantes": // whose row says what no event has to tell of
			t.Errorf("%s: %v; it is said not to count", what, err)
		}
		forget(t, path)
	}
}

// forget frees the disk before the test's end.
func forget(t *testing.T, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

var anyNumber = regexp.MustCompile(`INTEGER\b( PRIMARY KEY)?`)

// relaxed lets fn change a table as if it were declared without what NOT NULL and
// STRICT forbid, and declares it again as it was.
func (a *attacker) relaxed(tabla string, fn func()) {
	a.t.Helper()
	was := a.column(`SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?`, tabla)[0]
	loose := regexp.MustCompile(`\bSTRICT,?`).ReplaceAllString(strings.ReplaceAll(was, " NOT NULL", ""), "")
	loose = strings.TrimSuffix(strings.TrimSpace(loose), ",")
	loose = anyNumber.ReplaceAllStringFunc(loose, func(s string) string {
		if strings.HasSuffix(s, "KEY") {
			return s
		}
		return "BLOB" // which takes a text of digits as it is
	})
	a.redeclare(tabla, loose)
	fn()
	a.redeclare(tabla, was)
}

// redeclare changes what the database says that a table or an index is.
func (a *attacker) redeclare(name, text string) {
	a.t.Helper()
	a.do(`COMMIT; PRAGMA writable_schema = ON`)
	a.do(`UPDATE sqlite_master SET sql = ? WHERE name = ?`, text, name)
	a.do(`PRAGMA writable_schema = RESET; BEGIN`)
}

// TestOtherTypes: a value that is away, a number as a text, a text as bytes, in
// every column: what no program of ours writes, and what looks the same to one that
// reads it.
func TestOtherTypes(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	tried := map[string]int{}
	for _, c := range r.places(t) {
		if !c.counts() || c.tabla == "nodos" || c.tabla == "partes" {
			continue // these two have no rows in a short log
		}
		for kind, value := range map[string]string{"nothing": `NULL`, "a text": `CAST(%s AS TEXT)`,
			"bytes": `CAST(%s AS BLOB)`, "a fraction": `%s + 0.5`} {
			if strings.Contains(value, "%") {
				value = fmt.Sprintf(value, c.name)
			}
			changed := false
			path := attack(t, r.db, func(a *attacker) { changed = a.retype(c, value) })
			if changed {
				tried[kind]++
				_, err := r.verify(t, path, nil)
				wantNamed(t, c.tabla, c.tabla+"."+c.name+" as "+kind, err)
			}
			forget(t, path)
		}
	}
	if len(tried) != 4 {
		t.Errorf("tried only %v", tried)
	}
	t.Logf("%v", tried)
}

// retype gives a column of one row a value of another type, where the database can
// hold it at all.
func (a *attacker) retype(c column, value string) (changed bool) {
	a.t.Helper()
	a.relaxed(c.tabla, func() {
		where := fmt.Sprintf(`(%[1]s) = (SELECT %[1]s FROM %[2]s WHERE %[3]s IS NOT NULL ORDER BY 1 LIMIT 1)`,
			strings.Join(c.pk, ", "), c.tabla, c.name)
		kind := a.column(fmt.Sprintf(`SELECT typeof(%s) FROM %s WHERE %s`, c.name, c.tabla, where))
		if len(kind) == 0 {
			return
		}
		res, err := a.db.Exec(fmt.Sprintf(`UPDATE %s SET %s = %s WHERE %s AND typeof(%s) <> typeof(%[3]s)`,
			c.tabla, c.name, value, where, c.name))
		if err != nil {
			return // a key of rows takes whole numbers alone
		}
		n, err := res.RowsAffected()
		changed = err == nil && n == 1 && !slices.Equal(kind,
			a.column(fmt.Sprintf(`SELECT typeof(%s) FROM %s WHERE %s`, c.name, c.tabla, where)))
	})
	return changed
}

// TestRandomTampering flips bits in random places, removes and copies rows.
// BUZON_MANIPULACIONES says how many times.
func TestRandomTampering(t *testing.T) {
	t.Parallel()
	times := fromEnv(t, "BUZON_MANIPULACIONES", 120)
	r := grande(t)
	places := slices.DeleteFunc(r.places(t), func(c column) bool { return !c.counts() })
	rnd := rand.New(rand.NewPCG(2026, 3))
	kinds := map[string]int{}
	for range times {
		var what string
		c := places[rnd.IntN(len(places))]
		path := attack(t, r.db, func(a *attacker) { what = a.anything(c, rnd) })
		_, err := r.verify(t, path, nil)
		wantNamed(t, c.tabla, what, err)
		kinds[strings.Fields(what)[0]]++
		forget(t, path)
	}
	t.Logf("%d changes: %v", times, kinds)
}

func fromEnv(t *testing.T, name string, otherwise int) int {
	t.Helper()
	s := os.Getenv(name)
	if s == "" {
		return otherwise
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// anything does one change of chance.
func (a *attacker) anything(c column, rnd *rand.Rand) string {
	a.t.Helper()
	i := rnd.IntN(a.rows(c.tabla))
	switch rnd.IntN(4) {
	case 0:
		return "removed " + a.remove(c, i)
	case 1:
		return "copied " + a.duplicate(c, i)
	}
	return "flipped " + a.flip(c, i, rnd.IntN(4000))
}

// remove takes the i-th row of a table away.
func (a *attacker) remove(c column, i int) string {
	key := strings.Join(c.pk, ", ")
	a.do(fmt.Sprintf(
		`DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s ORDER BY %[2]s LIMIT 1 OFFSET %[3]d)`,
		c.tabla, key, i))
	return fmt.Sprintf("row %d of %s", i, c.tabla)
}

// duplicate adds the i-th row of a table once more, with another key and other
// texts where only one row may have them.
func (a *attacker) duplicate(c column, i int) string {
	a.t.Helper()
	unique := map[string]bool{}
	for _, name := range a.column(
		`SELECT x.name FROM pragma_index_list(?) l, pragma_index_info(l.name) x WHERE l."unique"`, c.tabla) {
		unique[name] = true
	}
	var names, values []string
	for _, name := range a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid`,
		c.tabla) {
		value := name
		if slices.Contains(c.pk, name) || unique[name] {
			value = fmt.Sprintf(`CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 700001 ELSE %[1]s || 'x' END`,
				name)
		}
		names, values = append(names, name), append(values, value)
	}
	key := strings.Join(c.pk, ", ")
	a.do(fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d`, c.tabla,
		strings.Join(names, ", "), strings.Join(values, ", "), c.tabla, key, i))
	return fmt.Sprintf("row %d of %s", i, c.tabla)
}

// TestTamperedTables removes a row of every table that counts, and adds one.
func TestTamperedTables(t *testing.T) {
	t.Parallel()
	r := grande(t)
	tables := map[string]column{}
	for _, c := range r.places(t) {
		if c.counts() {
			tables[c.tabla] = c
		}
	}
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		c := tables[name]
		for how, fn := range map[string]func(a *attacker){
			"the first row removed": func(a *attacker) { a.remove(c, 0) },
			"one inside removed":    func(a *attacker) { a.remove(c, a.rows(name)/2) },
			"the last row removed":  func(a *attacker) { a.remove(c, a.rows(name)-1) },
			"all removed":           func(a *attacker) { a.do(`DELETE FROM ` + name) },
			"a row added":           func(a *attacker) { a.duplicate(c, 0) },
		} {
			path := attack(t, r.db, fn)
			_, err := r.verify(t, path, nil)
			wantNamed(t, name, name+": "+how, err)
			forget(t, path)
		}
	}
}
