//go:build race

package medida_test

const raceDetector = true
