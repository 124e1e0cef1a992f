// Package marca keeps, outside of the database, how far the log and the numbers of the
// acuses had come: a high-water mark, in one small file of the data folder. A database
// that is older than what parties were shown (a backup that was put back, a WAL that was
// lost) is behind it, and no number is ever given twice.
//
// Before an acuse is shown its number stands in the file. That is a write without a sync:
// who kills the process does not undo it. A power cut may, so numbers are reserved in
// blocks, with a sync for each; the first start after a power cut goes on behind the
// block. The number of events is written after each transaction: the mark is never ahead
// of a store that is whole, and a store that has just as many did not lose the
// transaction that the last number was for: that one came to nothing.
//
// The file has two places, which are written in turn: one that a power cut tore leaves
// the other.
package marca

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Archivo is the file, in the data folder.
const Archivo = "buzon.marca"

// bloque is how many numbers are reserved with one sync.
const bloque = 256

// lugar is how long each of the two places of the file is, in bytes.
const lugar = 4096

// ErrAtrasado says that the store may be older than what parties were shown.
var ErrAtrasado = errors.New("the database may be older than what parties were shown: nothing is taken in. " +
	"If the newest database is to be had, put it back; else 'buzon restore --resume' goes on from this one")

// Constancia is what the file says.
type Constancia struct {
	Turno   int64           `json:"turno"`   // how often it was written; the higher place counts
	Epoca   int64           `json:"epoca"`   // of the log
	Eventos int64           `json:"eventos"` // that it had
	Acuses  map[int]Numeros `json:"acuses"`  // by year
	// Arranque is the boot of the machine that wrote it: since another one a power cut
	// may have undone what was not synced.
	Arranque   string `json:"arranque"`
	Restaurada bool   `json:"restaurada,omitempty"` // it came with a backup, and nobody went on from it yet
}

// Numeros are those of the acuses of a year.
type Numeros struct {
	Dado      int64 `json:"dado"`      // the last one that was given
	Reservado int64 `json:"reservado"` // until which it may have been, and a power cut undid that
	// Piso is the highest that may have been given and that the store may not have, from
	// when a mark was opened after a power cut, or a kill. It stays, for the first process
	// after it may give none.
	Piso int64 `json:"piso,omitempty"`
}

// Contador is the mark of a data folder. Its methods may be called from several goroutines.
// A nil one remembers nothing, for who keeps no store on a disk.
type Contador struct {
	mu   sync.Mutex
	f    *os.File
	sync bool
	e    Constancia
}

// Read gives what the mark of a data folder says; fs.ErrNotExist where there is none. The
// gateway may be at work.
func Read(data string) (Constancia, error) {
	b, err := os.ReadFile(filepath.Join(data, Archivo))
	if err != nil {
		return Constancia{}, fmt.Errorf("read the mark: %w", err)
	}
	var e Constancia
	found := false
	for i := 0; i < len(b); i += lugar {
		x, err := decode(b[i:min(i+lugar, len(b))])
		if err == nil && (!found || x.Turno > e.Turno) {
			e, found = x, true
		}
	}
	if !found {
		return e, fmt.Errorf("%s: neither of its two places can be read; 'buzon restore --resume' makes it "+
			"anew", filepath.Join(data, Archivo))
	}
	return e, nil
}

// Check tells whether a store of so many events and that epoch may be behind the mark.
func (e *Constancia) Check(epoca, eventos int64) error {
	switch {
	case e.Restaurada:
		return fmt.Errorf("it came out of a backup, at event %d: %w", eventos, ErrAtrasado)
	case epoca < e.Epoca:
		return fmt.Errorf("its log is of epoch %d, and %s knows of epoch %d: %w", epoca, Archivo, e.Epoca,
			ErrAtrasado)
	case eventos < e.Eventos:
		return fmt.Errorf("its log has %d events, and %s knows of %d: %w", eventos, Archivo, e.Eventos,
			ErrAtrasado)
	}
	return nil
}

