// Package schema holds the words of the exchange and its files: what a folio, a
// UNE or a día hábil is, how each file is named, read, judged and written. It
// knows one file at a time. What needs another file, or the past, is decided
// elsewhere.
//
// # Files
//
// A file is lines of fields between separators (|), in UTF-8, each line ended by
// CRLF. The first line is 01, the [Encabezado]: type, version, sender, receiver,
// day. The last is 09, the [Sumario]: how many records, the sum of their amounts,
// and the SHA-256 of every byte before it, so that a cut or changed file shows.
// Between them stand records 02:
//
//	REC  [Reclamacion]  CONDUSEF → gateway   the complaints of a day
//	LOT  [Reclamacion]  gateway → UNE        those of one institution, with their limit
//	RES  [Respuesta]    UNE → gateway        answers, and requests of a prórroga
//	ACU  [Acuse]        gateway → party      receipt: a verdict for each record, and a 03, the [Sello]
//	RCH  [Rechazo]      gateway → party      every mistake that was found
//	REP  [Retorno]      gateway → CONDUSEF   the answers that were accepted
//	DIC  [Dictamen]     CONDUSEF → gateway   what became of a folio afterwards
//
// The structs are the layout. Start reading at registros.go: fields stand in the
// order of the line, and their tags say what each must be and which code tells
// that it is not. Fields keep the text that was read, so what was read can be
// written again byte by byte; their methods convert. [Layout] gives the same table
// as data, in Spanish, for those who write files; docs/lineamientos.md is made of
// it.
//
// # Versions
//
// A [Version] only adds fields, behind all that were there. Their tags say from
// which version they exist, what a record without them reads as, and whether they
// may be dropped on the way to an older one. There is one struct for all versions:
// what a version lacks holds what its absence means, so that whoever uses a record
// need not ask of which it was. A file is read by the version in its header where
// [Reglas] accept it, and written by the one in the header given to [NewWriter];
// a kept line needs its version told to [ParseRecord]. Where the receiver of a
// record has an older version, Reglas.Escribe has the reading refuse what could
// not be written then (NEG-09), and [Cabe] asks the same of one record.
//
// To add a version: its number in internal/conocidas, its fields in registros.go. Tests
// that write records of 01.90 by hand have a field too few from then on: add it there.
// Package prueba adds 01.90, for tests alone: an internal package keeps it out of
// the program's reach, and real fields in the structs keep it honest, since no
// hook has to stand in for the tags, the checks and the tables.
//
// # Reading
//
// A file is read twice, because what is wrong with it as a whole decides what may
// be said of its lines: in a truncated file no total is told to be wrong.
// [Examine] reads it through and gives an [Examen]: who, what, how many, whole or
// not. [Records] reads again and gives one judged [Linea] at a time, in memory
// that does not grow with the file. [Walk] does that and hands on the findings of
// both in the order in which a person would read them; [Examen.Check] is Walk for
// those who do not care for the records.
//
// What is wrong is a [Hallazgo], never a Go error: errors are of reading alone.
// Each has a [Codigo], whose table is codigos.go, and a text in Spanish that holds
// no personal data. What an agreement sets differently is in [Reglas].
//
// A long file is judged some lines ahead of the consumer, on all cores, and shown in
// its order (ahead.go); what depends on the records before, DUP-01 and the order of
// AcuNumero, is judged as each is shown. A [Linea] says where its line stands among
// the bytes of the file, so that [ReadLine] and [ParseRecord] read it again from
// there.
//
// The order in which mistakes of one field are looked for is that of its tags;
// steps.go makes them ready once, check.go runs them. A rule stands in normas.go with
// its code, its texts and what those who write files read of it; a code stands in
// codigos.go with its remedy. What each tag does to each field stands in
// testdata/veredictos.txt.
//
// What sets one type of file apart from the others, its record, its folders, who sends
// it, is its row in tipos.go.
//
// # Writing
//
// [NewWriter] writes 01, [Writer.Write] each record, [Writer.Close] 09. It judges
// nothing but what would break the file; whoever wants to be sure reads what was
// written with Examine. A record of a LOT is its REC's line but for two fields, where
// both are of one version: [Writer.Empalma] writes it without taking the line apart.
//
// # Decisions
//
// An [Examen] has every error of the first reading refuse the file whole, that of
// a seal too: an ACU without a good seal proves nothing.
//
// The tag unico stands before folio, so that a pattern that an agreement turned
// into a warning does not let a folio pass twice.
//
// Of lines out of place (a second 01, a further 03) a file tells at most a
// thousand: they are kept in memory until it was read, and it is refused anyway.
//
// A claim dated after its turno is told once, at RecFechaReclamacion; the rule of
// RecFechaTurno then has a field before it that is not good.
package schema
