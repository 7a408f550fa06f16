#!/usr/bin/env bash
# Makes sure that the servers which the tests start are installed: PostgreSQL, Redis, and librdkafka (the Kafka
# client's native library, which also hosts the mock cluster). Silent when everything is there. As root it installs what
# is missing from Debian's packages; otherwise it says what to install and fails.
set -euo pipefail

has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null; }
has_redis() { command -v redis-server >/dev/null; }
has_librdkafka() {
  compgen -G '/usr/lib/*/librdkafka.so' >/dev/null || [[ -e /usr/lib/librdkafka.so || -e /usr/local/lib/librdkafka.so ]] \
    || compgen -G '/opt/homebrew/lib/librdkafka.dylib' >/dev/null
}

missing=()
has_postgresql || missing+=(postgresql)
has_redis || missing+=(redis-server)
has_librdkafka || missing+=(librdkafka-dev)
[[ ${#missing[@]} -eq 0 ]] && exit 0

if [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
  echo "Missing: ${missing[*]} (names of Debian's packages). Install them, or run this script as root on Debian or Ubuntu." >&2
  exit 1
fi

# The tests start their own servers: keep the packages from starting theirs.
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod 755 "$policy"
  trap 'rm -f "$policy"' EXIT
fi

export DEBIAN_FRONTEND=noninteractive
install() { apt-get install --yes --quiet --no-install-recommends "$@" >/dev/null; }

echo "Installing ${missing[*]}"
apt-get update --quiet >/dev/null
if [[ " ${missing[*]} " == *' postgresql '* ]]; then
  # Its configuration comes first, so that the server's package makes no cluster.
  install postgresql-common
  sed --in-place --regexp-extended 's/^#?\s*create_main_cluster\s*=.*/create_main_cluster = false/' \
    /etc/postgresql-common/createcluster.conf
fi
install "${missing[@]}"

has_postgresql && has_redis && has_librdkafka
