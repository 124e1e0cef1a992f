#!/usr/bin/env bash
# The day's work by ordinary tools: guion.sh REC FOLDER leaves in FOLDER the REC's
# hash, a file for each institution, synced, and one durable table of all records.
# The REC's lines 01 and 09 are left out, and its fields are taken as they are.
set -euo pipefail
export LC_ALL=C
rec=$1 hecho=$2

registros() { grep '^02|' "$rec" | tr -d '\r'; }

mkdir -p "$hecho/lotes"
sha256sum "$rec" >"$hecho/rec.sha256"

registros | mlr --csvlite --fs '|' --implicit-csv-header --headerless-csv-output \
	split -g 4 --prefix "$hecho/lotes/lote" --suffix txt
sync "$hecho"/lotes/* "$hecho/lotes" "$hecho/rec.sha256" "$hecho"

registros >"$hecho/registros"
sqlite3 -bail "$hecho/tabla.db" <<SQL
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE reclamaciones ($(seq -s, -f 'c%02.0f' 1 33));
.mode ascii
.separator "|" "\n"
.import $hecho/registros reclamaciones
SQL
rm "$hecho/registros"
