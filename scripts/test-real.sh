#!/usr/bin/env bash
# Tests against real counterparties.
set -euo pipefail
cd "$(dirname "$0")/.."
bash scripts/debian-packages.sh
node scripts/build.mjs --unless-fresh
npx vitest run --config vitest.real.config.ts

# A benchmark is no test: what it says is read, and on a busy machine it may be wrong.
unset NODE_EXTRA_CA_CERTS
node bench/lint-ansible.mjs || echo "desk lint is over its limit"
