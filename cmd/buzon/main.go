// Command buzon is the gateway of Gestión Electrónica: it carries the daily
// files between CONDUSEF and the UNEs of the institutions, and records what came
// of them. "buzon help" lists its commands.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}
