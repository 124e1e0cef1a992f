-- +goose Up
-- The keys that sealed acuses here: their public halves stay listed for ever, so
-- that an old acuse can be verified. hasta is NULL for the one in use.
CREATE TABLE sellos (
	id      TEXT PRIMARY KEY,
	publica TEXT NOT NULL,
	desde   INTEGER NOT NULL,
	hasta   INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sellos_en_uso ON sellos (hasta IS NULL) WHERE hasta IS NULL;
