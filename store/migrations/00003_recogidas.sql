-- +goose Up
-- Evidence by handle: what one open file of a party read, and how it ended.
ALTER TABLE recogidas ADD COLUMN algoritmos TEXT NOT NULL DEFAULT '';
ALTER TABLE recogidas ADD COLUMN primero INTEGER;
ALTER TABLE recogidas ADD COLUMN ultimo INTEGER;
-- The lowest offset that was asked for; NULL where nothing was.
ALTER TABLE recogidas ADD COLUMN inicio INTEGER;
ALTER TABLE recogidas ADD COLUMN tramos TEXT NOT NULL DEFAULT '';
-- 1: the party closed it; 0: its connection broke.
ALTER TABLE recogidas ADD COLUMN cierre INTEGER NOT NULL DEFAULT 1 CHECK (cierre IN (0, 1));
-- Which pickup of the file it belongs to: the first, the second …
ALTER TABLE recogidas ADD COLUMN ronda INTEGER NOT NULL DEFAULT 1;
CREATE INDEX recogidas_cortadas ON recogidas (salida, ronda, id) WHERE cierre = 0;
CREATE INDEX recogidas_reanudadas ON recogidas (salida, ronda, id) WHERE inicio > 0;

-- What all handles on a file together show. No row: nobody opened it.
CREATE TABLE coberturas (
	salida   INTEGER PRIMARY KEY REFERENCES salidas,
	abierta  INTEGER NOT NULL,
	leida    INTEGER,
	completa INTEGER,
	veces    INTEGER NOT NULL DEFAULT 0,
	tramos   TEXT NOT NULL DEFAULT ''
) STRICT;
INSERT INTO coberturas (salida, abierta, leida, completa, veces)
	SELECT salida, min(abierta), min(abierta), min(CASE WHEN completa THEN cerrada END), sum(completa) FROM recogidas GROUP BY salida;

-- A LOT that is still to be picked up, and that can be seen to be.
ALTER TABLE salidas ADD COLUMN por_recoger INTEGER NOT NULL DEFAULT 0 CHECK (por_recoger IN (0, 1));
UPDATE salidas SET por_recoger = 1 WHERE tipo = 'LOT' AND publicado IS NOT NULL AND anulado IS NULL
	AND NOT EXISTS (SELECT 1 FROM coberturas c WHERE c.salida = salidas.id AND c.veces > 0);
CREATE INDEX salidas_por_recoger ON salidas (id) WHERE por_recoger = 1;

-- That it was told that nobody picked a LOT up: by the hour, and by its limit.
CREATE TABLE no_recogidos (
	salida  INTEGER NOT NULL REFERENCES salidas,
	plazo   TEXT NOT NULL CHECK (plazo IN ('hora', 'limite')),
	momento INTEGER NOT NULL,
	PRIMARY KEY (salida, plazo)
) STRICT, WITHOUT ROWID;

-- When our server was up: one row from a start to its last heartbeat.
CREATE TABLE latidos (
	id     INTEGER PRIMARY KEY,
	desde  INTEGER NOT NULL,
	hasta  INTEGER NOT NULL CHECK (hasta >= desde),
	cierre INTEGER NOT NULL DEFAULT 0 CHECK (cierre IN (0, 1))
) STRICT;
CREATE INDEX latidos_hasta ON latidos (hasta);
