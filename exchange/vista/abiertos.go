package vista

import (
	"io"
	"io/fs"
	"sync"

	"buzon/schema"
	"buzon/store"
)

// abiertos holds the contents that are open: each once, however many handles are on it,
// for as long as one is. Each was held against its hash when the first of them opened
// it; a client that reads a file over several handles costs that once.
type abiertos struct {
	mu sync.Mutex
	de map[schema.Huella]*abierto
}

// contenido is what a party may read: its bytes are those of its hash.
type contenido interface {
	io.ReaderAt
	Size() int64
}

type abierto struct {
	once sync.Once
	c    contenido
	err  error
	n    int // handles
}

// open opens a file; read gives its content where no handle is on it. It is called
// without the lock, so that who reads one holds up who opens another.
func (m *abiertos) open(x store.Visible, read func() (contenido, error)) (fs.File, error) {
	m.mu.Lock()
	o := m.de[x.SHA256]
	if o == nil {
		if m.de == nil {
			m.de = map[schema.Huella]*abierto{}
		}
		o = &abierto{}
		m.de[x.SHA256] = o
	}
	o.n++
	m.mu.Unlock()
	o.once.Do(func() { o.c, o.err = read() })
	if o.err != nil {
		_ = m.leave(x.SHA256, o) // there is nothing to close
		return nil, o.err
	}
	return &lectura{SectionReader: io.NewSectionReader(o.c, 0, o.c.Size()), m: m, o: o, x: x}, nil
}

// leave takes a handle off a content, which is closed with the last of them. One that
// could not be opened is no longer there for who comes next: it is looked at anew.
func (m *abiertos) leave(h schema.Huella, o *abierto) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	o.n--
	if (o.n == 0 || o.err != nil) && m.de[h] == o {
		delete(m.de, h)
	}
	if c, ok := o.c.(io.Closer); ok && o.n == 0 {
		return c.Close()
	}
	return nil
}

// lectura is a handle on one of them.
type lectura struct {
	*io.SectionReader
	m    *abiertos
	o    *abierto
	x    store.Visible
	once sync.Once
	err  error
}

func (h *lectura) Stat() (fs.FileInfo, error) { return info(h.x), nil }

// Close lets go of the content.
func (h *lectura) Close() error {
	h.once.Do(func() { h.err = h.m.leave(h.x.SHA256, h.o) })
	return h.err
}
