package gateway

import (
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/store"
)

// LlaveOf is a key as the store keeps it.
func LlaveOf(l config.LlavePublica) store.Llave {
	return store.Llave{Fingerprint: ssh.FingerprintSHA256(l.Key),
		Publica: string(ssh.MarshalAuthorizedKey(l.Key)), Nombre: l.Nombre}
}
