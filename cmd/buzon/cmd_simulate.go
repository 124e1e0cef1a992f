package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"buzon/config"
	"buzon/exchange/simulacro/escenario"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/simulacro/montaje"
	"buzon/schema"
)

// The most that --invent makes: a scenario is in memory while it is played.
const (
	maxInvented     = 20_000
	maxInstitutions = 1_000
)

type simulateOptions struct {
	scenario, dir string
	invent        int
	institutions  int
	from, to      string
	seed          uint64
	asJSON        bool
}

func simulateCmd() *cobra.Command {
	var o simulateOptions
	c := &cobra.Command{
		Use:   "simulate",
		Short: "Rehearse months of the exchange in a virtual clock, by a scenario",
		Long: fmt.Sprintf(`Play a scenario of months through the whole gateway as fast as it goes: CONDUSEF
leaves a REC each día hábil, the gateway delivers LOTs, the UNEs pick up, ask for
prórrogas and answer, CONDUSEF leaves its dictámenes, and each day ends with its
corte. Then the log is held against the scenario, row by row.

The scenario is a CSV file with the columns
  folio,institucion,fecha_turno,dias_habiles,prorroga_dias,sentido,dictamenes
dias_habiles is from delivery to the answer (empty: never), prorroga_dias what is
asked for, up to %d (empty: none), sentido that of the answer, if one comes: 1, 2
or 3 (empty: 2), dictamenes tipo or tipo@AAAA-MM-DD joined by ; (without a date:
one día hábil apart, from the first after the answer, or from the fifth after
delivery where none came). What is assigned on a day that is no día hábil is
delivered on the next one. A prórroga is asked for two días hábiles before what
comes first of the answer, a 6 and the limit of %d días hábiles; at the earliest on
the day of delivery. A second row of a folio is its reversa. No more than three
years lie between the first fecha_turno and the last one, or the last dictamen.

With --invent N a scenario of N complaints a día hábil is made instead, and left in
DIR/escenario.csv.

The store in DIR is a rehearsal's from its first event. Afterwards every command
works on DIR/buzon.yaml. Exit code 0 says that all came true, 1 that it did not.`,
			config.Default().Terms.ProrrogaMax, config.Default().Terms.Dias),
		Example: "  buzon simulate --scenario caso.csv --dir ./ensayo\n" +
			"  buzon simulate --invent 700 --institutions 200 --dir ./semestre\n" +
			"  buzon simulate --invent 20 --from 2026-03-02 --to 2026-03-31 --seed 7 --dir ./marzo --json",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := o.read(c)
			if err != nil {
				return err
			}
			return playScenario(c.Context(), s, o.asJSON, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.scenario, "scenario", "", "the scenario to play, CSV")
	c.Flags().StringVar(&o.dir, "dir", "", "the folder to work in; it must not exist or be empty")
	c.Flags().IntVar(&o.invent, "invent", 0, "make a scenario of so many complaints a día hábil instead")
	c.Flags().IntVar(&o.institutions, "institutions", 20, "with --invent: how many institutions")
	c.Flags().StringVar(&o.from, "from", "2026-01-01",
		"with --invent: the first day of complaints, AAAA-MM-DD")
	c.Flags().StringVar(&o.to, "to", "2026-06-30", "with --invent: the last day of complaints, AAAA-MM-DD")
	c.Flags().Uint64Var(&o.seed, "seed", 1, "of what is invented: the same seed gives the same rehearsal")
	c.Flags().BoolVar(&o.asJSON, "json", false, "print the report as one JSON object")
	return c
}

// read checks how the command was called, and reads or makes the scenario.
func (o *simulateOptions) read(c *cobra.Command) (s montaje.SimulacionOptions, err error) {
	switch {
	case o.dir == "":
		return s, usageError{errors.New("name the folder to work in with --dir")}
	case (o.scenario == "") == (o.invent == 0):
		return s, usageError{errors.New("want one of --scenario FILE and --invent N")}
	}
	s = montaje.SimulacionOptions{Seed: o.seed, Archivo: o.scenario, Version: version}
	if s.Dir, err = freshFolder(o.dir); err != nil {
		return s, err
	}
	if o.invent == 0 {
		for _, name := range []string{"institutions", "from", "to"} {
			if c.Flags().Changed(name) {
				return s, usageError{fmt.Errorf("--%s is of --invent; the scenario says it", name)}
			}
		}
		s.Escenario, err = readScenario(o.scenario)
		return s, err
	}
	s.Escenario, err = o.make()
	return s, err
}

func readScenario(path string) (*escenario.Escenario, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, usageError{fmt.Errorf("--scenario: %w", err)}
	}
	defer f.Close()
	return escenario.Read(path, f, config.Default().Terms.ProrrogaMax)
}

