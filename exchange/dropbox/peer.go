package dropbox

import (
	"context"
	"io"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

// peer is a connection that signed in.
type peer struct {
	identity
	address   string
	conn      *ssh.ServerConn
	withdrawn atomic.Bool // its access was: what it still finishes does not count
	over      func() bool // we end it, and not the client

	mu   sync.Mutex
	open map[ssh.Channel]bool
}

// enter makes a session one that tell reaches; the function that it gives ends
// that.
func (p *peer) enter(ch ssh.Channel) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.open[ch] = true
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, ch)
	}
}

// tell writes a line to the people at the other end, where somebody reads.
func (p *peer) tell(text string) {
	p.mu.Lock()
	open := slices.Collect(maps.Keys(p.open))
	p.mu.Unlock()
	said := make(chan struct{})
	go func() {
		defer close(said)
		for _, ch := range open {
			_, _ = io.WriteString(ch.Stderr(), text+"\r\n")
		}
	}()
	select {
	case <-said:
	case <-time.After(farewellLimit):
	}
}

// enlist makes a connection one that Recheck finds; delist ends that.
func (s *Server) enlist(ctx context.Context, in signedIn, addr string) *peer {
	p := &peer{identity: in.id, address: addr, conn: in.conn, open: map[ssh.Channel]bool{}}
	p.over = func() bool { return p.withdrawn.Load() || ctx.Err() != nil }
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live[p] = struct{}{}
	return p
}

func (s *Server) delist(p *peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, p)
}

// Recheck asks Authorize again about each live session and ends those that it
// refuses, or cannot decide about; it tells how many. What such a session still
// finishes does not count. To be called when keys or accounts change, and now
// and then, since keys expire.
func (s *Server) Recheck() int {
	s.mu.Lock()
	live := make([]*peer, 0, len(s.live))
	for p := range s.live {
		live = append(live, p)
	}
	s.mu.Unlock()
	n := 0
	for _, p := range live {
		err := s.allowed(p.account, p.key)
		if err == nil || p.withdrawn.Swap(true) {
			continue
		}
		n++
		s.log.Info("access withdrawn", zap.String("account", p.account), zap.String("remote", p.remote),
			zap.Error(err))
		s.refused(Withdrawn, p.account, p.address)
		p.conn.Close()
	}
	return n
}
