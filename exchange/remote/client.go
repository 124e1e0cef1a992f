// Package remote is the SFTP client of the exchange: it reads and writes the
// folders of a party that has a server of its own.
//
// It trusts little. The key of the server is pinned and nothing turns that off.
// A file counts as whole when its size and time did not change between two
// listings, and what was read is checked against what was listed. What was
// written is read back before it gets its name. Every wait has an end.
//
// Only errors that may pass are tried again: a failed dial, a timeout, a lost
// connection. Refusals are told at once, since a second try would not change
// them and may lock an account.
//
// Its Mailbox passes exchangetest.TestMailbox.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
)

// Options says which server to dial and how patient to be. A limit of 0 is no bound.
type Options struct {
	Address  string                 // host:port
	User     string                 // the account on that server
	Signers  []ssh.Signer           // keys of this gateway, tried in order
	Password func() (string, error) // optional; asked once a dial, if the server wants one

	// HostKeys are the pinned keys of the server, at least one; more than one
	// while the party changes its key.
	HostKeys []ssh.PublicKey

	DialTimeout      time.Duration // for the TCP connection
	HandshakeTimeout time.Duration // for key exchange, authentication and start of SFTP
	IdleTimeout      time.Duration // of a call in which no byte moves
	Settle           time.Duration // that a file must lie unchanged

	// Retries is how often a call is tried again after an error that may pass.
	// Backoff is the first pause, 2 s if zero; each further one doubles.
	Retries int
	Backoff time.Duration

	// Now and Wait are the clock of settling and of the pauses; the machine's if
	// nil. The limits on the network always run on the machine's clock.
	Now  func() time.Time
	Wait func(context.Context, time.Duration) error

	// Shown gives a path as Log may have it; nil: as it is. What a party calls a
	// file may tell of a person.
	Shown func(path string) string
	Log   *zap.Logger // names, counts and addresses; nothing if nil
}

// A Client is one account on one server. All its mailboxes share one connection,
// dialled by the first call and again when it was lost. It may be used from
// several goroutines; a call that is cancelled closes the connection, and the
// others dial again.
type Client struct {
	cfg  Options
	life context.Context // ends with Close, and with it every call under way
	end  context.CancelFunc

	turn chan struct{} // its one place is taken by whoever uses the field link
	link *link

	mu      sync.Mutex
	folders map[string]*folder       // what was seen, by folder
	busy    map[string]chan struct{} // paths that are being written
}

// New checks cfg and gives a Client; it does not dial.
func New(cfg Options) (*Client, error) {
	if err := cfg.check(); err != nil {
		return nil, fmt.Errorf("remote %s: %w", cfg.Address, err)
	}
	cfg.fill()
	life, end := context.WithCancel(context.Background())
	return &Client{
		cfg: cfg, life: life, end: end,
		turn:    make(chan struct{}, 1),
		folders: make(map[string]*folder),
		busy:    make(map[string]chan struct{}),
	}, nil
}

func (cfg *Options) check() error {
	if _, _, err := net.SplitHostPort(cfg.Address); err != nil {
		return fmt.Errorf("address: %w", err)
	}
	if cfg.User == "" {
		return errors.New("no user")
	}
	if len(cfg.Signers) == 0 && cfg.Password == nil {
		return errors.New("neither key nor password")
	}
	for _, d := range []time.Duration{cfg.DialTimeout, cfg.HandshakeTimeout, cfg.IdleTimeout, cfg.Settle,
		cfg.Backoff} {
		if d < 0 {
			return fmt.Errorf("negative duration %s", d)
		}
	}
	return checkPins(cfg.HostKeys)
}

// never is longer than any connection.
const never = 100 * 365 * 24 * time.Hour

func (cfg *Options) fill() {
	cfg.HandshakeTimeout = cmp.Or(cfg.HandshakeTimeout, never)
	cfg.IdleTimeout = cmp.Or(cfg.IdleTimeout, never)
	cfg.Backoff = cmp.Or(cfg.Backoff, 2*time.Second)
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Wait == nil {
		cfg.Wait = wait
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
}

func wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close ends the connection and every call under way. A closed Client stays
// closed. It may be called more than once.
func (c *Client) Close() error {
	c.end()
	c.turn <- struct{}{}
	defer func() { <-c.turn }()
	if c.link != nil {
		c.link.close()
		c.link = nil
	}
	return nil
}

// do runs fn over the connection, and again after an error that may pass. The
// error that it gives reads as a path: the server, the operation, the file.
func (c *Client) do(ctx context.Context, op, path string, fn func(*link) error) error {
	ctx, cancel := c.bind(ctx)
	defer cancel()
	for try := 0; ; try++ {
		err := c.once(ctx, fn)
		if err == nil {
			return nil
		}
		if !mayPass(err) || try >= c.cfg.Retries {
			return c.wrap(op, path, err)
		}
		pause := jitter(c.cfg.Backoff<<min(try, 10), rand.Float64())
		c.cfg.Log.Warn("remote call is tried again", zap.String("address", c.cfg.Address),
			zap.String("op", op), zap.String("path", c.shown(path)), zap.Duration("pause", pause),
			zap.String("error", strings.ReplaceAll(err.Error(), path, c.shown(path))))
		if waited := c.cfg.Wait(ctx, pause); waited != nil {
			return c.wrap(op, path, fmt.Errorf("%w, after: %w", waited, err))
		}
	}
}

// jitter makes a pause up to half as long again, so that clients whose servers came down
// together do not come back together; r is from [0, 1).
func jitter(pause time.Duration, r float64) time.Duration {
	return pause + time.Duration(r*float64(pause)/2)
}

func (c *Client) shown(path string) string {
	if c.cfg.Shown == nil {
		return path
	}
	return c.cfg.Shown(path)
}

func (c *Client) once(ctx context.Context, fn func(*link) error) error {
	l, err := c.connect(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	return l.during(ctx, func() error { return fn(l) })
}

// bind makes ctx end with the Client too.
func (c *Client) bind(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(c.life, func() { cancel(errClosed) })
	return ctx, func() { stop(); cancel(nil) }
}

// lock keeps two calls of this Client from writing one path at a time.
func (c *Client) lock(ctx context.Context, path string) (unlock func(), err error) {
	for {
		c.mu.Lock()
		other, taken := c.busy[path]
		if !taken {
			mine := make(chan struct{})
			c.busy[path] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.busy, path)
				c.mu.Unlock()
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (c *Client) wrap(op, path string, err error) error {
	return fmt.Errorf("remote %s: %s %s: %w", c.cfg.Address, op, path, err)
}
