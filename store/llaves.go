package store

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"buzon/schema"
	"buzon/store/bitacora"
)

// Llave is a public key with which a UNE signs in. It holds from Desde until
// before Hasta; a bound that is the zero time is none. A moment that is the zero
// time has not come.
type Llave struct {
	Fingerprint string // SHA256:…, as ssh-keygen -l writes it
	Publica     string // as an authorized_keys line has it, without the comment
	Nombre      string
	Desde       time.Time
	Hasta       time.Time
	Alta        time.Time // when it was added; the store sets it
	Revocada    time.Time
	UltimoUso   time.Time // to the minute
}

// Why an institution's UNE may not sign in.
var (
	ErrLlaveDesconocida = errors.New("unknown key")
	ErrLlaveFutura      = errors.New("key not valid yet")
	ErrLlaveVencida     = errors.New("key expired")
	ErrLlaveRevocada    = errors.New("key revoked")
	ErrSuspendida       = errors.New("institution suspended")
	ErrSinContrasena    = errors.New("no password")
)

// Vale tells whether the key itself holds at a moment; the error is one of
// ErrLlaveRevocada, ErrLlaveFutura and ErrLlaveVencida.
func (k Llave) Vale(at time.Time) error {
	switch {
	case !k.Revocada.IsZero():
		return ErrLlaveRevocada
	case at.Before(k.Desde):
		return ErrLlaveFutura
	case !k.Hasta.IsZero() && !at.Before(k.Hasta):
		return ErrLlaveVencida
	}
	return nil
}

// UltimoDia is the last day of America/Mexico_City on which it still holds, where it ends.
func (k Llave) UltimoDia() schema.Dia { return schema.DiaDe(k.Hasta.Add(-time.Millisecond)) }

// AlgunaVale tells whether one of several holds.
func AlgunaVale(llaves []Llave, at time.Time) bool {
	return slices.ContainsFunc(llaves, func(k Llave) bool { return k.Vale(at) == nil })
}

const selectLlave = `SELECT k.huella, k.publica, k.nombre, k.desde, k.hasta, k.alta, x.momento, u.momento
	FROM llaves k
	LEFT JOIN llaves_revocadas x ON x.llave = k.id LEFT JOIN usos u ON u.llave = k.id`

// sinRevocar is of a key k.
const sinRevocar = `NOT EXISTS (SELECT 1 FROM llaves_revocadas x WHERE x.llave = k.id)`

func (k *Llave) dest() []any {
	return []any{&k.Fingerprint, &k.Publica, &k.Nombre, instante{&k.Desde}, instante{&k.Hasta},
		instante{&k.Alta}, instante{&k.Revocada}, instante{&k.UltimoUso}}
}

// Llaves gives every key of an institution, the revoked ones among them, in the
// order in which they were added.
func (v *View) Llaves(u schema.UNE) (all []Llave, err error) {
	err = v.each(selectLlave+` WHERE k.une = ? ORDER BY k.alta, k.huella`, []any{u},
		func(rows valores) error {
			var k Llave
			if err := rows.Scan(k.dest()...); err != nil {
				return err
			}
			all = append(all, k)
			return nil
		})
	return all, err
}

func (v *View) llave(u schema.UNE, huella string) (k Llave, err error) {
	err = v.get(selectLlave+` WHERE k.une = ? AND k.huella = ?`, []any{u, huella}, k.dest()...)
	return k, err
}

// Acceso tells whether the institution's UNE may sign in with a key at a moment:
// nil, or why not, as one of the sentinels above. An institution that is not in
// the roll has no key.
func (v *View) Acceso(u schema.UNE, huella string, at time.Time) error {
	k, err := v.llave(u, huella)
	if errors.Is(err, ErrNotFound) {
		return ErrLlaveDesconocida
	}
	if err != nil {
		return err
	}
	if err := k.Vale(at); err != nil {
		return err
	}
	return v.activa(u)
}

func (v *View) activa(u schema.UNE) error {
	in, err := v.Institucion(u)
	if err == nil && !in.Suspendida.IsZero() {
		err = ErrSuspendida
	}
	return err
}

// AddLlave adds a key to an institution. One that any institution has or had
// before is refused: a key belongs to one, and what was revoked stays so.
func (tx *Tx) AddLlave(u schema.UNE, k Llave, o Orden) error {
	if _, err := tx.Institucion(u); err != nil {
		return fmt.Errorf("institution %s: %w", u, err)
	}
	if !k.Hasta.IsZero() && !k.Desde.Before(k.Hasta) {
		return fmt.Errorf("key %s: it would end before it begins", k.Fingerprint)
	}
	owner, revocada, err := tx.duenio(u, k.Fingerprint)
	switch {
	case errors.Is(err, ErrNotFound):
		return tx.addLlave(u, k, o.dicha())
	case err != nil:
		return err
	case owner != u:
		return fmt.Errorf("key %s belongs to institution %s: a key is of one institution alone",
			k.Fingerprint, owner)
	case !revocada.IsZero():
		return fmt.Errorf("key %s was revoked on %s and does not come back: make a new pair", k.Fingerprint,
			schema.NewInstante(revocada))
	}
	return fmt.Errorf("key %s is there already", k.Fingerprint)
}

