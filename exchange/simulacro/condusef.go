package simulacro

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

// The gateway's account at CONDUSEF, and its folders there.
const (
	Usuario = "pasarela"
	Salida  = "salida"  // CONDUSEF leaves files, the gateway reads them
	Entrada = "entrada" // the gateway writes, annexes in the folder anexos
)

const anexos = "anexos"

// CONDUSEF plays the regulator: an SFTP server of its own on a port of this
// machine, that the gateway dials.
type CONDUSEF struct {
	Address string             // host:port
	HostKey ssh.PublicKey      // to pin
	Key     ed25519.PrivateKey // with which the gateway signs in as Usuario
	Signer  ssh.Signer         // the same key

	files *estante
	end   context.CancelFunc
	done  chan struct{} // closed when the server is down
	err   error         // of the server; read after done
}

// StartCONDUSEF starts the server over the files in dir. Its keys are new each
// time. now gives the moments at which files arrive. It runs until ctx ends or
// Close.
func StartCONDUSEF(ctx context.Context, dir string, now func() time.Time) (*CONDUSEF, error) {
	c := &CONDUSEF{done: make(chan struct{})}
	server, err := c.open(dir, now)
	if err != nil {
		return nil, fmt.Errorf("start CONDUSEF: %w", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start CONDUSEF: %w", err), c.files.Close())
	}
	c.Address = ln.Addr().String()
	ctx, c.end = context.WithCancel(ctx)
	go func() {
		defer close(c.done)
		defer c.end()
		c.err = errors.Join(server.Serve(ctx, ln), c.files.Close())
	}()
	return c, nil
}

func (c *CONDUSEF) open(dir string, now func() time.Time) (_ *dropbox.Server, err error) {
	_, host, err := newKey()
	if err != nil {
		return nil, err
	}
	if c.Key, c.Signer, err = newKey(); err != nil {
		return nil, err
	}
	c.HostKey = host.PublicKey()
	if c.files, err = openEstante(dir, now); err != nil {
		return nil, err
	}
	server, err := c.serve(host, now)
	if err != nil {
		return nil, errors.Join(err, c.files.Close())
	}
	return server, nil
}

func (c *CONDUSEF) serve(host ssh.Signer, now func() time.Time) (*dropbox.Server, error) {
	mine := ssh.FingerprintSHA256(c.Signer.PublicKey())
	return dropbox.New(dropbox.Options{
		Uploads: c.files.uploads, Now: now, HostKeys: []ssh.Signer{host},
		View: func(string) (fs.FS, error) { return c.files.view, nil },
		Folders: func(account string) ([]dropbox.Folder, error) {
			if account != Usuario {
				return nil, fs.ErrNotExist
			}
			return []dropbox.Folder{{Name: Salida}, {Name: Entrada, Upload: true},
				{Name: path.Join(Entrada, anexos), Upload: true}}, nil
		},
		Authorize: func(_ string, key ssh.PublicKey) error {
			if ssh.FingerprintSHA256(key) != mine {
				return errors.New("unknown key")
			}
			return nil
		},
	})
}

// newKey makes a key of this rehearsal.
func newKey() (ed25519.PrivateKey, ssh.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	signer, err := ssh.NewSignerFromKey(key)
	return key, signer, err
}

// Leave makes a file appear in Salida. The same content again is no error; other
// content under the name wraps fs.ErrExist.
func (c *CONDUSEF) Leave(name string, content []byte) error {
	if err := c.files.leave(path.Join(Salida, name), content); err != nil {
		return fmt.Errorf("leave: %w", err)
	}
	return nil
}

// Received lists what the gateway delivered to Entrada, oldest first, and then
// the annexes as anexos/<name>.
func (c *CONDUSEF) Received() ([]string, error) {
	var names []string
	for _, sub := range []string{"", anexos} {
		files, err := c.files.list(path.Join(Entrada, sub))
		if err != nil {
			return nil, fmt.Errorf("received: %w", err)
		}
		for _, f := range files {
			names = append(names, path.Join(sub, f.Name()))
		}
	}
	return names, nil
}

// Read gives a file that Received listed.
func (c *CONDUSEF) Read(name string) ([]byte, error) {
	content, err := fs.ReadFile(c.files.view, path.Join(Entrada, name))
	if err != nil {
		return nil, fmt.Errorf("read: %w", err)
	}
	return content, nil
}

// Close ends the server and waits until it is down. It may be called again, and
// after ctx has ended.
func (c *CONDUSEF) Close() error {
	c.end()
	<-c.done
	return c.err
}
