package dropbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox/subidas"
)

// Folder is a folder of an account, by its path in it: respuestas, or
// entrada/anexos, which comes after its parent. Upload says that the party writes
// it; without that it reads.
type Folder struct {
	Name   string
	Upload bool
}

// ErrUnavailable is wrapped by the error of a view's Open where a file is to be
// seen and its content cannot be read now.
var ErrUnavailable = errors.New("content unavailable")

// Options is what a Server needs. Uploads, Now, Folders, View, HostKeys and
// Authorize must be set.
type Options struct {
	// Uploads keeps what is not finished; the caller closes it after Serve has
	// returned.
	Uploads *subidas.Subidas
	Now     func() time.Time
	// Folders are those of an account; an error wraps fs.ErrNotExist where there is
	// no such account. It is called as often as Authorize, and a session keeps what
	// it gave as it began.
	Folders func(account string) ([]Folder, error)
	// View is what the account sees of finished files: also an fs.ReadDirFS and an
	// fs.StatFS, of which a session asks one for itself. "." is the root; the
	// FileInfo of a folder has the moment of its last visible change. An opened file
	// is an io.ReaderAt too, and keeps its content until it is closed. Where an error
	// of Open wraps ErrUnavailable, the client is told so.
	View func(account string) (fs.FS, error)
	// HostKeys are ed25519 or RSA. The first of each kind is used; all are
	// announced to clients that signed in.
	HostKeys []ssh.Signer
	// Authorize decides whether the key may use the account; nil means yes. Where
	// key is nil, a password was proved, and the question is whether the account
	// may still be used. It is called for keys that are only offered, at any rate
	// and from several goroutines, once more when a session begins, and by
	// Recheck. It must note nothing.
	Authorize func(account string, key ssh.PublicKey) error
	// Password decides whether a password is the account's. It takes as long for
	// an account that there is not. Where it is nil no password is asked for.
	Password func(account, password string) error
	// Legacy offers a few more algorithms to old clients, none with SHA-1.
	Legacy bool
	// UploadBytes is the highest size of one upload of an account, in bytes, by the
	// name under which it begins; 0 is no bound. May be nil.
	UploadBytes func(account, name string) int64
	// OnLogin is told of each login that counts, before its first session; it
	// returns soon. May be nil.
	OnLogin func(Login)
	// OnRefusal is told of what was refused, by one goroutine: the first of a
	// kind at once, further ones together after a minute. May be nil.
	OnRefusal func(Refusal)
	// OnUpload is told of each upload after it is durable and before its client
	// gets an answer; it returns soon. May be nil.
	OnUpload func(account, folder, name string)
	// OnUnavailable is told of each file that a party could not open for
	// ErrUnavailable, by its folder as in Pickup; it returns soon. May be nil.
	OnUnavailable func(account, folder, name string)
	// OnPickup is told of each handle that a party held on a file of the
	// gateway, after its end. An error is logged; the client does not see it.
	// May be nil.
	OnPickup func(Pickup) error
	Limits   Limits
	// Zone is where clients read the clock; nil is UTC.
	Zone *time.Location
	// Shown gives the path of a file, its folder and name, as Log may have it; nil:
	// as it is. What a party calls a file may tell of a person.
	Shown func(path string) string
	// Log gets names and counts. May be nil.
	Log *zap.Logger
}

// Server is the SFTP server over the accounts of its Options.
type Server struct {
	cfg      Options
	ssh      *ssh.ServerConfig
	hostKeys []ssh.Signer
	gate     *gate
	bans     *bans
	refusals *refusals
	door     door
	log      *zap.Logger

	mu   sync.Mutex
	live map[*peer]struct{}
}

// New makes the one server over Options.Uploads. It is an error if another process
// serves the same uploads.
func New(cfg Options) (*Server, error) {
	if cfg.Uploads == nil || cfg.Now == nil || cfg.Folders == nil || cfg.View == nil || cfg.Authorize == nil {
		return nil, errors.New("new server: Uploads, Now, Folders, View and Authorize must be set")
	}
	cfg.Limits.Handshake = cmp.Or(cfg.Limits.Handshake, never)
	cfg.Limits.Idle = cmp.Or(cfg.Limits.Idle, never)
	cfg.Zone = cmp.Or(cfg.Zone, time.UTC)
	s := &Server{
		cfg: cfg, gate: newGate(cfg.Limits), bans: newBans(cfg.Limits, cfg.Now), door: newDoor(),
		log: cmp.Or(cfg.Log, zap.NewNop()), live: map[*peer]struct{}{},
	}
	s.refusals = newRefusals(cfg.Now, s.told)
	for _, k := range cfg.HostKeys {
		usable, err := usableHostKey(k)
		if err != nil {
			return nil, fmt.Errorf("new server: %w", err)
		}
		s.hostKeys = append(s.hostKeys, usable)
	}
	var err error
	if s.ssh, err = serverConfig(s.hostKeys, cfg.Legacy); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	if err := cfg.Uploads.Claim(); err != nil {
		return nil, fmt.Errorf("new server: %w", err)
	}
	return s, nil
}

// Serve takes connections until ctx ends, then ends those that are there, waits
// for them and tells of the refusals that are left. It closes ln. It gives nil
// after ctx has ended.
func (s *Server) Serve(ctx context.Context, ln net.Listener) error {
	telling, told := context.WithCancel(context.WithoutCancel(ctx))
	var teller, conns sync.WaitGroup
	teller.Go(func() { s.refusals.run(telling) })
	defer teller.Wait()
	defer told()
	ctx, cancel := context.WithCancel(ctx)
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
		s.take(ctx, &conns, c)
	}
}

// take lets a connection in, or turns it away. It waits for nobody.
func (s *Server) take(ctx context.Context, conns *sync.WaitGroup, c net.Conn) {
	addr := address(c.RemoteAddr())
	if until, banned := s.bans.banned(addr); banned {
		s.refused(Banned, "", addr)
		s.door.turnAway(ctx, conns, c, bannedText(until, s.cfg.Zone))
		return
	}
	if r := s.gate.enter(addr); r != "" {
		s.refused(r, "", addr)
		s.door.turnAway(ctx, conns, c, doorText(r))
		return
	}
	conns.Go(func() {
		defer s.gate.leave(addr)
		s.serveConn(ctx, c, addr)
	})
}

// refused notes a refusal. Account is "" where none is known.
func (s *Server) refused(r Reason, account, addr string) { s.refusals.add(r, account, addr) }

func (s *Server) told(r Refusal) {
	s.log.Warn("refused", zap.String("reason", string(r.Reason)), zap.String("account", r.Account),
		zap.String("address", r.Address), zap.Int("count", r.Count), zap.Time("since", r.Since))
	if s.cfg.OnRefusal != nil {
		s.cfg.OnRefusal(r)
	}
}

// uploadBytes is the highest size of one upload of an account; 0 is no bound.
func (s *Server) uploadBytes(account, name string) int64 {
	if s.cfg.UploadBytes == nil {
		return 0
	}
	return s.cfg.UploadBytes(account, name)
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
