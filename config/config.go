package config

import (
	"regexp"
	"time"

	"buzon/schema"

	"golang.org/x/crypto/ssh"
)

// Config is the whole configuration, checked. Paths are absolute.
type Config struct {
	Data       string      `yaml:"data" default:"datos" path:"y" doc:"Folder of the gateway: the store, every content, uploads that are not finished."`
	Source     Source      `yaml:"source" required:"y" example:"{folder: condusef}" doc:"Where CONDUSEF's files come from and go to: exactly one of folder, remote and account."`
	Server     OwnServer   `yaml:"server" doc:"The SFTP server that the UNEs connect to."`
	RemoteUNEs []RemoteUNE `yaml:"remote_unes" doc:"Institutions whose UNE has an SFTP server of its own, which the gateway dials."`
	Seal       Seal        `yaml:"seal" required:"y" example:"{id: \"ed25519:2026a\"}" doc:"The seal on every acuse."`
	Schedule   Schedule    `yaml:"schedule" doc:"When things happen. Every time is of America/Mexico_City."`
	Terms      Terms       `yaml:"terms" doc:"How a term is counted. What an agreement (convenio) sets differently goes here."`
	Layout     Layout      `yaml:"layout" doc:"What an agreement may set differently in the files."`
	Catalogs   *Catalogs   `yaml:"catalogs" doc:"Catalogs that are loaded from tables (CSV). Without them a rule knows less: status says which are absent."`
	Roll       Roll        `yaml:"padron" doc:"The roll (padrón) of the adhered institutions. It seeds the store: new ones are added, none is removed."`
	API        API         `yaml:"api" doc:"The read-only HTTP API for operators and auditors."`
	Log        Log         `yaml:"log" doc:"The log of the process, on standard error. It is not the bitácora, which the store keeps."`

	// Padron is the whole roll, of the file and of the YAML, by clave. Termino and
	// Prorroga are filled in from Terms.
	Padron []Alta `yaml:"-"`

	// Faults are mistakes in what only one party needs, such as the file of our key for
	// its server. The others are served without it, so that they stop nothing.
	Faults Errors `yaml:"-"`

	// Catalogos are the catalogs, loaded; nil where none is named.
	Catalogos schema.Catalogos `yaml:"-"`
}

// Catalogs names the tables of the catalogs that are not built in.
type Catalogs struct {
	Municipios string `yaml:"municipios" path:"y" example:"municipios.csv" doc:"Municipios of each state: cve_entidad,cve_municipio. Without it CAT-02 knows each state's highest clave alone."`
	Causas     string `yaml:"causas" path:"y" example:"causas.csv" doc:"Products and the causes of each: producto,causa. Without it CAT-05 and CAT-06 are not told."`
	CP         string `yaml:"cp" path:"y" example:"cp.csv" doc:"Postal codes and their state: cp,cve_entidad. Without it CAT-03 goes by the first two digits."`
}

// Source says where CONDUSEF is. Exactly one of Folder, Remote and Account is set.
type Source struct {
	Folder  string        `yaml:"folder" path:"y" example:"condusef" doc:"A local folder that holds salida/ (read) and entrada/ (written)."`
	Settle  time.Duration `yaml:"settle" default:"10s" min:"0s" max:"1h" off:"y" doc:"With folder alone: how long ago a file's time must lie before it is read, so that none is read that is\nstill being copied. 0s reads it at once."`
	Remote  *Remote       `yaml:"remote" doc:"Its SFTP server, which the gateway dials."`
	Account *OwnAccount   `yaml:"account" doc:"An account on our own server."`
}

