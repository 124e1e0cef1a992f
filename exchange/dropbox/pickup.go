package dropbox

import (
	"io"
	"math"
	"os"
	"sync"
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
	Start                 int64     // lowest offset asked for: a client that resumes begins where its copy ends
	Read                  spans.Set // the bytes that were read
	Complete              bool      // Read covers the file
	Closed                bool      // the party closed the handle; false: it broke
}

// download is a client's handle on a file of the gateway.
type download struct {
	s    *session
	f    *os.File
	now  func() time.Time
	done func(Pickup)

	mu sync.Mutex
	p  Pickup
}

// ReadAt is called from several goroutines, in no order.
func (d *download) ReadAt(b []byte, off int64) (n int, err error) {
	defer d.s.guard(&err)
	n, err = readAt(d.f, b, off)
	d.mu.Lock()
	defer d.mu.Unlock()
	if off >= 0 && (!d.p.Asked || off < d.p.Start) {
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
	if err != nil && err != io.EOF {
		return n, d.s.refuse("read", err)
	}
	return n, err
}

// TransferError is called before Close where the connection broke.
func (d *download) TransferError(error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.p.Closed = false
}

// Close tells of the pickup.
func (d *download) Close() (err error) {
	defer d.s.guard(&err)
	d.f.Close()
	d.mu.Lock()
	p := d.p
	d.mu.Unlock()
	p.Complete = p.Read.Covers(p.Size)
	p.Ended = d.now()
	d.done(p)
	return nil
}

// ownFile is a client's handle on an upload that it reads back: no evidence.
type ownFile struct {
	s    *session
	f    *os.File
	done func()
}

func (o *ownFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := readAt(o.f, b, off)
	if err != nil && err != io.EOF {
		err = o.s.refuse("read", err)
	}
	return n, err
}

func (o *ownFile) Close() error {
	defer o.done()
	o.f.Close()
	return nil
}

// readAt refuses offsets that were above the largest int64 on the wire.
func readAt(f *os.File, b []byte, off int64) (int, error) {
	if off < 0 || off > math.MaxInt64-int64(len(b)) {
		return 0, errOffset
	}
	return f.ReadAt(b, off)
}
