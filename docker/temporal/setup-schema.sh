#!/bin/sh
# Brings both databases of the Temporal server to the schema of this version of it. Safe to repeat: a schema that is
# newer than the first version is not begun again, and a version that is there is not applied again.
set -eu
schemas=/etc/temporal/schema/postgresql/v12

for part in temporal visibility; do
  case $part in
    temporal) database=temporal ;;
    visibility) database=temporal_visibility ;;
  esac
  temporal-sql-tool --db "$database" setup-schema -v 0.0
  temporal-sql-tool --db "$database" update-schema -d "$schemas/$part/versioned"
done
