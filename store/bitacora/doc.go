// Package bitacora has the words of the log: the names of its events, what each
// says beyond its columns, the bytes that its leaf is the hash of, and the table
// for spreadsheets. It knows no SQL, so that whoever has an export reads it with
// the same code that wrote it. Start reading at CargaDe and Lector.
//
// # An event tells an act
//
// A file that was taken in, a LOT that became visible, an answer, a pickup, a
// corte. What an act did to each record stands in its payload, in the file's
// order, as renglones; what is the same for all of them stands once. The struct of
// a payload is its only description: writers fill it, readers decode it, and
// section 7 of docs/bitacora.md is made from it (Documento).
//
// To add one: its name in nombres.go, its struct in a cargas file and in CargaDe, its
// sentence for the document in actos_test.go; TestNombres names what is missing, and
// -update writes the document. Whoever writes it calls store.Tx.Log; what is counted
// from it is read in package expediente.
//
// # Parts
//
// A payload has at most MaxCarga bytes, which is what a spreadsheet's cell holds.
// What is longer goes on in following events of the same name, transaction and
// moment: each has parte, de (how many there are) and, from the second on, primero,
// the number of the first, and desde, the place of its first renglón. Only the
// first has what is the same for all. Lector follows the parts, and an act that is
// not whole is an error.
package bitacora