// Dial is how an SFTP server is reached that the gateway dials.
type Dial struct {
	Address          string          `yaml:"address" required:"y" example:"sftp.example:22" doc:"host:port."`
	User             string          `yaml:"user" required:"y" example:"buzon" doc:"Our account there."`
	Key              string          `yaml:"key" path:"y" example:"llaves/cliente" doc:"File with our OpenSSH private key, mode 0600."`
	PasswordFile     string          `yaml:"password_file" path:"y" example:"llaves/clave.txt" doc:"File with our password, mode 0600, instead of or besides a key. A password itself is never written here."`
	PasswordEnv      string          `yaml:"password_env" example:"BUZON_PASSWORD" doc:"Environment variable with our password, in place of password_file."`
	HostKeys         []ssh.PublicKey `yaml:"host_keys" required:"y" example:"[\"ssh-ed25519 AAAA…\"]" doc:"The server's public keys, at least one, as received from its owner by another way. No switch turns this check off."`
	Settle           time.Duration   `yaml:"settle" default:"10s" min:"1s" max:"1h" doc:"A file is whole when two listings this far apart show the same size and time."`
	TruncatedAfter   time.Duration   `yaml:"truncated_after" default:"15m" min:"1s" max:"24h" doc:"A file without its line 09 is judged truncated after so long unchanged."`
	DialTimeout      time.Duration   `yaml:"dial_timeout" default:"15s" min:"1s" max:"10m" doc:"Limit for the TCP connection."`
	HandshakeTimeout time.Duration   `yaml:"handshake_timeout" default:"20s" min:"1s" max:"10m" doc:"Limit for the SSH handshake."`
	IdleTimeout      time.Duration   `yaml:"idle_timeout" default:"60s" min:"1s" max:"1h" doc:"A connection on which nothing moves for so long is given up."`
	Retries          int             `yaml:"retries" default:"3" min:"0" max:"20" doc:"Further tries after an error that may pass."`
}

// Remote is CONDUSEF's SFTP server.
type Remote struct {
	Dial
	Salida  string `yaml:"salida" default:"salida" doc:"Folder there that we read from."`
	Entrada string `yaml:"entrada" default:"entrada" doc:"Folder there that we write to."`
}

// RemoteUNE is an institution whose UNE has an SFTP server of its own.
type RemoteUNE struct {
	UNE schema.UNE `yaml:"une" required:"y" example:"900002" doc:"Clave of the institution; it stands in the padrón."`
	Dial
	Folder       string        `yaml:"folder" default:"." doc:"Folder there that holds reclamaciones/, respuestas/, acuses/ and rechazos/."`
	VisitTimeout time.Duration `yaml:"visit_timeout" default:"2m" min:"1s" max:"1h" doc:"One visit there ends after so long; the next run tries again."`
}

// OwnAccount is CONDUSEF's account on our own server.
type OwnAccount struct {
	Name string         `yaml:"name" default:"CONDUSEF" doc:"Name of the account."`
	Keys []LlavePublica `yaml:"keys" required:"y" example:"[\"ssh-ed25519 AAAA… CONDUSEF\"]" doc:"Its public keys, as lines of OpenSSH's authorized_keys."`
}

