package subidas_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/exchangetest"
)

// smallDisk mounts a file system of that many bytes.
func smallDisk(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("mount a small disk: %v", err)
		}
		t.Skipf("NOT TESTED, a disk that runs full: only root may mount one: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	return dir
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	p := open(t, smallDisk(t, "1m"), exchangetest.NewClock(monday))
	p.upload(t, "a.txt", "arrived")
	p.upload(t, "c.tmp", "closed")
	u := p.begin(t, "b.txt", anew, "")
	var err error
	at := int64(0)
	for page := []byte(strings.Repeat("b", 4<<10)); err == nil && at < 4<<20; { // to the last one
		if _, err = u.WriteAt(page, at); err == nil {
			at += int64(len(page))
		}
	}
	wantErr(t, "write", err, subidas.ErrDiskFull)
	wantErr(t, "write", err, syscall.ENOSPC)
	_, err = u.Close()
	wantErr(t, "close", err, subidas.ErrDiskFull)
	p = p.again(t) // what was cut outlives the process all the same
	if got := p.seen(t); got["a.txt"] != "arrived" || len(got["b.txt"]) != int(at) {
		t.Errorf("the owner sees %q, %d bytes; want %d", got["a.txt"], len(got["b.txt"]), at)
	}
	stuck, err := p.up.Retry(une, func(string) bool { return true })
	check(t, err)
	wantEqual(t, "stuck", stuck, []string{"b.txt"})
	p.rename(t, "c.tmp", "c.txt") // needs no room
	wantEqual(t, "arrivals", p.drain(t), []string{"a.txt=arrived", "c.txt=closed"})
	check(t, p.Remove(respuestas, "b.txt"))
	p.upload(t, "b.txt", "room again")
	wantEqual(t, "arrivals", p.drain(t), []string{"b.txt=room again"})
}

// TestNoRoomForFiles has a disk on which no file can be made.
func TestNoRoomForFiles(t *testing.T) {
	t.Parallel()
	p := open(t, smallDisk(t, "1m,nr_inodes=40"), exchangetest.NewClock(monday))
	p.upload(t, "a.txt", "x")
	p.upload(t, "c.tmp", "c")
	for i := 0; ; i++ {
		f, err := os.Create(filepath.Join(p.dir, strings.Repeat("x", i+1)))
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		check(t, err)
		f.Close()
	}
	_, err := p.Begin(respuestas, "b.txt", anew)
	wantErr(t, "begin", err, subidas.ErrDiskFull)
	wantErr(t, "time", p.ShowTime(respuestas, "c.tmp", may), subidas.ErrDiskFull)
	p.wantSeen(t, "full", map[string]string{"a.txt": "x", "c.tmp": "c"})
	check(t, os.Remove(filepath.Join(p.dir, "x")))
	check(t, os.Remove(filepath.Join(p.dir, "xx")))
	check(t, os.Remove(filepath.Join(p.dir, "xxx")))
	p.upload(t, "b.txt", "y")
	wantEqual(t, "arrivals", p.drain(t), []string{"a.txt=x", "b.txt=y"})
}

// TestReserve: below the reserve nothing new begins or grows; what is whole arrives, and
// what makes room is done.
func TestReserve(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		quota subidas.Quota
		says  string
	}{
		"bytes":  {subidas.Quota{MinFree: 64 << 10}, "server.min_free keeps 65536"},
		"inodes": {subidas.Quota{MinInodes: 50}, "server.min_inodes keeps 50"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := open(t, smallDisk(t, "256k,nr_inodes=100"), exchangetest.NewClock(monday))
			p.limit(t, c.quota)
			p.upload(t, "c.tmp", "closed")
			p.upload(t, "d.tmp", "closed too")
			rest := filepath.Join(p.dir, "rest")
			check(t, os.Mkdir(rest, 0o700))
			if name == "bytes" {
				check(t, os.WriteFile(filepath.Join(rest, "x"), make([]byte, 180<<10), 0o600))
			} else {
				for i := range 60 {
					check(t, os.WriteFile(filepath.Join(rest, strings.Repeat("x", i+1)), nil, 0o600))
				}
			}
			_, err := p.Begin(respuestas, "b.txt", anew)
			wantErr(t, "begin", err, subidas.ErrDiskFull)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("%q does not say %q", err, c.says)
			}
			p.rename(t, "c.tmp", "c.txt")
			wantEqual(t, "arrivals", p.drain(t), []string{"c.txt=closed"})
			check(t, p.Remove(respuestas, "d.tmp"))
			check(t, os.RemoveAll(rest))
			p.upload(t, "b.txt", "room again")
			wantEqual(t, "arrivals", p.drain(t), []string{"b.txt=room again"})
		})
	}
}
