package medida_test

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"buzon/schema"
)

const (
	documento  = "../../docs/rendimiento.md"
	todasFilas = "1000,10000,100000,1000000"
	todas      = "ciclo,guion,suelo"
	rondasPlan = 5

	// What CI runs, in TestJornada.
	filasCI  = "1000,10000"
	rondasCI = 1
)

var (
	flagFilas         = flag.String("filas", todasFilas, "records of the RECs")
	flagRondas        = flag.Int("rondas", rondasPlan, "rounds of each size")
	flagInstituciones = flag.Int("instituciones", 200, "institutions of the roll")
	flagFormas        = flag.String("formas", todas, "which forms")
	flagInforme       = flag.String("informe", documento, "file of the report")
	flagFecha         = flag.String("fecha", "", "day that the report bears, AAAA-MM-DD")
)

func TestMain(m *testing.M) {
	if rec := os.Getenv(envSuelo); rec != "" {
		if err := doSuelo(rec, os.Getenv(envHecho)); err != nil {
			log.Fatalf("suelo: %v", err)
		}
		return
	}
	os.Exit(m.Run())
}

// BenchmarkJornada measures every size and writes the report.
func BenchmarkJornada(b *testing.B) {
	desde := time.Now()
	i := &informe{
		fecha: fecha(b), formas: strings.Split(*flagFormas, ","),
		rondas: *flagRondas, instituciones: *flagInstituciones,
	}
	if i.rondas < 1 || i.instituciones < 1 {
		b.Fatal("-rondas and -instituciones begin at 1")
	}
	formas := prepara(b, i.formas)
	for _, filas := range numeros(b, *flagFilas) {
		b.Run(strconv.Itoa(filas), func(b *testing.B) {
			for range b.N {
				m := mideTodas(b, formas, i, filas)
				columnasDe(b, m)
				i.medidas = slices.DeleteFunc(i.medidas, func(o *medida) bool { return o.filas == filas })
				i.medidas = append(i.medidas, m)
			}
		})
	}
	if b.Failed() || len(i.medidas) == 0 {
		return // what failed is told, and the report of before stands
	}
	i.maquina = maquina(b, i.formas)
	i.duro = time.Since(desde)
	var out bytes.Buffer
	i.escribe(&out)
	fmt.Printf("\n%s\n", &out)
	if err := os.WriteFile(*flagInforme, out.Bytes(), 0o644); err != nil {
		b.Fatal(err)
	}
}

// prepara builds what the forms need.
func prepara(b *testing.B, nombres []string) map[string]forma {
	formas := map[string]forma{}
	for _, nombre := range nombres {
		switch nombre {
		case "ciclo":
			bin := filepath.Join(b.TempDir(), "buzon")
			if out, err := exec.Command("go", "build", "-o", bin,
				"buzon/cmd/buzon").CombinedOutput(); err != nil {
				b.Fatalf("go build: %v\n%s", err, out)
			}
			formas[nombre] = ciclo{bin}
		case "guion":
			if x := falta(); x != "" {
				b.Fatalf("%s is missing: apt-get install miller sqlite3, or leave the script out with "+
					"-formas ciclo,suelo", x)
			}
			formas[nombre] = guion{}
		case "suelo":
			formas[nombre] = suelo{}
		default:
			b.Fatalf("-formas: %q is none of %s", nombre, todas)
		}
	}
	return formas
}

// falta names the first of the script's tools that is missing; "" where none is.
func falta() string {
	for _, x := range []string{"bash", "sha256sum", "mlr", "sqlite3"} {
		if _, err := exec.LookPath(x); err != nil {
			return x
		}
	}
	return ""
}

// herramientas skips a test where one is missing, loudly, and fails in CI.
func herramientas(t *testing.T) {
	t.Helper()
	switch x := falta(); {
	case x == "":
	case os.Getenv("CI") == "true":
		t.Fatalf("%s is missing", x)
	default:
		t.Skipf("%s is missing: NOT MEASURED", x)
	}
}

