#!/usr/bin/env bash
# Installs what looks at workflows and runs them into the folder named: actionlint, zizmor and act, in fixed versions.
# What cannot be had is left out; the last line says what is there.
set -uo pipefail
folder=$1
mkdir -p "$folder"

# Renewed by hand: Dependabot does not read this file.
ACTIONLINT=v1.7.12
ZIZMOR=1.32.0
ACT=v0.2.89

if command -v python3 > /dev/null && python3 -m venv "$folder/python"; then
  "$folder/python/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: "zizmor==$ZIZMOR" &&
    ln -sf "$folder/python/bin/zizmor" "$folder/zizmor"
fi
if command -v go > /dev/null; then
  GOBIN=$folder nice go install "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT"
  GOBIN=$folder nice go install "github.com/nektos/act@$ACT"
fi

for tool in actionlint zizmor act; do
  test -x "$folder/$tool" && echo "$tool"
done | xargs echo installed:
