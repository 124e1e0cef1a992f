package dropbox_test

import (
	"io"
	"sync/atomic"
	"testing"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
)

const (
	cutTmp   = "/respuestas/cut.tmp"
	wholeTmp = "/respuestas/whole.tmp"
	byRename = "whole.txt"
)

// busyWorld is a server that is busy with the arrival of res1 until it is let go.
func busyWorld(t *testing.T, change func(*dropbox.Options)) (w *world, busy, letGo chan bool) {
	t.Helper()
	busy, letGo = make(chan bool), make(chan bool)
	return start(t, func(c *dropbox.Options) {
		c.OnUpload = func(_, _, name string) {
			if name == res1 {
				busy <- true
				<-letGo
			}
		}
		if change != nil {
			change(c)
		}
	}), busy, letGo
}

// leaveUnread has a client send the arrival that keeps the server busy, and then
// content under a name, and another file that it closes and renames.
func (w *world) leaveUnread(t *testing.T, busy chan bool, content []byte) raw {
	t.Helper()
	const create = 2 | 8 | 16 // to write, create, truncate
	r := w.raw(t, une1)
	r.init(t)
	r.send(rawOpen(1, resPath, create), rawOpen(2, cutTmp, create), rawOpen(3, wholeTmp, create),
		rawWrite(4, "1", 0, "a"), rawClose(5, "1"))
	<-busy
	for i := 0; i < len(content); i += 30_000 {
		r.send(rawWrite(6, "2", uint64(i), string(content[i:i+30_000])))
	}
	r.send(rawWrite(7, "3", 0, "whole"), rawClose(8, "3"), rawRename(9, wholeTmp, "/respuestas/"+byRename))
	return r
}

// TestGoneBeforeTheAnswers has a client leave while what it sent waits for the
// server, so that no answer to it can be sent. All of it must count.
func TestGoneBeforeTheAnswers(t *testing.T) {
	t.Parallel()
	w, busy, letGo := busyWorld(t, nil)
	content := noise(1_500_000)
	r := w.leaveUnread(t, busy, content)
	r.ch.Close()
	_, _ = io.Copy(io.Discard, r.ch) // until the server knows
	letGo <- true
	r.conn.Close()
	w.await(t, "logout")
	wantEqual(t, "queue", w.queue(t, une1), []string{res1 + "=a", byRename + "=whole"})
	if got := w.party(t, une1).read(t, cutTmp); got != string(content) {
		t.Errorf("%d bytes are kept of %d that arrived", len(got), len(content))
	}
}

// TestEndedBeforeTheRest has the server end a session while requests wait: they
// are not carried out any more.
func TestEndedBeforeTheRest(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"withdrawn", "stopped"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			var revoked atomic.Bool
			w, busy, letGo := busyWorld(t, func(c *dropbox.Options) {
				c.Authorize = func(account string, key ssh.PublicKey) error {
					if revoked.Load() {
						return errRevoked
					}
					return authorize(account, key)
				}
			})
			r := w.leaveUnread(t, busy, noise(30_000))
			r.send(rawPacket(13, uint32(10), cutTmp)) // REMOVE
			// Its answer comes after the server has all of that.
			_, _, _ = r.conn.SendRequest("keepalive@openssh.com", true, nil)
			stopped := make(chan bool)
			if how == "withdrawn" {
				revoked.Store(true)
				w.srv.Recheck()
				close(stopped)
			} else {
				go func() { w.stop(); close(stopped) }()
			}
			_ = r.conn.Wait()
			letGo <- true
			<-stopped
			w.await(t, "logout")
			if how == "stopped" {
				w.open(t)
				defer w.close(t)
			}
			wantEqual(t, "arrivals", w.queue(t, une1), []string{res1 + "=a"})
			a, err := w.up.Account(une1)
			check(t, err)
			left := []string{}
			for _, info := range a.List("respuestas") {
				left = append(left, info.Name())
				if _, err := a.Rename("respuestas", info.Name(), "final.txt"); err == nil {
					t.Errorf("%s counts as closed", info.Name())
				}
			}
			wantEqual(t, "unfinished", left, []string{"cut.tmp", "whole.tmp"})
		})
	}
}
