//go:build race

package exchange_test

// raceDetector tells that the tests run under it, some ten times slower.
const raceDetector = true
