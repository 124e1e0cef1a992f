package gateway

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"buzon/exchange/archivo"
	"buzon/exchange/marca"
	"buzon/store"
)

// openStore opens the store and its mark for who takes files in. It is an error that wraps
// marca.ErrAtrasado where the store may be behind what parties were shown, but for who
// resumes.
func (g *Gateway) openStore(ctx context.Context) (err error) {
	data := g.Config.Data
	opts := store.Options{Now: g.now(), Unsynced: g.opts.Unsynced, Salto: g.Config.Schedule.MaxGap,
		Confirma: g.opts.ClockIsRight || g.opts.Resume != nil} // somebody is there to look at it
	if g.opts.Resume != nil { // the mark is made anew, once the epoch counts
		if err := resumable(ctx, data); err != nil {
			return err
		}
		if err := g.opts.Resume.hold(data); err != nil {
			return err
		}
		g.Store, err = store.Open(ctx, StorePath(data), opts)
		if err == nil {
			g.close = append(g.close, g.Store.Close)
		}
		return err
	}
	if g.Store, err = openMarked(ctx, data, opts); err != nil {
		return err
	}
	g.close = append(g.close, g.Store.Close)
	return g.useMark(ctx)
}

// useMark has the mark follow the store.
func (g *Gateway) useMark(ctx context.Context) error {
	now, err := estado(ctx, g.Store)
	if err != nil {
		return err
	}
	if g.marca, err = marca.Open(g.Config.Data, now.Eventos, !g.opts.Unsynced); err != nil {
		return err
	}
	g.close = append(g.close, g.marca.Close)
	g.Store.OnCommit(g.marca.Committed)
	return nil
}

// openMarked opens the store of a data folder that is not behind its mark; a store that
// was never at work gets one.
func openMarked(ctx context.Context, data string, opts store.Options) (*store.Store, error) {
	e, marked := marca.Read(data) // first: the daemon may go on meanwhile
	if marked != nil && !errors.Is(marked, fs.ErrNotExist) {
		return nil, marked
	}
	path := StorePath(data)
	_, err := os.Stat(path)
	gone := errors.Is(err, fs.ErrNotExist)
	if marked == nil { // before anything is written
		if gone && len(e.Acuses) > 0 {
			return nil, fmt.Errorf(
				"%s is gone, and %s beside it knows of %d events: %w; to begin anew, move "+
					"all that lies there away, %[2]s too", path, marca.Archivo, e.Eventos, marca.ErrAtrasado)
		}
		if opts.Confirma && !gone { // an event that says so would make up for one that is lost
			if err := behindAt(ctx, data); err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
		}
	}
	st, err := store.Open(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	now, err := estado(ctx, st)
	switch {
	case err != nil:
	case gone && marked == nil: // of a store that gave nothing
		err = marca.Make(data, now, nil)
	case marked == nil:
		err = e.Check(now.Epoca, now.Eventos)
	default:
		if err = neverAtWork(ctx, data, st); err == nil {
			err = marca.Make(data, now, nil)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", StorePath(data), err), st.Close())
	}
	return st, nil
}

// behindAt is Behind of the store of a data folder, which is opened for that alone.
func behindAt(ctx context.Context, data string) error {
	st, err := store.OpenReadOnly(StorePath(data))
	if err != nil {
		return err
	}
	return errors.Join(Behind(ctx, data, st), st.Close())
}

// resumable is an error where a store is as new as what parties were shown: an epoch
// would only leave a gap in its numbers.
func resumable(ctx context.Context, data string) error {
	if _, err := os.Stat(StorePath(data)); err != nil {
		return fmt.Errorf("store: %w", err)
	}
	if behindAt(ctx, data) == nil {
		return fmt.Errorf("%s is as new as %s says: there is nothing to be resumed", StorePath(data),
			marca.Archivo)
	}
	return nil
}

// Behind is an error that wraps marca.ErrAtrasado where the store of a data folder may be
// behind what parties were shown.
func Behind(ctx context.Context, data string, st *store.Store) error {
	e, err := marca.Read(data)
	if errors.Is(err, fs.ErrNotExist) {
		return neverAtWork(ctx, data, st)
	}
	if err != nil {
		return err
	}
	now, err := estado(ctx, st)
	if err != nil {
		return err
	}
	return e.Check(now.Epoca, now.Eventos)
}

// neverAtWork is an error for a store without a mark that gave something out.
func neverAtWork(ctx context.Context, data string, st *store.Store) error {
	gave := false
	err := st.View(ctx, func(v *store.View) (err error) {
		gave, err = v.HayAcuses()
		return err
	})
	if err == nil && !gave {
		gave, err = archivo.Holds(data)
	}
	if err == nil && gave {
		err = fmt.Errorf("there is no %s beside it: %w", marca.Archivo, marca.ErrAtrasado)
	}
	return err
}

// estado is what a mark would say of a store.
func estado(ctx context.Context, st *store.Store) (e marca.Constancia, err error) {
	err = st.View(ctx, func(v *store.View) error {
		if e.Epoca, err = v.Epoca(); err != nil {
			return err
		}
		e.Eventos, err = v.Eventos()
		return err
	})
	return e, err
}
