package simulacro

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/remote"
	"buzon/exchange/simulacro/inventor"
)

func dial(t *testing.T, c *CONDUSEF, signer ssh.Signer) *remote.Client {
	t.Helper()
	client, err := remote.New(remote.Options{
		Address: c.Address, User: Usuario, Signers: []ssh.Signer{signer},
		HostKeys: []ssh.PublicKey{c.HostKey},
	})
	check(t, err)
	t.Cleanup(func() { client.Close() })
	return client
}

func start(t *testing.T, ctx context.Context, dir string) *CONDUSEF {
	t.Helper()
	c, err := StartCONDUSEF(ctx, dir, clock)
	check(t, err)
	t.Cleanup(func() { check(t, c.Close()) })
	return c
}

// The gateway reads what CONDUSEF leaves and delivers what CONDUSEF reads.
func TestCONDUSEF(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	c := start(t, ctx, t.TempDir())
	var b bytes.Buffer
	p := inventor.New(1).Dia(inventor.Pedido{Dia: turno, N: 20, Instituciones: roll})
	check(t, inventor.WriteREC(&b, turno, 1, p.Registros, turno.At(18*3600)))
	rec, name := b.Bytes(), inventor.NombreREC(turno, 1).String()
	check(t, c.Leave(name, rec))
	check(t, c.Leave(name, rec))
	if err := c.Leave(name, []byte("otro")); !errors.Is(err, fs.ErrExist) {
		t.Errorf("other content under a used name: %v", err)
	}
	gateway := dial(t, c, c.Signer)
	files, err := gateway.Mailbox(Salida).List(ctx)
	check(t, err)
	if len(files) != 1 || files[0].Name() != name || files[0].Size() != int64(len(rec)) {
		t.Fatalf("salida: %v, want %s", files, name)
	}
	r, err := gateway.Mailbox(Salida).Take(ctx, name)
	check(t, err)
	got, err := io.ReadAll(r)
	check(t, errors.Join(err, r.Close()))
	if diff := cmp.Diff(string(rec), string(got)); diff != "" {
		t.Errorf("REC (-left +taken):\n%s", diff)
	}
	check(t, gateway.Mailbox("entrada").Put(ctx, "GE_REP_20260302_001.txt", opener([]byte("rep"))))
	check(t, gateway.Mailbox("entrada/anexos").Put(ctx, "ACU-2026-00000001_carta.pdf", opener([]byte("pdf"))))
	names, err := c.Received()
	check(t, err)
	if diff := cmp.Diff([]string{"GE_REP_20260302_001.txt", "anexos/ACU-2026-00000001_carta.pdf"},
		names); diff != "" {
		t.Errorf("received (-want +got):\n%s", diff)
	}
	for name, want := range map[string]string{names[0]: "rep", names[1]: "pdf"} {
		for range 2 {
			if b, err := c.Read(name); err != nil || string(b) != want {
				t.Errorf("%s: %q, %v", name, b, err)
			}
		}
	}
	if _, err := c.Read("GE_REP_20260302_002.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that did not come: %v", err)
	}
}

func TestCONDUSEFKnowsOneKey(t *testing.T) {
	t.Parallel()
	c := start(t, t.Context(), t.TempDir())
	_, other, err := newKey()
	check(t, err)
	if _, err := dial(t, c, other).Mailbox(Salida).List(t.Context()); err == nil {
		t.Error("another key signed in")
	}
}

// Files outlive the server; it ends with its context as with Close.
func TestCONDUSEFEndsAndStartsAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	first := start(t, ctx, dir)
	check(t, first.Leave("GE_REC_20260302_001.txt", []byte("rec")))
	cancel()
	<-first.done
	if _, err := dial(t, first, first.Signer).Mailbox(Salida).List(t.Context()); err == nil {
		t.Error("it still answers")
	}
	if err := first.Leave("GE_REC_20260302_002.txt", []byte("rec")); err == nil {
		t.Error("a file was left where nobody serves it")
	}
	second := start(t, t.Context(), dir)
	files, err := dial(t, second, second.Signer).Mailbox(Salida).List(t.Context())
	if err != nil || len(files) != 1 {
		t.Errorf("after a new start: %v, %v", files, err)
	}
	check(t, second.Close())
	check(t, second.Close())
}

func TestStartCONDUSEFNeedsADirectory(t *testing.T) {
	t.Parallel()
	if c, err := StartCONDUSEF(t.Context(), "/dev/null/x", clock); err == nil {
		c.Close()
		t.Error("it started")
	}
}
