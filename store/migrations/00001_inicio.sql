-- +goose Up
-- Moments are INTEGER, Unix milliseconds (UTC); days are TEXT, AAAA-MM-DD in
-- America/Mexico_City; amounts are INTEGER, centavos.

CREATE TABLE meta (
	clave TEXT PRIMARY KEY,
	valor TEXT NOT NULL
) STRICT;

-- The log. One row an event, numbered from 1 without gaps, never changed.
CREATE TABLE bitacora (
	n       INTEGER PRIMARY KEY,
	momento INTEGER NOT NULL,
	evento  TEXT NOT NULL CHECK (evento <> ''),
	parte   TEXT NOT NULL,
	archivo TEXT NOT NULL,
	sha256  TEXT NOT NULL,
	folio   TEXT NOT NULL,
	detalle TEXT NOT NULL CHECK (json_valid(detalle))
) STRICT;
CREATE INDEX bitacora_folio   ON bitacora (folio, n) WHERE folio <> '';
CREATE INDEX bitacora_parte   ON bitacora (parte, n);
CREATE INDEX bitacora_archivo ON bitacora (archivo, n) WHERE archivo <> '';
CREATE INDEX bitacora_momento ON bitacora (momento);

-- +goose StatementBegin
CREATE TRIGGER bitacora_sin_huecos BEFORE INSERT ON bitacora
WHEN NEW.n <> (SELECT coalesce(max(n), 0) + 1 FROM bitacora)
BEGIN
	SELECT raise(ABORT, 'bitacora: events are numbered without gaps');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bitacora_sin_cambios BEFORE UPDATE ON bitacora
