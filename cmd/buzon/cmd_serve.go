package main

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"

	"buzon/exchange/gateway"
)

func serveCmd() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: the SFTP server, the schedule, and a visit after each upload",
		Long: `Run until SIGTERM or an interrupt, then end what is under way and exit 0. All
that is not done is done after the next start. SIGUSR1 brings a run now, as
'buzon run' does.`,
		Example: "  buzon serve --config gateway/buzon.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			now := make(chan os.Signal, 1)
			signal.Notify(now, syscall.SIGUSR1) // it ends the process else
			defer signal.Stop(now)
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			log, err := newLogger(cfg.Log, c.ErrOrStderr())
			if err != nil {
				return err
			}
			g, err := gateway.Open(c.Context(), gateway.Options{Config: cfg, Log: log, Now: time.Now,
				Command: "serve", Version: version, Ahora: now})
			if err != nil && c.Context().Err() != nil {
				log.Info("the end was asked for before anything began", zap.Error(err))
				return nil
			}
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, g.Close()) }()
			return g.Serve(c.Context())
		},
	}
	configFlag(c, &path)
	return c
}
