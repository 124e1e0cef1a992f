package store

import "time"

// SetRetiene sets how long a file that is taken in may hold the writer.
func (s *Store) SetRetiene(d time.Duration) { s.retiene = d }
