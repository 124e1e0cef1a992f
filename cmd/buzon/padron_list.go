package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/schema"
	"buzon/store"
)

// credenciales is an institution of the roll and what its UNE signs in with.
type credenciales struct {
	Institution  string            `json:"institution"`
	Denominacion string            `json:"denominacion"`
	Sector       string            `json:"sector"`
	Termino      int               `json:"termino"`
	Prorroga     int               `json:"prorroga"`
	State        string            `json:"state"` // active or suspended
	Since        schema.Instante   `json:"suspended_since,omitempty"`
	Password     string            `json:"password"`             // none, set or revoked
	Server       string            `json:"own_server,omitempty"` // address that we dial
	Keys         []credencialLlave `json:"keys"`
	Warnings     []string          `json:"warnings"`
	Simulacro    bool              `json:"simulacro,omitempty"`

	keyless string // why its UNE cannot sign in though nobody suspended it; ""
	lapsed  bool   // because a key ended
}

// credencialLlave is a key; its days are of America/Mexico_City.
type credencialLlave struct {
	Name     string          `json:"name"`
	Key      string          `json:"key"`   // fingerprint
	State    string          `json:"state"` // valid, not yet, expired or revoked
	From     string          `json:"from,omitempty"`
	To       string          `json:"to,omitempty"`        // last day on which it holds
	DaysLeft *int            `json:"days_left,omitempty"` // after today; 0 is its last day
	Added    schema.Instante `json:"added"`
	Revoked  schema.Instante `json:"revoked,omitempty"`
	LastUse  schema.Instante `json:"last_use,omitempty"`

	ending bool // within server.key_warning
}

// readCredenciales reads the roll as of a moment, by clave.
func readCredenciales(v *store.View, cfg *config.Config, at time.Time) (all []*credenciales, err error) {
	roll, err := v.Padron()
	if err != nil {
		return nil, err
	}
	simulacro, err := v.Simulacro()
	if err != nil {
		return nil, err
	}
	for _, in := range roll {
		c := &credenciales{Simulacro: simulacro, Institution: in.UNE.String(), Denominacion: in.Denominacion, Sector: in.Sector, Termino: in.Termino,
			Prorroga: in.Prorroga, State: "active", Password: "none", Keys: []credencialLlave{}, Warnings: []string{}}
		if !in.Suspendida.IsZero() {
			c.State, c.Since = "suspended", schema.NewInstante(in.Suspendida)
		}
		for _, r := range cfg.RemoteUNEs {
			if r.UNE == in.UNE {
				c.Server = r.Address
			}
		}
		clave, err := v.Clave(in.UNE)
		switch {
		case err == nil && clave.Revocada.IsZero():
			c.Password = "set"
		case err == nil:
			c.Password = "revoked"
		case !errors.Is(err, store.ErrNotFound):
			return nil, err
		}
		keys, err := v.Llaves(in.UNE)
		if err != nil {
			return nil, err
		}
		for _, k := range keys {
			c.Keys = append(c.Keys, newCredencialLlave(k, at, gateway.KeyWarning(cfg)))
		}
		c.judge(cfg, usable(keys, at))
		all = append(all, c)
	}
	return all, nil
}

func newCredencialLlave(k store.Llave, at time.Time, within time.Duration) credencialLlave {
	c := credencialLlave{Name: k.Nombre, Key: k.Huella, State: "valid", Added: schema.NewInstante(k.Alta)}
	switch err := k.Vale(at); {
	case errors.Is(err, store.ErrLlaveRevocada):
		c.State, c.Revoked = "revoked", schema.NewInstante(k.Revocada)
	case errors.Is(err, store.ErrLlaveFutura):
		c.State = "not yet"
	case errors.Is(err, store.ErrLlaveVencida):
		c.State = "expired"
	}
	if !k.Desde.IsZero() {
		c.From = schema.DiaDe(k.Desde).String()
	}
	if !k.Hasta.IsZero() {
		c.To = lastDay(k).String()
		if c.State == "valid" || c.State == "not yet" {
			left := int(lastDay(k) - schema.DiaDe(at))
			c.DaysLeft, c.ending = &left, k.Hasta.Sub(at) <= within
		}
	}
	if !k.UltimoUso.IsZero() {
		c.LastUse = schema.NewInstante(k.UltimoUso)
	}
	return c
}

