package dropbox

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"go.uber.org/zap"

	"buzon/exchange/dropbox/tree"
)

var errTooManyHandles = errors.New("too many open handles")

// session answers the requests of one sftp session. Requests other than reads
// and writes come one after the other.
type session struct {
	srv *Server
	a   *tree.Account
	id  identity
	log *zap.Logger

	mu      sync.Mutex
	handles int
}

// refuse gives the error that a client may see: a code of the protocol, without
// a path of the server. told gets what is neither absent nor forbidden.
func refuse(err error, told func(error)) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return sftp.ErrSSHFxNoSuchFile
	case errors.Is(err, fs.ErrPermission), errors.Is(err, fs.ErrInvalid):
		return sftp.ErrSSHFxPermissionDenied
	}
	if told != nil {
		told(err)
	}
	return sftp.ErrSSHFxFailure
}

func (s *session) refuse(op string, err error) error {
	return refuse(err, func(err error) { s.log.Warn(op, zap.Error(err)) })
}

// split takes a client's path apart: /, /folder, /folder/name or /name. The
// folder of what lies beside the folders has no name.
func (s *session) split(p string) (f tree.Folder, name string, err error) {
	p = strings.TrimPrefix(path.Clean("/"+p), "/")
	if p == "" {
		return tree.Folder{Name: "."}, "", nil
	}
	if f, ok := s.a.Folder(p); ok {
		return f, "", nil
	}
	dir, name := path.Split(p)
	if dir == "" {
		return tree.Folder{Name: "."}, name, nil
	}
	f, ok := s.a.Folder(strings.TrimSuffix(dir, "/"))
	if !ok {
		return tree.Folder{}, "", fs.ErrNotExist
	}
	return f, name, nil
}

// hold counts a handle; the function that it gives is called once, at its end.
func (s *session) hold() (func(), error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.handles >= s.srv.cfg.Limits.Handles {
		return nil, errTooManyHandles
	}
	s.handles++
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.handles--
	}), nil
}

// Fileread opens a file for reading.
func (s *session) Fileread(r *sftp.Request) (io.ReaderAt, error) {
	release, err := s.hold()
	if err != nil {
		return nil, s.refuse("open", err)
	}
	f, name, err := s.split(r.Filepath)
	if err == nil && name == "" {
		err = fs.ErrPermission // a folder is read by listing it
	}
	var file *os.File
	if err == nil {
		file, err = s.a.Open(f, name)
	}
	var info fs.FileInfo
	if err == nil {
		if info, err = file.Stat(); err != nil {
			file.Close()
		}
	}
	if err != nil {
		release()
		return nil, s.refuse("open", err)
	}
	if f.Upload {
		return &ownFile{file, release}, nil
	}
	p := Pickup{
		Account: s.a.Name(), Folder: strings.TrimPrefix(f.Name, "."), Name: name,
		Size: info.Size(), ModTime: info.ModTime(),
		Key: s.id.print, Remote: s.id.remote, Client: s.id.client, Algorithms: s.id.algorithms,
		Opened: s.srv.cfg.Tree.Now(), Closed: true,
	}
	told := func(p Pickup) {
		defer release()
		s.pickedUp(p)
	}
	return &download{f: file, now: s.srv.cfg.Tree.Now, done: told, log: s.log, p: p}, nil
}

func (s *session) pickedUp(p Pickup) {
	s.log.Info("pickup", zap.String("folder", p.Folder), zap.String("name", p.Name),
		zap.Int64("size", p.Size), zap.Int64("read", p.Read.Bytes()),
		zap.Bool("complete", p.Complete), zap.Bool("closed", p.Closed))
	if s.srv.cfg.OnPickup == nil {
		return
	}
	if err := s.srv.cfg.OnPickup(p); err != nil {
		s.log.Error("evidence of a pickup lost", zap.String("folder", p.Folder), zap.String("name", p.Name), zap.Error(err))
	}
}

