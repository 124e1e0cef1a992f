package simulacro

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"path"
	"time"

	"golang.org/x/crypto/ssh"

	"buzon/exchange/remote"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// A UNE's folders on the gateway.
const (
	reclamaciones = "reclamaciones"
	respuestas    = "respuestas"
	acuses        = "acuses"
	rechazos      = "rechazos"
	estado        = "estado"
)

// Acceso is what a UNE was told to reach the gateway with, and who it is.
type Acceso struct {
	Clave    schema.UNE
	Address  string                       // of the gateway, host:port
	HostKeys []ssh.PublicKey              // of the gateway, pinned
	Signer   ssh.Signer                   // the institution's key
	Llaves   map[string]ed25519.PublicKey // of the gateway's seals, by AcuLlaveId

	Seed uint64           // of its answers
	Now  func() time.Time // the moments in its files; the machine's clock if nil
}

// Cliente plays the unit of one institution: an SFTP client of the gateway. What it
// fetched and sent it remembers as long as it lives; a new one begins anew. It
// is for one goroutine.
type Cliente struct {
	Titular schema.Reservado // who signs the answers, invented

	acceso    Acceso
	client    *remote.Client
	azar      inventor.Azar
	fetched   map[string]bool // by path
	sent      map[string]envio
	atendidos map[atendido]progreso
}

// NewUNE checks the access; it does not dial.
func NewUNE(acceso Acceso) (*Cliente, error) {
	if acceso.Now == nil {
		acceso.Now = time.Now
	}
	client, err := remote.New(remote.Options{
		Address: acceso.Address, User: acceso.Clave.String(), Signers: []ssh.Signer{acceso.Signer},
		HostKeys: acceso.HostKeys,
		Retries:  3, // and no Settle: what the gateway shows is whole
	})
	if err != nil {
		return nil, fmt.Errorf("une %s: %w", acceso.Clave, err)
	}
	a := inventor.NewAzar(acceso.Seed, uint64(acceso.Clave))
	return &Cliente{
		Titular: a.Titular(),
		acceso:  acceso, client: client, azar: a,
		fetched: map[string]bool{}, sent: map[string]envio{}, atendidos: map[atendido]progreso{},
	}, nil
}

// Close ends the connection.
func (u *Cliente) Close() error { return u.client.Close() }

// Lote is a LOT that was read and found good.
type Lote struct {
	Archivo   string
	Registros []schema.Reclamacion
}

// PickUp fetches the LOTs that are new and reads them. A LOT that is not good in
// every byte is an error, and is fetched again the next time; the others are
// given beside it.
func (u *Cliente) PickUp(ctx context.Context) ([]Lote, error) {
	var lotes []Lote
	err := u.each(ctx, reclamaciones, func(f archivo) error {
		_, records, err := leer[schema.Reclamacion](u.acceso.Clave, f, schema.LOT)
		if err == nil {
			lotes = append(lotes, Lote{f.nombre, records})
		}
		return err
	})
	if err != nil {
		return lotes, fmt.Errorf("une %s: pick up: %w", u.acceso.Clave, err)
	}
	return lotes, nil
}

// Estado fetches every file of estado/ whole, as a UNE does that watches what it
// owes and keeps the checkpoints of the log.
func (u *Cliente) Estado(ctx context.Context) (map[string][]byte, error) {
	all := map[string][]byte{}
	err := u.each(ctx, estado, func(f archivo) error {
		all[f.nombre] = f.contenido
		return errAgain
	})
	if err != nil {
		return all, fmt.Errorf("une %s: estado: %w", u.acceso.Clave, err)
	}
	return all, nil
}

// archivo is a file that was fetched.
type archivo struct {
	nombre    string
	contenido []byte
}

// errAgain leaves a file to be fetched the next time too.
var errAgain = errors.New("fetch again")

// each fetches the files of a folder that are new. One that use refuses stays
// new; the others go on.
func (u *Cliente) each(ctx context.Context, carpeta string, use func(archivo) error) error {
	names, err := u.list(ctx, carpeta)
	if err != nil {
		return err
	}
	var errs []error
	for _, name := range names {
		at := path.Join(carpeta, name)
		if u.fetched[at] {
			continue
		}
		contenido, err := u.fetch(ctx, carpeta, name)
		if err == nil {
			err = use(archivo{name, contenido})
		}
		u.fetched[at] = err == nil
		if err != nil && !errors.Is(err, errAgain) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// list gives the names in a folder, oldest first. A client takes only what two
// looks showed alike, so it looks twice.
func (u *Cliente) list(ctx context.Context, carpeta string) ([]string, error) {
	mb := u.client.Mailbox(carpeta)
	if _, err := mb.List(ctx); err != nil {
		return nil, err
	}
	files, err := mb.List(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return names, nil
}

func (u *Cliente) fetch(ctx context.Context, carpeta, name string) ([]byte, error) {
	r, err := u.client.Mailbox(carpeta).Take(ctx, name)
	if err != nil {
		return nil, err
	}
	contenido, err := io.ReadAll(r)
	return contenido, errors.Join(err, r.Close())
}

// leer reads a file of the gateway with the rules of the exchange. Any error in
// it is one: the gateway must not make mistakes.
func leer[R schema.Registro](clave schema.UNE, f archivo, tipo schema.Tipo) (*schema.Examen, []R, error) {
	ex, err := schema.Examine(f.nombre, opener(f.contenido), &schema.Reglas{Esperado: []schema.Tipo{tipo}})
	if err != nil {
		return nil, nil, err
	}
	if ex.Rechazado() {
		return nil, nil, fmt.Errorf("%s: refused: %s", f.nombre, ex.Codigo())
	}
	if ex.Nombre.UNE != clave {
		return nil, nil, fmt.Errorf("%s: is for another institution", f.nombre)
	}
	var records []R
	for l, err := range schema.Records[R](ex) {
		if err != nil {
			return nil, nil, err
		}
		if !l.Bueno() {
			return nil, nil, fmt.Errorf("%s: line %d: %s", f.nombre, l.Linea, l.Codigo())
		}
		records = append(records, l.Registro)
	}
	return ex, records, nil
}

// opener opens a content in memory, as often as asked.
func opener(content []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil }
}
