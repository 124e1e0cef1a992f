-- +goose Up
-- A key holds from desde until before hasta; NULL is no such bound. What was
-- revoked stays, so that it never comes back.
ALTER TABLE llaves ADD COLUMN desde INTEGER;
ALTER TABLE llaves ADD COLUMN hasta INTEGER CHECK (hasta > desde);
ALTER TABLE llaves ADD COLUMN alta INTEGER NOT NULL DEFAULT 0;
ALTER TABLE llaves ADD COLUMN revocada INTEGER;
ALTER TABLE llaves ADD COLUMN ultimo_uso INTEGER;
ALTER TABLE llaves ADD COLUMN avisada INTEGER;
CREATE INDEX llaves_huella ON llaves (huella);
CREATE INDEX llaves_hasta ON llaves (hasta) WHERE hasta IS NOT NULL AND revocada IS NULL AND avisada IS NULL;

-- The keys that are there were added when the log says so.
UPDATE llaves SET alta = coalesce((SELECT min(momento) FROM bitacora
	WHERE evento = 'llave_alta' AND parte = printf('%08d', une) AND json_extract(detalle, '$.huella') = huella), 0);

ALTER TABLE instituciones ADD COLUMN suspendida INTEGER;

-- Passwords, as bcrypt hashes, for the agreements that need them.
CREATE TABLE claves (
	une      INTEGER PRIMARY KEY REFERENCES instituciones,
	hash     TEXT NOT NULL CHECK (hash LIKE '$2%'),
	alta     INTEGER NOT NULL,
	revocada INTEGER
) STRICT;
