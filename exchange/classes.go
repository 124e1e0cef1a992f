package exchange

import (
	"context"
	"errors"
	"strings"
	"syscall"

	"buzon/schema"
	"buzon/store"
)

// An error of the exchange is of one of three classes, which say who can do something
// about it. What a file says wrong is no error: it is refused, and its party answered.
//
//   - It may pass by itself: a lost connection, a timeout, a file that is still being
//     written, a store that is busy. It is tried again soon, from the beginning.
//   - The party has to mend it: its server refuses what we ask.
//   - Everything else somebody here has to mend: a disk, a right, a key, a name that is
//     taken. Trying again changes nothing: it is told once, with what to do.

// Class says who can do something about an error.
type Class string

// The classes, as the process log has them.
const (
	Passing  Class = "passing"
	Partner  Class = "partner"
	Operator Class = "operator"
)

// ClassOf gives the class of an error; of joined ones the first of those above that one
// of them has.
func ClassOf(err error) Class {
	class := Operator
	eachError(err, func(err error) bool {
		m, marked := err.(interface{ MayPass() bool })
		errno, ours := err.(syscall.Errno)
		switch {
		case marked && m.MayPass(), ours && errno.Temporary(), store.Busy(err),
			err == context.DeadlineExceeded, err == errCambio, err == errMidnight:
			class = Passing
		case marked:
			class = Partner
		}
		return class != Passing
	})
	return class
}

// eachError calls fn with an error and with all that it wraps, until fn is false; it tells
// whether fn never was.
func eachError(err error, fn func(error) bool) bool {
	if err == nil {
		return true
	}
	if !fn(err) {
		return false
	}
	switch x := err.(type) {
	case interface{ Unwrap() error }:
		return eachError(x.Unwrap(), fn)
	case interface{ Unwrap() []error }:
		for _, err := range x.Unwrap() {
			if !eachError(err, fn) {
				return false
			}
		}
	}
	return true
}

// PartyError is what could not be done with one party.
type PartyError struct {
	Parte schema.Parte
	Err   error
}

// Error begins with the party.
func (e *PartyError) Error() string {
	if e.Parte == schema.ParteCONDUSEF {
		return strings.ToLower(e.Parte.String()) + ": " + e.Err.Error()
	}
	return "une " + e.Parte.String() + ": " + e.Err.Error()
}

// Unwrap gives what it was.
func (e *PartyError) Unwrap() error { return e.Err }

// SplitErrors gives what could not be done with single parties, and the rest.
func SplitErrors(err error) (parties []*PartyError, rest error) {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		if p, ok := errors.AsType[*PartyError](err); ok {
			return []*PartyError{p}, nil
		}
		return nil, err
	}
	for _, err := range joined.Unwrap() {
		ps, r := SplitErrors(err)
		parties, rest = append(parties, ps...), errors.Join(rest, r)
	}
	if len(parties) == 0 {
		return nil, err // whole, with what it says of itself
	}
	return parties, rest
}
