// Package ficha prints the score of one institution as a page: the sheet that its
// director reads, laid out as CONDUSEF's published fichas of the IDATU lay theirs
// out: identification, data by quarter and accumulated, calculation, weighting.
// Start reading at Write.
//
// The page is one HTML file that needs nothing else: no script, no font, no
// picture from elsewhere, its style and its plots inside, and a policy in its head
// that lets a browser fetch nothing. It is made for Letter paper as much as for a
// screen or a telephone: plots tell by shape and not by colour alone, tables repeat
// their heads, and each printed page says of whom and of which moment it is. A
// rehearsal says SIMULACRO on each of them.
//
// Nothing is scored here. The numbers are idatu's, rounded once, as they are
// written. What is unknown reads "sin dato", never 0; what a value cannot have, as
// the participation of a mean time, reads "—". The page tells the bounds that the
// points were given within, so that its reader can compute them again by hand, and
// the command that prints the same page again.
package ficha
