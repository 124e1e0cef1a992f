package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// The exit codes of every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitObserved = 3 // done, but something was refused or is overdue
)

// errObserved ends a command that did its work and found something to look at.
// What it found is printed before.
var errObserved = errors.New("something was refused or is overdue")

// usageError is a mistake in how a command was called.
type usageError struct{ error }

// run is the whole program but for the process: it can be called by a test.
func run(ctx context.Context, args []string, in io.Reader, out, errOut io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errObserved):
		return exitObserved
	case errors.As(err, &usage):
		fmt.Fprintf(errOut, "buzon: %v\nTry 'buzon help'.\n", err)
		return exitUsage
	}
	fmt.Fprintf(errOut, "buzon: %v\n", err)
	return exitFailed
}

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "buzon",
		Short: "The gateway for the daily file exchange of Gestión Electrónica",
		Long: `Buzón carries the daily files of Gestión Electrónica between CONDUSEF and the
UNEs of the institutions, over SFTP, and records what came of them.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 done, but something was refused
or is overdue.`,
		Example: "  buzon demo --once\n  buzon init ./gateway\n  buzon serve --config " +
			"./gateway/buzon.yaml",
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          usageArgs(cobra.NoArgs),
		// Without a RunE of its own cobra would answer an unknown command with
		// the help and success.
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(demoCmd(), simulateCmd(), initCmd(), serveCmd(), runCmd(), checkCmd(), layoutCmd(),
		closeCmd(), uneCmd(), calendarCmd(), statusCmd(), historyCmd(), traceCmd(),
		verifyCmd(), proofCmd(), exportCmd(), checkpointCmd(), tokenCmd(), scoreCmd(), versionCmd(),
		backupCmd(), restoreCmd())
	strict(root)
	return root
}

// strict makes a wrong number of arguments, and flags that do not go together, a
// mistake of usage in every command below one.
func strict(parent *cobra.Command) {
	for _, c := range parent.Commands() {
		c.Args, c.PreRunE = usageArgs(c.Args), usageGroups
		strict(c)
	}
}

// usageArgs makes a wrong number of arguments a mistake of usage.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		err := check(c, args)
		switch {
		case err == nil || errors.As(err, new(usageError)):
			return err
		case c.HasParent() && len(args) > 0 && check(c, nil) == nil && strings.HasSuffix(args[0], ".yaml"):
			return usageError{fmt.Errorf("%s takes no argument; did you mean --config %s", c.CommandPath(),
				args[0])}
		case c.HasParent() && check(c, nil) == nil && check(c, []string{""}) != nil:
			return usageError{fmt.Errorf("%s takes no argument, got %q", c.CommandPath(), args[0])}
		case c.HasParent() && len(args) == 0:
			return usageError{fmt.Errorf("%s wants an argument: %s", c.CommandPath(), c.Use)}
		}
		return usageError{err}
	}
}

// group is where cobra's text of a mistake names flags.
var group = regexp.MustCompile(`group \[([^\]]+)\]`)

// usageGroups makes flags that do not go together a mistake of usage, before cobra
// tells of them in its own words.
func usageGroups(c *cobra.Command, _ []string) error {
	err := c.ValidateFlagGroups()
	if err == nil {
		return nil
	}
	if m := group.FindStringSubmatch(err.Error()); m != nil {
		err = fmt.Errorf("want one of --%s", strings.Join(strings.Fields(m[1]), " and --"))
	}
	return usageError{err}
}

// groupCmd is a command that only has others.
func groupCmd(use, short, long, example string) *cobra.Command {
	return &cobra.Command{Use: use, Short: short, Long: long, Example: example,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usageError{fmt.Errorf("unknown command %q for %q", args[0], c.CommandPath())}
			}
			return nil
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
}
