package remote

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"go.uber.org/zap"

	"buzon/schema/nombres"
)

// parallelWrites is how many packets of 32 KiB wait for their answer at once.
const parallelWrites = 32

// Put writes the content under a temporary name in the same folder, reads it
// back, and renames it once the SHA-256 agrees. The same content under the name
// is no error; other content is fs.ErrExist. Every try calls open again, one call for
// each pass over the content, and closes what it got.
//
// A server whose rename replaces leaves a moment between the last
// look and the rename in which another writer's file could be lost; OpenSSH's
// does not replace.
func (m *Mailbox) Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error {
	target, err := m.path("put", name)
	if err != nil {
		return err
	}
	if nombres.Temporary(name) {
		return m.client.wrap("put", target,
			fmt.Errorf("%w: name of a file that is still arriving", fs.ErrInvalid))
	}
	unlock, err := m.client.lock(ctx, target)
	if err != nil {
		return m.client.wrap("put", target, err)
	}
	defer unlock()
	return m.client.do(ctx, "put", target, func(l *link) error {
		return m.put(l, name, open)
	})
}

func (m *Mailbox) put(l *link, name string, open func() (io.ReadCloser, error)) error {
	target := path.Join(m.dir, name)
	if m.Make {
		if err := l.makeFolder(m.dir); err != nil {
			return err
		}
	}
	if err := m.sweep(l, name); err != nil {
		return err
	}
	found, err := l.look(target, func() (contentID, error) { return digestOf(open, io.Discard) })
	if err != nil || found == same {
		return err
	}
	if found == other {
		return fmt.Errorf("other content is there: %w", fs.ErrExist)
	}
	temp := path.Join(m.dir, "."+name+"."+newMark()+".tmp")
	want, err := l.write(temp, open)
	if err == nil {
		err = l.readBack(temp, want)
	}
	if err == nil {
		err = m.place(l, temp, target, want)
	}
	if err != nil && l.alive() {
		_ = l.files.Remove(temp) // what stays, the next Put of the name sweeps
	}
	return err
}

// makeFolder makes a folder that is not there.
func (l *link) makeFolder(dir string) error {
	_, err := l.files.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = l.files.Mkdir(dir)
	}
	return err
}

// place gives the temporary file its name.
func (m *Mailbox) place(l *link, temp, target string, want contentID) error {
	mine := func() (contentID, error) { return want, nil }
	found, err := l.look(target, mine)
	if err != nil {
		return err
	}
	if found == absent {
		renamed := l.files.Rename(temp, target)
		if renamed == nil || lost(renamed) {
			return renamed
		}
		// A refusal may mean that another writer came first.
		if found, err = l.look(target, mine); err != nil {
			return err
		}
		if found == absent {
			return fmt.Errorf("rename: %w", renamed)
		}
	}
	if found == other {
		return fmt.Errorf("other content is there: %w", fs.ErrExist)
	}
	_ = l.files.Remove(temp) // what stays, the next Put of the name sweeps
	return nil
}

// write fills a new file and makes the server store it as durably as it offers.
func (l *link) write(temp string, open func() (io.ReadCloser, error)) (contentID, error) {
	f, err := l.files.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return contentID{}, fmt.Errorf("create %s: %w", temp, err)
	}
	want, err := digestOf(open, writerFrom{f})
	if err == nil {
		if _, ok := l.files.HasExtension("fsync@openssh.com"); ok {
			err = at("fsync", f.Sync())
		}
	}
	if closed := f.Close(); err == nil {
		err = at("close", closed)
	}
	return want, err
}

// readBack makes sure that the server holds what was sent: some say yes to a
// full disk.
func (l *link) readBack(temp string, want contentID) error {
	got, err := l.digest(temp)
	if err != nil {
		return fmt.Errorf("read back: %w", err)
	}
	if got != want {
		return fmt.Errorf("read back: server holds %d bytes that are not the %d sent", got.size, want.size)
	}
	return nil
}

// sweep removes what an earlier Put of the name left behind when it was cut.
func (m *Mailbox) sweep(l *link, name string) error {
	all, err := l.files.ReadDir(m.dir)
	if err != nil && lost(err) {
		return err
	}
	// A folder that may be written and not listed keeps its leftovers.
	for _, fi := range all {
		mark, ours := strings.CutPrefix(fi.Name(), "."+name+".")
		mark, temp := strings.CutSuffix(mark, ".tmp")
		if !ours || !temp || !isMark(mark) || !fi.Mode().IsRegular() {
			continue
		}
		if err := l.files.Remove(path.Join(m.dir, fi.Name())); err != nil {
			m.client.cfg.Log.Warn("remote leftover stays", zap.String("address", m.client.cfg.Address),
				zap.String("path", m.client.shown(path.Join(m.dir, fi.Name()))))
		}
	}
	return nil
}

const markBytes = 8

// newMark tells the temporary files of two tries apart: the server may still be
// writing to the first when the second begins.
func newMark() string {
	b := make([]byte, markBytes)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

func isMark(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == markBytes
}

func at(step string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", step, err)
}

// contentID identifies a content.
type contentID struct {
	sum  [sha256.Size]byte
	size int64
}
