package exchange_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// logTables and the work tables are no facts.
var logTables = []string{"bitacora", "nodos", "bloques", "partes"}

// facts gives the tables of facts, each with its key.
func (r *registro) facts(t *testing.T) (all []column) {
	t.Helper()
	for _, c := range r.places(t) {
		if c.counts() && !slices.Contains(logTables, c.tabla) && !slices.Contains(deTrabajo, c.tabla) &&
			!slices.ContainsFunc(all, func(x column) bool { return x.tabla == c.tabla }) {
			all = append(all, column{tabla: c.tabla, name: c.pk[0], pk: c.pk})
		}
	}
	return all
}

// others are the columns of a table but its key.
func (a *attacker) others(c column) string {
	return strings.Join(a.column(`SELECT name FROM pragma_table_xinfo(?) WHERE pk = 0 ORDER BY cid`,
		c.tabla), ", ")
}

// ends gives the keys of the first and of the last row.
func (a *attacker) ends(c column) (first, last string) {
	q := fmt.Sprintf(`SELECT min(%[1]s) FROM %[2]s UNION ALL SELECT max(%[1]s) FROM %[2]s`, c.name, c.tabla)
	all := a.column(q)
	return all[0], all[1]
}

// bears is the column by which a row bears its event: its own, or that of its file.
func (a *attacker) bears(c column) string {
	for _, name := range []string{"evento", "archivo", "rep"} {
		if strings.Contains(", "+a.others(c)+",", ", "+name+",") {
			return name
		}
	}
	return ""
}

// exchange gives the first row the contents of the last, and the other way round.
func (a *attacker) exchange(c column) {
	first, last := a.ends(c)
	cols := a.others(c)
	a.do(fmt.Sprintf(`CREATE TEMP TABLE x AS SELECT * FROM %s WHERE %s IN (%s, %s)`, c.tabla, c.name, first,
		last))
	a.do(fmt.Sprintf(`DELETE FROM %s WHERE %s IN (%s, %s)`, c.tabla, c.name, first, last))
	for _, pair := range [][2]string{{first, last}, {last, first}} {
		a.do(fmt.Sprintf(`INSERT INTO %s (%s, %s) SELECT %s, %[3]s FROM x WHERE %[2]s = %[5]s`, c.tabla,
			c.name, cols, pair[0], pair[1]))
	}
}

// TestMovedRows: rows of every table of facts exchanged, moved to another event,
// given another number, doubled at the end.
func TestMovedRows(t *testing.T) {
	t.Parallel()
	r := grande(t)
	single := 0
	for _, c := range r.facts(t) {
		for how, fn := range map[string]func(a *attacker){
			"two exchanged": func(a *attacker) { a.exchange(c) },
			"moved to the event of another": func(a *attacker) {
				_, last := a.ends(c)
				by := a.bears(c)
				a.do(fmt.Sprintf(
					`UPDATE OR REPLACE %[1]s SET %[2]s = (SELECT %[2]s FROM %[1]s WHERE %[2]s <> (SELECT %[2]s
						FROM %[1]s WHERE %[3]s = %[4]s)
					UNION ALL SELECT 2 LIMIT 1) WHERE %[3]s = %[4]s`, c.tabla, by, c.name, last))
			},
			"the last renumbered": func(a *attacker) {
				_, last := a.ends(c)
				a.do(fmt.Sprintf(`UPDATE %s SET %s = %[2]s + 1 WHERE %[2]s = %[3]s`, c.tabla, c.name, last))
			},
			"all renumbered": func(a *attacker) {
				a.do(fmt.Sprintf(`UPDATE %s SET %s = -%[2]s`, c.tabla, c.name))
				a.do(fmt.Sprintf(`UPDATE %s SET %s = 1 - %[2]s`, c.tabla, c.name))
			},
			"the last doubled": func(a *attacker) {
				_, last := a.ends(c)
				a.duplicate(c, a.rows(c.tabla)-1)
				a.do(fmt.Sprintf(`UPDATE %s SET %s = %[3]s + 1 WHERE %[2]s = (SELECT max(%[2]s) FROM %[1]s)`,
					c.tabla, c.name, last))
			},
		} {
			alone := false
			path := attack(t, r.db, func(a *attacker) {
				// Two answers of one REP are alike but for their keys: exchanged they are what they were.
				alike := a.rows(c.tabla) == 1 ||
					c.tabla == "devoluciones" && len(a.column(`SELECT DISTINCT rep FROM devoluciones`)) == 1
				if alone = how == "two exchanged" && alike; !alone {
					fn(a)
				}
			})
			if alone {
				single++
			} else {
				_, err := r.verify(t, path, nil)
				wantNamed(t, c.tabla, c.tabla+": "+how, err)
			}
			forget(t, path)
		}
	}
	if single > 8 {
		t.Errorf("%d tables have one row", single)
	}
}

