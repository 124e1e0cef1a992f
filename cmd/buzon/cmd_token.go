package main

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"buzon/config"
)

var tokenName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$`)

func tokenCmd() *cobra.Command {
	var role string
	c := &cobra.Command{
		Use:   "token NAME",
		Short: "Make a token for the read-only API",
		Long: `Make a token for the read-only HTTP API and print it, this once, with the item for
api.tokens of the configuration, which holds nothing but its hash. Hand the token
to its bearer by a way that only the two of you read.`,
		Example: "  buzon token auditoria --role auditor",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if !tokenName.MatchString(args[0]) {
				return usageError{fmt.Errorf("%.40q: want up to 32 letters, digits and . _ -", args[0])}
			}
			if role != config.RolAuditor && role != config.RolOperador {
				return usageError{fmt.Errorf("--role %q: want %s or %s", role, config.RolAuditor,
					config.RolOperador)}
			}
			token := rand.Text() + rand.Text() // 256 bits and more
			_, err := fmt.Fprintf(c.OutOrStdout(),
				"token   %s\n\napi:\n  tokens:\n    - {name: '%s', role: %s, sha256: '%x'}\n",
				token, args[0], role, sha256.Sum256([]byte(token)))
			return err
		},
	}
	c.Flags().StringVar(&role, "role", "",
		"auditor: events, files and traces; operador: the state of the day too")
	return c
}
