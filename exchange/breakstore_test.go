package exchange_test

import (
	"database/sql"
	"path/filepath"
)

// failEvent makes the store refuse an event, and with it the whole transaction
// that tells of it. where is a condition on the row NEW of the log.
func (g *gateway) failEvent(where string) {
	g.t.Helper()
	g.sql(`CREATE TRIGGER fault BEFORE INSERT ON bitacora WHEN ` + where +
		` BEGIN SELECT raise(ABORT, 'fault for the test'); END`)
}

func (g *gateway) healEvent() {
	g.t.Helper()
	g.sql(`DROP TRIGGER IF EXISTS fault`)
}

// sql changes the store's file from outside of the process.
func (g *gateway) sql(query string) {
	g.t.Helper()
	db, err := sql.Open("sqlite3", filepath.Join(g.dir, "buzon.db")+"?_busy_timeout=5000")
	if err != nil {
		g.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(query); err != nil {
		g.t.Fatal(err)
	}
}
