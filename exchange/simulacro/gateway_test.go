package simulacro

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"net"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/dropboxtest"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

const (
	clave   = schema.UNE(900001)
	llaveID = "ed25519:2026a"
)

var (
	ahora = time.Date(2026, time.March, 18, 16, 22, 3, 0, schema.Zona)
	turno = schema.NewDia(2026, time.March, 2)
	roll  = inventor.Roll([]schema.UNE{clave})
)

func clock() time.Time { return ahora }

// gateway is the gateway's own server with one institution, and enough hands to
// do by test what the exchange does.
type gateway struct {
	files   *dropboxtest.Archive
	address string
	host    ssh.Signer
	party   ssh.Signer
	sello   ed25519.PrivateKey
}

func startGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{}
	var err error
	_, g.host, err = newKey()
	check(t, err)
	_, g.party, err = newKey()
	check(t, err)
	g.sello, _, err = newKey()
	check(t, err)
	g.files, err = dropboxtest.Open(t.TempDir(), clock)
	check(t, err)
	check(t, g.files.AddAccount(clave.String(), dropbox.Folder{Name: reclamaciones},
		dropbox.Folder{Name: respuestas, Upload: true},
		dropbox.Folder{Name: acuses}, dropbox.Folder{Name: rechazos}, dropbox.Folder{Name: estado}))
	uploads, err := subidas.Open(t.TempDir(), g.files.Uploads())
	check(t, err)
	server, err := dropbox.New(dropbox.Options{
		Uploads: uploads, Now: clock, Folders: g.files.Folders, View: g.files.View,
		HostKeys: []ssh.Signer{g.host},
		Authorize: func(_ string, key ssh.PublicKey) error {
			if !bytes.Equal(key.Marshal(), g.party.PublicKey().Marshal()) {
				return errors.New("unknown key")
			}
			return nil
		},
	})
	check(t, err)
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(t, err)
	g.address = ln.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	down := make(chan error, 1)
	go func() { down <- server.Serve(ctx, ln) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-down, uploads.Close(), g.files.Close()); err != nil {
			t.Errorf("gateway: %v", err)
		}
	})
	return g
}

func (g *gateway) une(t *testing.T) *Cliente {
	t.Helper()
	u, err := NewUNE(Acceso{
		Clave: clave, Address: g.address, HostKeys: []ssh.PublicKey{g.host.PublicKey()}, Signer: g.party,
		Seed: 1, Now: clock,
		Llaves: map[string]ed25519.PublicKey{llaveID: g.sello.Public().(ed25519.PublicKey)},
	})
	check(t, err)
	t.Cleanup(func() { u.Close() })
	return u
}

func (g *gateway) put(t *testing.T, carpeta, name string, content []byte) {
	t.Helper()
	check(t, g.files.Put(clave.String(), carpeta, name, content, ahora))
}

// received gives an upload as the exchange would take it.
func (g *gateway) received(t *testing.T, name string) []byte {
	t.Helper()
	all, err := g.files.Arrivals(clave.String(), respuestas)
	check(t, err)
	for _, a := range all {
		if a.Name == name {
			return []byte(a.Text)
		}
	}
	t.Fatalf("%s did not arrive", name)
	return nil
}

func (g *gateway) header(n schema.Nombre, ref string) schema.Encabezado {
	return schema.Encabezado{
		GeTipoArchivo: n.Tipo, GeVersion: schema.V0100, GeEmisor: schema.Pasarela, GeReceptor: n.UNE.String(),
		GeFechaOperacion: n.Dia.Fecha(),
		GeSecuencia:      n.Secuencia(), GeFechaHoraGeneracion: schema.NewInstante(ahora),
		GeArchivoReferencia: ref,
	}
}

// lote writes a LOT of the records that an inventor made for the institution.
func (g *gateway) lote(t *testing.T, nnn, records int) (schema.Nombre, []byte) {
	t.Helper()
	n := schema.Nombre{Tipo: schema.LOT, UNE: clave, Dia: turno, NNN: nnn}
	var b bytes.Buffer
	w, err := schema.NewWriter(&b, g.header(n, inventor.NombreREC(turno, nnn).String()))
	check(t, err)
	p := inventor.New(uint64(nnn)).Dia(inventor.Pedido{Dia: turno, N: records, Instituciones: roll})
	for _, r := range p.Registros {
		r.RecFechaLimite = (turno + 29).Fecha()
		check(t, w.Write(r))
	}
	_, err = w.Close()
	check(t, err)
	return n, b.Bytes()
}

// acuse seals a file; spoil may change the seal before it is signed, and the
// verdicts before they are written.
func (g *gateway) acuse(t *testing.T, of schema.Nombre, content []byte,
	spoil func(*schema.Sello, []schema.Acuse) []schema.Acuse) (string, []byte) {
	t.Helper()
	e, err := newEnvio(of.String(), content)
	check(t, err)
	at := schema.NewInstante(ahora)
	s := schema.Sello{
		AcuFolio: "ACU-2026-00000017", AcuArchivo: of.String(), AcuBytes: schema.NewEntero(e.bytes),
		AcuHash:               e.huella,
		AcuFechaHoraRecepcion: at, AcuResultado: "1", AcuLlaveId: llaveID,
	}
	var verdicts []schema.Acuse
	for i, folio := range e.folios {
		verdicts = append(verdicts, schema.Acuse{
			AcuNumero: schema.NewEntero(int64(i + 1)), RecFolioCondusef: folio, AcuEstatus: "A", AcuTipo: "1",
			AcuFechaHoraRecepcion: at, AcuDiasHabiles: "11", AcuOportunidad: "1",
		})
	}
	if spoil != nil {
		verdicts = spoil(&s, verdicts)
	}
	n := of.Receipt(schema.ACU, 0)
	var b bytes.Buffer
	w, err := schema.NewWriter(&b, g.header(n, of.String()))
	check(t, err)
	for _, v := range verdicts {
		check(t, w.Write(v))
	}
	s.Sellar(w.Hash(), g.sello)
	check(t, w.Write(s))
	_, err = w.Close()
	check(t, err)
	return n.String(), b.Bytes()
}

// rehash gives a file the summary's hash that fits its changed bytes.
func rehash(content []byte) []byte {
	at := bytes.LastIndex(content, []byte("\n09|")) + 1
	sum := sha256.Sum256(content[:at])
	const hexDigits = "0123456789abcdef"
	out := bytes.Clone(content)
	for i, b := range sum {
		h := out[len(out)-2-64+2*i:]
		h[0], h[1] = hexDigits[b>>4], hexDigits[b&15]
	}
	return out
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
