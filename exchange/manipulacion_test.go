package exchange_test

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"buzon/store"
)

// noCuentan are the tables, and by table.column the columns, of which the log
// says nothing (docs/bitacora.md, section 6). A new one is to be put here, or
// among those that count; what is in neither place fails the tests.
var noCuentan = []string{"agenda", "latidos", "listados", "vistos", "llaves.ultimo_uso"}

// deOtros is the table of the tool that brings the tables up to date: what is
// changed there keeps verify from judging at all, or nothing.
const deOtros = "goose_db_version"

// column is one place where a database can be changed.
type column struct {
	tabla, name string
	pk          []string // of the table
}

func (c column) counts() bool {
	return !slices.Contains(noCuentan, c.tabla) && !slices.Contains(noCuentan, c.tabla+"."+c.name)
}

// columns reads from the database which places there are.
func (a *attacker) columns() (all []column) {
	a.t.Helper()
	for _, tabla := range a.column(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> ? ORDER BY name`, deOtros) {
		pk := a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE pk > 0 ORDER BY pk`, tabla)
		for _, name := range a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid`, tabla) {
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
	update := fmt.Sprintf(`UPDATE %s SET %s = ? WHERE %s = ?`, c.tabla, c.name, strings.Join(c.pk, ` = ? AND `))
	var err error
	for try := range 64 {
		next := flipped(value, bit+try)
		if _, err = a.db.Exec(update, append([]any{next}, keys...)...); err == nil {
			return fmt.Sprintf("%s.%s of row %v: %q became %q", c.tabla, c.name, keys, fmt.Sprint(value), fmt.Sprint(next))
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

// TestEveryColumnCounts flips a bit in every column of every table: verify finds
// it, or it is in the list of what does not count.
func TestEveryColumnCounts(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	if _, err := r.verify(t, attack(t, r.db, func(*attacker) {}), r.origen); err != nil {
		t.Fatalf("an untouched log, its guards put back: %v", err)
	}
	var places []column
	attack(t, r.db, func(a *attacker) {
		places = a.columns()
		for _, c := range places {
			if a.rows(c.tabla) == 0 {
				t.Errorf("%s has no rows: nothing is told of it", c.tabla)
			}
		}
	})
	seen := map[string]bool{}
	for i, c := range places {
		seen[c.tabla], seen[c.tabla+"."+c.name] = true, true
		var what string
		path := attack(t, r.db, func(a *attacker) { what = a.flip(c, i%a.rows(c.tabla), 3*i) })
		_, err := r.verify(t, path, nil)
		switch {
		case c.counts():
			t.Logf("%s: %s", what, wantFound(t, what, err))
		case err != nil:
			t.Errorf("%s: %v; it is said not to count", what, err)
		}
	}
	for _, name := range noCuentan {
		if !seen[name] {
			t.Errorf("%s is not in the database any more", name)
		}
	}
}

// TestRandomTampering flips bits in random places, removes and copies rows.
// BUZON_MANIPULACIONES says how many times, BUZON_REGISTROS of how long a log.
func TestRandomTampering(t *testing.T) {
	t.Parallel()
	times, records := fromEnv(t, "BUZON_MANIPULACIONES", 120), fromEnv(t, "BUZON_REGISTROS", 60)
	r := newRegistro(t, records, nil)
	rnd := rand.New(rand.NewPCG(2026, 3))
	kinds := map[string]int{}
	for range times {
		var what string
		path := attack(t, r.db, func(a *attacker) { what = a.anything(rnd) })
		_, err := r.verify(t, path, nil)
		wantFound(t, what, err)
		kinds[strings.Fields(what)[0]]++
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d changes in a log of %d records: %v", times, records, kinds)
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

// anything does one change of chance where it counts.
func (a *attacker) anything(rnd *rand.Rand) string {
	a.t.Helper()
	places := slices.DeleteFunc(a.columns(), func(c column) bool { return !c.counts() })
	c := places[rnd.IntN(len(places))]
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
	a.do(fmt.Sprintf(`DELETE FROM %[1]s WHERE (%[2]s) IN (SELECT %[2]s FROM %[1]s ORDER BY %[2]s LIMIT 1 OFFSET %[3]d)`, c.tabla, key, i))
	return fmt.Sprintf("row %d of %s", i, c.tabla)
}

// duplicate adds the i-th row of a table once more, with another key and other
// texts where only one row may have them.
func (a *attacker) duplicate(c column, i int) string {
	a.t.Helper()
	for _, name := range a.column(`SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql LIKE 'CREATE UNIQUE%'`, c.tabla) {
		a.do(`DROP INDEX ` + name)
	}
	unique := map[string]bool{}
	for _, name := range a.column(`SELECT x.name FROM pragma_index_list(?) l, pragma_index_info(l.name) x WHERE l."unique"`, c.tabla) {
		unique[name] = true
	}
	var names, values []string
	for _, name := range a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0 ORDER BY cid`, c.tabla) {
		value := name
		if slices.Contains(c.pk, name) || unique[name] {
			value = fmt.Sprintf(`CASE typeof(%[1]s) WHEN 'integer' THEN %[1]s + 700001 ELSE %[1]s || 'x' END`, name)
		}
		names, values = append(names, name), append(values, value)
	}
	key := strings.Join(c.pk, ", ")
	a.do(fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM %s ORDER BY %s LIMIT 1 OFFSET %d`, c.tabla, strings.Join(names, ", "), strings.Join(values, ", "), c.tabla, key, i))
	return fmt.Sprintf("row %d of %s", i, c.tabla)
}

// TestTamperedTables removes a row of every table that counts, and adds one.
func TestTamperedTables(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	tables := map[string]column{}
	attack(t, r.db, func(a *attacker) {
		for _, c := range a.columns() {
			if !slices.Contains(noCuentan, c.tabla) {
				tables[c.tabla] = c
			}
		}
	})
	for _, name := range slices.Sorted(maps.Keys(tables)) {
		c := tables[name]
		for how, fn := range map[string]func(a *attacker){
			"the first row removed": func(a *attacker) { a.remove(c, 0) },
			"the last row removed":  func(a *attacker) { a.remove(c, a.rows(name)-1) },
			"all removed":           func(a *attacker) { a.do(`DELETE FROM ` + name) },
			"a row added":           func(a *attacker) { a.duplicate(c, 0) },
		} {
			what := name + ": " + how
			_, err := r.verify(t, attack(t, r.db, fn), nil)
			t.Logf("%s: %s", what, wantFound(t, what, err))
		}
	}
}
