package remote

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"

	"github.com/pkg/sftp"
)

var (
	// ErrChanged says that a file is not what was listed: it is still arriving,
	// or another took its place.
	ErrChanged error = classed{"file changed", true}

	// ErrAuth says that the server refused this gateway's keys and password. It
	// is never tried again by itself: a server may lock the account.
	ErrAuth error = classed{"authentication refused", false}

	errClosed = errors.New("client closed")
)

// classed is an error that says whether it may pass, or has to be mended at the party.
type classed struct {
	text   string
	passes bool
}

func (e classed) Error() string { return e.text }

// MayPass tells the exchange of its class.
func (e classed) MayPass() bool { return e.passes }

// denial is what the party's server said no to.
type denial struct{ error }

func (e *denial) Unwrap() error { return e.error }

// MayPass tells the exchange of its class.
func (e *denial) MayPass() bool { return false }

// passingError is an error of a class that may pass.
type passingError struct{ cause error }

func (e *passingError) Error() string { return e.cause.Error() }
func (e *passingError) Unwrap() error { return e.cause }

// MayPass tells the exchange of its class.
func (e *passingError) MayPass() bool { return true }

func mayPass(err error) bool {
	return errors.As(err, new(*passingError))
}

// contentError is an error of the caller's own content, not of the server: the
// network errors that it may wrap say nothing about the connection.
type contentError struct{ cause error }

func (e *contentError) Error() string { return "content: " + e.cause.Error() }
func (e *contentError) Unwrap() error { return e.cause }

// lost tells whether err comes from a connection that is no more. io.EOF is
// among them because a write to a closed SSH channel gives it; a caller that
// reads a file takes its end out first.
func lost(err error) bool {
	var status *sftp.StatusError
	if errors.As(err, &status) {
		code := status.FxCode()
		return code == sftp.ErrSSHFxConnectionLost || code == sftp.ErrSSHFxNoConnection
	}
	var network net.Error
	return errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &network)
}

// Codes of later versions of the protocol that some servers of version 3 send.
const (
	fxFileAlreadyExists = 11
	fxNoSuchPath        = 10
)

// standard makes errors.Is see the error of the standard library that the
// server's status stands for.
func standard(err error) error {
	var status *sftp.StatusError
	if !errors.As(err, &status) {
		return err
	}
	err = &denial{err}
	switch {
	case status.Code == fxFileAlreadyExists:
		return fmt.Errorf("%w: %w", fs.ErrExist, err)
	case status.Code == fxNoSuchPath:
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	case status.FxCode() == sftp.ErrSSHFxOpUnsupported:
		return fmt.Errorf("%w: %w", errors.ErrUnsupported, err)
	}
	return err
}

// ended is the error of a context that is over, with its cause where that says
// more.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if errors.Is(cause, err) {
		return cause
	}
	return fmt.Errorf("%w: %w", err, cause)
}
