// Package store keeps the facts of the exchange and their history, in SQLite.
//
// A fact and the event that tells of it are kept by one transaction: there is no
// way to have one without the other. An event tells an act, and commits to the rows
// that it added by one hash a table. The events are the log (bitácora): numbered
// from 1 without gaps, never changed or deleted, which the database itself refuses.
// What they are made of is in package bitacora; none has a person's data. A record's
// text is in the file that brought it: its row has the place, and what is asked,
// counted or aggregated.
//
// Start reading at Store.Update and the tables in migrations/. Moments are kept
// as Unix milliseconds, days as AAAA-MM-DD of America/Mexico_City, but for those of
// records, which are numbers.
//
// # Three classes of tables
//
// tablas.go has every table in one of them. Facts are only added, by Tx.add and
// Ingreso, and no statement that writes spells one out. Work tables are what events
// and facts come to, and Verify makes them again. Observations may be overwritten; an
// event that one decides has what it was decided by.
//
// # One writer
//
// Writes go through one connection, one after the other, and are on disk when
// Update returns (synchronous=FULL). Questions go through View, on a snapshot
// that holds up no writer; a program that only asks opens the store with
// OpenReadOnly, also while the gateway works.
//
// A file that is taken in (Ingreso) lets others write every 50 ms: what is on disk
// of it then is several transactions, which count for nobody until Juzgar makes the
// file count in the last one, and are dropped at the next start where it never did.
// The rows of a REC are written beside the judging of the next, those of an institution
// one behind the other: the first of them says how many they are, and only it is in the
// index by which the rows of a LOT are found.
//
// # Another engine
//
// What only SQLite can do stands in the files sqlite_*.go: opening, prepared
// statements on the driver's own connection, guards and the schema that Verify
// expects, reading through whole tables. The statements elsewhere are its dialect
// still.
//
// # Where this differs from the first design
//
// A transaction is a function handed to Update, instead of one method each: a
// file is judged record by record against the state that the records before it
// made, so the judging has to happen inside. The rules stay in exchange; this
// package has one method for each fact.
package store
