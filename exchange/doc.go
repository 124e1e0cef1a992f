// Package exchange is the day: what is taken, refused, delivered, answered and
// sent back. Start reading at Cycle.Run.
//
// # A day in words
//
// CONDUSEF leaves a REC in its folder. The cycle takes it, reads it by the rules
// of package schema and by what the store knows of each folio, and keeps what it
// accepts, with a verdict on every line. CONDUSEF gets an ACU, and an RCH where
// there was a finding. Each institution gets its rows in a LOT, whose date is
// the day on which it becomes visible and whose rows bear the limit counted from
// that day. Its UNE picks the LOT up, and leaves a RES with answers and
// prórrogas, and the annexes that these name. The cycle takes that as it took the
// REC, and answers with a sealed ACU. At the corte CONDUSEF gets a REP with all
// that was accepted since the last, its annexes before it, and an institution for
// which nothing came gets an empty LOT. The day is closed when every record that
// CONDUSEF sent was delivered or refused. Later a DIC tells what became of a folio,
// which goes on to its UNE in estado/.
//
// # Terms
//
// A limit is counted by the calendar that the log has, when a LOT is made and when a
// prórroga is granted (respuesta.go). A later version of the calendar moves the
// limits of what is open, and an outage of our server at the end of a limit day
// moves them by one; nothing ever makes a limit earlier that was told (calendario.go,
// plazos.go). How each term stands is told by an event at each change, in the visit
// to its UNE and before anything is taken in from it.
//
// # Versions of the layout
//
// Cycle.Versiones says what the agreement of each party has in force on a day. A file
// is taken in where its party might send its version when it came, and its row says by
// which its records are read for ever. A record goes on in the version that its
// receiver gets on the day of the file that carries it; one that this cannot say is
// refused at the gate, by what is written on the day of the intake. Where an agreement
// went back since, the LOT of that institution, or that answer alone, is held up by
// name (versiones.go).
//
// # The beats of every step
//
// List, take, read, keep, answer, done. A content that was taken lies in archivo/
// under its hash before the store tells of it. One transaction makes the file
// count, with its records, the verdicts, the number and every byte of the answer,
// and the events that tell of all that; the rows of a large file are written in
// parts before it, which nobody sees (store.Ingreso).
//
// On our own server the same transaction takes the upload out of those that wait
// (arribo.go) and shows the answer (Cycle.show): what a party sees there is a view of
// the store (package vista), and there is nothing to keep in step with it. LOTs of a
// REC are written, synced and shown together (entregas.go). Where another holds the
// folder the answer is put there after the transaction (publish), and only then is the
// party's file Done.
//
// So a kill at any line repeats a step: a file that is known by party, name and SHA-256
// is not taken twice, a name that shows the same bytes is not put twice, rows that
// never came to count are swept at the next start, and a content that nothing refers
// to is set apart by it (Reconcile).
//
// # An older store
//
// A database that was put back may be older than what parties were shown. Package marca
// shows it: then nothing is taken in until an epoch begins (gateway, reanudar.go). What
// sealed acuses name is an arrival again, also of a party whose folder is not here
// (collectFrom), with the first moment that they say (recognise).
//
// # Who decides what
//
// Rules that a file alone can show are in schema; rules between records are
// here, in reclamacion.go, respuesta.go and dictamen.go; both speak in codes of
// lineamientos, section 6. Facts are in store. How our own server is reached, and
// where another party's is, is not known here: a Mailbox is one folder of one that is
// not ours, in one direction.
//
// # Errors
//
// What a file says wrong is refused and answered, and is no error. An error is of one of
// three classes, which say who can do something about it: it may pass by itself, its
// party must mend it, or somebody here (classes.go). It names its party (PartyError), so
// that the daemon tries again what may pass, and tells the rest once.
//
// # Words
//
// One name for each thing, and one thing for each name. Nouns of the regulator are
// Spanish, mechanics and verbs English; where the same thing stands in two packages it
// is the same noun there.
//
//	Parte         a party: CONDUSEF, or an institution by its UNE     schema
//	UNE           the unit of an institution, by its clave            schema
//	Clave         an institution's number; a password is Contrasena   schema, store
//	Cuenta        an account of our own SFTP server                   store
//	Tipo          a kind of file; clase is its row in the table       schema
//	Reclamacion   a record of a REC or LOT                            schema
//	Respuesta     a record of a RES, as it came and as it is kept     schema, store
//	Dictamen      a record of a DIC, likewise                         schema, store
//	Asunto        one round (vuelta) of a folio                       store, expediente
//	Archivo       a file that arrived; Salida one that we made        store
//	Lote          the rows of a REC for one institution, in a LOT     store
//	receipt       the ACU of a file, and its RCH                      exchange
//	Hallazgo      a finding; veredicto is on a record                 schema, exchange
//	Plazo         a term; Limite its last day; Computo how it counts  store, exchange
//	Jornada       an operation day; Balance what became of it         store
//	corte         the day's close, and nothing else                   exchange
//	Instantanea   the log as of the moment of a score                 puntaje
//	Huella        the SHA-256 of a content; Fingerprint that of a key schema, store
//	Contenidos    what archivo/ keeps, each content once              archivo
//	Mailbox       one folder of a party that is not on our server     exchange
//	Route         how a party is reached                              exchange
//	Lectura       what one handle read; Recogida the evidence of it   exchange, store
//	Carga         what an event of the log carries; Renglon a record
//	              in it; Acto what one or more events tell            bitacora, store
//	Punto         a signed head of the log, a checkpoint              store
//	Epoca         what begins when the store was put back             store
//	Marca         how far all had come, outside the store             marca
//	Respaldo      a backup                                            respaldo
//	Firmante      who signs heads and seals acuses                    exchange
//	Config        the configuration; a part is opened by Options      config
//	Aviso         what needs a hand, with what to do                  ops
//	Epoca         the log since a database was put back               store
//	Contador      how far log and numbers had come, outside of it     marca
//	Respaldo      a backup; Reanudacion what a resume found and did   respaldo, gateway
//
// # Where this differs from the first design
//
// Files that arrive and files that we make are kept under their hash in one
// place (package archivo), instead of being made again from the store when they are
// needed: the bytes of an acuse must never depend on the version of the program
// that shows it after a crash. A record's text is nowhere else: the store has its
// place in its file, and LOTs, REPs and estado/ read it from there again
// (registros.go), by the version that the file came in.
package exchange
