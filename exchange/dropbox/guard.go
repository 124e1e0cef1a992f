package dropbox

import (
	"fmt"
	"runtime"

	"github.com/pkg/sftp"
	"go.uber.org/zap"
)

// A fault in what one connection set off ends that connection, not the daemon.
// Each goroutine of ours that a client can reach has one of the two below at its
// edge; the library calls the handlers from goroutines of its own, so that each
// of these has guard.

// survive is deferred at the edge of a goroutine; end closes the connection.
func (s *Server) survive(account, addr string, end func()) {
	if fault := recover(); fault != nil {
		s.faulted(fault, account, addr, end)
	}
}

// guard is deferred by a handler, whose error it sets.
func (s *session) guard(err *error) {
	if fault := recover(); fault != nil {
		s.srv.faulted(fault, s.peer.account, s.peer.address, func() { s.peer.conn.Close() })
		*err = status{sftp.ErrSSHFxFailure, "Falla del servidor; vuelva a intentar."}
	}
}

func (s *Server) faulted(fault any, account, addr string, end func()) {
	what := fmt.Sprintf("%T", fault) // anything else may hold what must not be logged
	if err, ok := fault.(runtime.Error); ok {
		what = err.Error()
	}
	s.log.Error("fault", zap.String("account", account), zap.String("fault", what), zap.Stack("stack"))
	s.refused(Fault, account, addr)
	end()
}