BEGIN
	SELECT raise(ABORT, 'bitacora: events are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER bitacora_sin_borrados BEFORE DELETE ON bitacora
BEGIN
	SELECT raise(ABORT, 'bitacora: events are never deleted');
END;
-- +goose StatementEnd

-- The roll (padrón) of institutions.
CREATE TABLE instituciones (
	une          INTEGER PRIMARY KEY CHECK (une BETWEEN 1 AND 99999999),
	denominacion TEXT NOT NULL,
	sector       TEXT NOT NULL,
	termino      INTEGER NOT NULL CHECK (termino > 0),
	prorroga     INTEGER NOT NULL CHECK (prorroga >= 0)
) STRICT;

CREATE TABLE llaves (
	une      INTEGER NOT NULL REFERENCES instituciones,
	huella   TEXT NOT NULL,
	publica  TEXT NOT NULL,
	nombre   TEXT NOT NULL,
	PRIMARY KEY (une, huella)
) STRICT, WITHOUT ROWID;

-- What arrived: one row for each content under each name of each party.
CREATE TABLE archivos (
	id         INTEGER PRIMARY KEY,
	parte      TEXT NOT NULL,
	nombre     TEXT NOT NULL,
	sha256     TEXT NOT NULL,
	bytes      INTEGER NOT NULL,
	tipo       TEXT NOT NULL,
	jornada    TEXT NOT NULL,
	recibido   INTEGER NOT NULL,
	k          INTEGER NOT NULL CHECK (k >= 1),
	resultado  INTEGER NOT NULL DEFAULT 0 CHECK (resultado BETWEEN 0 AND 3),
	registros  INTEGER NOT NULL DEFAULT 0,
	aceptados  INTEGER NOT NULL DEFAULT 0,
	rechazados INTEGER NOT NULL DEFAULT 0,
	UNIQUE (parte, nombre, sha256),
	UNIQUE (parte, nombre, k)
) STRICT;
CREATE INDEX archivos_sha256 ON archivos (sha256);
CREATE INDEX archivos_jornada ON archivos (jornada, tipo);

-- What a listing showed last under a name, so that a known file is not fetched
-- again, and since when, so that a half one can be told from a slow one.
CREATE TABLE vistos (
	parte   TEXT NOT NULL,
	nombre  TEXT NOT NULL,
	bytes   INTEGER NOT NULL,
	mtime   INTEGER NOT NULL,
	desde   INTEGER NOT NULL,
	tomado  INTEGER NOT NULL CHECK (tomado IN (0, 1)),
	PRIMARY KEY (parte, nombre)
) STRICT, WITHOUT ROWID;

-- What we leave for a party. Its bytes are kept before the row is.
CREATE TABLE salidas (
	id        INTEGER PRIMARY KEY,
	parte     TEXT NOT NULL,
	carpeta   TEXT NOT NULL,
	nombre    TEXT NOT NULL,
	tipo      TEXT NOT NULL,
	sha256    TEXT NOT NULL,
	bytes     INTEGER NOT NULL,
	registros INTEGER NOT NULL,
	jornada   TEXT NOT NULL,
	dia       TEXT NOT NULL,
	nnn       INTEGER NOT NULL,
	generado  INTEGER NOT NULL,
	archivo   INTEGER REFERENCES archivos,
	publicado INTEGER,
	anulado   INTEGER
) STRICT;
CREATE UNIQUE INDEX salidas_nombre ON salidas (parte, nombre) WHERE anulado IS NULL;
CREATE INDEX salidas_pendientes ON salidas (parte) WHERE publicado IS NULL AND anulado IS NULL;
CREATE INDEX salidas_sha256 ON salidas (sha256);
CREATE INDEX salidas_serie ON salidas (parte, tipo, dia, nnn);
CREATE INDEX salidas_jornada ON salidas (jornada, tipo, parte);
CREATE INDEX salidas_archivo ON salidas (archivo);

-- A reclamación in one of its rounds (vueltas), from its source line on.
CREATE TABLE reclamaciones (
	id         INTEGER PRIMARY KEY,
	folio      TEXT NOT NULL,
	vuelta     INTEGER NOT NULL CHECK (vuelta >= 1),
	une        INTEGER NOT NULL REFERENCES instituciones,
	archivo    INTEGER NOT NULL REFERENCES archivos,
	linea      INTEGER NOT NULL,
	numero     INTEGER NOT NULL,
	turno      TEXT NOT NULL,
	monetario  INTEGER NOT NULL CHECK (monetario IN (0, 1)),
	monto      INTEGER NOT NULL,
	registro   TEXT NOT NULL,
	lote       INTEGER REFERENCES salidas,
	entregada  INTEGER,
	dia0       TEXT,
	limite     TEXT,
	calendario TEXT,
	prorroga   INTEGER NOT NULL DEFAULT 0,
	contestada INTEGER,
	UNIQUE (folio, vuelta)
) STRICT;
CREATE INDEX reclamaciones_archivo ON reclamaciones (archivo, numero);
CREATE INDEX reclamaciones_lote ON reclamaciones (lote);
CREATE INDEX reclamaciones_sin_lote ON reclamaciones (une, archivo) WHERE lote IS NULL;
CREATE INDEX reclamaciones_abiertas ON reclamaciones (une, limite) WHERE contestada IS NULL;

-- An accepted record of a RES: an answer (tipo 1) or a prórroga (tipo 2).
CREATE TABLE respuestas (
	id          INTEGER PRIMARY KEY,
	reclamacion INTEGER NOT NULL REFERENCES reclamaciones,
	tipo        INTEGER NOT NULL CHECK (tipo IN (1, 2)),
	archivo     INTEGER NOT NULL REFERENCES archivos,
	linea       INTEGER NOT NULL,
	numero      INTEGER NOT NULL,
	recibida    INTEGER NOT NULL,
	dias        INTEGER NOT NULL,
	oportunidad INTEGER NOT NULL CHECK (oportunidad IN (1, 2)),
	limite      TEXT NOT NULL,
	calendario  TEXT NOT NULL,
	acuse       TEXT NOT NULL,
	registro    TEXT NOT NULL,
	rep         INTEGER REFERENCES salidas,
	UNIQUE (reclamacion, tipo)
) STRICT;
CREATE INDEX respuestas_sin_rep ON respuestas (id) WHERE rep IS NULL;
CREATE INDEX respuestas_archivo ON respuestas (archivo);
CREATE INDEX respuestas_rep ON respuestas (rep);

CREATE TABLE acuses (
	anio      INTEGER NOT NULL,
	n         INTEGER NOT NULL,
	archivo   INTEGER NOT NULL UNIQUE REFERENCES archivos,
	salida    INTEGER NOT NULL REFERENCES salidas,
	PRIMARY KEY (anio, n)
) STRICT, WITHOUT ROWID;

-- Evidence: one row for each time that a party read one of our files.
CREATE TABLE recogidas (
	id        INTEGER PRIMARY KEY,
	salida    INTEGER NOT NULL REFERENCES salidas,
	cuenta    TEXT NOT NULL,
	huella    TEXT NOT NULL,
	direccion TEXT NOT NULL,
	cliente   TEXT NOT NULL,
	abierta   INTEGER NOT NULL,
	cerrada   INTEGER NOT NULL,
	cubiertos INTEGER NOT NULL,
	completa  INTEGER NOT NULL CHECK (completa IN (0, 1))
) STRICT;
CREATE INDEX recogidas_salida ON recogidas (salida);

-- The operation days.
CREATE TABLE jornadas (
	dia        TEXT PRIMARY KEY,
	corte      INTEGER,
	cerrada    INTEGER,
	avisada    INTEGER,
	recibidas  INTEGER NOT NULL DEFAULT 0,
	entregadas INTEGER NOT NULL DEFAULT 0,
	rechazadas INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE corridas (
	id        INTEGER PRIMARY KEY,
	jornada   TEXT NOT NULL,
	causa     TEXT NOT NULL,
	inicio    INTEGER NOT NULL,
	fin       INTEGER,
	error     TEXT NOT NULL DEFAULT ''
) STRICT;

-- What is due: one row a task, with the moment of its next run.
CREATE TABLE agenda (
	tarea    TEXT PRIMARY KEY,
	para     INTEGER NOT NULL,
	intentos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
