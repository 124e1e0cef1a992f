package dropbox

import (
	"context"
	"fmt"
	"net"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox/protocol"
)

// serveConn runs one connection from its handshake to the end of its last
// session.
func (s *Server) serveConn(ctx context.Context, tcp net.Conn, addr string) {
	c := newWire(tcp)
	defer c.wait()
	end := func() { c.Close() }
	defer end()
	defer s.survive("", addr, end)
	stop := context.AfterFunc(ctx, end)
	defer stop()
	in, err := s.handshake(c, addr)
	if err != nil {
		return
	}
	p := s.enlist(ctx, in, addr)
	defer s.delist(p)
	s.serveLogin(p, in, end)
}

// serveLogin runs what follows a login; end closes the connection.
func (s *Server) serveLogin(p *peer, in signedIn, end func()) {
	defer s.survive(p.account, p.address, end)
	log := s.log.With(zap.String("account", p.account), zap.String("remote", p.remote),
		zap.String("key", p.print))
	if err := s.welcome(p); err != nil {
		log.Warn("credential refused after its login", zap.Error(err))
		return
	}
	log.Info("login", zap.String("client", p.client))

	quiet := time.AfterFunc(s.cfg.Limits.Idle, func() {
		log.Info("idle, closed")
		s.refused(IdleTooLong, p.account, p.address)
		p.tell(fmt.Sprintf("Sesión cerrada: %s sin actividad.", spoken(s.cfg.Limits.Idle)))
		end()
	})
	defer quiet.Stop()
	awake := func() { quiet.Reset(s.cfg.Limits.Idle) }

	var running sync.WaitGroup
	running.Go(func() {
		defer s.survive(p.account, p.address, end)
		s.answerGlobal(p, in.reqs)
	})
	s.announce(p.conn)
	for nc := range in.chans {
		s.openSession(p, nc, &running, awake)
	}
	running.Wait()
	log.Info("logout")
}

// answerGlobal answers the requests that belong to no session. Keepalives get
// the refusal that they are content with.
func (s *Server) answerGlobal(p *peer, reqs <-chan *ssh.Request) {
	proofs := 0
	for req := range reqs {
		switch req.Type {
		case proveRequest:
			if proofs++; proofs > maxProofs {
				break
			}
			if answer, err := s.prove(p.conn, req.Payload); err == nil {
				req.Reply(true, answer)
				continue
			}
		case "tcpip-forward", "streamlocal-forward@openssh.com":
			s.refused(TunnelAsked, p.account, p.address)
		}
		refuseRequest(req)
	}
}

// openSession begins the session that a client asks for, or says why not.
func (s *Server) openSession(p *peer, nc ssh.NewChannel, running *sync.WaitGroup, awake func()) {
	if nc.ChannelType() != "session" {
		s.refused(TunnelAsked, p.account, p.address)
		nc.Reject(ssh.UnknownChannelType, "Aquí solo hay sftp.")
		return
	}
	if !s.gate.begin(p.account) {
		s.refused(TooManySessions, p.account, p.address)
		nc.Reject(ssh.ResourceShortage,
			fmt.Sprintf("Demasiadas sesiones de la cuenta: %d como máximo.", s.cfg.Limits.Sessions))
		return
	}
	ch, reqs, err := nc.Accept()
	if err != nil {
		s.gate.end(p.account)
		return
	}
	running.Go(func() {
		defer s.gate.end(p.account)
		defer s.survive(p.account, p.address, func() { p.conn.Close() })
		defer p.enter(ch)()
		s.serveSession(busyChannel{ch, awake, p.over}, reqs, p)
	})
}

// serveSession waits for the request of the subsystem sftp and serves it; every
// other request is refused.
func (s *Server) serveSession(ch busyChannel, reqs <-chan *ssh.Request, p *peer) {
	defer ch.Close()
	for req := range reqs {
		var sub struct{ Name string }
		if req.Type != "subsystem" || ssh.Unmarshal(req.Payload, &sub) != nil || sub.Name != "sftp" {
			s.refuseProgram(p, req)
			continue
		}
		if req.WantReply {
			req.Reply(true, nil)
		}
		var rest sync.WaitGroup
		defer rest.Wait() // after the close of the channel, which ends reqs
		defer ch.Close()
		rest.Go(func() {
			defer s.survive(p.account, p.address, func() { p.conn.Close() })
			for r := range reqs {
				s.refuseProgram(p, r)
			}
		})
		s.serveFiles(ch, p)
		return
	}
}

// refuseProgram refuses what a session may not ask for. Clients send their
// language and the size of their window unasked: that tells of nobody's intent.
func (s *Server) refuseProgram(p *peer, req *ssh.Request) {
	switch req.Type {
	case "env", "window-change", "signal", "keepalive@openssh.com", "eow@openssh.com":
	default:
		s.refused(ProgramAsked, p.account, p.address)
	}
	refuseRequest(req)
}

func refuseRequest(req *ssh.Request) {
	if req.WantReply {
		req.Reply(false, nil)
	}
}

func (s *Server) serveFiles(ch busyChannel, p *peer) {
	log := s.log.With(zap.String("account", p.account), zap.String("remote", p.remote),
		zap.String("key", p.print))
	h, err := s.newSession(p, log)
	if err != nil {
		log.Error("session refused", zap.Error(err))
		return
	}
	// Here too, since the end of the session waits for the client.
	defer s.survive(p.account, p.address, func() { p.conn.Close() })
	if err := protocol.Serve(ch, h,
		protocol.Options{Handles: s.cfg.Limits.Handles, Now: s.clock}); err != nil {
		log.Info("session broken", zap.Error(err))
	}
	ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
}

// spoken writes a duration as people say it, where it is whole minutes.
func spoken(d time.Duration) string {
	if d%time.Minute == 0 {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return d.String()
}
