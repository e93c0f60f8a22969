#!/bin/sh
# Installs what building and testing need on a bare Debian 12 (bookworm). Called by every make target; after the first
# run it only asks dpkg and returns at once. ECSMI_SKIP_DEPS=1 leaves the machine alone (packagers, sandboxes).
set -eu

# One reason each: docs/decisions/0002-dependencies.md.
PACKAGES="
  ccache clang-14 clang-format-14 clang-tidy-14 cmake curl g++ git libclang-rt-14-dev mold ninja-build pkg-config python3
  libabsl-dev libbenchmark-dev libboost-dev libcli11-dev libgmock-dev libgrpc++-dev libgtest-dev libprotobuf-dev
  libspdlog-dev libsqlite3-dev libssl-dev libyaml-cpp-dev prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc
  nodejs npm rapidjson-dev sqlite3 tzdata zlib1g-dev
"

[ "${ECSMI_SKIP_DEPS:-0}" = 1 ] && exit 0

# A package counts as present when dpkg knows it as installed; nodejs from elsewhere brings its own npm.
missing=""
for package in $PACKAGES; do
  case "$package" in
    npm|nodejs) command -v "${package%js}" >/dev/null 2>&1 && continue ;;
  esac
  dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

sudo=""
[ "$(id -u)" = 0 ] || sudo=sudo
echo "ecsmi: installing$missing" >&2
$sudo apt-get update -qq
# shellcheck disable=SC2086 # a list of names, meant to be split
DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >&2
