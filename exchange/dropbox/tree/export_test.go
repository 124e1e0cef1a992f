package tree

import "time"

// CheckName and IsTemporary are the rules for names.
var (
	CheckName   = checkName
	IsTemporary = isTemporary
)

// Used is what an account's limits count: uploads that arrived today, bytes.
func (a *Account) Used(now time.Time) (files, bytes int64) {
	_ = a.use.on(now, func(n *tally) error {
		files, bytes = n.files, n.sum
		return nil
	})
	return files, bytes
}
