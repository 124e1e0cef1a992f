package main

import (
	"github.com/spf13/cobra"

	"buzon/exchange/padron"
)

func uneSuspendCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:   "suspend CLAVE",
		Short: "Keep an institution's UNE from signing in",
		Long: `Keep an institution's UNE from signing in, whatever its keys say, until 'buzon
une resume'. The exchange goes on: LOTs are left in its folder, and their terms
run.`,
		Example: "  buzon une suspend 900001 --reason 'oficio 123'",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return o.do(c, args[0], (*padron.Cambio).Suspend)
		},
	}))
}

func uneResumeCmd() *cobra.Command {
	o := &change{}
	return o.reasonFlag(o.flags(&cobra.Command{
		Use:     "resume CLAVE",
		Short:   "Take a suspension back",
		Example: "  buzon une resume 900001",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			return o.do(c, args[0], (*padron.Cambio).Resume)
		},
	}))
}
