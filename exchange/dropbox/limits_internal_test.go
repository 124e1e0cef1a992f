package dropbox

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// moments is a clock that stands still until it is moved.
type moments struct{ now time.Time }

func (m *moments) Now() time.Time { return m.now }

func newMoments() *moments { return &moments{time.Date(2026, time.March, 2, 20, 3, 30, 0, time.UTC)} }

func TestAddress(t *testing.T) {
	t.Parallel()
	for peer, want := range map[string]string{
		"192.0.2.7:22": "192.0.2.7", "[::ffff:192.0.2.7]:22": "192.0.2.7",
		"[2001:db8:1:2:3:4:5:6]:22": "2001:db8:1:2::/64", "[2001:db8:1:2:ffff::]:9": "2001:db8:1:2::/64",
		"[2001:db8:1:3::1]:22": "2001:db8:1:3::/64", "[fe80::1%eth0]:22": "fe80::/64", "@": "@",
	} {
		if got := address(named(peer)); got != want {
			t.Errorf("%s counts for %s, want %s", peer, got, want)
		}
	}
}

type named string

func (named) Network() string  { return "tcp" }
func (n named) String() string { return string(n) }

var _ net.Addr = named("")

func TestBansGrow(t *testing.T) {
	t.Parallel()
	clock := newMoments()
	b := newBans(Limits{MaxFailures: 3, Ban: time.Minute, BanMax: 5 * time.Minute}, clock.Now)
	wait := func() time.Duration {
		until, banned := b.banned("a")
		if !banned {
			return 0
		}
		return until.Sub(clock.now)
	}
	for _, want := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute,
		5 * time.Minute} {
		for range 2 {
			b.fail("a")
			if d := wait(); d != 0 {
				t.Fatalf("banned for %s too early", d)
			}
		}
		b.fail("a")
		if d := wait(); d != want {
			t.Errorf("banned for %s, want %s", d, want)
		}
		if _, banned := b.banned("b"); banned {
			t.Error("another address is banned")
		}
		clock.now = clock.now.Add(want - time.Nanosecond)
		if wait() == 0 {
			t.Error("the ban ends early")
		}
		clock.now = clock.now.Add(time.Nanosecond)
	}
	clock.now = clock.now.Add(5 * time.Minute)
	for range 2 {
		b.fail("a")
	}
	clock.now = clock.now.Add(5 * time.Minute)
	for range 3 { // those before are forgotten
		if wait() != 0 {
			t.Error("old failures count")
		}
		b.fail("a")
	}
	if d := wait(); d != time.Minute {
		t.Errorf("banned for %s after a quiet time, want a minute", d)
	}
	b.clear("a")
	if wait() != 0 {
		t.Error("a login does not clear")
	}
}

func TestNoBounds(t *testing.T) {
	t.Parallel()
	g, b := newGate(Limits{}), newBans(Limits{}, newMoments().Now)
	for range 5000 {
		b.fail("a")
		if _, banned := b.banned("a"); banned || g.enter("a") != "" || !g.begin("une") {
			t.Fatal("bounded")
		}
	}
}

func TestBansBounded(t *testing.T) {
	t.Parallel()
	clock := newMoments()
	b := newBans(Limits{MaxFailures: 1, Ban: time.Minute, BanMax: time.Hour}, clock.Now)
	for n := range maxOffenders + 10 {
		clock.now = clock.now.Add(time.Millisecond)
		b.fail(fmt.Sprint(n))
	}
	if len(b.known) != maxOffenders {
		t.Errorf("remembers %d addresses, want %d", len(b.known), maxOffenders)
	}
	if _, banned := b.banned("9"); banned {
		t.Error("the oldest is not forgotten")
	}
	if _, banned := b.banned("10"); !banned {
		t.Error("one that is not among the oldest is forgotten")
	}
}

func TestBannedText(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("centro", -6*3600)
	at := newMoments().now
	for until, want := range map[time.Time]string{at: "14:04", at.Add(30 * time.Second): "14:04",
		at.Add(31 * time.Second): "14:05"} {
		if got := bannedText(until,
			zone); got != "Demasiados intentos fallidos; vuelva a intentar después de las "+want+"." {
			t.Errorf("%s: %s, want %s", until, got, want)
		}
	}
}

