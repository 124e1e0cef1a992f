// Package idatu is the score: counts in, points out. It is pure functions, and
// where the counts come from is not known here. Start reading at Metodo.Score.
//
// # The method
//
// The Índice de Desempeño de Atención a Usuarios is CONDUSEF's mark, from 0 to
// 10, of how an institution attends to its users' complaints. Its source is the
// method of 2018 as the published sheets (fichas) of January to June 2018 apply
// it; Metodo2018 holds it as data: the processes, their criteria, the most
// points of each (100 a process), the bounds and the weights. A method that
// comes later is another Metodo with a Version of its own, and old scores stay
// what they were.
//
// A criterion has an index, the institution's numerator ÷ its denominator in %,
// and a participation, its numerator ÷ the sector's in %. A value v gives
//
//	points = max − (max − 1)·(vmin − v)/(vmin − vmax)
//
// so that the least is 1: v ≤ vmin gives max, v ≥ vmax gives 1, and vmin = vmax
// gives max. The points of a criterion are the mean of those by index and those
// by participation. The two mean times, in días hábiles, have the index alone.
// What has a denominator of 0 is 0.
//
// The sector is every institution in the counts. It gives the sums that
// participations divide by, and vmax: the largest value of any of them. A Limite
// stands instead of both bounds where the rest of the sector is not at hand. An
// institution alone in its counts, without Limites, is measured by itself.
//
// # What does not apply
//
// An institution without rows of GE has not joined Gestión Electrónica: its mark
// there is 0, it weighs, and counts as 0 in the sector's mean. One that has
// joined and concluded nothing has no mark there (nil) and is not in the mean:
// 0 of 0 would give it 10. So it is in every process; the denominator of
// ReglaProceso.Concluidos tells. Without a mark in GE, or in CO, there is no
// IDATU: only Gestión Ordinaria is left out of the weights, where nothing was
// concluded in it or there are no rows of it.
//
// # What is not known
//
// An institution without rows of CO has no IDATU. Where a process has rows, and
// concluded something, a criterion without one is not taken for 0 of 0, which
// would give it all its points: total, mark and IDATU are then unknown (nil), and
// Marca.Faltan says what is missing.
//
// # Rounding
//
// There is none. Counts are integers; every value, bound, point, total and mark
// is a big.Rat, an exact fraction, so neither the order of rows nor that of sums
// shows. Who prints rounds once, at the end: Rat.FloatString(2) for people, half
// away from zero, and the nearest float64 for JSON.
package idatu
