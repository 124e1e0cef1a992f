package store

import (
	"errors"
	"io/fs"
	"time"

	"buzon/schema"
)

// Listado is one listing of a folder on a server that is not ours, whole.
type Listado struct {
	Parte       schema.Parte
	Carpeta     string
	Inicio, Fin time.Time // by our clock
	Archivos    []fs.FileInfo
	Primero     bool // of this process, which looked twice by itself
}

// AddListado records a listing, and as Visto.Desde of each file that is new in
// it, or changed, the moment that counts: the time that the server shows, if it
// lies between our last look without the file and the end of this listing, else
// the latter. It stays the file's moment however often taking it fails.
//
// A server that we dial lists a file only once a second look found it unchanged,
// so the last look without it is that of the listing before the last, or of the last
// one where that looked twice by itself, as the first of each process does. Of a
// folder that was never listed before nothing is known but the end of this one.
func (tx *Tx) AddListado(l Listado) error {
	var momento, anterior int64
	err := tx.get(`SELECT momento, anterior FROM listados WHERE parte = ? AND carpeta = ?`,
		[]any{l.Parte, l.Carpeta}, &momento, &anterior)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	sin := moment(anterior)
	if anterior == 0 { // the last listing looked twice by itself
		sin = moment(momento)
	}
	for _, f := range l.Archivos {
		if err := tx.seeListed(l, f, sin); err != nil {
			return err
		}
	}
	_, err = tx.work(`INSERT INTO listados (parte, carpeta, momento, anterior) VALUES (?,?,?,0)
		ON CONFLICT DO UPDATE SET anterior = iif(?, 0, momento), momento = excluded.momento`, l.Parte,
		l.Carpeta, ms(l.Inicio), l.Primero)
	return err
}

// seeListed records what a listing shows of one file; sin is zero where the
// folder was never seen without it.
func (tx *Tx) seeListed(l Listado, f fs.FileInfo, sin time.Time) error {
	before, known, err := tx.Visto(l.Parte, f.Name())
	if err != nil || known && before.Muestra(f) {
		return err
	}
	x := Visto{Bytes: f.Size(), Mtime: f.ModTime(), Desde: l.Fin}
	// SFTP shows whole seconds, the fraction dropped.
	if t := f.ModTime(); !sin.IsZero() && !t.Before(sin.Truncate(time.Second)) && !t.After(l.Fin) {
		x.Desde = t
	}
	return tx.See(l.Parte, f.Name(), x)
}

// Muestra tells whether a listing shows of a file what was seen before.
func (x Visto) Muestra(f fs.FileInfo) bool {
	return x.Bytes == f.Size() && ms(x.Mtime) == ms(f.ModTime())
}
