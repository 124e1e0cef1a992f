-- +goose Up
-- When a DIC 6 (desistimiento) closed a folio that had no answer.
ALTER TABLE reclamaciones ADD COLUMN desistida INTEGER;
-- How its term stood when that was told last; NULL is a_tiempo.
ALTER TABLE reclamaciones ADD COLUMN plazo TEXT CHECK (plazo IN ('por_vencer', 'vencido'));
DROP INDEX reclamaciones_abiertas;
CREATE INDEX reclamaciones_abiertas ON reclamaciones (une, limite) WHERE contestada IS NULL AND desistida IS NULL;
CREATE INDEX reclamaciones_dia0 ON reclamaciones (dia0) WHERE contestada IS NOT NULL;

-- What became of a folio at CONDUSEF, in the order in which it was told.
CREATE TABLE dictamenes (
	id          INTEGER PRIMARY KEY,
	reclamacion INTEGER NOT NULL REFERENCES reclamaciones,
	une         INTEGER NOT NULL REFERENCES instituciones, -- of the round: each visit tells a UNE its own
	tipo        INTEGER NOT NULL CHECK (tipo BETWEEN 1 AND 11),
	fecha       TEXT NOT NULL,
	archivo     INTEGER NOT NULL REFERENCES archivos,
	linea       INTEGER NOT NULL,
	numero      INTEGER NOT NULL,
	recibido    INTEGER NOT NULL,
	registro    TEXT NOT NULL,
	anulado     INTEGER REFERENCES dictamenes
) STRICT;
CREATE UNIQUE INDEX dictamenes_vigentes ON dictamenes (reclamacion, tipo) WHERE anulado IS NULL AND tipo <> 11;
CREATE INDEX dictamenes_reclamacion ON dictamenes (reclamacion, id);
CREATE INDEX dictamenes_une ON dictamenes (une, id);
CREATE INDEX dictamenes_archivo ON dictamenes (archivo);

-- The annexes that arrived: every content under every name of a party.
CREATE TABLE anexos (
	id       INTEGER PRIMARY KEY,
	parte    TEXT NOT NULL,
	nombre   TEXT NOT NULL,
	sha256   TEXT NOT NULL,
	bytes    INTEGER NOT NULL,
	recibido INTEGER NOT NULL,
	UNIQUE (parte, nombre, sha256)
) STRICT;
CREATE INDEX anexos_sha256 ON anexos (sha256);
