package medida_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"buzon/schema"
	"buzon/store"
)

var runtimeVersion = runtime.Version()

// informe is all that was measured.
type informe struct {
	fecha         schema.Dia
	formas        []string
	rondas        int
	instituciones int
	medidas       []*medida
	maquina       string
	piso          int64 // the largest of a run
	duro          time.Duration
}

// medida is of one size; the runs of each form are in the order of the rounds.
type medida struct {
	filas    int
	bytes    int64
	corridas map[string][]corrida
}

// tres is a figure over the rounds.
type tres struct{ Min, Med, Max float64 }

func tresDe(all []float64) tres {
	all = slices.Sorted(slices.Values(all))
	n := len(all)
	return tres{all[0], (all[(n-1)/2] + all[n/2]) / 2, all[n-1]}
}

// comparadas are the pairs of which ratios are told.
var comparadas = [][2]string{{"ciclo", "guion"}, {"ciclo", "suelo"}, {"guion", "suelo"}}

// razon is the wall time of a by that of b, in the same round; false where one of
// them was not measured.
func (m *medida) razon(a, b string) (tres, bool) {
	de, entre := m.corridas[a], m.corridas[b]
	if len(de) == 0 || len(de) != len(entre) {
		return tres{}, false
	}
	var all []float64
	for i := range de {
		all = append(all, de[i].pared.Seconds()/entre[i].pared.Seconds())
	}
	return tresDe(all), true
}

func (m *medida) sobre(forma string, figura func(corrida) float64) tres {
	var all []float64
	for _, c := range m.corridas[forma] {
		all = append(all, figura(c))
	}
	return tresDe(all)
}

func (m *medida) paredDe(forma string) tres {
	return m.sobre(forma, func(c corrida) float64 { return c.pared.Seconds() })
}

func (m *medida) picoDe(forma string) float64 {
	return m.sobre(forma, func(c corrida) float64 { return mb(c.pico) }).Max
}

// partesDe are its contents and its database, over the bytes of the REC.
func (m *medida) partesDe(forma string) (contenidos, base float64) {
	contenidos = m.sobre(forma, func(c corrida) float64 { return float64(c.suyos) }).Max
	base = m.sobre(forma, func(c corrida) float64 { return float64(c.base) }).Max
	return contenidos / float64(m.bytes), base / float64(m.bytes)
}

func (m *medida) discoDe(forma string) float64 {
	return m.sobre(forma, func(c corrida) float64 { return float64(c.disco) }).Max / float64(m.bytes)
}

// escribe writes the report.
func (i *informe) escribe(w io.Writer) {
	slices.SortFunc(i.medidas, func(a, b *medida) int { return cmp.Compare(a.filas, b.filas) })
	i.cabeza(w)
	fmt.Fprint(w, "\n## Tiempo, memoria y disco\n\n",
		"Tiempo de reloj y de procesador: mediana de las rondas, en segundos. Reloj: hasta que lo\n",
		"hecho está a la vista; orden: hasta que la orden termina. Memoria: lo más que tuvo\n",
		"residente un solo proceso. Disco: lo que queda al final, entre los bytes del REC.\n\n",
		"| filas | forma | reloj | de | a | orden | procesador | µs por fila | memoria, MB | disco / REC |\n",
		"|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, m := range i.medidas {
		for _, f := range i.formas {
			t := m.paredDe(f)
			cpu := m.sobre(f, func(c corrida) float64 { return c.cpu.Seconds() })
			orden := m.sobre(f, func(c corrida) float64 { return c.orden.Seconds() })
			fmt.Fprintf(w, "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f | %.0f | %.2f |\n",
				miles(m.filas), f,
				t.Med, t.Min, t.Max, orden.Med, cpu.Med, t.Med*1e6/float64(m.filas), m.picoDe(f),
				m.discoDe(f))
		}
	}
	fmt.Fprint(w, "\n## Razones\n\nDel tiempo de reloj, dentro de la misma ronda.\n\n",
		"| filas | razón | mínima | mediana | máxima |\n|---:|---|---:|---:|---:|\n")
	for _, m := range i.medidas {
		for _, x := range comparadas {
			if r, ok := m.razon(x[0], x[1]); ok {
				fmt.Fprintf(w, "| %s | %s/%s | %.2f | %.2f | %.2f |\n", miles(m.filas), x[0], x[1], r.Min,
					r.Med, r.Max)
			}
		}
	}
	fmt.Fprint(w, "\n## Metas\n\nDel ciclo. Una que no se alcanza se dice, y no hace fallar nada.\n\n",
		"| meta | a lo más | medido | |\n|---|---:|---:|---|\n")
	for _, x := range metas {
		fmt.Fprintf(w, "| %s | %g | %s |\n", x.texto, x.limite, x.juicio(i))
	}
}

const orden = "go test ./exchange/medida -run '^$' -bench Jornada -benchtime 1x -timeout 3h"

