#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version: what stands below its heading (`## 1.2.3`, `## [1.2.3] - 2026-12-01`).
set -euo pipefail
cd "$(dirname "$0")/.."
version=${1#v}
notes=$(awk -v version="$version" '
  /^## / { heading = $2; gsub(/[][]/, "", heading); sub(/^v/, "", heading); inside = heading == version; next }
  inside { print }' CHANGELOG.md)
test -n "${notes//[[:space:]]/}" || {
  echo "CHANGELOG.md says nothing of $version: give it a heading \"## $version\" with what changed below it." >&2
  exit 1
}
echo "$notes"
