package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/schema/nombres"
	"buzon/store/bitacora"
)

// Arribo is an upload that a party finished on our own server. Its bytes are kept
// before it is one, and its moment is that of its close or rename.
type Arribo struct {
	ID      int64
	Parte   schema.Parte
	Carpeta string
	Nombre  string
	SHA256  schema.Huella
	Bytes   int64
	Momento time.Time
	Fechado time.Time // the time that the party's client gave it; zero: none
	Subida  string    // the staged file that it was, a name that no other bears
}

// ErrMayusculas says that a name differs only by case from one that its party sees.
var ErrMayusculas = errors.New("differs only by case from a name in use")

const selectArribo = `SELECT id, parte, carpeta, nombre, sha256, bytes, momento, coalesce(fechado, 0), subida
	FROM arribos WHERE `

func (v *View) arribos(where string, args ...any) (all []Arribo, err error) {
	err = v.each(selectArribo+where, args, func(rows valores) error {
		var a Arribo
		var momento, fechado int64
		err := rows.Scan(&a.ID, &a.Parte, &a.Carpeta, &a.Nombre, &a.SHA256, &a.Bytes, &momento, &fechado,
			&a.Subida)
		a.Momento, a.Fechado = moment(momento), moment(fechado)
		all = append(all, a)
		return err
	})
	return all, err
}

// AddArribo records an upload, which its party sees from then on and which waits to
// be taken in, and sets its ID. What it saw before under that name it sees no more;
// that waits all the same. The error wraps ErrMayusculas where the party sees the
// name in another spelling.
func (tx *Tx) AddArribo(a *Arribo) error {
	plegado := nombres.Folded(a.Nombre)
	seen, err := tx.arribos(`visible AND parte = ? AND carpeta = ? AND plegado = ?`, a.Parte, a.Carpeta,
		plegado)
	if err != nil {
		return err
	}
	for _, s := range seen {
		if s.Nombre != a.Nombre {
			return ErrMayusculas
		}
		if err := tx.must(`UPDATE arribos SET visible = 0 WHERE id = ?`, s.ID); err != nil {
			return err
		}
	}
	_, err = tx.work(
		`INSERT INTO arribos (parte, carpeta, nombre, plegado, sha256, bytes, momento, fechado, subida,
			visible, tomado)
		VALUES (?,?,?,?,?,?,?,?,?,1,0)`, a.Parte, a.Carpeta, a.Nombre, plegado, string(a.SHA256), a.Bytes,
		ms(a.Momento), nulo(a.Fechado), a.Subida)
	if err != nil {
		return err
	}
	return tx.get(`SELECT last_insert_rowid()`, nil, &a.ID)
}

// PorTomar gives what a party uploaded and was not taken in, in the order in which it was
// closed: a large file can be recorded after one that was closed later.
func (v *View) PorTomar(parte schema.Parte) ([]Arribo, error) {
	return v.arribos(`NOT tomado AND parte = ? ORDER BY momento, id`, parte)
}

// SinTomar counts what was uploaded and not taken in, of all parties.
func (v *View) SinTomar() (n int, err error) {
	err = v.get(`SELECT count(*) FROM arribos WHERE NOT tomado`, nil, &n)
	return n, err
}

// Take records that an upload was taken in. Its party sees it as before.
func (tx *Tx) Take(id int64) error {
	return tx.must(`UPDATE arribos SET tomado = 1 WHERE id = ?`, id)
}

