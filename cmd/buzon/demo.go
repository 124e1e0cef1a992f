package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"buzon/exchange"
	"buzon/exchange/ops"
	"buzon/exchange/simulacro"
	"buzon/exchange/simulacro/inventor"
	"buzon/schema"
	"buzon/store"
)

func demoCmd() *cobra.Command {
	var once bool
	var dir string
	var n int
	var seed uint64
	var defectos string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Show a whole day on this machine: CONDUSEF, the gateway and five UNEs",
		Long: `Play a whole day of the exchange on loopback addresses of this machine: a
simulated CONDUSEF leaves a REC with a few mistakes in it, the gateway checks it
and delivers, five UNEs pick up and answer over SFTP, and the answers go back.
Then it stays up and prints a line with which you are one of the UNEs.

Everything is invented, and the store is marked as a rehearsal's. Without --dir
it all happens in a temporary folder that is removed at the end.`,
		Example: "  buzon demo\n  buzon demo --once\n  buzon demo --once --n 700 --defectos reales --seed 7\n  buzon demo --dir ./demo",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if n < 20 {
				return usageError{fmt.Errorf("--n %d: want 20 or more, so that there is room for each kind of mistake", n)}
			}
			planted, err := inventor.ParseDefectos(defectos)
			if err != nil {
				return usageError{fmt.Errorf("--defectos: %w", err)}
			}
			return runDemo(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), dir, demoOptions{once: once, n: n, seed: seed, defectos: planted})
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end after the checks: 0 where all add up")
	c.Flags().StringVar(&dir, "dir", "", "the folder to work in; it must not exist or be empty")
	c.Flags().StringVar(&defectos, "defectos", "pocos", "mistakes planted in the REC: ninguno, pocos (each kind once) or reales (at the rates of real files)")
	c.Flags().IntVar(&n, "n", 60, "reclamaciones of the day, 20 or more")
	c.Flags().Uint64Var(&seed, "seed", 1, "of what is invented: the same seed gives the same day")
	return c
}

type demoOptions struct {
	once bool
	n    int
	seed uint64

	level    string // of the process log; "" is warn
	defectos inventor.Defectos
}

func runDemo(ctx context.Context, out, errOut io.Writer, dir string, o demoOptions) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "buzon-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	ctx, stop := context.WithCancel(ctx)
	d, err := newDemo(ctx, dir, o, errOut)
	if err != nil {
		stop()
		return fmt.Errorf("demo: %w", err)
	}
	var group errgroup.Group
	group.Go(func() error { return d.daemon.Serve(ctx) })
	err = d.play(ctx, out)
	if err == nil && !o.once {
		d.invite(out)
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, group.Wait(), d.close())
}

// demoClock runs as the machine's does, but begins at 18:05 of the last día
// hábil: whenever it is called, the demonstration has a whole evening before it.
func demoClock() func() time.Time {
	began := time.Now()
	cal := schema.NewCalendario(nil)
	dia := schema.DiaDe(began)
	for !cal.Habil(dia) {
		dia--
	}
	from := dia.At(18*3600 + 5*60)
	return func() time.Time { return from.Add(time.Since(began)) }
}

// play runs the day and says what came of it.
func (d *demo) play(ctx context.Context, out io.Writer) error {
	fmt.Fprintf(out, "SIMULACRO: everything here is invented.\n\n")
	fmt.Fprintf(out, "CONDUSEF  sftp://%s  leaves %s with %d reclamaciones, %d of them to be refused\n",
		d.condusef.Address, d.rec, len(d.plan.Registros), d.plan.Rechazados())
	if err := d.g.Cycle.Run(ctx, d.dia, exchange.CausaManual, nil); err != nil {
		return err
	}
	fmt.Fprintf(out, "gateway   sftp://%s  checks it and delivers a LOT to each UNE\n", d.daemon.Addr())
	fmt.Fprintf(out, "UNEs      %d sign in, pick up, verify, answer, and wait for their acuses\n", len(d.unes))
	if err := d.answerAll(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "gateway   sends the answers back in a REP\n\n")
	if err := d.g.Cycle.Run(ctx, d.dia, exchange.CausaManual, nil); err != nil {
		return err
	}
	rows, err := d.avances(ctx)
	if err != nil {
		return err
	}
	if err := printUNEs(out, rows); err != nil {
		return err
	}
	return d.check(ctx, out, rows)
}

// answerAll lets every UNE work at the same time, as they do in the morning.
func (d *demo) answerAll(ctx context.Context) error {
	var group errgroup.Group
	for _, u := range d.unes {
		group.Go(func() error { return u.work(ctx) })
	}
	return group.Wait()
}

// work is a UNE's day.
func (u *demoUNE) work(ctx context.Context) error {
	lotes, err := u.PickUp(ctx)
	if err != nil {
		return err
	}
	waiting := 0
	for _, l := range lotes {
		u.received += len(l.Registros)
		name, err := u.Answer(ctx, l, simulacro.Usual())
		if err != nil {
			return err
		}
		if name != "" {
			waiting++
		}
	}
	return u.await(ctx, waiting)
}

// await fetches acuses until there is one for each file that was sent: the
// gateway answers within moments of an upload.
func (u *demoUNE) await(ctx context.Context, waiting int) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("no acuse came within a minute"))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for len(u.acuses) < waiting {
		got, err := u.Acuses(ctx)
		if err != nil {
			return err
		}
		u.acuses = append(u.acuses, got.Acuses...)
		u.rechazos = append(u.rechazos, got.Rechazos...)
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
	return nil
}

// avances is what the store says of the day, by institution.
func (d *demo) avances(ctx context.Context) (rows []ops.EstadoUNE, err error) {
	err = d.g.Store.View(ctx, func(v *store.View) error {
		all, err := v.Avances(d.dia)
		for _, a := range all {
			rows = append(rows, ops.NewEstadoUNE(a))
		}
		return err
	})
	return rows, err
}

// invite prints how to go on.
func (d *demo) invite(out io.Writer) {
	u := d.unes[0]
	fmt.Fprintf(out, "\nThe gateway stays up until you interrupt it. Be a UNE yourself:\n\n  %s\n", u.line)
	fmt.Fprintf(out, "\nand ask what happened:\n\n  buzon status  --config %[1]s\n  buzon history --config %[1]s --institution %[2]s\n  buzon trace   --config %[1]s %[3]s\n",
		d.config, u.clave.Clave(), d.plan.Registros[0].RecFolioCondusef)
}
