package dropbox_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
)

// knock connects from an address of this machine and sends nothing.
func (w *world) knock(t *testing.T, from string) net.Conn {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	c, err := d.Dial("tcp", w.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// greeting gives the first line that the server writes.
func greeting(t *testing.T, c net.Conn) string {
	t.Helper()
	var line []byte
	for b := make([]byte, 1); !bytes.HasSuffix(line, []byte("\r\n")); {
		if _, err := c.Read(b); err != nil {
			t.Fatalf("%v after %q", err, line)
		}
		line = append(line, b[0])
	}
	return strings.TrimSuffix(string(line), "\r\n")
}

const version = "SSH-2.0-Buzon"

func TestConnectionLimits(t *testing.T) {
	t.Parallel()
	for reason, c := range map[dropbox.Reason]struct {
		limits dropbox.Limits
		line   string
	}{
		dropbox.TooManyConnections: {dropbox.Limits{Connections: 1},
			"Demasiadas conexiones; vuelva a intentar en unos minutos."},
		dropbox.TooManyOfAddress: {dropbox.Limits{PerAddress: 1},
			"Demasiadas conexiones desde su dirección; cierre alguna y vuelva a intentar."},
		dropbox.TooManyHandshakes: {dropbox.Limits{Handshakes: 1},
			"Demasiadas conexiones sin identificarse; vuelva a intentar en unos minutos."},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			c.limits.Handshake = time.Hour
			w := start(t, func(cfg *dropbox.Options) { cfg.Limits = c.limits })
			silent := w.knock(t, "127.0.0.1")
			if got := greeting(t, silent); got != version {
				t.Fatalf("greeted by %q", got)
			}
			late := w.knock(t, "127.0.0.1")
			if _, err := late.Write([]byte("SSH-2.0-x\r\n")); err != nil {
				// must not turn the line into a reset
				t.Fatal(err)
			}
			if all, err := io.ReadAll(late); err != nil || string(all) != c.line+"\r\n" {
				t.Errorf("turned away with %q, %v", all, err)
			}
			if r := w.awaitRefusal(t, reason); r.Account != "" || r.Address != "127.0.0.1" || r.Count != 1 ||
				!r.Since.Equal(monday) {
				t.Errorf("told of %+v", r)
			}
			if _, err := w.dial(t, une1, une1); err == nil {
				t.Error("a second connection: let in")
			}
			if reason == dropbox.TooManyOfAddress && greeting(t, w.knock(t, "127.0.0.2")) != version {
				t.Error("another address is turned away")
			}
			silent.Close()
			for {
				// The count goes down just after the connection ends.
				conn, err := w.dial(t, une1, une1)
				if err == nil {
					conn.Close()
					return
				}
			}
		})
	}
}

func TestBan(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Zone = time.FixedZone("centro", -6*3600) })
	for range 20 {
		w.knock(t, "127.0.0.1").Close()
		w.await(t, "no login") // the server is done with it
	}
	if _, err := w.dialAs(une1); err == nil { // tries no credential
		t.Fatal("let in without a credential")
	}
	w.await(t, "no login")
	fail := func(n int) {
		t.Helper()
		for range n {
			if _, err := w.dial(t, une1, une2); err == nil {
				t.Fatal("let in by a key of another")
			}
			w.await(t, "no login")
		}
	}
	for range 2 { // a login clears those before it
		fail(4)
		conn, err := w.dial(t, une1, une1)
		check(t, err)
		w.await(t, "login") // the client has heard of it earlier
		conn.Close()
	}
	fail(5)
	if got := greeting(t,
		w.knock(t, "127.0.0.1")); got != "Demasiados intentos fallidos; vuelva a intentar después de las "+
		"10:02." {
		t.Errorf("greeted by %q", got)
	}
	if r := w.awaitRefusal(t, dropbox.BadCredential); r.Account != une1 || r.Address != "127.0.0.1" {
		t.Errorf("told of %+v", r)
	}
	if r := w.awaitRefusal(t, dropbox.Banned); r.Account != "" || r.Address != "127.0.0.1" {
		t.Errorf("told of %+v", r)
	}
	if _, err := w.dial(t, une1, une1); err == nil {
		t.Error("let in while banned")
	}
	if got := greeting(t, w.knock(t, "127.0.0.2")); got != version {
		t.Errorf("another address is greeted by %q", got)
	}
	w.clock.Set(monday.Add(time.Minute))
	conn, err := w.dial(t, une1, une1)
	check(t, err)
	conn.Close()
}

