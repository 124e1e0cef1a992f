package exchange_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"syscall"
	"testing"

	"buzon/exchange"
	"buzon/exchange/carpeta"
	"buzon/exchange/remote"
	"buzon/schema"
)

func TestClassOf(t *testing.T) {
	t.Parallel()
	disk := &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	for _, c := range []struct {
		err  error
		want exchange.Class
	}{
		{fmt.Errorf("take x: %w", carpeta.ErrCambio), exchange.Passing},
		{fmt.Errorf("take x: %w", remote.ErrChanged), exchange.Passing},
		{fmt.Errorf("visit: %w", context.DeadlineExceeded), exchange.Passing},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.EMFILE}, exchange.Passing},
		{fmt.Errorf("list: %w", remote.ErrAuth), exchange.Partner},
		{&remote.HostKeyError{}, exchange.Partner},
		{disk, exchange.Operator},
		{fmt.Errorf("put: %w", fs.ErrExist), exchange.Operator},
		{errors.Join(disk, remote.ErrAuth), exchange.Partner},
		{errors.Join(disk, remote.ErrAuth, remote.ErrChanged), exchange.Passing},
	} {
		if got := exchange.ClassOf(c.err); got != c.want {
			t.Errorf("%v: %s, want %s", c.err, got, c.want)
		}
	}
}

// TestSplitErrors: a run tells which party it could not serve, as it always did.
func TestSplitErrors(t *testing.T) {
	t.Parallel()
	g := open(t)
	g.leave(schema.ParteCONDUSEF, nameREC, example(t, "in/CONDUSEF/salida/"+nameREC))
	g.faults.failLike("salida")
	_, err := g.runAt(corrida, exchange.CausaAgenda)
	parties, rest := exchange.SplitErrors(err)
	if len(parties) != 1 || parties[0].Parte != schema.ParteCONDUSEF || rest != nil ||
		err.Error() != parties[0].Error() {
		t.Errorf("%v: %v, %v", err, parties, rest)
	}
	une := &exchange.PartyError{Parte: norte, Err: errors.New("a")}
	other := fmt.Errorf("%w: %w", fs.ErrExist, errors.New("b"))
	parties, rest = exchange.SplitErrors(errors.Join(errors.Join(une, parties[0]), other))
	if len(parties) != 2 || rest == nil || rest.Error() != other.Error() ||
		slices.Index(parties, une) != 0 || une.Error() != "une 00900001: a" {
		t.Errorf("%v, %v", parties, rest)
	}
}
