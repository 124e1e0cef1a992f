package store

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
)

// papel is a scratch file with the log's last word on each row.
type papel struct {
	dir string
	db  *sql.DB
	tx  *sql.Tx

	insert, seen *sql.Stmt
}

func newPapel() (p *papel, err error) {
	p = &papel{}
	if p.dir, err = os.MkdirTemp("", "buzon-verify-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	p.db, err = sql.Open("sqlite3", dsn(filepath.Join(p.dir, "papel.db"), url.Values{
		"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}, "_cache_size": {"-65536"}}))
	if err != nil {
		return p, err
	}
	if p.tx, err = p.db.Begin(); err != nil {
		return p, err
	}
	if _, err = p.tx.Exec(`CREATE TABLE filas (clave TEXT PRIMARY KEY, hash TEXT NOT NULL, vista INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID`); err != nil {
		return p, err
	}
	if p.insert, err = p.tx.Prepare(`INSERT INTO filas (clave, hash) VALUES (?,?) ON CONFLICT DO UPDATE SET hash = excluded.hash`); err != nil {
		return p, err
	}
	p.seen, err = p.tx.Prepare(`UPDATE filas SET vista = 1 WHERE clave = ? AND vista = 0 RETURNING hash`)
	return p, err
}

func (p *papel) Close() error {
	var errs []error
	if p.tx != nil {
		errs = append(errs, p.tx.Rollback())
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(p.dir))...)
}

func (p *papel) put(clave, hash string) error {
	_, err := p.insert.Exec(clave, hash)
	return err
}

func (p *papel) take(clave string) (hash string, err error) {
	err = p.seen.QueryRow(clave).Scan(&hash)
	return hash, err
}

func (p *papel) count() (n int64, err error) {
	err = p.tx.QueryRow(`SELECT count(*) FROM filas`).Scan(&n)
	return n, err
}

func (p *papel) left() (clave string, err error) {
	err = p.tx.QueryRow(`SELECT clave FROM filas WHERE vista = 0 ORDER BY clave LIMIT 1`).Scan(&clave)
	return clave, err
}
