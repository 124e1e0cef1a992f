package exchange

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"buzon/schema"
	"buzon/store"
)

// EsAnexo tells whether a file that a UNE sends is an annex: by its extension, since
// a party may call it what it likes.
func EsAnexo(r *schema.Reglas, name string) bool {
	record := strings.HasPrefix(name, "GE_") && strings.HasSuffix(name, ".txt")
	return !record && r.ValidAnexo(name)
}

// annexesFirst puts annexes before the files that may name them.
func (c *Cycle) annexesFirst(parte schema.Parte, files []llegada) []llegada {
	out := slices.Clone(files)
	slices.SortStableFunc(out, func(a, b llegada) int {
		switch x, y := c.anexo(parte, a.Name()), c.anexo(parte, b.Name()); {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return out
}

func (c *Cycle) anexo(parte schema.Parte, name string) bool {
	return parte != schema.ParteCONDUSEF && EsAnexo(&c.Reglas, name)
}

// mostrable is the name of a file of a party as an error may tell it.
func (c *Cycle) mostrable(parte schema.Parte, name string) string {
	if c.anexo(parte, name) {
		return "an annex"
	}
	return store.Mostrable(parte, name)
}

// intakeAnexo takes in an annex. It is matched by name and content with the answers
// that name it, whichever comes first. Its name is the party's, and may name a
// person: neither log nor error has it.
func (c *Cycle) intakeAnexo(ctx context.Context, t *tanda, f llegada, seen store.Visto) (fate, error) {
	if most := c.AnexoBytes; t.mb != nil && most > 0 && f.Size() > most {
		t.inf.add(func(i *Informe) {
			i.EnEspera = append(i.EnEspera, fmt.Sprintf(
				"an annex of %s has %d bytes and is not taken; the most is %d", t.parte, f.Size(), most))
		})
		return left, nil
	}
	became, err := c.keepAnexo(ctx, t, f, seen)
	if err != nil {
		return left, anonymous{err, f.Name()}
	}
	return became, nil
}

func (c *Cycle) keepAnexo(ctx context.Context, t *tanda, f llegada,
	seen store.Visto) (became fate, err error) {
	parte := t.parte
	h, bytes, err := c.take(ctx, t, f)
	if err != nil {
		return left, err
	}
	a := store.Anexo{Parte: parte, Nombre: f.Name(), SHA256: h, Bytes: bytes,
		Recibido: c.received(t, f, &seen)}
	seen.Tomado = true
	became = known
	err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		if err := t.tomar(tx, f, seen); err != nil {
			return err
		}
		fresh, err := tx.AddAnexo(&a)
		if fresh {
			became = annex
		}
		return err
	})
	if err != nil {
		return left, err
	}
	if became == annex {
		c.Log.Info("received an annex", zap.Stringer("party", parte), zap.String("sha256", string(h)),
			zap.Int64("bytes", bytes))
	}
	return became, t.done(ctx, f)
}

// anonymous is an error that does not tell the name of an annex.
type anonymous struct {
	err  error
	name string
}

func (e anonymous) Error() string { return strings.ReplaceAll(e.err.Error(), e.name, "[anexo]") }

func (e anonymous) Unwrap() error { return e.err }

// masked keeps the name of an annex out of an error about a file of ours.
func masked(s *store.Salida, err error) error {
	if s.Tipo == store.TipoAnexo {
		return anonymous{err, s.Nombre}
	}
	return err
}

// errEspera leaves a RES where it lies: an annex that it names may still come.
type errEspera struct{ hasta time.Time }

func (e errEspera) Error() string { return "an annex is missing until " + e.hasta.Format(time.RFC3339) }

// anexo holds a record of a RES against the annexes that arrived. While one may
// still come the whole file waits; the moment that counts stays the file's own.
func (rcpt *receipt) anexo(l *schema.Linea[schema.Respuesta]) error {
	r := &l.Registro
	if r.ResAnexo == "" || rcpt.code != "" && !rcpt.todo || !good(l.Hallazgos, "ResAnexo", "ResAnexoHash") {
		return nil
	}
	_, err := rcpt.tx.Anexo(rcpt.a.Parte, r.ResAnexo, r.ResAnexoHash)
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	waiting, err := rcpt.tx.PorTomar(rcpt.a.Parte)
	if err != nil {
		return err
	}
	hasta := rcpt.a.Recibido.Add(rcpt.c.Anexos)
	switch {
	case slices.ContainsFunc(waiting, func(a store.Arribo) bool {
		return a.Nombre == r.ResAnexo && a.SHA256 == r.ResAnexoHash
	}): // it came while this was read
		return errEspera{rcpt.tx.Now()}
	case !rcpt.tx.Now().Before(hasta):
		l.Refuse(l.NewHallazgo("ResAnexo", "NEG-11", ""))
	case l.Bueno():
		return errEspera{hasta}
	}
	return nil
}

// errDetenido leaves a RES where it lies, for as long as it takes: that an annex is not
// here is a fault of ours, and never the institution's.
var errDetenido = errors.New("it names an annex that came and could not be taken; it waits and is not " +
	"refused for it; hint: mend what is told of the annex; what failed while it was uploaded " +
	"the UNE sends again")

// detenido holds a RES against the annexes that came and could not be taken.
func (c *Cycle) detenido(ctx context.Context, t *tanda, ex *schema.Examen) error {
	if len(t.detenidos) == 0 || ex.Tipo != schema.RES {
		return nil
	}
	return c.Store.View(ctx, func(v *store.View) error {
		_, err := schema.Walk(ex, func(l *schema.Linea[schema.Respuesta]) error {
			r := &l.Registro
			if !t.detenidos[r.ResAnexo] {
				return nil
			}
			_, err := v.Anexo(t.parte, r.ResAnexo, r.ResAnexoHash)
			if errors.Is(err, store.ErrNotFound) {
				err = errDetenido
			}
			return err
		}, nil)
		return err
	})
}

// anexos gathers the annexes that go back with a REP, each once an acuse.
type anexos struct {
	c            *Cycle
	tx           *store.Tx
	jornada, dia schema.Dia
	all          []devolucion
}

type devolucion struct {
	acuse string
	a     store.Anexo
}

// add takes the annex of an answer, where it has one.
func (x *anexos) add(p *store.Respuesta, r *schema.Respuesta) error {
	if r.ResAnexo == "" {
		return nil
	}
	a, err := x.tx.Anexo(p.UNE.Parte(), r.ResAnexo, r.ResAnexoHash)
	if err != nil {
		return fmt.Errorf("folio %s: its annex: %w", p.Folio, err)
	}
	for _, have := range x.all {
		if have.acuse == p.Acuse && have.a.ID == a.ID {
			return nil
		}
	}
	x.all = append(x.all, devolucion{p.Acuse, a})
	return nil
}

// keep records the files in which they go on.
func (x *anexos) keep(inf *Informe) error {
	for _, d := range x.all {
		name, err := x.name(d)
		if err != nil {
			return err
		}
		if name == "" {
			continue
		}
		s := store.Salida{Parte: schema.ParteCONDUSEF, Carpeta: schema.CarpetaAnexos, Nombre: name,
			Tipo: store.TipoAnexo, SHA256: d.a.SHA256, Bytes: d.a.Bytes,
			Jornada: x.jornada, Dia: x.dia}
		if err := x.tx.AddDevolucion(&s, d.acuse); err != nil {
			return err
		}
		if err := x.c.show(x.tx, &s, inf); err != nil {
			return err
		}
	}
	return nil
}

// name is <AcuFolio>_<name>. Of two contents that one RES has under one name the
// second one is numbered before its extension: CONDUSEF tells them by their hash.
// "" is one that went back already, with an earlier record of the same RES.
func (x *anexos) name(d devolucion) (string, error) {
	ext := path.Ext(d.a.Nombre)
	stem := d.acuse + "_" + strings.TrimSuffix(d.a.Nombre, ext)
	for k := 1; ; k++ {
		name := stem + ext
		if k > 1 {
			name = fmt.Sprintf("%s_%d%s", stem, k, ext)
		}
		s, err := x.tx.SalidaPorNombre(schema.ParteCONDUSEF, name)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return name, nil
		case err != nil:
			return "", err
		case s.SHA256 == d.a.SHA256:
			return "", nil
		}
	}
}
