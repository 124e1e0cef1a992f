package gateway

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"go.uber.org/zap"

	"buzon/exchange/marca"
	"buzon/exchange/respaldo"
	"buzon/schema"
	"buzon/store"
)

// Resume says how to go on from a store that may be older than what parties were shown.
type Resume struct {
	Orden store.Orden
	// Acuses are folders with ACUs that parties kept: what they say is believed by their
	// seals, as that of those in archivo/.
	Acuses []string
	// Unlisted goes on where the folders of a party that is not on our server cannot be
	// listed. A name that lies there already then holds up the file that gets it.
	Unlisted bool

	before marca.Constancia // what the mark knew
}

// hold takes what the mark knows, and has it refuse every other start until the epoch
// counts: the store may have got as many events as the mark knows of, and be another.
func (r *Resume) hold(data string) (err error) {
	if r.before, err = marca.Read(data); err != nil {
		return nil // it is gone or broken, which is why the store is resumed: nothing is known by it
	}
	e := r.before
	e.Restaurada = true
	return marca.Make(data, e, r.dados())
}

// dados are the highest numbers that may have been given, as far as the mark knows.
func (r *Resume) dados() map[int]int64 {
	all := map[int]int64{}
	for year, n := range r.before.Acuses {
		all[year] = max(n.Dado, n.Reservado)
	}
	return all
}

// Reanudacion is what a resume found and did.
type Reanudacion struct {
	Epoca       int64
	Acuses      []store.Reconocido // of before, that the store did not have
	Readmitidos []store.Arribo     // what parties sent, taken in again with its first moment
	Sueltos     []respaldo.Suelto  // and what nobody vouches for: it is not taken in
	Alterados   []schema.Huella    // contents that are not what was kept
	Ocupados    int                // names in parties' own folders that the store does not know
}

// resume begins an epoch.
func (g *Gateway) resume(ctx context.Context) (err error) {
	r := g.opts.Resume
	e := store.Epoca{Orden: r.Orden, Epoca: r.before.Epoca, Eventos: r.before.Eventos, Minimo: r.dados()}
	llaves, err := g.llaves(ctx)
	if err != nil {
		return err
	}
	found, err := respaldo.Buscar(g.Cycle.Archivo, func(prefix string) (all []schema.Huella, err error) {
		err = g.Store.View(ctx, func(v *store.View) error {
			all, err = v.Guardados(prefix)
			return err
		})
		return all, err
	}, llaves)
	if err != nil {
		return err
	}
	b := &busqueda{g: g, llaves: llaves, acuses: found.Acuses}
	for _, dir := range r.Acuses {
		if err := b.folder(dir); err != nil {
			return err
		}
	}
	if err := b.parties(ctx, r.Unlisted); err != nil {
		return err
	}
	if e.Acuses, err = b.unknown(ctx); err != nil {
		return err
	}
	e.Ocupa = b.ocupados
	out := &g.Reanudacion
	out.Readmitidos, err = found.Readmitir(&g.Cycle.Reglas, carpetaDe, e.Acuses)
	if err != nil {
		return err
	}
	out.Acuses, out.Alterados, out.Ocupados = e.Acuses, found.Alterados, len(b.ocupados)
	for _, s := range found.Sueltos {
		out.Sueltos = append(out.Sueltos, s)
	}
	slices.SortFunc(out.Sueltos, func(x, y respaldo.Suelto) int { return cmp.Compare(x.SHA256, y.SHA256) })
	return g.begin(ctx, e)
}

