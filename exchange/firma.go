package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"buzon/exchange/auditoria"
	"buzon/schema"
	"buzon/store"
)

// TipoPunto is the type of the files that hold a signed head of the log. It is
// none of the layout's: nobody answers it.
const TipoPunto schema.Tipo = "PTO"

// puntoNuevo is the newest head of the log in estado/.
const puntoNuevo = "bitacora.checkpoint"

// nombresPuntos are the files of the last heads in estado/, the newest first.
var nombresPuntos = [...]string{puntoNuevo, "bitacora_anterior.checkpoint"}

// Sign signs the head of the log as it is now and makes the file that CONDUSEF
// finds; UNEs find it in estado/. Where nothing happened since the last one, that
// one still holds.
func (c *Cycle) Sign(ctx context.Context) (p store.Punto, err error) {
	err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) (err error) {
		p, err = c.sign(tx)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("sign the log: %w", err)
	}
	return p, nil
}

func (c *Cycle) sign(tx *store.Tx) (p store.Punto, err error) {
	last, err := tx.UltimosPuntos(1)
	if err != nil {
		return p, err
	}
	size, err := tx.Eventos()
	if err != nil {
		return p, err
	}
	if len(last) == 1 && last[0].Tamano == size-1 { // what came since is the event that tells of it
		return last[0], nil
	}
	head := auditoria.Punto{Tamano: size, Momento: tx.Now()}
	if head.Raiz, err = tx.Raiz(size); err != nil {
		return p, err
	}
	if head.Simulacro, err = tx.Simulacro(); err != nil {
		return p, err
	}
	p = store.Punto{Tamano: size, Momento: tx.Now()}
	if p.Nota, err = auditoria.Sign(head, c.Sello.ID, c.Sello.Key); err != nil {
		return p, err
	}
	s, err := c.addPunto(tx, p)
	if err != nil {
		return p, err
	}
	if err := tx.AddPunto(p, head.Raiz, c.Sello.ID); err != nil {
		return p, err
	}
	return p, c.show(tx, s, nil)
}

// addPunto makes the file for CONDUSEF.
func (c *Cycle) addPunto(tx *store.Tx, p store.Punto) (*store.Salida, error) {
	h, bytes, err := c.Archivo.Add(strings.NewReader(p.Nota))
	if err != nil {
		return nil, err
	}
	dia := schema.DiaDe(p.Momento)
	nnn, err := tx.NextNNN(schema.ParteCONDUSEF, TipoPunto, dia, 1)
	if err != nil {
		return nil, err
	}
	s := &store.Salida{Parte: schema.ParteCONDUSEF, Carpeta: CarpetaEntrada, Tipo: TipoPunto, SHA256: h, Bytes: bytes,
		Nombre:  fmt.Sprintf("bitacora_%s_%d.checkpoint", strings.ReplaceAll(dia.String(), "-", ""), p.Tamano),
		Jornada: dia, Dia: dia, NNN: nnn}
	return s, tx.AddSalida(s)
}

// witness signs the log after each corte. Every party is shown that head, and can
// then tell whether anything before it is changed later.
func (c *Cycle) witness(ctx context.Context, inf *Informe) error {
	due := false
	err := c.Store.View(ctx, func(v *store.View) (err error) {
		due, err = v.PorFirmar()
		return err
	})
	if err == nil && due {
		_, err = c.Sign(ctx)
	}
	if err == nil && due {
		err = c.publishAll(ctx, false, inf)
	}
	return err
}

// seenPunto records that a party picked up the head of the log from its estado/.
func seenPunto(tx *store.Tx, r Recogida) error {
	if r.Nombre != puntoNuevo || !r.Cierre || !r.Tramos.Covers(r.Bytes) {
		return nil
	}
	all, err := tx.UltimosPuntos(len(nombresPuntos))
	for _, p := range all {
		if huellaDe(p) == r.SHA256 {
			return tx.AddTestigo(r.Parte, p.Tamano)
		}
	}
	return err
}

// huellaDe is the content under which a signed head is kept.
func huellaDe(p store.Punto) schema.Huella {
	sum := sha256.Sum256([]byte(p.Nota))
	return schema.Huella(hex.EncodeToString(sum[:]))
}
