package medida_test

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver "sqlite3"

	"buzon/schema"
)

// The environment by which this binary, started anew, becomes the floor.
const (
	envSuelo = "MEDIDA_SUELO" // the REC
	envHecho = "MEDIDA_HECHO" // the folder to leave it in
)

// suelo is the least that a gateway of ours can do: judge each record, keep where
// it stands, and give it to its institution. All on one core, in one walk after the
// first reading.
type suelo struct{ guion }

func (suelo) visto([]byte) (time.Time, error) { return time.Time{}, nil }

func (suelo) orden(ctx context.Context, dir string, d *dia) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0])
	c.Env = append(os.Environ(), envSuelo+"="+d.ruta, envHecho+"="+filepath.Join(dir, "hecho"))
	return c
}

func (suelo) comprueba(dir string, d *dia, _ []byte) error {
	hecho := filepath.Join(dir, "hecho")
	if err := d.compruebaLugares(filepath.Join(hecho, "tabla.db")); err != nil {
		return err
	}
	return d.compruebaLotes(filepath.Join(hecho, "lotes", "*"), func(u schema.UNE) string {
		return filepath.Join(hecho, "lotes", u.String())
	})
}

// doSuelo is the floor's process.
func doSuelo(rec, hecho string) (err error) {
	lotes := &reparto{dir: filepath.Join(hecho, "lotes"), de: map[schema.UNE]*lote{}}
	if err := os.Mkdir(lotes.dir, 0o700); err != nil {
		return err
	}
	ex, err := schema.Examine(filepath.Base(rec), abre(rec), nil)
	if err != nil {
		return err
	}
	if ex.Rechazado() {
		return fmt.Errorf("%s: %s", ex.Archivo, ex.Codigo())
	}
	lugares, err := abreLugares(filepath.Join(hecho, "tabla.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lugares.db.Close()) }()
	at, err := primerRegistro(rec)
	if err != nil {
		return err
	}
	_, err = schema.Walk(ex, func(l *schema.Linea[schema.Reclamacion]) error {
		if !l.Bueno() {
			return fmt.Errorf("line %d: %s", l.Linea, l.Codigo())
		}
		une := l.Registro.RecInstitucionClave.UNE()
		if err := lugares.pon(l.Registro.RecFolioCondusef, une, l.Linea, at); err != nil {
			return err
		}
		at += int64(len(l.Texto)) + int64(len("\r\n"))
		return lotes.pon(une, l.Texto)
	}, nil)
	if err != nil {
		return err
	}
	return errors.Join(lugares.guarda(), lotes.cierra())
}

// primerRegistro is where line 2 begins.
func primerRegistro(rec string) (int64, error) {
	f, err := os.Open(rec)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	line, err := bufio.NewReader(f).ReadString('\n')
	return int64(len(line)), err
}

// lugares is the narrow table: where each record stands in the file.
type lugares struct {
	db    *sql.DB
	filas []any
}

// A transaction's rows, and those of one statement, which SQLite bounds by its
// parameters.
const (
	filasTx    = 10_000
	filasOrden = 200
	columnas   = 4
)

func abreLugares(ruta string) (*lugares, error) {
	db, err := sql.Open("sqlite3", "file:"+ruta+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE lugares (
		folio TEXT NOT NULL, une INTEGER NOT NULL, linea INTEGER NOT NULL, lugar INTEGER NOT NULL) STRICT`)
	return &lugares{db: db}, err
}

func (l *lugares) pon(folio schema.Folio, une schema.UNE, linea int, at int64) error {
	l.filas = append(l.filas, string(folio), int64(une), linea, at)
	if len(l.filas) < filasTx*columnas {
		return nil
	}
	return l.guarda()
}

// guarda writes what was put since, in one transaction.
func (l *lugares) guarda() error {
	tx, err := l.db.Begin()
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for rest := l.filas; len(rest) > 0; {
		n := min(len(rest), filasOrden*columnas)
		values := strings.Repeat(",(?,?,?,?)", n/columnas)[1:]
		if _, err := tx.Exec(`INSERT INTO lugares VALUES `+values, rest[:n]...); err != nil {
			return err
		}
		rest = rest[n:]
	}
	l.filas = l.filas[:0]
	return tx.Commit()
}

// reparto writes a file for each institution.
type reparto struct {
	dir string
	de  map[schema.UNE]*lote
}

type lote struct {
	f *os.File
	w *bufio.Writer
}

func (r *reparto) pon(une schema.UNE, registro string) error {
	l := r.de[une]
	if l == nil {
		f, err := os.Create(filepath.Join(r.dir, une.String()))
		if err != nil {
			return err
		}
		l = &lote{f, bufio.NewWriterSize(f, 32<<10)}
		r.de[une] = l
	}
	_, _ = l.w.WriteString(registro) // its error stays until the Flush
	_, err := l.w.WriteString("\r\n")
	return err
}

// cierra puts every file on the disk, and then their names.
func (r *reparto) cierra() error {
	for _, l := range r.de {
		if err := errors.Join(l.w.Flush(), l.f.Sync(), l.f.Close()); err != nil {
			return err
		}
	}
	d, err := os.Open(r.dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// compruebaLugares reads every record at the place that the table tells of it.
func (d *dia) compruebaLugares(ruta string) error {
	rec, err := os.Open(d.ruta)
	if err != nil {
		return err
	}
	defer rec.Close()
	got, in, at := sumas{}, bufio.NewReaderSize(rec, 1<<20), int64(0)
	const query = `SELECT folio, une, linea, lugar FROM lugares ORDER BY linea`
	err = consulta(ruta, query, func(rows *sql.Rows) error {
		var folio string
		var une, linea, lugar int64
		if err := rows.Scan(&folio, &une, &linea, &lugar); err != nil {
			return err
		}
		if _, err := in.Discard(int(lugar - at)); err != nil {
			return err
		}
		line, err := in.ReadSlice('\n')
		if err != nil {
			return err
		}
		at = lugar + int64(len(line))
		if want := fmt.Sprintf("02|%d|%s|%d|", linea-1, folio, une); !bytes.HasPrefix(line, []byte(want)) {
			return fmt.Errorf("line %d, at %d: %.40q, want %s", linea, lugar, line, want)
		}
		return got.suma(bytes.TrimRight(line, "\r\n"))
	})
	if err != nil {
		return err
	}
	return d.mismas(got)
}

// compruebaTabla reads every record of the script's table.
func (d *dia) compruebaTabla(ruta string) error {
	campos := make([]string, campos)
	for i := range campos {
		campos[i] = fmt.Sprintf("c%02d", i+1)
	}
	got := sumas{}
	query := `SELECT ` + strings.Join(campos, `||'|'||`) + ` FROM reclamaciones`
	err := consulta(ruta, query, func(rows *sql.Rows) error {
		var registro sql.RawBytes
		if err := rows.Scan(&registro); err != nil {
			return err
		}
		return got.suma(registro)
	})
	if err != nil {
		return err
	}
	return d.mismas(got)
}
