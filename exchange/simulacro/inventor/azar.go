package inventor

import "math/rand/v2"

// Azar is the one source of chance of an inventor; two of one seed give the same.
type Azar struct{ *rand.Rand }

// NewAzar gives the stream of a seed; streams of one seed are independent.
func NewAzar(seed, stream uint64) Azar { return Azar{rand.New(rand.NewPCG(seed, stream))} }

// Chance is true in a share p of the cases, 0 to 1.
func (a Azar) Chance(p float64) bool { return a.Float64() < p }

// digits gives n random digits.
func (a Azar) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + a.IntN(10))
	}
	return string(b)
}

// Pick gives one of all, which must not be empty.
func Pick[T any](a Azar, all []T) T { return all[a.IntN(len(all))] }

// weighted gives an index with the probability of its weight, where cumulative
// holds the sums of the weights up to each.
func (a Azar) weighted(cumulative []float64) int {
	at := a.Float64() * cumulative[len(cumulative)-1]
	for i, sum := range cumulative {
		if at < sum {
			return i
		}
	}
	return len(cumulative) - 1
}

// cumulate gives the sums of the weights up to each.
func cumulate[T any](all []T, weight func(T) float64) []float64 {
	sums := make([]float64, len(all))
	sum := 0.0
	for i, x := range all {
		sum += weight(x)
		sums[i] = sum
	}
	return sums
}
