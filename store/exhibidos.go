package store

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"sync"
	"time"

	"buzon/schema"
)

// Visible is a file as its party sees it on our own server.
type Visible struct {
	Nombre  string
	SHA256  schema.Huella
	Bytes   int64
	Momento time.Time // of its showing, or the time that the party's client gave it
	id      int64     // of a file that is made anew where it changes, and kept here
}

// Kept tells whether its bytes are in the store, and not in archivo/.
func (x *Visible) Kept() bool { return x.id != 0 }

// Publicados gives what we left for a party in a folder of our own server.
func (v *View) Publicados(parte schema.Parte, carpeta string) ([]Visible, error) {
	return v.visibles(publicados, parte, carpeta)
}

// Publicado is Publicados for one name; ErrNotFound where there is none.
func (v *View) Publicado(parte schema.Parte, carpeta, nombre string) (Visible, error) {
	return v.visible(publicados+` AND s.nombre = ?`, parte, carpeta, nombre)
}

const publicados = `SELECT s.nombre, s.sha256, s.bytes, p.momento, 0 FROM salidas s JOIN publicaciones p
	ON p.salida = s.id
	WHERE p.observable AND s.parte = ? AND s.carpeta = ?`

// Subidos gives what a party sees in its folder of uploads.
func (v *View) Subidos(parte schema.Parte, carpeta string) ([]Visible, error) {
	return v.visibles(subidos, parte, carpeta)
}

// Subida is Subidos for one name; ErrNotFound where there is none.
func (v *View) Subida(parte schema.Parte, carpeta, nombre string) (Visible, error) {
	return v.visible(subidos+` AND nombre = ?`, parte, carpeta, nombre)
}

const subidos = `SELECT nombre, sha256, bytes, coalesce(fechado, momento), 0 FROM arribos WHERE visible
	AND parte = ? AND carpeta = ?`

// Exhibidos gives what a party is shown in a folder and is made anew where it changes.
func (v *View) Exhibidos(parte schema.Parte, carpeta string) ([]Visible, error) {
	return v.visibles(exhibidos, parte, carpeta)
}

// Exhibido is Exhibidos for one name; ErrNotFound where there is none.
func (v *View) Exhibido(parte schema.Parte, carpeta, nombre string) (Visible, error) {
	return v.visible(exhibidos+` AND nombre = ?`, parte, carpeta, nombre)
}

const exhibidos = `SELECT nombre, sha256, bytes, momento, iif(contenido IS NULL, 0, id) FROM exhibidos
	WHERE parte = ? AND carpeta = ?`

func (v *View) visibles(query string, args ...any) (all []Visible, err error) {
	err = v.each(query, args, func(rows valores) error {
		var x Visible
		var momento int64
		err := rows.Scan(&x.Nombre, &x.SHA256, &x.Bytes, &momento, &x.id)
		x.Momento = time.UnixMilli(momento).In(schema.Zona) // a client may have set 1970
		all = append(all, x)
		return err
	})
	return all, err
}

func (v *View) visible(query string, args ...any) (Visible, error) {
	all, err := v.visibles(query, args...)
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return Visible{}, err
	}
	return all[0], nil
}

// Cambio is the moment of the last change of what a party sees in a folder; zero
// where nothing was ever there.
func (v *View) Cambio(parte schema.Parte, carpeta string) (time.Time, error) {
	var at int64
	err := v.get(`SELECT max(
		coalesce((SELECT max(p.momento) FROM salidas s JOIN publicaciones p ON p.salida = s.id
			WHERE p.observable AND s.parte = ?1 AND s.carpeta = ?2), 0),
		coalesce((SELECT max(max(momento, coalesce(retirado, 0))) FROM arribos WHERE parte = ?1
		AND carpeta = ?2), 0),
		coalesce((SELECT max(momento) FROM exhibidos WHERE parte = ?1
		AND carpeta = ?2), 0))`, []any{parte, carpeta}, &at)
	return moment(at), err
}

// Contenido gives the bytes of what is kept here.
func (v *View) Contenido(x Visible) ([]byte, error) {
	var packed []byte
	if err := v.get(`SELECT contenido FROM exhibidos WHERE id = ? AND sha256 = ?`,
		[]any{x.id, string(x.SHA256)}, &packed); err != nil {
		return nil, err
	}
	b := make([]byte, x.Bytes)
	r := flate.NewReader(bytes.NewReader(packed))
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, errors.Join(fmt.Errorf("store: unpack %s: %w", x.Nombre, err), r.Close())
	}
	return b, r.Close()
}

// Exhibicion is a file that is made anew where it changes, ready to be shown.
type Exhibicion struct {
	Carpeta, Nombre string
	SHA256          schema.Huella
	Bytes           int64
	packed          []byte // nil: it is in archivo/
}

// Ocupa is how many bytes of memory it takes until it is shown.
func (e *Exhibicion) Ocupa() int { return cap(e.packed) }

