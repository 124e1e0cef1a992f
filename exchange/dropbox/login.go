package dropbox

import (
	"crypto/rsa"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

const (
	minRSABits  = 3072
	maxPassword = 1024 // in bytes; what is longer is wrong without being looked at
	maxClient   = 100  // characters of a client's version string that are kept
)

var (
	errWeakKey      = errors.New("kind of key that is not taken")
	errBanned       = errors.New("address banned")
	errSlow         = errors.New("handshake took too long")
	errLongPassword = errors.New("password too long")
	errNoIdentity   = errors.New("login without an identity")
)

// Login is a login that counts: the credential was proved, and Authorize let
// the session begin.
type Login struct {
	Account    string
	Key        string // SHA-256 fingerprint; "" where a password was proved
	Remote     string // address and port
	Client     string // the client's version string, printable
	Algorithms string // as Pickup has them
}

// identity is who a session belongs to, as the handshake proved it.
type identity struct {
	account string
	key     ssh.PublicKey // nil: a password
	print   string        // the key's SHA-256 fingerprint, as ssh-keygen -l writes it
	remote  string
	client  string

	algorithms string // as Pickup has them; known once the handshake is over
}

type identityKey struct{}

// attempt notes what a connection tries before it has signed in. The library
// calls all its methods from one goroutine. It never says who signed in: that is
// in the Permissions, which the library hands on for what was proved alone.
type attempt struct {
	srv     *Server
	address string
	account string // of the last try; "" where there is no such account
	tried   bool   // since the last failure that was counted
	pre     atomic.Pointer[ssh.ServerPreAuthConn]
	slow    atomic.Bool
}

func (a *attempt) config() *ssh.ServerConfig {
	c := *a.srv.ssh
	c.PublicKeyCallback = a.publicKey
	if a.srv.cfg.Password != nil {
		c.PasswordCallback = a.password
	}
	c.PreAuthConnCallback = func(pre ssh.ServerPreAuthConn) { a.pre.Store(&pre) }
	return &c
}

func (a *attempt) note(meta ssh.ConnMetadata) {
	a.tried, a.account = true, ""
	if _, err := a.srv.cfg.Folders(meta.User()); err == nil {
		a.account = meta.User()
	}
}

// publicKey answers for a key that a client offers, perhaps without holding it.
func (a *attempt) publicKey(meta ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
	a.note(meta)
	if !usableKey(key) {
		return nil, errWeakKey
	}
	if err := a.srv.allowed(meta.User(), key); err != nil {
		return nil, err
	}
	return permissions(meta, key), nil
}

// password answers for a password. Each wrong one counts as a failed login, for
// one connection may try several.
func (a *attempt) password(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	a.note(meta)
	if until, banned := a.srv.bans.banned(a.address); banned {
		a.srv.refused(Banned, a.account, a.address)
		return nil, &ssh.BannerError{Err: errBanned, Message: bannedText(until, a.srv.cfg.Zone) + "\r\n"}
	}
	err := errLongPassword
	if len(password) <= maxPassword {
		err = a.srv.cfg.Password(meta.User(), string(password))
	}
	if err == nil {
		err = a.srv.allowed(meta.User(), nil)
	}
	if err != nil {
		a.failed()
		return nil, err
	}
	return permissions(meta, nil), nil
}

// failed counts what was tried as one failed login.
func (a *attempt) failed() {
	if !a.tried {
		return
	}
	a.tried = false
	a.srv.bans.fail(a.address)
	a.srv.refused(BadCredential, a.account, a.address)
}

func permissions(meta ssh.ConnMetadata, key ssh.PublicKey) *ssh.Permissions {
	id := identity{
		account: meta.User(), key: key,
		remote: meta.RemoteAddr().String(), client: printable(string(meta.ClientVersion())),
	}
	if key != nil {
		id.print = ssh.FingerprintSHA256(key)
	}
	return &ssh.Permissions{ExtraData: map[any]any{identityKey{}: id}}
}

// usableKey refuses certificates and short RSA keys, whoever asks Authorize what.
func usableKey(key ssh.PublicKey) bool {
	switch key.Type() {
	case ssh.KeyAlgoED25519, ssh.KeyAlgoSKED25519, ssh.KeyAlgoSKECDSA256,
		ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521:
		return true
	case ssh.KeyAlgoRSA:
		c, ok := key.(ssh.CryptoPublicKey)
		if !ok {
			return false
		}
		k, ok := c.CryptoPublicKey().(*rsa.PublicKey)
		return ok && k.N.BitLen() >= minRSABits
	}
	return false
}

// printable keeps what a stranger wrote from playing tricks on who reads it.
func printable(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), maxClient)]
}

