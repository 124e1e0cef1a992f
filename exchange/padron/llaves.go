package padron

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"buzon/schema"
	"buzon/store"
)

// AddKey adds a key that was read.
func (m *Cambio) AddKey(k store.Llave) error {
	bounded := !k.Hasta.IsZero()
	switch {
	case bounded && !k.Desde.Before(k.Hasta):
		return ErrOrden{errors.New("--to is before --from")}
	case bounded && errors.Is(k.Vale(m.tx.Now()), store.ErrLlaveVencida):
		return ErrOrden{fmt.Errorf("--to %s is over already", k.UltimoDia())}
	}
	if err := m.notCONDUSEF(k); err != nil {
		return err
	}
	if err := m.tx.AddLlave(m.une, k, m.orden); err != nil {
		return err
	}
	m.Hecho.Done, m.Hecho.Key = fmt.Sprintf("key %s (%s) added", k.Fingerprint, k.Nombre), k.Fingerprint
	if m.tx.Now().Before(k.Desde) {
		m.Hecho.follows("It holds from %s on.", schema.DiaDe(k.Desde))
	} else {
		m.Hecho.follows("Its UNE may sign in with it at once.")
	}
	if bounded {
		m.Hecho.follows("It holds until the end of %s.", k.UltimoDia())
	}
	in, err := m.tx.Institucion(m.une)
	if err == nil && !in.Suspendida.IsZero() {
		m.Hecho.warn("the institution is suspended: it cannot sign in until 'buzon une resume %s'", m.une)
	}
	return err
}

// notCONDUSEF refuses a key with which CONDUSEF signs in: a party is known by its
// key.
func (m *Cambio) notCONDUSEF(k store.Llave) error {
	if a := m.cfg.Source.Account; a != nil {
		for _, own := range a.Keys {
			if ssh.FingerprintSHA256(own.Key) == k.Fingerprint {
				return fmt.Errorf("key %s is CONDUSEF's (source.account.keys)", k.Fingerprint)
			}
		}
	}
	return nil
}

// RevokeKey revokes the key that is named by its fingerprint or its name.
func (m *Cambio) RevokeKey(what string) error {
	k, err := m.find(what)
	if err != nil {
		return err
	}
	if err := m.tx.RevokeLlave(m.une, k.Fingerprint, m.orden); err != nil {
		return err
	}
	m.Hecho.Done, m.Hecho.Key = fmt.Sprintf("key %s (%s) revoked", k.Fingerprint, k.Nombre), k.Fingerprint
	m.Hecho.follows(
		"Sessions that signed in with it end within a second where the daemon runs; it never signs in again.")
	for _, in := range m.cfg.Padron {
		for _, l := range in.Llaves {
			if in.Clave == m.une && ssh.FingerprintSHA256(l.Key) == k.Fingerprint {
				m.Hecho.warn(
					"the configuration still names it: it stays revoked; take it out of the padrón there")
			}
		}
	}
	return m.warnKeyless()
}

// find gives the key that is named by its fingerprint or its name. A name means
// the keys that are not revoked.
func (m *Cambio) find(what string) (store.Llave, error) {
	keys, err := m.tx.Llaves(m.une)
	if err != nil {
		return store.Llave{}, err
	}
	var named []store.Llave
	var prints []string
	for _, k := range keys {
		if k.Fingerprint == what || k.Fingerprint == "SHA256:"+what {
			return k, nil
		}
		if k.Nombre == what && k.Revocada.IsZero() {
			named, prints = append(named, k), append(prints, k.Fingerprint)
		}
	}
	switch len(named) {
	case 0:
		return store.Llave{},
			fmt.Errorf("institution %s has no key %q; 'buzon une list %s' shows them", m.une, what, m.une)
	case 1:
		return named[0], nil
	}
	return store.Llave{},
		fmt.Errorf("institution %s has %d keys named %q; give the fingerprint of one: %s", m.une, len(named),
			what, strings.Join(prints, ", "))
}
