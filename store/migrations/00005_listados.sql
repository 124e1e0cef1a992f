-- +goose Up
-- When a folder on an institution's own server was last listed whole, and when
-- before that: the moments at which those listings began.
CREATE TABLE listados (
	parte    TEXT NOT NULL,
	carpeta  TEXT NOT NULL,
	momento  INTEGER NOT NULL,
	anterior INTEGER NOT NULL,
	PRIMARY KEY (parte, carpeta)
) STRICT, WITHOUT ROWID;

-- Whether it can be seen that the party picks a file up.
ALTER TABLE salidas ADD COLUMN observable INTEGER NOT NULL DEFAULT 1 CHECK (observable IN (0, 1));

-- The newest files of a party are told in each visit.
CREATE INDEX salidas_ultimas ON salidas (parte, tipo);
