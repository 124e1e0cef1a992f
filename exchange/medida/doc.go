// Package medida measures a day's cycle beside what ordinary tools take for the
// same day. There is nothing in it but tests and a benchmark.
//
//	go test ./exchange/medida -run '^$' -bench Jornada -benchtime 1x -timeout 3h
//
// Three forms do the work of one REC, each as a process of its own, in a fresh
// folder, on the same bytes:
//
//	ciclo  the binary buzon: one run of a new gateway, from the REC in CONDUSEF's
//	       folder to the last LOT visible
//	guion  guion.sh: sha256sum, Miller's split, a sync of every file, sqlite3's
//	       .import into one table
//	suelo  our floor: parse with package schema, insert a narrow row durably, split
//	       into files with a sync of each
//
// The forms take turns within each round, and every other round goes backwards.
// Before each run what was written before is on the disk and the REC is in the page
// cache. After it everything is read: a form whose files, table or receipts are not
// those of the REC ends the measurement. A gateway made with --simulacro writes as
// durably as any other one: only simulate, which this does not use, leaves the disk
// out.
//
// A ratio is made within each round, and told as minimum, median and maximum over
// the rounds. Memory is the most that one process of the form held resident; disk is
// the size of what the form left, every file once however many names it has, the
// database after a checkpoint of its WAL.
//
// The report goes to the standard output and to docs/rendimiento.md, with bars
// beside the figures. A bar that is missed is told as such, and fails nothing.
//
// Flags of the test binary change a run:
//
//	-filas          records of the RECs; 1000,10000,100000,1000000
//	-rondas         rounds of each size; 5
//	-instituciones  institutions of the roll; 200
//	-formas         which forms; ciclo,guion,suelo
//	-informe        where the report goes, from this folder; ../../docs/rendimiento.md
//	-fecha          the day that the report bears; today
//
// TMPDIR says on which disk. At 1,000,000 rows some 6 GB of it are used at a time.
package medida
