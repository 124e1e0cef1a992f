package remote_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"io"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// signer makes the key that belongs to seed: the same in every run.
func signer(t *testing.T, seed string) ssh.Signer {
	t.Helper()
	sum := sha256.Sum256([]byte(seed))
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(sum[:]))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// server is a party's SFTP server over a real folder. Faults are set before the
// first connection.
type server struct {
	dir      string
	addr     string
	hostKeys []ssh.Signer
	user     ssh.PublicKey
	password string

	// fault is asked before each request, with the method, the path in the
	// folder and, for reads and writes, the offset. It may block, hang up, or
	// change the folder first.
	fault func(method, path string, offset int64) error

	program   string // OpenSSH's server in place of our own
	mute      bool   // accept the SSH connection and answer nothing on it
	authLimit int    // MaxAuthTries; 0 the library's

	mu      sync.Mutex
	conns   []net.Conn
	asked   []string   // authentication methods that clients tried
	written [][]byte   // what each client sent, as it came from the wire
	done    chan error // how each handshake ended, as far as anybody asks
}

// start serves until the test ends.
func (s *server) start(t *testing.T) *server {
	t.Helper()
	if s.dir == "" {
		s.dir = t.TempDir()
	}
	if s.hostKeys == nil {
		s.hostKeys = []ssh.Signer{signer(t, "host")}
	}
	s.user = signer(t, "user").PublicKey()
	s.done = make(chan error, 100)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = ln.Addr().String()
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.serve(conn) })
		}
	})
	t.Cleanup(func() {
		ln.Close()
		s.hangUp()
		wg.Wait()
	})
	return s
}

// hangUp cuts every connection.
func (s *server) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
	s.conns = nil
}

// dials counts the connections so far.
func (s *server) dials() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.written)
}

func (s *server) serve(raw net.Conn) {
	s.mu.Lock()
	s.conns = append(s.conns, raw)
	conn := &recordingConn{Conn: raw, server: s, index: len(s.written)}
	s.written = append(s.written, nil)
	s.mu.Unlock()
	defer raw.Close()
	sshConn, channels, requests, err := ssh.NewServerConn(conn, s.config())
	s.done <- err
	if err != nil {
		return
	}
	if s.mute {
		_ = sshConn.Wait()
		return
	}
	go ssh.DiscardRequests(requests)
	for offered := range channels {
		channel, reqs, err := offered.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range reqs {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		if s.program != "" {
			go s.serveProgram(channel)
			continue
		}
		h := handlers{s}
		go func() {
			_ = sftp.NewRequestServer(channel,
				sftp.Handlers{FileGet: h, FilePut: h, FileCmd: h, FileList: h}).Serve()
			channel.Close()
		}()
	}
}

func (s *server) config() *ssh.ServerConfig {
	tried := func(method string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.asked = append(s.asked, method)
	}
	cfg := &ssh.ServerConfig{
		MaxAuthTries: s.authLimit,
		AuthLogCallback: func(_ ssh.ConnMetadata, method string, _ error) {
			tried(method)
		},
		PublicKeyCallback: func(_ ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
			if bytes.Equal(k.Marshal(), s.user.Marshal()) {
				return nil, nil
			}
			return nil, os.ErrPermission
		},
	}
	if s.password != "" {
		cfg.PasswordCallback = func(_ ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			if string(p) == s.password {
				return nil, nil
			}
			return nil, os.ErrPermission
		}
	}
	for _, k := range s.hostKeys {
		cfg.AddHostKey(k)
	}
	return cfg
}

func (s *server) authentications() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.asked...)
}

// recordingConn keeps what the client sent.
type recordingConn struct {
	net.Conn
	server *server
	index  int
}

func (c *recordingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	c.server.written[c.index] = append(c.server.written[c.index], p[:n]...)
	return n, err
}

// handlers serve the folder; its rename replaces, as the worst servers do.
type handlers struct{ *server }

func (h handlers) before(method, path string, offset int64) error {
	if h.fault == nil {
		return nil
	}
	return h.fault(method, path, offset)
}

func (h handlers) real(path string) string { return filepath.Join(h.dir, filepath.Clean("/"+path)) }

func (h handlers) Fileread(r *sftp.Request) (io.ReaderAt, error) { return h.open(r, os.O_RDONLY) }

func (h handlers) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	flags := os.O_WRONLY
	if p := r.Pflags(); p.Creat {
		flags |= os.O_CREATE
		if p.Excl {
			flags |= os.O_EXCL
		}
		if p.Trunc {
			flags |= os.O_TRUNC
		}
	}
	return h.open(r, flags)
}

func (h handlers) open(r *sftp.Request, flags int) (*openFile, error) {
	if err := h.before(r.Method, r.Filepath, 0); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(h.real(r.Filepath), flags, 0o600)
	if err != nil {
		return nil, err
	}
	return &openFile{f, h, r.Filepath}, nil
}

type openFile struct {
	*os.File
	h    handlers
	path string
}

func (f *openFile) ReadAt(p []byte, off int64) (int, error) {
	if err := f.h.before("ReadAt", f.path, off); err != nil {
		return 0, err
	}
	return f.File.ReadAt(p, off)
}

func (f *openFile) WriteAt(p []byte, off int64) (int, error) {
	if err := f.h.before("WriteAt", f.path, off); err != nil {
		return 0, err
	}
	return f.File.WriteAt(p, off)
}

func (h handlers) Filecmd(r *sftp.Request) error {
	if err := h.before(r.Method, r.Filepath, 0); err != nil {
		return err
	}
	switch r.Method {
	case "Rename":
		return os.Rename(h.real(r.Filepath), h.real(r.Target))
	case "Remove":
		return os.Remove(h.real(r.Filepath))
	}
	return sftp.ErrSSHFxOpUnsupported
}

func (h handlers) PosixRename(r *sftp.Request) error {
	if err := h.before("PosixRename", r.Filepath, 0); err != nil {
		return err
	}
	return os.Rename(h.real(r.Filepath), h.real(r.Target))
}

func (h handlers) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if err := h.before(r.Method, r.Filepath, 0); err != nil {
		return nil, err
	}
	switch r.Method {
	case "List":
		entries, err := os.ReadDir(h.real(r.Filepath))
		if err != nil {
			return nil, err
		}
		var infos listing
		for _, e := range entries {
			if fi, err := e.Info(); err == nil {
				infos = append(infos, fi)
			}
		}
		return infos, nil
	case "Stat":
		fi, err := os.Stat(h.real(r.Filepath))
		return listing{fi}, err
	}
	return nil, sftp.ErrSSHFxOpUnsupported
}

func (h handlers) Lstat(r *sftp.Request) (sftp.ListerAt, error) {
	if err := h.before(r.Method, r.Filepath, 0); err != nil {
		return nil, err
	}
	fi, err := os.Lstat(h.real(r.Filepath))
	return listing{fi}, err
}

type listing []os.FileInfo

func (l listing) ListAt(to []os.FileInfo, offset int64) (int, error) {
	if offset >= int64(len(l)) {
		return 0, io.EOF
	}
	n := copy(to, l[offset:])
	if n < len(to) {
		return n, io.EOF
	}
	return n, nil
}
