package remote

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/pkg/sftp"
)

// comparison is what lies under a name, compared with a content.
type comparison int

const (
	absent comparison = iota
	same
	other
)

// look compares what lies under target with the content that mine digests. It
// asks for that only if something lies there.
func (l *link) look(target string, mine func() (contentID, error)) (comparison, error) {
	fi, err := l.files.Lstat(target)
	switch {
	case errors.Is(standard(err), fs.ErrNotExist):
		return absent, nil
	case err != nil:
		return other, fmt.Errorf("look: %w", err)
	case !fi.Mode().IsRegular():
		return other, nil
	}
	want, err := mine()
	if err != nil || want.size != fi.Size() {
		return other, err
	}
	got, err := l.digest(target)
	if err != nil {
		return other, fmt.Errorf("compare: %w", err)
	}
	if got != want {
		return other, nil
	}
	return same, nil
}

// digest reads a file of the server.
func (l *link) digest(file string) (contentID, error) {
	f, err := l.files.Open(file)
	if err != nil {
		return contentID{}, err
	}
	defer f.Close()
	h := sha256.New()
	n, err := f.WriteTo(h)
	if err != nil {
		return contentID{}, err
	}
	return contentID{[sha256.Size]byte(h.Sum(nil)), n}, nil
}

// digestOf opens the caller's content, sends it to w and closes it.
func digestOf(open func() (io.ReadCloser, error), w io.Writer) (contentID, error) {
	r, err := open()
	if err != nil {
		return contentID{}, &contentError{err}
	}
	defer r.Close()
	h := sha256.New()
	src := &source{r: r}
	n, err := io.Copy(w, io.TeeReader(src, h))
	switch {
	case src.err != nil:
		return contentID{}, &contentError{src.err}
	case err != nil:
		return contentID{}, fmt.Errorf("write: %w", err)
	}
	return contentID{[sha256.Size]byte(h.Sum(nil)), n}, nil
}

// source keeps the caller's own error apart from those of the server.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// writerFrom makes io.Copy send several packets at a time. Holes that a failed
// one may leave do no harm: the file has no name yet and is read back.
type writerFrom struct{ f *sftp.File }

func (w writerFrom) Write(p []byte) (int, error) { return w.f.Write(p) }

// ReadFrom sends all of r.
func (w writerFrom) ReadFrom(r io.Reader) (int64, error) {
	return w.f.ReadFromWithConcurrency(r, parallelWrites)
}
