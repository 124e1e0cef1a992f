package carpeta

import (
	"io"
	"io/fs"
	"os"
)

// ErrCambio says that a file was written to while it was read. What was read is
// nothing; it is read again once it lies still.
var ErrCambio error = passing("it changed while it was read")

// passing is an error that may pass by itself.
type passing string

func (p passing) Error() string { return string(p) }

// MayPass tells the exchange of its class.
func (p passing) MayPass() bool { return true }

// OpenFile is an open file of the folder.
type OpenFile struct {
	m    *Mailbox
	f    *os.File
	info fs.FileInfo
}

// Stat tells of the file as it was when it was opened: its size, and the time from
// which its age counts.
func (a *OpenFile) Stat() (fs.FileInfo, error) { return a.info, nil }

// Read reads on. At the end it gives io.EOF where the file's size and time are those
// that it had when it was opened, else an error that wraps ErrCambio.
func (a *OpenFile) Read(p []byte) (int, error) {
	n, err := a.f.Read(p)
	switch {
	case err == nil:
		return n, nil
	case err != io.EOF:
		return n, a.m.failed("read", a.info.Name(), err)
	}
	now, err := a.f.Stat()
	if err != nil {
		return n, a.m.failed("read", a.info.Name(), err)
	}
	if now.Size() != a.info.Size() || !now.ModTime().Equal(a.info.ModTime()) {
		return n, a.m.failed("read", a.info.Name(), ErrCambio)
	}
	return n, io.EOF
}

// Close ends the reading. It does not tell of changes.
func (a *OpenFile) Close() error { return a.f.Close() }
