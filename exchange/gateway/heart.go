package gateway

import (
	"context"
	"time"

	"go.uber.org/zap"

	"buzon/exchange"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// beat is how often the daemon records that it is up: after a power cut an
// outage of ours is known to the minute.
const beat = time.Minute

// step is from what difference on the wall clock counts as set, and not as slow.
const step = 5 * time.Second

// Heart records in which intervals our server was up, since an outage of ours
// must never count against a UNE, and when the machine's clock was set.
type Heart struct {
	g    *Gateway
	id   int64     // 0: no server listens, which is no time in which a party could come
	last time.Time // with the monotonic clock's reading, where now gives one
	full bool      // the disk has no room for uploads, and that was told
}

// Why our server was not up that did not end, as the log has it.
const (
	motivoSinLatidos = "sin_latidos" // its machine slept, it was stopped, or could not write
	motivoDiscoLleno = "disco_lleno" // it refused what the UNEs sent
)

// NewHeart records the start of the service; listens tells that its server is
// among what starts.
func NewHeart(ctx context.Context, g *Gateway, listens bool) (h *Heart, err error) {
	h = &Heart{g: g, last: g.now()}
	err = g.Store.Update(ctx, h.last, func(tx *store.Tx) (err error) {
		if listens {
			if h.id, err = tx.StartService(); err != nil {
				return err
			}
		}
		return tx.Log(store.Acto{Evento: bitacora.ServicioIniciado,
			Carga: bitacora.CargaServicio{Version: g.opts.Version}})
	})
	return h, err
}

// Stop records the end of the service.
func (h *Heart) Stop(ctx context.Context) error {
	room := h.room()
	return h.g.Store.Update(ctx, h.g.now(), func(tx *store.Tx) error {
		if h.id != 0 && room { // else it was over before, which the next start tells
			id, err := h.up(tx)
			if err != nil {
				return err
			}
			if err := tx.StopService(id); err != nil {
				return err
			}
		}
		return tx.Log(store.Acto{Evento: bitacora.ServicioTerminado,
			Carga: bitacora.CargaServicio{Version: h.g.opts.Version}})
	})
}

// Serve beats until ctx ends. A beat that could not be recorded makes the
// interval shorter, which harms nobody; where several could not, nothing that a UNE
// sent was recorded either, and what comes then is another interval.
func (h *Heart) Serve(ctx context.Context) error {
	t := time.NewTicker(beat)
	defer t.Stop()
	held := false
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
		if err := h.Beat(ctx); err != nil && ctx.Err() == nil {
			h.g.log.Error("heartbeat", zap.Error(err))
		}
		held = h.g.tidy(ctx, held)
	}
}

// tidy keeps the store's WAL small, and tells where a reader holds it; told is that it was.
func (g *Gateway) tidy(ctx context.Context, told bool) (held bool) {
	bytes, held, err := g.Store.Tidy(ctx)
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		g.log.Error("the store's WAL", zap.Error(err))
	}
	if held && !told {
		g.log.Warn("the store's WAL grows while a long question is answered, as by verify, export or score; "+
			"it is cut when that ends", zap.Int64("bytes", bytes))
	}
	return held
}

// Beat records that the server is up now.
func (h *Heart) Beat(ctx context.Context) error {
	now := h.g.now()
	return h.BeatAt(ctx, now, now.Sub(h.last))
}

// BeatAt records that the server is up, and that the clock was set where it shows
// another time than the one that passed.
func (h *Heart) BeatAt(ctx context.Context, now time.Time, passed time.Duration) error {
	was := h.last
	h.last = now
	off := now.Round(0).Sub(was.Round(0)) - passed
	room, id := h.room(), h.id
	err := h.g.Store.Update(ctx, now, func(tx *store.Tx) (err error) {
		if id != 0 && room {
			if id, err = h.up(tx); err != nil {
				return err
			}
		}
		if off.Abs() < step {
			return nil
		}
		return tx.Log(store.Acto{Evento: bitacora.RelojAjustado, Carga: bitacora.CargaReloj{
			Antes: schema.NewInstante(was.Add(passed)), Despues: schema.NewInstante(now),
			Segundos: int64(off.Seconds())}})
	})
	if err == nil {
		h.id, h.full = id, !room
	}
	return err
}

// up records that our server is up, and gives the interval. Where beats were missed
// before, as on a machine that slept, it was not: that is told as if it had been killed.
// So is a clock that was set ahead by as much, since nothing shows that a UNE could have
// come in that time. After one that was set back a further interval begins.
func (h *Heart) up(tx *store.Tx) (id int64, err error) {
	last, err := tx.UltimoLatido()
	if err != nil {
		return 0, err
	}
	motivo := motivoSinLatidos
	if h.full {
		motivo = motivoDiscoLleno
	}
	switch gap := tx.Now().Sub(last); {
	case gap.Abs() <= exchange.Brecha:
		return h.id, tx.Late(h.id)
	case gap < 0:
		return tx.ResumeService("")
	}
	if id, err = tx.ResumeService(motivo); err != nil {
		return 0, err
	}
	return id, tx.Log(store.Acto{Evento: bitacora.ServicioIniciado,
		Carga: bitacora.CargaServicio{Version: h.g.opts.Version}})
}

// room tells whether uploads have room on our disk: while they are refused for the want
// of it our server is as good as down to a UNE. Where no server listens there are none.
func (h *Heart) room() bool {
	if h.id == 0 {
		return true
	}
	err := h.g.uploads.Room(h.g.Config.Server.MinFree, h.g.Config.Server.MinInodes)
	if err != nil && !h.full {
		h.g.log.Error("uploads are refused, which counts as an outage of ours: make room on the disk",
			zap.Error(err))
	}
	h.full = h.full || err != nil
	return err == nil
}

// Pass records that our server was up since the last beat, however long ago that is: for
// a rehearsal, whose clock goes in steps.
func (h *Heart) Pass(ctx context.Context) error {
	h.last = h.g.now()
	return h.g.Store.Update(ctx, h.last, func(tx *store.Tx) error { return tx.Late(h.id) })
}
