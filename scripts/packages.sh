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

# A policy-rc.d that answers 101 keeps maintainer scripts from starting daemons; what came with the
# packages and would start at the next boot is masked (systemd) and disabled (init scripts).
install_quietly() {
    before=$(mktemp -d)
    daemons >"$before/daemons"
    forbid_starting
    status=0
    { $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends "$@"; } >"$before/log" 2>&1 </dev/null || status=$?
    allow_starting
    daemons | comm -13 "$before/daemons" - >"$before/new"
    while IFS= read -r daemon; do
        disable_daemon "$daemon"
    done <"$before/new"
    if [ -s "$before/new" ]; then
        echo "kept from ever starting: $(tr '\n' ' ' <"$before/new")"
    fi
    if [ "$status" != 0 ]; then
        tail -n 20 "$before/log" >&2
        echo "apt-get failed; the whole log is $before/log" >&2
        exit 1
    fi
    rm -rf "$before"
}

POLICY=/usr/sbin/policy-rc.d

# Where the machine has a policy of its own it is put aside, and put back whatever happens.
forbid_starting() {
    if [ -e "$POLICY" ] || [ -L "$POLICY" ]; then
        $as_root mv "$POLICY" "$POLICY.countersign"
    fi
    trap allow_starting EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$POLICY" >/dev/null
    $as_root chmod 755 "$POLICY"
}

allow_starting() {
    $as_root rm -f "$POLICY"
    if [ -e "$POLICY.countersign" ] || [ -L "$POLICY.countersign" ]; then
        $as_root mv "$POLICY.countersign" "$POLICY"
    fi
    trap - EXIT INT TERM HUP
}

# The units that someone may enable: those are what starts at boot.
daemons() {
    find /lib/systemd/system /usr/lib/systemd/system \( -name '*.service' -o -name '*.socket' \) \
        -type f -exec grep -l '^\[Install\]' {} + 2>/dev/null | sed 's,.*/,,' | sort -u
}

# A mask is a link to /dev/null: made by hand, it holds where there is no systemctl too.
disable_daemon() {
    $as_root mkdir -p /etc/systemd/system
    [ -e "/etc/systemd/system/$1" ] || $as_root ln -s /dev/null "/etc/systemd/system/$1"
    if [ -e "/etc/init.d/${1%.service}" ]; then
        $as_root update-rc.d "${1%.service}" disable >/dev/null 2>&1 || true
    fi
}
