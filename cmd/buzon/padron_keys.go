package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

func uneAddCmd() *cobra.Command {
	o := &change{adds: true}
	var in store.Institucion
	var key string
	c := &cobra.Command{
		Use:   "add CLAVE",
		Short: "Add an institution to the roll",
		Long: `Add an institution to the roll. The denominación and the sector are compared with
those of CONDUSEF's records: write them as those do. The terms are those of the
configuration unless they are given.`,
		Example: "  buzon une add 900009 --denominacion 'Institución Inventada' --sector 'Uniones de Crédito' --key nueve.pub",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			for name, err := range map[string]error{"denominacion": config.CheckDenominacion(in.Denominacion), "sector": config.CheckSector(in.Sector)} {
				if err != nil {
					return usageError{fmt.Errorf("--%s %w", name, err)}
				}
			}
			if key != "" {
				k, err := readKey(c.InOrStdin(), key)
				if err != nil {
					return err
				}
				in.Llaves = []store.Llave{k}
			}
			return o.do(c, args[0], func(m *cambio) error { return m.add(in) })
		},
	}
	c.Flags().StringVar(&in.Denominacion, "denominacion", "", "its name, as the records of CONDUSEF write it")
	c.Flags().StringVar(&in.Sector, "sector", "", "its sector, as the records of CONDUSEF write it")
	c.Flags().IntVar(&in.Termino, "termino", 0, "días hábiles for an answer (terms.dias)")
	c.Flags().IntVar(&in.Prorroga, "prorroga", 0, "most días hábiles of a prórroga (terms.prorroga_max)")
	c.Flags().StringVar(&key, "key", "", "file with its public key; - reads standard input")
	return o.reasonFlag(o.flags(c))
}

func (m *cambio) add(in store.Institucion) error {
	in.UNE = m.une
	if in.Termino == 0 {
		in.Termino = m.cfg.Terms.Dias
	}
	if in.Prorroga == 0 {
		in.Prorroga = m.cfg.Terms.ProrrogaMax
	}
	if in.Termino < 1 || in.Termino > 250 {
		return usageError{errors.New("--termino: want 1 to 250 días hábiles")}
	}
	// A longer one would be refused by the form of the file before it is judged.
	if most := gateway.Rules(m.cfg).ProrrogaMax; in.Prorroga < 1 || in.Prorroga > most {
		return usageError{fmt.Errorf("--prorroga: want 1 to %d días hábiles, the most that the configuration knows (terms.prorroga_max)", most)}
	}
	for _, k := range in.Llaves {
		if err := m.notCONDUSEF(k); err != nil {
			return err
		}
		m.hecho.Key = k.Huella
	}
	if err := m.AddInstitucion(in, m.orden); err != nil {
		return err
	}
	m.hecho.Done = fmt.Sprintf("added, %s, %s, %d días hábiles and a prórroga of up to %d", in.Denominacion, in.Sector, in.Termino, in.Prorroga)
	m.hecho.follows("Its folders are there within a second where the daemon runs, else at its next start.")
	for _, k := range in.Llaves {
		m.hecho.follows("Its UNE signs in as %s with key %s (%s).", m.une, k.Huella, k.Nombre)
	}
	return m.warnKeyless()
}

func uneKeyCmd() *cobra.Command {
	c := groupCmd("key", "Add and revoke keys of an institution",
		"Add and revoke the keys with which an institution's UNE signs in.",
		"  buzon une key add 900001 norte.pub\n  buzon une key revoke 900001 ana@norte")
	c.AddCommand(uneKeyAddCmd(), uneKeyRevokeCmd())
	return c
}

func uneKeyAddCmd() *cobra.Command {
	o := &change{}
	var name, from, to string
	c := &cobra.Command{
		Use:   "add CLAVE FILE",
		Short: "Add a key to an institution",
		Long: `Add a public key to an institution: the line of a .pub file, - reads it from
standard input. --from and --to are days of America/Mexico_City; the last one
counts whole. An institution may have several keys at once, so that an old one
ends after its successor works. A key that was revoked does not come back.`,
		Example: "  buzon une key add 900001 norte.pub --name 'norte 2026' --to 2027-03-31\n  ssh-keyscan … | buzon une key add 900001 -",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			k, err := readKey(c.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			if name != "" {
				if err := checkText(name, 100); err != nil {
					return usageError{fmt.Errorf("--name %w", err)}
				}
				k.Nombre = name
			}
			if k.Desde, err = momentOf("from", from, 0); err != nil {
				return err
			}
			if k.Hasta, err = momentOf("to", to, 1); err != nil {
				return err
			}
			return o.do(c, args[0], func(m *cambio) error { return m.addKey(k) })
		},
	}
	c.Flags().StringVar(&name, "name", "", "its name, in place of the comment in the file")
	c.Flags().StringVar(&from, "from", "", "the first day on which it holds, AAAA-MM-DD")
	c.Flags().StringVar(&to, "to", "", "the last day on which it holds, AAAA-MM-DD")
	return o.flags(c)
}

