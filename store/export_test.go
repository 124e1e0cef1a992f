package store

import "time"

// SetRetiene sets how long a file that is taken in may hold the writer.
func (s *Store) SetRetiene(d time.Duration) { s.retiene = d }

// SetJuntas sets how many rows of a REC are written together.
func (s *Store) SetJuntas(n int) { s.juntas = n }
