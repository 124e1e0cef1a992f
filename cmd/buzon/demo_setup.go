package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"text/template"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"buzon/config"
	"buzon/exchange/gateway"
	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

// demo is a rehearsal on one machine: all three sides of the exchange.
type demo struct {
	dir    string
	config string
	now    func() time.Time
	dia    schema.Dia
	rec    string
	plan   inventor.Planeado

	condusef *simulacro.CONDUSEF
	g        *gateway.Gateway
	daemon   *gateway.Daemon
	unes     []*demoUNE
}

// demoUNE is one of the five, with what came back to it.
type demoUNE struct {
	*simulacro.UNE
	clave    schema.UNE
	signer   ssh.Signer
	public   string // authorized_keys line
	keyFile  string
	line     string // to paste into a shell
	received int    // rows in its LOTs
	acuses   []simulacro.Acuse
	rechazos []simulacro.Rechazo
}

// demoRoll is invented, as all claves from 900001 on are.
var demoRoll = []schema.Institucion{
	{Clave: 900001, Denominacion: "Financiera Ejemplo del Norte, S.A. de C.V., SOFOM, E.N.R.", Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
	{Clave: 900002, Denominacion: "Crédito Ficticio Peñón, S.A.P.I. de C.V., SOFOM, E.N.R.", Sector: "Sociedades Financieras de Objeto Múltiple E.N.R."},
	{Clave: 900003, Denominacion: "Arrendadora Imaginaria Ñandú, S.A. de C.V., SOFOM, E.R.", Sector: "Sociedades Financieras de Objeto Múltiple, E.R."},
	{Clave: 900004, Denominacion: "Banco Inventado del Pacífico, S.A., I.B.M.", Sector: "Instituciones de banca múltiple"},
	{Clave: 900005, Denominacion: "Fondeo Supuesto, S.A. de C.V., I.F.C.", Sector: "Instituciones de Financiamiento Colectivo"},
}

func newDemo(ctx context.Context, dir string, o demoOptions, errOut io.Writer) (d *demo, err error) {
	if dir, err = freshFolder(dir); err != nil {
		return nil, err
	}
	d = &demo{dir: dir, config: filepath.Join(dir, "buzon.yaml"), now: demoClock()}
	d.dia = schema.DiaDe(d.now())
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if err := os.MkdirAll(filepath.Join(dir, "llaves"), 0o700); err != nil {
		return d, err
	}
	if d.condusef, err = simulacro.StartCONDUSEF(ctx, filepath.Join(dir, "condusef"), d.now); err != nil {
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
		d.unes = append(d.unes, u)
	}
	if err := d.openGateway(ctx, cmp.Or(o.level, "warn"), errOut); err != nil {
		return d, err
	}
	return d, d.connectUNEs(o)
}

// freshFolder gives the full path of a folder that is not there yet, or empty.
func freshFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return "", usageError{fmt.Errorf("%s is not empty; name a folder that does not exist yet", dir)}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", usageError{err}
	}
	return dir, nil
}

// leaveREC invents the day and lets CONDUSEF leave it.
func (d *demo) leaveREC(o demoOptions) error {
	d.plan = inventor.New(o.seed).Dia(inventor.Pedido{Dia: d.dia, N: o.n, Instituciones: demoRoll, Defectos: o.defectos})
	d.rec = inventor.NombreREC(d.dia, 1).String()
	var b bytes.Buffer
	if err := inventor.WriteREC(&b, d.dia, 1, d.plan.Registros, d.now()); err != nil {
		return err
	}
	return d.condusef.Leave(d.rec, b.Bytes())
}

func (d *demo) newUNE(clave schema.UNE) (*demoUNE, error) {
	u := &demoUNE{clave: clave, keyFile: filepath.Join(d.dir, "llaves", clave.String())}
	var err error
	if u.signer, err = newKeyFile(u.keyFile); err != nil {
		return nil, err
	}
	u.public = string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(u.signer.PublicKey()))) + " demo"
	return u, nil
}

