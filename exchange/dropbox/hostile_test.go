package dropbox_test

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"net"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

// hostile runs one attack after the other against a server that goes on serving
// somebody else.
type hostile struct {
	*world
	other party
	found []string // on the disk before
	base  int      // goroutines before
}

// Bounds after an attack: the heap of server and clients together, in one
// process, and goroutines beyond those before, some of which are the test's.
const (
	maxHeap = 64 << 20
	maxMore = 8
)

// TestHostile does not run beside others: it counts goroutines.
func TestHostile(t *testing.T) {
	h := &hostile{world: start(t, nil)}
	h.put(t, une1, "reclamaciones", lot1, string(noise(3<<20)))
	h.other = h.party(t, une2)
	h.served(t)
	h.found, h.base = onDisk(t, h.dir), runtime.NumGoroutine()
	for _, attack := range []struct {
		what string
		run  func(*testing.T, *hostile)
	}{
		{"subsystems", attackSubsystems}, {"programs and tunnels", attackPrograms},
		{"broken packets", attackPackets}, {"packets cut short", attackShortPackets}, {"init", attackInit},
		{"names", attackNames}, {"links", attackLinks}, {"handles", attackHandles},
		{"attributes", attackAttributes},
		{"opens without close", attackOpens}, {"offsets", attackOffsets}, {"renames", attackRenames},
		{"requests without reading", attackFlood}, {"half handshakes", attackHalfHandshakes},
		{"silent connections", attackSilent}, {"rekeying", attackRekey},
	} {
		if t.Run(attack.what, func(t *testing.T) { attack.run(t, h) }); t.Failed() {
			return
		}
		t.Run("after "+attack.what, h.calm)
	}
	for len(h.refused) > 0 {
		if r := <-h.refused; r.Reason == dropbox.Fault {
			t.Errorf("a fault: %+v", r)
		}
	}
}

// served has the other party do a day's work.
func (h *hostile) served(t *testing.T) {
	t.Helper()
	h.other.upload(t, "/respuestas/a.txt.tmp", "x")
	check(t, h.other.Remove("/respuestas/a.txt.tmp"))
	fresh, err := h.dial(t, une2, une2)
	check(t, err)
	check(t, fresh.Close())
}

