// Package simulacro is the rehearsal: it plays CONDUSEF and the UNEs against the real
// gateway, for a day over the wire, or for months in a virtual clock. It is never part
// of a real exchange.
//
// CONDUSEF is an SFTP server of its own in which files lie for the gateway. A Cliente is an
// SFTP client of one institution: it picks up its LOTs, answers them, and checks the
// acuses. What the files hold is invented by package inventor.
//
// An Ensayo plays a scenario of package escenario, day by day, and Cotejar holds the
// log against it. Start reading at Ensayo.Play.
package simulacro
