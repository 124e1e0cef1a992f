package exchange

import (
	"context"
	"errors"
	"slices"

	"buzon/schema"
	"buzon/store"
)

// keep takes a file in: its records, the verdict on each, and the answer to the
// party with its number and every byte. All of it counts by one transaction; what
// a large file wrote before that one counts for nobody. It is false where this
// content was taken in before under this name: its acuse stands. tomar records there
// that the file was taken.
func (c *Cycle) keep(ctx context.Context, a *store.Archivo, ex *schema.Examen,
	tomar func(*store.Tx) error) (took bool, err error) {
	arrived := *a
	took, err = c.keepOnce(ctx, a, ex, tomar, "")
	for range intentos {
		if !errors.Is(err, errCambio) {
			break
		}
		*a = arrived
		took, err = c.keepOnce(ctx, a, ex, tomar, "")
	}
	if bad, ok := errors.AsType[errTodoONada](err); ok {
		// nothing of it was kept: once more, to refuse it whole
		*a = arrived
		took, err = c.keepOnce(ctx, a, ex, tomar, bad.code)
	}
	return took, err
}

// errCambio says that what something was made by changed before it was kept.
var errCambio = errors.New("what it was made by has changed meanwhile")

// intentos is how often it is made again then.
const intentos = 3

// errTodoONada tells that one record is bad in a file of which that refuses all.
type errTodoONada struct{ code schema.Codigo }

func (e errTodoONada) Error() string { return "a record is bad: " + string(e.code) }

// keepOnce is one try; whole is the code of a record for which all are refused.
func (c *Cycle) keepOnce(ctx context.Context, a *store.Archivo, ex *schema.Examen,
	tomar func(*store.Tx) error, whole schema.Codigo) (took bool, err error) {
	err = c.Store.UpdateFirst(ctx, c.Now(), func(tx *store.Tx) error {
		before, err := tx.Contenidos(a.Parte, a.Nombre)
		if err != nil {
			return err
		}
		used := false // something of another content was accepted under this name
		for _, b := range before {
			if b.SHA256 == a.SHA256 {
				return tomar(tx)
			}
			used = used || b.Resultado == schema.Aceptado || b.Aceptados > 0
		}
		a.K = len(before) + 1
		took = true
		if err := c.judge(tx, a, ex, used, whole); err != nil {
			return err
		}
		return tomar(tx) // last: a large file is written in parts before it counts
	})
	return took && err == nil, err
}

// judge takes in a content that is new; used tells that its name was used before
// by one of which something was accepted.
func (c *Cycle) judge(tx *store.Tx, a *store.Archivo, ex *schema.Examen, used bool,
	whole schema.Codigo) error {
	a.Tipo, a.Version = ex.Tipo, string(ex.Version)
	if c.Reglas.Latin1 {
		a.Codificacion = latin1
	}
	in, err := tx.TakeIn(a)
	if err != nil {
		return err
	}
	defer in.Close()
	rcpt, err := c.receipt(tx, in, a, ex)
	if err != nil {
		return err
	}
	defer rcpt.abandon()
	rcpt.code = ex.Codigo()
	if used {
		rcpt.code = "DUP-03"
		if err := rcpt.finding(schema.NewHallazgo(0, "", "", rcpt.code, "")); err != nil {
			return err
		}
	}
	if rcpt.todo = rcpt.code == "" && whole != ""; rcpt.todo {
		rcpt.code = whole
	}
	var errs []error
	if slices.Contains(schema.TiposDe(a.Parte), ex.Tipo) {
		err = juicios[ex.Tipo](rcpt)
	} else { // EST-01
		_, err = ex.Check(func(h schema.Hallazgo) { errs = append(errs, rcpt.finding(h)) })
	}
	if err := errors.Join(append(errs, err)...); err != nil {
		return err
	}
	if c.TodoONada[ex.Tipo] && rcpt.code == "" && a.Rechazados > 0 {
		return errTodoONada{rcpt.first}
	}
	return rcpt.close()
}

// respiro is after how many records others may write.
const respiro = 256

// juicios judge the records of each type that arrives, by what other records and the
// past say (TestJuicios).
var juicios = map[schema.Tipo]func(*receipt) error{
	schema.REC: func(rcpt *receipt) error { return walk(rcpt, rcpt.reclamacion) },
	schema.RES: func(rcpt *receipt) error { return walk(rcpt, rcpt.respuesta) },
	schema.DIC: func(rcpt *receipt) error { return walk(rcpt, rcpt.dictamen) },
}

// walk judges each record of a file: by itself, and by one, which holds it
// against the store, refuses it or keeps it.
func walk[R schema.Registro](rcpt *receipt, one func(*schema.Linea[R]) (veredicto, error)) error {
	_, err := schema.Walk(rcpt.ex, func(l *schema.Linea[R]) error {
		var v veredicto
		if l.Legible {
			var err error
			if v, err = one(l); err != nil {
				return err
			}
		}
		v.legible, v.linea, v.numero, v.folio, v.code = l.Legible, l.Linea, l.Numero, l.Folio, l.Codigo()
		if err := rcpt.record(v); err != nil || l.Numero%respiro != 0 {
			return err
		}
		return rcpt.in.Pause()
	}, rcpt.finding)
	return err
}

// good tells whether none of the fields has an error: a rule between fields runs
// only there.
func good(hallazgos []schema.Hallazgo, campos ...string) bool {
	return !slices.ContainsFunc(hallazgos, func(h schema.Hallazgo) bool {
		return h.Severidad == schema.Error && slices.Contains(campos, h.Campo)
	})
}

// asunto gives the last round of a folio; ok is false where there is none.
func (rcpt *receipt) asunto(f schema.Folio) (k store.Asunto, ok bool, err error) {
	if err := rcpt.in.Quiesce(); err != nil {
		return k, false, err
	}
	k, err = rcpt.tx.UltimaVuelta(f)
	if errors.Is(err, store.ErrNotFound) {
		return k, false, nil
	}
	return k, err == nil, err
}
