package dropbox_test

import (
	"encoding/binary"
	"io"
	"testing"

	"golang.org/x/crypto/ssh"
)

// raw is a client that writes the packets of sftp itself.
type raw struct {
	conn *ssh.Client
	ch   ssh.Channel
}

func (w *world) raw(t *testing.T, account string) raw {
	t.Helper()
	conn, err := w.dial(t, account, account)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	ch, reqs, err := conn.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(reqs)
	if ok, err := ch.SendRequest("subsystem", true, ssh.Marshal(struct {
		Name string
	}{"sftp"})); !ok || err != nil {
		t.Fatalf("subsystem: %v, %v", ok, err)
	}
	return raw{conn, ch}
}

func (r raw) init(t *testing.T) {
	t.Helper()
	r.send(rawPacket(1, uint32(3)))
	if kind, _ := r.answer(t); kind != 2 {
		t.Fatalf("INIT answered by packet %d", kind)
	}
}

// send writes packets; what cannot be written any more is found by answer.
func (r raw) send(packets ...[]byte) {
	for _, p := range packets {
		_, _ = r.ch.Write(p)
	}
}

// read gives the next packet of the server.
func (r raw) read() (kind byte, body []byte, err error) {
	var head [5]byte
	if _, err := io.ReadFull(r.ch, head[:]); err != nil {
		return 0, nil, err
	}
	body = make([]byte, binary.BigEndian.Uint32(head[:])-1)
	_, err = io.ReadFull(r.ch, body)
	return head[4], body, err
}

// answer gives the kind of the next packet, and of a status its code.
func (r raw) answer(t *testing.T) (kind byte, code uint32) {
	t.Helper()
	kind, body, err := r.read()
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	if kind == 101 {
		code = binary.BigEndian.Uint32(body[4:])
	}
	return kind, code
}

// rawPacket makes a packet of sftp from numbers and strings.
func rawPacket(kind byte, fields ...any) []byte {
	b := []byte{0, 0, 0, 0, kind}
	for _, f := range fields {
		switch f := f.(type) {
		case uint32:
			b = binary.BigEndian.AppendUint32(b, f)
		case uint64:
			b = binary.BigEndian.AppendUint64(b, f)
		case string:
			b = append(binary.BigEndian.AppendUint32(b, uint32(len(f))), f...)
		case []byte:
			b = append(b, f...)
		}
	}
	binary.BigEndian.PutUint32(b, uint32(len(b)-4))
	return b
}

func rawOpen(id uint32, path string, flags uint32) []byte {
	return rawPacket(3, id, path, flags, uint32(0))
}
func rawClose(id uint32, handle string) []byte { return rawPacket(4, id, handle) }
func rawRead(id uint32, handle string, off uint64, n uint32) []byte {
	return rawPacket(5, id, handle, off, n)
}
func rawWrite(id uint32, handle string, off uint64, data string) []byte {
	return rawPacket(6, id, handle, off, data)
}
func rawRename(id uint32, from, to string) []byte { return rawPacket(18, id, from, to) }
