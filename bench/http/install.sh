#!/usr/bin/env bash
# What the benchmarks of servers compare with and npm run bench does not install by itself, on Debian and its like, as root:
#   bash bench/http/install.sh
# nginx, Varnish and Webdis (none is left running), gcc for the C server and the load, taskset and setpriv, and the servers of
# npm that come with binaries (about 120 MB). Whatever is missing is left out of a run, which says so.
set -euo pipefail
cd "$(dirname "$0")"

export DEBIAN_FRONTEND=noninteractive
apt-get update
# Their packages start them, unless this file tells not to.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
fi
apt-get install -y --no-install-recommends nginx-light varnish webdis gcc libc6-dev util-linux

npm --prefix native ci --ignore-scripts --no-audit --no-fund
nginx -v
varnishd -V
