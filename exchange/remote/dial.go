package remote

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

// connect gives the connection, dialled if there is none that lives. Whoever
// waits for another's dial can still be cancelled.
func (c *Client) connect(ctx context.Context) (*link, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ended(ctx)
	}
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if c.link != nil && c.link.alive() {
		return c.link, nil
	}
	l, err := c.dial(ctx)
	if err != nil {
		return nil, err
	}
	c.link = l
	return l, nil
}

func (c *Client) dial(ctx context.Context) (*link, error) {
	dialer := net.Dialer{Timeout: c.cfg.DialTimeout}
	raw, err := dialer.DialContext(ctx, "tcp", c.cfg.Address)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ended(ctx)
		}
		return nil, &passingError{err}
	}
	conn := &watchedConn{Conn: raw, idle: c.cfg.IdleTimeout}
	stop := context.AfterFunc(ctx, func() { raw.Close() })
	l, err := c.handshake(conn)
	if !stop() {
		raw.Close()
		return nil, ended(ctx)
	}
	if err != nil {
		raw.Close()
		return nil, err
	}
	return l, nil
}

// handshake brings conn as far as SFTP. The library bounds none of its steps,
// so one deadline on the connection bounds them all.
func (c *Client) handshake(conn *watchedConn) (*link, error) {
	if err := conn.SetDeadline(time.Now().Add(c.cfg.HandshakeTimeout)); err != nil {
		return nil, &passingError{err}
	}
	var authBegan atomic.Bool
	sshConn, channels, requests, err := ssh.NewClientConn(conn, c.cfg.Address, c.sshConfig(&authBegan))
	if err != nil {
		return nil, c.classify(conn, err, authBegan.Load())
	}
	client := ssh.NewClient(sshConn, channels, requests)
	files, err := sftp.NewClient(client)
	if err != nil {
		client.Close()
		err = c.classify(conn, fmt.Errorf("start sftp: %w", err), false)
		// The library's error of a lost connection does not show what it is.
		if broken, _ := conn.ended(); broken && !mayPass(err) {
			err = &passingError{err}
		}
		return nil, err
	}
	if err := conn.SetDeadline(time.Time{}); err != nil {
		client.Close()
		return nil, &passingError{err}
	}
	c.cfg.Log.Info("remote connected", zap.String("address", c.cfg.Address),
		zap.ByteString("server", sshConn.ServerVersion()))
	return newLink(conn, files), nil
}

// classify tells what may pass from what was refused. A server that hangs up
// once authentication began has refused: some do so in place of an answer, and
// trying on would lock the account.
func (c *Client) classify(conn *watchedConn, err error, authBegan bool) error {
	_, silent := conn.ended()
	var key *HostKeyError
	switch {
	case errors.As(err, &key):
		return key
	case silent || errors.Is(err, os.ErrDeadlineExceeded):
		return &passingError{fmt.Errorf("no handshake within %s: %w", c.cfg.HandshakeTimeout, err)}
	case authBegan:
		return fmt.Errorf("%w: %w", ErrAuth, err)
	case lost(err):
		return &passingError{err}
	}
	return err
}

func (c *Client) sshConfig(authBegan *atomic.Bool) *ssh.ClientConfig {
	cfg := &ssh.ClientConfig{
		User:              c.cfg.User,
		ClientVersion:     "SSH-2.0-Buzon",
		HostKeyCallback:   pinned(c.cfg.Address, c.cfg.HostKeys),
		HostKeyAlgorithms: preferPinned(c.cfg.HostKeys),
		AuthCallback: func(*ssh.ClientAuthContext) (ssh.AuthMethod, error) {
			authBegan.Store(true)
			return nil, nil
		},
	}
	// Named one by one: the library's defaults still offer SHA-1.
	cfg.KeyExchanges = []string{ssh.KeyExchangeMLKEM768X25519, ssh.KeyExchangeCurve25519}
	cfg.Ciphers = []string{
		ssh.CipherAES256GCM, ssh.CipherAES128GCM, ssh.CipherChaCha20Poly1305,
		ssh.CipherAES256CTR, ssh.CipherAES192CTR, ssh.CipherAES128CTR,
	}
	cfg.MACs = []string{ssh.HMACSHA256ETM, ssh.HMACSHA512ETM}
	if len(c.cfg.Signers) > 0 {
		cfg.Auth = append(cfg.Auth, ssh.PublicKeys(withoutSHA1(c.cfg.Signers)...))
	}
	if c.cfg.Password != nil {
		cfg.Auth = append(cfg.Auth, ssh.PasswordCallback(c.cfg.Password))
	}
	return cfg
}

// withoutSHA1 keeps RSA keys from signing with SHA-1 for a server that does not
// say what it takes.
func withoutSHA1(signers []ssh.Signer) []ssh.Signer {
	strong := make([]ssh.Signer, 0, len(signers))
	for _, s := range signers {
		if a, ok := s.(ssh.AlgorithmSigner); ok && s.PublicKey().Type() == ssh.KeyAlgoRSA {
			if w, err := ssh.NewSignerWithAlgorithms(a,
				[]string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}); err == nil {
				s = w
			}
		}
		strong = append(strong, s)
	}
	return strong
}
