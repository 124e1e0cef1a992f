// Package puntaje scores institutions from a log or an export of it, as of a moment, and
// from files of counts: it asks expediente for what the log holds, idatu for the score,
// and says which sector is measured by what. It writes a score and the evidence behind it
// as JSON and as tables for spreadsheets, and fills in the sheet of package ficha; what a
// screen shows is a command's. A mistake in what is asked for is an [ErrPregunta]; one in
// a file is told with its place.
package puntaje
