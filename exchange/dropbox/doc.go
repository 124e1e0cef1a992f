// Package dropbox is the gateway's own SFTP server over the accounts of a
// tree.Tree. It knows who signs in, what a session may do and what it read; the
// tree knows how a file gets its name, and neither knows what a file means.
//
// # Evidence
//
// OnPickup tells, for each handle that a party held on a file of the gateway,
// which bytes were read (Pickup, Spans). A file was picked up whole when the
// spans of all its handles together cover it.
package dropbox
