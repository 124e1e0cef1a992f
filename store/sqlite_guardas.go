package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"github.com/pressly/goose/v3"
)

// guardar is migration 2: the database itself refuses to change what counts.
func guardar() *goose.Migration {
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
		all = append(all, fmt.Sprintf(`CREATE TRIGGER %s_%s BEFORE %s ON %s %sBEGIN SELECT raise(ABORT, '%s: %s'); END`,
			tabla, name, when, tabla, cond, tabla, what))
	}
	refuse("bitacora", "sin_huecos", "INSERT", "WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM bitacora) ", "events are numbered without gaps")
	refuse("nodos", "sin_reemplazos", "INSERT", "WHEN EXISTS (SELECT 1 FROM nodos WHERE nivel = NEW.nivel AND i = NEW.i) ", "rows are never replaced")
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
			refuse(t.nombre, "sin_reemplazos", "INSERT", fmt.Sprintf("WHEN EXISTS (SELECT 1 FROM %s WHERE %s = NEW.%s) ", t.nombre, t.id, t.id),
				"rows are never replaced")
		}
		refuse(t.nombre, "sin_borrados", "DELETE", cond, "rows are never deleted")
	}
	return all
}

// guardas gives the triggers and views of a database and the version of its
// tables.
func (v *View) guardas() (all map[string]string, version int64, err error) {
	all = map[string]string{}
	if err = v.get(`SELECT max(version_id) FROM goose_db_version WHERE is_applied`, nil, &version); err != nil {
		return nil, 0, err
	}
	err = v.each(`SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')`, nil, func(rows *sql.Rows) error {
		var name, text string
		err := rows.Scan(&name, &text)
		all[name] = text
		return err
	})
	return all, version, err
}

// guarded holds the triggers of the database against those that this program
// makes: one that is missing, or that does something else, lets the log change.
func (v *View) guarded(ctx context.Context) error {
	want, version, err := model(ctx)
	if err != nil {
		return err
	}
	got, have, err := v.guardas()
	if err != nil {
		return err
	}
	if have != version {
		return fmt.Errorf("the tables are of version %d, this program's of %d; 'buzon run' and 'buzon serve' bring older ones up to date", have, version)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		switch text, ok := got[name]; {
		case !ok:
			return difiere("falta la guarda %s de la base de datos, que impide cambiar la bitácora", name)
		case text != want[name]:
			return difiere("la guarda %s de la base de datos no es la de este programa: dice otra cosa", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(got)) {
		if _, ok := want[name]; !ok {
			return difiere("la base de datos tiene un disparador o una vista que este programa no hizo: %s", name)
		}
	}
	return nil
}

// model gives the triggers of a new store, made in memory.
func model(ctx context.Context) (all map[string]string, version int64, err error) {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return nil, 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection would be a database of its own
	if err := migrate(ctx, db); err != nil {
		return nil, 0, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = tx.Rollback() }()
	return (&View{tx: tx}).guardas()
}
