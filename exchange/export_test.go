package exchange

// MaxAjenos is maxAjenos, for tests.
const MaxAjenos = maxAjenos