// signedIn is what a handshake ends with.
type signedIn struct {
	conn  *ssh.ServerConn
	chans <-chan ssh.NewChannel
	reqs  <-chan *ssh.Request
	id    identity
}

// handshake takes a connection to its login. It counts what failed.
func (s *Server) handshake(c net.Conn, addr string) (signedIn, error) {
	defer s.gate.shaken()
	a := &attempt{srv: s, address: addr}
	// The timer has a word for the client; the deadline is there in case that
	// the client does not take it.
	late := time.AfterFunc(s.cfg.Limits.Handshake, func() { a.late(c) })
	defer late.Stop()
	if err := c.SetDeadline(time.Now().Add(s.cfg.Limits.Handshake + farewellLimit)); err != nil {
		return signedIn{}, err
	}
	in, err := a.shake(c)
	if err == nil && !late.Stop() {
		err = errSlow
	}
	if err == nil {
		err = c.SetDeadline(time.Time{})
	}
	if err == nil {
		return in, nil
	}
	a.failed()
	var none *ssh.AlgorithmNegotiationError
	switch {
	case a.slow.Load(), errors.Is(err, errSlow):
		s.refused(SlowHandshake, a.account, addr)
		err = errSlow
	case errors.As(err, &none):
		s.refused(NoCommonAlgorithm, "", addr)
	}
	s.log.Debug("no login", zap.String("remote", c.RemoteAddr().String()), zap.Error(err))
	return signedIn{}, err
}

func (a *attempt) shake(c net.Conn) (in signedIn, err error) {
	if in.conn, in.chans, in.reqs, err = ssh.NewServerConn(c, a.config()); err != nil {
		return in, err
	}
	var ok bool
	if in.id, ok = in.conn.Permissions.ExtraData[identityKey{}].(identity); !ok {
		return in, errNoIdentity
	}
	in.id.algorithms = negotiated(in.conn)
	return in, nil
}

// late ends a handshake that takes too long, with a word where the client is far
// enough to read it.
func (a *attempt) late(c net.Conn) {
	a.slow.Store(true)
	if pre := a.pre.Load(); pre != nil {
		_ = (*pre).SendAuthBanner("Se acabó el tiempo para identificarse; vuelva a intentar.\r\n")
	}
	c.Close()
}

// welcome asks again whether the credential is good: it may have been revoked
// during the handshake, before Recheck could find the connection.
func (s *Server) welcome(p *peer) error {
	if err := s.allowed(p.account, p.key); err != nil {
		s.refused(Withdrawn, p.account, p.address)
		return err
	}
	s.bans.clear(p.address)
	if s.cfg.OnLogin != nil {
		s.cfg.OnLogin(Login{Account: p.account, Key: p.print, Remote: p.remote, Client: p.client,
			Algorithms: p.algorithms})
	}
	return nil
}

// allowed asks whether an account may be used, by a key or, where key is nil,
// by a password that was proved.
func (s *Server) allowed(account string, key ssh.PublicKey) error {
	if _, err := s.cfg.Folders(account); err != nil {
		return err
	}
	return s.cfg.Authorize(account, key)
}
