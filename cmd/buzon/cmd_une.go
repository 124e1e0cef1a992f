package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/padron"
	"buzon/schema"
	"buzon/store"
)

func uneCmd() *cobra.Command {
	c := groupCmd("une", "Show and change the roll: institutions, keys, passwords",
		`Show and change the roll (padrón) of the institutions and what their UNEs sign in
with. The store has the roll; the configuration seeds it. Each change is an
event of the log, with the numeric user who made it, and works while the daemon
runs, which applies it within a second.`,
		"  buzon une list\n  buzon une key add 900001 norte.pub --to 2027-03-31\n  buzon une suspend "+
			"900001 --reason 'oficio 123'")
	c.AddCommand(uneListCmd(), uneAddCmd(), uneKeyCmd(), uneSuspendCmd(), uneResumeCmd(), unePasswordCmd())
	return c
}

// do makes a change of the roll and says what was done.
func (o *change) do(c *cobra.Command, clave string, fn func(*padron.Cambio) error) error {
	une, err := schema.ParseUNE(clave)
	if err != nil {
		return usageError{err}
	}
	var h *padron.Hecho
	err = o.update(c, func(cfg *config.Config, tx *store.Tx) error {
		m, err := padron.New(tx, cfg, une, o.orden(), o.adds)
		if err != nil {
			return err
		}
		h = m.Hecho
		return fn(m)
	})
	if errors.As(err, new(padron.ErrOrden)) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	if o.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(h)
	}
	return printHecho(c.OutOrStdout(), h)
}

func printHecho(w io.Writer, h *padron.Hecho) error {
	lines := []string{h.Institution + ": " + h.Done}
	lines = append(lines, h.Follows...)
	for _, s := range h.Warnings {
		lines = append(lines, "! "+s)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}