// TestPasswordsBan tries many passwords in one connection, the right one last.
func TestPasswordsBan(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	w := start(t, func(c *dropbox.Options) {
		c.Authorize = func(string, ssh.PublicKey) error { return nil }
		c.Password = func(_, password string) error {
			if asked.Add(1); password != "buena" {
				return errRevoked
			}
			return nil
		}
		c.Limits.MaxFailures = 3
	})
	tries, banner := 0, ""
	guess := ssh.PasswordCallback(func() (string, error) {
		if tries++; tries > 3 {
			return "buena", nil
		}
		return "mala", nil
	})
	_, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: une1, HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
		Auth: []ssh.AuthMethod{ssh.RetryableAuthMethod(guess, 6)}, BannerCallback: func(m string) error {
			banner = m
			return nil
		},
	})
	if err == nil || asked.Load() != 3 || tries < 4 {
		t.Errorf("%v after %d tries, of which %d were looked at", err, tries, asked.Load())
	}
	if !strings.HasPrefix(banner, "Demasiados intentos fallidos") {
		t.Errorf("the client reads %q", banner)
	}
	if r := w.awaitRefusal(t, dropbox.Banned); r.Account != une1 {
		t.Errorf("told of %+v", r)
	}
}

// TestStrangersNames checks that what strangers type is not told.
func TestStrangersNames(t *testing.T) {
	t.Parallel()
	w := start(t, nil)
	if _, err := w.dial(t, "mi contraseña", une1); err == nil {
		t.Fatal("let in")
	}
	if r := w.awaitRefusal(t, dropbox.BadCredential); r.Account != "" || r.Address != "127.0.0.1" {
		t.Errorf("told of %+v", r)
	}
}

func TestSlowHandshake(t *testing.T) {
	t.Parallel()
	read, said := make(chan string, 1), make(chan bool)
	w := start(t, func(c *dropbox.Options) {
		c.Limits.Handshake = 3 * time.Second
		c.Authorize = func(string, ssh.PublicKey) error { <-said; return nil }
	})
	w.knock(t, "127.0.0.2")
	// One that has come as far as the login is told.
	_, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
		User: une1, HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
		Auth:           []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
		BannerCallback: func(m string) error { read <- m; return nil },
	})
	close(said)
	if err == nil {
		t.Error("let in too late")
	}
	select {
	case m := <-read:
		if !strings.HasPrefix(m, "Se acabó el tiempo") {
			t.Errorf("the client reads %q", m)
		}
	default:
		t.Error("the client reads nothing")
	}
	for range 2 {
		r := w.awaitRefusal(t, dropbox.SlowHandshake)
		if known := r.Account == une1 && r.Address == "127.0.0.1"; !known &&
			(r.Account != "" || r.Address != "127.0.0.2") {
			t.Errorf("told of %+v", r)
		}
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Limits.Idle = time.Second })
	r := w.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, resPath, 0x1a))
	r.answer(t)
	r.send(rawWrite(2, "1", 0, "half"))
	said, err := io.ReadAll(r.ch.Stderr())
	if err != nil || string(said) != "Sesión cerrada: 1s sin actividad.\r\n" {
		t.Errorf("the client reads %q, %v", said, err)
	}
	r.conn.Wait()
	if got := w.awaitRefusal(t, dropbox.IdleTooLong); got.Account != une1 || got.Address != "127.0.0.1" {
		t.Errorf("told of %+v", got)
	}
	w.await(t, "logout")
	wantEqual(t, "queue", w.queue(t, une1), []string{})
}