// OwnServer is the embedded SFTP server.
type OwnServer struct {
	Listen           string        `yaml:"listen" default:"127.0.0.1:2022" doc:"host:port to listen on; \"\" switches the server off."`
	HostKeys         []string      `yaml:"host_keys" default:"llaves/host_ed25519" path:"y" doc:"Private host keys (ed25519, or rsa of 3072 bits and more), mode 0600. The first of each kind is used; further\nones are announced to clients (OpenSSH: UpdateHostKeys), so that a key can be rotated without a warning at anybody."`
	Passwords        bool          `yaml:"passwords" default:"false" doc:"Passwords for the UNEs that have one set with 'buzon une password'; off unless an agreement needs them."`
	LegacyAlgorithms bool          `yaml:"legacy_algorithms" default:"false" doc:"Further algorithms for old clients (never SHA-1); only by agreement."`
	MaxConnections   int           `yaml:"max_connections" default:"500" min:"1" max:"100000" doc:"Connections at once."`
	MaxHandshakes    int           `yaml:"max_handshakes" default:"64" min:"1" max:"100000" doc:"Connections at once that have not yet said who they are."`
	MaxPerAddress    int           `yaml:"max_per_address" default:"32" min:"1" max:"100000" doc:"Connections at once from one address."`
	MaxSessions      int           `yaml:"max_sessions" default:"16" min:"1" max:"10000" doc:"Sessions at once of one account."`
	MaxHandles       int           `yaml:"max_handles" default:"64" min:"1" max:"10000" doc:"Open files at once of one session."`
	HandshakeTimeout time.Duration `yaml:"handshake_timeout" default:"20s" min:"1s" max:"10m" doc:"Limit for the SSH handshake."`
	IdleTimeout      time.Duration `yaml:"idle_timeout" default:"10m" min:"1s" max:"24h" doc:"A session on which nothing moves for so long is ended."`
	MaxFailures      int           `yaml:"max_failures" default:"5" min:"1" max:"1000" doc:"Failed logins from one address before it is banned."`
	Ban              time.Duration `yaml:"ban" default:"1m" min:"1s" max:"24h" doc:"The first ban of an address; each further one doubles."`
	BanMax           time.Duration `yaml:"ban_max" default:"1h" min:"1s" max:"168h" doc:"The longest ban; not under ban."`
	MaxFilesDay      int           `yaml:"max_files_day" default:"1000" min:"1" max:"1000000" doc:"Files that a UNE may upload in a day of America/Mexico_City. CONDUSEF's account is not bound by it."`
	MaxBytesDay      int64         `yaml:"max_bytes_day" default:"2147483648" min:"1" max:"1099511627776" doc:"Bytes that a UNE may upload in a day of America/Mexico_City ({size}). CONDUSEF's account is not bound by it."`
	MaxAnnexBytes    int64         `yaml:"max_annex_bytes" default:"67108864" min:"1" max:"1099511627776" doc:"Bytes of an annex ({size}). A lower limit bounds only new files."`
	MinFree          int64         `yaml:"min_free" default:"1073741824" min:"0" max:"1099511627776" doc:"Free bytes on the disk of the data folder under which uploads are refused ({size})."`
	MinInodes        int64         `yaml:"min_inodes" default:"10000" min:"0" max:"1000000000" doc:"Files that can still be made on that disk (free inodes) under which uploads are refused."`
	KeepUploads      int           `yaml:"keep_uploads" default:"5" min:"1" max:"250" doc:"Días hábiles that a finished upload stays visible to its UNE."`
	KeyWarning       int           `yaml:"key_warning" default:"30" min:"1" max:"365" doc:"Days before the end of a UNE's key from which status and the UNE's estado/ warn of it."`
}

// Seal names the key that seals each acuse.
type Seal struct {
	Key string `yaml:"key" default:"llaves/sello" path:"y" doc:"Ed25519 private key, OpenSSH or PKCS#8 PEM, mode 0600."`
	ID  string `yaml:"id" required:"y" example:"ed25519:2026a" doc:"Its name in AcuLlaveId, up to 20 characters. A new key takes a new name."`
}

// The values of Schedule.Days.
const (
	DiasHabiles = "habiles"
	DiasTodos   = "todos"
)

// Schedule says when things happen, in America/Mexico_City.
type Schedule struct {
	Pull       string        `yaml:"pull" default:"*/5 7-21 * * *" doc:"When CONDUSEF's folder is looked into: cron, five fields."`
	Days       string        `yaml:"days" default:"habiles" oneof:"habiles,todos" doc:"On which days: habiles or todos."`
	Corte      schema.Hora   `yaml:"corte" default:"20:00" doc:"When the day's REP and the empty LOTs are made and the day is closed."`
	FinDePlazo schema.Hora   `yaml:"fin_de_plazo" default:"23:59:59" doc:"Until when the last day of a term counts."`
	PickupBy   schema.Hora   `yaml:"pickup_by" default:"12:00" doc:"On the first día hábil after a LOT became visible, the hour from which it counts as not picked up (no_recogido)."`
	ExpectBy   schema.Hora   `yaml:"expect_by" default:"00:00" doc:"The hour of each día hábil by which CONDUSEF's REC is expected: from then on status warns where none came; 00:00 warns at the corte alone."`
	MaxGap     time.Duration `yaml:"max_gap" default:"120h" min:"0s" max:"8760h" doc:"A clock that is so far from the last moment that the log knows, ahead or back, is not believed: nothing is done until it is right, or 'buzon run --clock-is-right' says that it is; 0s believes every clock."`
}

// The values of Terms.Desde.
const (
	DesdeEntrega = "entrega"
	DesdeTurno   = "turno"
)

