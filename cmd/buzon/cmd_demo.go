package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"buzon/config"
	"buzon/exchange/simulacro/inventor"
	"buzon/exchange/simulacro/montaje"
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
		Example: "  buzon demo\n  buzon demo --once\n  buzon demo --once --n 700 --defectos reales --seed " +
			"7\n  buzon demo --dir ./demo",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if n < 20 {
				return usageError{
					fmt.Errorf("--n %d: want 20 or more, so that there is room for each kind of mistake", n)}
			}
			planted, err := inventor.ParseDefectos(defectos)
			if err != nil {
				return usageError{fmt.Errorf("--defectos: %w", err)}
			}
			return runDemo(c.Context(), c.OutOrStdout(), c.ErrOrStderr(), dir, once,
				montaje.DemoOptions{N: n, Seed: seed, Defectos: planted})
		},
	}
	c.Flags().BoolVar(&once, "once", false, "end after the checks: 0 where all add up")
	c.Flags().StringVar(&dir, "dir", "", "the folder to work in; it must not exist or be empty")
	c.Flags().StringVar(&defectos, "defectos", "pocos",
		"mistakes planted in the REC: ninguno, pocos (each kind once) or reales (at the rates of real files)")
	c.Flags().IntVar(&n, "n", 60, "reclamaciones of the day, 20 or more")
	c.Flags().Uint64Var(&seed, "seed", 1, "of what is invented: the same seed gives the same day")
	return c
}

func runDemo(ctx context.Context, out, errOut io.Writer, dir string, once bool,
	o montaje.DemoOptions) (err error) {
	if dir == "" {
		if dir, err = os.MkdirTemp("", "buzon-demo-"); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	d, err := openDemo(ctx, dir, o, errOut)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	var group errgroup.Group
	group.Go(func() error { return d.Daemon.Serve(ctx) })
	err = playDemo(ctx, d, out)
	if err == nil && !once {
		invite(d, out)
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, group.Wait(), d.Close())
}

// openDemo opens a demonstration in a folder that is not there yet, or empty.
func openDemo(ctx context.Context, dir string, o montaje.DemoOptions,
	errOut io.Writer) (d *montaje.Demo, err error) {
	if o.Dir, err = freshFolder(dir); err != nil {
		return nil, err
	}
	o.Version, o.Level = version, cmp.Or(o.Level, "warn")
	if o.Log, err = newLogger(config.Log{Level: o.Level, Format: "console"}, errOut); err != nil {
		return nil, err
	}
	return montaje.OpenDemo(ctx, o)
}

// freshFolder gives the full path of a folder that is not there yet, or empty.
func freshFolder(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	switch {
	case err == nil && len(entries) > 0:
		return "", usageError{fmt.Errorf("%s is not empty; name a folder that does not exist yet", dir)}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", usageError{err}
	}
	return dir, nil
}

// playDemo runs the day and says what came of it.
func playDemo(ctx context.Context, d *montaje.Demo, out io.Writer) error {
	fmt.Fprintf(out, "SIMULACRO: everything here is invented.\n\n")
	fmt.Fprintf(out, "CONDUSEF  sftp://%s  leaves %s with %d reclamaciones, %d of them to be refused\n",
		d.CONDUSEF.Address, d.REC, len(d.Plan.Registros), d.Plan.Rechazados())
	if err := d.Run(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "gateway   sftp://%s  checks it and delivers a LOT to each UNE\n", d.Daemon.Addr())
	fmt.Fprintf(out, "UNEs      %d sign in, pick up, verify, answer, and wait for their acuses\n",
		len(d.UNEs))
	if err := d.AnswerAll(ctx); err != nil {
		return err
	}
	fmt.Fprintf(out, "gateway   sends the answers back in a REP\n\n")
	if err := d.Run(ctx); err != nil {
		return err
	}
	rows, err := d.Avances(ctx)
	if err != nil {
		return err
	}
	if err := printUNEs(out, rows); err != nil {
		return err
	}
	all, err := d.Check(ctx, rows)
	bad := 0
	fmt.Fprintln(out)
	for _, x := range all {
		mark := "ok  "
		if !x.OK {
			mark, bad = "FAIL", bad+1
		}
		fmt.Fprintf(out, "%s  %s\n", mark, x.Que)
	}
	if err == nil && bad > 0 {
		err = fmt.Errorf("demo: %d checks failed", bad)
	}
	return err
}

// invite prints how to go on.
func invite(d *montaje.Demo, out io.Writer) {
	u := d.UNEs[0]
	fmt.Fprintf(out, "\nThe gateway stays up until you interrupt it. Be a UNE yourself:\n\n  %s\n", u.Line)
	fmt.Fprintf(out,
		"\nand ask what happened:\n\n  buzon status  --config %[1]s\n  buzon history --config %[1]s "+
			"--institution %[2]s\n  buzon trace   --config %[1]s %[3]s\n",
		d.Config, u.Clave.Clave(), d.Plan.Registros[0].RecFolioCondusef)
}
