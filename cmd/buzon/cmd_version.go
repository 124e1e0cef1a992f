package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"buzon/store"
)

// version is set by the linker for a release: -X main.version=1.2.3.
var version = "dev"

func versionCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print version, commit, Go and SQLite",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			sqlite, err := store.SQLiteVersion()
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "buzon %s\ncommit %s\n%s\nSQLite %s\n", version, commit(),
				runtime.Version(), sqlite)
			return err
		},
	}
}

// commit is the revision that the program was built from, with + where the work
// tree had changes.
func commit() string {
	rev, dirty := "unknown", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				rev = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				dirty = "+"
			}
		}
	}
	return rev + dirty
}