// mideTodas lets the forms take turns over one REC.
func mideTodas(b *testing.B, formas map[string]forma, i *informe, filas int) *medida {
	base := b.TempDir()
	avisa("%s filas: se inventa el REC", miles(filas))
	d, err := inventa(base, filas, i.instituciones)
	if err != nil {
		b.Fatal(err)
	}
	m := &medida{filas: filas, bytes: d.bytes, corridas: map[string][]corrida{}}
	for ronda := range i.rondas {
		for _, nombre := range turno(i.formas, ronda) {
			avisa("%s filas, ronda %d de %d: %s", miles(filas), ronda+1, i.rondas, nombre)
			c, err := mide(b.Context(), formas[nombre], base, d)
			if err != nil {
				b.Fatalf("%d rows, round %d, %s: %v", filas, ronda+1, nombre, err)
			}
			i.piso = max(i.piso, c.piso)
			avisa("    %.2f s, %.0f MB de memoria, %.0f MB de disco", c.pared.Seconds(), mb(c.pico),
				mb(c.disco))
			m.corridas[nombre] = append(m.corridas[nombre], c)
		}
	}
	return m
}

// turno is the order of a round, counted from 0: every other one goes backwards, so
// that none always comes after the same.
func turno(formas []string, ronda int) []string {
	formas = slices.Clone(formas)
	if ronda%2 == 1 {
		slices.Reverse(formas)
	}
	return formas
}

// columnasDe reports a size in the columns of a benchmark.
func columnasDe(b *testing.B, m *medida) {
	b.ReportMetric(0, "ns/op") // of all forms together it says nothing
	for nombre := range m.corridas {
		b.ReportMetric(m.paredDe(nombre).Med, nombre+"-s")
	}
	for _, x := range comparadas {
		if r, ok := m.razon(x[0], x[1]); ok {
			b.ReportMetric(r.Med, x[0]+"/"+x[1])
		}
	}
}

// avisa tells on standard error how far the measurement is.
func avisa(f string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05")+"  "+f+"\n", args...)
}

func numeros(tb testing.TB, lista string) (all []int) {
	for s := range strings.SplitSeq(lista, ",") {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			tb.Fatalf("-filas: %q is no number of records", s)
		}
		all = append(all, n)
	}
	return all
}

func fecha(tb testing.TB) schema.Dia {
	if *flagFecha == "" {
		return schema.DiaDe(time.Now())
	}
	d, err := schema.ParseDia(*flagFecha)
	if err != nil {
		tb.Fatalf("-fecha: %v", err)
	}
	return d
}

// TestJornada runs the whole command at the sizes of CI. How long anything takes
// fails nothing.
func TestJornada(t *testing.T) {
	if raceDetector {
		t.Skip("it measures processes, and the tests without the detector run it")
	}
	herramientas(t)
	ruta := filepath.Join(t.TempDir(), "rendimiento.md")
	cmd := exec.CommandContext(t.Context(), os.Args[0],
		"-test.run=^$", "-test.bench=Jornada", "-test.benchtime=1x",
		"-filas="+filasCI, "-rondas="+strconv.Itoa(rondasCI), "-informe="+ruta, "-fecha=2026-03-02")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	informe, err := os.ReadFile(ruta)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(out, informe) {
		t.Error("the report is not printed as it is written")
	}
	for _, want := range []string{"2026-03-02", "Medición parcial", "SQLite", "Miller", runtimeVersion,
		"CI corre"} {
		if !bytes.Contains(informe, []byte(want)) {
			t.Errorf("the report lacks %q", want)
		}
	}
	for _, filas := range numeros(t, filasCI) {
		for _, x := range append(strings.Split(todas, ","), "ciclo/guion", "ciclo/suelo", "guion/suelo") {
			if n := bytes.Count(informe, fmt.Appendf(nil, "| %s | %s |", miles(filas), x)); n != 1 {
				t.Errorf("%d rows tell of %s at %d records", n, x, filas)
			}
		}
	}
	if n := bytes.Count(informe, []byte("sin medir")); n != len(metas) {
		t.Errorf("%d of %d bars are told as not measured\n%s", n, len(metas), informe)
	}
}
