package gateway

import (
	"strings"
	"syscall"
	"testing"
)

func TestLock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	held, err := takeLock(dir, "serve")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := takeLock(dir, "run"); err == nil ||
		!strings.Contains(err.Error(), "in use by buzon serve (pid ") {
		t.Errorf("a second lock: %v", err)
	}
	// A child between fork and exec has a copy of the descriptor; giving the lock
	// back must not wait for it.
	child, err := syscall.Dup(int(held.f.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(child)
	if err := held.release(); err != nil {
		t.Fatal(err)
	}
	again, err := takeLock(dir, "run")
	if err != nil {
		t.Fatal(err)
	}
	if err := again.release(); err != nil {
		t.Error(err)
	}
}
