package protocol

import (
	"errors"
	"io"
	"io/fs"
	"time"
)

// Handler answers what the requests of one session ask for. Its methods are called
// one at a time. Paths are absolute and clean, and otherwise what the client sent:
// any bytes.
//
// Errors of all methods but Refuse go to Refuse, and from there to the client.
type Handler interface {
	// Open opens a file. Serve ends what it gets with Close or with Lost.
	Open(path string, how Opening) (File, error)
	// List gives a folder as it is now; the client reads that in parts.
	List(path string) ([]Entry, error)
	Stat(path string) (fs.FileInfo, error)
	// Set changes what it wants to of the attributes of a file or folder.
	Set(path string, a Attributes) error
	// Rename answers both kinds of rename.
	Rename(from, to string) error
	Remove(path string) error
	// Refuse says what a client gets that asked for request, which is a word such
	// as "open". err is of this Handler, of its files, or one of the errors below.
	Refuse(request string, err error) Status
}

// File is what a client opened. Either Close or Lost is called, once, as the last
// of its methods.
type File interface {
	// ReadAt is never asked for bytes beyond the largest int64.
	io.ReaderAt
	// WriteAt gets a negative offset where that on the wire was above the largest
	// int64: it refuses it, and knows that bytes of its client are missing.
	io.WriterAt
	// Close is what the client asked for; its error is the answer.
	Close() error
	// Lost says that the session ended while the file was open.
	Lost()
}

// Opening says how a client opens a file.
type Opening struct{ Read, Write, Append, Create, Truncate, Exclusive bool }

// Entry is a file or folder in a list. Owner is what its line names as owner and
// group.
type Entry struct {
	fs.FileInfo
	Owner string
}

// Attributes are those that a client wants to set. Owner and permissions are read
// and forgotten.
type Attributes struct {
	HasSize  bool
	Size     uint64 // in bytes
	HasTime  bool
	Modified time.Time // to the second
}

// What a request may be refused for by this package.
var (
	ErrMalformed   = errors.New("malformed request")
	ErrHandle      = errors.New("invalid handle")
	ErrHandles     = errors.New("too many open handles")
	ErrUnsupported = errors.New("operation unsupported")
)

// Code is the number of an answer.
type Code uint32

// The codes of version 3 that a server sends.
const (
	OK               Code = 0
	EOF              Code = 1
	NoSuchFile       Code = 2
	PermissionDenied Code = 3
	Failure          Code = 4
	BadMessage       Code = 5
	Unsupported      Code = 8
)

// Status is what a client gets in place of what it asked for: a code for it and a
// text for people.
type Status struct {
	Code Code
	Text string
}

func (s Status) Error() string { return s.Text }
