package montaje

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"go.uber.org/zap"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// Demo is a day on one machine: all three sides of the exchange.
type Demo struct {
	Dir    string // in which all of it is
	Config string // path of the gateway's configuration
	Dia    schema.Dia
	REC    string // the name of CONDUSEF's file
	Plan   inventor.Planeado

	CONDUSEF *simulacro.CONDUSEF
	Gateway  *gateway.Gateway
	Daemon   *gateway.Daemon
	UNEs     []*Participante

	now func() time.Time
}

// DemoOptions says what a Demo is to be like.
type DemoOptions struct {
	Dir      string // a full path; it is not there yet, or empty
	N        int    // reclamaciones of the day
	Seed     uint64
	Defectos inventor.Defectos
	Log      *zap.Logger
	Level    string // of the process log, as the configuration is to name it
	Version  string // of the program
}

// Participante is one of the five, with what came back to it.
type Participante struct {
	*simulacro.Cliente
	Clave  schema.UNE
	Signer ssh.Signer
	Line   string // to paste into a shell, to be this UNE

	public   string // authorized_keys line
	keyFile  string
	received int // rows in its LOTs
	acuses   []simulacro.AcuseLeido
	rechazos []simulacro.RechazoLeido
}

// demoRoll is invented, as all claves from 900001 on are.
var demoRoll = []schema.Inscripcion{
	{Clave: 900001, Denominacion: "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
	{Clave: 900002, Denominacion: "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
	{Clave: 900003, Denominacion: "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.",
		Sector: "Sociedades Financieras de Objeto Múltiple, E.R."},
	{Clave: 900004, Denominacion: "Banco Inventado del Pacífico, S.A., I.B.M.",
		Sector: "Instituciones de banca múltiple"},
	{Clave: 900005, Denominacion: "Fondeo Supuesto, S.A. de C.V., I.F.C.",
		Sector: "Instituciones de Financiamiento Colectivo"},
}

// OpenDemo invents the day, lets CONDUSEF leave its REC, and opens the gateway and the
// UNEs. Nothing runs yet but CONDUSEF's server, which ends with ctx or Close.
func OpenDemo(ctx context.Context, o DemoOptions) (d *Demo, err error) {
	d = &Demo{Dir: o.Dir, Config: filepath.Join(o.Dir, config.FileYAML), now: demoClock()}
	d.Dia = schema.DiaDe(d.now())
	defer func() {
		if err != nil {
			err = errors.Join(err, d.Close())
		}
	}()
	if err := os.MkdirAll(filepath.Join(d.Dir, "llaves"), 0o700); err != nil {
		return d, err
	}
	if d.CONDUSEF, err = simulacro.StartCONDUSEF(ctx, filepath.Join(d.Dir, "condusef"), d.now); err != nil {
		return d, err
	}
	if err := d.leaveREC(o); err != nil {
		return d, err
	}
	for _, in := range demoRoll {
		u, err := d.newUNE(in.Clave)
		if err != nil {
			return d, err
		}
		d.UNEs = append(d.UNEs, u)
	}
	if err := d.openGateway(ctx, o); err != nil {
		return d, err
	}
	return d, d.connectUNEs(o)
}

// demoClock runs as the machine's does, but begins at 18:05 of the last día
// hábil: whenever it is called, the demonstration has a whole evening before it.
func demoClock() func() time.Time {
	began := time.Now()
	cal := schema.NewCalendario(nil)
	dia := schema.DiaDe(began)
	for !cal.Habil(dia) {
		dia--
	}
	from := dia.At(18*3600 + 5*60)
	return func() time.Time { return from.Add(time.Since(began)) }
}

// leaveREC invents the day and lets CONDUSEF leave it.
func (d *Demo) leaveREC(o DemoOptions) error {
	d.Plan = inventor.New(o.Seed).Dia(inventor.Pedido{Dia: d.Dia, N: o.N, Instituciones: demoRoll,
		Defectos: o.Defectos})
	d.REC = inventor.NombreREC(d.Dia, 1).String()
	var b bytes.Buffer
	if err := inventor.WriteREC(&b, d.Dia, 1, d.Plan.Registros, d.now()); err != nil {
		return err
	}
	return d.CONDUSEF.Leave(d.REC, b.Bytes())
}

func (d *Demo) newUNE(clave schema.UNE) (*Participante, error) {
	u := &Participante{Clave: clave, keyFile: filepath.Join(d.Dir, "llaves", clave.String())}
	var err error
	if u.Signer, err = newKeyFile(u.keyFile); err != nil {
		return nil, err
	}
	u.public = string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(u.Signer.PublicKey()))) + " demo"
	return u, nil
}

