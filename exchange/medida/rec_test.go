package medida_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
)

// The day that is measured, and the moment that a gateway is told.
var (
	jornada = schema.NewDia(2026, time.March, 2)
	momento = jornada.At(18*3600 + 7*60 + 40)
)

const (
	primera = 900001 // clave of the first institution
	semilla = 12
	tanda   = 10_000 // records that are invented at a time, which keeps the measure small
)

// dia is one REC and what has to come of it.
type dia struct {
	ruta   string
	roll   []schema.Inscripcion
	filas  int
	bytes  int64
	huella schema.Huella
	lotes  sumas // of each institution that has records
}

// inventa writes a REC of so many records into a folder: the same bytes for the
// same numbers.
func inventa(dir string, filas, instituciones int) (*dia, error) {
	claves := make([]schema.UNE, instituciones)
	for i := range claves {
		claves[i] = schema.UNE(primera + i)
	}
	d := &dia{filas: filas, roll: inventor.Roll(claves)}
	d.ruta = filepath.Join(dir, inventor.NombreREC(jornada, 1).String())
	f, err := os.Create(d.ruta)
	if err != nil {
		return nil, fmt.Errorf("invent a REC: %w", err)
	}
	defer f.Close()
	if err := d.escribe(f); err != nil {
		return nil, fmt.Errorf("invent a REC: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("invent a REC: %w", err)
	}
	if d.lotes, err = sumaDe(f); err != nil {
		return nil, fmt.Errorf("read the invented REC: %w", err)
	}
	d.bytes, err = f.Seek(0, io.SeekCurrent)
	return d, err
}

func (d *dia) escribe(w io.Writer) error {
	out, err := schema.NewWriter(w, schema.Encabezado{
		GeTipoArchivo: schema.REC, GeVersion: schema.V0100, GeEmisor: schema.CONDUSEF,
		GeReceptor:       schema.Pasarela,
		GeFechaOperacion: jornada.Fecha(), GeSecuencia: "001",
		GeFechaHoraGeneracion: schema.NewInstante(momento),
	})
	if err != nil {
		return err
	}
	in := inventor.New(semilla)
	for n := 0; n < d.filas; {
		some := in.Dia(inventor.Pedido{Dia: jornada, N: min(tanda, d.filas-n), Instituciones: d.roll})
		for _, r := range some.Registros {
			n++
			r.RecNumero = schema.NewEntero(int64(n))
			if err := out.Write(r); err != nil {
				return err
			}
		}
	}
	_, err = out.Close()
	d.huella = out.Hash()
	return err
}

// copia puts the REC into a folder. Its time is set an hour back: a gateway that
// waits until a file has settled finds it settled.
func (d *dia) copia(dir string) error {
	from, err := os.Open(d.ruta)
	if err != nil {
		return err
	}
	defer from.Close()
	ruta := filepath.Join(dir, filepath.Base(d.ruta))
	to, err := os.Create(ruta)
	if err != nil {
		return err
	}
	defer to.Close()
	if _, err := io.Copy(to, from); err != nil {
		return err
	}
	antes := time.Now().Add(-time.Hour)
	return os.Chtimes(ruta, antes, antes)
}
