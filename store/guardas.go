package store

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"
)

// guarda is what a database does by itself: a trigger keeps the log from being
// changed, or, where somebody changed it, does not.
type guarda struct{ name, sql string }

// guardas gives the triggers and views of a database and the version of its
// tables.
func (v *View) guardas() (all map[string]string, version int64, err error) {
	all = map[string]string{}
	if err = v.get(`SELECT max(version_id) FROM goose_db_version WHERE is_applied`, nil, &version); err != nil {
		return nil, 0, err
	}
	err = v.each(`SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')`, nil, func(rows *sql.Rows) error {
		var g guarda
		err := rows.Scan(&g.name, &g.sql)
		all[g.name] = g.sql
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
	if err := migrate(ctx, db, time.Unix(0, 0)); err != nil {
		return nil, 0, err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = tx.Rollback() }()
	return (&View{tx: tx}).guardas()
}

// intervalo holds the moments of a block of events, by which a range of moments is looked
// up: what it leaves out, no question for a time would find.
type intervalo struct{ desde, hasta int64 }

// enBloque is how many bits of an event's number a block leaves out.
const enBloque = 10

func (c *checker) moment(e *Crudo) {
	b, ok := c.bloques[e.N>>enBloque]
	if !ok {
		b = intervalo{e.Momento, e.Momento}
	}
	c.bloques[e.N>>enBloque] = intervalo{min(b.desde, e.Momento), max(b.hasta, e.Momento)}
}

func (c *checker) moments() error {
	err := c.v.each(`SELECT bloque, desde, hasta FROM bloques`, nil, func(rows *sql.Rows) error {
		var n int64
		var b intervalo
		if err := rows.Scan(&n, &b.desde, &b.hasta); err != nil {
			return err
		}
		if want, ok := c.bloques[n]; !ok || want != b {
			return difiere("el índice de momentos no corresponde a los eventos desde el %d", n<<enBloque)
		}
		delete(c.bloques, n)
		return nil
	})
	if err == nil && len(c.bloques) > 0 {
		err = difiere("al índice de momentos le faltan %d bloques", len(c.bloques))
	}
	return err
}
