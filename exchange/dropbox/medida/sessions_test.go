package medida_test

import (
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
	"golang.org/x/sync/errgroup"
)

// sessionsAtLeast makes a column long enough to be read on a clock.
const sessionsAtLeast = 64

// BenchmarkSessions counts whole sessions: connect, sign in, begin sftp, ask for
// one file, end.
func BenchmarkSessions(b *testing.B) {
	for _, clients := range []int{1, 16, 200} {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			servers := startAll(b, 1000)
			total := max(sessionsAtLeast, 2*clients)
			for range b.N {
				compare(b, servers, float64(total), "sessions/s", func(s *server) error {
					return many(clients, total, func(int) error { return s.session() })
				})
			}
		})
	}
}

// many calls fn for 0 to total-1, so many at once.
func many(atOnce, total int, fn func(n int) error) error {
	var next atomic.Int64
	var group errgroup.Group
	for range atOnce {
		group.Go(func() error {
			for {
				n := int(next.Add(1)) - 1
				if n >= total {
					return nil
				}
				if err := fn(n); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

func (s *server) session() error {
	v, err := s.visit(0)
	if err != nil {
		return err
	}
	_, err = v.Stat("reclamaciones/" + fmt.Sprintf(lot, account(0)))
	return errors.Join(err, v.end())
}

// visitor is a client of x/crypto and pkg/sftp, signed in.
type visitor struct {
	*sftp.Client
	conn *ssh.Client
}

// visit signs an account in.
func (s *server) visit(n int) (visitor, error) {
	c, err := net.Dial("tcp", s.addr)
	if err != nil {
		return visitor{}, err
	}
	if err := c.SetDeadline(time.Now().Add(2 * time.Minute)); err != nil {
		return visitor{}, err
	}
	conn, chans, reqs, err := ssh.NewClientConn(c, s.addr, &ssh.ClientConfig{
		User: s.user(n), Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(account(n)))},
		HostKeyCallback:   ssh.FixedHostKey(signer("host").PublicKey()),
		HostKeyAlgorithms: []string{ssh.KeyAlgoED25519},
	})
	if err != nil {
		c.Close()
		return visitor{}, err
	}
	v := visitor{conn: ssh.NewClient(conn, chans, reqs)}
	if v.Client, err = sftp.NewClient(v.conn); err != nil {
		v.conn.Close()
		return visitor{}, err
	}
	return v, nil
}

// end closes sftp and the connection.
func (v visitor) end() error {
	err := v.Client.Close()
	if end := v.conn.Close(); !errors.Is(end, net.ErrClosed) {
		err = errors.Join(err, end)
	}
	return err
}