// calm checks that nothing is left of an attack.
func (h *hostile) calm(t *testing.T) {
	h.served(t)
	for end := time.Now().Add(time.Minute); runtime.NumGoroutine() > h.base+maxMore &&
		time.Now().Before(end); {
		_, err := h.other.Stat("/") // gives others their turn
		check(t, err)
	}
	if n := runtime.NumGoroutine(); n > h.base+maxMore {
		stacks := make([]byte, 1<<20)
		t.Fatalf("%d goroutines, %d before\n%s", n, h.base, stacks[:runtime.Stack(stacks, true)])
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > maxHeap {
		t.Errorf("%d MiB of heap", m.HeapAlloc>>20)
	}
	if got := onDisk(t, h.dir); !slices.Equal(got, h.found) {
		t.Errorf("on the disk %q, before %q", got, h.found)
	}
	wantEqual(t, "queue", h.queue(t, une1), []string{})
	for len(h.pickups)+len(h.logged) > 0 { // nobody is there any more who tells of something
		select {
		case <-h.pickups:
		case <-h.logged:
		}
	}
}

func subsystem(name string) []byte { return ssh.Marshal(struct{ Name string }{name}) }

// session opens one without asking for anything.
func (h *hostile) session(t *testing.T, conn *ssh.Client) ssh.Channel {
	t.Helper()
	ch, reqs, err := conn.OpenChannel("session", nil)
	check(t, err)
	go ssh.DiscardRequests(reqs)
	return ch
}

// signIn gives a connection of the attacker, which ends with the attack.
func (h *hostile) signIn(t *testing.T) *ssh.Client {
	t.Helper()
	conn, err := h.dial(t, une1, une1)
	check(t, err)
	t.Cleanup(func() { conn.Close(); conn.Wait() })
	return conn
}

func attackSubsystems(t *testing.T, h *hostile) {
	ch := h.session(t, h.signIn(t))
	for _, payload := range [][]byte{
		nil, {1}, {0, 0, 0}, subsystem(""), subsystem("netconf"), subsystem("SFTP"), subsystem("sftp\x00"),
		{255, 255, 255, 255, 's'}, {0, 0, 0, 5, 's', 'f', 't', 'p'}, append(subsystem("sftp"), 'x'),
		bytes.Repeat([]byte{0}, 30_000),
	} {
		if ok, err := ch.SendRequest("subsystem", true, payload); ok || err != nil {
			t.Errorf("%.20q: %v, %v, want a refusal", payload, ok, err)
		}
	}
	if ok, err := ch.SendRequest("subsystem", true, subsystem("sftp")); !ok || err != nil {
		t.Errorf("sftp after refusals: %v, %v", ok, err)
	}
}

func attackPrograms(t *testing.T, h *hostile) {
	conn := h.signIn(t)
	ch := h.session(t, conn)
	for _, kind := range []string{"shell", "exec", "pty-req", "env", "auth-agent-req@openssh.com", "x11-req",
		"window-change", "no such"} {
		if ok, err := ch.SendRequest(kind, true, subsystem("id")); ok || err != nil {
			t.Errorf("%s: %v, %v, want a refusal", kind, ok, err)
		}
	}
	for _, kind := range []string{"direct-tcpip", "direct-streamlocal@openssh.com", "x11",
		"auth-agent@openssh.com", "forwarded-tcpip", "tun@openssh.com", ""} {
		if _, _, err := conn.OpenChannel(kind, []byte("junk")); err == nil {
			t.Errorf("channel %q: opened", kind)
		}
	}
	for _, kind := range []string{"tcpip-forward", "cancel-tcpip-forward", "streamlocal-forward@openssh.com",
		"no such"} {
		if ok, _, err := conn.SendRequest(kind, true, []byte("junk")); ok || err != nil {
			t.Errorf("%s: %v, %v, want a refusal", kind, ok, err)
		}
	}
	h.awaitRefusal(t, dropbox.ProgramAsked)
	if r := h.awaitRefusal(t, dropbox.TunnelAsked); r.Account != une1 {
		t.Errorf("told of %+v", r)
	}
}

// ends checks that the server ends a session after the packets, whatever it
// answers before.
func (h *hostile) ends(t *testing.T, packets ...[]byte) {
	t.Helper()
	r := h.raw(t, une1)
	r.send(packets...)
	_ = r.ch.CloseWrite() // the server may have been quicker
	if _, err := io.Copy(io.Discard, r.ch); err != nil {
		t.Errorf("%.40q: %v", packets, err)
	}
	r.conn.Close()
}

func attackPackets(t *testing.T, h *hostile) {
	for _, p := range [][]byte{
		{0, 0, 0, 0}, {255, 255, 255, 255}, {255, 255, 255, 255, 3, 0, 0, 0, 1}, {0x7f, 255, 255, 255, 6},
		{0, 4, 0, 1, 6},
		{0, 0, 0, 9, 3, 0}, {0, 0}, {0, 0, 0, 1, 99}, {0, 0, 0, 1, 2}, {0, 0, 0, 5, 101, 0, 0, 0, 0},
		rawPacket(0), rawPacket(255, "x"),
	} {
		h.ends(t, p)
		h.ends(t, rawPacket(1, uint32(3)), p)
	}
}

// attackShortPackets cuts every kind of packet at every length, and has strings
// that end beyond their packet.
func attackShortPackets(t *testing.T, h *hostile) {
	whole := map[byte][]any{
		1: {uint32(3)}, 3: {uint32(1), "/x", uint32(1), uint32(0)}, 4: {uint32(1), "1"},
		5: {uint32(1), "1", uint64(0), uint32(1)},
		6: {uint32(1), "1", uint64(0), "x"}, 7: {uint32(1), "/"}, 9: {uint32(1), "/", uint32(15)},
		10: {uint32(1), "1", uint32(15)},
		11: {uint32(1), "/"}, 12: {uint32(1), "1"}, 13: {uint32(1), "/x"}, 14: {uint32(1), "/x", uint32(0)},
		18: {uint32(1), "/x", "/y"},
		19: {uint32(1), "/"}, 20: {uint32(1), "/x", "/y"},
		200: {uint32(1), "posix-rename@openssh.com", "/x", "/y"},
	}
	long := []byte{255, 255, 255, 255}
	for kind, fields := range whole {
		p := rawPacket(kind, fields...)
		for n := 5; n < min(len(p), 40); n += 3 {
			h.ends(t, rawPacket(kind, p[5:n]))
		}
		h.ends(t, rawPacket(kind, uint32(1), long), rawPacket(kind, uint32(1), long, long, long))
		h.ends(t, rawPacket(kind, uint32(1), "x", long))
	}
	for _, ext := range []string{"", "statvfs@openssh.com", "hardlink@openssh.com", "fsync@openssh.com",
		"no such", strings.Repeat("x", 30_000)} {
		h.ends(t, rawPacket(200, uint32(1), ext), rawPacket(200, uint32(1), ext, long),
			rawPacket(200, uint32(1), ext, "/x", "/y"))
	}
}

func attackInit(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.init(t)
	r.send(rawPacket(17, uint32(1), "/"))
	if kind, code := r.answer(t); kind != 105 {
		t.Errorf("stat after two INITs: packet %d, status %d", kind, code)
	}
	r = h.raw(t, une1)
	r.send(rawPacket(17, uint32(1), "/none"))
	if kind, _, err := r.read(); err != io.EOF {
		t.Errorf("stat without INIT: packet %d, %v, want the end", kind, err)
	}
}

func attackNames(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	for _, name := range []string{
		"", ".", "..", "../x.txt", "../../x.txt", "../../" + une2 + "/respuestas/x.txt",
		"../../../../../../tmp/x.txt", "a/b.txt", "x.txt/..",
		"a\x00b", "\x00", "a\nb", "a\rb", "a\tb", `a\b`, `..\x.txt`, "a\x1bb", "a\x7fb", "a|b", "a:b", "a*",
		"~", "$(id)", "-\xff", "\xc3\x28", "\xed\xa0\x80",
		"e\u0301.txt", "a\u202eb", "a\u200bb", " a", "a ", strings.Repeat("x", 101), strings.Repeat("x", 255),
		strings.Repeat("x", 64<<10),
		strings.Repeat("../", 20_000) + "x", "CON", "nul.txt", "a.",
	} {
		p := "/respuestas/" + name
		for what, packet := range map[string][]byte{
			"write": rawOpen(1, p, 0x1a), "rename": rawRename(1, "/respuestas/none.tmp", p),
			"mkdir":  rawPacket(14, uint32(1), p, uint32(0)),
			"remove": rawPacket(13, uint32(1), p), "rmdir": rawPacket(15, uint32(1), p),
			"setstat": rawPacket(9, uint32(1), p, uint32(8), uint32(1), uint32(1)),
		} {
			r.send(packet)
			kind, code := r.answer(t)
			if root := kind == 101 && code == 0 && what == "setstat"; kind != 101 || code == 0 && !root {
				t.Errorf("%s %.40q: packet %d, status %d, want a refusal", what, name, kind, code)
			}
		}
		r.send(rawOpen(1, p, 1), rawPacket(16, uint32(1), p))
		if kind, _ := r.answer(t); kind != 101 {
			t.Errorf("read %.40q: packet %d", name, kind)
		}
		if kind, _ := r.answer(t); kind != 104 {
			t.Errorf("realpath %.40q: packet %d", name, kind)
		}
	}
}

func attackLinks(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	for what, c := range map[string]struct {
		packet []byte
		code   uint32
	}{
		"symlink":         {rawPacket(20, uint32(1), "/etc/passwd", "/respuestas/x.txt"), 3},
		"relative":        {rawPacket(20, uint32(1), "../../x", "/respuestas/x.txt"), 3},
		"symlink at root": {rawPacket(20, uint32(1), "/respuestas", "/x"), 3},
		"hard link": {rawPacket(200, uint32(1), "hardlink@openssh.com", "/reclamaciones/"+lot1,
			"/respuestas/x.txt"), 3},
		"readlink":     {rawPacket(19, uint32(1), "/reclamaciones/"+lot1), 8},
		"readlink out": {rawPacket(19, uint32(1), "/../../etc/passwd"), 8},
		"statvfs":      {rawPacket(200, uint32(1), "statvfs@openssh.com", "/"), 8},
	} {
		r.send(c.packet)
		if kind, code := r.answer(t); kind != 101 || code != c.code {
			t.Errorf("%s: packet %d, status %d, want status %d", what, kind, code, c.code)
		}
	}
}

func attackHandles(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, "/reclamaciones/"+lot1, 1), rawPacket(11, uint32(2), "/"),
		rawOpen(3, "/respuestas/x.tmp", 0x1a))
	for range 3 {
		if kind, code := r.answer(t); kind != 102 {
			t.Fatalf("packet %d, status %d", kind, code)
		}
	}
	// Each kind of handle is used as what it is not: any answer will do.
	for _, p := range [][]byte{
		rawWrite(4, "1", 0, "x"), rawPacket(12, uint32(4), "1"), rawRead(4, "2", 0, 10),
		rawWrite(4, "2", 0, "x"),
		rawRead(4, "3", 0, 10), rawPacket(12, uint32(4), "3"),
	} {
		r.send(p)
		r.answer(t)
	}
	var wrong [][]byte
	for _, handle := range []string{"", "0", "99", "-1", "1\x00", strings.Repeat("1", 60_000)} {
		wrong = append(wrong, rawRead(5, handle, 0, 10), rawWrite(5, handle, 0, "x"), rawClose(5, handle),
			rawPacket(12, uint32(5), handle),
			rawPacket(8, uint32(5), handle),
			rawPacket(10, uint32(5), handle, uint32(8), uint32(1), uint32(1)))
	}
	for _, p := range wrong {
		r.send(p)
		if kind, code := r.answer(t); kind != 101 || code == 0 {
			t.Errorf("%.40q: packet %d, status %d, want a refusal", p, kind, code)
		}
	}
	for _, handle := range []string{"1", "2", "3"} {
		r.send(rawClose(6, handle), rawClose(7, handle), rawRead(8, handle, 0, 10),
			rawWrite(9, handle, 0, "x"))
		if kind, code := r.answer(t); kind != 101 || code != 0 {
			t.Errorf("close: packet %d, status %d", kind, code)
		}
		for range 3 {
			if kind, code := r.answer(t); kind != 101 || code == 0 {
				t.Errorf("a closed handle: packet %d, status %d, want a refusal", kind, code)
			}
		}
	}
	r.send(rawPacket(13, uint32(1), "/respuestas/x.tmp"))
	r.answer(t)
}

