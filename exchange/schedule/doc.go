// Package schedule says when: it wakes up, asks the store what is due, and runs
// it, one thing at a time.
//
// Cron is the alarm clock alone. What is due is a row in the store, one for each
// task with the moment of its next run, so that a moment which passed while the
// gateway was down, or in the middle of a long run, is not lost: the row is still
// there, and it is due. It moves on only after its run has ended.
//
// All moments are of America/Mexico_City.
package schedule
