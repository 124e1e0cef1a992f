package simulacro

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"path"

	"buzon/exchange"
	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
)

// oficina is a UNE of a rehearsal: what it fetched, and what it owes.
type oficina struct {
	clave   schema.UNE
	huella  string
	titular schema.Reservado
	azar    inventor.Azar
	fetched map[string]bool // by name of the LOT
	vueltas map[schema.Folio]int
	owed    map[schema.Folio]inventor.Reclamo // of the last round that it fetched
	testigo int64                             // the moment of the last head of the log that it fetched, in ns
	resDia  schema.Dia                        // of the last RES, and its NNN
	resNNN  int
}

func newOficina(clave schema.UNE, seed uint64, huella string) *oficina {
	a := inventor.NewAzar(seed, uint64(clave))
	return &oficina{clave: clave, huella: huella, titular: a.Titular(), azar: a, fetched: map[string]bool{},
		vueltas: map[schema.Folio]int{}, owed: map[schema.Folio]inventor.Reclamo{}}
}

// checkpoint is the newest head of the log in estado/.
const checkpoint = "bitacora.checkpoint"

// fetch is what a UNE does in the morning: it fetches the LOTs that are new, and
// the head of the log, of which it is a witness by that.
func (e *Ensayo) fetch(ctx context.Context, u *oficina) error {
	sees := e.Vista.De(u.clave.Parte())
	files, err := fs.ReadDir(sees, reclamaciones)
	if err != nil {
		return err
	}
	for _, f := range files {
		if u.fetched[f.Name()] {
			continue
		}
		content, err := e.read(ctx, u, sees, reclamaciones, f.Name())
		if err != nil {
			return err
		}
		if err := u.take(f.Name(), content); err != nil {
			return err
		}
		u.fetched[f.Name()] = true
	}
	head, err := fs.Stat(sees, path.Join(estado, checkpoint))
	if err != nil || head.ModTime().UnixNano() == u.testigo { // none yet, or seen
		return nil
	}
	u.testigo = head.ModTime().UnixNano()
	_, err = e.read(ctx, u, sees, estado, checkpoint)
	return err
}

// read fetches one file whole, which the gateway is told as its server tells it.
func (e *Ensayo) read(ctx context.Context, u *oficina, sees fs.FS, folder, name string) ([]byte, error) {
	f, err := sees.Open(path.Join(folder, name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	huella, _ := info.Sys().(schema.Huella)
	now := e.Reloj.Now()
	r := exchange.Lectura{Parte: u.clave.Parte(), Carpeta: folder, Nombre: name, Cuenta: u.clave.String(),
		Llave:     u.huella,
		Direccion: direccion, Cliente: cliente, Abierta: now, Cerrada: now, Inicio: -1, Cierre: true,
		Bytes: int64(len(content)), SHA256: huella}
	if len(content) > 0 {
		r.Primero, r.Ultimo, r.Inicio = now, now, 0
		r.Tramos = spans.Set{{To: int64(len(content))}}
	}
	return content, e.Cycle.PickedUp(ctx, r)
}

// What the evidence names, which no wire gives here.
const (
	direccion = "127.0.0.1:0"
	cliente   = "SSH-2.0-simulacro"
)

// take reads a LOT: what it holds is owed.
func (u *oficina) take(name string, content []byte) error {
	_, records, err := leer[schema.Reclamacion](u.clave, archivo{name, content}, schema.LOT)
	for i := range records {
		folio := records[i].RecFolioCondusef
		u.vueltas[folio]++
		u.owed[folio] = inventor.ReclamoDe(&records[i])
	}
	return err
}

// owes tells whether the round of a row was fetched, and not answered.
func (u *oficina) owes(f *escenario.Fila) (inventor.Reclamo, bool) {
	r, ok := u.owed[f.Folio]
	return r, ok && u.vueltas[f.Folio] == f.Vuelta
}

// prorroga asks for the days that a row asks for.
func (e *Ensayo) prorroga(u *oficina, f *escenario.Fila, hoy schema.Dia) (r schema.Respuesta, ok bool) {
	if _, ok = u.owes(f); !ok {
		return r, false
	}
	r = schema.Respuesta{RecFolioCondusef: f.Folio, RecFechaAtencion: hoy.Fecha(), ResResponsable: u.titular}
	u.azar.Prorroga(&r)
	r.ResProrrogaDias = schema.NewEntero(int64(f.Prorroga))
	return r, true
}

// respuesta answers as a row says.
func (e *Ensayo) respuesta(u *oficina, f *escenario.Fila, hoy schema.Dia) (r schema.Respuesta, ok bool) {
	owed, ok := u.owes(f)
	if !ok {
		return r, false
	}
	delete(u.owed, f.Folio)
	r = schema.Respuesta{RecFolioCondusef: f.Folio, RecFechaAtencion: hoy.Fecha(), ResResponsable: u.titular}
	u.azar.Respuesta(&r, owed, hoy, f.Sentido)
	return r, true
}

// upload leaves a RES as a finished upload is.
func (e *Ensayo) upload(ctx context.Context, u *oficina, hoy schema.Dia, records []schema.Respuesta) error {
	if u.resDia != hoy {
		u.resDia, u.resNNN = hoy, 0
	}
	u.resNNN++
	nombre := schema.Nombre{Tipo: schema.RES, UNE: u.clave, Dia: hoy, NNN: u.resNNN}
	content, err := writeRES(nombre, "", records, e.Reloj.Now())
	if err != nil {
		return err
	}
	a := store.Arribo{Parte: u.clave.Parte(), Carpeta: respuestas, Nombre: nombre.String(),
		Momento: e.Reloj.Now(),
		Subida:  u.clave.String() + "_" + nombre.String()}
	if err := e.Cycle.Deposit(ctx, a, bytes.NewReader(content)); err != nil {
		return fmt.Errorf("upload %s: %w", path.Join(respuestas, nombre.String()), err)
	}
	return nil
}
