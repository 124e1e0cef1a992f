// Package ops shows what the store knows to those who run the gateway and to those
// who audit it: the answers that the commands history and trace print, and the same
// ones over a read-only HTTP API (docs/api.md).
//
// Start reading at Consultas.Serve and the table of its routes. Nothing here changes
// a fact of the exchange; the one thing that is written is the event that an
// auditor took a table of the log away.
//
// # Who may ask
//
// A token names its bearer and has a role: an auditor sees events, files and
// traces, an operator (operador) the state of the day too. Where no token is
// configured the API answers the machine itself alone, as an operator: it listens
// on loopback or not at all, and takes no name but the machine's in the header
// Host, so that no web page in the operator's browser can ask under a name of its
// own. Away from loopback it wants tokens and TLS. Both are checked on the
// listener itself, besides the configuration.
//
// # Bounds
//
// A page has at most 1,000 rows, and no snapshot of the store is held while a
// client is written to: a slow one holds nothing up.
package ops
