package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"

	"buzon/exchange/dropbox"
	"buzon/exchange/dropbox/subidas"
	"buzon/exchange/vista"
	"buzon/schema"
	"buzon/store"
)

// openUploads opens what is on its way to our server. A finished upload is an arrival
// in the store; what is not finished has a folder of its own.
func (g *Gateway) openUploads() (err error) {
	g.uploads, err = subidas.Open(filepath.Join(g.Config.Data, "subidas"), subidas.Options{
		Now: g.now, Zone: schema.Zona, Unsynced: g.opts.Unsynced,
		Arrive: g.arrive, Arrived: g.arrived, Today: g.today, Spelled: g.spelled, Date: g.date,
	})
	if err == nil {
		g.close = append(g.close, g.uploads.Close)
	}
	return err
}

// arrive records a finished upload; it counts from then on.
func (g *Gateway) arrive(x subidas.Arrival) error {
	err := g.Cycle.Arrive(context.Background(),
		store.Arribo{Parte: g.party(x.Account), Carpeta: x.Folder, Nombre: x.Name,
			SHA256: schema.Huella(x.SHA256), Momento: x.Moment, Fechado: x.Shown, Subida: x.ID}, x.Path)
	if errors.Is(err, store.ErrMayusculas) {
		err = fmt.Errorf("%w: %w", subidas.ErrCase, err)
	}
	return err
}

func (g *Gateway) ask(fn func(*store.View) error) error {
	return g.Store.View(context.Background(), fn)
}

func (g *Gateway) arrived(_, id string) (yes bool, err error) {
	err = g.ask(func(v *store.View) error {
		yes, err = v.Subido(id)
		return err
	})
	return yes, err
}

func (g *Gateway) today(account string, from, to time.Time) (files, bytes int64, err error) {
	err = g.ask(func(v *store.View) error {
		files, bytes, err = v.Subidas(g.party(account), from, to)
		return err
	})
	return files, bytes, err
}

func (g *Gateway) spelled(account, folder, name string) (seen string, err error) {
	for _, c := range vista.Carpetas(g.party(account)) {
		if path.Dir(c.Nombre) == folder && strings.EqualFold(path.Base(c.Nombre), name) {
			return path.Base(c.Nombre), nil
		}
	}
	err = g.ask(func(v *store.View) error {
		seen, err = v.Escrito(g.party(account), folder, name)
		return err
	})
	return seen, err
}

func (g *Gateway) date(account, folder, name string, t time.Time) error {
	err := g.Store.Update(context.Background(), g.now(), func(tx *store.Tx) error {
		return tx.SetTime(g.party(account), folder, name, t)
	})
	if errors.Is(err, store.ErrNotFound) {
		err = fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

// remake makes a file anew whose bytes the store keeps, estado/ or LEEME.txt; it is false
// of any other.
func (g *Gateway) remake(parte schema.Parte, folder, name string) (made bool, err error) {
	ctx := context.Background()
	var in store.Institucion
	err = g.Store.Update(ctx, g.now(), func(tx *store.Tx) (err error) {
		if made, err = tx.Forget(parte, folder, name); err == nil && made {
			in, err = tx.Institucion(parte.UNE())
		}
		return err
	})
	if err != nil || !made {
		return false, err
	}
	return true, errors.Join(g.Cycle.Estado(ctx, in.UNE), g.openUNEs(ctx, []store.Institucion{in}))
}

// unsound is what is wrong with the content of a file that a party sees; it is noted.
func (g *Gateway) unsound(parte schema.Parte, folder, name string) error {
	info, err := g.Vista.De(parte).Stat(path.Join(folder, name))
	if e, ok := errors.AsType[*fs.PathError](err); ok { // its path may name a person
		return e.Err
	}
	h, _ := info.Sys().(schema.Huella)
	return g.Cycle.Sound(context.Background(), h)
}

// folders are those of an account; an institution that has a server of its own has
// none here.
func (g *Gateway) folders(account string) ([]dropbox.Folder, error) {
	parte := g.party(account)
	if parte != schema.ParteCONDUSEF {
		err := g.ask(func(v *store.View) error {
			_, err := v.Institucion(parte.UNE())
			return err
		})
		if err != nil || !g.route(parte).Propio {
			return nil, errors.Join(fmt.Errorf("account %q: %w", account, fs.ErrNotExist), err)
		}
	}
	var all []dropbox.Folder
	for _, c := range vista.Carpetas(parte) {
		all = append(all, dropbox.Folder{Name: c.Nombre, Upload: c.Sube()})
	}
	return all, nil
}

// view is what an account sees.
func (g *Gateway) view(account string) (fs.FS, error) {
	return shownTo{g.Vista.De(g.party(account))}, nil
}

// shownTo is a view whose errors the server knows.
type shownTo struct{ vista.FS }

func (s shownTo) Open(name string) (fs.File, error) {
	f, err := s.FS.Open(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrInvalid) {
		err = fmt.Errorf("%w: %w", dropbox.ErrUnavailable, err)
	}
	return f, err
}

// unavailable tells of a file that its party sees and that cannot be opened: what is
// wrong with its content, and what to do. What we make anew by itself is made anew.
func (g *Gateway) unavailable(account, folder, name string) {
	made := false
	err := g.ready(context.Background())
	if err == nil {
		made, err = g.remake(g.party(account), folder, name)
	}
	if made {
		g.log.Warn("a file in the store was not what was shown; it is made anew",
			zap.String("account", account), zap.String("file", name), zap.Error(err))
		return
	}
	if err == nil {
		err = g.unsound(g.party(account), folder, name)
	}
	if err != nil {
		g.log.Error("a file that its party sees cannot be opened", zap.String("account", account),
			zap.Error(err))
	}
}