// momentOf is the midnight with which a day begins, or one so many days later.
func momentOf(flag, day string, later schema.Dia) (time.Time, error) {
	if day == "" {
		return time.Time{}, nil
	}
	d, err := schema.ParseDia(day)
	if err != nil {
		return time.Time{}, usageError{fmt.Errorf("--%s: %w", flag, err)}
	}
	return (d + later).At(0), nil
}

func (m *cambio) addKey(k store.Llave) error {
	bounded := !k.Hasta.IsZero()
	switch {
	case bounded && !k.Desde.Before(k.Hasta):
		return usageError{errors.New("--to is before --from")}
	case bounded && errors.Is(k.Vale(m.Now()), store.ErrLlaveVencida):
		return usageError{fmt.Errorf("--to %s is over already", k.UltimoDia())}
	}
	if err := m.notCONDUSEF(k); err != nil {
		return err
	}
	if err := m.AddLlave(m.une, k, m.orden); err != nil {
		return err
	}
	m.hecho.Done, m.hecho.Key = fmt.Sprintf("key %s (%s) added", k.Huella, k.Nombre), k.Huella
	if m.Now().Before(k.Desde) {
		m.hecho.follows("It holds from %s on.", schema.DiaDe(k.Desde))
	} else {
		m.hecho.follows("Its UNE may sign in with it at once.")
	}
	if bounded {
		m.hecho.follows("It holds until the end of %s.", k.UltimoDia())
	}
	in, err := m.Institucion(m.une)
	if err == nil && !in.Suspendida.IsZero() {
		m.hecho.warn("the institution is suspended: it cannot sign in until 'buzon une resume %s'", m.une)
	}
	return err
}

// notCONDUSEF refuses a key with which CONDUSEF signs in: a party is known by its
// key.
func (m *cambio) notCONDUSEF(k store.Llave) error {
	if a := m.cfg.Source.Account; a != nil {
		for _, own := range a.Keys {
			if ssh.FingerprintSHA256(own.Key) == k.Huella {
				return fmt.Errorf("key %s is CONDUSEF's (source.account.keys)", k.Huella)
			}
		}
	}
	return nil
}

// readKey reads the one public key of a file, or of in where its name is -.
func readKey(in io.Reader, name string) (k store.Llave, err error) {
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return k, fmt.Errorf("read key: %w", err)
		}
		defer f.Close()
		in = f
	}
	const most = 64 << 10
	text, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return k, fmt.Errorf("read key: %w", err)
	}
	l, err := config.ParseLlave(string(text))
	if err != nil {
		return k, fmt.Errorf("read key %s: %w", name, err)
	}
	if err := checkText(l.Nombre, 100); err != nil {
		return k, fmt.Errorf("read key %s: its comment %w; mend it, or cut it off", name, err)
	}
	return llaveOf(l), nil
}

// llaveOf is a key as the store keeps it.
func llaveOf(l config.Llave) store.Llave {
	return store.Llave{Huella: ssh.FingerprintSHA256(l.Key), Publica: string(ssh.MarshalAuthorizedKey(l.Key)), Nombre: l.Nombre}
}

func uneKeyRevokeCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:   "revoke CLAVE KEY",
		Short: "Revoke a key of an institution, for ever",
		Long: `Revoke a key of an institution, named by its fingerprint or its name. Sessions
that signed in with it end. It does not come back, also where the configuration
still names it.`,
		Example: "  buzon une key revoke 900001 ana@norte --reason 'equipo perdido'\n  buzon une key revoke 900001 SHA256:…",
		Args:    cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return o.do(c, args[0], func(m *cambio) error { return m.revoke(args[1]) })
		},
	}))
}

func (m *cambio) revoke(what string) error {
	k, err := m.find(what)
	if err != nil {
		return err
	}
	if err := m.RevokeLlave(m.une, k.Huella, m.orden); err != nil {
		return err
	}
	m.hecho.Done, m.hecho.Key = fmt.Sprintf("key %s (%s) revoked", k.Huella, k.Nombre), k.Huella
	m.hecho.follows("Sessions that signed in with it end within a second where the daemon runs; it never signs in again.")
	for _, in := range m.cfg.Padron {
		for _, l := range in.Llaves {
			if in.Clave == m.une && ssh.FingerprintSHA256(l.Key) == k.Huella {
				m.hecho.warn("the configuration still names it: it stays revoked; take it out of the padrón there")
			}
		}
	}
	return m.warnKeyless()
}

// find gives the key that is named by its fingerprint or its name. A name means
// the keys that are not revoked.
func (m *cambio) find(what string) (store.Llave, error) {
	keys, err := m.Llaves(m.une)
	if err != nil {
		return store.Llave{}, err
	}
	var named []store.Llave
	var prints []string
	for _, k := range keys {
		if k.Huella == what || k.Huella == "SHA256:"+what {
			return k, nil
		}
		if k.Nombre == what && k.Revocada.IsZero() {
			named, prints = append(named, k), append(prints, k.Huella)
		}
	}
	switch len(named) {
	case 0:
		return store.Llave{}, fmt.Errorf("institution %s has no key %q; 'buzon une list %s' shows them", m.une, what, m.une)
	case 1:
		return named[0], nil
	}
	return store.Llave{}, fmt.Errorf("institution %s has %d keys named %q; give the fingerprint of one: %s", m.une, len(named), what, strings.Join(prints, ", "))
}
