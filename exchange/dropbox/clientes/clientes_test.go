package clientes_test

const rcloneConf = `[buzon]
type = sftp
host = {host}
port = {puerto}
user = {cuenta}
key_file = ~/.ssh/llave_une
known_hosts_file = ~/.ssh/known_hosts
shell_type = none
`

const lftpRC = `set sftp:connect-program "ssh -a -x{F}"
set cmd:fail-exit yes
set net:max-retries 1
set net:reconnect-interval-base 1
`

// Notes that several clients share.
const (
	noStart  = "Vuelve a empezar: no sigue una recogida que se cortó"
	noRename = "scp solo copia; escribe con el nombre final, y lo que se corta no cuenta"
	anew     = "Repite la carga desde el principio, y es una sola"
	readOnly = "Montado solo para leer: para subir use otro cliente"
	noClose  = "Con una orden más después de `get`: si es la última, lftp se va sin cerrar el archivo y " +
		"la recogida no consta como completa"
	legacy = "Solo donde el operador activó `legacy_algorithms`: el curl de Debian 12 usa libssh2 1.10, " +
		"sin los MAC `-etm` ni AES-GCM"
)

// clients are the rows of the table.
func clients() []client {
	return []client{opensshSFTP(), opensshSCP(), rclone(), rcloneInplace(), lftp(), psftp(), paramiko(),
		curl(), sshfs()}
}

func opensshSFTP() client {
	// The client ends with the first command of a batch that fails.
	batch := func(line string) string { return `echo "` + line + `" | sftp{F} -b - buzon` }
	return client{
		name: "OpenSSH sftp", pack: "openssh-client", needs: []string{"sftp"},
		acts: map[act]string{
			list:      batch("ls -l reclamaciones"),
			fetch:     batch("get reclamaciones/{lote}"),
			refetch:   batch("reget reclamaciones/{lote}"),
			upload:    batch("put {de} respuestas/{a}"),
			reread:    batch("get respuestas/{res} copia"),
			resume:    batch("reput {de} respuestas/{a}"),
			rename:    batch("rename respuestas/{de} respuestas/{a}"),
			withTimes: batch("put -p {de} respuestas/{a}"),
		},
		forbidden: []string{
			batch("rm reclamaciones/{lote}"),
			batch("rename reclamaciones/{lote} reclamaciones/otro.txt"),
			batch("rename reclamaciones/{lote} respuestas/{lote}"),
			batch("put {res} reclamaciones/{res}"),
			batch("mkdir respuestas/nueva"),
			batch("rmdir respuestas"),
			batch("symlink /etc/passwd respuestas/enlace"),
			batch("ln reclamaciones/{lote} respuestas/enlace"),
			batch("get ../00900002/reclamaciones/{lote2} robado"),
			batch("get /../../00900002/reclamaciones/{lote2} robado"),
		},
		idle: []string{batch("chmod 777 reclamaciones/{lote}"), batch("chown 0 reclamaciones/{lote}")},
	}
}

func opensshSCP() client {
	return client{
		name: "OpenSSH scp", pack: "openssh-client", needs: []string{"scp"},
		acts: map[act]string{
			fetch:     "scp{F} buzon:reclamaciones/{lote} .",
			upload:    "scp{F} {de} buzon:respuestas/{a}",
			reread:    "scp{F} buzon:respuestas/{res} copia",
			withTimes: "scp{F} -p {de} buzon:respuestas/{a}",
		},
		forbidden: []string{
			"scp{F} {res} buzon:reclamaciones/{res}",
			"scp{F} {res} buzon:respuestas/nueva/{res}",
			"scp{F} buzon:../00900002/reclamaciones/{lote2} robado",
			"scp{F} -O buzon:reclamaciones/{lote} robado",
			"ssh{F} buzon ls",
		},
		cannot: map[column]string{
			listing: noRename, refetching: noStart, temporary: noRename, renaming: noRename,
		},
		notes: map[column]string{
			cutting: anew,
			forbids: "El scp anterior a OpenSSH 9, y `scp -O`, no hablan SFTP: se rechazan",
		},
	}
}

