package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"buzon/exchange/gateway"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

// vivo is a UNE whose client goes on, whatever becomes of the server: it uploads files,
// and notes each one that it was told to be finished.
type vivo struct {
	une, addr string
	signer    ssh.Signer
	host      ssh.PublicKey
	dia       string

	mu    sync.Mutex
	acked map[string][32]byte // name: content
	sent  int
}

func (v *vivo) count() int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return len(v.acked)
}

// live uploads until stop is closed.
func (v *vivo) live(stop chan struct{}) {
	for {
		select {
		case <-stop:
			return
		default:
		}
		c, end, err := v.dial()
		if err != nil {
			continue // it is down; a refused dial comes back at once
		}
		for err == nil {
			err = v.upload(c)
			select {
			case <-stop:
				err = os.ErrClosed
			default:
			}
		}
		end()
	}
}

func (v *vivo) dial() (*sftp.Client, func(), error) {
	tcp, err := net.DialTimeout("tcp", v.addr, patient)
	if err != nil {
		return nil, nil, err
	}
	conn, chans, reqs,
		err := ssh.NewClientConn(tcp, v.addr,
		&ssh.ClientConfig{User: v.une, Auth: []ssh.AuthMethod{ssh.PublicKeys(v.signer)},
			HostKeyCallback: ssh.FixedHostKey(v.host)})
	if err != nil {
		tcp.Close()
		return nil, nil, err
	}
	client := ssh.NewClient(conn, chans, reqs)
	c, err := sftp.NewClient(client)
	if err != nil {
		client.Close()
		return nil, nil, err
	}
	return c, func() { c.Close(); client.Close() }, nil
}