// TestDoorNeverWaits turns away clients that take nothing.
func TestDoorNeverWaits(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var conns sync.WaitGroup
	d := newDoor()
	for range maxFarewells {
		ours, _ := net.Pipe()
		d.turnAway(ctx, &conns, ours, "x")
	}
	ours, theirs := net.Pipe()
	d.turnAway(ctx, &conns, ours, "x")
	if n, err := theirs.Read(make([]byte, 9)); n != 0 || err != io.EOF {
		t.Errorf("one too many reads %d bytes, %v, want its end", n, err)
	}
	cancel()
	conns.Wait()
	if len(d.busy) != 0 {
		t.Errorf("%d are still at the door", len(d.busy))
	}
}

// TestDoorIsHeard turns away a client that has already spoken.
func TestDoorIsHeard(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	theirs, err := net.Dial("tcp", ln.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer theirs.Close()
	ours, err := ln.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(theirs, "SSH-2.0-x\r\n"); err != nil {
		t.Fatal(err)
	}
	var conns sync.WaitGroup
	newDoor().turnAway(t.Context(), &conns, ours, "no")
	if line, err := io.ReadAll(theirs); err != nil || string(line) != "no\r\n" {
		t.Errorf("reads %q, %v", line, err)
	}
	theirs.Close()
	conns.Wait()
}

func TestSpoken(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{10 * time.Minute: "10 min", 2 * time.Hour: "120 min",
		1500 * time.Millisecond: "1.5s"} {
		if got := spoken(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for n, want := range map[int64]string{64 << 20: "64 MiB", 4 << 30: "4 GiB", 1536: "1536 bytes",
		3 << 10: "3 KiB", 1: "1 bytes"} {
		if got := size(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// gathered is a gatherer and what it told since the last look.
type gathered struct {
	*refusals
	clock *moments
	told  []Refusal
}

func newGathered() *gathered {
	g := &gathered{clock: newMoments()}
	g.refusals = newRefusals(g.clock.Now, func(r Refusal) { g.told = append(g.told, r) })
	return g
}

func (g *gathered) look(all bool) []string {
	g.flush(all)
	var got []string
	for _, r := range g.told {
		got = append(got,
			fmt.Sprintf("%s %s %s ×%d %s", r.Reason, cmp.Or(r.Account, "-"), r.Address, r.Count,
				r.Since.Format("04:05")))
	}
	g.told = nil
	slices.Sort(got)
	return got
}

func (g *gathered) want(t *testing.T, what string, all bool, want ...string) {
	t.Helper()
	if got := g.look(all); !slices.Equal(got, want) {
		t.Errorf("%s: told %q, want %q", what, got, want)
	}
}

func TestRefusalsGathered(t *testing.T) {
	t.Parallel()
	g := newGathered()
	g.add(Banned, "", "a")
	g.want(t, "first", false, "bloqueo - a ×1 03:30")
	g.clock.now = g.clock.now.Add(10 * time.Second)
	for range 5 {
		g.add(Banned, "", "a")
	}
	g.add(Banned, "", "b")
	g.add(TooManyHandles, "900001", "a")
	g.add(TooManyHandles, "900001", "b") // by account, wherever it comes from
	g.want(t, "further", false, "archivos_abiertos 900001 a ×2 03:40", "bloqueo - b ×1 03:40")
	g.clock.now = g.clock.now.Add(50*time.Second - 1)
	g.want(t, "within the minute", false)
	g.clock.now = g.clock.now.Add(1)
	g.want(t, "after the minute", false, "bloqueo - a ×5 03:40")
	g.clock.now = g.clock.now.Add(time.Hour)
	g.want(t, "nothing new", false)
	if len(g.kept) != 0 {
		t.Errorf("keeps %d kinds for ever", len(g.kept))
	}
	g.add(Banned, "", "a")
	g.want(t, "first again", false, "bloqueo - a ×1 04:30")
	g.add(Banned, "", "a")
	g.want(t, "at the end", true, "bloqueo - a ×1 04:30")
}

func TestRefusalsBounded(t *testing.T) {
	t.Parallel()
	g := newGathered()
	for n := range 1000 {
		g.add(Banned, "", fmt.Sprintf("s%03d", n))
		g.add(TooManyOfAddress, "", fmt.Sprintf("s%03d", n))
	}
	g.add(BadName, "900001", "s999")
	got := g.look(false)
	if len(got) > refusalKinds+3 || !slices.Contains(got, "nombre 900001 s999 ×1 03:30") {
		t.Errorf("told %d: %q", len(got), got)
	}
	others := 0
	for _, line := range got {
		if strings.Contains(line, "- otras ×95") {
			others++
		}
	}
	if others != 2 {
		t.Errorf("%d lines of others, want 2: %q", others, got)
	}
}
