package dropbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox/tree"
)

// Config is what a Server needs. Tree, HostKeys and Authorize must be set.
type Config struct {
	// Tree holds the accounts; the caller closes it after Serve has returned.
	Tree *tree.Tree
	// HostKeys are ed25519 or RSA, at most one of each kind.
	HostKeys []ssh.Signer
	// Authorize decides whether the key may use the account; nil means yes. It
	// is called for keys that are only offered, at any rate and from several
	// goroutines, and once more when a session begins. It must note nothing.
	Authorize func(account string, key ssh.PublicKey) error
	// OnUpload is told of each upload after it is durable and before its client
	// gets an answer; it returns soon. May be nil.
	OnUpload func(account, folder, name string)
	// OnPickup is told of each handle that a party held on a file of the
	// gateway, after its end. An error is logged; the client does not see it.
	// May be nil.
	OnPickup func(Pickup) error
	// Limits that are zero take their defaults.
	Limits Limits
	// Log gets names and counts. May be nil.
	Log *zap.Logger
}

// Server is the SFTP server over a Tree.
type Server struct {
	cfg  Config
	ssh  *ssh.ServerConfig
	gate *gate
	log  *zap.Logger

	mu   sync.Mutex
	live map[*ssh.ServerConn]identity
}

// identity is who a session belongs to, as the handshake proved it.
type identity struct {
	account string
	key     ssh.PublicKey
	print   string // the key's SHA-256 fingerprint, as ssh-keygen -l writes it
	remote  string
	client  string // the client's version string

	algorithms string // as Pickup has them; known once the handshake is over
}

// New makes the one server of a Tree. It is an error if another process serves
// the same tree.
func New(cfg Config) (*Server, error) {
	if cfg.Tree == nil || cfg.Authorize == nil {
		return nil, errors.New("new server: Tree and Authorize must be set")
	}
	cfg.Limits = cfg.Limits.withDefaults()
	s := &Server{
		cfg: cfg, gate: newGate(cfg.Limits), log: cfg.Log,
		live: map[*ssh.ServerConn]identity{},
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	var err error
	if s.ssh, err = serverConfig(cfg.HostKeys, s.authorize); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	if err := cfg.Tree.Claim(); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	return s, nil
}

// Serve takes connections until ctx ends, then ends those that are there and
// waits for them. It closes ln. It gives nil after ctx has ended.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	var conns sync.WaitGroup
	defer conns.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { ln.Close() })
	defer stop()
	for {
		c, err := ln.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return fmt.Errorf("serve: %w", err)
		case err != nil:
			// Out of file handles, most likely: it passes.
			s.log.Warn("accept", zap.Error(err))
			pause(ctx, 100*time.Millisecond)
			continue
		}
		addr := address(c)
		if err := s.gate.enter(addr); err != nil {
			s.log.Warn("connection refused", zap.String("remote", addr), zap.Error(err))
			c.Close()
			continue
		}
		conns.Go(func() {
			defer s.gate.leave(addr)
			s.serveConn(ctx, c)
		})
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// Revoke ends the live sessions of a key, named by its SHA-256 fingerprint, and
// tells how many there were. Authorize must refuse the key before.
func (s *Server) Revoke(fingerprint string) int {
	return s.end(func(id identity) bool { return id.print == fingerprint })
}

// CloseSessions ends the live sessions of an account and tells how many there
// were.
func (s *Server) CloseSessions(account string) int {
	return s.end(func(id identity) bool { return id.account == account })
}

func (s *Server) end(which func(identity) bool) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for conn, id := range s.live {
		if which(id) {
			conn.Close()
			n++
		}
	}
	return n
}

// enlist makes a connection one that Revoke finds, and asks again whether its
// key is good: it may have been revoked during the handshake.
func (s *Server) enlist(conn *ssh.ServerConn, id identity) error {
	s.mu.Lock()
	s.live[conn] = id
	s.mu.Unlock()
	return s.allowed(id.account, id.key)
}

func (s *Server) delist(conn *ssh.ServerConn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.live, conn)
}

func (s *Server) allowed(account string, key ssh.PublicKey) error {
	if _, err := s.cfg.Tree.Account(account); err != nil {
		return err
	}
	return s.cfg.Authorize(account, key)
}