func rcloneOf(flag string) client {
	return client{
		pack: "rclone", needs: []string{"rclone"},
		files: map[string]string{".config/rclone/rclone.conf": rcloneConf},
		acts: map[act]string{
			list:   "rclone lsl buzon:reclamaciones",
			fetch:  "rclone copy" + flag + " buzon:reclamaciones/{lote} .",
			upload: "rclone copyto" + flag + " {de} buzon:respuestas/{a}",
			reread: "rclone check --download --one-way --include {res} . buzon:respuestas && rclone " +
				"copyto buzon:respuestas/{res} copia",
			rename:    "rclone moveto buzon:respuestas/{de} buzon:respuestas/{a}",
			withTimes: "rclone copyto" + flag + " {de} buzon:respuestas/{a}",
			mirror:    "rclone copy" + flag + " {de} buzon:respuestas",
		},
		forbidden: []string{
			"rclone deletefile buzon:reclamaciones/{lote}",
			"rclone moveto buzon:reclamaciones/{lote} buzon:reclamaciones/otro.txt",
			"rclone moveto buzon:reclamaciones/{lote} buzon:respuestas/{lote}",
			"rclone copyto" + flag + " {res} buzon:reclamaciones/{res}",
			"rclone mkdir buzon:respuestas/nueva",
			"rclone copyto buzon:../00900002/reclamaciones/{lote2} robado",
		},
		idle:   []string{"rclone touch --no-create buzon:reclamaciones/{lote}"},
		cannot: map[column]string{refetching: noStart},
		notes:  map[column]string{cutting: anew},
	}
}

func rclone() client {
	c := rcloneOf("")
	c.name, c.version, c.mayMiss = "rclone ≥ 1.63", "rclone version | sed -n '1s/.* v\\([0-9.]*\\).*/\\1/p'",
		true
	c.missing = func() string {
		if inplace() == "" {
			return "rclone is older than 1.63"
		}
		return ""
	}
	c.notes[uploading] = "Sube como `….partial` y cambia el nombre al final"
	c.cannot[renaming] =
		"El nombre de lo que se cortó lo eligió rclone (`….partial`); la carga siguiente usa otro"
	return c
}

func rcloneInplace() client {
	c := rcloneOf("{inplace}")
	c.name = "rclone --inplace"
	c.like = "Las órdenes son las de rclone, con `--inplace` después de `copy` y `copyto`; antes de 1.63, " +
		"sin esa opción."
	c.notes[uploading] =
		"Escribe directo con el nombre final, como siempre antes de 1.63, donde la opción no existe"
	return c
}

func lftp() client {
	do := func(line string) string { return "lftp -c 'open sftp://{cuenta}:@buzon; " + line + "'" }
	return client{
		name: "lftp", pack: "lftp", needs: []string{"lftp", "ssh"},
		files: map[string]string{".config/lftp/rc": lftpRC},
		acts: map[act]string{
			list:      do("cls -l reclamaciones"),
			fetch:     do("get reclamaciones/{lote}; cls -l reclamaciones/{lote}"),
			refetch:   do("get -c reclamaciones/{lote}; cls -l reclamaciones/{lote}"),
			upload:    do("put {de} -o respuestas/{a}"),
			reread:    do("get respuestas/{res} -o copia"),
			resume:    do("put -c {de} -o respuestas/{a}"),
			rename:    do("mv respuestas/{de} respuestas/{a}"),
			withTimes: do("put {de} -o respuestas/{a}"),
			mirror:    do("mirror -R --no-perms {de} respuestas"),
		},
		forbidden: []string{
			do("rm reclamaciones/{lote}"),
			do("mv reclamaciones/{lote} reclamaciones/otro.txt"),
			do("put {res} -o reclamaciones/{res}"),
			do("mkdir respuestas/nueva"),
			do("ln -s /etc/passwd respuestas/enlace"),
			do("get ../00900002/reclamaciones/{lote2} -o robado"),
		},
		idle:  []string{do("chmod 777 reclamaciones/{lote}")},
		notes: map[column]string{fetching: noClose, refetching: noClose},
	}
}

func psftp() client {
	batch := func(line string) string {
		return `echo "` + line +
			`" > ordenes.txt && psftp -batch -b ordenes.txt -P {puerto} -i llave_une.ppk -hostkey ` +
			`{huella} {cuenta}@{host}`
	}
	return client{
		name: "PuTTY psftp", pack: "putty-tools", needs: []string{"psftp", "puttygen"},
		setup: "puttygen .ssh/llave_une -o llave_une.ppk",
		acts: map[act]string{
			list:    batch("ls reclamaciones"),
			fetch:   batch("get reclamaciones/{lote}"),
			refetch: batch("reget reclamaciones/{lote}"),
			upload:  batch("put {de} respuestas/{a}"),
			reread:  batch("get respuestas/{res} copia"),
			resume:  batch("reput {de} respuestas/{a}"),
			rename:  batch("ren respuestas/{de} respuestas/{a}"),
		},
		forbidden: []string{
			batch("rm reclamaciones/{lote}"),
			batch("ren reclamaciones/{lote} reclamaciones/otro.txt"),
			batch("put {res} reclamaciones/{res}"),
			batch("mkdir respuestas/nueva"),
			batch("get ../00900002/reclamaciones/{lote2} robado"),
		},
		idle:   []string{batch("chmod 777 reclamaciones/{lote}")},
		cannot: map[column]string{times: "psftp no conserva fechas"},
	}
}
