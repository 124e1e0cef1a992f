package store

import (
	"context"
	"errors"
	"time"
)

// Pendiente is what is due of one task.
type Pendiente struct {
	Tarea    string
	Para     time.Time // when it is to run next
	Intentos int       // runs for Para that failed
}

// Due gives what the store has planned for a task; ok is false where nothing is.
func (s *Store) Due(ctx context.Context, tarea string) (p Pendiente, ok bool, err error) {
	p.Tarea = tarea
	err = s.View(ctx, func(v *View) error {
		var para int64
		if err := v.get(`SELECT para, intentos FROM agenda WHERE tarea = ?`, []any{tarea}, &para,
			&p.Intentos); err != nil {
			return err
		}
		p.Para = moment(para)
		return nil
	})
	if errors.Is(err, ErrNotFound) {
		return p, false, nil
	}
	return p, err == nil, err
}

// Plan sets what is due of a task.
func (s *Store) Plan(ctx context.Context, now time.Time, p Pendiente) error {
	return s.Update(ctx, now, func(tx *Tx) error {
		_, err := tx.work(`INSERT INTO agenda (tarea, para, intentos) VALUES (?,?,?)
			ON CONFLICT DO UPDATE SET para = excluded.para, intentos = excluded.intentos`, p.Tarea,
			ms(p.Para), p.Intentos)
		return err
	})
}
