#!/usr/bin/env bash
# actionlint and zizmor (pedantic, without the network) over the workflows, the examples and the action; actionlint over
# the workflows of the pages too, since those are copied.
# Both from the PATH; scripts/workflow-tools.sh installs them.
set -uo pipefail
cd "$(dirname "$0")/.." || exit

passed=0
failed=0
skipped=0
look() {
  local tool=$1
  if ! command -v "$tool" > /dev/null; then
    echo "skipped: there is no $tool on the PATH"
    skipped=$((skipped + 1))
  elif "$@"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
}

pages=$(mktemp -d)
trap 'rm -rf "$pages"' EXIT
node scripts/page-workflows.ts "$pages"
look actionlint .github/workflows/*.yml examples/*.yml "$pages"/*.yml
look zizmor --pedantic --offline --no-progress --quiet --config .github/zizmor.yml \
  .github/workflows/*.yml examples/*.yml .github/dependabot.yml action.yml

echo "$passed passed, $failed failed$(test "$skipped" -eq 0 || echo ", $skipped skipped")"
test "$failed" -eq 0
