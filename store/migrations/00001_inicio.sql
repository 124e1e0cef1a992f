-- +goose Up
-- Moments are INTEGER, Unix milliseconds (UTC). Days are TEXT, AAAA-MM-DD in
-- America/Mexico_City, but for the rows of records: there INTEGER, the number of
-- the day from 1 on 0001-01-01. Amounts are INTEGER, centavos.
--
-- Three classes of tables (tablas.go): facts, which are only added; work tables,
-- which verify makes again from the facts; observations, which are in no hash.

-- The log. One row an event, numbered from 1 without gaps, never changed.
CREATE TABLE bitacora (
	n       INTEGER PRIMARY KEY,
	momento INTEGER NOT NULL,
	evento  TEXT NOT NULL CHECK (evento <> ''),
	parte   TEXT NOT NULL,
	archivo TEXT NOT NULL,
	sha256  TEXT NOT NULL,
	folio   TEXT NOT NULL,
	detalle TEXT NOT NULL CHECK (json_valid(detalle)),
	hoja    BLOB NOT NULL CHECK (length(hoja) = 32),
	-- What the log is asked for and has in its payloads alone: the key and the
	-- address (without its port) of a party, and the type of the file by its name.
	-- The keys stand at the beginning of a payload.
	tipo TEXT GENERATED ALWAYS AS (
		CASE WHEN archivo GLOB 'GE_[A-Z][A-Z][A-Z]_*' THEN substr(archivo, 4, 3) END) VIRTUAL,
	llave TEXT GENERATED ALWAYS AS (
		CASE WHEN instr(substr(detalle, 1, 400), '"llave"') OR instr(substr(detalle, 1, 400), '"huella"')
		THEN nullif(CAST(coalesce(detalle ->> '$.llave', detalle ->> '$.huella') AS TEXT), '') END) VIRTUAL,
	direccion TEXT GENERATED ALWAYS AS (
		CASE WHEN instr(substr(detalle, 1, 400), '"direccion"') = 0 OR detalle ->> '$.direccion' = '' THEN NULL
		WHEN substr(detalle ->> '$.direccion', 1, 1) = '['
		THEN substr(detalle ->> '$.direccion', 2, instr(detalle ->> '$.direccion', ']') - 2)
		WHEN detalle ->> '$.direccion' LIKE '%:%' AND detalle ->> '$.direccion' NOT LIKE '%:%:%'
		THEN substr(detalle ->> '$.direccion', 1, instr(detalle ->> '$.direccion', ':') - 1)
		ELSE CAST(detalle ->> '$.direccion' AS TEXT) END) VIRTUAL
) STRICT;
CREATE INDEX bitacora_parte     ON bitacora (parte, n);
CREATE INDEX bitacora_archivo   ON bitacora (archivo, n)   WHERE archivo <> '';
CREATE INDEX bitacora_evento    ON bitacora (evento, n);
CREATE INDEX bitacora_tipo      ON bitacora (tipo, n)      WHERE tipo IS NOT NULL;
CREATE INDEX bitacora_llave     ON bitacora (llave, n)     WHERE llave IS NOT NULL;
CREATE INDEX bitacora_direccion ON bitacora (direccion, n) WHERE direccion IS NOT NULL;

-- The hashes of the log's tree, from level 8 on.
CREATE TABLE nodos (
	nivel INTEGER NOT NULL,
	i     INTEGER NOT NULL,
	hash  BLOB NOT NULL CHECK (length(hash) = 32),
	PRIMARY KEY (nivel, i)
) STRICT, WITHOUT ROWID;

-- The moments of the log by blocks of 1,024 events, by which a range of moments
-- becomes one of numbers: clocks are set back, so that the moments of the log are
-- not in order, and no index of them gives an answer in the log's order.
CREATE TABLE bloques (
	bloque INTEGER PRIMARY KEY,
	desde  INTEGER NOT NULL,
	hasta  INTEGER NOT NULL
) STRICT;

