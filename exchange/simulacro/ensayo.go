package simulacro

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"buzon/exchange"
	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/vista"
	"buzon/schema"
)

// Ensayo plays a scenario against a gateway: the real cycle, store and folders,
// in a virtual clock. CONDUSEF is a local folder, the UNEs' folders are those of
// the gateway's own server, without the wire: an upload arrives as one does that
// an SFTP client finished, and a pickup is told as the server tells it.
//
// On each día hábil CONDUSEF leaves a REC in the morning, be it empty, and a run
// delivers; the UNEs sign in, pick up, and ask for prórrogas; later they answer,
// each upload bringing its visit; CONDUSEF leaves its DIC; the corte ends the
// day. Other days pass without a run, unless a dictamen bears their date.
type Ensayo struct {
	Cycle    *exchange.Cycle
	Vista    *vista.Vista
	CONDUSEF exchange.Mailbox      // in which it leaves files
	Reloj    *Reloj                // the clock of all of them
	Cal      *schema.Calendario    // by which the scenario counts
	Padron   []schema.Inscripcion  // the roll, one term for all
	Termino  int                   // días hábiles
	Huellas  map[schema.UNE]string // with which key each UNE signs in
	Seed     uint64
	Late     func(context.Context) error             // our server is up: before and after all that happens
	Corte    func(context.Context, schema.Dia) error // the run of the corte, and what follows it
	Step     func(dia schema.Dia, done, total int)   // is told of each día hábil; may be nil

	plan      *plan
	inventor  *inventor.Inventor
	unes      map[schema.UNE]*oficina
	roll      map[schema.UNE]schema.Inscripcion
	repetidos map[schema.Folio]schema.Reclamacion // of folios that come again
}

// The hours of a day.
const (
	horaREC        = 7*3600 + 30*60
	horaCorrida    = 8 * 3600
	horaRecogida   = 9 * 3600
	horaProrrogas  = 10 * 3600
	horaRespuestas = 12 * 3600
	horaDIC        = 18 * 3600
	ventana        = 90 * 60 // in which all that the UNEs do at an hour happens, in seconds
)

// Jugado is what was played.
type Jugado struct {
	Primero, Ultimo schema.Dia
	Habiles         int
}

// Play plays the scenario. An error is one of the gateway, after which nothing
// can be said of the rest; what the gateway refused is none, and is in its log.
func (e *Ensayo) Play(ctx context.Context, sc *escenario.Escenario) (Jugado, error) {
	e.prepare(sc)
	j := Jugado{e.plan.primero, e.plan.ultimo, 0}
	for dia := e.plan.primero; dia <= e.plan.ultimo; dia++ {
		if err := ctx.Err(); err != nil {
			return j, err
		}
		if err := e.dia(ctx, dia); err != nil {
			return j, fmt.Errorf("%s: %w", dia, err)
		}
		if e.Cal.Habil(dia) {
			j.Habiles++
			if e.Step != nil {
				e.Step(dia, j.Habiles, e.plan.habiles)
			}
		}
	}
	return j, nil
}

func (e *Ensayo) prepare(sc *escenario.Escenario) {
	e.plan = newPlan(sc, e.Cal, e.Termino)
	e.inventor = inventor.New(e.Seed)
	e.unes, e.roll, e.repetidos = map[schema.UNE]*oficina{}, map[schema.UNE]schema.Inscripcion{},
		map[schema.Folio]schema.Reclamacion{}
	for _, in := range e.Padron {
		e.roll[in.Clave] = in
		e.unes[in.Clave] = newOficina(in.Clave, e.Seed, e.Huellas[in.Clave])
	}
	for _, f := range sc.Filas {
		if f.Vuelta > 1 {
			e.repetidos[f.Folio] = schema.Reclamacion{}
		}
	}
}