// attackAttributes promises attributes that are not there.
func attackAttributes(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, "/respuestas/x.tmp", 0x1a))
	r.answer(t)
	for _, flags := range []uint32{1, 2, 4, 8, 15, 1 << 31, math.MaxUint32} {
		for _, attrs := range [][]byte{nil, {1}, bytes.Repeat([]byte{255}, 7),
			bytes.Repeat([]byte{255}, 200)} {
			r.send(rawPacket(9, uint32(2), "/respuestas/x.tmp", flags, attrs),
				rawPacket(10, uint32(3), "1", flags, attrs))
			for range 2 {
				if kind, _ := r.answer(t); kind != 101 {
					t.Errorf("attributes %x %.10q: packet %d", flags, attrs, kind)
				}
			}
		}
	}
	r.send(rawClose(4, "1"), rawPacket(13, uint32(5), "/respuestas/x.tmp"))
	r.answer(t)
	r.answer(t)
}

func attackOpens(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	const opens, most = 10_000, 64
	go func() {
		for n := range uint32(opens) {
			r.send([][]byte{rawOpen(n, "/reclamaciones/"+lot1, 1), rawPacket(11, n, "/"),
				rawOpen(n, fmt.Sprintf("/respuestas/%d.tmp", n), 0x1a)}[n%3])
		}
	}()
	var opened []string
	for range opens {
		kind, body, err := r.read()
		check(t, err)
		switch {
		case kind == 102:
			opened = append(opened, string(body[8:]))
		case kind != 101 || body[7] != 4:
			t.Fatalf("packet %d %q", kind, body)
		}
	}
	if len(opened) != most {
		t.Errorf("%d opened, want %d", len(opened), most)
	}
	for _, handle := range opened {
		r.send(rawClose(1, handle))
		r.answer(t)
	}
	for n := range uint32(3 * most) {
		r.send(rawPacket(13, n, fmt.Sprintf("/respuestas/%d.tmp", n)))
		r.answer(t)
	}
}

