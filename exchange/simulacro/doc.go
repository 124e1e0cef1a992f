// Package simulacro is the rehearsal: it invents believable days and plays
// CONDUSEF and the UNEs against the real gateway, for a day over the wire, or for
// months in a virtual clock. It is never part of a real exchange.
//
// An Inventor makes the reclamaciones of a day (Inventor.Dia), with mistakes on
// request: each comes with the field and the code under which the gateway must
// find it. WriteREC makes the file of them. CONDUSEF is an SFTP server of its
// own in which such files lie for the gateway. A UNE is an SFTP client of one
// institution: it picks up its LOTs, answers them, and checks the acuses.
//
// An Escenario says of each reclamación when it is assigned, how its institution
// answers and what becomes of it; ReadEscenario reads one, Inventar makes one. An
// Ensayo plays it, day by day, and Cotejar holds the log against it. Start reading
// at Ensayo.Play.
//
// # What is assumed
//
// In a scenario that is invented an answer takes eleven días hábiles in the middle,
// a prórroga is asked for in one case of eight, 3 % of the answers are late and
// 1.5 % never come, of a negligent institution three times as many; one case in a
// hundred is given up. One answer in fifty is marked incongruente or incompleta, one
// in twelve of those that are not favourable goes to conciliación, and so do six in
// ten of the cases without one; more than half of these are conciliated.
package simulacro
