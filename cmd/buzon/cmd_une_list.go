package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/ops"
	"buzon/schema"
	"buzon/store"
)

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
				at, err := ops.Now(v, time.Now())
				if now != "" && err == nil {
					var clock func() time.Time
					if clock, err = clockFor(c.Context(), cfg, now); err == nil {
						at = clock()
					}
				}
				if err != nil {
					return err
				}
				all, err := ops.ReadCredenciales(v, gateway.Acuerdo(cfg), at)
				if err != nil {
					return err
				}
				if only != 0 {
					all = slices.DeleteFunc(all, func(c *ops.Credenciales) bool {
						return c.Institution != only.String()
					})
					if len(all) == 0 {
						return fmt.Errorf("institution %s is not in the roll; 'buzon une add' adds it", only)
					}
				}
				return printCredenciales(c.OutOrStdout(), all, asJSON)
			})
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&now, "now", "",
		"set the clock, RFC 3339; only in a rehearsal's store, whose clock else stands at its last event")
	c.Flags().BoolVar(&asJSON, "json", false, "print one JSON object an institution")
	return c
}

func printCredenciales(w io.Writer, all []*ops.Credenciales, asJSON bool) error {
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
		fmt.Fprintf(w, "%s  %s\n  %s\n  %d días hábiles, prórroga up to %d; %s\n", c.Institution,
			c.Denominacion, c.Sector, c.Termino, c.Prorroga, state)
		for _, k := range c.Keys {
			fmt.Fprintf(w, "  key %s  %s  %s\n", k.Key, k.Name, describeLlave(k))
		}
		for _, s := range c.Warnings {
			fmt.Fprintf(w, "! %s: %s\n", c.Institution, s)
		}
	}
	return nil
}

func describeLlave(k ops.CredencialLlave) string {
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
