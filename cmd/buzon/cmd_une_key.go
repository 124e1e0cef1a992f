package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/padron"
	"buzon/schema"
	"buzon/store"
)

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
		Example: "  buzon une key add 900001 norte.pub --name 'norte 2026' --to 2027-03-31\n  ssh-keyscan " +
			"… | buzon une key add 900001 -",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			k, err := readKey(c.InOrStdin(), args[1])
			if err != nil {
				return err
			}
			if name != "" {
				if err := config.CheckText(name, 100); err != nil {
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
			return o.do(c, args[0], func(m *padron.Cambio) error { return m.AddKey(k) })
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
	if err := config.CheckText(l.Nombre, 100); err != nil {
		return k, fmt.Errorf("read key %s: its comment %w; mend it, or cut it off", name, err)
	}
	return gateway.LlaveOf(l), nil
}

func uneKeyRevokeCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:   "revoke CLAVE KEY",
		Short: "Revoke a key of an institution, for ever",
		Long: `Revoke a key of an institution, named by its fingerprint or its name. Sessions
that signed in with it end. It does not come back, also where the configuration
still names it.`,
		Example: "  buzon une key revoke 900001 ana@norte --reason 'equipo perdido'\n  buzon une key " +
			"revoke 900001 SHA256:…",
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			return o.do(c, args[0], func(m *padron.Cambio) error { return m.RevokeKey(args[1]) })
		},
	}))
}
