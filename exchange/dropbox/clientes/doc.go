// Package clientes holds no code, only tests: the SFTP clients that banks use,
// run as they come from their packages against the server of exchange/dropbox,
// and ssh-audit, which judges the server's algorithms.
//
// The matrix of clients and cases is docs/clientes.md, recipes included. The
// test runs the recipes that are printed there, and fails where the file says
// anything else:
//
//	go test ./exchange/dropbox/clientes -update    # writes the file
//
// A client that is not installed keeps its row as it was and is named as not
// tested; with CI=true it fails the test.
package clientes
