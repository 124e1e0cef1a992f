package exchange_test

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

const resNorte = "GE_RES_00900001_20260318_001.txt"

// openRemote is a gateway in which one institution has a server of its own; 0 is
// that all have one.
func openRemote(t *testing.T, parte schema.Parte, limite time.Duration) *gateway {
	t.Helper()
	g := open(t)
	for key, m := range g.boxes {
		m.Keeps = m.Keeps || parte == 0 || strings.HasPrefix(key, parte.String()+"/")
	}
	g.reach = func(p schema.Parte, as *exchange.Route) {
		if p == parte || parte == 0 {
			as.Propio, as.Limite = false, limite
		}
	}
	return g
}

// visitAt visits the institution at moments.
func (g *gateway) visitAt(parte schema.Parte, at ...time.Time) {
	g.t.Helper()
	for _, t := range at {
		g.clock.Set(t)
		g.mustVisit(parte)
	}
}

// received is the moment that the acuse of resNorte tells.
func (g *gateway) received() time.Time {
	g.t.Helper()
	return sello(g.t,
		g.file(norte.String()+"/acuses/"+strings.Replace(resNorte, "RES", "ACU",
			1))).AcuFechaHoraRecepcion.Time()
}

// TestMomentOnTheirServer: the time that the UNE's own server shows counts where
// our listings allow it.
func TestMomentOnTheirServer(t *testing.T) {
	t.Parallel()
	at := func(hour string) time.Time { return moment(18, hour) }
	visits := []time.Time{at("10:00:00"), at("10:05:00"), at("10:10:00").Add(700 * time.Millisecond)}
	seen := at("10:15:00") // the first listing with the file
	for name, x := range map[string]struct {
		before      []time.Time
		shown, want time.Time
	}{
		"since the last listing":      {visits, at("10:12:31"), at("10:12:31")},
		"while it settled":            {visits, at("10:07:00"), at("10:07:00")},
		"the listing before the last": {visits, at("10:05:00"), at("10:05:00")},
		"before that":                 {visits, at("10:04:59"), seen},
		"days before":                 {visits, moment(3, "10:00:00"), seen},
		"this very second":            {visits, seen, seen},
		"to come":                     {visits, at("10:15:01"), seen},
		"after the second that was cut off": {append(visits, at("10:12:00")), at("10:10:00"),
			at("10:10:00")},
		"one listing, while it looked":        {visits[:1], at("10:00:00"), at("10:00:00")},
		"one listing, before":                 {visits[:1], at("09:59:59"), seen},
		"never listed before":                 {nil, at("10:12:31"), seen},
		"never listed before, this very time": {nil, seen, seen},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0)
			if x.before != nil {
				g.deliverExample()
				g.sql(`DELETE FROM listados`) // the delivery listed it too
			}
			g.visitAt(norte, x.before...)
			g.box(norte, schema.CarpetaRespuestas).Leave(resNorte, write(t, resNorte, answer(folioNorte)),
				x.shown)
			g.visitAt(norte, seen)
			if got := g.received(); !got.Equal(x.want) {
				t.Errorf("received %v, want %v", got, x.want)
			}
		})
	}
}

// TestEachProcessListsTwice: the first listing of a process looks twice by itself, so
// the next one, be it of another process, has it for the last without the file.
func TestEachProcessListsTwice(t *testing.T) {
	t.Parallel()
	at := func(hour string) time.Time { return moment(18, hour) }
	for name, x := range map[string]struct{ shown, want time.Time }{
		"since the last listing": {at("10:12:31"), at("10:12:31")},
		"while it looked twice":  {at("10:10:00"), at("10:10:00")},
		"before it":              {at("10:09:59"), at("10:15:00")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0)
			g.deliverExample()
			for _, hour := range []string{"10:00:00", "10:05:00", "10:10:00"} {
				g.restart()
				g.visitAt(norte, at(hour))
			}
			g.box(norte, schema.CarpetaRespuestas).Leave(resNorte, write(t, resNorte, answer(folioNorte)),
				x.shown)
			g.restart()
			g.visitAt(norte, at("10:15:00"))
			if got := g.received(); !got.Equal(x.want) {
				t.Errorf("received %v, want %v", got, x.want)
			}
		})
	}
}

