// Package montaje stages a rehearsal on one machine: a folder with a configuration, keys
// and a store that is marked as a rehearsal's, a gateway over it, and what package
// simulacro plays against that. A Demo is a day of five UNEs over the wire, a Simulacion
// months of a scenario in a virtual clock. It prints nothing; what came of either it
// gives to whoever shows it.
package montaje
