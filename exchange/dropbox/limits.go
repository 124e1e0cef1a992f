package dropbox

import (
	"cmp"
	"errors"
	"net"
	"sync"
	"time"
)

// Limits bound what clients may use. Zero means the default.
type Limits struct {
	Handshake   time.Duration // from the connection to the end of the login; 20 s
	Idle        time.Duration // without a byte on any session; 10 min
	Connections int           // in all; 500
	Handshakes  int           // connections that are not logged in yet; 64
	PerAddress  int           // connections from one address; 32
	Sessions    int           // of one account; 16
	Handles     int           // open files and folders of one session; 64
	UploadBytes int64         // size of one upload; 64 MiB
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Handshake:   cmp.Or(l.Handshake, 20*time.Second),
		Idle:        cmp.Or(l.Idle, 10*time.Minute),
		Connections: cmp.Or(l.Connections, 500),
		Handshakes:  cmp.Or(l.Handshakes, 64),
		PerAddress:  cmp.Or(l.PerAddress, 32),
		Sessions:    cmp.Or(l.Sessions, 16),
		Handles:     cmp.Or(l.Handles, 64),
		UploadBytes: cmp.Or(l.UploadBytes, 64<<20),
	}
}

// gate counts connections and sessions.
type gate struct {
	limits Limits

	mu         sync.Mutex
	total      int
	handshakes int
	address    map[string]int
	sessions   map[string]int
}

func newGate(l Limits) *gate {
	return &gate{limits: l, address: map[string]int{}, sessions: map[string]int{}}
}

// enter counts a new connection, which is in its handshake.
func (g *gate) enter(addr string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.total >= g.limits.Connections:
		return errors.New("too many connections")
	case g.handshakes >= g.limits.Handshakes:
		return errors.New("too many handshakes")
	case g.address[addr] >= g.limits.PerAddress:
		return errors.New("too many connections from one address")
	}
	g.total++
	g.handshakes++
	g.address[addr]++
	return nil
}

// shaken ends a connection's handshake, however it went.
func (g *gate) shaken() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.handshakes--
}

func (g *gate) leave(addr string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	if g.address[addr]--; g.address[addr] == 0 {
		delete(g.address, addr)
	}
}

// begin counts a session of an account, end ends it.
func (g *gate) begin(account string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions[account] >= g.limits.Sessions {
		return false
	}
	g.sessions[account]++
	return true
}

func (g *gate) end(account string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.sessions[account]--; g.sessions[account] == 0 {
		delete(g.sessions, account)
	}
}

// address is whom a connection counts for: the peer without its port.
func address(c net.Conn) string {
	addr := c.RemoteAddr().String()
	if host, _, err := net.SplitHostPort(addr); err == nil {
		return host
	}
	return addr
}
