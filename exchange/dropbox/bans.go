package dropbox

import (
	"fmt"
	"sync"
	"time"
)

// maxOffenders bounds the memory of addresses; the oldest is forgotten first.
const maxOffenders = 4096

// bans counts failed logins by address and says who has to wait.
type bans struct {
	limits Limits
	now    func() time.Time

	mu    sync.Mutex
	known map[string]*offender
}

// offender is an address with failed logins. It is forgotten by a login, or
// when Limits.BanMax has gone by without a failure.
type offender struct {
	failures int // since the last ban
	bans     int
	until    time.Time // end of the ban
	last     time.Time // of its failures, or the end of its ban
}

func newBans(l Limits, now func() time.Time) *bans {
	return &bans{limits: l, now: now, known: map[string]*offender{}}
}

// banned tells whether an address has to wait, and until when.
func (b *bans) banned(addr string) (time.Time, bool) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.known[addr]
	if !ok || !now.Before(o.until) {
		return time.Time{}, false
	}
	return o.until, true
}

// fail counts a failed login; the ban that follows is twice the one before.
func (b *bans) fail(addr string) {
	now := b.now()
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.known[addr]
	switch {
	case !ok:
		if len(b.known) >= maxOffenders {
			b.forgetOldest()
		}
		o = &offender{}
		b.known[addr] = o
	case now.Sub(o.last) >= b.limits.BanMax:
		*o = offender{}
	}
	o.failures++
	if o.last.Before(now) {
		o.last = now
	}
	if !full(o.failures, b.limits.MaxFailures) {
		return
	}
	d := b.limits.Ban
	for range o.bans {
		d = min(2*d, b.limits.BanMax)
	}
	o.failures, o.bans = 0, o.bans+1
	o.until = now.Add(d)
	o.last = o.until
}

// forgetOldest makes room; the caller holds mu.
func (b *bans) forgetOldest() {
	var oldest string
	for addr, o := range b.known {
		if first, ok := b.known[oldest]; !ok || o.last.Before(first.last) {
			oldest = addr
		}
	}
	delete(b.known, oldest)
}

// clear forgets an address from which somebody signed in.
func (b *bans) clear(addr string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.known, addr)
}

// bannedText tells a client how long to wait, rounded up to the minute.
func bannedText(until time.Time, zone *time.Location) string {
	at := until.In(zone).Add(time.Minute - time.Nanosecond).Truncate(time.Minute)
	return fmt.Sprintf("Demasiados intentos fallidos; vuelva a intentar después de las %s.",
		at.Format("15:04"))
}
