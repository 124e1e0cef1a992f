// Package escenario says what is to happen in a rehearsal of months: of each
// reclamación when it is assigned, how its institution answers and what becomes of it.
// Read reads a scenario, Invent makes one, Fila.Fechas counts its days.
//
// # What is assumed
//
// In a scenario that is invented an answer takes eleven días hábiles in the middle,
// a prórroga is asked for in one case of eight, 3 % of the answers are late and
// 1.5 % never come, of a negligent institution three times as many; one case in a
// hundred is given up. One answer in fifty is marked incongruente or incompleta, one
// in twelve of those that are not favourable goes to conciliación, and so do six in
// ten of the cases without one; more than half of these are conciliated.
package escenario
