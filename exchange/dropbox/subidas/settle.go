package subidas

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema/nombres"
)

// Close finishes the upload, or keeps it as cut. arrived tells that it did so under
// a final name, and durably: an error beside it is about what was left behind.
func (u *Upload) Close() (arrived bool, err error) {
	defer u.a.ends.begin()()
	now := u.a.s.cfg.Now() // before the lock, which others may hold for a while
	u.a.mu.Lock()
	defer u.a.mu.Unlock()
	if u.it.handle != u {
		return false, errEnded
	}
	u.mu.Lock()
	lost := u.lost
	u.mu.Unlock()
	return u.a.settle(u, lost, now)
}

// settle ends an upload's handle and gives the upload its state: arrived, closed
// under a temporary name, or cut. It tells whether the upload arrived.
func (a *Account) settle(u *Upload, broken bool, now time.Time) (arrived bool, err error) {
	size, whole := u.stop(broken)
	it := u.it
	it.handle = nil
	defer u.f.Close()
	if whole && u.untouched() {
		return false, a.leave(it)
	}
	it.Stuck = final(it.Name) // until it is known better
	if err := u.f.Truncate(size); err != nil {
		return false, trouble(err)
	}
	if err := a.s.syncFile(u.f); err != nil {
		return false, trouble(err)
	}
	a.s.at("settle: synced")
	r := it.record
	r.Size, r.Touched = size, now
	a.use.settled(it.id, size)
	switch {
	case !whole:
		r.State = cut
		if !u.failed() {
			r.Stuck = ""
		}
		err = a.save(it, r, true)
		a.s.at("settle: saved")
		if err == nil && !broken {
			err = u.gaps()
		}
		return false, err
	case nombres.Temporary(it.Name):
		r.State, r.SHA256 = closed, u.digest.sum(size)
		return false, a.save(it, r, true)
	}
	return a.finish(it, r, u.digest.sum(size), now)
}

// leave takes back an upload that its client opened only to see whether it may. A
// time that it set meanwhile is for the finished file that it saw.
func (a *Account) leave(it *staged) error {
	if err := a.drop(it); err != nil || it.Shown.IsZero() {
		return err
	}
	return full(a.s.cfg.Date(a.name, it.Folder, it.Name, it.Shown))
}

// finish has an upload arrive that was closed whole under its final name, or keeps
// it as cut.
func (a *Account) finish(it *staged, r record, sum string, now time.Time) (arrived bool, err error) {
	if err := a.use.arrival(now); err != nil {
		r.State, r.Stuck, it.Stuck = cut, "", ""
		return false, errors.Join(err, a.save(it, r, true))
	}
	r.State, r.SHA256 = arriving, sum
	if err := a.save(it, r, false); err != nil {
		return false, err
	}
	a.s.at("arrive: closed")
	if err := a.arrive(it, it.Name, now); errors.Is(err, ErrCase) {
		r.State, r.Stuck, it.Stuck = cut, "", ""
		return false, errors.Join(err, a.save(it, r, true))
	} else if err != nil {
		// Its record says so already, and needs no room to be kept.
		return false, errors.Join(err, a.fix(it))
	}
	return true, a.gone(it)
}

// arrive has an upload recorded that is whole and synced, and counts it.
func (a *Account) arrive(it *staged, name string, now time.Time) (err error) {
	sum := it.SHA256
	if sum == "" {
		if sum, err = sumFile(a.path(it.id)); err != nil {
			return err
		}
	}
	if err := a.s.cfg.Arrive(Arrival{
		Account: a.name, Folder: it.Folder, Name: name, ID: it.id, Path: a.path(it.id),
		SHA256: sum, Bytes: it.Size, Moment: now, Shown: it.Shown,
	}); err != nil {
		return fmt.Errorf("record an arrival of %s: %w", a.name, full(err))
	}
	a.s.at("arrive: recorded")
	a.use.arrived(now, it.id, it.Size)
	return nil
}

// gone takes away what is left of an upload that arrived.
func (a *Account) gone(it *staged) error {
	err := a.forget(it)
	a.s.at("arrive: gone")
	if err != nil {
		return fmt.Errorf("an upload that arrived is left behind: %w", err)
	}
	return nil
}
