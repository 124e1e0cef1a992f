package store

import (
	"errors"
	"fmt"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Institucion is one row of the roll (padrón).
type Institucion struct {
	UNE          schema.UNE
	Denominacion string
	Sector       string
	Termino      int       // días hábiles to answer
	Prorroga     int       // días hábiles that a prórroga may ask at most
	Suspendida   time.Time // since when its UNE may not sign in; zero: it may
	Llaves       []Llave   // to add it with; what the store gives has none
}

// Orden is who ran a command that changes the roll, and why.
type Orden struct {
	UID    int    // numeric user of the system
	Motivo string // may be empty
}

// dicha is what an event says of it.
func (o Orden) dicha() bitacora.CargaOrden { return bitacora.CargaOrden{UID: &o.UID, Motivo: o.Motivo} }

// Seed brings institutions and keys that the store does not know yet into the
// roll, each with its event. It removes and changes nothing: where the store
// says otherwise the difference comes back in words, for the operator. A key
// that was revoked, or that belongs to another institution, is not added.
func (tx *Tx) Seed(padron []Institucion) (differs []string, err error) {
	for _, in := range padron {
		have, err := tx.Institucion(in.UNE)
		switch {
		case errors.Is(err, ErrNotFound):
			if err := tx.addInstitucion(in, bitacora.CargaOrden{}); err != nil {
				return nil, err
			}
		case err != nil:
			return nil, err
		default:
			differs = append(differs, differences(have, in)...)
		}
		for _, k := range in.Llaves {
			d, err := tx.seedLlave(in.UNE, k)
			if err != nil {
				return nil, err
			}
			differs = append(differs, d...)
		}
	}
	more, err := tx.unseeded(padron)
	return append(differs, more...), err
}

func (tx *Tx) seedLlave(u schema.UNE, k Llave) (differs []string, err error) {
	owner, revocada, err := tx.duenio(u, k.Fingerprint)
	switch {
	case errors.Is(err, ErrNotFound):
		return nil, tx.addLlave(u, k, bitacora.CargaOrden{})
	case err != nil:
		return nil, err
	case owner != u:
		differs = append(differs,
			fmt.Sprintf("institution %s: key %s belongs to institution %s; it is not added", u, k.Fingerprint,
				owner))
	case !revocada.IsZero():
		differs = append(differs,
			fmt.Sprintf(
				"institution %s: key %s is revoked in the store, still in the configuration; it stays "+
					"revoked", u, k.Fingerprint))
	}
	return differs, nil
}

// unseeded says what the store has and the roll does not: it counts all the same.
func (tx *Tx) unseeded(padron []Institucion) (out []string, err error) {
	named := map[schema.UNE]bool{}
	keys := map[string]bool{}
	for _, in := range padron {
		named[in.UNE] = true
		for _, k := range in.Llaves {
			keys[in.UNE.String()+k.Fingerprint] = true
		}
	}
	all, err := tx.Padron()
	for _, in := range all {
		if !named[in.UNE] {
			out = append(out,
				fmt.Sprintf(
					"institution %s: is in the store, not in the configuration; it is served all the same",
					in.UNE))
		}
	}
	if err != nil {
		return out, err
	}
	return out, tx.each(`SELECT une, huella FROM llaves k WHERE `+sinRevocar+
		` AND (hasta IS NULL OR hasta > ?) ORDER BY une, huella`, []any{ms(tx.now)},
		func(rows valores) error {
			var u schema.UNE
			var huella string
			if err := rows.Scan(&u, &huella); err != nil {
				return err
			}
			if named[u] && !keys[u.String()+huella] {
				out = append(out,
					fmt.Sprintf(
						"institution %s: key %s is in the store, not in the configuration; it still signs in",
						u, huella))
			}
			return nil
		})
}

func differences(have, want Institucion) (out []string) {
	say := func(what string, a, b any) {
		if a != b {
			out = append(out,
				fmt.Sprintf("institution %s: %s is %q in the store, %q in the configuration", have.UNE, what,
					fmt.Sprint(a), fmt.Sprint(b)))
		}
	}
	say("denominacion", have.Denominacion, want.Denominacion)
	say("sector", have.Sector, want.Sector)
	say("termino", have.Termino, want.Termino)
	say("prorroga", have.Prorroga, want.Prorroga)
	return out
}

// AddInstitucion adds an institution to the roll, with its keys.
func (tx *Tx) AddInstitucion(in Institucion, o Orden) error {
	_, err := tx.Institucion(in.UNE)
	if err == nil {
		return fmt.Errorf("institution %s is there already", in.UNE)
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	if err := tx.addInstitucion(in, o.dicha()); err != nil {
		return err
	}
	for _, k := range in.Llaves {
		if err := tx.AddLlave(in.UNE, k, o); err != nil {
			return err
		}
	}
	return nil
}

func (tx *Tx) addInstitucion(in Institucion, o bitacora.CargaOrden) error {
	if err := tx.addAt(tInstituciones, int64(in.UNE), in.Denominacion, in.Sector, in.Termino,
		in.Prorroga); err != nil {
		return err
	}
	return tx.Log(Acto{Evento: bitacora.InstitucionAlta, Parte: in.UNE.Parte(),
		Carga: bitacora.CargaInstitucion{CargaOrden: o,
			Denominacion: in.Denominacion, Sector: in.Sector, Termino: in.Termino, Prorroga: in.Prorroga}})
}

// Suspend keeps an institution's UNE from signing in, whatever its keys say.
// What the exchange leaves for it is left all the same.
func (tx *Tx) Suspend(u schema.UNE, o Orden) error {
	in, err := tx.Institucion(u)
	if err != nil {
		return fmt.Errorf("institution %s: %w", u, err)
	}
	if !in.Suspendida.IsZero() {
		return fmt.Errorf("institution %s is suspended already, since %s", u,
			schema.NewInstante(in.Suspendida))
	}
	return tx.setSuspendida(u, true, o)
}

// Resume takes a suspension back.
func (tx *Tx) Resume(u schema.UNE, o Orden) error {
	in, err := tx.Institucion(u)
	if err != nil {
		return fmt.Errorf("institution %s: %w", u, err)
	}
	if in.Suspendida.IsZero() {
		return fmt.Errorf("institution %s is not suspended", u)
	}
	return tx.setSuspendida(u, false, o)
}

func (tx *Tx) setSuspendida(u schema.UNE, yes bool, o Orden) error {
	if _, err := tx.add(tSuspensiones, int64(u), yes, ms(tx.now)); err != nil {
		return err
	}
	evento := bitacora.InstitucionReanudada
	if yes {
		evento = bitacora.InstitucionSuspendida
	}
	return tx.Log(Acto{Evento: evento, Parte: u.Parte(),
		Carga: bitacora.CargaSuspension{CargaOrden: o.dicha()}})
}

// AccesoCambiado tells whether the log says, after event n, that the roll or a
// credential changed, and gives the number of the last event.
func (v *View) AccesoCambiado(n int64) (changed bool, last int64, err error) {
	if last, err = v.Eventos(); err != nil || last <= n {
		return false, last, err
	}
	err = v.get(`SELECT EXISTS (SELECT 1 FROM bitacora WHERE n > ? AND evento IN (?,?,?,?,?,?,?))`,
		[]any{n, bitacora.InstitucionAlta, bitacora.InstitucionSuspendida, bitacora.InstitucionReanudada,
			bitacora.LlaveAlta, bitacora.LlaveRevocada,
			bitacora.ClaveFijada, bitacora.ClaveRevocada}, &changed)
	return changed, last, err
}

const selectInstitucion = `SELECT i.une, denominacion, sector, termino, prorroga,
	CASE WHEN x.suspendida THEN x.momento END
	FROM instituciones i LEFT JOIN suspensiones x ON x.id = (SELECT max(id) FROM suspensiones
	WHERE une = i.une)`

func scanInstitucion(in *Institucion) []any {
	return []any{&in.UNE, &in.Denominacion, &in.Sector, &in.Termino, &in.Prorroga, instante{&in.Suspendida}}
}

// Institucion gives one institution, without its keys.
func (v *View) Institucion(u schema.UNE) (in Institucion, err error) {
	err = v.get(selectInstitucion+` WHERE i.une = ?`, []any{u}, scanInstitucion(&in)...)
	return in, err
}

// Padron gives every institution, by clave, without keys.
func (v *View) Padron() (all []Institucion, err error) {
	err = v.each(selectInstitucion+` ORDER BY i.une`, nil, func(rows valores) error {
		var in Institucion
		if err := rows.Scan(scanInstitucion(&in)...); err != nil {
			return err
		}
		all = append(all, in)
		return nil
	})
	return all, err
}
