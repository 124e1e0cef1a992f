// Package archivo keeps contents under their SHA-256: each file that arrived and
// each that we made, byte by byte, for as long as an auditor may ask. It is the one
// owner of two folders of the data folder; nobody else writes there:
//
//	archivo/ab/abcd…            a content, mode 0400, by the first two digits of its hash
//	archivo/tmp/…               drafts: what is being written, or was when a process died
//	apartado/2026-03-02/abcd…   a whole content that nobody knew on that day
//
// What it promises:
//
//   - A content is there whole or not at all. It is written as a draft, its bytes are
//     synced, it gets its name, and the folder of that name is synced (before it the
//     folder above, where that one is new). A name never shows before its bytes are on
//     the disk.
//   - When a keep returns without an error the content is durable, whatever lay there
//     before: the newest bytes take the name each time, so that half a file that a dead
//     disk left does not stay.
//   - Nothing that is whole is ever deleted. What nobody knows is set apart, with the
//     day; it comes back at the next start that knows it, or goes when it is kept again.
//   - Nothing follows a symlink: what is not a regular file is as if it were not there.
//     Files of other names are left alone.
//
// An error about a path tells the whole path, and what to do where an operator can.
package archivo
