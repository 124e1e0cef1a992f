package simulacro

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"buzon/schema"
)

// Errors of a check on an acuse. Any of them means that it proves nothing.
var (
	ErrSello   = errors.New("seal does not verify")
	ErrAjeno   = errors.New("acuse of other content")
	ErrOmitido = errors.New("verdicts do not match the records")
)

// Recibos is what came back for the files that were sent.
type Recibos struct {
	Acuses   []AcuseLeido
	Rechazos []RechazoLeido
}

// AcuseLeido is an ACU whose seal is right and tells of what was sent.
type AcuseLeido struct {
	Archivo   string
	Sello     schema.Sello
	Registros []schema.Acuse
}

// RechazoLeido is an RCH: the findings in one file.
type RechazoLeido struct {
	Archivo, Contesta string
	Hallazgos         []schema.Rechazo
}

// Acuses fetches the ACUs and RCHs that are new. Each ACU must bear the seal of a
// known key, the SHA-256 and size of the file that was sent, and one verdict for
// each of its records; what does not is an error, and is fetched again the next
// time. The others are given beside it.
func (u *Cliente) Acuses(ctx context.Context) (Recibos, error) {
	var got Recibos
	err := errors.Join(
		u.each(ctx, acuses, func(f archivo) error {
			ex, records, err := leer[schema.Acuse](u.acceso.Clave, f, schema.ACU)
			if err != nil {
				return err
			}
			if err := u.checkAcuse(ctx, ex, records); err != nil {
				return fmt.Errorf("%s: %w", f.nombre, err)
			}
			got.Acuses = append(got.Acuses, AcuseLeido{f.nombre, *ex.Sello, records})
			return nil
		}),
		u.each(ctx, rechazos, func(f archivo) error {
			ex, records, err := leer[schema.Rechazo](u.acceso.Clave, f, schema.RCH)
			if err == nil {
				got.Rechazos = append(got.Rechazos,
					RechazoLeido{f.nombre, ex.Encabezado.GeArchivoReferencia, records})
			}
			return err
		}),
	)
	if err != nil {
		return got, fmt.Errorf("une %s: acuses: %w", u.acceso.Clave, err)
	}
	return got, nil
}

func (u *Cliente) checkAcuse(ctx context.Context, ex *schema.Examen, records []schema.Acuse) error {
	s := ex.Sello
	key, known := u.acceso.Llaves[s.AcuLlaveId]
	if !known {
		return fmt.Errorf("%w: key %q is not known", ErrSello, s.AcuLlaveId)
	}
	if !s.Verificar(ex.AntesDelSello, key) {
		return fmt.Errorf("%w with key %s", ErrSello, s.AcuLlaveId)
	}
	if s.AcuArchivo != ex.Encabezado.GeArchivoReferencia {
		return fmt.Errorf("%w: the seal is of %s", ErrAjeno, s.AcuArchivo)
	}
	e, err := u.envio(ctx, s.AcuArchivo)
	if err != nil {
		return err
	}
	if s.AcuHash != e.huella || s.AcuBytes != schema.NewEntero(e.bytes) {
		return fmt.Errorf("%w: %s of %s bytes, sent %d", ErrAjeno, s.AcuArchivo, s.AcuBytes, e.bytes)
	}
	if len(records) != len(e.folios) {
		return fmt.Errorf("%w: %d verdicts on %d records", ErrOmitido, len(records), len(e.folios))
	}
	for i, r := range records {
		if r.RecFolioCondusef != e.folios[i] {
			return fmt.Errorf("%w: number %d is another folio", ErrOmitido, i+1)
		}
	}
	return nil
}

// envio tells what was sent under a name; what was sent in an earlier life is
// read back from the folder.
func (u *Cliente) envio(ctx context.Context, name string) (envio, error) {
	if e, ok := u.sent[name]; ok {
		return e, nil
	}
	content, err := u.fetch(ctx, respuestas, name)
	if err != nil {
		return envio{}, fmt.Errorf("what was sent: %w", err)
	}
	return newEnvio(name, content)
}

func newEnvio(name string, content []byte) (envio, error) {
	sum := sha256.Sum256(content)
	e := envio{huella: schema.Huella(hex.EncodeToString(sum[:])), bytes: int64(len(content))}
	ex, err := schema.Examine(name, opener(content), nil)
	if err != nil {
		return e, err
	}
	for l, err := range schema.Records[schema.Respuesta](ex) {
		if err != nil {
			return e, err
		}
		e.folios = append(e.folios, l.Registro.RecFolioCondusef)
	}
	return e, nil
}