// Terms says how a term is counted.
type Terms struct {
	Dias        int           `yaml:"dias" default:"20" min:"1" max:"250" doc:"Días hábiles for an answer."`
	Desde       string        `yaml:"desde" default:"entrega" oneof:"entrega,turno" doc:"Day 0: entrega (the LOT became visible to the UNE) or turno (CONDUSEF assigned it)."`
	ProrrogaMax int           `yaml:"prorroga_max" default:"(prorroga_max)" min:"1" max:"99" doc:"Most días hábiles that a prórroga may ask for."`
	PorVencer   int           `yaml:"por_vencer" default:"3" min:"0" max:"100" doc:"Días hábiles before its limit from which an open folio is told as por_vencer."`
	Ventana     time.Duration `yaml:"outage_window" default:"2h" min:"0s" max:"24h" doc:"An outage of our own server so long before the end of a limit day moves the limit to the next día hábil; 0s never does."`
	// those of InhabilesFile too
	Inhabiles     []schema.Inhabil `yaml:"inhabiles" example:"[{fecha: 2026-07-20, descripcion: Suspensión, origen: CONDUSEF, publicado: 2026-07-10, aplica_ge: SI}]" doc:"Days that are no días hábiles besides those that are computed. They seed the store; later ones come by 'buzon calendar'."`
	InhabilesFile string           `yaml:"inhabiles_file" path:"y" example:"inhabiles.csv" doc:"The same as CSV: fecha,descripcion,origen[,publicado][,aplica_ge]."`
}

// Layout is what an agreement may set differently in the files.
type Layout struct {
	Folio      *regexp.Regexp        `yaml:"folio" default:"(folio)" doc:"Pattern of RecFolioCondusef, from ^ to $."`
	Latin1     bool                  `yaml:"latin1" default:"false" doc:"Files arrive in ISO-8859-1 instead of UTF-8."`
	MaxBytes   map[schema.Tipo]int64 `yaml:"max_bytes" min:"1" max:"1099511627776" example:"{RES: 67108864}" doc:"Other limits of size by type of file, in bytes."`
	MaxRecords map[schema.Tipo]int64 `yaml:"max_records" min:"1" max:"9999999" example:"{RES: 999999}" doc:"Other limits of records by type of file."`
	Warnings   []Warning             `yaml:"warnings" example:"[\"RecSector:CAT-14\"]" doc:"FMT and CAT codes that only warn, each for a named field."`
	Annexes    []string              `yaml:"annexes" default:"(annexes)" doc:"Extensions that an annex may have."`
	AnnexWait  time.Duration         `yaml:"annex_wait" default:"15m" min:"0s" max:"24h" doc:"How long the answer to a RES waits for an annex that it names."`
	Versions   Versions              `yaml:"versions" doc:"Versions of the layout that the agreements have in force. A record that says what the version of its receiver\ncannot is refused when it comes in."`
	TodoONada  []string              `yaml:"todo_o_nada" oneof:"REC,RES,DIC" example:"[RES]" doc:"Types of files (REC, RES, DIC) of which one bad record refuses the whole file."`
}

// Warning makes a code of a named field a warning.
type Warning struct {
	Campo  string // as in the layout: RecSector
	Codigo schema.Codigo
}

// Roll says where the roll comes from; Config.Padron is the result.
type Roll struct {
	File          string `yaml:"file" path:"y" example:"padron.csv" doc:"CSV: clave,denominacion,sector[,termino][,prorroga][,llave]. An institution with several keys has several rows that differ in llave alone."`
	Instituciones []Alta `yaml:"instituciones" example:"[{clave: 900009, denominacion: Institución Inventada, sector: Uniones de Crédito, termino: 20, prorroga: 10, keys: [\"ssh-ed25519 AAAA… nombre\"]}]" doc:"Further institutions, one by one; termino, prorroga and keys may be absent."`
}

// Log says what the process logs on standard error.
type Log struct {
	Level  string `yaml:"level" default:"info" oneof:"debug,info,warn,error" doc:"debug, info, warn or error."`
	Format string `yaml:"format" default:"json" oneof:"json,console" doc:"json or console."`
}

// Default is the configuration of an empty file, its paths relative. It has no
// source and no name for the seal, so it is not complete.
func Default() *Config {
	c := new(Config)
	d := &decoder{}
	d.defaults(structOf(c))
	return c
}