-- The events with which an act goes on: from which place of it.
CREATE TABLE partes (
	primero INTEGER NOT NULL,
	desde   INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	PRIMARY KEY (primero, desde)
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
	id     INTEGER PRIMARY KEY,
	clave  TEXT NOT NULL UNIQUE,
	valor  TEXT NOT NULL,
	evento INTEGER NOT NULL
) STRICT;

-- The roll (padrón) of institutions.
CREATE TABLE instituciones (
	une          INTEGER PRIMARY KEY CHECK (une BETWEEN 1 AND 99999999),
	denominacion TEXT NOT NULL,
	sector       TEXT NOT NULL,
	termino      INTEGER NOT NULL CHECK (termino > 0),
	prorroga     INTEGER NOT NULL CHECK (prorroga >= 0),
	evento       INTEGER NOT NULL
) STRICT;

-- That its UNE may not sign in from a moment on, or may again: the last one counts.
CREATE TABLE suspensiones (
	id         INTEGER PRIMARY KEY,
	une        INTEGER NOT NULL REFERENCES instituciones,
	suspendida INTEGER NOT NULL CHECK (suspendida IN (0, 1)),
	momento    INTEGER NOT NULL,
	evento     INTEGER NOT NULL
) STRICT;
CREATE INDEX suspensiones_une ON suspensiones (une, id);

-- A key holds from desde until before hasta; NULL is no such bound.
CREATE TABLE llaves (
	id      INTEGER PRIMARY KEY,
	une     INTEGER NOT NULL REFERENCES instituciones,
	huella  TEXT NOT NULL,
	publica TEXT NOT NULL,
	nombre  TEXT NOT NULL,
	desde   INTEGER,
	hasta   INTEGER CHECK (hasta > desde),
	alta    INTEGER NOT NULL,
	evento  INTEGER NOT NULL,
	UNIQUE (une, huella)
) STRICT;
CREATE INDEX llaves_huella ON llaves (huella);
CREATE INDEX llaves_hasta ON llaves (hasta) WHERE hasta IS NOT NULL;

