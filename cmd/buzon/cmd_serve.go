package main

import (
	"errors"
	"time"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
)

func serveCmd() *cobra.Command {
	var path string
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the daemon: the SFTP server, the schedule, and a visit after each upload",
		Long: `Run until SIGTERM or an interrupt, then end what is under way and exit 0. All
that is not done is done after the next start.`,
		Example: "  buzon serve --config gateway/buzon.yaml",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) (err error) {
			cfg, err := loadConfig(path)
			if err != nil {
				return err
			}
			log, err := newLogger(cfg.Log, c.ErrOrStderr())
			if err != nil {
				return err
			}
			g, err := openGateway(c.Context(), cfg, log, time.Now, "serve")
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
