#!/usr/bin/env bash
# Installs from Debian what the tests against real counterparties need and this machine lacks.
set -euo pipefail
need=()
command -v strace >/dev/null || need+=(strace)
command -v tmux >/dev/null || need+=(tmux)
command -v git >/dev/null || need+=(git)
command -v ssh-keygen >/dev/null || need+=(openssh-client)
command -v zsh >/dev/null || need+=(zsh)
command -v fish >/dev/null || need+=(fish)
command -v ansible-playbook >/dev/null || need+=(ansible-core)
command -v curl >/dev/null || need+=(curl)
command -v promtool >/dev/null || need+=(prometheus)
command -v amtool >/dev/null || need+=(prometheus-alertmanager)
[ -e /usr/share/doc/libquickfix-doc/examples/ordermatch ] || need+=(libquickfix17 libquickfix-doc)
command -v ip >/dev/null || need+=(iproute2)
if [ ${#need[@]} -gt 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${need[@]}"
fi
