package dropbox

import (
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pkg/sftp"
	"go.uber.org/zap"

	"buzon/exchange/dropbox/tree"
)

// session answers the requests of one sftp session. Requests other than reads
// and writes come one after the other.
type session struct {
	srv  *Server
	a    *tree.Account
	peer *peer
	log  *zap.Logger

	mu      sync.Mutex
	handles int
}

// refuse gives what a client may see of an error, and tells of what it was
// refused for.
func (s *session) refuse(op string, err error) error {
	return s.refuseFile(op, "", "", err)
}

// refuseFile is refuse where the folder and the name are known to be ours.
func (s *session) refuseFile(op, folder, name string, err error) error {
	if err == nil {
		return nil
	}
	v := s.judge(err)
	if v.reason != "" {
		s.srv.refused(v.reason, s.peer.account, s.peer.address)
	}
	if v.broken {
		s.log.Warn(op, zap.String("folder", folder), zap.String("name", name), zap.Error(err))
	}
	return v.status
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
func (s *session) Fileread(r *sftp.Request) (_ io.ReaderAt, err error) {
	defer s.guard(&err)
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
		return &ownFile{s, file, release}, nil
	}
	p := Pickup{
		Account: s.a.Name(), Folder: strings.TrimPrefix(f.Name, "."), Name: name,
		Size: info.Size(), ModTime: info.ModTime(),
		Key: s.peer.print, Remote: s.peer.remote, Client: s.peer.client, Algorithms: s.peer.algorithms,
		Opened: s.srv.cfg.Tree.Now(), Closed: true,
	}
	told := func(p Pickup) {
		defer release()
		s.pickedUp(p)
	}
	return &download{s: s, f: file, now: s.srv.cfg.Tree.Now, done: told, p: p}, nil
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
func (s *session) Filewrite(r *sftp.Request) (io.WriterAt, error) { return s.begin(r) }

// OpenFile opens a file for writing for a client that asks to read as well. It
// can not, but without this the library would have its reads write zeros.
func (s *session) OpenFile(r *sftp.Request) (sftp.WriterAtReaderAt, error) { return s.begin(r) }

func (s *session) begin(r *sftp.Request) (_ *writer, err error) {
	defer s.guard(&err)
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
	u.Max = s.srv.uploadBytes(s.peer.account)
	return &writer{s: s, u: u, folder: f.Name, name: name, done: release}, nil
}

// writer is an upload as the protocol sees it.
type writer struct {
	s            *session
	u            *tree.Upload
	folder, name string
	done         func() // gives the handle back
	failed       atomic.Bool
}

// WriteAt is called from several goroutines, in no order.
func (w *writer) WriteAt(p []byte, off int64) (n int, err error) {
	defer w.s.guard(&err)
	n, err = w.u.WriteAt(p, off)
	return n, w.refuse(err)
}

// ReadAt refuses.
func (w *writer) ReadAt([]byte, int64) (int, error) { return 0, w.s.refuse("read", fs.ErrPermission) }

// TransferError is called before Close where the connection broke.
func (w *writer) TransferError(error) { w.u.Lost() }

// Close finishes the upload, or keeps it as cut. Its client gets an answer after
// everybody was told of the arrival.
func (w *writer) Close() (err error) {
	defer w.s.guard(&err)
	defer w.done()
	if w.s.peer.withdrawn.Load() {
		w.u.Lost()
	}
	arrived, err := w.u.Close()
	if arrived {
		w.s.arrived(w.folder, w.name)
	}
	return w.refuse(err)
}

// refuse tells of the first failure of an upload; those of further writes, and
// of its close, follow from it.
func (w *writer) refuse(err error) error {
	if err != nil && w.failed.Swap(true) {
		return w.s.judge(err).status
	}
	return w.s.refuseFile("upload", w.folder, w.name, err)
}

func (s *session) arrived(folder, name string) {
	s.log.Info("upload", zap.String("folder", folder), zap.String("name", name))
	if s.srv.cfg.OnUpload != nil {
		s.srv.cfg.OnUpload(s.a.Name(), folder, name)
	}
}

// Filecmd answers every request that changes something but bytes.
func (s *session) Filecmd(r *sftp.Request) (err error) {
	defer s.guard(&err)
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
	return s.refuse(r.Method, fs.ErrPermission)
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
	// The flags may promise attributes that the packet does not hold.
	if attrs := r.Attributes(); attrs != nil && r.AttrFlags().Acmodtime {
		return s.a.ShowTime(f, name, attrs.ModTime())
	}
	return nil
}

// PosixRename answers both kinds of rename alike: a used final name makes one
// more arrival, so that neither kind can take anything away.
func (s *session) PosixRename(r *sftp.Request) (err error) {
	defer s.guard(&err)
	f, name, err := s.split(r.Filepath)
	if err != nil {
		return s.refuse("rename", err)
	}
	g, target, err := s.split(r.Target)
	if err != nil || name == "" || target == "" || f.Name != g.Name || s.peer.withdrawn.Load() {
		return s.refuse("rename", fs.ErrPermission)
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
