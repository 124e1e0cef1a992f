package dropbox

import (
	"fmt"
	"runtime"

	"go.uber.org/zap"
)

// survive is deferred at the edge of each goroutine of ours that a client can
// reach: a fault in what one connection set off ends that connection, not the
// daemon. end closes the connection.
func (s *Server) survive(account, addr string, end func()) {
	if fault := recover(); fault != nil {
		s.faulted(fault, account, addr, end)
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
