# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# packages.sh - install what is missing, and leave no daemon running or enabled.

need_packages() {
    missing=
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' ||
            missing="$missing $package"
    done
    [ -z "$missing" ] && return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
        as_root=sudo
    else
        echo "These packages are missing. As root, run:" >&2
        echo "  apt-get install --no-install-recommends$missing" >&2
        exit 2
    fi
    echo "installing:$missing"
    # shellcheck disable=SC2086
    install_quietly $missing
}

# A policy-rc.d that answers 101 keeps maintainer scripts from starting daemons; the units that
# came with the packages are disabled afterwards.
install_quietly() {
    policy=/usr/sbin/policy-rc.d
    ours=
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
        $as_root chmod 755 "$policy"
        ours=yes
    fi
    units_before=$(mktemp)
    units >"$units_before"
    log=$(mktemp)
    status=0
    { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"; } >"$log" 2>&1 </dev/null || status=$?
    [ -n "$ours" ] && $as_root rm -f "$policy"
    units | comm -13 "$units_before" - | while read -r unit; do
        $as_root systemctl mask "$unit" >/dev/null 2>&1 || true
    done
    rm -f "$units_before"
    if [ "$status" != 0 ]; then
        tail -n 20 "$log" >&2
        echo "apt-get failed; the whole log is $log" >&2
        exit 1
    fi
    rm -f "$log"
}

units() {
    find /lib/systemd/system /usr/lib/systemd/system -name '*.service' -printf '%f\n' 2>/dev/null |
        sort -u
}
