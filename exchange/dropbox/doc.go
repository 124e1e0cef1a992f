// Package dropbox is the gateway's own SFTP server. It knows who signs in, what a
// session may do and what it read. What a party sees is a view of files that lie
// elsewhere (Options.View), and over it the party's own uploads that are not finished
// (package subidas), which knows how they become arrivals. None of them knows what a
// file means.
//
// A folder handle holds a copy of its listing, a file handle the content that it
// opened: what becomes visible later, or takes a name over, does not reach them.
//
// # Evidence
//
// OnPickup tells, for each handle that a party held on a file of the gateway,
// which bytes were read (Pickup, spans.Set). A file was picked up whole when the
// spans of all its handles together cover it.
//
// # Credentials
//
// Keys of users are ed25519, ECDSA (nistp256, 384, 521), both as security keys
// too, and RSA of 3072 bits or more with SHA-2 signatures. Certificates are not
// taken. Passwords are offered only where Options.Password is set. Who a session
// belongs to comes from the Permissions of what was proved, and from nothing
// else. Server.Recheck ends the sessions of credentials that are good no more; an
// upload or a rename that such a session still finishes does not count.
//
// The first host key of each kind is used. All are announced after the login, and
// proved to clients that ask (OpenSSH: UpdateHostKeys), so that a key can be put
// second for a while, then first, without a warning at anybody.
//
// # What is refused
//
// Each refusal is told to the client, in Spanish, as far as the protocol has come
// by then, and to Options.OnRefusal: the first of a reason and an account (of a
// stranger: an address) at once, further ones together after a minute. Of
// accounts and of addresses 100 each are told apart in a minute, the rest as
// OtherAddresses, for the log is kept for ever. A name that is no account is never
// told: a password may have been typed there.
//
//	reason               what                                     bound       the client gets
//	conexiones           connections in all                       Connections a line before the versions
//	conexiones_direccion connections of an address                PerAddress  a line
//	apretones            connections before their login           Handshakes  a line
//	bloqueo              a connection of a banned address         see below   a line; a banner to a password
//	apreton_lento        time to the end of the login             Handshake   a banner, once the login began
//	algoritmos           no algorithm in common                               the end of the connection
//	credencial           a login that failed                                  what the protocol says
//	acceso_retirado      a session whose credential was withdrawn             the end of the connection
//	inactividad          time without a byte on any session       Idle        a line on standard error
//	sesiones             sessions of an account                   Sessions    the refusal of the channel
//	tunel                a channel or port that is not sftp                   the refusal of the request
//	exec                 a program, shell or other subsystem                  the refusal of the request
//	archivos_abiertos    open files and folders of a session      Handles     FAILURE and a text
//	tamano               bytes of an upload                       UploadBytes FAILURE and a text
//	cuota_archivos       uploads of an account in a day           FilesDay    FAILURE and a text
//	cuota_bytes          bytes of an account in a day             BytesDay    FAILURE and a text
//	disco                free space of the disk, and files        MinFree,    FAILURE and a text
//	                     that it can still hold                   MinInodes
//	nombre               a name that no file may have                         PERMISSION_DENIED and a text
//	permiso              what the folder does not allow                       PERMISSION_DENIED and a text
//	fallo                a fault of the server                                the end of the connection
//
// The bounds are fields of Limits, Options and subidas.Quota; their values are those of
// the configuration.
//
// An address is an IPv4 address or the /64 of an IPv6 address. After MaxFailures failed
// logins it is banned for Ban, then for twice as long each time, up to BanMax. A failed
// login is a wrong password, or a connection that tried a credential and ended without
// a login; one that tried nothing does not count. A login clears, and so does BanMax
// without a failure. Of addresses 4096 are remembered.
//
// A fault in what one connection set off, a panic, ends that connection alone, as
// far as the code is ours; the SSH library has goroutines that we cannot guard.
package dropbox
