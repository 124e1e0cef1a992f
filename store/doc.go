// Package store keeps the facts of the exchange and their history, in SQLite.
//
// A fact and the event that tells of it are written by one method of Tx, in one
// transaction: there is no way to have one without the other. The events are the
// log (bitácora): numbered from 1 without gaps, never changed or deleted, which
// the database itself refuses. It holds folios, hashes, names of files, parties,
// moments and counts, and never a person's data; the records themselves are in
// the tables, and in the files.
//
// Start reading at Store.Update and the tables in migrations/. Moments are kept
// as Unix milliseconds, days as AAAA-MM-DD of America/Mexico_City.
//
// # One writer
//
// Writes go through one connection, one after the other, and are on disk when
// Update returns (synchronous=FULL). Questions go through View, on a snapshot
// that holds up no writer; a program that only asks opens the store with
// OpenReadOnly, also while the gateway works.
//
// # Where this differs from the first design
//
// A transaction is a function handed to Update, instead of one method each: a
// file is judged record by record against the state that the records before it
// made, so the judging has to happen inside. The rules stay in exchange; this
// package has one method for each fact.
package store
