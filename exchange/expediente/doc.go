// Package expediente folds the log (bitácora) into asuntos, and counts from them
// what the score of Gestión Electrónica wants. It knows the events alone and no
// store, so that an auditor gets to the same from an export of the log. Start
// reading at Read; what each act does to an asunto is in actos.go.
//
// # As of a moment
//
// A score is made as of a moment T: of every event whose moment is not after T,
// with the calendar of then. What is written later has a later moment, so that the
// same T gives the same again, whatever came since. Events are chosen by their
// moment and not by a number, because a moment is what a score is signed with and
// what an export is cut by, and because no number says what was known at T: where
// the clock was set back, the log holds moments out of order. For as long as the
// clock repeats an hour, events are still written with moments before a T within
// that hour; and a transaction that is under way has the moment of its beginning.
// Once T is past in that sense it holds still.
//
// # Asunto
//
// An asunto is one vuelta of a folio. Its limit as of T is the one that was told
// last, or that of the calendar of T where that is later: a recount never makes a
// told limit earlier. It ends at the hour (fin de plazo) that the log held at the
// end of the limit's day, since an hour that is configured later was told to
// nobody who answered before. What was received within that second is in time, as
// when the answer was taken in.
//
// It is concluded by whichever is first: an answer in time, at its reception; the
// limit's end, where no answer came by then, so that it belongs to the limit's day;
// a dictamen 6 (desistimiento), when the log took it in. A late answer leaves it
// concluded by the limit, and overdue, and adds its days from when the log holds it.
// With a later calendar a late answer may have been in time after all.
//
// Dictámenes stand until an 11 removes them. A 6 concludes an asunto also where an
// 11 removed it: DIC never reopens a folio, so nobody could have answered since.
//
// # What the log must say
//
// An event that contradicts those before it, or lacks what the count needs, is an
// error that names it, and the place and folio of the record that it is about. So is
// an act of which a part is not there, and a file that tells of another number of
// accepted records than it says: no part of a score is guessed.
package expediente
