package dropbox

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"go.uber.org/zap"

	"buzon/exchange/dropbox/protocol"
	"buzon/exchange/dropbox/subidas"
)

// session answers the requests of one sftp session, which come one after the
// other: it is the Handler of the protocol.
type session struct {
	srv     *Server
	folders []Folder
	view    fs.FS            // what is finished
	own     *subidas.Account // over it: the party's uploads that are not
	peer    *peer
	log     *zap.Logger
}

func (s *Server) newSession(p *peer, log *zap.Logger) (h *session, err error) {
	h = &session{srv: s, peer: p, log: log}
	if h.folders, err = s.cfg.Folders(p.account); err != nil {
		return nil, err
	}
	if h.view, err = s.cfg.View(p.account); err != nil {
		return nil, err
	}
	h.own, err = s.cfg.Uploads.Account(p.account)
	return h, err
}

// Refuse gives what a client may see of an error, and tells of what it was
// refused for.
func (s *session) Refuse(request string, err error) protocol.Status {
	var said protocol.Status
	if errors.As(err, &said) {
		return said
	}
	return s.refuseFile(request, "", "", err)
}

// refuseFile is Refuse where the folder and the name are known to be ours.
func (s *session) refuseFile(request, folder, name string, err error) protocol.Status {
	v := s.judge(err)
	if v.reason != "" {
		s.srv.refused(v.reason, s.peer.account, s.peer.address)
	}
	if v.broken {
		s.log.Warn(request, zap.String("folder", folder), s.named(folder, name), s.fault(folder, name, err))
	}
	return v.status
}

// named is the name of a file for the process log.
func (s *session) named(folder, name string) zap.Field {
	return zap.String("name", s.shown(folder, name))
}

// shown is that name: in a folder of uploads it may be whatever its party likes.
func (s *session) shown(folder, name string) string {
	if s.srv.cfg.Shown == nil || name == "" {
		return name
	}
	return path.Base(s.srv.cfg.Shown(path.Join(folder, name)))
}

// fault is an error about a file for the process log.
func (s *session) fault(folder, name string, err error) zap.Field {
	if shown := s.shown(folder, name); shown != name {
		return zap.String("error", strings.ReplaceAll(err.Error(), name, shown))
	}
	return zap.Error(err)
}

// split takes a clean path apart: /, /folder, /folder/name or /name. The folder of
// what lies beside the folders has no name.
func (s *session) split(p string) (f Folder, name string, err error) {
	p = strings.TrimPrefix(p, "/")
	if p == "" {
		return Folder{Name: "."}, "", nil
	}
	if f, ok := s.folder(p); ok {
		return f, "", nil
	}
	dir, name := path.Split(p)
	if dir == "" {
		return Folder{Name: "."}, name, nil
	}
	f, ok := s.folder(strings.TrimSuffix(dir, "/"))
	if !ok {
		return Folder{}, "", fs.ErrNotExist
	}
	return f, name, nil
}

func (s *session) folder(name string) (Folder, bool) {
	for _, f := range s.folders {
		if f.Name == name {
			return f, true
		}
	}
	return Folder{}, false
}

// Open opens a file: to be written if the client may write at all, though it asks
// to read as well, and otherwise to be read.
func (s *session) Open(p string, how protocol.Opening) (protocol.File, error) {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return nil, err
	case name == "":
		return nil, fs.ErrPermission // a folder is read by listing it
	case how.Write || how.Append || how.Create || how.Truncate:
		return s.upload(f, name, how)
	}
	if f.Upload {
		own, err := s.own.Open(f.Name, name)
		switch {
		case err == nil:
			return &ownFile{f: own}, nil
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	file, info, err := s.open(f, name)
	switch {
	case err != nil:
		return nil, s.refuseFile("open", f.Name, name, err) // it may name the file
	case f.Upload:
		return &ownFile{f: file}, nil
	}
	return s.download(f, name, file, info), nil
}

func (s *session) pickedUp(p Pickup) {
	s.log.Info("pickup", zap.String("folder", p.Folder), s.named(p.Folder, p.Name),
		zap.Int64("size", p.Size), zap.Int64("read", p.Read.Bytes()),
		zap.Bool("complete", p.Complete), zap.Bool("closed", p.Closed))
	if s.srv.cfg.OnPickup == nil {
		return
	}
	if err := s.srv.cfg.OnPickup(p); err != nil {
		s.log.Error("evidence of a pickup lost", zap.String("folder", p.Folder), s.named(p.Folder, p.Name),
			s.fault(p.Folder, p.Name, err))
	}
}

func (s *session) upload(f Folder, name string, how protocol.Opening) (protocol.File, error) {
	if !f.Upload {
		return nil, fs.ErrPermission
	}
	u, err := s.own.Begin(f.Name, name,
		subidas.Intent{Create: how.Create, Truncate: how.Truncate, Exclusive: how.Exclusive})
	if err != nil {
		return nil, err
	}
	u.Max = s.srv.uploadBytes(s.peer.account, name)
	return &upload{s: s, u: u, folder: f.Name, name: name}, nil
}

// upload is an upload as the protocol sees it.
type upload struct {
	s            *session
	u            *subidas.Upload
	folder, name string
	failed       bool
}

func (w *upload) WriteAt(p []byte, off int64) (int, error) {
	n, err := w.u.WriteAt(p, off)
	return n, w.refuse(err)
}

// ReadAt refuses, also where the client asked to read what it writes.
func (w *upload) ReadAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }

// Lost keeps the upload as cut.
func (w *upload) Lost() {
	w.u.Lost()
	_ = w.Close() // which tells of its error
}

// Close finishes the upload, or keeps it as cut. Its client gets an answer after
// everybody was told of the arrival.
func (w *upload) Close() error {
	if w.s.peer.withdrawn.Load() {
		w.u.Lost()
	}
	arrived, err := w.u.Close()
	if arrived {
		w.s.arrived(w.folder, w.name, err)
		return nil
	}
	return w.refuse(err)
}

// refuse tells of the first failure of an upload; those of further writes, and
// of its close, follow from it.
func (w *upload) refuse(err error) error {
	switch {
	case err == nil:
		return nil
	case w.failed:
		return w.s.judge(err).status
	}
	w.failed = true
	return w.s.refuseFile("upload", w.folder, w.name, err)
}

// arrived tells of an upload that arrived; left is what went wrong afterwards, which
// is no matter of its client's.
func (s *session) arrived(folder, name string, left error) {
	s.log.Info("upload", zap.String("folder", folder), s.named(folder, name))
	if left != nil {
		s.log.Error("left behind", zap.String("folder", folder), s.named(folder, name),
			s.fault(folder, name, left))
	}
	if s.srv.cfg.OnUpload != nil {
		s.srv.cfg.OnUpload(s.peer.account, folder, name)
	}
}

// Remove takes away the party's own unfinished upload.
func (s *session) Remove(p string) error {
	f, name, err := s.split(p)
	switch {
	case err != nil:
		return err
	case name == "" || !f.Upload:
		return fs.ErrPermission
	}
	return s.own.Remove(f.Name, name)
}

// Rename answers both kinds of rename alike: a used final name makes one more
// arrival, so that neither kind can take anything away.
func (s *session) Rename(from, to string) error {
	f, name, err := s.split(from)
	if err != nil {
		return err
	}
	g, target, err := s.split(to)
	if err != nil || name == "" || target == "" || f != g || !f.Upload || s.peer.withdrawn.Load() {
		return fs.ErrPermission
	}
	arrived, err := s.own.Rename(f.Name, name, target)
	if arrived {
		s.arrived(g.Name, target, err)
		return nil
	}
	return err
}