// begin records the epoch with what is taken in again, and makes the mark anew. A kill
// between the two leaves a store that is behind its mark: it is resumed once more.
func (g *Gateway) begin(ctx context.Context, e store.Epoca) error {
	out := &g.Reanudacion
	var dados map[int]int64
	err := g.Store.Update(ctx, g.now(), func(tx *store.Tx) (err error) {
		if out.Epoca, dados, err = tx.BeginEpoca(e); err != nil {
			return err
		}
		for i := range out.Readmitidos {
			if err := tx.AddArribo(&out.Readmitidos[i]); err != nil {
				return fmt.Errorf("%s of %s: %w", out.Readmitidos[i].SHA256, out.Readmitidos[i].Parte, err)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	now, err := estado(ctx, g.Store)
	if err == nil {
		err = marca.Make(g.Config.Data, now, dados)
	}
	if err == nil {
		err = g.useMark(ctx)
	}
	if err == nil {
		g.Cycle.Marca = g.marca
	}
	return err
}

func carpetaDe(parte schema.Parte) string {
	if parte == schema.ParteCONDUSEF {
		return schema.CarpetaSalida
	}
	return schema.CarpetaRespuestas
}

// llaves are the keys with which acuses were sealed here, the one of today among them: an
// older store may not know it.
func (g *Gateway) llaves(ctx context.Context) (all respaldo.Llaves, err error) {
	err = g.Store.View(ctx, func(v *store.View) error {
		sellos, err := v.Sellos()
		if err == nil {
			all, err = respaldo.LlavesDe(sellos)
		}
		return err
	})
	if err == nil {
		all[g.Cycle.Firmante.ID] = g.Cycle.Firmante.Publica()
	}
	return all, err
}

// busqueda gathers what parties were shown.
type busqueda struct {
	g        *Gateway
	llaves   respaldo.Llaves
	acuses   []store.Reconocido
	ocupados []store.Ocupado
}

// read keeps an ACU whose seal is good; anything else is passed over.
func (b *busqueda) read(open func() (io.ReadCloser, error)) error {
	ex, err := schema.Examine("", open, nil)
	if err != nil {
		return err
	}
	if r, ok := respaldo.Acuse(ex, b.llaves); ok {
		b.acuses = append(b.acuses, r)
	}
	return nil
}

// folder reads the ACUs in a folder and below it.
func (b *busqueda) folder(dir string) error {
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		return b.read(func() (io.ReadCloser, error) { return os.Open(path) })
	})
}

// parties reads what lies in the folders of the parties that are not on our server.
func (b *busqueda) parties(ctx context.Context, unlisted bool) error {
	roll, err := b.g.roll(ctx)
	if err != nil {
		return err
	}
	folders := map[schema.Parte][]string{schema.ParteCONDUSEF: {schema.CarpetaEntrada}}
	parties := []schema.Parte{schema.ParteCONDUSEF}
	for _, in := range roll {
		parties = append(parties, in.UNE.Parte())
		folders[in.UNE.Parte()] = []string{schema.CarpetaReclamaciones, schema.CarpetaAcuses,
			schema.CarpetaRechazos}
	}
	var errs []error
	for _, parte := range parties {
		route := b.g.route(parte)
		if route.Propio {
			continue
		}
		for _, carpeta := range folders[parte] {
			if err := b.party(ctx, parte, carpeta); err != nil {
				errs = append(errs, fmt.Errorf("%s, %s: %w", parte, carpeta, err))
				break
			}
		}
	}
	if err := errors.Join(errs...); err != nil && !unlisted {
		return fmt.Errorf("what lies there must be known, or names and numbers may be given twice; try "+
			"again when it can be reached, or add --unlisted: %w", err)
	} else if err != nil {
		b.g.log.Warn("not listed; a name that lies there already holds up what is made under it",
			zap.Error(err))
	}
	return nil
}

func (b *busqueda) party(ctx context.Context, parte schema.Parte, carpeta string) error {
	mb, err := b.g.route(parte).Mailbox(carpeta)
	if err != nil {
		return err
	}
	files, err := mb.List(ctx)
	if err != nil {
		return err
	}
	for _, f := range files {
		given := false
		err := b.g.Store.View(ctx, func(v *store.View) (err error) {
			given, err = v.Dado(parte, f.Name())
			return err
		})
		if err != nil {
			return err
		}
		if given {
			continue
		}
		b.ocupados = append(b.ocupados, store.Ocupado{Parte: parte, Nombre: f.Name()})
		if n, err := schema.ParseNombre(f.Name()); err != nil || n.Tipo != schema.ACU {
			continue
		}
		if err := b.read(func() (io.ReadCloser, error) { return mb.Take(ctx, f.Name()) }); err != nil {
			return fmt.Errorf("%s: %w", f.Name(), err)
		}
	}
	return nil
}

// unknown gives the acuses that the store does not have, each once, by their numbers.
func (b *busqueda) unknown(ctx context.Context) (all []store.Reconocido, err error) {
	seen := map[schema.Huella]bool{}
	err = b.g.Store.View(ctx, func(v *store.View) error {
		for _, r := range b.acuses {
			have, err := v.HayAcuse(r.Anio, r.N, r.SHA256)
			if err != nil {
				return err
			}
			if !have && !seen[r.SHA256] {
				seen[r.SHA256], all = true, append(all, r)
			}
		}
		return nil
	})
	slices.SortFunc(all, func(x, y store.Reconocido) int {
		return cmp.Or(cmp.Compare(x.Anio, y.Anio), cmp.Compare(x.N, y.N))
	})
	return all, err
}

// Write tells an operator what was found and done. Names that parties gave are not told.
func (r *Reanudacion) Write(w io.Writer) {
	fmt.Fprintf(w, "epoch %d: %d sealed acuses were found that the database does not have\n", r.Epoca,
		len(r.Acuses))
	for _, a := range r.Readmitidos {
		fmt.Fprintf(w, "again    %s of %s, came %s\n", store.Mostrable(a.Parte, a.Nombre), a.Parte,
			schema.NewInstante(a.Momento))
	}
	for _, s := range r.Sueltos {
		fmt.Fprintf(w, "no acuse %s, %d bytes, %s of %s: when it came nobody says, so it is not taken in; "+
			"its party may send it again\n", s.SHA256, s.Bytes, cmp.Or(string(s.Tipo), "a content"),
			cmp.Or(s.Emisor, "a party that it does not name"))
	}
	for _, h := range r.Alterados {
		fmt.Fprintf(w, "altered  %s: its bytes are not those that were kept\n", h)
	}
}
