package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/pressly/goose/v3"
)

// triggersMigration is migration 2: the database itself refuses to change what counts.
func triggersMigration() *goose.Migration {
	return goose.NewGoMigration(2, &goose.GoFunc{RunTx: func(ctx context.Context, db *sql.Tx) error {
		for _, q := range triggers() {
			if _, err := db.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		return nil
	}}, nil)
}

// triggers are the guards of the log, its tree and the facts. A REPLACE deletes, so
// that on our own connection it is refused likewise.
func triggers() (all []string) {
	refuse := func(tabla, name, when, cond, what string) {
		all = append(all,
			fmt.Sprintf(`CREATE TRIGGER %s_%s BEFORE %s ON %s %sBEGIN SELECT raise(ABORT, '%s: %s'); END`,
				tabla, name, when, tabla, cond, tabla, what))
	}
	refuse("bitacora", "sin_huecos", "INSERT",
		"WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM bitacora) ", "events are numbered without gaps")
	refuse("nodos", "sin_reemplazos", "INSERT",
		"WHEN EXISTS (SELECT 1 FROM nodos WHERE nivel = NEW.nivel AND i = NEW.i) ", "rows are never replaced")
	for _, tabla := range []string{"bitacora", "nodos"} {
		refuse(tabla, "sin_cambios", "UPDATE", "", "rows are never changed")
		refuse(tabla, "sin_borrados", "DELETE", "", "rows are never deleted")
	}
	for _, t := range todosLosHechos {
		refuse(t.nombre, "sin_cambios", "UPDATE", "", "rows are never changed")
		cond := ""
		if t.por == "archivos" { // rows of a file that never came to count are dropped
			cond = fmt.Sprintf("WHEN EXISTS (SELECT 1 FROM archivos WHERE id = OLD.%s) ", t.lleva)
		} else if t.nombre != "bitacora" {
			refuse(t.nombre, "sin_reemplazos", "INSERT",
				fmt.Sprintf("WHEN EXISTS (SELECT 1 FROM %s WHERE %s = NEW.%s) ", t.nombre, t.id, t.id),
				"rows are never replaced")
		}
		refuse(t.nombre, "sin_borrados", "DELETE", cond, "rows are never deleted")
	}
	return all
}

// declarada is a thing that a database declares: a table, an index, a trigger.
type declarada struct{ clase, sql string }

// que says in words what a thing is.
func (d declarada) que() string {
	switch d.clase {
	case "table":
		return "la tabla"
	case "index":
		return "el índice"
	case "trigger":
		return "la guarda"
	}
	return "la vista"
}

// declara gives what a database declares. What SQLite and the tool that brings the
// tables up to date make for themselves is left out.
func (v *View) declara() (d declaracion, err error) {
	d.todo = map[string]declarada{}
	if err = v.get(`SELECT max(version_id) FROM goose_db_version WHERE is_applied`, nil,
		&d.version); err != nil {
		return d, err
	}
	return d, v.each(
		`SELECT type, name, coalesce(sql, '') FROM sqlite_master WHERE name NOT LIKE 'sqlite\_%' ESCAPE '\'
			AND name <> 'goose_db_version'`, nil,
		func(rows valores) error {
			var name string
			var one declarada
			err := rows.Scan(&one.clase, &name, &one.sql)
			d.todo[name] = one
			return err
		})
}

// declarado holds what the database declares against what this program does: a
// guard that is missing, or that does something else, lets the log change; an index
// of other rows, or a table that takes other values, hides them.
func (c *checker) declarado() error {
	model, err := modelo()
	if err != nil {
		return err
	}
	have, err := c.v.declara()
	if err != nil {
		return err
	}
	if have.version != model.version {
		return fmt.Errorf(
			"the tables are of version %d, this program's of %d; 'buzon run' and 'buzon serve' bring "+
				"older ones up to date",
			have.version, model.version)
	}
	want, got := model.todo, have.todo
	for _, name := range slices.Sorted(maps.Keys(want)) {
		what := want[name].que() + " " + name
		switch d, ok := got[name]; {
		case !ok:
			return difiere("falta %s de la base de datos", what)
		case d != want[name]:
			return difiere("%s de la base de datos no es %s de este programa: dice otra cosa", what,
				what[:len("la")])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			return difiere("la base de datos tiene lo que este programa no hizo: %s %s", got[name].que(),
				name)
		}
	}
	return nil
}

// entera asks the database whether each row stands in each index where it belongs,
// and keeps to what its table declares: a question by an index finds all that the
// table has.
func (c *checker) entera() error {
	return c.leer.each(`PRAGMA integrity_check(1)`, func(f *fila) error {
		if text := f.texto(0); text != "ok" {
			return difiere("la base de datos está dañada, o alguien la cambió por dentro: %s", text)
		}
		return nil
	})
}

// declaracion is what a database declares by name, and the version of its tables.
type declaracion struct {
	todo    map[string]declarada
	version int64
}

// modelo is what a new store declares, made in memory once.
var modelo = sync.OnceValues(func() (d declaracion, err error) {
	ctx := context.Background()
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return d, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection would be a database of its own
	if err := migrate(ctx, db); err != nil {
		return d, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return d, err
	}
	defer conn.Close()
	rapida, err := newEscritor(conn.Raw)
	if err != nil {
		return d, err
	}
	return (&View{ctx: ctx, rapida: rapida}).declara()
})
