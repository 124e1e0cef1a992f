package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"buzon/exchange/ficha"
	"buzon/exchange/idatu"
	"buzon/exchange/puntaje"
	"buzon/schema"
)

// scoreFlags are how score was called.
type scoreFlags struct {
	path, counts, bounds, institution, format string
	export, keys                              string
	from, to, asOf                            string
	evidence                                  int
	asJSON                                    bool
}

// scoreFormats are the ways in which a score, and the evidence behind it, are
// written.
var scoreFormats = map[string]struct {
	score    func(io.Writer, *puntaje.Puntuado) error
	evidence func(io.Writer, *puntaje.Evidencia) error
}{
	"table": {printScore, printEvidence},
	"csv":   {puntaje.WriteCSV, puntaje.WriteEvidenciaCSV},
	"json":  {puntaje.WriteJSON, puntaje.WriteEvidenciaJSON},
	"html":  {printFicha, nil},
}

const scoreLong = `Score institutions by the Índice de Desempeño de Atención a Usuarios, method of
2018: Gestión Electrónica (GE) from the log of a gateway, the rest from a file of
counts; or all of it from the file, then no configuration is needed.

--export FILE counts from an export of the whole log, as 'buzon export' writes it,
the same bytes that the log gives at the same --as-of, and needs no configuration.
It is checked first as verificador checks it, by the keys in the file --keys: with a
bad one nothing is counted. Without --as-of it is the moment of its checkpoint.

From the log count the asuntos that were concluded from the day --from to the day
--to, both included, as the log held them at --as-of, with the calendar of then:
the same call gives the same bytes, whatever came since. Without --as-of it is
now, in a rehearsal its last event. Each sector of the roll is measured by itself.
--evidence N lists the folios behind criterion N of GE, with hours of
America/Mexico_City. --format html is the sheet of one institution as one page that
prints: accumulated and, from the log, by quarter.

--counts is CSV with the columns
  %s
proceso is GE, GO or CO, criterio the number in the process's own list, both numbers
whole, days of the mean times in all. The criteria are 1 to 10 of GE; 1, 2, 4, 5, 6,
8, 9 and 10 of GO, which keeps the numbers of GE; 1 to 4 of CO. What each counts is
in docs/puntuacion.md, in Spanish. The institutions in it make the sector that each
is measured by; one without rows of GE has not joined, and has 0.00 there; one without
rows of CO has no IDATU. Who concluded nothing in a process (criterion 4 of 0; in CO,
1) has no mark there and is not in its mean; without a mark in GE or CO, no IDATU. Any
other process needs a row of each criterion: an absent one is not taken for 0 of 0,
which would give it all its points. Beside a log it brings GO and CO, and other
institutions of the sector that is asked for.

--bounds is CSV with the columns
  %s
valor is indice or participacion, the bounds in the value's own unit (%%, or días
hábiles). They stand instead of the method's, as where the rest of the sector is not
at hand.

In both a line that begins with # is a remark. Numbers are computed without
rounding, written with two decimals, and unrounded as JSON.`

func scoreCmd() *cobra.Command {
	var f scoreFlags
	c := &cobra.Command{
		Use:   "score",
		Short: "Score institutions by the IDATU, from the log and from counts in a file",
		Long: fmt.Sprintf(scoreLong, strings.Join(idatu.ColumnasConteo(), ","),
			strings.Join(idatu.ColumnasLimite(), ",")),
		Example: `  buzon score -c gateway/buzon.yaml --from 2026-01-01 --to 2026-06-30
  buzon score -c gateway/buzon.yaml --from 2026-01-01 --to 2026-06-30 --as-of 2026-07-15T12:00:00-06:00 --counts go-y-co.csv --json
  buzon score -c gateway/buzon.yaml --from 2026-01-01 --to 2026-06-30 --institution 900001 --evidence 1
  buzon score -c gateway/buzon.yaml --from 2026-01-01 --to 2026-06-30 --institution 900001 --format html > ficha.html
  buzon score --export todo.zip --keys llaves.txt --from 2026-01-01 --to 2026-06-30 --as-of 2026-07-15
  buzon score --counts conteos.csv --bounds limites.csv --institution 900001 --json
  buzon score --counts conteos.csv --format csv > idatu.csv`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return f.run(c) },
	}
	configFlag(c, &f.path)
	c.Flags().StringVar(&f.from, "from", "", "the first day on which an asunto was concluded, AAAA-MM-DD")
	c.Flags().StringVar(&f.to, "to", "", "the last day, included")
	c.Flags().StringVar(&f.asOf, "as-of", "",
		"what the log held at this moment, RFC 3339, or at the beginning of this day; now")
	c.Flags().StringVar(&f.export, "export", "", "count from this export of a log instead of a gateway's log")
	c.Flags().StringVar(&f.keys, "keys", "",
		"the keys that are trusted for --export, such as estado/llaves.txt")
	c.Flags().StringVar(&f.counts, "counts", "", "a file of counts")
	c.Flags().StringVar(&f.bounds, "bounds", "", "a file of bounds")
	c.Flags().StringVar(&f.institution, "institution", "", "show this one alone; the sector stays")
	c.Flags().StringVar(&f.format, "format", "table",
		"table, csv, json, or html: the sheet of one institution as a page that prints")
	c.Flags().BoolVar(&f.asJSON, "json", false, "the same as --format json: one object")
	c.Flags().IntVar(&f.evidence, "evidence", 0, "list the folios behind this criterion of GE instead")
	for _, name := range []string{"counts", "bounds"} {
		if err := c.MarkFlagFilename(name, "csv"); err != nil {
			panic(err) // the flags were added above
		}
	}
	return c
}

