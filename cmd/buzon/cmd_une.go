package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
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
		"  buzon une list\n  buzon une key add 900001 norte.pub --to 2027-03-31\n  buzon une suspend 900001 --reason 'oficio 123'")
	c.AddCommand(uneListCmd(), uneAddCmd(), uneKeyCmd(), uneSuspendCmd(), uneResumeCmd(), unePasswordCmd())
	return c
}

// groupCmd is a command that only has others.
func groupCmd(use, short, long, example string) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Long: long, Example: example,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
}

// change is what the commands that change the roll are asked.
type change struct {
	path, now, reason string
	asJSON            bool
	adds              bool // an institution that is not there yet
}

func (o *change) flags(c *cobra.Command) *cobra.Command {
	configFlag(c, &o.path)
	c.Flags().StringVar(&o.now, "now", "", nowBesideUsage)
	c.Flags().BoolVar(&o.asJSON, "json", false, "print what was done as one JSON object")
	return c
}

// reasonFlag adds --reason, which goes into the log.
func (o *change) reasonFlag(c *cobra.Command) *cobra.Command {
	c.Flags().StringVar(&o.reason, "reason", "", "why, for the log, which is never changed: name no person")
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

// orden is who asks for the change, and why.
func (o *change) orden() store.Orden { return store.Orden{UID: os.Getuid(), Motivo: o.reason} }

// update runs fn in one transaction of the store, which the daemon may have open
// too.
func (o *change) update(c *cobra.Command, fn func(*config.Config, *store.Tx) error) (err error) {
	if o.reason != "" {
		if err := config.CheckText(o.reason, 200); err != nil {
			return usageError{fmt.Errorf("--reason %w", err)}
		}
	}
	cfg, err := loadOwned(c, o.path)
	if err != nil {
		return err
	}
	now, err := clockBeside(c.Context(), cfg, o.now)
	if err != nil {
		return err
	}
	if _, err := os.Stat(gateway.StorePath(cfg.Data)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no store yet; 'buzon init', 'buzon run' or 'buzon serve' makes it", gateway.StorePath(cfg.Data))
	}
	at := now()
	st, err := store.Open(c.Context(), gateway.StorePath(cfg.Data), store.Options{Now: at, Junto: true})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	return st.Update(c.Context(), at, func(tx *store.Tx) error { return fn(cfg, tx) })
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
