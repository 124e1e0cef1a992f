package exchange

import (
	"context"
	"errors"
	"slices"
	"time"

	"buzon/exchange/spans"
	"buzon/schema"
	"buzon/store"
	"buzon/store/bitacora"
)

// Lectura is what our own server saw of one handle on a file of ours: who held
// it, and which bytes it was sent.
type Lectura struct {
	Parte           schema.Parte // whose file
	Carpeta, Nombre string

	Cuenta, Llave, Direccion, Cliente, Algoritmos string

	Abierta, Cerrada, Primero, Ultimo time.Time     // the handle, and its first and last byte
	Inicio                            int64         // lowest offset that was asked for; -1 none
	Tramos                            spans.Set     // the bytes that were read
	Cierre                            bool          // the party closed it; false: its connection broke
	SHA256                            schema.Huella // of what was open: a name in estado/ has many contents
	Bytes                             int64         // its size
}

// maxTramos is how many spans of a handle its event names; the store has all.
const maxTramos = 16

// PickedUp records the evidence of a handle, and what all handles on that file
// together show. Of estado/ only the head of the log counts: who has it whole is a
// witness of it. LEEME.txt leaves nothing, and
// neither does a handle that read nothing of a file that was opened before.
//
// A file was picked up whole when the handles of the party together read every
// byte, and the last of them was closed by the party. The bytes of a handle whose
// connection broke may never have arrived. They count only as far as a later
// handle went on from them: a client that resumes asks from where its own copy
// ends.
func (c *Cycle) PickedUp(ctx context.Context, r Lectura) error {
	return c.Store.Update(ctx, c.Now(), func(tx *store.Tx) error {
		if r.Carpeta == schema.CarpetaEstado {
			return seenPunto(tx, r)
		}
		s, err := tx.SalidaPorNombre(r.Parte, r.Nombre)
		if errors.Is(err, store.ErrNotFound) ||
			err == nil && (s.Carpeta != r.Carpeta || s.SHA256 != r.SHA256) {
			return nil
		}
		if err != nil {
			return err
		}
		before, err := tx.Cobertura(s.ID)
		if err != nil {
			return err
		}
		if len(r.Tramos) == 0 && r.Inicio < 0 && s.Bytes > 0 && !before.Abierta.IsZero() {
			return nil
		}
		after, err := cover(tx, s, before, r)
		if err != nil {
			return err
		}
		h := store.Recogida{Cuenta: r.Cuenta, Fingerprint: r.Llave, Direccion: r.Direccion,
			Cliente: r.Cliente, Algoritmos: r.Algoritmos,
			Abierta: r.Abierta, Cerrada: r.Cerrada, Primero: r.Primero, Ultimo: r.Ultimo, Inicio: r.Inicio,
			Tramos: r.Tramos.String(), Cubiertos: r.Tramos.Bytes(), Cierre: r.Cierre,
			Completa: r.Cierre && r.Tramos.Covers(s.Bytes), Ronda: before.Veces + 1}
		return tx.AddRecogida(s, h, after, became(before, after, r),
			r.Tramos[:min(len(r.Tramos), maxTramos)].String())
	})
}

// became names the event that a handle is.
func became(before, after store.Cobertura, r Lectura) string {
	switch {
	case after.Veces > before.Veces && before.Veces > 0:
		return bitacora.ArchivoRecogidoOtra
	case after.Veces > before.Veces:
		return bitacora.ArchivoRecogido
	case len(r.Tramos) > 0:
		return bitacora.ArchivoLeidoEnParte
	}
	return bitacora.ArchivoAbierto
}