func TestSessionLimit(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) { c.Limits.Sessions = 1 })
	w.party(t, une1)
	second, err := w.dial(t, une1, une1)
	check(t, err)
	defer second.Close()
	_, _, err = second.OpenChannel("session", nil)
	var refused *ssh.OpenChannelError
	if !errors.As(err, &refused) || refused.Reason != ssh.ResourceShortage ||
		refused.Message != "Demasiadas sesiones de la cuenta: 1 como máximo." {
		t.Errorf("a second session: %v", err)
	}
	if r := w.awaitRefusal(t, dropbox.TooManySessions); r.Account != une1 {
		t.Errorf("told of %+v", r)
	}
	w.party(t, une2)
}

// TestStatusTexts checks what people read whose client shows it.
func TestStatusTexts(t *testing.T) {
	t.Parallel()
	w := start(t, func(c *dropbox.Options) {
		c.Limits.Handles = 1
		c.UploadBytes = func(account, _ string) int64 {
			if account == une2 {
				return 0 // no bound
			}
			return 4 << 10
		}
	})
	r := w.raw(t, une1)
	r.init(t)
	for _, c := range []struct {
		packet []byte
		code   uint32
		text   string
		reason dropbox.Reason
	}{
		{rawOpen(1, "/respuestas/a\u202eb", 0x1a), 3, "Nombre no admitido: ", dropbox.BadName},
		{rawOpen(2, "/reclamaciones/x.txt", 0x1a), 3, "No permitido aquí.", dropbox.NotPermitted},
		// mkdir; told with the one before
		{rawPacket(14, uint32(3), "/respuestas/x", uint32(0)), 3, "No permitido aquí.", ""},
		{rawOpen(4, "/respuestas/none.txt", 1), 2, "No existe.", ""},
		{rawPacket(19, uint32(5), resPath), 8, "Operación no admitida.", ""},
		{rawOpen(6, resPath, 0x1a), 0, "", ""},
		{rawOpen(7, resPath+".tmp", 0x1a), 4, "Demasiados archivos abiertos: 1 como máximo.",
			dropbox.TooManyHandles},
		{rawWrite(8, "1", 4000, strings.Repeat("x", 97)), 4, "Archivo demasiado grande: 4 KiB como máximo.",
			dropbox.FileTooLarge},
		{rawWrite(9, "1", 0, "x"), 4, "Archivo demasiado grande: 4 KiB como máximo.", ""},
		{rawRead(10, "1", 0, 1), 3, "", ""},
		{rawClose(11, "1"), 4, "Archivo demasiado grande: 4 KiB como máximo.", ""},
		{rawClose(12, "1"), 4, "Ese archivo no está abierto.", ""},
		{rawPacket(17, uint32(13), uint32(9)), 5, "Petición mal formada.", ""},
	} {
		r.send(c.packet)
		kind, body, err := r.read()
		check(t, err)
		if kind != 101 {
			continue
		}
		var status struct {
			ID, Code uint32
			Text     string
			Rest     []byte `ssh:"rest"`
		}
		check(t, ssh.Unmarshal(body, &status))
		if status.Code != c.code || !strings.HasPrefix(status.Text, c.text) {
			t.Errorf("%q answered by %d %q, want %d %q", c.packet, status.Code, status.Text, c.code, c.text)
		}
		if c.reason != "" {
			if told := w.awaitRefusal(t, c.reason); told.Account != une1 || told.Address != "127.0.0.1" {
				t.Errorf("told of %+v", told)
			}
		}
	}
	p := w.party(t, une2)
	f, err := p.OpenFile(resPath, anew)
	check(t, err)
	_, err = f.WriteAt([]byte("x"), 1<<32)
	check(t, err)
}

