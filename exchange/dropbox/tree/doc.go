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
//	<account>/.entrega/              files on their way to a visible name
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
// Several processes may work on one Tree (a run by hand beside the daemon), but
// only one of them may be its Server.
package tree
