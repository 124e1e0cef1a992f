package main

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/sync/errgroup"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

const (
	tormentaUNEs   = 500
	tormentaAtOnce = 100
	mirada         = 50 * time.Millisecond // how often a UNE looks for its acuse
)

// BenchmarkAcuse tells how long a UNE waits for its acuse, from the answer to the
// close of its upload until it sees it, in a morning in which 500 UNEs sign in, fetch
// their LOT and upload, 100 of them at once. The clients' work is in it, on the same
// processors.
func BenchmarkAcuse(b *testing.B) {
	for range b.N {
		c, all := tormenta(b)
		cmd := exec.Command("buzon", "serve", "-c", c.config())
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr = &said, &said
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		defer cmd.Wait()
		defer cmd.Process.Kill()
		if !watch(patient, func() bool {
			_, end, err := all[0].dial()
			if err == nil {
				end()
			}
			return err == nil
		}) {
			b.Fatalf("it does not answer\n%s", said.String())
		}
		var mu sync.Mutex
		var acuse, cierre, todo []time.Duration
		var g errgroup.Group
		g.SetLimit(tormentaAtOnce)
		for _, v := range all {
			g.Go(func() error {
				began := time.Now()
				a, c, err := v.answer()
				mu.Lock()
				defer mu.Unlock()
				acuse, cierre, todo = append(acuse, a), append(cierre, c), append(todo, time.Since(began))
				if err != nil {
					err = fmt.Errorf("%s: %w", v.une, err)
				}
				return err
			})
		}
		if err := g.Wait(); err != nil {
			b.Fatalf("%v\n%.2000s", err, said.String())
		}
		b.ReportMetric(0, "ns/op")
		for name, took := range map[string][]time.Duration{"acuse": acuse, "cierre": cierre, "todo": todo} {
			slices.Sort(took)
			b.ReportMetric(took[len(took)/2].Seconds()*1000, name+"-p50-ms")
			b.ReportMetric(took[len(took)*99/100].Seconds()*1000, name+"-p99-ms")
		}
	}
}

// answer is a UNE's morning; it gives how long its acuse took, and the close before.
func (v *vivo) answer() (acuse, cierre time.Duration, err error) {
	c, end, err := v.dial()
	if err != nil {
		return 0, 0, err
	}
	defer end()
	list, err := c.ReadDir("reclamaciones")
	if err != nil || len(list) != 1 {
		return 0, 0, errors.Join(err, fmt.Errorf("%d LOTs", len(list)))
	}
	f, err := c.Open("reclamaciones/" + list[0].Name())
	if err != nil {
		return 0, 0, err
	}
	if _, err := io.Copy(io.Discard, f); err != nil {
		return 0, 0, err
	}
	if err := f.Close(); err != nil {
		return 0, 0, err
	}
	name := fmt.Sprintf("GE_RES_%s_%s_001.txt", v.une, v.dia)
	w, err := c.Create("respuestas/" + name)
	if err != nil {
		return 0, 0, err
	}
	if _, err := w.Write(bytes.Repeat([]byte("no es un RES\n"), 20)); err != nil {
		return 0, 0, err
	}
	closing := time.Now()
	if err := w.Close(); err != nil {
		return 0, 0, err
	}
	closed := time.Now()
	name = "acuses/" + strings.Replace(name, "RES", "ACU", 1)
	look := time.NewTicker(mirada) // closer looks would be most of what is measured
	defer look.Stop()
	for time.Since(closed) < patient {
		<-look.C
		if _, err = c.Stat(name); !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err != nil {
		return 0, 0, fmt.Errorf("no acuse: %w", err)
	}
	return time.Since(closed), closed.Sub(closing), nil
}

// tormenta is a gateway with its UNEs and a LOT for each.
func tormenta(b *testing.B) (crowd, []*vivo) {
	b.Helper()
	c := crowd{set{b.TempDir() + "/g"}, map[string]bool{}}
	if code, _, errOut := buzon("init", c.dir, "--simulacro"); code != exitDone {
		b.Fatal(errOut)
	}
	return c, c.enrolMany(b)
}

func (c crowd) enrolMany(b *testing.B) (all []*vivo) {
	b.Helper()
	now := time.Now()
	dia := schema.DiaDe(now)
	var roll []schema.Inscripcion
	csv := "clave,denominacion,sector,termino,prorroga,llave\n"
	for n := range tormentaUNEs {
		seed := make([]byte, ed25519.SeedSize)
		copy(seed, fmt.Sprint("tormenta ", n))
		signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
		if err != nil {
			b.Fatal(err)
		}
		u := schema.UNE(900001 + n)
		all = append(all, &vivo{une: u.String(), signer: signer, dia: dia.Compacta()})
		roll = append(roll,
			schema.Inscripcion{Clave: u, Denominacion: "Financiera", Sector: "Uniones de Crédito"})
		csv += fmt.Sprintf("%d,Financiera,Uniones de Crédito,,,%s x\n", u,
			strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey()))))
	}
	day := inventor.New(3).Dia(inventor.Pedido{Dia: dia, N: 20 * tormentaUNEs, Instituciones: roll})
	var rec bytes.Buffer
	if err := inventor.WriteREC(&rec, dia, 1, day.Registros, now); err != nil {
		b.Fatal(err)
	}
	c.prepare(b, csv, inventor.NombreREC(dia, 1).String(), rec.Bytes(), all)
	return all
}

// prepare writes the roll, the configuration and the REC, and delivers.
func (c crowd) prepare(b *testing.B, roll, name string, rec []byte, all []*vivo) {
	b.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	addr := ln.Addr().String()
	ln.Close()
	text, err := os.ReadFile(c.config())
	if err == nil {
		limits := strings.NewReplacer("listen: '127.0.0.1:2022'", "listen: '"+addr+"'", "max_per_address: 32",
			"max_per_address: 1000",
			"max_handshakes: 64", "max_handshakes: 1000", "#settle: 10s", "settle: 0s")
		err = errors.Join(os.WriteFile(c.config(), []byte(limits.Replace(string(text))), 0o600),
			os.WriteFile(c.path("padron.csv"), []byte(roll), 0o600),
			os.WriteFile(c.path("condusef", "salida", name), rec, 0o600))
	}
	host, herr := os.ReadFile(c.path("llaves", "host_ed25519.pub"))
	if err := errors.Join(err, herr); err != nil {
		b.Fatal(err)
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(host)
	if err != nil {
		b.Fatal(err)
	}
	for _, v := range all {
		v.addr, v.host = addr, public
	}
	if code, out, errOut := buzon("run", "-c", c.config()); code != exitDone && code != exitObserved {
		b.Fatalf("run: %d\n%s%s", code, out, errOut)
	}
}
