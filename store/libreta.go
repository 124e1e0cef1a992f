package store

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
)

// libreta is a scratch file with what the events say of rows.
type libreta struct {
	dir string
	db  *sql.DB
	tx  *sql.Tx

	insert, seen *sql.Stmt
}

func newLibreta() (p *libreta, err error) {
	p = &libreta{}
	if p.dir, err = os.MkdirTemp("", "buzon-verify-"); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.Close())
		}
	}()
	p.db, err = sql.Open("sqlite3", dsn(filepath.Join(p.dir, "libreta.db"), url.Values{
		"_journal_mode": {"OFF"}, "_synchronous": {"OFF"}, "_cache_size": {"-32768"}}))
	if err != nil {
		return p, err
	}
	if p.tx, err = p.db.Begin(); err != nil {
		return p, err
	}
	if _, err = p.tx.Exec(`CREATE TABLE filas (tabla TEXT, evento INTEGER, n INTEGER, de INTEGER, a INTEGER, hash TEXT, vista INTEGER DEFAULT 0,
		PRIMARY KEY (tabla, evento)) WITHOUT ROWID`); err != nil {
		return p, err
	}
	if p.insert, err = p.tx.Prepare(`INSERT INTO filas (tabla, evento, n, de, a, hash) VALUES (?,?,?,?,?,?)`); err != nil {
		return p, err
	}
	p.seen, err = p.tx.Prepare(`UPDATE filas SET vista = 1 WHERE tabla = ? AND evento = ? AND vista = 0 RETURNING n, de, a, hash`)
	return p, err
}

// Close removes it.
func (p *libreta) Close() error {
	var errs []error
	if p.tx != nil {
		errs = append(errs, p.tx.Rollback())
	}
	if p.db != nil {
		errs = append(errs, p.db.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(p.dir))...)
}

func (p *libreta) put(tabla string, evento int64, f Filas) error {
	_, err := p.insert.Exec(tabla, evento, f.N, f.De, f.A, f.Hash)
	return err
}

// take gives what an event says of a table, once.
func (p *libreta) take(tabla string, evento int64) (f Filas, err error) {
	err = p.seen.QueryRow(tabla, evento).Scan(&f.N, &f.De, &f.A, &f.Hash)
	return f, err
}

// left gives what an event says of rows of which none is there.
func (p *libreta) left() (tabla string, evento int64, f Filas, err error) {
	err = p.tx.QueryRow(`SELECT tabla, evento, n, de, a FROM filas WHERE vista = 0 ORDER BY evento, tabla LIMIT 1`).Scan(&tabla, &evento, &f.N, &f.De, &f.A)
	return tabla, evento, f, err
}