func (i *informe) cabeza(w io.Writer) {
	fmt.Fprint(w, "# Rendimiento\n\nLo escribe esta orden, que también lo imprime; no se edita a mano:\n\n")
	fmt.Fprintf(w, "```sh\n%s\n```\n\n", orden)
	if i.parcial() {
		fmt.Fprintf(w, "**Medición parcial**: la completa es de %s filas, %d rondas, las tres formas.\n\n",
			enumera(todasFilas), rondasPlan)
	}
	fmt.Fprintf(w,
		"* %s; %d instituciones; rondas: %d, una de cada dos en orden inverso. La medición duró %s.\n",
		i.fecha, i.instituciones, i.rondas, i.duro.Round(time.Second))
	fmt.Fprintf(w, "* %s.\n", i.maquina)
	fmt.Fprint(w, "* `ciclo`: `buzon run` en una pasarela nueva, del REC en la carpeta de la CONDUSEF\n",
		"  al último LOT a la vista, según su registro; después la orden le dice a cada UNE en\n",
		"  `estado/` cómo está, y cierra. Su hora la fija `--now`: nada espera `source.settle`.\n",
		"* `guion`: `exchange/medida/guion.sh`, con `sha256sum`, `mlr split`, `sync` de cada archivo\n",
		"  y `sqlite3 .import`.\n",
		"* `suelo`: leer y juzgar con el paquete `schema`, una fila angosta durable, un archivo\n",
		"  por institución con `fsync`.\n",
		"* Después de cada corrida se lee todo lo que dejó: si falta un registro la medición falla.\n")
	fmt.Fprintf(w, "* Una memoria de menos de %.0f MB no se distingue: es la que tiene quien mide.\n",
		mb(i.piso))
	fmt.Fprintf(w, "* CI corre %s filas, rondas: %d (`TestJornada`). Comprueba lo hecho y el informe;\n",
		enumera(filasCI), rondasCI)
	fmt.Fprint(w, "  los tiempos no hacen fallar nada.\n")
}

func (i *informe) parcial() bool {
	var filas []string
	for _, m := range i.medidas {
		filas = append(filas, fmt.Sprint(m.filas))
	}
	return strings.Join(filas, ",") != todasFilas || strings.Join(i.formas, ",") != todas ||
		i.rondas < rondasPlan
}

// maquina describes what it was measured on.
func maquina(tb testing.TB, formas []string) string {
	sqlite, err := store.SQLiteVersion()
	if err != nil {
		tb.Fatal(err)
	}
	all := []string{
		fmt.Sprintf("%d procesadores%s, %s/%s", runtime.NumCPU(), procesador(), runtime.GOOS, runtime.GOARCH),
		"disco " + sistemaDeArchivos(tb),
		"un `fsync` de 4 KiB tarda " + fsync(tb).Round(10*time.Microsecond).String(),
		runtimeVersion, "SQLite " + sqlite,
	}
	if slices.Contains(formas, "guion") {
		all = append(all, "Miller "+version(tb, "mlr"), "`sqlite3` "+version(tb, "sqlite3"))
	}
	return strings.Join(all, "; ")
}

// procesador is what Linux calls it, after a blank; "" where it does not say.
func procesador() string {
	b, _ := os.ReadFile("/proc/cpuinfo")
	_, after, _ := strings.Cut(string(b), "model name")
	line, _, _ := strings.Cut(after, "\n")
	return strings.TrimRight(" "+strings.TrimLeft(line, "\t :"), " ")
}

// sistemaDeArchivos names the file system of the temporary folder: on one in memory
// nothing is ever synced.
func sistemaDeArchivos(tb testing.TB) string {
	var st syscall.Statfs_t
	if err := syscall.Statfs(tb.TempDir(), &st); err != nil {
		tb.Fatal(err)
	}
	names := map[int64]string{
		0xef53: "ext4", 0x58465342: "xfs", 0x9123683e: "btrfs",
		0x794c7630: "overlay", 0x01021994: "tmpfs (¡en memoria!)",
	}
	return cmp.Or(names[int64(st.Type)], fmt.Sprintf("%#x", st.Type))
}

// fsync is the median that one takes after 4 KiB.
func fsync(tb testing.TB) time.Duration {
	f, err := os.Create(filepath.Join(tb.TempDir(), "fsync"))
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	var all []float64
	for range 50 {
		if _, err := f.Write(make([]byte, 4096)); err != nil {
			tb.Fatal(err)
		}
		desde := time.Now()
		if err := f.Sync(); err != nil {
			tb.Fatal(err)
		}
		all = append(all, float64(time.Since(desde)))
	}
	return time.Duration(tresDe(all).Med)
}

// version is what a program calls its own, without its name.
func version(tb testing.TB, programa string) string {
	out, err := exec.Command(programa, "--version").Output()
	if err != nil {
		tb.Fatal(err)
	}
	f := strings.Fields(strings.TrimPrefix(string(bytes.TrimSpace(out)), programa))
	return f[0]
}

// mb is in millions of bytes.
func mb(bytes int64) float64 { return float64(bytes) / 1e6 }

// miles writes a number with commas.
func miles(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// enumera writes the numbers of a list as a sentence has them.
func enumera(lista string) string {
	all := strings.Split(lista, ",")
	for i, s := range all {
		n, _ := strconv.Atoi(s)
		all[i] = miles(n)
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " y " + all[last]
}
