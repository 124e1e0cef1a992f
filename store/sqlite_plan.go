package store

import (
	"strings"
	"sync"
)

// estable gives a statement whose plan does not depend on the values that it is asked
// with. SQLite looks at the value of a bare parameter that is compared with a column or
// limits the rows, and compiles the statement anew whenever that may be another; the
// driver clears the values before each use, which SQLite takes for a change, so that a
// prepared statement would be compiled each time it is used, at several times the cost
// of its answer. Behind a unary plus, which changes nothing, a parameter is not looked at.
//
// SQLite's own setting against it (SQLITE_DBCONFIG_ENABLE_QPSG) cannot be reached
// through the driver.
func estable(query string) string {
	if known, ok := estables.Load(query); ok {
		return known.(string)
	}
	s := sinMirar.Replace(query)
	estables.Store(query, s)
	return s
}

var (
	sinMirar = strings.NewReplacer("= ?", "= +?", "IS ?", "IS +?", "LIMIT ?", "LIMIT +?", "OFFSET ?",
		"OFFSET +?")
	estables sync.Map // the program's statements: no value stands in their text
)
