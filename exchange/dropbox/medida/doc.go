// Package medida holds the measurements of the SFTP server: its speed beside
// OpenSSH's internal-sftp and beside a bare pkg/sftp server, its memory, and the
// storm of a morning. There is nothing in it but tests and benchmarks.
//
//	go test ./exchange/dropbox/medida -run '^$' -bench . -benchtime 1x
//
// Every server is a process of its own, on loopback: the test binary again, or
// sshd with a configuration of this package. Our server records its evidence in
// a real store, in SQLite, as the gateway does. Files are moved by OpenSSH's
// sftp, sessions are counted with the client of x/crypto. The servers take turns
// within each round, and what is reported is the median over the rounds.
//
// A column is named after what it compares: buzon/openssh is the throughput (or
// the sessions per second) of ours divided by OpenSSH's, cpu-s/GiB the processor
// time of a server and all its children for each GiB that it moved, and peak-MiB
// the most memory that it held resident during the column. That is not reported
// for sshd, whose processes share most of what they show.
//
// Our server gives its answer to the end of an upload only after the file is on
// the disk (fsync); sshd and the bare server answer before. The comparison
// leaves it so. On a disk that is slow to sync, put the measurement on another
// one by TMPDIR.
//
// The environment may change a run:
//
//	MEDIDA_RONDAS      rounds of each column; 5
//	MEDIDA_MIB         size of the file; 256
//	MEDIDA_CIFRADO     cipher that sftp asks for; without it sftp's own choice
//	MEDIDA_SERVIDORES  which servers, the first being the one to compare with;
//	                   openssh,bare,bare+al,buzon
//	MEDIDA_PERFIL      folder for processor profiles of the Go servers
//
// Ratios nearer than 15 % to 1 are noise where anything else runs on the
// machine; processor seconds are steadier than the clock.
package medida
