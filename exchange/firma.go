package exchange

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"

	"buzon/exchange/archivo"
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

// A Firmante signs for the gateway, with one key: it seals acuses, and signs the heads
// of the log.
type Firmante struct {
	ID  string // under which parties find the public half
	key ed25519.PrivateKey
}

// NewFirmante makes who signs with a key.
func NewFirmante(id string, key ed25519.PrivateKey) Firmante { return Firmante{id, key} }

// Publica is the public half of its key.
func (f Firmante) Publica() ed25519.PublicKey { return f.key.Public().(ed25519.PublicKey) }

// Sello is its key as the store registers it.
func (f Firmante) Sello() store.LlaveDeSello {
	return store.LlaveDeSello{ID: f.ID, Publica: base64.StdEncoding.EncodeToString(f.Publica())}
}

// seal signs line 03 of an acuse, whose lines before it have the hash d.
func (f Firmante) seal(s *schema.Sello, d schema.Huella) {
	s.AcuLlaveId = f.ID
	s.Sellar(d, f.key)
}

// Sign signs the head of the log as the transaction has it, and makes the file that
// CONDUSEF gets, which is not visible yet. Where nothing happened since the last one,
// that one still holds, and s is nil.
func (f Firmante) Sign(tx *store.Tx,
	contents *archivo.Contenidos) (p store.Punto, s *store.Salida, err error) {
	last, err := tx.UltimosPuntos(1)
	if err != nil {
		return p, nil, err
	}
	size, err := tx.Eventos()
	if err != nil {
		return p, nil, err
	}
	if len(last) == 1 && last[0].Tamano == size-1 { // what came since is the event that tells of it
		return last[0], nil, nil
	}
	head := auditoria.PuntoLeido{Tamano: size, Momento: tx.Now()}
	if head.Raiz, err = tx.Raiz(size); err != nil {
		return p, nil, err
	}
	if head.Simulacro, err = tx.Simulacro(); err != nil {
		return p, nil, err
	}
	p = store.Punto{Tamano: size, Momento: tx.Now()}
	if p.Nota, err = auditoria.Sign(head, f.ID, f.key); err != nil {
		return p, nil, err
	}
	if s, err = addPunto(tx, contents, p); err != nil {
		return p, nil, err
	}
	return p, s, tx.AddPunto(p, head.Raiz, f.ID)
}

// addPunto makes the file for CONDUSEF.
func addPunto(tx *store.Tx, contents *archivo.Contenidos, p store.Punto) (*store.Salida, error) {
	h, bytes, err := contents.Add(strings.NewReader(p.Nota))
	if err != nil {
		return nil, err
	}
	dia := schema.DiaDe(p.Momento)
	nnn, err := tx.NextNNN(schema.ParteCONDUSEF, TipoPunto, dia, 1)
	if err != nil {
		return nil, err
	}
	nombre := fmt.Sprintf("bitacora_%s_%d.checkpoint", strings.ReplaceAll(dia.String(), "-", ""), p.Tamano)
	if used, err := tx.Dado(schema.ParteCONDUSEF, nombre); err != nil {
		return nil, err
	} else if used { // by one of as many events, of before an epoch
		epoca, err := tx.Epoca()
		if err != nil {
			return nil, err
		}
		nombre = fmt.Sprintf("%s_%d.checkpoint", strings.TrimSuffix(nombre, ".checkpoint"), epoca)
	}
	s := &store.Salida{Parte: schema.ParteCONDUSEF, Carpeta: schema.CarpetaEntrada, Tipo: TipoPunto,
		SHA256: h, Bytes: bytes, Nombre: nombre,
		Jornada: dia, Dia: dia, NNN: nnn}
	return s, tx.AddSalida(s)
}

// Sign signs the head of the log as it is now: CONDUSEF gets it as a file, UNEs find
// it in estado/.
func (c *Cycle) Sign(ctx context.Context) (p store.Punto, err error) {
	err = c.Store.Update(ctx, c.Now(), func(tx *store.Tx) (err error) {
		var s *store.Salida
		if p, s, err = c.Firmante.Sign(tx, c.Archivo); err != nil || s == nil {
			return err
		}
		return c.show(tx, s, nil)
	})
	if err != nil {
		return p, fmt.Errorf("sign the log: %w", err)
	}
	return p, nil
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
func seenPunto(tx *store.Tx, r Lectura) error {
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
