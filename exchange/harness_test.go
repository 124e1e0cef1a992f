package exchange_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/crypto/ssh"

	"buzon/config"
	"buzon/exchange"
	"buzon/exchange/archivo"
	"buzon/exchange/exchangetest"
	product "buzon/exchange/gateway"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/schema/nombres"
	"buzon/store"
	"buzon/store/bitacora"
)

const (
	norte    = schema.Parte(900001)
	penon    = schema.Parte(900002)
	nandu    = schema.Parte(900003)
	ejemplos = "../testdata/dias/2026-03-02"
)

// The moments of the example day.
var (
	lunes     = schema.NewDia(2026, time.March, 2)
	llegada   = moment(2, "18:05:00")
	corrida   = moment(2, "18:07:40")
	corte     = moment(2, "20:00:00")
	respuesta = moment(18, "16:22:31")
)

// moment is a time of a day of March 2026, on a wall in Mexico City.
func moment(day int, hour string) time.Time { return on(schema.NewDia(2026, time.March, day), hour) }

func on(dia schema.Dia, hour string) time.Time {
	h, err := schema.ParseHora(hour)
	if err != nil {
		panic(err)
	}
	return dia.At(h)
}

func exampleKey() ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("llave de ejemplo, no usar en produccion"))
	return ed25519.NewKeyFromSeed(seed[:])
}

// gateway is the product's, opened without its daemon over a store on disk. What parties
// see on our own server is a view of it; the mailboxes of others are in memory, and
// outlive restart as their folders do.
type gateway struct {
	t      tb
	dir    string
	config *config.Config
	clock  *exchangetest.Clock
	boxes  map[string]*exchangetest.Memory // by parte/carpeta
	faults faults
	late   time.Duration // by how much the stages of a day begin late
	logs   *observer.ObservedLogs

	// What the agreement sets; changed before the first run.
	truncado  time.Duration
	noBox     map[schema.Parte]error // a party's mailboxes cannot be had
	configure func(*exchange.Cycle)
	reach     func(parte schema.Parte, p *exchange.Route) // changes how a party is reached

	open    *product.Gateway // of which the others are parts
	store   *store.Store
	archivo *archivo.Contenidos
	vista   *vista.Vista
	cycle   *exchange.Cycle
}

var institutions = []store.Institucion{
	{UNE: 900001, Denominacion: "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple E.N.R.", Termino: 20, Prorroga: 10},
	{UNE: 900002, Denominacion: "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple E.N.R.", Termino: 20, Prorroga: 10},
	{UNE: 900003, Denominacion: "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple, E.R.", Termino: 20, Prorroga: 5},
}