func TestAlgorithms(t *testing.T) {
	t.Parallel()
	modern, legacy := start(t, nil), start(t, func(c *dropbox.Options) { c.Legacy = true })
	const both, old, none = 2, 1, 0
	ctr := []string{ssh.CipherAES128CTR}
	for what, c := range map[string]struct {
		ssh.Config
		taken int
	}{
		"mlkem": {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeMLKEM768X25519}},
			both},
		"curve25519":               {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeCurve25519}}, both},
		"etm":                      {ssh.Config{Ciphers: ctr, MACs: []string{ssh.HMACSHA512ETM}}, both},
		"dh group 16":              {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeDH16SHA512}}, old},
		"dh group 14 with SHA-256": {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeDH14SHA256}}, old},
		"MAC 256":                  {ssh.Config{Ciphers: ctr, MACs: []string{ssh.HMACSHA256}}, old},
		"MAC 512":                  {ssh.Config{Ciphers: ctr, MACs: []string{ssh.HMACSHA512}}, old},
		"dh group 14 with SHA-1": {ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDH14SHA1}},
			none},
		"dh group 1": {ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDH1SHA1}},
			none},
		"dh group exchange": {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeDHGEXSHA256}}, none},
		"dh group exchange of SHA-1": {ssh.Config{KeyExchanges: []string{ssh.InsecureKeyExchangeDHGEXSHA1}},
			none},
		"NIST curve":           {ssh.Config{KeyExchanges: []string{ssh.KeyExchangeECDHP256}}, none},
		"chacha20":             {ssh.Config{Ciphers: []string{ssh.CipherChaCha20Poly1305}}, none},
		"CBC":                  {ssh.Config{Ciphers: []string{ssh.InsecureCipherAES128CBC}}, none},
		"RC4":                  {ssh.Config{Ciphers: []string{ssh.InsecureCipherRC4256}}, none},
		"MAC with SHA-1":       {ssh.Config{Ciphers: ctr, MACs: []string{ssh.HMACSHA1}}, none},
		"short MAC with SHA-1": {ssh.Config{Ciphers: ctr, MACs: []string{ssh.InsecureHMACSHA196}}, none},
	} {
		for w, from := range map[*world]int{modern: both, legacy: old} {
			conn, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
				Config: c.Config, User: une1, HostKeyCallback: ssh.FixedHostKey(signer("host").PublicKey()),
				Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
			})
			if err == nil {
				conn.Close()
			}
			if taken := c.taken >= from; taken != (err == nil) || !taken && !strings.Contains(err.Error(),
				"no common algorithm") {
				t.Errorf("%s, legacy %v: %v", what, w == legacy, err)
			}
		}
	}
	modern.awaitRefusal(t, dropbox.NoCommonAlgorithm)
}

// TestHostKeySHA1 wants an RSA host key to sign as it must not.
func TestHostKeySHA1(t *testing.T) {
	t.Parallel()
	key := newRSA(t, 3072)
	w := start(t, func(c *dropbox.Options) { c.HostKeys, c.Legacy = []ssh.Signer{key}, true })
	for algo, taken := range map[string]bool{ssh.KeyAlgoRSA: false, ssh.KeyAlgoRSASHA256: true,
		ssh.KeyAlgoRSASHA512: true} {
		conn, err := ssh.Dial("tcp", w.addr, &ssh.ClientConfig{
			User: une1, HostKeyCallback: ssh.FixedHostKey(key.PublicKey()), HostKeyAlgorithms: []string{algo},
			Auth: []ssh.AuthMethod{ssh.PublicKeys(signer(une1))},
		})
		if taken != (err == nil) {
			t.Errorf("%s: %v", algo, err)
		}
		if err == nil {
			conn.Close()
		}
	}
}

