package store

import (
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tablas are the tables whose rows count: the log holds the hash of each row as
// each event left it. Their values are the columns of the key.
var tablas = map[string][]string{
	"meta":          {"clave"},
	"instituciones": {"une"},
	"llaves":        {"une", "huella"},
	"claves":        {"une"},
	"archivos":      {"id"},
	"salidas":       {"id"},
	"reclamaciones": {"id"},
	"respuestas":    {"id"},
	"acuses":        {"anio", "n"},
	"recogidas":     {"id"},
	"coberturas":    {"salida"},
	"no_recogidos":  {"salida", "plazo"},
	"jornadas":      {"dia"},
	"corridas":      {"id"},
	"sellos":        {"id"},
	"puntos":        {"tamano"},
	"testigos":      {"parte", "tamano"},
	"dictamenes":    {"id"},
	"anexos":        {"id"},
}

// sinHuella are columns of those tables that serve work alone: they are in no
// hash.
var sinHuella = map[string][]string{"llaves": {"ultimo_uso"}}

// maxFilas is of how many rows one event tells: a LOT may hold tens of thousands,
// and an event stays far under the 1 MiB that a reader allows it.
const maxFilas = 5000

// FilasRegistradas tells of rows that are too many for the event that follows.
const FilasRegistradas = "filas_registradas"

// fila is one row that a write left behind.
type fila struct {
	clave string // table:key
	hash  string
	id    int64 // of a table with an id
}

// tabla gives the table that a write touches, where its rows count.
func tabla(query string) (name string, counts bool) {
	f := strings.Fields(query)
	switch {
	case len(f) > 2 && f[0] == "INSERT" && f[1] == "INTO":
		name = f[2]
	case len(f) > 1 && f[0] == "UPDATE":
		name = f[1]
	}
	_, counts = tablas[name]
	return name, counts
}

// errFila says that a table holds what this program never writes.
type errFila struct{ text string }

func (e *errFila) Error() string { return e.text }

// huella is the hash of a row (docs/bitacora.md, section 6).
func huella(tabla string, columns []string, values []any) (string, error) {
	order := make([]int, 0, len(columns))
	for i, c := range columns {
		if values[i] != nil && !slices.Contains(sinHuella[tabla], c) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(x, y int) int { return strings.Compare(columns[x], columns[y]) })
	b := make([]byte, 0, 512)
	for _, i := range order {
		b = netstring(netstring(b, tabla), columns[i])
		switch v := values[i].(type) {
		case int64:
			b = netstring(netstring(b, "I"), strconv.FormatInt(v, 10))
		case string:
			b = netstring(netstring(b, "T"), v)
		case []byte:
			b = netstring(netstring(b, "T"), string(v))
		default:
			return "", &errFila{fmt.Sprintf("%s.%s holds a %T", tabla, columns[i], v)}
		}
	}
	sum := sha256.Sum256(b)
	return base64.RawStdEncoding.EncodeToString(sum[:16]), nil
}

// scanFila reads a row of a table that counts.
func scanFila(rows *sql.Rows, tabla string, columns []string) (f fila, err error) {
	values := make([]any, len(columns))
	into := make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	if err := rows.Scan(into...); err != nil {
		return f, err
	}
	var key []string
	for _, k := range tablas[tabla] {
		at := slices.Index(columns, k)
		if at < 0 {
			return f, &errFila{fmt.Sprintf("%s has no column %s", tabla, k)}
		}
		v := values[at]
		key = append(key, fmt.Sprint(v))
		if id, ok := v.(int64); ok && k == "id" {
			f.id = id
		}
	}
	f.clave = tabla + ":" + strings.Join(key, "/")
	f.hash, err = huella(tabla, columns, values)
	return f, err
}

// written is what a write did.
type written struct {
	id   int64 // of the last row, where its table has an id
	rows int64
}

// write does a write. The rows of tables that count come back from it, so that
// the next event of the transaction tells what became of them.
func (tx *Tx) write(query string, args ...any) (w written, err error) {
	name, counts := tabla(query)
	if !counts {
		return tx.plain(query, args...)
	}
	var columns []string
	err = tx.each(query+` RETURNING *`, args, func(rows *sql.Rows) (err error) {
		if columns == nil {
			if columns, err = rows.Columns(); err != nil {
				return err
			}
		}
		f, err := scanFila(rows, name, columns)
		if err != nil {
			return err
		}
		tx.filas[f.clave] = f.hash
		w.id, w.rows = f.id, w.rows+1
		return nil
	})
	if err == nil && len(tx.filas) > maxFilas {
		err = tx.tellMany(name)
	}
	return w, err
}

// tellMany tells of the rows that were written so far, but the last few: those
// are left for the event that is theirs.
func (tx *Tx) tellMany(tabla string) error {
	all := tx.filas
	for part := range slices.Chunk(slices.Sorted(maps.Keys(all)), maxFilas) {
		tx.filas = map[string]string{}
		for _, clave := range part {
			tx.filas[clave] = all[clave]
		}
		if len(part) == maxFilas {
			if err := tx.Log(Evento{Evento: FilasRegistradas, Detalle: Detalle{"tabla": tabla}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// plain does a write of which no event tells.
func (tx *Tx) plain(query string, args ...any) (w written, err error) {
	res, err := tx.tx.Exec(query, args...)
	if err != nil {
		return w, fmt.Errorf("store: %w", err)
	}
	if w.id, err = res.LastInsertId(); err == nil {
		w.rows, err = res.RowsAffected()
	}
	return w, err
}