// judge says what somebody should look at.
func (c *credenciales) judge(cfg *config.Config, usable bool) {
	warn := func(format string, args ...any) { c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...)) }
	for _, k := range c.Keys {
		if k.ending {
			warn("key %s (%s) ends on %s, in %d days", k.Key, k.Name, k.To, *k.DaysLeft)
		}
	}
	if c.Password == "set" && !cfg.Server.Passwords {
		warn("it has a password, and server.passwords is off")
	}
	signsIn := usable || c.Password == "set" && cfg.Server.Passwords || c.Server != ""
	if c.State == "suspended" || signsIn {
		return
	}
	c.keyless = "it has no key: its UNE cannot sign in"
	if slices.ContainsFunc(c.Keys, func(k credencialLlave) bool { return k.State == "expired" }) {
		c.keyless, c.lapsed = "its last key ended: its UNE cannot sign in", true
	}
	warn("%s", c.keyless)
}

func uneListCmd() *cobra.Command {
	var path, now string
	var asJSON bool
	c := &cobra.Command{
		Use:     "list [CLAVE]",
		Short:   "Show the roll: institutions, their keys, and what is about to end",
		Example: "  buzon une list\n  buzon une list 900001 --json",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			var only schema.UNE
			if len(args) > 0 {
				var err error
				if only, err = schema.ParseUNE(args[0]); err != nil {
					return usageError{err}
				}
			}
			return askStore(c, path, func(cfg *config.Config, v *store.View) error {
				at, err := nowOf(v)
				if now != "" && err == nil {
					var clock func() time.Time
					if clock, err = clockFor(c.Context(), cfg, now); err == nil {
						at = clock()
					}
				}
				if err != nil {
					return err
				}
				all, err := readCredenciales(v, cfg, at)
				if err != nil {
					return err
				}
				if only != 0 {
					all = slices.DeleteFunc(all, func(c *credenciales) bool { return c.Institution != only.String() })
					if len(all) == 0 {
						return fmt.Errorf("institution %s is not in the roll; 'buzon une add' adds it", only)
					}
				}
				return printCredenciales(c.OutOrStdout(), all, asJSON)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&now, "now", "", "set the clock, RFC 3339; only in a rehearsal's store, whose clock else stands at its last event")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an institution")
	return c
}

func printCredenciales(w io.Writer, all []*credenciales, asJSON bool) error {
	enc := json.NewEncoder(w)
	for i, c := range all {
		if asJSON {
			if err := enc.Encode(c); err != nil {
				return err
			}
			continue
		}
		markRehearsal(w, c.Simulacro && i == 0)
		state := c.State
		if c.Since != "" {
			state += " since " + string(c.Since)
		}
		if c.Server != "" {
			state += ", with a server of its own at " + c.Server
		}
		if c.Password != "none" {
			state += ", password " + c.Password
		}
		fmt.Fprintf(w, "%s  %s\n  %s\n  %d días hábiles, prórroga up to %d; %s\n", c.Institution, c.Denominacion, c.Sector, c.Termino, c.Prorroga, state)
		for _, k := range c.Keys {
			fmt.Fprintf(w, "  key %s  %s  %s\n", k.Key, k.Name, k.describe())
		}
		for _, s := range c.Warnings {
			fmt.Fprintf(w, "! %s: %s\n", c.Institution, s)
		}
	}
	return nil
}

func (k credencialLlave) describe() string {
	s := k.State
	if k.State == "revoked" {
		s += " " + string(k.Revoked)
	}
	if k.From != "" {
		s += ", from " + k.From
	}
	if k.To != "" {
		s += ", to " + k.To
	}
	if k.DaysLeft != nil {
		s += fmt.Sprintf(" (%d days left)", *k.DaysLeft)
	}
	if k.LastUse == "" {
		return s + ", never used"
	}
	return s + ", last use " + string(k.LastUse)
}
