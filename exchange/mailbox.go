package exchange

import (
	"context"
	"io"
	"io/fs"
)

// A Mailbox holds the files that one party leaves for the other, on a server that we
// dial or in a local folder: one folder, in one direction. What our own server holds is
// in the store (Parte.Propio). A file is in it whole or not at all: what is still arriving is
// not listed.
//
// Its methods may be called from several goroutines. Errors say which file and
// wrap fs.ErrNotExist and fs.ErrExist where these are the cause. The suite that
// every Mailbox passes is exchangetest.TestMailbox.
type Mailbox interface {
	// List gives the whole files that lie there, oldest first, also after Done
	// where the party keeps them. ModTime is the moment at which a file became
	// whole, by the clock of the side that holds the folder. A name stands twice
	// where a second content arrived under it before the first was Done.
	List(ctx context.Context) ([]fs.FileInfo, error)

	// Take opens the oldest content under name that is not Done, set apart first
	// where that can be done, so that it cannot change while it is read. It may
	// be called again, also after a crash, and gives the same bytes until Done.
	// The caller closes what it gets.
	Take(ctx context.Context, name string) (io.ReadCloser, error)

	// Done says that what Take gave is kept elsewhere. It is idempotent, and
	// deletes nothing that the party can see.
	Done(ctx context.Context, name string) error

	// Put makes a file appear under name, whole or not at all. It opens the
	// content again for each try. The same content under a name that is there is
	// no error and changes nothing; other content is fs.ErrExist.
	Put(ctx context.Context, name string, open func() (io.ReadCloser, error)) error
}
