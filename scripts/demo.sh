# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# demo.sh - the whole story on a real domain: build, raise, tell (story.sh), clean up.

verb_demo() {
    demo_began=$(date +%s)
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_DOMAIN $PKGS_DEMO
    demo_dir=$(mktemp -d /tmp/countersign-demo.XXXXXX) # short: Unix sockets stand below it
    demo_realm=$demo_dir/realm
    trap demo_clean EXIT
    trap 'exit 130' INT TERM

    demo_step "Building the libraries and the samples" build demo
    PATH=$PWD/build/demo/bin:$PATH
    demo_step "Raising an Active Directory domain" \
        countersign realm up --dir "$demo_realm" --realm DEMO.EXAMPLE

    demo_status=0
    COUNTERSIGN_SAMPLES=$PWD/build/demo/samples \
        countersign realm exec --dir "$demo_realm" -- sh scripts/story.sh || demo_status=1

    echo
    demo_step "Taking the domain down" countersign realm down --dir "$demo_realm"
    demo_clean
    demo_left || demo_status=1
    echo "All of it took $(($(date +%s) - demo_began)) seconds."
    return "$demo_status"
}

# What a step says is shown only when it went wrong.
demo_step() { # title command...
    printf '%s ... ' "$1"
    shift
    demo_step_began=$(date +%s)
    if ("$@") >"$demo_dir/step.log" 2>&1; then
        echo "$(($(date +%s) - demo_step_began)) s"
    else
        echo "failed"
        tail -n 40 "$demo_dir/step.log" >&2
        exit 1
    fi
}

demo_clean() {
    [ ! -d "$demo_realm" ] || countersign realm down --dir "$demo_realm" >/dev/null 2>&1 || true
    rm -rf "$demo_dir"
}

# Nothing may stay behind: no file, and no process that names our folder.
demo_left() {
    left=$(grep -ls "$demo_dir" /proc/[0-9]*/cmdline || true)
    [ -z "$left" ] && [ ! -e "$demo_dir" ] && return 0
    echo "WRONG: something stays behind: $demo_dir $left" >&2
    return 1
}
