package clientes_test

import (
	"os"
	"os/exec"
)

// paramikoScript is buzon.py, printed in the recipes as it is run here.
const paramikoScript = `# Uso: python3 buzon.py listar | recoger | seguir | subir DE A | continuar DE A | renombrar DE A
import os, sys, paramiko

def conectar():
    c = paramiko.SSHClient()
    c.load_host_keys(os.path.expanduser('~/.ssh/known_hosts'))
    c.set_missing_host_key_policy(paramiko.RejectPolicy())
    c.connect('{host}', {puerto}, '{cuenta}', look_for_keys=False, allow_agent=False,
              key_filename=os.path.expanduser('~/.ssh/llave_une'))
    return c.open_sftp()

def seguir(s, de, a):
    """Baja lo que falta de un archivo."""
    with s.open(de, 'rb') as f, open(a, 'ab') as g:
        f.seek(g.tell())
        while parte := f.read(32768):
            g.write(parte)

def continuar(s, de, a):
    """Sube lo que falta de un archivo."""
    with open(de, 'rb') as f, s.open(a, 'ab') as g:
        g.set_pipelined(True)
        f.seek(g.tell())
        while parte := f.read(32768):
            g.write(parte)
    if s.stat(a).st_size != os.path.getsize(de):
        sys.exit('incompleto')

if __name__ == '__main__':
    s, (orden, *x) = conectar(), sys.argv[1:]
    if orden == 'listar':
        print(*s.listdir('reclamaciones'), sep='\n')
    elif orden == 'recoger':
        s.get(x[0], x[1])
    elif orden == 'seguir':
        seguir(s, x[0], x[1])
    elif orden == 'subir':
        s.put(x[0], x[1])  # al final compara el tamaño
    elif orden == 'continuar':
        continuar(s, x[0], x[1])
    elif orden == 'renombrar':
        s.posix_rename(x[0], x[1])
    s.close()
`

// paramikoForbidden tries everything in one process, since each takes a while to
// start. It fails, as it must, where each attempt did.
const paramikoForbidden = `{python} -c 'from buzon import *
s, lote = conectar(), "reclamaciones/{lote}"
def robar():
    s.get("../00900002/reclamaciones/{lote2}", "robado")
for intento in (
    lambda: s.remove(lote), lambda: s.rename(lote, lote + "2"), lambda: s.posix_rename(lote, "respuestas/{lote}"),
    lambda: s.put("{res}", "reclamaciones/{res}"), lambda: s.open(lote, "r+b"), lambda: s.mkdir("respuestas/nueva"),
    lambda: s.rmdir("respuestas"), lambda: s.symlink("/etc/passwd", "respuestas/enlace"), robar):
    try:
        intento()
    except OSError:
        continue
    sys.exit(0)
sys.exit("todo se negó")'`

const curlRC = `key = "{home}/.ssh/llave_une"
pubkey = "{home}/.ssh/llave_une.pub"
user = "{cuenta}:"
silent
show-error
`

func paramiko() client {
	return client{
		name: "paramiko", pack: "python3-paramiko", needs: []string{python()},
		missing: func() string {
			if exec.Command(python(), "-c", "import paramiko").Run() != nil {
				return "python3-paramiko is not installed"
			}
			return ""
		},
		files: map[string]string{"buzon.py": paramikoScript},
		acts: map[act]string{
			list:    "{python} buzon.py listar",
			fetch:   "{python} buzon.py recoger reclamaciones/{lote} {lote}",
			refetch: "{python} buzon.py seguir reclamaciones/{lote} {lote}",
			upload:  "{python} buzon.py subir {de} respuestas/{a}",
			reread:  "{python} buzon.py recoger respuestas/{res} copia",
			resume:  "{python} buzon.py continuar {de} respuestas/{a}",
			rename:  "{python} buzon.py renombrar respuestas/{de} respuestas/{a}",
		},
		forbidden: []string{paramikoForbidden},
		idle: []string{`{python} -c 'from buzon import *; s, lote = conectar(), "reclamaciones/{lote}"
s.chmod(lote, 0o777); s.utime(lote, (1, 1)); s.truncate(lote, 0)'`},
		cannot: map[column]string{times: "El guion no lo hace; `utime` después de subir se acepta"},
	}
}

func curl() client {
	at := "sftp://{host}:{puerto}/"
	return client{
		name: "curl", pack: "curl", needs: []string{"curl"},
		files: map[string]string{".curlrc": curlRC},
		acts: map[act]string{
			list:    "curl " + at + "reclamaciones/",
			fetch:   "curl -O " + at + "reclamaciones/{lote}",
			refetch: "curl -C - -O " + at + "reclamaciones/{lote}",
			upload:  "curl -T {de} " + at + "respuestas/{a}",
			reread:  "curl -o copia " + at + "respuestas/{res}",
			resume:  "curl -C - -T {de} " + at + "respuestas/{a}",
			rename:  `curl -o /dev/null -Q "rename /respuestas/{de} /respuestas/{a}" ` + at + "respuestas/",
		},
		forbidden: []string{
			`curl -Q "rm /reclamaciones/{lote}" ` + at,
			`curl -Q "rename /reclamaciones/{lote} /reclamaciones/otro.txt" ` + at,
			"curl -T {res} " + at + "reclamaciones/{res}",
			"curl --ftp-create-dirs -T {res} " + at + "respuestas/nueva/{res}",
			`curl -Q "mkdir /respuestas/nueva" ` + at,
			`curl -Q "symlink /etc/passwd /respuestas/enlace" ` + at,
			"curl --path-as-is -o robado " + at + "../00900002/reclamaciones/{lote2}",
		},
		idle:   []string{`curl -Q "chmod 777 /reclamaciones/{lote}" ` + at},
		legacy: true,
		cannot: map[column]string{times: "curl conserva la fecha al bajar (`-R`), no al subir"},
	}
}

func sshfs() client {
	return client{
		name: "sshfs, solo lectura", pack: "sshfs", needs: []string{"sshfs", "fusermount3"}, mayMiss: !fuse(),
		missing: func() string {
			if !fuse() {
				return "there is no /dev/fuse to use"
			}
			return ""
		},
		hurries: true, // the kernel lets go of a file after cp ended, and fusermount3 does not wait for that
		setup:   "mkdir buzon",
		wrap:    [2]string{"sshfs{F} -o ro buzon: buzon && { ", "; r=$?; fusermount3 -u buzon; exit $r; }"},
		acts: map[act]string{
			list:  "ls -l buzon/reclamaciones",
			fetch: "cp buzon/reclamaciones/{lote} .",
		},
		forbidden: []string{
			"rm -f buzon/reclamaciones/{lote}",
			"mv buzon/reclamaciones/{lote} buzon/reclamaciones/otro.txt",
			"cp {res} buzon/reclamaciones/{res}",
			"cp {res} buzon/respuestas/{res}",
			"mkdir buzon/respuestas/nueva",
			"ln -s /etc/passwd buzon/respuestas/enlace",
			"chmod 777 buzon/reclamaciones/{lote}",
			"cat buzon/00900002/reclamaciones/{lote2} > robado",
		},
		cannot: map[column]string{
			refetching: "Lo que quedó de una copia cortada puede terminar en ceros: se borra y se copia " +
				"de nuevo",
			uploading: readOnly, temporary: readOnly, cutting: readOnly, renaming: readOnly, times: readOnly,
		},
	}
}

// fuse tells whether this machine lets file systems be mounted at all.
func fuse() bool {
	f, err := os.OpenFile("/dev/fuse", os.O_RDWR, 0)
	if err != nil {
		return false
	}
	f.Close()
	return true
}
