// Package subidas keeps what parties are uploading until it is whole and its
// arrival is recorded. It knows accounts, folders and names, and neither SSH nor
// what a file means; what has arrived lies elsewhere, with who gave Options.Arrive.
//
// # On disk
//
// Every account is one folder. An unfinished upload is a file under a random name
// and a small record beside it, which is replaced by writing another one and
// renaming it. No name that a party chose is a name on our disk:
//
//	<account>/<id>             the bytes
//	<account>/<id>.json        folder, name, state, size, moment, the time that the client set
//	<account>/<id>.json.nuevo  the record that comes next; while bytes are written it lies
//	                           there already, so that a full disk keeps no upload from being cut
//
// The states are
//
//	escribiendo  a handle is open on it
//	cortada      cut off: whole up to its size, and not at its end; may be resumed or replaced
//	cerrada      closed whole under a temporary name
//	llegando     closed whole under a final name: its arrival is being recorded, or could not be
//
// # Arrival
//
// The moment that counts is that at which the close or rename was taken up. Then
// the bytes are synced, Options.Arrive records them, and only when it has given nil
// does the staged file go. A rename to a final name leaves the record alone until
// then. The next process asks Options.Arrived of all that was ever whole: of what
// arrived nothing stays, and what did not is again what it was, or cut of its full
// size.
//
// Options.Arrive may keep the staged file itself by a hard link. So what was ever
// whole is never written to again: who resumes it gets a copy, who sends it anew
// another file.
//
// # Crashes
//
// What was cut, or closed under a temporary name, is on the disk with its record
// when the client gets its answer, and a resumed upload is known as being written
// before its first byte changes. Bytes that were being written when the process
// died are thrown away, for nobody can say which of them reached the disk. A cut
// connection is another matter: its upload is kept up to the first gap.
//
// # Quota
//
// SetLimits bounds what an account uploads: the size of a file, files and bytes of
// a day, and what must stay free on the disk. A refused opening changes nothing. A
// refused write or close leaves an upload cut up to its first gap, and resumable.
// What arrived is counted by Options.Today, at the first SetLimits and at each
// midnight; what is staged, from the records.
//
// # Names
//
// A party uploads under names that Windows can keep too, and never under two that
// differ only by case: ErrName, ErrCase. Of finished files that is for the
// transaction of Options.Arrive to judge; at an opening it is asked as a courtesy.
//
// One process alone works on a folder: the first use of an account takes its lock.
package subidas