// tb is what a gateway needs of a test, or of one trial of a property.
type tb interface {
	Helper()
	Error(args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Cleanup(f func())
}

// open makes a gateway with the three institutions of the examples, at the
// moment at which the example REC arrives.
func open(t *testing.T) *gateway { return openIn(t, t.TempDir()) }

func openIn(t tb, dir string) *gateway {
	g := &gateway{t: t, dir: dir, clock: exchangetest.NewClock(llegada),
		boxes: map[string]*exchangetest.Memory{}}
	g.addBoxes(schema.ParteCONDUSEF, schema.CarpetaSalida, schema.CarpetaEntrada, schema.CarpetaAnexos)
	for _, in := range institutions { // for those that are given a server of their own
		g.addBoxes(in.UNE.Parte(), schema.CarpetaReclamaciones, schema.CarpetaRespuestas,
			schema.CarpetaAcuses, schema.CarpetaRechazos,
			schema.CarpetaEstado)
	}
	g.config = agreement(t, dir)
	g.start()
	t.Cleanup(func() { _ = g.open.Close() })
	return g
}

// agreement is a configuration that leaves out what is told at an hour, and of keys.
func agreement(t tb, dir string) *config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.Data, cfg.Seal = dir, config.Seal{ID: "ed25519:2026a", Key: filepath.Join(dir, "sello")}
	cfg.Schedule.PickupBy, cfg.Schedule.MaxGap, cfg.Server.KeyWarning = 0, 0, 0
	for _, in := range institutions {
		cfg.Padron = append(cfg.Padron, config.Alta{Clave: in.UNE, Denominacion: in.Denominacion,
			Sector: in.Sector, Termino: in.Termino, Prorroga: in.Prorroga})
	}
	seal, err := ssh.MarshalPrivateKey(exampleKey(), "")
	if err == nil {
		err = os.WriteFile(cfg.Seal.Key, pem.EncodeToMemory(seal), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func (g *gateway) addBoxes(parte schema.Parte, carpetas ...string) {
	for _, carpeta := range carpetas {
		m := exchangetest.NewMemory(g.clock.Now)
		m.Keeps = parte == schema.ParteCONDUSEF // a server that we dial
		key := parte.String() + "/" + carpeta
		m.Fail = func(op, name string) error { return g.faults.meet(key + " " + op + " " + name) }
		g.boxes[key] = m
	}
}

// start opens the gateway, as a new process does.
func (g *gateway) start() {
	g.t.Helper()
	core, logs := observer.New(zapcore.DebugLevel)
	g.logs = logs
	now := func() time.Time {
		_ = g.faults.meet("now") // a process may die before any write
		return g.clock.Now()
	}
	_, err := product.InitStore(context.Background(), g.config, false, g.clock.Now())
	if err != nil {
		g.t.Fatal(err)
	}
	g.open, err = product.Open(context.Background(),
		product.Options{Config: g.config, Log: zap.New(core), Now: now, Command: "test", Route: g.route})
	if err != nil {
		g.t.Fatal(err)
	}
	g.store, g.archivo, g.vista, g.cycle = g.open.Store, g.open.Cycle.Archivo, g.open.Vista, g.open.Cycle
	g.archivo.Unsynced()
	if g.configure != nil {
		g.configure(g.cycle)
	}
}

func (g *gateway) route(parte schema.Parte) exchange.Route {
	p := exchange.Route{Propio: parte != schema.ParteCONDUSEF,
		Mailbox: func(carpeta string) (exchange.Mailbox, error) {
			if err := g.noBox[parte]; err != nil {
				return nil, err
			}
			return g.memory(parte, carpeta), nil
		}}
	if parte == schema.ParteCONDUSEF {
		p.Truncado = g.truncado
	}
	if g.reach != nil {
		g.reach(parte, &p)
	}
	return p
}

// partyOf reads a party as the paths of tests name it.
func partyOf(t tb, text string) schema.Parte {
	t.Helper()
	p, err := schema.ParseParte(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folder is one of a party's, from its own side.
type folder interface {
	Leave(name string, content []byte, at time.Time)
	Sees() map[string][]byte
	List(ctx context.Context) ([]fs.FileInfo, error) // what was not taken in, or what was left for the party
}

// box gives a folder of a party, where that is.
func (g *gateway) box(parte schema.Parte, carpeta string) folder {
	if g.route(parte).Propio {
		return own{g, parte, carpeta}
	}
	return g.memory(parte, carpeta)
}

// own is a folder of our own server.
type own struct {
	g       *gateway
	parte   schema.Parte
	carpeta string
}

// Leave uploads a file; under a temporary name it never ends.
func (o own) Leave(name string, content []byte, at time.Time) {
	o.g.t.Helper()
	if nombres.Temporary(name) {
		return
	}
	h, n, err := o.g.archivo.Add(bytes.NewReader(content))
	if err == nil {
		err = o.g.store.Update(context.Background(), o.g.clock.Now(), func(tx *store.Tx) error {
			return tx.AddArribo(&store.Arribo{Parte: o.parte, Carpeta: o.carpeta, Nombre: name,
				SHA256: h, Bytes: n, Momento: at, Subida: rand.Text()})
		})
	}
	if err != nil {
		o.g.t.Fatal(err)
	}
}

// Sees gives what the party sees.
func (o own) Sees() map[string][]byte {
	o.g.t.Helper()
	all := map[string][]byte{}
	seen := &vista.Vista{Store: o.g.store, Archivo: o.g.archivo}
	if o.g.faults.dead() { // a killed process' store is closed
		st, err := store.OpenReadOnly(filepath.Join(o.g.dir, "buzon.db"))
		if err != nil {
			o.g.t.Fatal(err)
		}
		defer st.Close()
		seen.Store = st
	}
	tree := seen.De(o.parte)
	entries, err := fs.ReadDir(tree, o.carpeta)
	if err != nil {
		o.g.t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		if all[e.Name()], err = fs.ReadFile(tree, path.Join(o.carpeta, e.Name())); err != nil {
			o.g.t.Fatal(err)
		}
	}
	return all
}

func (o own) List(ctx context.Context) (all []fs.FileInfo, err error) {
	if o.carpeta != schema.CarpetaRespuestas && o.carpeta != schema.CarpetaSalida {
		entries, err := fs.ReadDir(o.g.vista.De(o.parte), o.carpeta)
		for _, e := range entries {
			i, ierr := e.Info()
			all, err = append(all, i), errors.Join(err, ierr)
		}
		return all, err
	}
	err = o.g.store.View(ctx, func(v *store.View) error {
		waiting, err := v.PorTomar(o.parte)
		for _, a := range waiting {
			x, err := v.Subida(o.parte, o.carpeta, a.Nombre)
			if err != nil {
				return err
			}
			all = append(all, waits{x.Nombre, a.Bytes, a.Momento})
		}
		return err
	})
	return all, err
}

// waits is a file that was not taken in.
type waits struct {
	name string
	size int64
	at   time.Time
}

func (w waits) Name() string       { return w.name }
func (w waits) Size() int64        { return w.size }
func (w waits) ModTime() time.Time { return w.at }
func (w waits) Mode() fs.FileMode  { return 0o440 }
func (w waits) IsDir() bool        { return false }
func (w waits) Sys() any           { return nil }

// lose takes a content off the disk; what it gives puts it back.
func (g *gateway) lose(b []byte) (found func()) {
	g.t.Helper()
	sum := sha256.Sum256(b)
	h := hex.EncodeToString(sum[:])
	there, aside := filepath.Join(g.dir, "archivo", h[:2], h), filepath.Join(g.dir, "lost")
	if err := os.Rename(there, aside); err != nil {
		g.t.Fatal(err)
	}
	return func() {
		if err := os.Rename(aside, there); err != nil {
			g.t.Fatal(err)
		}
	}
}

// pickedUp tells of a handle on what the party sees under its name.
func (g *gateway) pickedUp(r exchange.Lectura) error {
	if i, err := fs.Stat(g.vista.De(r.Parte), path.Join(r.Carpeta, r.Nombre)); r.SHA256 == "" && err == nil {
		r.SHA256, _ = i.Sys().(schema.Huella)
	}
	return g.cycle.PickedUp(context.Background(), r)
}

func (g *gateway) memory(parte schema.Parte, carpeta string) *exchangetest.Memory {
	m := g.boxes[parte.String()+"/"+carpeta]
	if m == nil {
		g.t.Fatalf("no mailbox %s/%s", parte, carpeta)
	}
	return m
}

// restart drops the process, whatever its state, and begins a new one.
func (g *gateway) restart() {
	g.t.Helper()
	g.faults.clear()
	_ = g.open.Close()
	g.start()
}

// leave puts a file where a party leaves its files, at the clock's time.
func (g *gateway) leave(parte schema.Parte, name string, content []byte) {
	carpeta := schema.CarpetaRespuestas
	if parte == schema.ParteCONDUSEF {
		carpeta = schema.CarpetaSalida
	}
	g.box(parte, carpeta).Leave(name, content, g.clock.Now())
}

// runAt runs the cycle at a moment, for the operation day of then.
func (g *gateway) runAt(at time.Time, causa string) (*exchange.Informe, error) {
	g.clock.Set(at)
	inf := &exchange.Informe{}
	return inf, g.cycle.Run(context.Background(), g.jornada(at), causa, inf)
}

// jornada is the operation day of a moment; a run at the corte itself, or after
// it on the same day, is still that day's.
func (g *gateway) jornada(at time.Time) schema.Dia {
	return g.cal().HabilDesde(schema.DiaDe(at))
}

func (g *gateway) mustRun(at time.Time) *exchange.Informe {
	g.t.Helper()
	inf, err := g.runAt(at, exchange.CausaAgenda)
	if err != nil {
		g.t.Fatalf("run at %v: %v", at, err)
	}
	return inf
}

// visit does what a finished upload brings about.
func (g *gateway) visit(parte schema.Parte) error {
	return g.cycle.Visit(context.Background(), parte.UNE(), g.jornada(g.clock.Now()), nil)
}

func (g *gateway) mustVisit(parte schema.Parte) {
	g.t.Helper()
	if err := g.visit(parte); err != nil {
		g.t.Fatal(err)
	}
}

// deliverExample brings the example REC and delivers it.
func (g *gateway) deliverExample() {
	g.t.Helper()
	g.clock.Set(llegada)
	g.leave(schema.ParteCONDUSEF, "GE_REC_20260302_001.txt",
		example(g.t, "in/CONDUSEF/salida/GE_REC_20260302_001.txt"))
	g.mustRun(corrida)
}

// example reads a file of the golden day.
func example(t tb, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(ejemplos, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// cal is the calendar that counts now.
func (g *gateway) cal() *schema.Calendario {
	g.t.Helper()
	cal, err := g.cycle.Calendario(context.Background())
	if err != nil {
		g.t.Fatal(err)
	}
	return cal
}

// changeCalendar makes a new version of the calendar.
func (g *gateway) changeCalendar(days ...schema.Inhabil) (r exchange.Recuento) {
	g.t.Helper()
	err := g.store.Update(context.Background(), g.clock.Now(), func(tx *store.Tx) (err error) {
		r, err = g.cycle.Plazos.ChangeCalendar(tx, days, exchange.CalendarioOrden, nil)
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return r
}

// view asks the store something.
func view[T any](g *gateway, ask func(v *store.View) (T, error)) (x T) {
	g.t.Helper()
	err := g.store.View(context.Background(), func(v *store.View) (err error) {
		x, err = ask(v)
		return err
	})
	if err != nil {
		g.t.Fatal(err)
	}
	return x
}

// last is the number of the last event of the log.
func (g *gateway) last() int {
	g.t.Helper()
	return int(view(g, func(v *store.View) (int64, error) { return v.Eventos() }))
}

// events gives what the log tells, of each act and of each record in it; those of
// one name where it is told.
func (g *gateway) events(name string) []bitacora.Evento {
	g.t.Helper()
	return view(g, func(v *store.View) (all []bitacora.Evento, err error) {
		all, err = exchangetest.Sucesos(v)
		if name != "" {
			all = slices.DeleteFunc(all, func(e bitacora.Evento) bool { return e.Evento != name })
		}
		return all, err
	})
}