// cover adds a handle to what the handles of a file show. When they show the
// whole file the next one begins anew.
func cover(tx *store.Tx, s store.Salida, c store.Cobertura, r Lectura) (store.Cobertura, error) {
	counted, err := spans.Parse(c.Tramos)
	if err != nil {
		return c, err
	}
	ended := r.Cierre
	if r.Cierre {
		counted = counted.Union(r.Tramos)
	} else {
		later, err := tx.Reanudadas(s.ID, c.Veces+1)
		if err != nil {
			return c, err
		}
		for _, h := range later {
			if follows(h.Abierta, r.Ultimo) {
				counted = counted.Union(resumed(r.Tramos, h.Inicio))
				ended = ended || h.Cierre
			}
		}
	}
	if r.Inicio > 0 {
		cut, err := tx.Cortadas(s.ID, c.Veces+1)
		if err != nil {
			return c, err
		}
		for _, h := range cut {
			read, err := spans.Parse(h.Tramos)
			if err != nil {
				return c, err
			}
			if follows(r.Abierta, h.Ultimo) {
				counted = counted.Union(resumed(read, r.Inicio))
			}
		}
	}
	if c.Abierta.IsZero() {
		c.Abierta = r.Abierta
	}
	if c.Leida.IsZero() {
		c.Leida = r.Primero
	}
	c.Tramos = counted.String()
	if ended && counted.Covers(s.Bytes) {
		c.Veces++
		c.Tramos = ""
		if c.Completa.IsZero() {
			c.Completa = r.Cerrada
		}
	}
	return c, nil
}

// follows tells whether a handle was opened after the last byte of another one
// was read: it does not run beside it.
func follows(opened, last time.Time) bool { return !opened.Before(last) }

// resumed is what a client shows to have of the bytes of a handle that broke, by
// going on at an offset: the run of bytes that leads up to there.
func resumed(read spans.Set, at int64) spans.Set {
	i := slices.IndexFunc(read, func(p spans.Span) bool { return p.From < at && at <= p.To })
	if i < 0 {
		return nil
	}
	return spans.Set{{From: read[i].From, To: at}}
}

// disponible is how long our server must have been up since a LOT became visible
// before it can be said of anybody that he did not pick it up.
const disponible = time.Hour

// missing tells once of each LOT that nobody picked up by the hour, and once by
// its limit. An outage of ours never counts against a UNE: the event has the
// intervals in which our server was up, and it waits until they come to an hour.
func (c *Cycle) missing(ctx context.Context) error {
	now := c.Now()
	return c.Store.Update(ctx, now, func(tx *store.Tx) error {
		lotes, err := tx.PorRecoger()
		if err != nil {
			return err
		}
		cal, err := tx.Calendario()
		if err != nil {
			return err
		}
		for _, p := range lotes {
			plazo, hasta := c.late(cal, p, now)
			if plazo == "" {
				continue
			}
			up, err := tx.Arriba(p.Publicado, now)
			if err != nil {
				return err
			}
			cov, err := tx.Cobertura(p.ID)
			if err != nil {
				return err
			}
			total, detail := uptime(up)
			if total < disponible {
				continue
			}
			if err := tx.AddNoRecogido(p,
				bitacora.CargaSinRecoger{Plazo: plazo, Hasta: schema.NewInstante(hasta),
					Publicado: schema.NewInstante(p.Publicado), Estado: cov.Estado(), Registros: p.Registros,
					ServidorSegundos: int64(total.Seconds()), Servidor: detail}); err != nil {
				return err
			}
		}
		return nil
	})
}

// late tells by which of its moments a LOT should have been picked up and was
// not; "" none that was not told of yet.
func (c *Cycle) late(cal *schema.Calendario, p store.PorRecoger,
	now time.Time) (plazo string, hasta time.Time) {
	if p.Limite != 0 {
		if end := p.Limite.At(c.Plazos.FinDePlazo); now.After(end) {
			return store.PlazoLimite, end
		}
	}
	hour := cal.Siguiente(schema.DiaDe(p.Publicado)).At(c.Plazos.Recogida)
	if p.Hora || now.Before(hour) {
		return "", time.Time{}
	}
	return store.PlazoHora, hour
}

// maxIntervalos is how many intervals an event names, the last ones.
const maxIntervalos = 50

func uptime(up []store.Intervalo) (total time.Duration, detail []string) {
	detail = []string{}
	for _, i := range up {
		total += i.Duracion()
	}
	for _, i := range up[max(0, len(up)-maxIntervalos):] {
		detail = append(detail, string(schema.NewInstante(i.Desde))+"/"+string(schema.NewInstante(i.Hasta)))
	}
	return total, detail
}
