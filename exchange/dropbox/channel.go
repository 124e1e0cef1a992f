package dropbox

import (
	"io"

	"golang.org/x/crypto/ssh"
)

// busyChannel tells of each byte that moves. Keepalives of the client move none:
// they do not keep a session. Once the session is over for us, what its client
// has sent and nobody has read yet is left.
type busyChannel struct {
	ssh.Channel
	awake func()
	over  func() bool
}

func (b busyChannel) Read(p []byte) (int, error) {
	if b.over() {
		return 0, io.EOF
	}
	n, err := b.Channel.Read(p)
	if n > 0 {
		b.awake()
	}
	return n, err
}

// Write tells of each part, as large as a packet of SSH: a slow client is not an
// idle one.
func (b busyChannel) Write(p []byte) (n int, err error) {
	const part = 32 << 10
	for n < len(p) && err == nil {
		var m int
		m, err = b.Channel.Write(p[n:min(len(p), n+part)])
		if n += m; m > 0 {
			b.awake()
		}
	}
	return n, err
}
