package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"reflect"
)

// What only SQLite can do stands in the files sqlite_*.go.

// escritor writes rows on the driver's own connection, and reads them: through
// database/sql a row costs three times as much, and each question a goroutine. It is
// used by one transaction at a time, by one goroutine at a time.
type escritor struct {
	conn  conexion
	stmts map[string]preparada
	args  []driver.NamedValue
	fila  [1]driver.Value
}

// conexion and preparada are what is asked of the driver.
type conexion interface {
	driver.Conn
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
}

type preparada interface {
	driver.Stmt
	driver.StmtQueryContext
}

// newEscritor takes the connection of a *sql.Conn, for as long as that lives.
func newEscritor(raw func(func(any) error) error) (*escritor, error) {
	e := &escritor{stmts: map[string]preparada{}}
	err := raw(func(c any) (err error) {
		var ok bool
		if e.conn, ok = c.(conexion); !ok {
			err = fmt.Errorf("a connection of type %T", c)
		}
		return err
	})
	return e, err
}

func (e *escritor) stmt(query string) (preparada, error) {
	if s := e.stmts[query]; s != nil {
		return s, nil
	}
	s, err := e.conn.Prepare(estable(query))
	if err != nil {
		return nil, err
	}
	st, ok := s.(preparada)
	if !ok {
		return nil, errors.Join(fmt.Errorf("a statement of type %T", s), s.Close())
	}
	e.stmts[query] = st
	return st, nil
}

// take hands values over as the driver has them. They hold until the next call.
func (e *escritor) take(values []any) []driver.NamedValue {
	e.args = e.args[:0]
	for i, v := range values {
		e.args = append(e.args, driver.NamedValue{Ordinal: i + 1, Value: v})
	}
	return e.args
}

// insert runs a statement that gives no rows. As a question it hands all values over
// by one call of the driver.
func (e *escritor) insert(query string, values []any) error {
	s, err := e.stmt(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), e.take(values))
	if err != nil {
		return err
	}
	if err := rows.Next(nil); err != nil && !errors.Is(err, io.EOF) {
		return errors.Join(err, rows.Close())
	}
	return rows.Close()
}

// each calls do for each row of a question, until ctx ends. The question is over when it
// returns, also by a panic: one that stays open would hold its connection to the snapshot
// of now.
func (e *escritor) each(ctx context.Context, query string, args []any, do func(valores) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	// The driver gets no ctx that ends: it would begin a goroutine for each question.
	rows, err := e.conn.QueryContext(context.Background(), estable(query), nombrados(args))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	row := make(valores, len(rows.Columns()))
	for {
		switch err := rows.Next(row); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := do(row); err != nil {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

// exec runs a statement that changes rows.
func (e *escritor) exec(query string, args []any) (driver.Result, error) {
	return e.conn.ExecContext(context.Background(), estable(query), nombrados(args))
}

// begin opens a transaction.
func (e *escritor) begin() (driver.Tx, error) {
	return e.conn.BeginTx(context.Background(), driver.TxOptions{})
}

// nombrados gives values as the driver takes them.
func nombrados(args []any) []driver.NamedValue {
	values := make([]driver.NamedValue, len(args))
	for i, v := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: valor(v)}
	}
	return values
}

// hay tells whether a question has an answer.
func (e *escritor) hay(query string, values ...any) (bool, error) {
	s, err := e.stmt(query)
	if err != nil {
		return false, fmt.Errorf("store: %w", err)
	}
	rows, err := s.QueryContext(context.Background(), e.take(values))
	if err != nil {
		return false, fmt.Errorf("store: %w", err)
	}
	err = rows.Next(e.fila[:])
	end := rows.Close()
	if errors.Is(err, io.EOF) {
		return false, end
	}
	return true, errors.Join(err, end)
}

// close frees the statements.
func (e *escritor) close() error {
	var errs []error
	for _, s := range e.stmts {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// unsync makes the writer not wait for the disk.
func (s *Store) unsync(ctx context.Context) error {
	simulacro, err := s.Simulacro(ctx)
	if err != nil {
		return err
	}
	if !simulacro {
		return errors.New("writes wait for the disk: the store is not a rehearsal's")
	}
	_, err = s.conn.ExecContext(ctx, `PRAGMA synchronous = OFF`)
	return err
}

// otroValor keeps what is of a type of our own by what it is made of.
func otroValor(v any) any {
	switch x := reflect.ValueOf(v); x.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return x.Int()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(x.Uint()) // fits
	case reflect.String:
		return x.String()
	}
	return v
}