// make invents a scenario.
func (o *simulateOptions) make() (*escenario.Escenario, error) {
	e := escenario.Encargo{N: o.invent, Seed: o.seed}
	var err error
	if e.Desde, err = schema.ParseDia(o.from); err != nil {
		return nil, usageError{fmt.Errorf("--from: %w", err)}
	}
	if e.Hasta, err = schema.ParseDia(o.to); err != nil {
		return nil, usageError{fmt.Errorf("--to: %w", err)}
	}
	switch {
	case o.invent < 0 || o.invent > maxInvented:
		return nil, usageError{fmt.Errorf("--invent %d: want 1 to %d", o.invent, maxInvented)}
	case o.institutions < 1 || o.institutions > maxInstitutions:
		return nil, usageError{fmt.Errorf("--institutions %d: want 1 to %d", o.institutions, maxInstitutions)}
	case e.Hasta < e.Desde:
		return nil, usageError{fmt.Errorf("--to %s is before --from %s", e.Hasta, e.Desde)}
	}
	if err := escenario.CheckAlcance(e.Desde, e.Hasta); err != nil {
		return nil, usageError{fmt.Errorf("--from and --to: %w", err)}
	}
	const first = 900_001
	claves := make([]schema.UNE, o.institutions)
	for i := range claves {
		claves[i] = schema.UNE(first + i)
	}
	e.Instituciones = inventor.Roll(claves)
	sc := escenario.Invent(e, schema.NewCalendario(nil), config.Default().Terms.Dias)
	if len(sc.Filas) == 0 {
		return nil, usageError{fmt.Errorf("from %s to %s there is no día hábil", e.Desde, e.Hasta)}
	}
	return sc, nil
}

// playScenario plays it and says what came of it.
func playScenario(ctx context.Context, s montaje.SimulacionOptions, asJSON bool, out,
	errOut io.Writer) (err error) {
	began := time.Now()
	if s.Log, err = newLogger(quiet(config.Default().Log), errOut); err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	if isTerminal(errOut) {
		show := progress(errOut)
		s.Step = func(dia schema.Dia, done, total int) { show("SIMULACRO "+dia.String(), done, total) }
	}
	sim, err := montaje.OpenSimulacion(ctx, s)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	inf, err := sim.Play(ctx)
	if err != nil {
		return fmt.Errorf("simulate: %w", err)
	}
	inf.Seconds = time.Since(began).Round(time.Millisecond).Seconds()
	if err := printSimulated(out, inf, asJSON); err != nil {
		return err
	}
	if len(inf.Problems) > 0 {
		return fmt.Errorf("the scenario did not come true: %d of %d rows did, and there are %d problems",
			inf.CameTrue, inf.Rows, len(inf.Problems))
	}
	return nil
}

// maxProblems is how many problems a person is shown.
const maxProblems = 50

func printSimulated(w io.Writer, r *montaje.Desenlace, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "SIMULACRO: everything here is invented.\n\n")
	fmt.Fprintf(w, "scenario   %s: %d rows, %d institutions\n", r.Scenario, r.Rows, r.Institutions)
	fmt.Fprintf(w, "played     %s to %s, %d días hábiles, in %v\n", r.First, r.Last, r.BusinessDays,
		time.Duration(r.Seconds*float64(time.Second)).Round(time.Millisecond))
	fmt.Fprintf(w, "log        %d events, %d files\n", r.Events, r.Files)
	_, err := fmt.Fprintf(w, "came true  %d of %d rows\n", r.CameTrue, r.Rows)
	for i, p := range r.Problems {
		if i == maxProblems {
			_, err = fmt.Fprintf(w, "and %d more; --json has them all\n", len(r.Problems)-i)
			break
		}
		if p.Folio == "" {
			_, err = fmt.Fprintf(w, "FAIL       %s %s\n", p.Institucion, p.Motivo)
			continue
		}
		_, err = fmt.Fprintf(w, "FAIL       line %d, %s of %s: %s\n", p.Linea, p.Folio, p.Institucion,
			p.Motivo)
	}
	if err != nil || len(r.Problems) > 0 {
		return err
	}
	_, err = fmt.Fprintf(w,
		"\nAsk what happened:\n\n  buzon status --config %[1]s\n  buzon history --config %[1]s\n  buzon "+
			"verify --config %[1]s\n", r.Config)
	return err
}