// Open opens the mark of a data folder for its one writer, whose store has so many events.
// The caller closes it.
func Open(data string, eventos int64, sync bool) (*Contador, error) {
	e, err := Read(data)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(data, Archivo), os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("open the mark: %w", err)
	}
	m := &Contador{f: f, sync: sync, e: e}
	now := boot()
	same := now != "" && now == e.Arranque
	for year, n := range e.Acuses {
		switch {
		case !same:
			n.Piso = max(n.Piso, n.Reservado)
		case eventos != e.Eventos:
			n.Piso = max(n.Piso, n.Dado)
		}
		m.e.Acuses[year] = n
	}
	if m.e.Arranque = now; m.e.Acuses == nil {
		m.e.Acuses = map[int]Numeros{}
	}
	return m, nil
}

// Make writes a mark anew, in place of what may be there; dados are the highest numbers
// that were given. It is on the disk when Make returns.
func Make(data string, e Constancia, dados map[int]int64) (err error) {
	e.Arranque, e.Acuses = boot(), map[int]Numeros{}
	for year, n := range dados {
		e.Acuses[year] = Numeros{Dado: n, Reservado: n}
	}
	e.Turno++
	b, err := e.encode()
	if err != nil {
		return fmt.Errorf("make the mark: %w", err)
	}
	name := filepath.Join(data, Archivo)
	if err := WriteFile(name, append(b, bytes.Repeat([]byte(" "), lugar)...)); err != nil {
		return fmt.Errorf("make the mark: %w", err)
	}
	return nil
}

// WriteFile puts a private file in place of another, whole or not at all; it is on the
// disk then.
func WriteFile(name string, b []byte) error {
	tmp := name + ".tmp"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(tmp, name)
	}
	if err == nil {
		return SyncDir(filepath.Dir(name))
	}
	return errors.Join(err, os.Remove(tmp))
}

// SyncDir makes the names in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Next gives a number of a year, in the transaction that gives it out: the one after the
// last that the store has, and after what was given before the mark was opened. It stands
// in the file when Next returns.
func (m *Contador) Next(year int, last int64) (int64, error) {
	if m == nil {
		return last + 1, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	n := m.e.Acuses[year]
	n.Dado = max(n.Piso, last) + 1
	full := n.Dado > n.Reservado
	if full {
		n.Reservado = n.Dado + bloque - 1
	}
	m.e.Acuses[year] = n
	if err := m.write(full); err != nil {
		return 0, fmt.Errorf("number an acuse: %w", err)
	}
	return n.Dado, nil
}

// Committed tells the mark how many events the log has. Where that cannot be written the
// mark stays behind, which the next write makes good.
func (m *Contador) Committed(events int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.e.Eventos = events
	_ = m.write(false)
}

// Close writes how far all has come, and ends the use of the file.
func (m *Contador) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for year, n := range m.e.Acuses {
		n.Dado = max(n.Dado, n.Piso)
		n.Reservado = n.Dado
		m.e.Acuses[year] = n
	}
	return errors.Join(m.write(true), m.f.Close())
}

// write writes the place whose turn it is.
func (m *Contador) write(durable bool) error {
	m.e.Turno++
	b, err := m.e.encode()
	if err == nil {
		_, err = m.f.WriteAt(b, m.e.Turno%2*lugar)
	}
	if err == nil && durable && m.sync {
		err = m.f.Sync()
	}
	return err
}

// encode gives a place: the hash of the JSON, the JSON, blanks.
func (e *Constancia) encode() ([]byte, error) {
	b, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	b = append([]byte(digest(b)+" "), b...)
	if len(b) >= lugar {
		return nil, fmt.Errorf("%d bytes are too many", len(b))
	}
	b = append(b, bytes.Repeat([]byte(" "), lugar-1-len(b))...)
	return append(b, '\n'), nil
}

func decode(b []byte) (e Constancia, err error) {
	sum, text, ok := strings.Cut(strings.TrimRight(string(b), " \n"), " ")
	if !ok || digest([]byte(text)) != sum {
		return e, fs.ErrInvalid
	}
	return e, json.Unmarshal([]byte(text), &e)
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

// boot tells one start of this machine from another; "" where the system does not say.
func boot() string {
	b, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}
