package store

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"time"

	"github.com/pressly/goose/v3"

	"buzon/schema"
)

// adopta is how many rows one event of an older store tells of.
const adopta = 1000

// migrate brings the tables of a database to this program's version.
func migrate(ctx context.Context, db *sql.DB, now time.Time) error {
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithGoMigrations(merkle(now), prorrogas(now)))
	if err != nil {
		return err
	}
	_, err = p.Up(ctx)
	return err
}

// merkle is migration 6: the log becomes a tree. The leaves of the events that
// are there are made, which SQL alone cannot, and the rows of an older store are
// told of once.
func merkle(now time.Time) *goose.Migration {
	return goose.NewGoMigration(6, &goose.GoFunc{RunTx: func(ctx context.Context, db *sql.Tx) error {
		for _, q := range []string{
			`DROP TRIGGER bitacora_sin_cambios`,
			`ALTER TABLE bitacora ADD COLUMN hoja BLOB`,
			`CREATE TABLE nodos (
				nivel INTEGER NOT NULL,
				i     INTEGER NOT NULL,
				hash  BLOB NOT NULL CHECK (length(hash) = 32),
				PRIMARY KEY (nivel, i)
			) STRICT, WITHOUT ROWID`,
			`CREATE TABLE puntos (
				tamano  INTEGER PRIMARY KEY,
				momento INTEGER NOT NULL,
				nota    TEXT NOT NULL
			) STRICT`,
			`CREATE TABLE testigos (
				parte   TEXT NOT NULL,
				tamano  INTEGER NOT NULL,
				momento INTEGER NOT NULL,
				PRIMARY KEY (parte, tamano)
			) STRICT, WITHOUT ROWID`,
		} {
			if _, err := db.ExecContext(ctx, q); err != nil {
				return err
			}
		}
		tx := newTx(db, now)
		if err := tx.leaves(); err != nil {
			return fmt.Errorf("make the leaves of the log: %w", err)
		}
		for tabla, when := range map[string]string{"bitacora": "hoja IS NULL", "nodos": "", "puntos": "", "testigos": ""} {
			for _, q := range immutable(tabla, when) {
				if _, err := db.ExecContext(ctx, q); err != nil {
					return err
				}
			}
		}
		return tx.adopt()
	}}, nil)
}

// prorrogas is migration 9: a round keeps how many días hábiles it was granted. An
// older store says that by 1, and has the number in the record alone.
func prorrogas(now time.Time) *goose.Migration {
	return goose.NewGoMigration(9, &goose.GoFunc{RunTx: func(_ context.Context, db *sql.Tx) error {
		tx := newTx(db, now)
		return tx.mendProrrogas()
	}}, nil)
}

func (tx *Tx) mendProrrogas() error {
	var all []Contestacion
	if err := tx.contestaciones(func(p Contestacion) error {
		all = append(all, p)
		return nil
	}, ` WHERE p.tipo = ? AND r.prorroga = 1`, TipoProrroga); err != nil {
		return err
	}
	for _, p := range all {
		r, ok := schema.ParseRecord[schema.Respuesta](p.Registro)
		if !ok {
			return fmt.Errorf("folio %s: the kept prórroga cannot be read", p.Folio)
		}
		if err := tx.change(`UPDATE reclamaciones SET prorroga = ? WHERE id = ?`, r.ResProrrogaDias.Int(), p.Caso); err != nil {
			return err
		}
		if len(tx.filas) == adopta {
			if err := tx.Log(Evento{Evento: FilasAdoptadas, Detalle: Detalle{"tabla": "reclamaciones"}}); err != nil {
				return err
			}
		}
	}
	if len(tx.filas) == 0 {
		return nil
	}
	return tx.Log(Evento{Evento: FilasAdoptadas, Detalle: Detalle{"tabla": "reclamaciones"}})
}

// sameKey is when a new row of such a table has the key of one that is there.
var sameKey = map[string]string{
	"nodos":    "nivel = NEW.nivel AND i = NEW.i",
	"puntos":   "tamano = NEW.tamano",
	"testigos": "parte = NEW.parte AND tamano = NEW.tamano",
}

// immutable gives the triggers that keep a table from being changed; bare is a
// column that must be there in a new row.
func immutable(tabla, bare string) (q []string) {
	if bare != "" {
		q = append(q, fmt.Sprintf(`CREATE TRIGGER %s_con_hoja BEFORE INSERT ON %s WHEN NEW.%s BEGIN SELECT raise(ABORT, '%s: an event needs its leaf'); END`, tabla, tabla, bare, tabla))
	}
	q = append(q, fmt.Sprintf(`CREATE TRIGGER %s_sin_cambios BEFORE UPDATE ON %s BEGIN SELECT raise(ABORT, '%s: rows are never changed'); END`, tabla, tabla, tabla))
	if tabla != "bitacora" {
		q = append(q, fmt.Sprintf(`CREATE TRIGGER %s_sin_borrados BEFORE DELETE ON %s BEGIN SELECT raise(ABORT, '%s: rows are never deleted'); END`, tabla, tabla, tabla))
		// A REPLACE deletes without asking the trigger before.
		q = append(q, fmt.Sprintf(`CREATE TRIGGER %s_sin_reemplazos BEFORE INSERT ON %s WHEN EXISTS (SELECT 1 FROM %s WHERE %s) BEGIN SELECT raise(ABORT, '%s: rows are never replaced'); END`,
			tabla, tabla, tabla, sameKey[tabla], tabla))
	}
	return q
}

// leaves makes the leaves of the events of an older store.
func (tx *Tx) leaves() error {
	n, err := tx.Eventos()
	if err != nil {
		return err
	}
	for i := int64(1); i <= n; i++ {
		var c Crudo
		err := tx.get(`SELECT n, momento, evento, parte, archivo, sha256, folio, detalle FROM bitacora WHERE n = ?`, []any{i},
			&c.N, &c.Momento, &c.Evento, &c.Parte, &c.Archivo, &c.SHA256, &c.Folio, &c.Detalle)
		if err != nil {
			return err
		}
		h := c.Hoja()
		if err := tx.exec(`UPDATE bitacora SET hoja = ? WHERE n = ?`, h[:], i); err != nil {
			return err
		}
		if err := tx.grow(i); err != nil {
			return err
		}
	}
	return nil
}

// adopt tells of the rows that an older store brought.
func (tx *Tx) adopt() error {
	for _, tabla := range slices.Sorted(maps.Keys(tablas)) {
		there := false
		if err := tx.get(`SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?)`, []any{tabla}, &there); err != nil {
			return err
		}
		if !there { // a later migration makes it
			continue
		}
		var all []fila
		if err := tx.filasDe(tabla, func(f fila) error { all = append(all, f); return nil }); err != nil {
			return err
		}
		for part := range slices.Chunk(all, adopta) {
			for _, f := range part {
				tx.filas[f.clave] = f.hash
			}
			if err := tx.Log(Evento{Evento: FilasAdoptadas, Detalle: Detalle{"tabla": tabla}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// filasDe calls each for every row of a table that counts, with its hash.
func (v *View) filasDe(tabla string, each func(fila) error) error {
	var columns []string
	return v.each(`SELECT * FROM `+tabla, nil, func(rows *sql.Rows) (err error) {
		if columns == nil {
			if columns, err = rows.Columns(); err != nil {
				return err
			}
		}
		f, err := scanFila(rows, tabla, columns)
		if err != nil {
			return err
		}
		return each(f)
	})
}
