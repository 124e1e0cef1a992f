// Package gateway puts the parts of a gateway together: the store, the contents, the
// cycle, the SFTP server with what it tells, the schedule, the visits after uploads, the
// heartbeat and the API. Commands, the rehearsal and the harness of a test open one; who
// wants a single part builds it from the part's own package.
//
// [Open] takes the data folder for one process and gives what a single run needs;
// [Gateway.Serve] adds what only the daemon has, until its context ends. The moments are
// those of Options.Now. What is logged names no person.
package gateway