// dia is one day.
func (e *Ensayo) dia(ctx context.Context, dia schema.Dia) error {
	j := e.plan.dias[dia]
	if j == nil {
		j = &jornada{}
	}
	if !e.Cal.Habil(dia) {
		if len(j.dictamenes) == 0 {
			return nil
		}
		return e.inOrder(ctx, dia,
			paso{horaDIC, func() error { return e.leaveDICs(ctx, dia, j) }},
			paso{e.Cycle.Plazos.Corte, func() error { return e.run(ctx, dia) }})
	}
	return e.inOrder(ctx, dia,
		paso{horaREC, func() error { return e.leaveREC(ctx, dia, j) }},
		paso{horaCorrida, func() error { return e.run(ctx, dia) }},
		paso{horaRecogida, func() error { return e.pickUp(ctx, dia) }},
		paso{horaProrrogas, func() error {
			return e.answer(ctx, dia, horaProrrogas, j.prorrogas, e.prorroga)
		}},
		paso{horaRespuestas, func() error {
			return e.answer(ctx, dia, horaRespuestas, j.respuestas, e.respuesta)
		}},
		paso{horaDIC, func() error { return e.leaveDICs(ctx, dia, j) }},
		paso{e.Cycle.Plazos.Corte, func() error { return e.Corte(ctx, dia) }})
}

// paso is what happens at an hour.
type paso struct {
	hora schema.Hora
	do   func() error
}

// inOrder does what a day brings, hour by hour; our server is up all the time.
func (e *Ensayo) inOrder(ctx context.Context, dia schema.Dia, pasos ...paso) error {
	for _, p := range pasos {
		e.Reloj.Set(dia.At(p.hora))
		if err := e.Late(ctx); err != nil {
			return err
		}
		if err := p.do(); err != nil {
			return err
		}
	}
	return nil
}

func (e *Ensayo) run(ctx context.Context, dia schema.Dia) error {
	return e.Cycle.Run(ctx, dia, exchange.CausaAgenda, nil)
}

// pickUp lets every UNE sign in and fetch what is new for it.
func (e *Ensayo) pickUp(ctx context.Context, dia schema.Dia) error {
	return e.eachUNE(dia, horaRecogida, slices.Sorted(maps.Keys(e.unes)), func(u *oficina) error {
		return e.fetch(ctx, u)
	})
}

// answer lets each UNE that has something to say about its folios upload one RES,
// and the gateway visit it, as after every upload. How they stand is told beside the
// visits there, of those together that came meanwhile; here of all of an hour.
func (e *Ensayo) answer(ctx context.Context, dia schema.Dia, hora schema.Hora, rows porUNE,
	say func(*oficina, *escenario.Fila, schema.Dia) (schema.Respuesta, bool)) error {
	var visited []schema.UNE
	err := e.eachUNE(dia, hora, slices.Sorted(maps.Keys(rows)), func(u *oficina) error {
		var records []schema.Respuesta
		for _, f := range rows[u.clave] {
			if r, ok := say(u, f, dia); ok {
				records = append(records, r)
			}
		}
		if len(records) == 0 {
			return nil
		}
		if err := e.upload(ctx, u, dia, records); err != nil {
			return err
		}
		visited = append(visited, u.clave)
		return e.Cycle.Attend(ctx, u.clave, dia, nil)
	})
	return errors.Join(err, e.Cycle.Tell(ctx, visited))
}

// eachUNE spreads what the UNEs do at an hour over its time, by clave.
func (e *Ensayo) eachUNE(dia schema.Dia, hora schema.Hora, claves []schema.UNE,
	do func(*oficina) error) error {
	for i, clave := range claves {
		e.Reloj.Set(
			dia.At(hora).Add(time.Duration(i) * ventana * time.Second / time.Duration(len(claves))).Truncate(
				time.Second))
		if err := do(e.unes[clave]); err != nil {
			return fmt.Errorf("une %s: %w", clave, err)
		}
	}
	return nil
}
