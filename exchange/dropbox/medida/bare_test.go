package medida_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// serveBare is the least that pkg/sftp and x/crypto make a server of: no limits,
// no evidence, nothing synced.
func serveBare(ctx context.Context, ln net.Listener, dir string, allocator bool, ready func()) error {
	cfg := &ssh.ServerConfig{PublicKeyCallback: func(meta ssh.ConnMetadata,
		key ssh.PublicKey) (*ssh.Permissions, error) {
		if !bytes.Equal(key.Marshal(), signer(meta.User()).PublicKey().Marshal()) {
			return nil, errors.New("unknown key")
		}
		return nil, nil
	}}
	cfg.AddHostKey(signer("host"))
	var opts []sftp.RequestServerOption
	if allocator {
		opts = append(opts, sftp.WithRSAllocator())
	}
	context.AfterFunc(ctx, func() { ln.Close() })
	ready()
	for {
		c, err := ln.Accept()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			return err
		}
		go bareConn(c, cfg, plain(dir), opts)
	}
}

func bareConn(c net.Conn, cfg *ssh.ServerConfig, files plain, opts []sftp.RequestServerOption) {
	defer c.Close()
	_, chans, reqs, err := ssh.NewServerConn(c, cfg)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(reqs)
	for nc := range chans {
		ch, reqs, err := nc.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range reqs {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		go func() {
			defer ch.Close()
			_ = sftp.NewRequestServer(ch,
				sftp.Handlers{FileGet: files, FilePut: files, FileCmd: files, FileList: files},
				opts...).Serve()
			_, _ = ch.SendRequest("exit-status", false, ssh.Marshal(struct{ Status uint32 }{0}))
		}()
	}
}

// plain serves a folder of the disk.
type plain string

func (p plain) path(r *sftp.Request) string { return filepath.Join(string(p), r.Filepath) }

func (p plain) Fileread(r *sftp.Request) (io.ReaderAt, error) { return os.Open(p.path(r)) }

func (p plain) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	return os.OpenFile(p.path(r), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
}

func (p plain) Filecmd(*sftp.Request) error { return nil }

func (p plain) Filelist(r *sftp.Request) (sftp.ListerAt, error) {
	if r.Method == "List" {
		return listed{}, nil
	}
	info, err := os.Stat(p.path(r))
	return listed{info}, err
}

type listed []os.FileInfo

func (l listed) ListAt(into []os.FileInfo, off int64) (int, error) {
	if off >= int64(len(l)) {
		return 0, io.EOF
	}
	return copy(into, l[off:]), nil
}
