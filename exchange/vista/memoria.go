package vista

import (
	"bytes"
	"io/fs"
	"sync"

	"buzon/schema"
	"buzon/store"
)

// memoria holds the contents that are open and that no file on disk has: one copy of
// each, however many handles are on it, for as long as one is.
type memoria struct {
	mu sync.Mutex
	de map[schema.Huella]*enMemoria
}

type enMemoria struct {
	bytes []byte
	n     int // handles
}

// open opens what the store keeps. It is read without the lock, so that who reads it
// holds up no other reader of the store.
func (m *memoria) open(v *store.View, x store.Visible) (fs.File, error) {
	if h := m.held(x, nil); h != nil {
		return h, nil
	}
	b, err := v.Contenido(x)
	if err != nil {
		return nil, err
	}
	return m.held(x, b), nil
}

// held is a handle on what is held, or on read, which is held from now on where nothing
// is; nil where there is neither.
func (m *memoria) held(x store.Visible, read []byte) fs.File {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.de[x.SHA256]
	if c == nil {
		if read == nil {
			return nil
		}
		c = &enMemoria{bytes: read}
		if m.de == nil {
			m.de = map[schema.Huella]*enMemoria{}
		}
		m.de[x.SHA256] = c
	}
	c.n++
	return &lecturaEnMemoria{Reader: bytes.NewReader(c.bytes), m: m, x: x}
}

// lecturaEnMemoria is a handle on one of them.
type lecturaEnMemoria struct {
	*bytes.Reader
	m    *memoria
	x    store.Visible
	once sync.Once
}

func (h *lecturaEnMemoria) Stat() (fs.FileInfo, error) { return info(h.x), nil }

// Close lets go of the content.
func (h *lecturaEnMemoria) Close() error {
	h.once.Do(func() {
		h.m.mu.Lock()
		defer h.m.mu.Unlock()
		if c := h.m.de[h.x.SHA256]; c != nil {
			if c.n--; c.n == 0 {
				delete(h.m.de, h.x.SHA256)
			}
		}
	})
	return nil
}
