// Verificador checks, on an auditor's own machine, what the gateway Buzón hands
// out about its log: an export, the proof that an acuse is in the log, the proof
// that one checkpoint goes on from another. It was written from docs/bitacora.md
// alone, shares no code with the gateway, uses the standard library only, and
// needs neither database nor network.
//
// What it proves: that the events shown are those that the signed root covers,
// in their order, with none left out between the first and the last, and every act
// whole that goes over several of them; with an older checkpoint, that nothing of
// what it covered was changed, removed or put into another order.
//
// What it does not prove: that the keys in the list are the gateway's (the
// auditor has them from a source that he trusts); that a history rebuilt whole
// with the real key is the real one, unless an older checkpoint is given; that
// the events were true when they were written; that events outside of the run
// shown do not belong to the time asked for, since nobody signs the question.
//
// Exit codes: 0 correct, 1 not correct, 2 cannot be judged.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
)

const uso = `Verifica una exportación o una prueba de la bitácora de Buzón, sin red ni base de datos.

  verificador -llaves llaves.txt [-punto viejo.checkpoint] [-json] exportacion.zip
  verificador -llaves llaves.txt [-acuse ACU.txt] [-json] prueba.json

  -llaves  las llaves públicas en que se confía (estado/llaves.txt)
  -punto   un punto de control anterior, guardado por quien verifica
  -acuse   el archivo ACU del que habla la prueba
  -json    un objeto JSON en vez de texto

Ejemplos:
  verificador -llaves llaves.txt -punto 20260301.checkpoint exportacion.zip
  verificador -llaves llaves.txt -acuse GE_ACU_00900001_20260318_001.txt prueba.json
  verificador -llaves llaves.txt -punto 20260301.checkpoint consistencia.json

La última línea es el VEREDICTO. Sale con 0 si es correcto, con 1 si no lo es,
con 2 si no se puede juzgar.
`

func main() { os.Exit(run(os.Args[1:], os.Stdout)) }

// An auditoria is one run: what is trusted, and what is said.
type auditoria struct {
	llaves []llave
	viejo  *punto
	acuse  string // the path of the ACU, "" for none
	informe
}

// run verifies what args ask for, writes the report to out and returns the exit code.
func run(args []string, out io.Writer) int {
	fs := flag.NewFlagSet("verificador", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	llaves, viejo := fs.String("llaves", "", ""), fs.String("punto", "", "")
	acuse, asJSON := fs.String("acuse", "", ""), fs.Bool("json", false, "")
	err := fs.Parse(args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(out, uso)
		return 0
	}
	a := auditoria{acuse: *acuse}
	a.Comprobado, a.Observaciones = []string{}, []string{}
	switch {
	case err != nil:
		err = errors.New("las opciones están mal escritas; -h explica el uso")
	case *llaves == "" || fs.NArg() != 1:
		err = errors.New("faltan -llaves o el archivo, o sobra algo después de él; -h explica el uso")
	default:
		a.Archivo = fs.Arg(0)
		if err = a.trust(*llaves, *viejo); err == nil {
			return a.finish(a.file(a.Archivo), *asJSON, out)
		}
	}
	return a.finish(sinJuicio{err}, *asJSON, out)
}

// finish prints the report. A report that could not be printed is no verdict.
func (a *auditoria) finish(verdict error, asJSON bool, out io.Writer) int {
	code := a.conclude(verdict)
	write := a.write
	if asJSON {
		write = a.writeJSON
	}
	if write(out) != nil {
		return 2
	}
	return code
}

// trust reads what the auditor brings along; if that is no good, nothing can be judged.
func (a *auditoria) trust(llaves, viejo string) error {
	b, err := readFile(llaves)
	if err != nil {
		return err
	}
	if a.llaves, err = readLlaves(b); err != nil {
		return fmt.Errorf("%s: %w", llaves, err)
	}
	if viejo == "" {
		return nil
	}
	if b, err = readFile(viejo); err != nil {
		return err
	}
	p, err := readPunto(b, a.llaves)
	if err != nil {
		return fmt.Errorf("%s: %w", viejo, err)
	}
	a.viejo = &p
	return nil
}

// readFile reads a file of at most maxMiembro bytes.
func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxMiembro+1))
	if err == nil && len(b) > maxMiembro {
		err = fmt.Errorf("%s: mide más de %d bytes", path, maxMiembro)
	}
	return b, err
}

// file verifies an export or a proof, whichever the content is.
func (a *auditoria) file(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return sinJuicio{err}
	}
	defer f.Close()
	head := make([]byte, 2)
	if _, err := f.ReadAt(head, 0); err != nil && err != io.EOF {
		return sinJuicio{err}
	}
	if !bytes.Equal(head, []byte("PK")) {
		b, err := readFile(path)
		if err != nil {
			return sinJuicio{err}
		}
		return a.prueba(b)
	}
	if a.acuse != "" {
		return sinJuicio{errors.New("-acuse es para la prueba de un acuse, y esto es una exportación")}
	}
	info, err := f.Stat()
	if err != nil {
		return sinJuicio{err}
	}
	return a.exportacion(f, info.Size())
}
