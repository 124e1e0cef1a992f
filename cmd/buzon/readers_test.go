package main

import (
	"bytes"
	"io"
	"net"
	"path/filepath"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

// reader is a UNE's connections, with control over what they read.
type reader struct {
	t    *testing.T
	l    *live
	keys []ssh.Signer
}

// connection is one of them, with the wire to cut.
type connection struct {
	*sftp.Client
	wire net.Conn
}

func (r reader) dial(key int) connection {
	r.t.Helper()
	wire, err := net.Dial("tcp", r.l.addr)
	if err != nil {
		r.t.Fatal(err)
	}
	conn, chans, reqs, err := ssh.NewClientConn(wire, r.l.addr, &ssh.ClientConfig{User: une1,
		Auth: []ssh.AuthMethod{ssh.PublicKeys(r.keys[key])}, HostKeyCallback: ssh.InsecureIgnoreHostKey()})
	if err != nil {
		r.t.Fatal(err)
	}
	c, err := sftp.NewClient(ssh.NewClient(conn, chans, reqs))
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = wire.Close() })
	return connection{c, wire}
}

// read opens a LOT, reads parts of it and closes it, politely or by a cut. Parts
// are in bytes.
func (r reader) read(key int, name string, cut bool, parts ...[2]int64) {
	r.t.Helper()
	c := r.dial(key)
	f, err := c.Open("/reclamaciones/" + name)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, p := range parts {
		if _, err := io.ReadFull(io.NewSectionReader(f, p[0], p[1]-p[0]),
			make([]byte, p[1]-p[0])); err != nil {
			r.t.Fatal(err)
		}
	}
	if cut {
		_ = c.wire.Close()
		return
	}
	if err := f.Close(); err != nil {
		r.t.Error(err)
	}
	_ = c.Close()
}

// state is what the store says of a LOT's pickup.
func (l *live) state(t *testing.T, name string) (state string, handles int) {
	t.Helper()
	st, err := store.OpenReadOnly(gateway.StorePath(l.path("datos")))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.View(t.Context(), func(v *store.View) error {
		s, err := v.SalidaPorNombre(900001, name)
		if err != nil {
			return err
		}
		c, err := v.Cobertura(s.ID)
		if err != nil {
			return err
		}
		state = c.Estado()
		all, err := v.Recogidas(s.ID)
		handles = len(all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return state, handles
}

// TestReaders: whoever reads a LOT through the whole gateway, in whatever way, is
// classified right.
func TestReaders(t *testing.T) {
	t.Parallel()
	const size = 300 // of the last part, in bytes
	for name, c := range map[string]struct {
		read    func(r reader, lot string, end int64)
		handles int
		want    string
	}{
		"whole": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{0, end})
		}, 1, store.RecogidaCompleto},
		"half": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{0, end / 2})
		}, 1, store.RecogidaParcial},
		"a little": {func(r reader, lot string, _ int64) {
			r.read(0, lot, false, [2]int64{0, 100})
		}, 1, store.RecogidaParcial},
		"only opens": {func(r reader, lot string, _ int64) {
			r.read(0, lot, false)
		}, 1, store.RecogidaAbierto},
		"same bytes twice": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{0, end / 2}, [2]int64{0, end / 2})
			r.read(0, lot, false, [2]int64{0, end / 2})
		}, 2, store.RecogidaParcial},
		"two connections": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{0, end / 2})
			r.read(0, lot, false, [2]int64{end / 2, end})
		}, 2, store.RecogidaCompleto},
		"two keys": {func(r reader, lot string, end int64) {
			r.read(1, lot, false, [2]int64{end / 2, end})
			r.read(0, lot, false, [2]int64{0, end / 2})
		}, 2, store.RecogidaCompleto},
		"cut": {func(r reader, lot string, end int64) {
			r.read(0, lot, true, [2]int64{0, end})
		}, 1, store.RecogidaParcial},
		"resumed after a cut": {func(r reader, lot string, end int64) {
			r.read(0, lot, true, [2]int64{0, end})
			r.resumes(lot, end/2, end)
		}, 2, store.RecogidaCompleto},
		"out of order": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{end - size, end}, [2]int64{0, 10}, [2]int64{5, end - size})
		}, 1, store.RecogidaCompleto},
		"twice": {func(r reader, lot string, end int64) {
			r.read(0, lot, false, [2]int64{0, end})
			r.read(1, lot, false, [2]int64{0, end})
		}, 2, store.RecogidaRepetido},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSet(t)
			keys := enrol(t, s)
			s.deliverExamples(t)
			r := newReader(t, s, keys, "2026-03-18T09:15:00-06:00")
			c.read(r, lot1, int64(len(read(t, r.l.box(une1, "reclamaciones", lot1)))))
			r.l.settles(t, lot1, c.want, c.handles)
		})
	}
	t.Run("zero records", func(t *testing.T) {
		t.Parallel()
		s := newSet(t)
		keys := enrol(t, s)
		s.leave(t, "GE_REC_20260303_001.txt", emptyREC(t), moment(t, "2026-03-03T18:00:00-06:00"))
		s.mustRun(t, exitDone, "2026-03-03", "2026-03-03T20:00:00-06:00")
		const lot = "GE_LOT_00900001_20260303_001.txt"
		r := newReader(t, s, keys, "2026-03-04T09:15:00-06:00")
		r.read(0, lot, false, [2]int64{0, int64(len(read(t, r.l.box(une1, "reclamaciones", lot))))})
		r.l.settles(t, lot, store.RecogidaCompleto, 1)
	})
}

// resumes goes on from an offset, after the server knows of the cut.
func (r reader) resumes(lot string, from, to int64) {
	r.l.settles(r.t, lot, store.RecogidaParcial, 1)
	r.read(0, lot, false, [2]int64{from, to})
}

// settles waits for the end of that many handles and compares the state.
func (l *live) settles(t *testing.T, lot, want string, handles int) {
	t.Helper()
	eventually(t, "the end of the handles", func() bool { _, n := l.state(t, lot); return n >= handles })
	if got, n := l.state(t, lot); got != want || n != handles {
		t.Errorf("%s after %d handles, want %s after %d", got, n, want, handles)
	}
}

// newReader serves a set and gives its first UNE a second key.
func newReader(t *testing.T, s set, keys, at string) reader {
	t.Helper()
	r := reader{t: t, l: serve(t, s, moment(t, at))}
	second := filepath.Join(keys, "segunda")
	r.keys = []ssh.Signer{signerOf(t, filepath.Join(keys, une1)), newSigner(t, second)}
	pub := second + ".pub"
	write(t, pub, string(ssh.MarshalAuthorizedKey(r.keys[1].PublicKey())))
	if code, out,
		errOut := buzon("une", "key", "add", une1, pub, "-c", s.config(), "--name",
		"segunda"); code != exitDone {
		t.Fatalf("key add: %d\n%s%s", code, out, errOut)
	}
	return r
}

func signerOf(t *testing.T, path string) ssh.Signer {
	t.Helper()
	s, err := ssh.ParsePrivateKey([]byte(read(t, path)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// emptyREC is the REC of a day with nothing.
func emptyREC(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	w, err := schema.NewWriter(&b,
		schema.Encabezado{GeTipoArchivo: schema.REC, GeVersion: schema.V0100, GeEmisor: schema.CONDUSEF,
			GeReceptor:       schema.Pasarela,
			GeFechaOperacion: "03/03/2026", GeSecuencia: "001",
			GeFechaHoraGeneracion: "2026-03-03T17:59:00-06:00"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
