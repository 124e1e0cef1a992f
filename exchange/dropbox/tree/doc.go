// Package tree keeps the accounts of the parties on the disk: what a party sees
// of its folders, uploads on their way to becoming files, and the mailboxes
// through which the gateway takes and leaves whole files. It knows accounts,
// folders and names, and neither SSH nor what a file means.
//
// # On disk
//
// Every account is one folder under the root of the Tree. A party sees the
// folders of its account and the files beside them; what begins with a dot is
// never shown:
//
//	<account>/LEEME.txt              written by PutRoot
//	<account>/reclamaciones/N        written by the gateway, read by the party
//	<account>/respuestas/N           a finished upload, as its owner sees it
//	<account>/.subidas/respuestas/   uploads that are not finished:
//	    escribiendo_N                  a handle is open on it
//	    cortada_N                      cut off; may be resumed or replaced
//	    cerrada_N                      closed whole under a temporary name
//	<account>/.llegadas/respuestas/<sequence>_N   arrived, not taken
//	<account>/.tomadas/respuestas/<sequence>_N    taken, not Done
//	<account>/.entrega/              files on their way to or from a visible name
//	<account>/.horas/respuestas/N    empty; bears the time that the party set on N
//
// An upload finishes by one rename, from .subidas to .llegadas, after its bytes
// were synced. What comes before it can be lost without harm, since nobody was
// told; what comes after it (the name that the owner sees) is made good by the
// next AddAccount. The visible name is a second hard link to the arrival, so
// the file system must have hard links. Neither is ever written to again: an
// upload under a used name is a new file that takes the visible name's place,
// while the older arrival stays in the queue.
//
// Bytes that were being written when the process died are thrown away by the
// next AddAccount, for nobody can say which of them reached the disk. A cut
// connection is another matter: its upload is kept up to the first gap.
//
// # What stays, and how long
//
// A finished upload stays visible with its size after the gateway is Done with
// it, since clients look at it after they wrote; so does the time that they set,
// by which those that keep folders in step decide what to send again. Retire
// takes both away once the gateway calls it for what is old enough. What has not
// been taken and Done never goes.
//
// # Limits
//
// SetLimits bounds what an account uploads: the size of a file, files and bytes
// of a day in a zone that the caller gives, and what must stay free on the disk.
// A refused opening changes nothing. A refused write or close leaves an upload
// cut up to its first gap, and resumable. The counts are kept in memory and
// found again on the disk by the next process, but for uploads whose name has
// had another content since and those that were Retired.
//
// # Names
//
// A party uploads under names that Windows can keep too, and never under two
// that differ only by case: ErrName, ErrCase.
//
// Several processes may work on one Tree (a run by hand beside the daemon), but
// only one of them may be its Server.
package tree
