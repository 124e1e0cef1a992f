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
	de map[schema.Huella]*contenido
}

type contenido struct {
	bytes []byte
	n     int // handles
}

// open opens what the store keeps.
func (m *memoria) open(v *store.View, x store.Visible) (fs.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.de[x.SHA256]
	if c == nil {
		b, err := v.Contenido(x)
		if err != nil {
			return nil, err
		}
		c = &contenido{bytes: b}
		if m.de == nil {
			m.de = map[schema.Huella]*contenido{}
		}
		m.de[x.SHA256] = c
	}
	c.n++
	return &hoja{Reader: bytes.NewReader(c.bytes), m: m, x: x}, nil
}

// hoja is a handle on one of them.
type hoja struct {
	*bytes.Reader
	m    *memoria
	x    store.Visible
	once sync.Once
}

func (h *hoja) Stat() (fs.FileInfo, error) { return info(h.x), nil }

// Close lets go of the content.
func (h *hoja) Close() error {
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