// number gives the one number of a query.
func (r *registro) number(t *testing.T, query string) (n int) {
	t.Helper()
	attack(t, r.db, func(a *attacker) {
		if _, err := fmt.Sscan(a.column(query)[0], &n); err != nil {
			t.Fatal(err)
		}
	})
	return n
}

// TestForgedFilas: what an event says of rows, changed by somebody who makes the tree
// anew, behind the last head: the rows do not agree with it.
func TestForgedFilas(t *testing.T) {
	t.Parallel()
	r := grande(t)
	n := r.number(t, `SELECT count(*) FROM reclamaciones`) - 2 // those of its first REC
	const rec, key = `(SELECT min(n) FROM bitacora WHERE evento = 'archivo_recibido')`,
		`(SELECT max(n) FROM bitacora WHERE evento = 'llave_alta')`
	set := func(n, change string) func(a *attacker) {
		return func(a *attacker) { a.do(`UPDATE bitacora SET detalle = ` + change + ` WHERE n = ` + n) }
	}
	for what, test := range map[string]struct {
		fn   func(a *attacker)
		want string
	}{
		"one less": {set(rec,
			`json_set(detalle, '$.filas.reclamaciones.n', (detalle ->> '$.filas.reclamaciones.n') - 1)`),
			"reclamaciones"},
		"one more": {set(rec,
			`json_set(detalle, '$.filas.reclamaciones.n', (detalle ->> '$.filas.reclamaciones.n') + 1)`),
			"tabla reclamaciones"},
		"one more, wider": {set(rec, `json_set(detalle, '$.filas.reclamaciones.n', `+fmt.Sprint(n+2)+
			`, '$.filas.reclamaciones.a', `+fmt.Sprint(n+2)+`)`), "faltan filas de reclamaciones"},
		"none": {set(rec, `json_set(detalle, '$.filas.reclamaciones.n', 0)`),
			"tabla reclamaciones"},
		"from later on": {set(rec, `json_set(detalle, '$.filas.reclamaciones.de', 2)`),
			"tabla reclamaciones"},
		"to later on": {set(rec, `json_set(detalle, '$.filas.reclamaciones.a', `+fmt.Sprint(n+1)+`)`),
			fmt.Sprintf("las filas reclamaciones:1 a %d no dicen lo que el evento", n+1)},
		"the hash": {set(rec,
			`json_set(detalle, '$.filas.reclamaciones.hash', replace(detalle ->> '$.filas.archivos.hash', `+
				`'x', 'y'))`), fmt.Sprintf("las filas reclamaciones:1 a %d no dicen", n)},
		"a short hash": {set(rec, `json_set(detalle, '$.filas.reclamaciones.hash', 'AAAA')`),
			"tabla reclamaciones"},
		"a longer hash": {set(rec,
			`json_set(detalle, '$.filas.reclamaciones.hash', (detalle ->> '$.filas.reclamaciones.hash') `+
				`|| 'A')`), "tabla reclamaciones"},
		"one table away": {set(rec, `json_remove(detalle, '$.filas.reclamaciones')`),
			"de la fila reclamaciones:1 no hay evento"},
		"all away": {set(rec, `json_remove(detalle, '$.filas')`),
			"de la fila archivos:1 no hay evento"},
		"another name": {set(rec, `replace(detalle, '"reclamaciones":{"n"', '"respuestas":{"n"')`),
			"reclamaciones:1 no hay evento"},
		"no such table": {set(rec, `replace(detalle, '"reclamaciones":{"n"', '"cosas":{"n"')`),
			"de la tabla cosas"},
		"a work table": {set(rec,
			`json_set(detalle, '$.filas.estados', json('{"n":1,"de":1,"a":1,"hash":"'||(detalle ->> `+
				`'$.filas.archivos.hash')||'"}'))`), "de la tabla estados"},
		"of a row that is not there": {set(key,
			`json_set(detalle, '$.filas.anexos', json('{"n":1,"de":9,"a":9,"hash":"'||(detalle ->> `+
				`'$.filas.llaves.hash')||'"}'))`),
			"falta la fila anexos:9, de la que habla el evento"},
		"of rows that are not there": {set(key,
			`json_set(detalle, '$.filas.anexos', json('{"n":2,"de":8,"a":9,"hash":"'||(detalle ->> `+
				`'$.filas.llaves.hash')||'"}'))`),
			"faltan las filas anexos:8 a 9, de las que habla el evento"},
		"exchanged": {func(a *attacker) {
			a.do(`CREATE TEMP TABLE y AS SELECT n, detalle ->> '$.filas' AS f FROM bitacora WHERE evento ` +
				`= 'llave_alta' ORDER BY n DESC LIMIT 2`)
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.filas', json((SELECT f FROM y
				WHERE y.n <> bitacora.n))) WHERE n IN (SELECT n FROM y)`)
		}, "fila llaves:"},
		"told by the next event": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.filas.llaves',
				json((SELECT detalle ->> '$.filas.llaves' FROM bitacora
				WHERE n = ` + key + `))) WHERE n = ` + key + ` + 1`)
			a.do(`UPDATE bitacora SET detalle = json_remove(detalle, '$.filas.llaves') WHERE n = ` + key)
		}, "fila llaves:"},
		"told twice": {func(a *attacker) {
			a.do(`UPDATE bitacora SET detalle = json_set(detalle, '$.filas.llaves',
				json((SELECT detalle ->> '$.filas.llaves' FROM bitacora
				WHERE n = ` + key + `))) WHERE n = ` + key + ` + 1`)
		}, "falta la fila llaves:"},
	} {
		path := attack(t, r.db, func(a *attacker) {
			test.fn(a)
			a.tree()
			a.do(`DELETE FROM puntos`)
		})
		_, err := r.verify(t, path, nil)
		if text := wantFound(t, what, err); !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", what, text, test.want)
		}
		_, err = r.verify(t, path, r.origen)
		if text := wantFound(t, what, err); strings.Contains(what, "one less") && !strings.Contains(text,
			"no son los de antes") {
			t.Errorf("%s, with a head from outside: %q", what, text)
		}
		forget(t, path)
	}
}

