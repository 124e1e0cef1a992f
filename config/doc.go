// Package config reads the one YAML file of the gateway and the roll (padrón)
// of the adhered institutions, and writes a first working set of both.
//
// Start reading at Load. The file is read strictly: an unknown key, a key that
// stands twice, a value of the wrong type and a broken rule are mistakes, and
// every mistake is told at once with file, line, column, the key's path and the
// remedy (Errors, Problem). Nothing is guessed and nothing is skipped: a
// misspelt key that silently left its default in force is how a gateway comes
// to run for months with the wrong deadline.
//
// The structs of config.go are the reference of the file. Their tags say
// everything about a key, and the reader, the defaults and the file that Init
// writes all go by them:
//
//	yaml      name of the key
//	doc       what it means; the comment that Init writes above it
//	default   value where the key is absent
//	example   what Init shows, switched off, where there is no default
//	off       Init shows the default switched off: the key goes with one source alone
//	min, max  range of a number or duration
//	oneof     the words that are allowed
//	path      a path: relative to the file's folder, absolute once read
//	required  the key has to be there
//
// Secrets are never in the file. A password lies in a file or in the
// environment, private keys are files that only their owner can read, and what
// is said about a wrong value never repeats the value of a key that leads to a
// secret.
//
// The YAML is a subset on purpose: one document, no anchors, aliases, tags or
// merge keys, so that what a line says can be seen on that line.
package config
