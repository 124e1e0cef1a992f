package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/exchange/gateway"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

const (
	crowdUNEs  = 24
	crowdSmall = 8  // further RECs, so that there are more acuses than one
	crowdRows  = 30 // rows in each of those
)

// crowd is a rehearsal with one large REC among small ones.
type crowd struct {
	set
	folios map[string]bool // all that CONDUSEF sent
}

// newCrowd makes the rehearsal; the large REC has n rows.
func newCrowd(t *testing.T, n int) crowd {
	t.Helper()
	c := crowd{newSet(t), map[string]bool{}}
	roll := make([]schema.Inscripcion, crowdUNEs)
	csv := "clave,denominacion,sector,termino,prorroga,llave\n"
	for i := range roll {
		roll[i] = schema.Inscripcion{Clave: schema.UNE(900001 + i),
			Denominacion: fmt.Sprintf("Institución Inventada %d", i+1), Sector: "Uniones de Crédito"}
		csv += fmt.Sprintf("%d,%s,%s,,,\n", roll[i].Clave, roll[i].Denominacion, roll[i].Sector)
	}
	write(t, c.path("padron.csv"), csv)
	in := inventor.New(1)
	at := moment(t, delivered)
	for i := range crowdSmall + 1 {
		rows := crowdRows
		if i == crowdSmall/2 {
			rows = n
		}
		dia := schema.DiaDe(at)
		day := in.Dia(inventor.Pedido{Dia: dia, N: rows, Instituciones: roll})
		var content bytes.Buffer
		if err := inventor.WriteREC(&content, dia, i+1, day.Registros, at); err != nil {
			t.Fatal(err)
		}
		c.leave(t, inventor.NombreREC(dia, i+1).String(), content.String(),
			at.Add(time.Duration(i)*time.Second))
		for _, r := range day.Registros {
			c.folios[string(r.RecFolioCondusef)] = true
		}
	}
	return c
}

// command is the program as a process: the daemon, or one run in the rehearsal's
// clock.
func (c crowd) command(name string) *exec.Cmd {
	args := []string{name, "-c", c.config()}
	if name == "run" {
		args = append(args, "--date", deliveryDay, "--now", delivered)
	}
	return exec.Command("buzon", args...)
}

// visible lists the LOTs that a UNE can see.
func (c crowd) visible() []string {
	all, _ := filepath.Glob(c.box("*", "reclamaciones", "GE_LOT_*")) // the pattern is good
	return all
}

// wal is the size of the store's log of writes: how far the transaction that
// takes a large file in has come.
func (c crowd) wal() int64 {
	info, err := os.Stat(c.path("datos", "buzon.db-wal"))
	if err != nil {
		return 0
	}
	return info.Size()
}

// taking tells whether a file is being taken in.
func (c crowd) taking() bool {
	all, _ := filepath.Glob(c.path("datos", "archivo", "tmp", "*")) // the pattern is good
	return len(all) > 0
}

// undisturbed does it all in one go and tells how large the log of writes became until
// the first LOT was seen, and how many LOTs there are at the end. What comes after is in
// the same log of writes, unless it began anew in between.
func (c crowd) undisturbed(t *testing.T) (wal int64, lots int) {
	t.Helper()
	cmd := c.command("run")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	over := watch(3*patient, func() bool {
		if lots == 0 {
			wal = max(wal, c.wal())
			lots = len(c.visible())
		}
		return len(ended) > 0
	})
	if !over {
		t.Fatalf("the undisturbed run goes on; so far:\n%s", out.String())
	}
	if err := <-ended; err != nil {
		t.Fatalf("undisturbed run: %v\n%s", err, out.String())
	}
	return wal, len(c.visible())
}

// kill starts the program and kills it once reached says so. It is false where
// the program ended before that, or reached took too long.
func (c crowd) kill(t *testing.T, name string, reached func() bool) bool {
	t.Helper()
	cmd := c.command(name)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	in := watch(patient, func() bool { return len(ended) > 0 || reached() }) && len(ended) == 0
	_ = cmd.Process.Kill() // an error: it ended
	<-ended
	status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus)
	killed := ok && status.Signaled() && status.Signal() == syscall.SIGKILL
	if !killed && !cmd.ProcessState.Success() {
		t.Fatalf("%s ended by itself: %v\n%s", name, cmd.ProcessState, out.String())
	}
	return in && killed
}

// TestKilledInTheMiddle kills the gateway ten times, all over its work, and lets
// it start again: nothing is lost, nothing is there twice, nothing half is seen.
func TestKilledInTheMiddle(t *testing.T) {
	n := 20_000
	if testing.Short() || raceDetector {
		n = 2_000
	}
	peak, total := newCrowd(t, n).undisturbed(t)
	c := newCrowd(t, n)
	wal := func(tenths int64) func() bool { return func() bool { return c.wal() >= peak*tenths/10 } }
	killed := c.killAll(t, []death{
		{"run", "the first file is taken", c.taking}, {"serve", "1/10 of the writes", wal(1)},
		{"run", "4/10 of the writes", wal(4)},
		{"serve", "7/10 of the writes", wal(7)}, {"run", "9/10 of the writes", wal(9)},
	})
	d := newCrowd(t, n) // the last of those may have come when all was done
	lots := func(tenths int) func() bool {
		return func() bool { return len(d.visible()) >= max(1, total*tenths/10) }
	}
	killed += d.killAll(t, []death{
		{"serve", "the first LOT", lots(0)}, {"run", "3/10 of the LOTs", lots(3)},
		{"serve", "5/10 of the LOTs", lots(5)},
		{"run", "8/10 of the LOTs", lots(8)}, {"serve", "the last LOT", lots(10)},
	})
	if killed < 8 {
		t.Errorf("only %d of the kills hit it at work", killed)
	}
}

// death is a kill: of which command, and when.
type death struct {
	command, what string
	reached       func() bool
}

// killAll kills the gateway again and again, lets it end its work after that, and tells
// how many of the kills hit it at work.
func (c crowd) killAll(t *testing.T, all []death) (killed int) {
	t.Helper()
	for _, k := range all {
		begin := time.Now()
		in := c.kill(t, k.command, k.reached)
		if in {
			killed++
		}
		t.Logf("%s at %s: in the middle %t, after %v; %d LOTs", k.command, k.what, in,
			time.Since(begin).Round(time.Millisecond), len(c.visible()))
		c.wantWhole(t)
		if strings.Contains(k.what, "writes") {
			c.recover(t)
		}
	}
	c.mustRun(t, exitDone, deliveryDay, delivered)
	c.wantDone(t)
	before := c.visible()
	c.mustRun(t, exitDone, deliveryDay, delivered)
	if after := c.visible(); len(after) != len(before) {
		t.Errorf("one more run made %d LOTs of %d", len(after), len(before))
	}
	return killed
}

// recover opens and closes the store, so that its log of writes begins anew and
// its size tells again how far a transaction is.
func (c crowd) recover(t *testing.T) {
	t.Helper()
	st, err := store.Open(t.Context(), gateway.StorePath(c.path("datos")), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}
