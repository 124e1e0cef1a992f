package medida_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"buzon/exchange/exchangetest"
	"buzon/schema"
)

// forma is one way to do the day's work. Each run has a folder of its own, and
// only the command is timed.
type forma interface {
	prepara(dir string, d *dia) error
	orden(ctx context.Context, dir string, d *dia) *exec.Cmd

	// visto says when all that it is to show was to be seen, by what it said on standard
	// error; zero: when its command ended.
	visto(errores []byte) (time.Time, error)

	// comprueba reads what the command left and said, and says what was not done.
	comprueba(dir string, d *dia, dijo []byte) error

	// deja names the database, and the folders that hold all that was left.
	deja(dir string) (base string, carpetas []string)
}

// ciclo is one run of the gateway, with every institution new to it.
type ciclo struct{ buzon string }

func (c ciclo) prepara(dir string, d *dia) error {
	casa := filepath.Join(dir, "g")
	if out, err := exec.Command(c.buzon, "init", casa, "--simulacro").CombinedOutput(); err != nil {
		return fmt.Errorf("buzon init: %w\n%s", err, out)
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"clave", "denominacion", "sector"}}
	for _, in := range d.roll {
		rows = append(rows, []string{string(in.Clave.Clave()), in.Denominacion, in.Sector})
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(casa, "padron.csv"), b.Bytes(), 0o600); err != nil {
		return err
	}
	config := filepath.Join(casa, "buzon.yaml") // its log tells when a LOT was to be seen
	text, err := os.ReadFile(config)
	if err != nil {
		return err
	}
	debug := bytes.Replace(text, []byte("level: info"), []byte("level: debug"), 1)
	if bytes.Equal(debug, text) {
		return fmt.Errorf("%s: no log level", config)
	}
	if err := os.WriteFile(config, debug, 0o600); err != nil {
		return err
	}
	return d.copia(filepath.Join(casa, "condusef", "salida"))
}

// visto is when the last LOT was.
func (ciclo) visto(errores []byte) (last time.Time, err error) {
	for line := range bytes.Lines(errores) {
		var said struct {
			TS        time.Time
			Msg, File string
		}
		if json.Unmarshal(line, &said) == nil && said.Msg == "published" &&
			strings.HasPrefix(said.File, "GE_LOT_") && said.TS.After(last) {
			last = said.TS
		}
	}
	if last.IsZero() {
		err = errors.New("its log tells of no LOT")
	}
	return last, err
}

func (c ciclo) orden(ctx context.Context, dir string, _ *dia) *exec.Cmd {
	return exec.CommandContext(ctx, c.buzon, "run", "--json", "--config",
		filepath.Join(dir, "g", "buzon.yaml"),
		"--date", jornada.String(), "--now", momento.Format(time.RFC3339))
}

func (c ciclo) comprueba(dir string, d *dia, dijo []byte) error {
	var informe struct {
		Registros  int `json:"records_received"`
		Rehusados  int `json:"records_refused"`
		Lotes      int `json:"lots_published"`
		Entregadas int `json:"folios_delivered"`
	}
	if err := json.Unmarshal(dijo, &informe); err != nil {
		return fmt.Errorf("report of buzon run: %w", err)
	}
	todas := informe.Registros == d.filas && informe.Rehusados == 0 && informe.Entregadas == d.filas
	if !todas || informe.Lotes != len(d.lotes) {
		return fmt.Errorf("buzon run reported %+v, want %d records in %d LOTs", informe, d.filas,
			len(d.lotes))
	}
	casa := filepath.Join(dir, "g")
	rec := schema.Nombre{Tipo: schema.REC, Dia: jornada, NNN: 1}.String()
	if err := entero(filepath.Join(casa, "condusef", "entrada", "GE_ACU_"+rec[len("GE_"):])); err != nil {
		return err
	}
	visto := filepath.Join(dir, "visto")
	if err := exchangetest.Espejo(filepath.Join(casa, "datos"), visto); err != nil {
		return err
	}
	ruta := func(u schema.UNE) string {
		lote := schema.Nombre{Tipo: schema.LOT, UNE: u, Dia: jornada, NNN: 1}
		return filepath.Join(visto, u.String(), "reclamaciones", lote.String())
	}
	for une := range d.lotes {
		if err := entero(ruta(une)); err != nil {
			return err
		}
	}
	return d.compruebaLotes(filepath.Join(visto, "*", "reclamaciones", "*"), ruta)
}

func (c ciclo) deja(dir string) (string, []string) {
	datos := filepath.Join(dir, "g", "datos")
	return filepath.Join(datos, "buzon.db"), []string{datos, filepath.Join(dir, "g", "condusef", "entrada")}
}

func abre(ruta string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(ruta) }
}

// entero tells whether a file of the layout is whole, its hash included.
func entero(ruta string) error {
	ex, err := schema.Examine(filepath.Base(ruta), abre(ruta), nil)
	if err != nil {
		return err
	}
	if ex.Rechazado() {
		return fmt.Errorf("%s is not whole: %s", ex.Archivo, ex.Codigo())
	}
	return nil
}

// guion is the script.
type guion struct{}

func (guion) visto([]byte) (time.Time, error) { return time.Time{}, nil }

func (guion) prepara(dir string, _ *dia) error { return os.Mkdir(filepath.Join(dir, "hecho"), 0o700) }

func (guion) orden(ctx context.Context, dir string, d *dia) *exec.Cmd {
	return exec.CommandContext(ctx, "./guion.sh", d.ruta, filepath.Join(dir, "hecho"))
}

func (guion) comprueba(dir string, d *dia, _ []byte) error {
	hecho := filepath.Join(dir, "hecho")
	huella, err := os.ReadFile(filepath.Join(hecho, "rec.sha256"))
	if err != nil {
		return err
	}
	if !bytes.HasPrefix(huella, []byte(d.huella+" ")) {
		return fmt.Errorf("hash %.64s, want %s", huella, d.huella)
	}
	if err := d.compruebaTabla(filepath.Join(hecho, "tabla.db")); err != nil {
		return err
	}
	return d.compruebaLotes(filepath.Join(hecho, "lotes", "*"), func(u schema.UNE) string {
		return filepath.Join(hecho, "lotes", fmt.Sprintf("lote_%s.txt", u.Clave()))
	})
}

func (guion) deja(dir string) (string, []string) {
	hecho := filepath.Join(dir, "hecho")
	return filepath.Join(hecho, "tabla.db"), []string{hecho}
}