// duenio gives the institution that a key belongs to, u itself before others.
func (v *View) duenio(u schema.UNE, huella string) (owner schema.UNE, revocada time.Time, err error) {
	err = v.get(`SELECT k.une, x.momento FROM llaves k LEFT JOIN llaves_revocadas x ON x.llave = k.id
		WHERE k.huella = ? ORDER BY k.une <> ? LIMIT 1`, []any{huella, u}, &owner, instante{&revocada})
	return owner, revocada, err
}

func (tx *Tx) addLlave(u schema.UNE, k Llave, o bitacora.CargaOrden) error {
	if _, err := tx.add(tLlaves, int64(u), k.Fingerprint, k.Publica, k.Nombre, nulo(k.Desde), nulo(k.Hasta),
		ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(k.acto(bitacora.LlaveAlta, u, o))
}

// acto is what the log says of a key, which is never the key itself.
func (k Llave) acto(evento string, u schema.UNE, o bitacora.CargaOrden) Acto {
	d := bitacora.CargaLlave{Fingerprint: k.Fingerprint, Nombre: k.Nombre, CargaOrden: o}
	if !k.Desde.IsZero() {
		d.Desde = schema.NewInstante(k.Desde)
	}
	if !k.Hasta.IsZero() {
		d.Hasta = schema.NewInstante(k.Hasta)
	}
	return Acto{Evento: evento, Parte: u.Parte(), Carga: d}
}

// idLlave is the number of a key's row.
func (v *View) idLlave(u schema.UNE, huella string) (id int64, err error) {
	err = v.get(`SELECT id FROM llaves WHERE une = ? AND huella = ?`, []any{u, huella}, &id)
	return id, err
}

// RevokeLlave ends a key for ever.
func (tx *Tx) RevokeLlave(u schema.UNE, huella string, o Orden) error {
	k, err := tx.llave(u, huella)
	if err != nil {
		return fmt.Errorf("key %s of institution %s: %w", huella, u, err)
	}
	if !k.Revocada.IsZero() {
		return fmt.Errorf("key %s was revoked already, on %s", huella, schema.NewInstante(k.Revocada))
	}
	id, err := tx.idLlave(u, huella)
	if err != nil {
		return err
	}
	if _, err := tx.add(tRevocadas, id, ms(tx.now)); err != nil {
		return err
	}
	return tx.Log(k.acto(bitacora.LlaveRevocada, u, o.dicha()))
}

// UseLlave notes the last use of a key, which is no event: the pickups and
// uploads are. It writes once a minute at most, and nothing for a key that is
// not there.
func (tx *Tx) UseLlave(u schema.UNE, huella string, at time.Time) error {
	_, err := tx.work(
		`INSERT INTO usos (llave, momento) SELECT id, ?1 FROM llaves WHERE une = ?2 AND huella = ?3
		ON CONFLICT DO UPDATE SET momento = excluded.momento WHERE momento < excluded.momento - ?4`,
		ms(at), u, huella, time.Minute.Milliseconds())
	return err
}

const porVencer = ` FROM llaves k WHERE hasta IS NOT NULL AND hasta > ?1 AND hasta <= ?1 + ?2 AND ` +
	sinRevocar + `
	AND NOT EXISTS (SELECT 1 FROM llaves_avisadas x WHERE x.llave = k.id)`

// PorVencer tells whether there is a key that ends within a time from a moment
// and whose warning is not in the log yet.
func (v *View) PorVencer(at time.Time, within time.Duration) (yes bool, err error) {
	err = v.get(`SELECT EXISTS (SELECT 1`+porVencer+`)`, []any{ms(at), within.Milliseconds()}, &yes)
	return yes, err
}

// WarnExpiries logs each key that ends within a time from now, once a key.
func (tx *Tx) WarnExpiries(within time.Duration) error {
	type due struct {
		id  int64
		une schema.UNE
		key Llave
	}
	var all []due
	err := tx.each(`SELECT id, une, huella, nombre, hasta`+porVencer+` ORDER BY hasta, une, huella`,
		[]any{ms(tx.now), within.Milliseconds()}, func(rows valores) error {
			var d due
			if err := rows.Scan(&d.id, &d.une, &d.key.Fingerprint, &d.key.Nombre,
				instante{&d.key.Hasta}); err != nil {
				return err
			}
			all = append(all, d)
			return nil
		})
	if err != nil {
		return err
	}
	for _, d := range all {
		if _, err := tx.add(tAvisadas, d.id, ms(tx.now)); err != nil {
			return err
		}
		if err := tx.Log(d.key.acto(bitacora.LlavePorVencer, d.une, bitacora.CargaOrden{})); err != nil {
			return err
		}
	}
	return nil
}

// instante scans a moment that may be NULL, which is the zero time.
type instante struct{ t *time.Time }

func (i instante) Scan(src any) error {
	switch at := src.(type) {
	case nil:
		*i.t = time.Time{}
	case int64:
		*i.t = moment(at)
	default:
		return fmt.Errorf("moment of type %T", src)
	}
	return nil
}

// nulo is a moment as it is kept where NULL is none.
func nulo(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return ms(t)
}