// Subido tells whether a staged file became an arrival.
func (v *View) Subido(subida string) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM arribos WHERE subida = ?)`, []any{subida}, &yes)
	return yes, err
}

// Subidas counts what a party's uploads of [desde, hasta) come to: files and bytes.
func (v *View) Subidas(parte schema.Parte, desde, hasta time.Time) (files, bytes int64, err error) {
	err = v.get(
		`SELECT count(*), coalesce(sum(bytes), 0) FROM arribos WHERE parte = ? AND momento >= ?
			AND momento < ?`,
		[]any{parte, ms(desde), ms(hasta)}, &files, &bytes)
	return files, bytes, err
}

// Escrito gives how a party sees a name spelled, which may differ by case; "" where
// it sees none.
func (v *View) Escrito(parte schema.Parte, carpeta, name string) (nombre string, err error) {
	err = v.get(`SELECT nombre FROM arribos WHERE visible AND parte = ? AND carpeta = ? AND plegado = ?`,
		[]any{parte, carpeta, nombres.Folded(name)}, &nombre)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return nombre, err
}

// SetTime keeps the time that a client gave an upload of its party, to show it again;
// ErrNotFound where the party sees no such upload. Nothing else heeds it.
func (tx *Tx) SetTime(parte schema.Parte, carpeta, nombre string, t time.Time) error {
	return tx.must(
		`UPDATE arribos SET fechado = ? WHERE visible AND parte = ? AND carpeta = ? AND nombre = ?`,
		t.UnixMilli(), parte, carpeta, nombre)
}

// RetireArribos takes out of a party's sight what arrived before a moment and was
// taken in, and tells how many files that were.
func (tx *Tx) RetireArribos(parte schema.Parte, carpeta string, antes time.Time) (n int, err error) {
	rows, err := tx.work(
		`UPDATE arribos SET visible = 0, retirado = ? WHERE visible AND tomado AND parte = ? AND carpeta = ?
			AND momento < ?
		AND NOT EXISTS (SELECT 1 FROM arribos x WHERE x.parte = arribos.parte AND x.carpeta = arribos.carpeta
		AND x.nombre = arribos.nombre
			AND NOT x.tomado)`, ms(tx.now), parte, carpeta, ms(antes))
	return int(rows), err
}

// AddAusente records that a content which the store names is not there, or that another
// is (alterado); fresh is false where that was known.
func (tx *Tx) AddAusente(sha256 schema.Huella, alterado bool) (a Ausente, fresh bool, err error) {
	n, err := tx.work(`INSERT INTO ausentes (sha256, desde, alterado) VALUES (?,?,?)
		ON CONFLICT DO UPDATE SET alterado = excluded.alterado WHERE alterado <> excluded.alterado`,
		string(sha256), ms(tx.now), alterado)
	if err != nil || n == 0 {
		return a, false, err
	}
	a = Ausente{SHA256: sha256, Desde: tx.now, Alterado: alterado}
	if err := tx.ausenteDe(&a); err != nil {
		return a, false, err
	}
	return a, true,
		tx.Log(Acto{Evento: bitacora.ContenidoAusente, Parte: a.Parte, Archivo: a.Nombre, SHA256: sha256,
			Carga: bitacora.CargaAusente{Propio: a.Propio, Alterado: alterado}})
}

// Que says what is wrong with it.
func (a *Ausente) Que() string {
	if a.Alterado {
		return "is not what was kept"
	}
	return "is missing"
}

// Remedio says who can give the content again.
func (a *Ausente) Remedio() string {
	switch {
	case a.Parte == 0:
		return "nothing names it any more"
	case a.Propio:
		return "we made it: put it back into archivo/ from the backup, or from the copy of who picked it up"
	}
	return "put it back into archivo/ from the backup; " + a.Parte.String() + ", who sent it, has it too"
}

// DropAusente records that a content is there again.
func (tx *Tx) DropAusente(sha256 schema.Huella) error {
	_, err := tx.work(`DELETE FROM ausentes WHERE sha256 = ?`, string(sha256))
	return err
}

// Ausente is a content that is missing, and a file that it is of.
type Ausente struct {
	SHA256   schema.Huella
	Desde    time.Time
	Alterado bool         // something else lies in its place
	Parte    schema.Parte // whose file it is, or who gets it
	Nombre   string       // as it may be shown
	Propio   bool         // we made it
}

// Ausentes gives the contents that are missing, each with the first file that has it.
func (v *View) Ausentes() (all []Ausente, err error) {
	type row struct {
		sha256   schema.Huella
		desde    int64
		alterado bool
	}
	var rows []row
	err = v.each(`SELECT sha256, desde, alterado FROM ausentes ORDER BY sha256`, nil, func(r valores) error {
		var x row
		err := r.Scan(&x.sha256, &x.desde, &x.alterado)
		rows = append(rows, x)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		a := Ausente{SHA256: r.sha256, Desde: moment(r.desde), Alterado: r.alterado}
		if err := v.ausenteDe(&a); err != nil {
			return nil, err
		}
		all = append(all, a)
	}
	return all, nil
}

// ausenteDe fills in whose content it is.
func (v *View) ausenteDe(a *Ausente) error {
	var tipo schema.Tipo
	err := v.get(`SELECT parte, nombre, tipo, propio FROM (
		SELECT parte, nombre, tipo, 0 AS propio FROM archivos WHERE sha256 = ?1
		UNION ALL SELECT parte, nombre, ?2, 0 FROM anexos WHERE sha256 = ?1
		UNION ALL SELECT parte, nombre, '', 0 FROM arribos WHERE sha256 = ?1
		UNION ALL SELECT parte, nombre, tipo, 1 FROM salidas WHERE substr(sha256, 1, 16) = substr(?1, 1, 16)
		AND sha256 = ?1)
		LIMIT 1`, []any{string(a.SHA256), string(TipoAnexo)}, &a.Parte, &a.Nombre, &tipo, &a.Propio)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if a.Propio {
		a.Nombre = (&Salida{Tipo: tipo, Nombre: a.Nombre}).Mostrable()
	} else {
		a.Nombre = Mostrable(a.Parte, a.Nombre)
	}
	return err
}

// Identidad tells one store from every other, and is the same in all backups of it: it
// is the leaf of its first event.
func (v *View) Identidad() (string, error) {
	first, err := v.hojas(0, 1)
	if err == nil && len(first) == 0 {
		err = fmt.Errorf("store: no first event")
	}
	if err != nil {
		return "", err
	}
	return hex.EncodeToString(first[0][:16]), nil
}

// NombraContenidos tells whether the store names any content.
func (v *View) NombraContenidos() (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM archivos) OR EXISTS (SELECT 1 FROM anexos)
		OR EXISTS (SELECT 1 FROM arribos) OR EXISTS (SELECT 1 FROM salidas)`, nil, &yes)
	return yes, err
}

// Guardados gives the contents that the store names whose hash begins with prefix.
func (v *View) Guardados(prefix string) (all []schema.Huella, err error) {
	if prefix == "" {
		return nil, fmt.Errorf("store: contents without a prefix")
	}
	after := prefix + "g" // beyond every digit
	err = v.each(`SELECT sha256 FROM archivos WHERE sha256 >= ?1 AND sha256 < ?2
		UNION SELECT sha256 FROM anexos WHERE sha256 >= ?1 AND sha256 < ?2
		UNION SELECT sha256 FROM arribos WHERE sha256 >= ?1 AND sha256 < ?2
		UNION SELECT sha256 FROM salidas WHERE substr(sha256, 1, 16) >= ?1 AND substr(sha256, 1, 16) < ?2`,
		[]any{prefix, after}, func(rows valores) error {
			var h schema.Huella
			err := rows.Scan(&h)
			all = append(all, h)
			return err
		})
	return all, err
}
