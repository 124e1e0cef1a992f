package store

import (
	"database/sql"
	"errors"
	"fmt"

	"buzon/schema"
)

// Institucion is one row of the roll (padrón).
type Institucion struct {
	UNE          schema.UNE
	Denominacion string
	Sector       string
	Termino      int // días hábiles to answer
	Prorroga     int // días hábiles that a prórroga may ask at most
	Llaves       []Llave
}

// Llave is a public key with which a UNE may sign in.
type Llave struct {
	Huella  string // SHA256:…
	Publica string // as an authorized_keys line has it, without the comment
	Nombre  string
}

// Seed brings institutions and keys that the store does not know yet into the
// roll, each with its event. It removes and changes nothing: where the store
// says otherwise the difference comes back in words, for the operator.
func (tx *Tx) Seed(padron []Institucion) (differs []string, err error) {
	for _, in := range padron {
		have, err := tx.Institucion(in.UNE)
		switch {
		case errors.Is(err, ErrNotFound):
			if err := tx.addInstitucion(in); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			differs = append(differs, differences(have, in)...)
		}
		for _, k := range in.Llaves {
			if err := tx.addLlave(in.UNE, k); err != nil {
				return nil, err
			}
		}
	}
	more, err := tx.unseeded(padron)
	return append(differs, more...), err
}

// unseeded says what the store has and the roll does not: it counts all the same.
func (tx *Tx) unseeded(padron []Institucion) (out []string, err error) {
	named := map[schema.UNE]bool{}
	keys := map[string]bool{}
	for _, in := range padron {
		named[in.UNE] = true
		for _, k := range in.Llaves {
			keys[in.UNE.String()+k.Huella] = true
		}
	}
	all, err := tx.Padron()
	for _, in := range all {
		if !named[in.UNE] {
			out = append(out, fmt.Sprintf("institution %s: is in the store, not in the configuration; it is served all the same", in.UNE))
		}
	}
	if err != nil {
		return out, err
	}
	return out, tx.each(`SELECT une, huella FROM llaves ORDER BY une, huella`, nil, func(rows *sql.Rows) error {
		var u schema.UNE
		var huella string
		if err := rows.Scan(&u, &huella); err != nil {
			return err
		}
		if named[u] && !keys[u.String()+huella] {
			out = append(out, fmt.Sprintf("institution %s: key %s is in the store, not in the configuration; it still signs in", u, huella))
		}
		return nil
	})
}

// SinLlave gives the institutions whose UNE cannot sign in, by clave.
func (v *View) SinLlave() (all []schema.UNE, err error) {
	err = v.each(`SELECT une FROM instituciones i WHERE NOT EXISTS (SELECT 1 FROM llaves l WHERE l.une = i.une) ORDER BY une`, nil,
		func(rows *sql.Rows) error {
			var u schema.UNE
			if err := rows.Scan(&u); err != nil {
				return err
			}
			all = append(all, u)
			return nil
		})
	return all, err
}

func differences(have, want Institucion) (out []string) {
	say := func(what string, a, b any) {
		if a != b {
			out = append(out, fmt.Sprintf("institution %s: %s is %q in the store, %q in the configuration", have.UNE, what, fmt.Sprint(a), fmt.Sprint(b)))
		}
	}
	say("denominacion", have.Denominacion, want.Denominacion)
	say("sector", have.Sector, want.Sector)
	say("termino", have.Termino, want.Termino)
	say("prorroga", have.Prorroga, want.Prorroga)
	return out
}

func (tx *Tx) addInstitucion(in Institucion) error {
	if err := tx.exec(`INSERT INTO instituciones (une, denominacion, sector, termino, prorroga) VALUES (?,?,?,?,?)`,
		in.UNE, in.Denominacion, in.Sector, in.Termino, in.Prorroga); err != nil {
		return err
	}
	return tx.Log(Evento{Evento: InstitucionAlta, Parte: in.UNE.String(), Detalle: Detalle{
		"denominacion": in.Denominacion, "sector": in.Sector, "termino": in.Termino, "prorroga": in.Prorroga}})
}

func (tx *Tx) addLlave(u schema.UNE, k Llave) error {
	res, err := tx.result(`INSERT INTO llaves (une, huella, publica, nombre) VALUES (?,?,?,?) ON CONFLICT DO NOTHING`,
		u, k.Huella, k.Publica, k.Nombre)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return tx.Log(Evento{Evento: LlaveAlta, Parte: u.String(), Detalle: Detalle{"huella": k.Huella, "nombre": k.Nombre}})
}

const selectInstitucion = `SELECT une, denominacion, sector, termino, prorroga FROM instituciones`

func scanInstitucion(in *Institucion) []any {
	return []any{&in.UNE, &in.Denominacion, &in.Sector, &in.Termino, &in.Prorroga}
}

// Institucion gives one institution, without its keys.
func (v *View) Institucion(u schema.UNE) (in Institucion, err error) {
	err = v.get(selectInstitucion+` WHERE une = ?`, []any{u}, scanInstitucion(&in)...)
	return in, err
}

// Padron gives every institution, by clave, without keys.
func (v *View) Padron() (all []Institucion, err error) {
	err = v.each(selectInstitucion+` ORDER BY une`, nil, func(rows *sql.Rows) error {
		var in Institucion
		if err := rows.Scan(scanInstitucion(&in)...); err != nil {
			return err
		}
		all = append(all, in)
		return nil
	})
	return all, err
}

// TieneLlave tells whether the institution's UNE may sign in with a key.
func (v *View) TieneLlave(u schema.UNE, huella string) (ok bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1 FROM llaves WHERE une = ? AND huella = ?)`, []any{u, huella}, &ok)
	return ok, err
}
