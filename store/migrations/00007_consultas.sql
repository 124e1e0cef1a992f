-- +goose Up
-- What the log is asked for and has in its details alone: the key and the address
-- (without its port) of a party, and the type of the file by its name.
ALTER TABLE bitacora ADD COLUMN tipo TEXT GENERATED ALWAYS AS (
	CASE WHEN archivo GLOB 'GE_[A-Z][A-Z][A-Z]_*' THEN substr(archivo, 4, 3) END) VIRTUAL;
ALTER TABLE bitacora ADD COLUMN llave TEXT GENERATED ALWAYS AS (
	CASE WHEN instr(detalle, '"llave"') OR instr(detalle, '"huella"')
	THEN nullif(CAST(coalesce(detalle ->> '$.llave', detalle ->> '$.huella') AS TEXT), '') END) VIRTUAL;
ALTER TABLE bitacora ADD COLUMN direccion TEXT GENERATED ALWAYS AS (
	CASE WHEN instr(detalle, '"direccion"') = 0 OR detalle ->> '$.direccion' = '' THEN NULL
	WHEN substr(detalle ->> '$.direccion', 1, 1) = '['
	THEN substr(detalle ->> '$.direccion', 2, instr(detalle ->> '$.direccion', ']') - 2)
	WHEN detalle ->> '$.direccion' LIKE '%:%' AND detalle ->> '$.direccion' NOT LIKE '%:%:%'
	THEN substr(detalle ->> '$.direccion', 1, instr(detalle ->> '$.direccion', ':') - 1)
	ELSE CAST(detalle ->> '$.direccion' AS TEXT) END) VIRTUAL;

CREATE INDEX bitacora_evento    ON bitacora (evento, n);
CREATE INDEX bitacora_tipo      ON bitacora (tipo, n)      WHERE tipo IS NOT NULL;
CREATE INDEX bitacora_llave     ON bitacora (llave, n)     WHERE llave IS NOT NULL;
CREATE INDEX bitacora_direccion ON bitacora (direccion, n) WHERE direccion IS NOT NULL;

-- The moments of the log by blocks of 1,024 events, by which a range of moments
-- becomes one of numbers: clocks are set back, so that the moments of the log are
-- not in order, and no index of them gives an answer in the log's order.
DROP INDEX bitacora_momento;
CREATE TABLE bloques (
	bloque INTEGER PRIMARY KEY,
	desde  INTEGER NOT NULL,
	hasta  INTEGER NOT NULL
) STRICT;
INSERT INTO bloques (bloque, desde, hasta) SELECT n >> 10, min(momento), max(momento) FROM bitacora GROUP BY n >> 10;
-- +goose StatementBegin
CREATE TRIGGER bitacora_bloques AFTER INSERT ON bitacora
BEGIN
	INSERT INTO bloques (bloque, desde, hasta) VALUES (NEW.n >> 10, NEW.momento, NEW.momento)
	ON CONFLICT DO UPDATE SET desde = min(desde, excluded.desde), hasta = max(hasta, excluded.hasta)
		WHERE excluded.desde < desde OR excluded.hasta > hasta;
END;
-- +goose StatementEnd

-- What is known of a file is asked by its name alone.
CREATE INDEX archivos_nombre ON archivos (nombre);
CREATE INDEX salidas_nombre_todas ON salidas (nombre);
