package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
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

// hecho is what a command did to an institution, and what follows from it.
type hecho struct {
	Institution string   `json:"institution"`
	Done        string   `json:"done"`
	Key         string   `json:"key,omitempty"`
	Follows     []string `json:"follows"`
	Warnings    []string `json:"warnings"`
}

func (h *hecho) follows(format string, args ...any) {
	h.Follows = append(h.Follows, fmt.Sprintf(format, args...))
}

func (h *hecho) warn(format string, args ...any) {
	h.Warnings = append(h.Warnings, fmt.Sprintf(format, args...))
}

// cambio is a change under way, within its transaction.
type cambio struct {
	*store.Tx
	cfg   *config.Config
	une   schema.UNE
	orden store.Orden
	hecho *hecho
}

// do makes a change of the roll and says what was done.
func (o *change) do(c *cobra.Command, clave string, fn func(*cambio) error) error {
	une, err := schema.ParseUNE(clave)
	if err != nil {
		return usageError{err}
	}
	h := &hecho{Institution: une.String(), Follows: []string{}, Warnings: []string{}}
	err = o.update(c, func(cfg *config.Config, tx *store.Tx) error {
		m := &cambio{tx, cfg, une, o.orden(), h}
		if err := m.known(o.adds); err != nil {
			return err
		}
		return fn(m)
	})
	if err != nil {
		return err
	}
	if o.asJSON {
		return json.NewEncoder(c.OutOrStdout()).Encode(h)
	}
	return h.print(c.OutOrStdout())
}

// orden is who asks for the change, and why.
func (o *change) orden() store.Orden { return store.Orden{UID: os.Getuid(), Motivo: o.reason} }

// update runs fn in one transaction of the store, which the daemon may have open
// too.
func (o *change) update(c *cobra.Command, fn func(*config.Config, *store.Tx) error) (err error) {
	if o.reason != "" {
		if err := checkText(o.reason, 200); err != nil {
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

// known tells what to do where the institution is not in the store, be it to be
// added or not.
func (m *cambio) known(adds bool) error {
	_, err := m.Institucion(m.une)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if slices.ContainsFunc(m.cfg.Padron, func(in config.Institucion) bool { return in.Clave == m.une }) {
		return fmt.Errorf("institution %s is in the configuration, not yet in the store: 'buzon run', or a start of the daemon, brings it in", m.une)
	}
	if !adds {
		return fmt.Errorf("institution %s is not in the roll; 'buzon une add' adds it", m.une)
	}
	return nil
}

func (h *hecho) print(w io.Writer) error {
	lines := []string{h.Institution + ": " + h.Done}
	lines = append(lines, h.Follows...)
	for _, s := range h.Warnings {
		lines = append(lines, "! "+s)
	}
	_, err := fmt.Fprintln(w, strings.Join(lines, "\n"))
	return err
}

// checkText tells why a text cannot be kept and printed on one line.
func checkText(s string, most int) error {
	switch {
	case !utf8.ValidString(s) || strings.ContainsFunc(s, unicode.IsControl):
		return errors.New("holds control characters, or is not UTF-8")
	case strings.TrimSpace(s) != s || s == "":
		return errors.New("is empty, or begins or ends in blanks")
	case utf8.RuneCountInString(s) > most:
		return fmt.Errorf("has over %d characters", most)
	}
	return nil
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
			return o.do(c, args[0], func(m *cambio) error {
				m.hecho.Done = "suspended"
				m.hecho.follows("Its sessions end within a second where the daemon runs, and it cannot sign in.")
				m.hecho.follows("LOTs are left for it all the same, and their terms run. 'buzon une resume %s' takes it back.", m.une)
				return m.Suspend(m.une, m.orden)
			})
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
			return o.do(c, args[0], func(m *cambio) error {
				m.hecho.Done = "resumed"
				m.hecho.follows("Its UNE may sign in at once, with the keys that hold.")
				if err := m.Resume(m.une, m.orden); err != nil {
					return err
				}
				return m.warnKeyless()
			})
		},
	}))
}

// warnKeyless warns where no key of the institution holds any more.
func (m *cambio) warnKeyless() error {
	keys, err := m.Llaves(m.une)
	if err == nil && !store.AlgunaVale(keys, m.Now()) {
		m.hecho.warn("no key of it holds now: its UNE cannot sign in with one; 'buzon une key add %s FILE'", m.une)
	}
	return err
}
