package dropbox

import (
	"io"
	"io/fs"
	"strings"
	"time"

	"buzon/exchange/spans"
)

// maxReadSpans bounds the memory of one handle. Beyond it the spans nearest the
// file's end are forgotten: evidence is then too little, never too much.
const maxReadSpans = 4096

// Pickup is the evidence that one handle leaves: a party opened a file of the
// gateway, read some of it and closed it, or lost its connection.
type Pickup struct {
	Account, Folder, Name string    // Folder is "" for a file beside the folders
	Size                  int64     // in bytes
	ModTime               time.Time // tells the contents of a live file apart
	Key                   string    // SHA-256 fingerprint of the party's key
	Remote                string    // address and port
	Client                string    // the client's version string
	Algorithms            string    // of the connection: key exchange, host key, cipher, MAC
	Opened, Ended         time.Time // moments at which the handle began and ended
	First, Last           time.Time // moments of the first and last byte that was read; zero without one
	Asked                 bool      // a read was asked for, be it beyond the end
	// lowest offset asked for: a client that resumes begins where its copy ends
	Start    int64
	Read     spans.Set // the bytes that were read
	Complete bool      // Read covers the file
	Closed   bool      // the party closed the handle; false: it broke
	Sys      any       // what the view's FileInfo.Sys said of the file
}

// content is an open file.
type content interface {
	io.Closer
	io.ReaderAt
}

func (s *session) download(f Folder, name string, file content, info fs.FileInfo) *download {
	return &download{s: s, f: file, now: s.srv.cfg.Now, p: Pickup{
		Account: s.peer.account, Folder: strings.TrimPrefix(f.Name, "."), Name: name,
		Size: info.Size(), ModTime: info.ModTime(), Sys: info.Sys(),
		Key: s.peer.print, Remote: s.peer.remote, Client: s.peer.client, Algorithms: s.peer.algorithms,
		Opened: s.srv.cfg.Now(),
	}}
}

// download is a client's handle on a file of the gateway.
type download struct {
	readOnly
	s   *session
	f   content
	now func() time.Time
	p   Pickup
}

// ReadAt notes what was read, in any order.
func (d *download) ReadAt(b []byte, off int64) (int, error) {
	n, err := d.f.ReadAt(b, off)
	if !d.p.Asked || off < d.p.Start {
		d.p.Asked, d.p.Start = true, off
	}
	if n > 0 {
		d.p.Last = d.now()
		if d.p.First.IsZero() {
			d.p.First = d.p.Last
		}
		d.p.Read = d.p.Read.Add(spans.Span{From: off, To: off + int64(n)})
		d.p.Read = d.p.Read[:min(len(d.p.Read), maxReadSpans)]
	}
	return n, err
}

// Close tells of the pickup.
func (d *download) Close() error {
	d.p.Closed = true
	d.Lost()
	return nil
}

// Lost tells of a pickup whose client is gone.
func (d *download) Lost() {
	d.f.Close()
	d.p.Complete = d.p.Read.Covers(d.p.Size)
	d.p.Ended = d.now()
	d.s.pickedUp(d.p)
}

// ownFile is a client's handle on an upload that it reads back: no evidence.
type ownFile struct {
	readOnly
	f content
}

func (o *ownFile) ReadAt(b []byte, off int64) (int, error) { return o.f.ReadAt(b, off) }
func (o *ownFile) Close() error                            { return o.f.Close() }
func (o *ownFile) Lost()                                   { o.f.Close() }

// readOnly is of handles that were opened for reading.
type readOnly struct{}

// WriteAt refuses.
func (readOnly) WriteAt([]byte, int64) (int, error) { return 0, fs.ErrPermission }
