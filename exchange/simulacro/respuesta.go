package simulacro

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// Plan says how a UNE answers a LOT: the shares, 0 to 1, of its open cases that
// it asks a prórroga for and that it leaves for another time. The zero Plan
// answers all.
type Plan struct {
	Prorrogas  float64
	Pendientes float64
}

// Usual is the plan of an ordinary day.
func Usual() Plan { return Plan{Prorrogas: 0.12, Pendientes: 0.05} }

// atendido is a folio in a LOT: a reversa brings it again in another.
type atendido struct {
	lote  string
	folio schema.Folio
}

type progreso int

const (
	abierto progreso = iota
	prorrogado
	contestado
)

// envio is a file that was sent.
type envio struct {
	huella schema.Huella
	bytes  int64
	folios []schema.Folio // of its records, in order
}

// Answer writes a RES for the cases of the LOT that are open, uploads it, and
// gives its name: "" where nothing is left to say. A case is answered once and
// asks for one prórroga at most, so that a later Answer of the same LOT says the
// rest.
func (u *Cliente) Answer(ctx context.Context, lote Lote, plan Plan) (string, error) {
	hoy := schema.DiaDe(u.acceso.Now())
	records := u.answers(lote, plan, hoy)
	if len(records) == 0 {
		return "", nil
	}
	nombre, err := u.nextName(ctx, hoy)
	if err == nil {
		err = u.send(ctx, nombre, lote.Archivo, records)
	}
	if err != nil {
		return "", fmt.Errorf("une %s: answer %s: %w", u.acceso.Clave, lote.Archivo, err)
	}
	for _, r := range records {
		paso := contestado
		if r.ResTipo == "2" {
			paso = prorrogado
		}
		u.atendidos[atendido{lote.Archivo, r.RecFolioCondusef}] = paso
	}
	return nombre.String(), nil
}

// nextName gives the name of the day's next RES, after all that lie there.
func (u *Cliente) nextName(ctx context.Context, hoy schema.Dia) (schema.Nombre, error) {
	names, err := u.list(ctx, respuestas)
	if err != nil {
		return schema.Nombre{}, err
	}
	next := schema.Nombre{Tipo: schema.RES, UNE: u.acceso.Clave, Dia: hoy, NNN: 1}
	for _, name := range names {
		if n, err := schema.ParseNombre(name); err == nil && n.Tipo == schema.RES && n.Dia == hoy {
			next.NNN = max(next.NNN, n.NNN+1)
		}
	}
	if next.NNN > schema.MaxParteNNN {
		return next, fmt.Errorf("the day's names are used up at %d", schema.MaxParteNNN)
	}
	return next, nil
}

// send uploads a RES under a temporary name that is changed at the end.
func (u *Cliente) send(ctx context.Context, nombre schema.Nombre, lote string,
	records []schema.Respuesta) error {
	content, err := writeRES(nombre, lote, records, u.acceso.Now())
	if err != nil {
		return err
	}
	if err := u.client.Mailbox(respuestas).Put(ctx, nombre.String(), opener(content)); err != nil {
		return err
	}
	e, err := newEnvio(nombre.String(), content)
	u.sent[nombre.String()] = e
	return err
}

func writeRES(nombre schema.Nombre, lote string, records []schema.Respuesta, now time.Time) ([]byte, error) {
	var b bytes.Buffer
	w, err := schema.NewWriter(&b, schema.Encabezado{
		GeTipoArchivo: nombre.Tipo, GeVersion: schema.V0100, GeEmisor: nombre.UNE.String(),
		GeReceptor:       schema.Pasarela,
		GeFechaOperacion: nombre.Dia.Fecha(), GeSecuencia: nombre.Secuencia(),
		GeFechaHoraGeneracion: schema.NewInstante(now), GeArchivoReferencia: lote,
	})
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", nombre, err)
	}
	for i, r := range records {
		r.RecNumero = schema.NewEntero(int64(i + 1))
		r.RecFolioAtencion = fmt.Sprintf("UNE-%s-%s-%d", nombre.Dia.Compacta(), nombre.Secuencia(), i+1)
		if err := w.Write(r); err != nil {
			return nil, fmt.Errorf("write %s: %w", nombre, err)
		}
	}
	if _, err := w.Close(); err != nil {
		return nil, fmt.Errorf("write %s: %w", nombre, err)
	}
	return b.Bytes(), nil
}

// answers writes what is to be said today of the LOT's open cases.
func (u *Cliente) answers(lote Lote, plan Plan, hoy schema.Dia) []schema.Respuesta {
	var all []schema.Respuesta
	for _, rec := range lote.Registros {
		paso := u.atendidos[atendido{lote.Archivo, rec.RecFolioCondusef}]
		if paso == contestado || u.azar.Chance(plan.Pendientes) {
			continue
		}
		r := schema.Respuesta{
			RecFolioCondusef: rec.RecFolioCondusef, RecFechaAtencion: hoy.Fecha(), ResResponsable: u.Titular,
		}
		if paso == abierto && u.azar.Chance(plan.Prorrogas) {
			u.azar.Prorroga(&r)
		} else {
			u.azar.Respuesta(&r, inventor.ReclamoDe(&rec), hoy, u.azar.Sentido())
		}
		all = append(all, r)
	}
	return all
}