// TestWindowOnTheirServer: an answer of the last second is in time though it is
// found on the next day, and one that only says so is not.
func TestWindowOnTheirServer(t *testing.T) {
	t.Parallel()
	midnight := on(dia(t, limite)+1, "00:00")
	for name, x := range map[string]struct {
		listed []int // minutes after midnight
		want   string
	}{
		"not listed since":   {[]int{-15, -10}, "A 31/03/2026 20 1"},
		"listed twice since": {[]int{-10, 10, 15}, "A 31/03/2026 21 2"},
		"never listed":       {nil, "A 31/03/2026 21 2"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0)
			g.deliverExample()
			if x.listed == nil {
				g.sql(`DELETE FROM listados`)
			}
			for _, minutes := range x.listed {
				g.visitAt(norte, midnight.Add(time.Duration(minutes)*time.Minute))
			}
			name := "GE_RES_00900001_20260331_001.txt"
			g.box(norte, schema.CarpetaRespuestas).Leave(name, write(t, name, answer(folioNorte)),
				on(dia(t, limite), "23:59:59"))
			g.visitAt(norte, midnight.Add(7*time.Hour))
			if got := verdict(t,
				g.file(norte.String()+"/acuses/"+strings.Replace(name, "RES", "ACU", 1))); got != x.want {
				t.Errorf("%s, want %s", got, x.want)
			}
		})
	}
}

// TestMomentSurvives: a file that was listed and could not be taken has its
// moment all the same, also for a new process.
func TestMomentSurvives(t *testing.T) {
	t.Parallel()
	at := func(hour string) time.Time { return moment(18, hour) }
	for name, fail := range map[string]func(g *gateway){
		"take":  func(g *gateway) { g.faults.failLike("respuestas take") },
		"read":  func(g *gateway) { g.faults.failLike("respuestas read") },
		"store": func(g *gateway) { g.failEvent(`NEW.evento = 'archivo_recibido'`) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0)
			g.deliverExample()
			g.visitAt(norte, at("10:00:00"), at("10:05:00"))
			g.box(norte, schema.CarpetaRespuestas).Leave(resNorte, write(t, resNorte, answer(folioNorte)),
				at("10:07:00"))
			fail(g)
			for _, hour := range []string{"10:10:00", "10:15:00", "10:20:00"} {
				g.clock.Set(at(hour))
				if err := g.visit(norte); err == nil {
					t.Fatal("the fault was told to nobody")
				}
			}
			g.healEvent()
			g.restart()
			g.visitAt(norte, at("10:25:00"))
			if got := g.received(); !got.Equal(at("10:07:00")) {
				t.Errorf("received %v", got)
			}
		})
	}
	t.Run("another content", func(t *testing.T) {
		t.Parallel()
		g := openRemote(t, norte, 0)
		g.deliverExample()
		g.visitAt(norte, at("10:00:00"), at("10:05:00"))
		box := g.box(norte, schema.CarpetaRespuestas)
		box.Leave(resNorte, write(t, resNorte, answer(folioNorte))[:200], at("10:07:00"))
		g.visitAt(norte, at("10:10:00"), at("10:15:00"))
		box.Leave(resNorte, write(t, resNorte, answer(folioNorte)), at("10:16:00"))
		g.visitAt(norte, at("10:20:00"))
		acu := sello(t, g.file(norte.String()+"/acuses/GE_ACU_00900001_20260318_001_2.txt"))
		if got := acu.AcuFechaHoraRecepcion.Time(); !got.Equal(at("10:16:00")) {
			t.Errorf("the second content was received %v", got)
		}
	})
}

// TestNoListing: a listing that failed, or whose record did, is none.
func TestNoListing(t *testing.T) {
	t.Parallel()
	at := func(hour string) time.Time { return moment(18, hour) }
	g := openRemote(t, norte, 0)
	g.deliverExample()
	g.visitAt(norte, at("10:00:00"), at("10:05:00"))
	g.faults.failLike("respuestas list")
	for _, hour := range []string{"10:10:00", "10:15:00"} {
		g.clock.Set(at(hour))
		if err := g.visit(norte); err == nil {
			t.Fatal("the fault was told to nobody")
		}
	}
	g.faults.clear()
	g.box(norte, schema.CarpetaRespuestas).Leave(resNorte, write(t, resNorte, answer(folioNorte)),
		at("10:06:00"))
	g.visitAt(norte, at("10:20:00"))
	if got := g.received(); !got.Equal(at("10:06:00")) {
		t.Errorf("received %v", got)
	}
}

// TestNotObservable: nobody sees who reads on a server that is not ours, and
// nothing there ever changes its content.
func TestNotObservable(t *testing.T) {
	t.Parallel()
	g := openRemote(t, norte, 0)
	playExample(g)
	blind := 0
	for _, e := range g.events(bitacora.ArchivoPublicado) {
		if got := e.Detalle["recogida"] == "no observable"; got != (e.Parte == norte ||
			e.Parte == schema.ParteCONDUSEF) {
			t.Errorf("%s for %s: %v", e.Archivo, e.Parte, e.Detalle)
		}
		s := view(g, func(v *store.View) (store.Salida, error) {
			return v.SalidaPorNombre(e.Parte, e.Archivo)
		})
		if s.NoObservable != (e.Parte == norte || e.Parte == schema.ParteCONDUSEF) {
			t.Errorf("%s for %s: observable %v", e.Archivo, e.Parte, !s.NoObservable)
		}
		if s.NoObservable {
			blind++
		}
	}
	if blind < 3 {
		t.Errorf("%d files were published where nobody sees", blind)
	}
	if got := g.box(norte, schema.CarpetaEstado).Sees(); len(got) != 0 {
		t.Errorf("in its estado/: %d files", len(got))
	}
	g.checkVisible()
	g.reach = nil // it moves to our server
	g.clock.Set(moment(19, "09:00:00"))
	g.mustVisit(norte)
	if e := g.estadoJSON(norte); len(e.Lotes) != 1 || e.Lotes[0].Recogida != "no_observable" ||
		len(e.Avisos) != 0 {
		t.Errorf("estado.json after it moved: %+v", e)
	}
}