func attackOffsets(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, "/reclamaciones/"+lot1, 1), rawOpen(2, "/respuestas/x.tmp", 0x1a))
	r.answer(t)
	r.answer(t)
	for _, off := range []uint64{1 << 63, 1<<63 - 1, math.MaxUint64, math.MaxUint64 - 32767} {
		r.send(rawRead(3, "1", off, 32768), rawRead(4, "1", off, math.MaxUint32), rawWrite(5, "2", off, "x"))
		for range 3 {
			if kind, code := r.answer(t); kind != 101 || code == 0 {
				t.Errorf("offset %x: packet %d, status %d, want a refusal", off, kind, code)
			}
		}
	}
	r.send(rawRead(6, "1", 0, math.MaxUint32), rawRead(7, "1", 0, 0), rawWrite(8, "2", 64<<20, "x"))
	if kind, body, err := r.read(); err != nil || kind != 103 || len(body) > 256<<10 {
		t.Errorf("a read of 4 GiB: packet %d of %d bytes, %v", kind, len(body), err)
	}
	r.answer(t)
	if kind, code := r.answer(t); kind != 101 || code != 4 {
		t.Errorf("write beyond the limit: packet %d, status %d", kind, code)
	}
	r.send(rawClose(9, "1"), rawClose(10, "2"), rawPacket(13, uint32(11), "/respuestas/x.tmp"))
	for range 3 {
		r.answer(t)
	}
	if p := <-h.pickups; p.Complete {
		t.Errorf("evidence %+v", p)
	}
}