// Filewrite opens a file for writing.
func (s *session) Filewrite(r *sftp.Request) (io.WriterAt, error) {
	release, err := s.hold()
	if err != nil {
		return nil, s.refuse("upload", err)
	}
	f, name, err := s.split(r.Filepath)
	if err == nil && name == "" {
		err = fs.ErrPermission
	}
	var u *tree.Upload
	if err == nil {
		fl := r.Pflags()
		u, err = s.a.Begin(f, name, tree.Opening{Create: fl.Creat, Truncate: fl.Trunc, Exclusive: fl.Excl})
	}
	if err != nil {
		release()
		return nil, s.refuse("upload", err)
	}
	u.Max = s.srv.cfg.Limits.UploadBytes
	return &writer{s: s, u: u, folder: f.Name, name: name, done: release}, nil
}

// writer is an upload as the protocol sees it.
type writer struct {
	s            *session
	u            *tree.Upload
	folder, name string
	done         func() // gives the handle back
}

// WriteAt is called from several goroutines, in no order.
func (w *writer) WriteAt(p []byte, off int64) (int, error) {
	n, err := w.u.WriteAt(p, off)
	return n, w.refuse(err)
}

// TransferError is called before Close where the connection broke.
func (w *writer) TransferError(error) { w.u.Lost() }

// Close finishes the upload, or keeps it as cut. Its client gets an answer after
// everybody was told of the arrival.
func (w *writer) Close() error {
	defer w.done()
	arrived, err := w.u.Close()
	if arrived {
		w.s.arrived(w.folder, w.name)
	}
	return w.refuse(err)
}

func (w *writer) refuse(err error) error {
	return refuse(err, func(err error) {
		w.s.log.Warn("upload", zap.String("folder", w.folder), zap.String("name", w.name), zap.Error(err))
	})
}

func (s *session) arrived(folder, name string) {
	s.log.Info("upload", zap.String("folder", folder), zap.String("name", name))
	if s.srv.cfg.OnUpload != nil {
		s.srv.cfg.OnUpload(s.a.Name(), folder, name)
	}
}

// Filecmd answers every request that changes something but bytes.
func (s *session) Filecmd(r *sftp.Request) error {
	f, name, err := s.split(r.Filepath)
	switch r.Method {
	case "Setstat":
		if err == nil {
			err = s.setstat(r, f, name)
		}
		return s.refuse("setstat", err)
	case "Rename":
		return s.PosixRename(r)
	case "Remove":
		if err == nil && name == "" {
			err = fs.ErrPermission
		}
		if err == nil {
			err = s.a.Remove(f, name)
		}
		return s.refuse("remove", err)
	}
	// Mkdir, Rmdir, Link, Symlink.
	return sftp.ErrSSHFxPermissionDenied
}

// setstat answers what clients send after an upload. Of all attributes only the
// time has an effect, and that is to be shown again.
func (s *session) setstat(r *sftp.Request, f tree.Folder, name string) error {
	if name == "" {
		return nil
	}
	if _, err := s.a.Stat(f, name); err != nil {
		return err
	}
	if r.AttrFlags().Acmodtime {
		s.a.ShowTime(f, name, time.Unix(int64(r.Attributes().Mtime), 0))
	}
	return nil
}

// PosixRename answers both kinds of rename alike: a used final name makes one
// more arrival, so that neither kind can take anything away.
func (s *session) PosixRename(r *sftp.Request) error {
	f, name, err := s.split(r.Filepath)
	if err != nil {
		return s.refuse("rename", err)
	}
	g, target, err := s.split(r.Target)
	if err != nil || name == "" || target == "" || f.Name != g.Name {
		return sftp.ErrSSHFxPermissionDenied
	}
	arrived, err := s.a.Rename(f, name, target)
	if err != nil {
		return s.refuse("rename", err)
	}
	if arrived {
		s.arrived(g.Name, target)
	}
	return nil
}