// hanging is a mailbox of a server that never answers.
type hanging struct{ exchange.Mailbox }

func (hanging) Put(ctx context.Context, _ string, _ func() (io.ReadCloser, error)) error {
	<-ctx.Done()
	return context.Cause(ctx)
}

func (hanging) List(ctx context.Context) ([]fs.FileInfo, error) {
	<-ctx.Done()
	return nil, context.Cause(ctx)
}

// TestHangingServer: an institution's server that hangs holds up neither the
// others nor the corte. Where in the visit its bound falls does not matter.
func TestHangingServer(t *testing.T) {
	t.Parallel()
	g := openRemote(t, norte, time.Millisecond)
	remote := g.reach
	g.reach = func(parte schema.Parte, p *exchange.Route) {
		remote(parte, p)
		if parte == norte {
			p.Mailbox = func(string) (exchange.Mailbox, error) { return hanging{}, nil }
		}
	}
	g.leaveExample()
	for _, at := range []time.Time{corrida, corte} {
		if _, err := g.runAt(at, exchange.CausaAgenda); err == nil ||
			!strings.Contains(err.Error(), "une "+norte.String()) {
			t.Errorf("the hanging visit at %v ends with %v", at, err)
		}
	}
	if n := len(g.delivered()); n != 4 || g.day(lunes).Corte.IsZero() || !g.day(lunes).Cerrada.IsZero() {
		t.Errorf("%d folios of the others are delivered; the day %+v", n, g.day(lunes))
	}
	g.reach = func(parte schema.Parte, p *exchange.Route) { remote(parte, p); p.Limite = 0 }
	g.mustRun(moment(2, "20:30:00"))
	if n := len(g.delivered()); n != 6 || g.day(lunes).Cerrada.IsZero() {
		t.Errorf("after it woke up %d folios are delivered, the day is closed %v", n, g.day(lunes).Cerrada)
	}
}

// TestOwnServerFirst: when the first server is dialled, all that are on our own
// were visited.
func TestOwnServerFirst(t *testing.T) {
	t.Parallel()
	g := openRemote(t, norte, 0)
	remote, before := g.reach, -1
	g.reach = func(parte schema.Parte, p *exchange.Route) {
		remote(parte, p)
		if parte == norte {
			p.Mailbox = func(string) (exchange.Mailbox, error) {
				if before < 0 {
					before = len(g.names(penon, schema.CarpetaReclamaciones)) +
						len(g.names(nandu, schema.CarpetaReclamaciones))
				}
				return nil, errFault
			}
		}
	}
	g.leaveExample()
	if _, err := g.runAt(corrida, exchange.CausaAgenda); !errors.Is(err, errFault) {
		t.Errorf("the run ends with %v", err)
	}
	if before != 2 {
		t.Errorf("%d of 2 others had their LOT", before)
	}
}

// TestLOTFoundOnTheirServer: one that became visible before a kill is recorded as
// it was seen there the next day, but never before it was made nor in the future.
func TestLOTFoundOnTheirServer(t *testing.T) {
	t.Parallel()
	const name = "GE_LOT_00900001_20260302_001.txt"
	visit := moment(3, "10:00:00")
	for what, x := range map[string]struct{ shown, want time.Time }{
		"its clock is right":  {corrida.Add(time.Second), corrida.Add(time.Second)},
		"its clock is behind": {moment(1, "10:00:00"), corrida},
		"its clock is ahead":  {moment(4, "10:00:00"), visit},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g := openRemote(t, norte, 0)
			g.leaveExample()
			g.faults.failLike("reclamaciones after put " + name)
			if _, err := g.runAt(corrida, exchange.CausaAgenda); err == nil {
				t.Fatal("the fault was told to nobody")
			}
			g.restart()
			g.box(norte, schema.CarpetaReclamaciones).Leave(name,
				g.file(norte.String()+"/reclamaciones/"+name), x.shown)
			g.visitAt(norte, visit)
			s := view(g, func(v *store.View) (store.Salida, error) { return v.SalidaPorNombre(norte, name) })
			if !s.Publicado.Equal(x.want) {
				t.Errorf("visible since %v, want %v", s.Publicado, x.want)
			}
		})
	}
}