// TestHiddenRows: the table of files that are being taken in hides nothing that an
// event told of, and what it leaves aside is counted.
func TestHiddenRows(t *testing.T) {
	t.Parallel()
	r := newRegistro(t, 60, nil)
	for what, test := range map[string]struct{ sql, want string }{
		"a file that counts": {`INSERT INTO entrantes SELECT max(id) FROM archivos`,
			"la tabla entrantes tiene el archivo"},
		"a file taken away": {`INSERT INTO entrantes VALUES (1); DELETE FROM archivos WHERE id = 1`,
			"falta la fila archivos:1, de la que habla el evento"},
		"a file renumbered": {`INSERT INTO entrantes VALUES (901); UPDATE archivos SET id = 901 WHERE id = 1`,
			"la fila archivos:901 no es de las que registró el evento"},
		"one of a file's rows": {`UPDATE reclamaciones SET archivo = 900 WHERE id = 5`,
			"falta la fila reclamaciones:5, de la que habla el evento"},
		"all of a file's rows": {`UPDATE reclamaciones SET archivo = 900`,
			"faltan las filas reclamaciones:1 a"},
		"a return": {`UPDATE devoluciones SET rep = 900 WHERE respuesta = 1`,
			"la fila devoluciones:1 no dice de qué evento es"},
	} {
		path := attack(t, r.db, func(a *attacker) { a.do(test.sql) })
		_, err := r.verify(t, path, nil)
		if text := wantFound(t, what, err); !strings.Contains(text, test.want) {
			t.Errorf("%s: %q, want %q", what, text, test.want)
		}
	}
	path := attack(t, r.db, func(a *attacker) {
		a.do(`INSERT INTO rechazados SELECT max(id) + 1, 900, 1, '2026/901/1', 'E001' FROM rechazados`)
	})
	if v, err := r.verify(t, path, r.origen); err != nil || v.PorContar != 1 {
		t.Errorf("what a kill left of a file: %d rows that do not count, %v", v.PorContar, err)
	}
}