func (f *scoreFlags) run(c *cobra.Command) error {
	if f.asJSON {
		if c.Flags().Changed("format") && f.format != "json" {
			return usageError{fmt.Errorf("--json and --format %s: want one of the two", f.format)}
		}
		f.format = "json"
	}
	if _, known := scoreFormats[f.format]; !known {
		return usageError{fmt.Errorf("--format %q: want table, csv, json or html", f.format)}
	}
	if f.format == "html" && (f.institution == "" || f.evidence != 0) {
		return usageError{errFicha}
	}
	var une schema.UNE
	if f.institution != "" {
		var err error
		if une, err = schema.ParseUNE(f.institution); err != nil {
			return usageError{fmt.Errorf("--institution: %w", err)}
		}
	}
	if err := f.checkSource(c); err != nil {
		return err
	}
	m := idatu.Metodo2018()
	if f.log(c) {
		return f.fromLog(c, m, une)
	}
	p, err := f.fromFile(c.ErrOrStderr(), m, une)
	if err != nil {
		return err
	}
	return scoreFormats[f.format].score(c.OutOrStdout(), p)
}

// fromLog prints a score from the log, or the evidence behind a criterion.
func (f *scoreFlags) fromLog(c *cobra.Command, m *idatu.Metodo, une schema.UNE) error {
	q, err := f.pedido(c, m)
	if err != nil {
		return err
	}
	q.UNE = une
	return mistaken(f.withSource(c, func(src *puntaje.Fuente) error {
		k, err := q.Read(src)
		if err != nil {
			return err
		}
		if f.evidence != 0 {
			e, err := q.Evidencia(k, f.evidence)
			if err != nil {
				return err
			}
			return scoreFormats[f.format].evidence(c.OutOrStdout(), e)
		}
		p, err := q.Score(k)
		if err != nil {
			return err
		}
		tellAvisos(c.ErrOrStderr(), p)
		return scoreFormats[f.format].score(c.OutOrStdout(), p)
	}))
}

// tellAvisos tells on standard error what a reader of a score should know.
func tellAvisos(w io.Writer, p *puntaje.Puntuado) {
	for _, a := range p.Avisos {
		fmt.Fprintln(w, a)
	}
}

// log tells whether the log, or an export of it, is asked. A period
// or a moment asks it where the configuration that nobody named is there.
func (f *scoreFlags) log(c *cobra.Command) bool {
	if f.counts == "" || slices.ContainsFunc([]string{"config", "export", "evidence"}, c.Flags().Changed) {
		return true
	}
	if f.from == "" && f.to == "" && f.asOf == "" {
		return false
	}
	_, err := os.Stat(f.path)
	return !errors.Is(err, fs.ErrNotExist)
}

// fromFile scores the counts of a file alone. They are of whatever period and moment
// the file was made for, so those that are given leave nothing out.
func (f *scoreFlags) fromFile(warn io.Writer, m *idatu.Metodo, une schema.UNE) (*puntaje.Puntuado, error) {
	if f.from != "" || f.to != "" {
		if _, _, err := f.periodo(); err != nil {
			return nil, err
		}
	}
	if _, err := momentFlag("as-of", f.asOf); err != nil {
		return nil, err
	}
	if f.from != "" || f.asOf != "" {
		fmt.Fprintf(warn,
			"there is no %s here, so no log is scored: what follows is of all counts in %s, whatever "+
				"their period and moment; a gateway is named with --config\n", f.path, f.counts)
	}
	p, err := puntaje.DeArchivos(m, f.counts, f.bounds, une)
	if err != nil {
		return nil, err
	}
	tellAvisos(warn, p)
	return p, nil
}

// errPeriod says what the log is not scored without.
var errPeriod = errors.New(
	"a score from the log needs --from and --to; one from a file alone --counts FILE, without --config " +
		"and --evidence")

// errFicha says what a page is not printed without.
var errFicha = errors.New(
	"--format html is the sheet of one institution: name it with --institution, and leave --evidence out")

// printFicha writes the score of the one institution that was asked for as a page.
func printFicha(w io.Writer, p *puntaje.Puntuado) error {
	if len(p.Instituciones) != 1 {
		return usageError{errFicha}
	}
	return ficha.Write(w, p.Hoja(p.Instituciones[0]))
}
