// Package protocol is the server's side of SFTP version 3
// (draft-ietf-secsh-filexfer-02), over any stream of bytes and any Handler. It
// knows no SSH and no file system, and means nothing by a name.
//
// Serve answers the requests of a session one after the other, in their order and
// in the caller's goroutine. Requests are read ahead and replies gathered, so that
// a client that keeps many under way is served in large pieces. The bytes of a
// read go from the file into the reply, those of a write from the request into the
// file: neither is copied or allocated on the way.
//
// # The end
//
// A client may be gone while requests that it sent wait. They are carried out like
// those before them, without replies, and nothing is read for nobody: what counts
// of a cut upload is what came, and not how far the server was. Who ends a session
// from the server's side gives Serve io.EOF in place of what waits.
//
// # Memory
//
// A session that waits holds a few KiB. While it has more to read or to write it
// takes pages of 256 KiB from a pool that all sessions share, two at most, and
// gives them back as soon as they are empty. What the pool keeps is bounded.
//
// # What is answered
//
// Of version 3 everything is, and posix-rename@openssh.com and limits@openssh.com
// beside it. There are no links, and folders are not made or removed by clients:
// those requests are refused. fsync@openssh.com is not offered, since a Handler
// makes a file durable when it is closed.
//
// A request whose fields do not fit into its packet is answered with BadMessage.
// A packet of no or of more than 256 KiB, one too short for the number of its
// request, and anything before INIT end the session, for then nothing is known
// about where the next packet begins, or whom to answer.
package protocol