// newKeyFile makes the key of an invented UNE and writes its private half.
func newKeyFile(path string) (ssh.Signer, error) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	if err := writeKey(path, key); err != nil {
		return nil, err
	}
	return ssh.NewSignerFromKey(key)
}

func writeKey(path string, key ed25519.PrivateKey) error {
	block, err := ssh.MarshalPrivateKey(key, "demo")
	if err != nil {
		return err
	}
	return os.WriteFile(path, pem.EncodeToMemory(block), 0o600)
}

// demoYAML is all that differs from a set that 'buzon init' makes.
var demoYAML = template.Must(template.New("demo").Parse(`# SIMULACRO: written by 'buzon demo'; everything in it is invented.
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
func (d *demo) openGateway(ctx context.Context, level string, errOut io.Writer) error {
	type entry struct {
		schema.Institucion
		Key string
	}
	var roll []entry
	for i, in := range demoRoll {
		roll = append(roll, entry{in, d.unes[i].public})
	}
	_, host, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	_, seal, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return err
	}
	for name, key := range map[string]ed25519.PrivateKey{"condusef": d.condusef.Key, "host_ed25519": host, "sello": seal} {
		if err := writeKey(filepath.Join(d.dir, "llaves", name), key); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if err := demoYAML.Execute(&b, map[string]any{"Level": level, "Condusef": d.condusef, "Usuario": simulacro.Usuario, "Roll": roll,
		"HostKey": string(bytes.TrimSpace(ssh.MarshalAuthorizedKey(d.condusef.HostKey))), "SealID": fmt.Sprintf("ed25519:%da", d.dia.Year())}); err != nil {
		return err
	}
	if err := os.WriteFile(d.config, b.Bytes(), 0o600); err != nil {
		return err
	}
	cfg, err := config.Load(d.config)
	if err != nil {
		return err
	}
	log, err := newLogger(cfg.Log, errOut)
	if err != nil {
		return err
	}
	if err := markSimulacro(ctx, cfg, d.now()); err != nil {
		return err
	}
	if d.g, err = openGateway(ctx, cfg, log, d.now, "demo"); err != nil {
		return err
	}
	d.daemon, err = d.g.NewDaemon()
	return err
}

// markSimulacro makes the store, as a rehearsal's, where it is not there.
func markSimulacro(ctx context.Context, cfg *config.Config, now time.Time) error {
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return err
	}
	st, err := store.Open(ctx, gateway.StorePath(cfg.Data), store.Options{Simulacro: true, Now: now})
	if err != nil {
		return err
	}
	return st.Close()
}

// connectUNEs gives each UNE what it needs to reach the gateway.
func (d *demo) connectUNEs(o demoOptions) error {
	hosts, err := config.LoadHostKeys(d.g.Config.Server.HostKeys)
	if err != nil {
		return err
	}
	address := d.daemon.Addr().String()
	known := filepath.Join(d.dir, "known_hosts")
	line := knownhosts.Line([]string{address}, hosts[0].PublicKey()) + "\n"
	if err := os.WriteFile(known, []byte(line), 0o600); err != nil {
		return err
	}
	seal := d.g.Cycle.Firmante
	for _, u := range d.unes {
		u.line = fmt.Sprintf("sftp -P %d -i %s -o IdentitiesOnly=yes -o UserKnownHostsFile=%s %s@127.0.0.1",
			d.daemon.Addr().Port, u.keyFile, known, u.clave)
		u.UNE, err = simulacro.NewUNE(simulacro.Acceso{Clave: u.clave, Address: address, HostKeys: []ssh.PublicKey{hosts[0].PublicKey()},
			Signer: u.signer, Seed: o.seed, Now: d.now,
			Llaves: map[string]ed25519.PublicKey{seal.ID: seal.Publica()}})
		if err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) close() error {
	var errs []error
	for _, u := range d.unes {
		if u.UNE != nil {
			errs = append(errs, u.Close())
		}
	}
	if d.g != nil {
		errs = append(errs, d.g.Close())
	}
	if d.condusef != nil {
		errs = append(errs, d.condusef.Close())
	}
	return errors.Join(errs...)
}
