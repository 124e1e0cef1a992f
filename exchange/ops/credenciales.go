package ops

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store"
)

// Credenciales is an institution of the roll and what its UNE signs in with.
type Credenciales struct {
	Institution  string            `json:"institution"`
	Denominacion string            `json:"denominacion"`
	Sector       string            `json:"sector"`
	Termino      int               `json:"termino"`
	Prorroga     int               `json:"prorroga"`
	State        string            `json:"state"` // active or suspended
	Since        schema.Instante   `json:"suspended_since,omitempty"`
	Password     string            `json:"password"`             // none, set or revoked
	Server       string            `json:"own_server,omitempty"` // address that we dial
	Keys         []CredencialLlave `json:"keys"`
	Warnings     []string          `json:"warnings"`
	Simulacro    bool              `json:"simulacro,omitempty"`

	Keyless string `json:"-"` // why its UNE cannot sign in though nobody suspended it; ""
	Lapsed  bool   `json:"-"` // because a key ended
}

// CredencialLlave is a key; its days are of America/Mexico_City.
type CredencialLlave struct {
	Name     string          `json:"name"`
	Key      string          `json:"key"`   // fingerprint
	State    string          `json:"state"` // valid, not yet, expired or revoked
	From     string          `json:"from,omitempty"`
	To       string          `json:"to,omitempty"`        // last day on which it holds
	DaysLeft *int            `json:"days_left,omitempty"` // after today; 0 is its last day
	Added    schema.Instante `json:"added"`
	Revoked  schema.Instante `json:"revoked,omitempty"`
	LastUse  schema.Instante `json:"last_use,omitempty"`

	Ending bool `json:"-"` // within server.key_warning
}

// ReadCredenciales reads the roll as of a moment, by clave.
func ReadCredenciales(v *store.View, ac *Acuerdo, at time.Time) (all []*Credenciales, err error) {
	roll, err := v.Padron()
	if err != nil {
		return nil, err
	}
	simulacro, err := v.Simulacro()
	if err != nil {
		return nil, err
	}
	for _, in := range roll {
		c := &Credenciales{Simulacro: simulacro, Institution: in.UNE.String(), Denominacion: in.Denominacion,
			Sector: in.Sector, Termino: in.Termino, Prorroga: in.Prorroga, State: "active", Password: "none",
			Server: ac.Servidores[in.UNE], Keys: []CredencialLlave{}, Warnings: []string{}}
		if !in.Suspendida.IsZero() {
			c.State, c.Since = "suspended", schema.NewInstante(in.Suspendida)
		}
		clave, err := v.Contrasena(in.UNE)
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
			c.Keys = append(c.Keys, newCredencialLlave(k, at, ac.AvisoLlave))
		}
		c.judge(ac, store.AlgunaVale(keys, at))
		all = append(all, c)
	}
	return all, nil
}

func newCredencialLlave(k store.Llave, at time.Time, within time.Duration) CredencialLlave {
	c := CredencialLlave{Name: k.Nombre, Key: k.Fingerprint, State: "valid",
		Added: schema.NewInstante(k.Alta)}
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
		c.To = k.UltimoDia().String()
		if c.State == "valid" || c.State == "not yet" {
			left := int(k.UltimoDia() - schema.DiaDe(at))
			c.DaysLeft, c.Ending = &left, k.Hasta.Sub(at) <= within
		}
	}
	if !k.UltimoUso.IsZero() {
		c.LastUse = schema.NewInstante(k.UltimoUso)
	}
	return c
}

// judge says what somebody should look at.
func (c *Credenciales) judge(ac *Acuerdo, usable bool) {
	warn := func(format string, args ...any) { c.Warnings = append(c.Warnings, fmt.Sprintf(format, args...)) }
	for _, k := range c.Keys {
		if k.Ending {
			warn("key %s (%s) ends on %s, in %d days", k.Key, k.Name, k.To, *k.DaysLeft)
		}
	}
	if c.Password == "set" && !ac.Claves {
		warn("it has a password, and server.passwords is off")
	}
	signsIn := usable || c.Password == "set" && ac.Claves || c.Server != ""
	if c.State == "suspended" || signsIn {
		return
	}
	c.Keyless = "it has no key: its UNE cannot sign in"
	if slices.ContainsFunc(c.Keys, func(k CredencialLlave) bool { return k.State == "expired" }) {
		c.Keyless, c.Lapsed = "its last key ended: its UNE cannot sign in", true
	}
	warn("%s", c.Keyless)
}