// demoYAML is all that differs from a set that 'buzon init' makes.
var demoYAML = template.Must(
	template.New("demo").Parse(`# SIMULACRO: written by 'buzon demo'; everything in it is invented.
data: datos
source:
  remote:
    address: {{.Condusef.Address}}
    user: {{.Usuario}}
    key: llaves/condusef
    host_keys: ["{{.HostKey}}"]
    settle: 1s
server:
  listen: 127.0.0.1:0
  host_keys: [llaves/host_ed25519]
seal: {key: llaves/sello, id: "{{.SealID}}"}
padron:
  instituciones:
{{- range .Roll}}
    - clave: {{.Clave.Clave}}
      denominacion: "{{.Denominacion}}"
      sector: "{{.Sector}}"
      keys: ["{{.Key}}"]
{{- end}}
log: {level: {{.Level}}, format: console}
`))

// openGateway writes the gateway's working set and builds it.
func (d *Demo) openGateway(ctx context.Context, o DemoOptions) error {
	type entry struct {
		schema.Inscripcion
		Key string
	}
	var roll []entry
	for i, in := range demoRoll {
		roll = append(roll, entry{in, d.UNEs[i].public})
	}
	_, host, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	_, seal, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	for name, key := range map[string]ed25519.PrivateKey{"condusef": d.CONDUSEF.Key, "host_ed25519": host,
		"sello": seal} {
		if err := writeKey(filepath.Join(d.Dir, "llaves", name), key); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := demoYAML.Execute(&b,
		map[string]any{"Level": o.Level, "Condusef": d.CONDUSEF, "Usuario": simulacro.Usuario, "Roll": roll,
			"HostKey": string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(d.CONDUSEF.HostKey))),
			"SealID":  fmt.Sprintf("ed25519:%da", d.Dia.Year())}); err != nil {
		return err
	}
	if err := os.WriteFile(d.Config, b.Bytes(), 0o600); err != nil {
		return err
	}
	cfg, err := config.Load(d.Config)
	if err != nil {
		return err
	}
	if _, err := gateway.InitStore(ctx, cfg, true, d.now()); err != nil {
		return err
	}
	d.Gateway, err = gateway.Open(ctx,
		gateway.Options{Config: cfg, Log: o.Log, Now: d.now, Command: "demo", Version: o.Version})
	if err != nil {
		return err
	}
	d.Daemon, err = d.Gateway.NewDaemon()
	return err
}

// connectUNEs gives each UNE what it needs to reach the gateway.
func (d *Demo) connectUNEs(o DemoOptions) error {
	hosts, err := config.LoadHostKeys(d.Gateway.Config.Server.HostKeys)
	if err != nil {
		return err
	}
	address := d.Daemon.Addr().String()
	known := filepath.Join(d.Dir, "known_hosts")
	line := knownhosts.Line([]string{address}, hosts[0].PublicKey()) + "\n"
	if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
		return err
	}
	seal := d.Gateway.Cycle.Firmante
	for _, u := range d.UNEs {
		u.Line = fmt.Sprintf("sftp -P %d -i %s -o IdentitiesOnly=yes -o UserKnownHostsFile=%s %s@127.0.0.1",
			d.Daemon.Addr().Port, u.keyFile, known, u.Clave)
		u.Cliente, err = simulacro.NewUNE(simulacro.Acceso{Clave: u.Clave, Address: address,
			HostKeys: []ssh.PublicKey{hosts[0].PublicKey()},
			Signer:   u.Signer, Seed: o.Seed, Now: d.now,
			Llaves: map[string]ed25519.PublicKey{seal.ID: seal.Publica()}})
		if err != nil {
			return err
		}
	}
	return nil
}

// Close ends what was opened, be it not all.
func (d *Demo) Close() error {
	var errs []error
	for _, u := range d.UNEs {
		if u.Cliente != nil {
			errs = append(errs, u.Close())
		}
	}
	if d.Gateway != nil {
		errs = append(errs, d.Gateway.Close())
	}
	if d.CONDUSEF != nil {
		errs = append(errs, d.CONDUSEF.Close())
	}
	return errors.Join(errs...)
}
