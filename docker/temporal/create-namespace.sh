#!/bin/sh
# Makes the namespace of the book with the search attributes that its processes carry. Safe to repeat: what is there is
# left as it is. TEMPORAL_ADDRESS, BOOK_NAME and RETENTION_HOURS come from the environment.
set -eu

temporal operator namespace describe --namespace "$BOOK_NAME" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$BOOK_NAME" --retention "${RETENTION_HOURS:-720}h"

# A namespace just made takes a moment to be known to the whole server.
attempt=0
until known=$(temporal operator search-attribute list --namespace "$BOOK_NAME" 2>/dev/null); do
  attempt=$((attempt + 1))
  if [ "$attempt" -ge 60 ]; then
    echo "namespace $BOOK_NAME did not become usable within a minute" >&2
    exit 1
  fi
  sleep 1
done

while read -r name type; do
  echo "$known" | grep -qw "$name" ||
    temporal operator search-attribute create --namespace "$BOOK_NAME" --name "$name" --type "$type"
done <<'ATTRIBUTES'
ProcessType Keyword
BusinessKey Keyword
BusinessDate Keyword
Stage Keyword
Side Keyword
Branch Keyword
AssigneeRole Keyword
DueAt Datetime
Breached Bool
Rehearsal Bool
ATTRIBUTES
