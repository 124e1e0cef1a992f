package store

import (
	"errors"
	"strings"
	"time"

	"buzon/schema"
)

// Archivo is a file that arrived: one content under one name of one party.
type Archivo struct {
	ID         int64
	Parte      schema.Parte
	Nombre     string
	SHA256     schema.Huella
	Bytes      int64
	Tipo       schema.Tipo // "" where it could not be told
	Jornada    schema.Dia  // the operation day that took it in
	Recibido   time.Time   // the moment that counts
	K          int         // the k-th content under this name, from 1
	Resultado  schema.Resultado
	Registros  int // lines between header and summary
	Aceptados  int
	Rechazados int

	Version      string // of the layout, by which its records are read
	Codificacion string // likewise: "" UTF-8, "ISO-8859-1"
	Calendario   string // the version by which a RES was judged
}

const selectArchivo = `SELECT id, parte, nombre, sha256, bytes, tipo, jornada, recibido, k, resultado,
	registros, aceptados, rechazados,
	version, codificacion, calendario FROM archivos`

func scanArchivo(row valores, a *Archivo) error {
	var at int64
	var dia string
	if err := row.Scan(&a.ID, &a.Parte, &a.Nombre, &a.SHA256, &a.Bytes, &a.Tipo, &dia, &at,
		&a.K, &a.Resultado, &a.Registros, &a.Aceptados, &a.Rechazados, &a.Version, &a.Codificacion,
		&a.Calendario); err != nil {
		return err
	}
	a.Recibido = moment(at)
	return a.Jornada.UnmarshalText([]byte(dia))
}

func (v *View) archivos(where string, args ...any) (all []Archivo, err error) {
	err = v.each(selectArchivo+where, args, func(rows valores) error {
		var a Archivo
		if err := scanArchivo(rows, &a); err != nil {
			return err
		}
		all = append(all, a)
		return nil
	})
	return all, err
}

// Contenidos gives every content that arrived under a name, the oldest first.
func (v *View) Contenidos(parte schema.Parte, nombre string) ([]Archivo, error) {
	return v.archivos(` WHERE parte = ? AND nombre = ? ORDER BY k`, parte, nombre)
}

// ArchivosDe gives CONDUSEF's files of one type that an operation day took in:
// what an institution calls a REC is none.
func (v *View) ArchivosDe(jornada schema.Dia, tipo schema.Tipo) ([]Archivo, error) {
	return v.archivos(` WHERE jornada = ? AND parte = '`+schema.CONDUSEF+`' AND tipo = ? ORDER BY id`,
		jornada.String(), string(tipo))
}

// Rehusados gives the files that an operation day refused whole, whoever sent them.
func (v *View) Rehusados(jornada schema.Dia) ([]Archivo, error) {
	return v.archivos(` WHERE jornada = ? AND resultado = ? ORDER BY id`, jornada.String(),
		int(schema.Rechazado))
}

const esREC = `parte = '` + schema.CONDUSEF + `' AND tipo = 'REC'`

// ArchivoPorID gives one file.
func (v *View) ArchivoPorID(id int64) (Archivo, error) {
	all, err := v.archivos(` WHERE id = ?`, id)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Archivo{}, err
	}
	return all[0], nil
}

// Mostrable is its name as the log and an operator may see it. What an institution
// does not call as the layout does may name a person: the table has it, for trace.
func (a *Archivo) Mostrable() string { return Mostrable(a.Parte, a.Nombre) }

// Mostrable is what may be shown of a name that a party gave a file.
func Mostrable(parte schema.Parte, name string) string {
	if parte == schema.ParteCONDUSEF || strings.HasPrefix(name, "GE_") {
		return name
	}
	return "[archivo]"
}

// Visto is what a listing showed under a name.
type Visto struct {
	Bytes  int64
	Mtime  time.Time
	Desde  time.Time // since when it shows just that
	Tomado bool      // its content was taken in
}

// Visto gives what was seen last under a name; ok is false where nothing was.
func (v *View) Visto(parte schema.Parte, nombre string) (x Visto, ok bool, err error) {
	var mtime, desde int64
	err = v.get(`SELECT bytes, mtime, desde, tomado FROM vistos WHERE parte = ? AND nombre = ?`,
		[]any{parte, nombre}, &x.Bytes, &mtime, &desde, &x.Tomado)
	if errors.Is(err, ErrNotFound) {
		return Visto{}, false, nil
	}
	x.Mtime, x.Desde = moment(mtime), moment(desde)
	return x, err == nil, err
}

// See records what a listing shows under a name.
func (tx *Tx) See(parte schema.Parte, nombre string, x Visto) error {
	_, err := tx.work(`INSERT INTO vistos (parte, nombre, bytes, mtime, desde, tomado) VALUES (?,?,?,?,?,?)
		ON CONFLICT DO UPDATE SET bytes = excluded.bytes, mtime = excluded.mtime, desde = excluded.desde,
		tomado = excluded.tomado`,
		parte, nombre, x.Bytes, ms(x.Mtime), ms(x.Desde), x.Tomado)
	return err
}

// Guardado tells whether a content is referred to by a file that arrived or was
// made, so that what nobody refers to can be swept.
func (v *View) Guardado(sha256 schema.Huella) (ok bool, err error) {
	err = v.get(
		`SELECT EXISTS (SELECT 1 FROM archivos WHERE sha256 = ?1) OR EXISTS (SELECT 1 FROM salidas
			WHERE substr(sha256, 1, 16) = substr(?1, 1, 16) AND sha256 = ?1)
		OR EXISTS (SELECT 1 FROM anexos WHERE sha256 = ?1) OR EXISTS (SELECT 1 FROM arribos
		WHERE sha256 = ?1)`,
		[]any{string(sha256)}, &ok)
	return ok, err
}