var packers = sync.Pool{New: func() any {
	w, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

// Empaque makes a file ready for Exhibir while it is written, before the writer is held
// for it: a long one never stands in memory as it is read.
type Empaque struct {
	e      Exhibicion
	sum    hash.Hash
	packed bytes.Buffer
	packer *flate.Writer
}

// Empacar begins a file; who does not Close it leaves nothing behind.
func Empacar(carpeta, nombre string) *Empaque {
	p := &Empaque{e: Exhibicion{Carpeta: carpeta, Nombre: nombre}, sum: sha256.New(),
		packer: packers.Get().(*flate.Writer)}
	p.packer.Reset(&p.packed)
	return p
}

func (p *Empaque) Write(b []byte) (int, error) {
	p.sum.Write(b) // never fails
	p.e.Bytes += int64(len(b))
	return p.packer.Write(b)
}

// Close gives what was written.
func (p *Empaque) Close() (Exhibicion, error) {
	if err := p.packer.Close(); err != nil {
		return p.e, fmt.Errorf("store: pack %s: %w", p.e.Nombre, err)
	}
	packers.Put(p.packer)
	p.e.SHA256, p.e.packed = schema.Huella(hex.EncodeToString(p.sum.Sum(nil))), p.packed.Bytes()
	return p.e, nil
}

// Exhibible is Empacar for a content that is at hand.
func Exhibible(carpeta, nombre string, contenido []byte) (Exhibicion, error) {
	p := Empacar(carpeta, nombre)
	if _, err := p.Write(contenido); err != nil {
		return p.e, fmt.Errorf("store: pack %s: %w", nombre, err)
	}
	return p.Close()
}

// Exhibit shows a party a file that is made anew where it changes: one that Exhibible
// made ready, or whose content is in archivo/. Its time changes with its content, by a
// second at least: that is what clients look at.
func (tx *Tx) Exhibit(parte schema.Parte, e Exhibicion) error {
	at := tx.now
	switch before, err := tx.Exhibido(parte, e.Carpeta, e.Nombre); {
	case errors.Is(err, ErrNotFound):
	case err != nil:
		return err
	case before.SHA256 == e.SHA256:
		return nil
	default:
		if next := before.Momento.Add(time.Second); at.Before(next) {
			at = next
		}
	}
	var packed any
	if e.packed != nil {
		packed = e.packed
	}
	_, err := tx.work(
		`INSERT INTO exhibidos (parte, carpeta, nombre, sha256, bytes, momento, contenido)
			VALUES (?,?,?,?,?,?,?)
		ON CONFLICT (parte, carpeta, nombre) DO UPDATE SET sha256 = excluded.sha256, bytes = excluded.bytes,
		momento = excluded.momento, contenido = excluded.contenido`,
		parte, e.Carpeta, e.Nombre, string(e.SHA256), e.Bytes, ms(at), packed)
	return err
}

// Forget says that a file that is kept here cannot be shown: its bytes are not those of
// its hash. Its party sees the name until it is made anew, whatever it was made from.
// It is false of what is not kept here.
func (tx *Tx) Forget(parte schema.Parte, carpeta, nombre string) (was bool, err error) {
	n, err := tx.work(`UPDATE exhibidos SET sha256 = '' WHERE contenido IS NOT NULL AND parte = ?
		AND carpeta = ? AND nombre = ?`, parte, carpeta, nombre)
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.SetBase(parte, "", 0)
}

// Base is what estado/ of a party was made from last, and how many events the log had
// then; "" and 0 where it never was.
func (v *View) Base(parte schema.Parte) (base string, eventos int64, err error) {
	err = v.get(`SELECT base, eventos FROM bases WHERE parte = ?`, []any{parte}, &base, &eventos)
	if errors.Is(err, ErrNotFound) {
		err = nil
	}
	return base, eventos, err
}

// SetBase records what estado/ of a party was made from.
func (tx *Tx) SetBase(parte schema.Parte, base string, eventos int64) error {
	_, err := tx.work(`INSERT INTO bases (parte, base, eventos) VALUES (?,?,?)
		ON CONFLICT DO UPDATE SET base = excluded.base, eventos = excluded.eventos`, parte, base, eventos)
	return err
}

// Alcance is how far the facts have come that tell how an institution stands: the last
// event of its own, its last dictamen, and the last turn of a key that seals. What is
// the same then stands the same, but for the calendar, the hour and the heads of the log.
func (v *View) Alcance(une schema.UNE) (evento, dictamen, sello int64, err error) {
	err = v.get(`SELECT coalesce((SELECT max(n) FROM bitacora WHERE parte = ?1), 0),
		coalesce((SELECT id FROM dictamenes d WHERE une = ?2 AND EXISTS (SELECT 1 FROM archivos
		WHERE id = d.archivo)
			ORDER BY id DESC LIMIT 1), 0), coalesce((SELECT max(id) FROM turnos_sello), 0)`,
		[]any{une.String(), int64(une)}, &evento, &dictamen, &sello)
	return evento, dictamen, sello, err
}
