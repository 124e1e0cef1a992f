package subidas

import "time"

// Used is what an account's limits count: uploads that arrived today, bytes.
func (a *Account) Used(now time.Time) (files, bytes int64, err error) {
	err = a.use.on(now, func(n *tally) error {
		files, bytes = n.files, n.sum
		return nil
	})
	return files, bytes, err
}
