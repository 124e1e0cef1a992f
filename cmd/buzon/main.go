// Command buzon is the gateway of Gestión Electrónica: it carries the daily
// files between CONDUSEF and the UNEs of the institutions, and records what came
// of them. "buzon help" lists its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// basura is how much the heap may grow between two collections, in percent of what
// is in use: the gateway's work is on the disk, and its memory is to stay small.
const basura = 50

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(basura)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
