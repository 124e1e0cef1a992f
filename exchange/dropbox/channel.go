package dropbox

import "golang.org/x/crypto/ssh"

// busyChannel tells of each byte that moves. Keepalives of the client move none:
// they do not keep a session.
//
// It reads ahead: each read of the channel may cost a packet that widens the
// client's window, also a read of the four bytes that say how long a request is.
type busyChannel struct {
	ssh.Channel
	in    *blockReader
	awake func()
}

func newBusyChannel(ch ssh.Channel, awake func()) busyChannel {
	return busyChannel{ch, &blockReader{src: ch}, awake}
}

func (b busyChannel) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	if n > 0 {
		b.awake()
	}
	return n, err
}

func (b busyChannel) Write(p []byte) (int, error) {
	n, err := b.Channel.Write(p)
	if n > 0 {
		b.awake()
	}
	return n, err
}