// TestFaults has everything that a client can reach fail as badly as it can.
func TestFaults(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		set     func(c *dropbox.Options, fault func(account string))
		account string
		act     func(p party) error
	}{
		"OnLogin": {func(c *dropbox.Options, fault func(string)) {
			c.OnLogin = func(l dropbox.Login) { fault(l.Account) }
		}, une1, nil},
		"Authorize": {func(c *dropbox.Options, fault func(string)) {
			c.Authorize = func(account string, _ ssh.PublicKey) error { fault(account); return nil }
		}, "", nil},
		"OnUpload": {func(c *dropbox.Options, fault func(string)) {
			c.OnUpload = func(account, _, _ string) { fault(account) }
		}, une1, func(p party) error {
			f, err := p.OpenFile(resPath, anew)
			return errors.Join(err, f.Close())
		}},
		"OnUpload of a rename": {func(c *dropbox.Options, fault func(string)) {
			c.OnUpload = func(account, _, _ string) { fault(account) }
		}, une1, func(p party) error {
			f, err := p.OpenFile(resPath+".tmp", anew)
			return errors.Join(err, f.Close(), p.PosixRename(resPath+".tmp", resPath))
		}},
		"UploadBytes": {func(c *dropbox.Options, fault func(string)) {
			c.UploadBytes = func(account, _ string) int64 { fault(account); return 0 }
		}, une1, func(p party) error { _, err := p.OpenFile(resPath, anew); return err }},
		"OnPickup": {func(c *dropbox.Options, fault func(string)) {
			c.OnPickup = func(p dropbox.Pickup) error { fault(p.Account); return nil }
		}, une1, func(p party) error {
			f, err := p.Open("/reclamaciones/" + lot1)
			return errors.Join(err, f.Close())
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			w := start(t, func(cfg *dropbox.Options) {
				c.set(cfg, func(account string) {
					if account == une1 {
						panic("a fault of " + what)
					}
				})
			})
			w.put(t, une1, "reclamaciones", lot1, "lote")
			conn, err := w.dial(t, une1, une1)
			if err == nil {
				var files *sftp.Client
				if files, err = sftp.NewClient(conn); err == nil && c.act != nil {
					err = c.act(party{files, conn})
				}
			}
			if err == nil {
				t.Error("the fault is not told")
			}
			if conn != nil {
				conn.Wait() // the connection ends
			}
			if r := w.awaitRefusal(t, dropbox.Fault); r.Account != c.account || r.Address != "127.0.0.1" {
				t.Errorf("told of %+v", r)
			}
			w.await(t, "fault")
			other := w.party(t, une2)
			other.upload(t, resPath, "x")
		})
	}
}

// TestUploadLimits checks what refusals of uploads are called on the wire and in
// the log.
func TestUploadLimits(t *testing.T) {
	t.Parallel()
	for reason, c := range map[dropbox.Reason]struct {
		limits subidas.Quota
		text   string
	}{
		dropbox.FilesOfDay: {subidas.Quota{FilesDay: 1},
			"Se agotó el número de archivos del día; continúe mañana."},
		dropbox.BytesOfDay: {subidas.Quota{BytesDay: 4}, "Se agotaron los bytes del día; continúe mañana."},
		dropbox.DiskFull: {subidas.Quota{MinFree: math.MaxInt64},
			"El buzón no tiene espacio por ahora; vuelva a intentar más tarde."},
		dropbox.BadName: {subidas.Quota{}, "Nombre igual al de otro archivo salvo por las mayúsculas."},
	} {
		t.Run(string(reason), func(t *testing.T) {
			t.Parallel()
			w := start(t, nil)
			p := w.party(t, une1)
			p.upload(t, "/respuestas/uno.txt", "uno")
			check(t, w.up.SetLimits(une1, c.limits))
			f, err := p.OpenFile("/respuestas/UNO.txt", anew)
			if reason != dropbox.BadName {
				f, err = p.OpenFile("/respuestas/dos.txt", anew)
			}
			if err == nil {
				_, err = f.WriteAt([]byte("dos"), 0)
			}
			code := error(sftp.ErrSSHFxFailure)
			if reason == dropbox.BadName {
				code = sftp.ErrSSHFxPermissionDenied // whose text this client does not show
			} else if err == nil || !strings.Contains(err.Error(), c.text) {
				t.Errorf("the client reads %v, want %q", err, c.text)
			}
			wantCode(t, string(reason), err, code)
			if r := w.awaitRefusal(t, reason); r.Account != une1 || r.Address != "127.0.0.1" {
				t.Errorf("told of %+v", r)
			}
		})
	}
}
