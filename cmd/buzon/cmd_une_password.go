package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"buzon/exchange/padron"
)

func unePasswordCmd() *cobra.Command {
	c := groupCmd("password", "Set and revoke the password of an institution",
		`Set and revoke the password with which an institution's UNE signs in, for an
agreement that needs one. It counts only where server.passwords is true.`,
		"  buzon une password set 900001 < clave.txt\n  buzon une password revoke 900001")
	c.AddCommand(unePasswordSetCmd(), unePasswordRevokeCmd())
	return c
}

func unePasswordSetCmd() *cobra.Command {
	o := &change{}
	return o.flags(&cobra.Command{
		Use:   "set CLAVE",
		Short: "Set the password of an institution",
		Long: fmt.Sprintf(`Set the password of an institution, which is read from standard input: one line of
%d characters or more. The store keeps its bcrypt hash alone.`, padron.MinPassword),
		Example: "  buzon une password set 900001\n  buzon une password set 900001 < clave.txt",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			password, err := readPassword(c.InOrStdin(), c.ErrOrStderr())
			if err != nil {
				return fmt.Errorf("read password: %w", err)
			}
			hash, err := padron.HashPassword(password)
			if err != nil {
				return fmt.Errorf("hash password: %w", err)
			}
			return o.do(c, args[0], func(m *padron.Cambio) error { return m.SetPassword(hash) })
		},
	})
}

func unePasswordRevokeCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:     "revoke CLAVE",
		Short:   "Revoke the password of an institution",
		Example: "  buzon une password revoke 900001",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return o.do(c, args[0], (*padron.Cambio).RevokePassword)
		},
	}))
}

// readPassword reads a password: at a terminal twice and unseen, else one line.
func readPassword(in io.Reader, prompt io.Writer) ([]byte, error) {
	if f, ok := in.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return typedPassword(f, prompt)
	}
	const most = 4096
	text, err := io.ReadAll(io.LimitReader(in, most))
	if err != nil {
		return nil, err
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
	return []byte(s), padron.CheckPassword(s)
}

func typedPassword(f *os.File, prompt io.Writer) ([]byte, error) {
	var typed [2][]byte
	for i, ask := range []string{"Password: ", "Again: "} {
		fmt.Fprint(prompt, ask)
		var err error
		typed[i], err = term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(prompt)
		if err != nil {
			return nil, err
		}
	}
	if string(typed[0]) != string(typed[1]) {
		return nil, errors.New("the two differ")
	}
	return typed[0], padron.CheckPassword(string(typed[0]))
}
