package dropbox

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

// authorize answers for a key that a client offers, perhaps without holding it.
// What it finds goes into the Permissions, which the library hands on only for
// the key that was proved.
func (s *Server) authorize(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	if err := s.allowed(meta.User(), key); err != nil {
		return nil, err
	}
	id := identity{
		account: meta.User(), key: key, print: ssh.FingerprintSHA256(key),
		remote: meta.RemoteAddr().String(), client: string(meta.ClientVersion()),
	}
	return &ssh.Permissions{ExtraData: map[any]any{identityKey{}: id}}, nil
}

type identityKey struct{}

func (s *Server) handshake(c net.Conn) (*ssh.ServerConn, <-chan ssh.NewChannel, <-chan *ssh.Request, identity, error) {
	defer s.gate.shaken()
	none := identity{}
	if err := c.SetDeadline(time.Now().Add(s.cfg.Limits.Handshake)); err != nil {
		return nil, nil, nil, none, err
	}
	conn, chans, reqs, err := ssh.NewServerConn(c, s.ssh)
	if err != nil {
		return nil, nil, nil, none, err
	}
	if err := c.SetDeadline(time.Time{}); err != nil {
		return nil, nil, nil, none, err
	}
	id, ok := conn.Permissions.ExtraData[identityKey{}].(identity)
	if !ok {
		return nil, nil, nil, none, errors.New("login without an identity")
	}
	id.algorithms = negotiated(conn)
	return conn, chans, reqs, id, nil
}

// serveConn runs one connection from its handshake to the end of its last
// session.
func (s *Server) serveConn(ctx context.Context, c net.Conn) {
	defer c.Close()
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	conn, chans, reqs, id, err := s.handshake(c)
	if err != nil {
		s.log.Info("no login", zap.String("remote", c.RemoteAddr().String()), zap.Error(err))
		return
	}
	log := s.log.With(zap.String("account", id.account), zap.String("remote", id.remote), zap.String("key", id.print))
	defer s.delist(conn)
	if err := s.enlist(conn, id); err != nil {
		log.Warn("key refused after its login", zap.Error(err))
		return
	}
	log.Info("login", zap.String("client", id.client))

	quiet := time.AfterFunc(s.cfg.Limits.Idle, func() {
		log.Info("idle, closed")
		c.Close()
	})
	defer quiet.Stop()
	awake := func() { quiet.Reset(s.cfg.Limits.Idle) }

	var sessions sync.WaitGroup
	sessions.Go(func() { ssh.DiscardRequests(reqs) })
	for nc := range chans {
		if nc.ChannelType() != "session" {
			nc.Reject(ssh.UnknownChannelType, "only sftp is served here")
			continue
		}
		if !s.gate.begin(id.account) {
			log.Warn("session refused: too many of the account")
			nc.Reject(ssh.ResourceShortage, "too many sessions of this account")
			continue
		}
		ch, chReqs, err := nc.Accept()
		if err != nil {
			s.gate.end(id.account)
			continue
		}
		sessions.Go(func() {
			defer s.gate.end(id.account)
			s.serveSession(busyChannel{ch, awake}, chReqs, id, log)
		})
	}
	sessions.Wait()
	log.Info("logout")
}

// serveSession waits for the request of the subsystem sftp and serves it; every
// other request is refused.
func (s *Server) serveSession(ch busyChannel, reqs <-chan *ssh.Request, id identity, log *zap.Logger) {
	defer ch.Close()
	for req := range reqs {
		var sub struct{ Name string }
		if req.Type != "subsystem" || ssh.Unmarshal(req.Payload, &sub) != nil || sub.Name != "sftp" {
			refuseRequest(req)
			continue
		}
		if req.WantReply {
			req.Reply(true, nil)
		}
		var rest sync.WaitGroup
		defer rest.Wait() // after the close of the channel, which ends reqs
		defer ch.Close()
		rest.Go(func() {
			for r := range reqs {
				refuseRequest(r)
			}
		})
		s.serveFiles(ch, id, log)
		return
	}
}

func refuseRequest(req *ssh.Request) {
	if req.WantReply {
		req.Reply(false, nil)
	}
}

func (s *Server) serveFiles(ch busyChannel, id identity, log *zap.Logger) {
	a, err := s.cfg.Tree.Account(id.account)
	if err != nil {
		log.Warn("session refused", zap.Error(err))
		return
	}
	h := &session{srv: s, a: a, id: id, log: log}
	files := sftp.NewRequestServer(ch, sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h})
	if err := files.Serve(); err != nil && !errors.Is(err, io.EOF) {
		log.Info("session broken", zap.Error(err))
	}
	ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
}

// busyChannel tells of each byte that moves. Keepalives of the client move none:
// they do not keep a session.
type busyChannel struct {
	ssh.Channel
	awake func()
}

func (b busyChannel) Read(p []byte) (int, error) {
	n, err := b.Channel.Read(p)
	if n > 0 {
		b.awake()
	}
	return n, err
}

func (b busyChannel) Write(p []byte) (int, error) {
	n, err := b.Channel.Write(p)
	if n > 0 {
		b.awake()
	}
	return n, err
}