-- What was revoked stays, so that it never comes back.
CREATE TABLE llaves_revocadas (
	id      INTEGER PRIMARY KEY,
	llave   INTEGER NOT NULL UNIQUE REFERENCES llaves,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;

CREATE TABLE llaves_avisadas (
	id      INTEGER PRIMARY KEY,
	llave   INTEGER NOT NULL UNIQUE REFERENCES llaves,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;

-- The last use of a key, to the minute.
CREATE TABLE usos (
	llave   INTEGER PRIMARY KEY,
	momento INTEGER NOT NULL
) STRICT;

-- Passwords, as bcrypt hashes, for the agreements that need them: the last one
-- counts; NULL revokes.
CREATE TABLE claves (
	id      INTEGER PRIMARY KEY,
	une     INTEGER NOT NULL REFERENCES instituciones,
	hash    TEXT CHECK (hash LIKE '$2%'),
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE INDEX claves_une ON claves (une, id);

-- What arrived: one row for each content under each name of each party, as it was
-- judged.
CREATE TABLE archivos (
	id            INTEGER PRIMARY KEY,
	parte         TEXT NOT NULL,
	nombre        TEXT NOT NULL,
	sha256        TEXT NOT NULL,
	bytes         INTEGER NOT NULL,
	tipo          TEXT NOT NULL,
	version       TEXT NOT NULL, -- of the layout, by which its records are read
	codificacion  TEXT NOT NULL, -- likewise; '' is UTF-8
	jornada       TEXT NOT NULL,
	recibido      INTEGER NOT NULL,
	k             INTEGER NOT NULL CHECK (k >= 1),
	resultado     INTEGER NOT NULL CHECK (resultado BETWEEN 1 AND 3),
	registros     INTEGER NOT NULL,
	aceptados     INTEGER NOT NULL,
	rechazados    INTEGER NOT NULL,
	primera_linea INTEGER NOT NULL, -- of its records
	calendario    TEXT NOT NULL,    -- the version by which a RES was judged
	evento        INTEGER NOT NULL,
	UNIQUE (sha256, nombre, parte),
	UNIQUE (nombre, parte, k)
) STRICT;
CREATE INDEX archivos_jornada ON archivos (jornada, tipo);

-- The files that are being taken in: rows of theirs count once the file is there,
-- and are dropped at the next start where it never came to that.
CREATE TABLE entrantes (
	archivo INTEGER PRIMARY KEY
) STRICT;

-- The records that were refused, where their file was read by records.
CREATE TABLE rechazados (
	id      INTEGER PRIMARY KEY,
	archivo INTEGER NOT NULL,
	numero  INTEGER NOT NULL,
	folio   TEXT NOT NULL,
	codigo  TEXT NOT NULL
) STRICT;
CREATE INDEX rechazados_archivo ON rechazados (archivo, numero);
CREATE INDEX rechazados_folio ON rechazados (folio) WHERE folio <> '';

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

-- When a folder on an institution's own server was last listed whole, and when
-- before that: the moments at which those listings began.
CREATE TABLE listados (
	parte    TEXT NOT NULL,
	carpeta  TEXT NOT NULL,
	momento  INTEGER NOT NULL,
	anterior INTEGER NOT NULL,
	PRIMARY KEY (parte, carpeta)
) STRICT, WITHOUT ROWID;

-- The annexes that arrived: every content under every name of a party.
CREATE TABLE anexos (
	id       INTEGER PRIMARY KEY,
	parte    TEXT NOT NULL,
	nombre   TEXT NOT NULL,
	sha256   TEXT NOT NULL,
	bytes    INTEGER NOT NULL,
	recibido INTEGER NOT NULL,
	evento   INTEGER NOT NULL,
	UNIQUE (parte, nombre, sha256)
) STRICT;
CREATE INDEX anexos_sha256 ON anexos (sha256);

-- What we made for a party. Its bytes are kept before the row is. A name is given
-- once, also where its file was annulled.
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
	evento    INTEGER NOT NULL,
	UNIQUE (nombre, parte)
) STRICT;
CREATE INDEX salidas_sha256 ON salidas (substr(sha256, 1, 16)); -- no two are alike in that
CREATE INDEX salidas_serie ON salidas (parte, tipo, dia, nnn);
CREATE INDEX salidas_jornada ON salidas (jornada, parte) WHERE tipo = 'LOT';
CREATE INDEX salidas_archivo ON salidas (archivo, parte);
CREATE INDEX salidas_ultimas ON salidas (parte, tipo);

-- When it became visible, and whether it can be seen that the party picks it up.
CREATE TABLE publicaciones (
	id         INTEGER PRIMARY KEY,
	salida     INTEGER NOT NULL UNIQUE REFERENCES salidas,
	momento    INTEGER NOT NULL,
	observable INTEGER NOT NULL CHECK (observable IN (0, 1)),
	evento     INTEGER NOT NULL
) STRICT;

-- That a LOT which was never visible was taken back.
CREATE TABLE anulaciones (
	id      INTEGER PRIMARY KEY,
	salida  INTEGER NOT NULL UNIQUE REFERENCES salidas,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;

-- What is made and not visible yet.
CREATE TABLE por_publicar (
	salida INTEGER PRIMARY KEY,
	parte  TEXT NOT NULL
) STRICT;
CREATE INDEX por_publicar_parte ON por_publicar (parte, salida);

-- A LOT has every row of its REC that is of its institution: the terms of these,
-- for each day of turno, or once for all (turno 0).
CREATE TABLE lotes (
	id         INTEGER PRIMARY KEY,
	salida     INTEGER NOT NULL REFERENCES salidas,
	rec        INTEGER NOT NULL REFERENCES archivos,
	une        INTEGER NOT NULL REFERENCES instituciones,
	turno      INTEGER NOT NULL,
	dia0       INTEGER NOT NULL,
	limite     INTEGER NOT NULL,
	calendario TEXT NOT NULL,
	evento     INTEGER NOT NULL,
	UNIQUE (salida, turno)
) STRICT;
CREATE INDEX lotes_rec ON lotes (rec, une);

-- The RECs of which an institution has rows in no LOT yet.
CREATE TABLE por_entregar (
	une INTEGER NOT NULL REFERENCES instituciones,
	rec INTEGER NOT NULL REFERENCES archivos,
	PRIMARY KEY (une, rec)
) STRICT, WITHOUT ROWID;

-- A reclamación in one of its rounds (vueltas). Its text is in the REC, largo bytes
-- from desplazamiento on. tramo is set in the first of several rows of an institution
-- and its REC that stand one behind the other: how many they are. So the rows of a LOT
-- are found by some index entries, not by one for each.
CREATE TABLE reclamaciones (
	id             INTEGER PRIMARY KEY,
	folio          TEXT NOT NULL,
	vuelta         INTEGER NOT NULL CHECK (vuelta >= 1),
	une            INTEGER NOT NULL,
	archivo        INTEGER NOT NULL,
	tramo          INTEGER CHECK (tramo >= 1),
	numero         INTEGER NOT NULL,
	desplazamiento INTEGER NOT NULL,
	largo          INTEGER NOT NULL,
	proceso        TEXT, -- NULL is GE
	unidad         TEXT,
	fecha          INTEGER NOT NULL,
	turno          INTEGER NOT NULL,
	medio          INTEGER NOT NULL,
	producto       TEXT NOT NULL,
	causa          TEXT NOT NULL,
	pori           INTEGER NOT NULL CHECK (pori IN (0, 1)),
	persona        INTEGER NOT NULL,
	sexo           TEXT,
	edad           INTEGER,
	entidad        INTEGER NOT NULL,
	municipio      INTEGER,
	monetario      INTEGER NOT NULL CHECK (monetario IN (0, 1)),
	monto          INTEGER NOT NULL,
	UNIQUE (folio, vuelta)
) STRICT;
CREATE INDEX reclamaciones_archivo ON reclamaciones (archivo, une) WHERE tramo IS NOT NULL;

-- How a round that was delivered stands: what the facts come to.
CREATE TABLE estados (
	reclamacion INTEGER PRIMARY KEY,
	une         INTEGER NOT NULL,
	lote        INTEGER NOT NULL,
	entregada   INTEGER NOT NULL,
	dia0        INTEGER NOT NULL,
	limite      INTEGER NOT NULL,
	calendario  TEXT, -- NULL: that of the LOT
	prorroga    INTEGER NOT NULL DEFAULT 0,
	contestada  INTEGER,
	desistida   INTEGER,
	plazo       TEXT CHECK (plazo IN ('por_vencer', 'vencido')) -- NULL is a_tiempo
) STRICT;
CREATE INDEX estados_abiertos ON estados (une, limite) WHERE contestada IS NULL AND desistida IS NULL;

-- That was told of a term after its delivery: how it stands (a_tiempo, por_vencer,
-- vencido), or that its limit is another one (movido, recontado).
CREATE TABLE plazos (
	id          INTEGER PRIMARY KEY,
	reclamacion INTEGER NOT NULL REFERENCES reclamaciones,
	que         TEXT NOT NULL,
	limite      INTEGER NOT NULL,
	calendario  TEXT, -- of recontado
	lugar       INTEGER NOT NULL,
	evento      INTEGER NOT NULL
) STRICT;
CREATE INDEX plazos_reclamacion ON plazos (reclamacion, id);

-- An accepted record of a RES: an answer (tipo 1) or a prórroga (tipo 2).
CREATE TABLE respuestas (
	id             INTEGER PRIMARY KEY,
	reclamacion    INTEGER NOT NULL,
	tipo           INTEGER NOT NULL CHECK (tipo IN (1, 2)),
	archivo        INTEGER NOT NULL,
	numero         INTEGER NOT NULL,
	desplazamiento INTEGER NOT NULL,
	largo          INTEGER NOT NULL,
	dias           INTEGER NOT NULL,
	oportunidad    INTEGER NOT NULL CHECK (oportunidad IN (1, 2)),
	limite         INTEGER NOT NULL,
	sentido        INTEGER,
	prorroga       INTEGER,
	abonado        INTEGER,
	anexo          TEXT, -- SHA-256
	UNIQUE (reclamacion, tipo)
) STRICT;
CREATE INDEX respuestas_archivo ON respuestas (archivo);

-- The RES with records that are in no REP yet.
CREATE TABLE por_devolver (
	archivo INTEGER PRIMARY KEY
) STRICT;

-- That a record went back in a REP.
CREATE TABLE devoluciones (
	respuesta INTEGER PRIMARY KEY REFERENCES respuestas,
	rep       INTEGER NOT NULL REFERENCES salidas
) STRICT;
CREATE INDEX devoluciones_rep ON devoluciones (rep);

-- What became of a folio at CONDUSEF, in the order in which it was told.
CREATE TABLE dictamenes (
	id             INTEGER PRIMARY KEY,
	reclamacion    INTEGER NOT NULL REFERENCES reclamaciones,
	une            INTEGER NOT NULL, -- of the round: each visit tells a UNE its own
	tipo           INTEGER NOT NULL CHECK (tipo BETWEEN 1 AND 11),
	fecha          INTEGER NOT NULL,
	archivo        INTEGER NOT NULL,
	numero         INTEGER NOT NULL,
	desplazamiento INTEGER NOT NULL,
	largo          INTEGER NOT NULL,
	anula          INTEGER -- of tipo 11: the tipo that it leaves without effect
) STRICT;
CREATE INDEX dictamenes_reclamacion ON dictamenes (reclamacion, id);
CREATE INDEX dictamenes_une ON dictamenes (une, id);
CREATE INDEX dictamenes_archivo ON dictamenes (archivo);

CREATE TABLE acuses (
	id      INTEGER PRIMARY KEY,
	anio    INTEGER NOT NULL,
	n       INTEGER NOT NULL,
	archivo INTEGER NOT NULL UNIQUE REFERENCES archivos,
	salida  INTEGER NOT NULL REFERENCES salidas,
	evento  INTEGER NOT NULL,
	UNIQUE (anio, n)
) STRICT;

-- Where the store may have been older than what parties were shown, an epoch begins:
-- from which number on the acuses of a year go on in it.
CREATE TABLE epocas (
	id      INTEGER PRIMARY KEY,
	epoca   INTEGER NOT NULL CHECK (epoca >= 2),
	anio    INTEGER NOT NULL,
	desde   INTEGER NOT NULL CHECK (desde >= 1),
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL,
	UNIQUE (epoca, anio)
) STRICT;
CREATE INDEX epocas_momento ON epocas (momento, epoca);
CREATE INDEX epocas_anio ON epocas (anio, desde);

-- Evidence by handle: what one open file of a party read, and how it ended; and
-- what all handles on that file show with it.
CREATE TABLE recogidas (
	id         INTEGER PRIMARY KEY,
	salida     INTEGER NOT NULL REFERENCES salidas,
	cuenta     TEXT NOT NULL,
	huella     TEXT NOT NULL,
	direccion  TEXT NOT NULL,
	cliente    TEXT NOT NULL,
	algoritmos TEXT NOT NULL,
	abierta    INTEGER NOT NULL,
	cerrada    INTEGER NOT NULL,
	primero    INTEGER,
	ultimo     INTEGER,
	inicio     INTEGER, -- the lowest offset that was asked for; NULL where nothing was
	tramos     TEXT NOT NULL,
	cubiertos  INTEGER NOT NULL,
	cierre     INTEGER NOT NULL CHECK (cierre IN (0, 1)), -- 1: the party closed it; 0: its connection broke
	completa   INTEGER NOT NULL CHECK (completa IN (0, 1)),
	ronda      INTEGER NOT NULL, -- which pickup of the file it belongs to: the first, the second …
	con_abierta  INTEGER NOT NULL,
	con_leida    INTEGER,
	con_completa INTEGER,
	con_veces    INTEGER NOT NULL,
	con_tramos   TEXT NOT NULL,
	evento     INTEGER NOT NULL
) STRICT;
CREATE INDEX recogidas_salida ON recogidas (salida);
CREATE INDEX recogidas_cortadas ON recogidas (salida, ronda, id) WHERE cierre = 0;
CREATE INDEX recogidas_reanudadas ON recogidas (salida, ronda, id) WHERE inicio > 0;

-- What all handles on a file together show. No row: nobody opened it.
CREATE TABLE coberturas (
	salida   INTEGER PRIMARY KEY,
	abierta  INTEGER NOT NULL,
	leida    INTEGER,
	completa INTEGER,
	veces    INTEGER NOT NULL,
	tramos   TEXT NOT NULL
) STRICT;

-- A LOT that is still to be picked up, and that can be seen to be.
CREATE TABLE por_recoger (
	salida INTEGER PRIMARY KEY
) STRICT;

-- That it was told that nobody picked a LOT up: by the hour, and by its limit.
CREATE TABLE no_recogidos (
	id      INTEGER PRIMARY KEY,
	salida  INTEGER NOT NULL REFERENCES salidas,
	plazo   TEXT NOT NULL CHECK (plazo IN ('hora', 'limite')),
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL,
	UNIQUE (salida, plazo)
) STRICT;

-- The operation days: the corte, each close with its counts, the alarm. A day has a
-- second corte where a clock that was ahead did the first before its hour; the last one
-- counts, and closes and alarms that came after it. mano: ended by hand, without a REC.
CREATE TABLE cortes (
	id      INTEGER PRIMARY KEY,
	dia     TEXT NOT NULL,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE INDEX cortes_dia ON cortes (dia, id);
CREATE TABLE cierres (
	id         INTEGER PRIMARY KEY,
	dia        TEXT NOT NULL,
	momento    INTEGER NOT NULL,
	recibidas  INTEGER NOT NULL,
	entregadas INTEGER NOT NULL,
	rechazadas INTEGER NOT NULL,
	mano       INTEGER NOT NULL CHECK (mano IN (0, 1)),
	evento     INTEGER NOT NULL
) STRICT;
CREATE INDEX cierres_dia ON cierres (dia, id);
CREATE TABLE avisos (
	id      INTEGER PRIMARY KEY,
	dia     TEXT NOT NULL,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE INDEX avisos_dia ON avisos (dia, id);

CREATE TABLE corridas (
	id      INTEGER PRIMARY KEY,
	jornada TEXT NOT NULL,
	causa   TEXT NOT NULL,
	inicio  INTEGER NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE TABLE finales (
	id      INTEGER PRIMARY KEY,
	corrida INTEGER NOT NULL UNIQUE REFERENCES corridas,
	momento INTEGER NOT NULL,
	error   TEXT NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;

-- When our server was up: one row from a start to its last heartbeat.
CREATE TABLE latidos (
	id     INTEGER PRIMARY KEY,
	desde  INTEGER NOT NULL,
	hasta  INTEGER NOT NULL CHECK (hasta >= desde),
	cierre INTEGER NOT NULL DEFAULT 0 CHECK (cierre IN (0, 1))
) STRICT;
CREATE INDEX latidos_hasta ON latidos (hasta);

-- The keys that sealed acuses here: their public halves stay listed for ever, so
-- that an old acuse can be verified. Each use begins where the one before ends.
CREATE TABLE sellos (
	id      INTEGER PRIMARY KEY,
	llave   TEXT NOT NULL UNIQUE,
	publica TEXT NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE TABLE turnos_sello (
	id     INTEGER PRIMARY KEY,
	sello  INTEGER NOT NULL REFERENCES sellos,
	desde  INTEGER NOT NULL,
	evento INTEGER NOT NULL
) STRICT;

CREATE TABLE puntos (
	tamano  INTEGER PRIMARY KEY,
	momento INTEGER NOT NULL,
	nota    TEXT NOT NULL,
	evento  INTEGER NOT NULL
) STRICT;
CREATE TABLE testigos (
	id      INTEGER PRIMARY KEY,
	parte   TEXT NOT NULL,
	tamano  INTEGER NOT NULL,
	momento INTEGER NOT NULL,
	evento  INTEGER NOT NULL,
	UNIQUE (parte, tamano)
) STRICT;
CREATE INDEX testigos_tamano ON testigos (tamano);

-- What parties finished uploading to our own server, as they see it, and whether it
-- was taken in. A name is seen once, its letters large or small.
CREATE TABLE arribos (
	id      INTEGER PRIMARY KEY,
	parte   TEXT NOT NULL,
	carpeta TEXT NOT NULL,
	nombre  TEXT NOT NULL,
	plegado TEXT NOT NULL, -- the name but for case
	sha256  TEXT NOT NULL,
	bytes   INTEGER NOT NULL,
	momento INTEGER NOT NULL, -- that counts: of its close or rename
	fechado INTEGER, -- the time that the party's client gave it
	subida  TEXT NOT NULL UNIQUE, -- the staged file that it was
	visible INTEGER NOT NULL CHECK (visible IN (0, 1)), -- the last one under its name, and not retired
	retirado INTEGER,
	tomado  INTEGER NOT NULL CHECK (tomado IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX arribos_visibles ON arribos (parte, carpeta, plegado) WHERE visible;
CREATE INDEX arribos_por_tomar ON arribos (parte, momento) WHERE NOT tomado;
CREATE INDEX arribos_momento ON arribos (parte, momento);
CREATE INDEX arribos_sha256 ON arribos (sha256);

-- What a party is shown that is made anew where it changes: estado/ and LEEME.txt. It
-- is no evidence, but for the heads of the log, whose content is in archivo/.
CREATE TABLE exhibidos (
	id        INTEGER PRIMARY KEY,
	parte     TEXT NOT NULL,
	carpeta   TEXT NOT NULL,
	nombre    TEXT NOT NULL,
	sha256    TEXT NOT NULL,
	bytes     INTEGER NOT NULL,
	momento   INTEGER NOT NULL,
	contenido BLOB, -- deflated; NULL: it is in archivo/
	UNIQUE (parte, carpeta, nombre)
) STRICT;

-- What estado/ of a party was made from: while it is the same, so is estado/.
CREATE TABLE bases (
	parte   TEXT PRIMARY KEY,
	base    TEXT NOT NULL,
	eventos INTEGER NOT NULL -- how many the log had then
) STRICT, WITHOUT ROWID;

-- Names that a party's own folder showed when an epoch began, and that we did not give:
-- what is made next takes others.
CREATE TABLE ocupados (
	parte  TEXT NOT NULL,
	nombre TEXT NOT NULL,
	PRIMARY KEY (parte, nombre)
) STRICT, WITHOUT ROWID;

-- When a content came first, by a sealed acuse of before an epoch.
CREATE TABLE reconocidos (
	parte    TEXT NOT NULL,
	nombre   TEXT NOT NULL,
	sha256   TEXT NOT NULL,
	recibido INTEGER NOT NULL,
	PRIMARY KEY (parte, nombre, sha256)
) STRICT, WITHOUT ROWID;

-- Contents that the facts name and that were looked for in vain: nothing lies under
-- their hash, or something else does.
CREATE TABLE ausentes (
	sha256   TEXT PRIMARY KEY,
	desde    INTEGER NOT NULL,
	alterado INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is due: one row a task, with the moment of its next run.
CREATE TABLE agenda (
	tarea    TEXT PRIMARY KEY,
	para     INTEGER NOT NULL,
	intentos INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA application_id = 1112889906;