// upload sends one file: an annex, or what is called a RES and is none; some under a
// temporary name first. What its client was not told to be finished may be there all
// the same: a name is used once.
func (v *vivo) upload(c *sftp.Client) error {
	v.sent++
	n := v.sent
	content := bytes.Repeat([]byte(fmt.Sprintf("%s %d\n", v.une, n)), 1+n%3000)
	name := fmt.Sprintf("Carta %d.pdf", n)
	if n%4 == 0 && n/4 < 1000 {
		name = fmt.Sprintf("GE_RES_%s_%s_%03d.txt", v.une, v.dia, n/4)
	}
	to := "respuestas/" + name
	if n%3 == 0 {
		to += ".part"
	}
	f, err := c.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	if _, err := f.Write(content); err != nil {
		f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if n%3 == 0 {
		if err := c.PosixRename(to, "respuestas/"+name); err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.acked[name] = sha256.Sum256(content)
	return nil
}

// TestKilledBesideClients kills the daemon at random moments while UNEs upload: what a
// client was told to be finished is there whole, seen and receipted once, and nothing
// else of it. BUZON_KILLS sets how often; CI kills it less.
func TestKilledBesideClients(t *testing.T) {
	kills := 30
	if testing.Short() || raceDetector {
		kills = 8
	}
	if n, err := strconv.Atoi(os.Getenv("BUZON_KILLS")); err == nil {
		kills = n
	}
	c, all := vivos(t)
	stop := make(chan struct{})
	var clients sync.WaitGroup
	for _, v := range all {
		clients.Go(func() { v.live(stop) })
	}
	random := rand.New(rand.NewPCG(1, uint64(kills)))
	acked := func() (n int) {
		for _, v := range all {
			n += v.count()
		}
		return n
	}
	for k := range kills {
		// After some uploads, or sooner: in the start, before anybody came.
		want, limit := acked()+random.IntN(25), time.Duration(random.IntN(900)+20)*time.Millisecond
		cmd := exec.Command("buzon", "serve", "-c", c.config())
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		watch(limit, func() bool { return acked() > want })
		if err := cmd.Process.Kill(); err != nil {
			t.Fatalf("kill %d: it had ended by itself\n%s", k+1, said.String())
		}
		_ = cmd.Wait()
	}
	close(stop)
	clients.Wait()
	t.Logf("%d kills, %d uploads finished", kills, acked())
	if code, out, errOut := buzon("run", "-c", c.config()); code != exitDone && code != exitObserved {
		t.Fatalf("the run after it all: %d\n%s%s", code, out, errOut)
	}
	c.wantUploads(t, all)
	c.wantWhole(t)
	c.wantBlobs(t)
	if code, said, errOut := buzon("verify", "-c", c.config()); code != exitDone {
		t.Errorf("verify: %d\n%s%s", code, said, errOut)
	}
}

// vivos makes a gateway on a port of its own, with a REC to deliver, and three UNEs.
func vivos(t *testing.T) (crowd, []*vivo) {
	t.Helper()
	c := crowd{newSet(t), map[string]bool{}}
	keys := enrol(t, c.set)
	l := listen(t)
	addr := l.Addr().String()
	l.Close()
	c.edit(t, "listen: '127.0.0.1:0'", "listen: '"+addr+"'")
	host, _, _, _, err := ssh.ParseAuthorizedKey([]byte(read(t, c.path("llaves", "host_ed25519.pub"))))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	dia := schema.DiaDe(now)
	var all []*vivo
	var roll []schema.Inscripcion
	for _, une := range []string{une1, une2, une3} {
		signer, err := ssh.ParsePrivateKey([]byte(read(t, filepath.Join(keys, une))))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all,
			&vivo{une: une, addr: addr, signer: signer, host: host, dia: dia.Compacta(),
				acked: map[string][32]byte{}})
		u, err := schema.ParseUNE(une)
		if err != nil {
			t.Fatal(err)
		}
		roll = append(roll,
			schema.Inscripcion{Clave: u, Denominacion: "Financiera", Sector: "Uniones de Crédito"})
	}
	day := inventor.New(3).Dia(inventor.Pedido{Dia: dia, N: 3000, Instituciones: roll})
	var content bytes.Buffer
	if err := inventor.WriteREC(&content, dia, 1, day.Registros, now); err != nil {
		t.Fatal(err)
	}
	c.leave(t, inventor.NombreREC(dia, 1).String(), content.String(), now.Add(-time.Hour))
	return c, all
}

// wantUploads tells that each upload that its client was told to be finished is seen
// with its content, that nothing unfinished is left under a final name, and that each
// RES has one acuse, of numbers without a gap.
func (c crowd) wantUploads(t *testing.T, all []*vivo) {
	t.Helper()
	numbers := map[string]string{}
	for _, v := range all {
		box := c.box(v.une)
		for name, want := range v.acked {
			b, err := os.ReadFile(filepath.Join(box, "respuestas", name))
			if err != nil || sha256.Sum256(b) != want {
				t.Errorf("%s: %s: %d bytes, %v", v.une, name, len(b), err)
			}
			if acu, ok := strings.CutPrefix(name, "GE_RES_"); ok {
				if _, err := os.Stat(filepath.Join(box, "acuses", "GE_ACU_"+acu)); err != nil {
					t.Errorf("%s: no acuse of %s", v.une, name)
				}
			}
		}
		c.addAcuses(t, numbers, filepath.Join(box, "acuses", "GE_ACU_*"))
	}
	c.addAcuses(t, numbers, c.path("condusef", "entrada", "GE_ACU_*"))
	for n := range len(numbers) {
		if folio := fmt.Sprintf("ACU-%d-%08d", time.Now().Year(), n+1); numbers[folio] == "" {
			t.Errorf("no %s among %d", folio, len(numbers))
		}
	}
	st, err := store.OpenReadOnly(gateway.StorePath(c.path("datos")))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	if err := st.View(t.Context(), func(v *store.View) error {
		n, err := v.SinTomar()
		if n != 0 {
			t.Errorf("%d uploads are not taken in", n)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// addAcuses notes the numbers of acuses; each is given once.
func (c crowd) addAcuses(t *testing.T, numbers map[string]string, pattern string) {
	t.Helper()
	acuses, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range acuses {
		folio := c.examine(t, path).Sello.AcuFolio
		if numbers[folio] != "" {
			t.Errorf("%s is of %s and of %s", folio, path, numbers[folio])
		}
		numbers[folio] = path
	}
}
