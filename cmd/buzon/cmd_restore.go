package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"buzon/exchange/gateway"
	"buzon/exchange/respaldo"
	"buzon/store"
)

func restoreCmd() *cobra.Command {
	var path, into, now, reason string
	var verify, resume bool
	r := gateway.Resume{}
	c := &cobra.Command{
		Use:   "restore [DIR]",
		Short: "Put a backup back, or go on from a database that is older than what was shown",
		Long: `With DIR and --into: put the backup in DIR into a data folder that is empty or not
there; --verify holds it against itself, as a drill may.

With --resume: go on from the database that is there, after a backup was put back or
the WAL was lost. Acuses that archivo/, apartado/ and the folders of parties hold
tell, by their seals, what came since: it is taken in again with its moment, and
numbers go on at the next multiple of 100,000. Then one cycle is run.`,
		Example: "  buzon restore /backup/buzon --into gateway/datos --verify\n" +
			"  buzon restore -c gateway/buzon.yaml --resume --reason 'the disk failed'",
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if resume && len(args) == 0 && into == "" {
				return resumeFrom(c, path, now, reason, &r)
			}
			if resume || len(args) == 0 || into == "" {
				return usageError{errors.New("want DIR with --into, or --resume")}
			}
			if err := gateway.TakeOwnerToMake(into, saidOn(c)); err != nil {
				return err
			}
			x, lost, err := respaldo.Restore(c.Context(), args[0], into, gateway.MarkRestored)
			if err == nil && verify {
				_, err = respaldo.Check(c.Context(), into)
			}
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "%d events, %d contents, of %s; before anything is started "+
					"there: 'buzon restore --resume'\n", x.Eventos, x.Contenidos, hourOf(x.Momento))
			}
			if lost != nil {
				lost = fmt.Errorf("%s is there, without what the backup does not have whole: %w", into, lost)
			}
			return errors.Join(lost, err)
		},
	}
	configFlag(c, &path)
	c.Flags().StringVar(&into, "into", "", "the data folder that is made")
	c.Flags().BoolVar(&verify, "verify", false, "check what was put there")
	c.Flags().BoolVar(&resume, "resume", false, "go on from the database that is there")
	c.Flags().StringArrayVar(&r.Acuses, "acuses", nil, "a folder of acuses that a party kept; several times")
	c.Flags().BoolVar(&r.Unlisted, "unlisted", false, "go on though a party's own folder cannot be listed")
	c.Flags().StringVar(&reason, "reason", "", "why, for the log, which is never changed: name no person")
	c.Flags().StringVar(&now, "now", "", "set the clock, RFC 3339; only in a rehearsal's store")
	return c
}

// resumeFrom begins an epoch, tells of it, and runs a cycle.
func resumeFrom(c *cobra.Command, path, now, reason string, r *gateway.Resume) (err error) {
	cfg, err := loadConfig(path)
	if err != nil {
		return err
	}
	clock, err := clockFor(c.Context(), cfg, now)
	if err != nil {
		return err
	}
	r.Orden = store.Orden{UID: os.Getuid(), Motivo: reason}
	log, err := newLogger(quiet(cfg.Log), c.ErrOrStderr())
	if err != nil {
		return err
	}
	g, err := gateway.Open(c.Context(), gateway.Options{Config: cfg, Log: log, Now: clock, Command: c.Name(),
		Version: version, Resume: r})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.Close()) }()
	g.Reanudacion.Write(c.OutOrStdout())
	run, runErr := g.RunNow(c.Context(), 0, gateway.Watcher{Said: saidOn(c)})
	if run == nil {
		return runErr
	}
	return errors.Join(runErr, printRun(c.OutOrStdout(), run, false))
}