func attackRenames(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, "/respuestas/x.0.tmp", 0x1a), rawClose(2, "1"))
	r.answer(t)
	r.answer(t)
	for n := range 2_000 {
		from, to := fmt.Sprintf("/respuestas/x.%d.tmp", n), fmt.Sprintf("/respuestas/x.%d.tmp", n+1)
		r.send(rawRename(3, from, to), rawRename(4, from, to))
		if _, code := r.answer(t); code != 0 {
			t.Fatalf("rename %d: status %d", n, code)
		}
		if _, code := r.answer(t); code != 2 {
			t.Fatalf("rename %d again: status %d", n, code)
		}
	}
	r.send(rawPacket(13, uint32(5), "/respuestas/x.2000.tmp"))
	r.answer(t)
}

// attackFlood asks and asks, and reads nothing.
func attackFlood(t *testing.T, h *hostile) {
	r := h.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, "/reclamaciones/"+lot1, 1))
	r.answer(t)
	full := make(chan bool)
	go func() { // until the server reads no more, and the connection ends
		defer close(full)
		for n := 0; n < 200_000; n++ {
			if _, err := r.ch.Write(rawRead(2, "1", 0, 32768)); err != nil {
				return
			}
		}
	}()
	for range 10 {
		h.served(t)
	}
	r.conn.Close()
	<-full
}

func attackHalfHandshakes(t *testing.T, h *hostile) {
	for n := range 200 {
		c := h.knock(t, "127.0.0.2")
		junk := [][]byte{[]byte("SSH-2.0-xx"), []byte("GET / HTTP/1.1\r\n\r\n"),
			append([]byte("SSH-2.0-x\r\n"), noise(35_000)...), noise(300)}[n%4]
		_, _ = c.Write(junk)
		if n%2 == 0 {
			greeting(t, c)
		}
		c.Close()
	}
}

// attackSilent connects 2,000 times from one address and says nothing. The rest
// must be turned away while somebody else signs in.
func attackSilent(t *testing.T, h *hostile) {
	var limit syscall.Rlimit
	check(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	batch := min(2_000, (int(limit.Cur)-200)/2) // both ends are of this process
	if batch < 100 {
		if os.Getenv("CI") == "true" {
			t.Fatalf("only %d files may be open", limit.Cur)
		}
		t.Skipf("only %d files may be open: NOT TESTED against silent connections", limit.Cur)
	}
	held := 0
	for made := 0; made < 2_000; {
		var conns []net.Conn
		for range min(batch, 2_000-made) {
			conns = append(conns, h.knock(t, "127.0.0.2"))
			made++
		}
		h.served(t)
		for _, c := range conns {
			line := make([]byte, len(version))
			if _, err := io.ReadFull(c, line); err == nil && string(line) == version {
				held++
			}
		}
		h.served(t)
		for _, c := range conns {
			c.Close()
		}
	}
	if most := 32 * (2_000 + batch - 1) / batch; held < 32 || held > most {
		t.Errorf("%d silent connections held, want 32 to %d", held, most)
	}
	h.awaitRefusal(t, dropbox.TooManyOfAddress)
}

// attackRekey is no attack: the keys change many times while a file is fetched.
func attackRekey(t *testing.T, h *hostile) {
	conn, err := ssh.Dial("tcp", h.addr, &ssh.ClientConfig{
		Config: ssh.Config{RekeyThreshold: 64 << 10}, User: une1,
		HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
		Auth:            []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
	})
	check(t, err)
	defer conn.Close()
	if got := h.sftp(t, conn).read(t, "/reclamaciones/"+lot1); got != string(noise(3<<20)) {
		t.Error("read differently")
	}
	if p := <-h.pickups; !p.Complete || !p.Closed {
		t.Errorf("evidence %+v", p)
	}
}
