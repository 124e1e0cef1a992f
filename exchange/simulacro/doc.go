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
// The proportions are assumptions for the rehearsal, and not statistics of
// anybody: one complaint in 25 comes from a persona moral; women and men are as
// many; ages follow a normal curve around 45 years, cut at 18 and 95; states
// weigh as much as their people in the census of 2020; seven complaints in ten
// are about money, with a median of 4,500 pesos and a long tail; institutions
// get very unequal shares, the same ones on every day. Products and causes come
// as often as in a sample of public records. Answers are favourable in four of
// ten cases, partly so in two.
//
// In a scenario that is invented an answer takes eleven días hábiles in the middle,
// a prórroga is asked for in one case of eight, 3 % of the answers are late and
// 1.5 % never come, of a negligent institution three times as many; one case in a
// hundred is given up. One answer in fifty is marked incongruente or incompleta, one
// in twelve of those that are not favourable goes to conciliación, and so do six in
// ten of the cases without one; more than half of these are conciliated.
//
// People and companies are put together from common words, their telephones,
// mails and accounts from ranges that nobody has: any likeness is chance.
package simulacro
