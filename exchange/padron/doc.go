// Package padron carries out the orders by which an operator changes the roll (padrón):
// institutions, their keys and their passwords. Each is checked against the configuration,
// done within the caller's transaction, and told with what follows from it.
package padron
