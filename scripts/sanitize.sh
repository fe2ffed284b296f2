# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# sanitize.sh - the tests under AddressSanitizer with UndefinedBehaviorSanitizer, then under
# ThreadSanitizer. COUNTERSIGN_MATRIX=reduced tells the long tests to take a sample of their sizes.
# What writes to the wire by itself (NDR, generated stubs, PDUs, services by name) runs under MemorySanitizer,
# too, from the corpora: no foreign library is called there, whose writes it could not see.
#
#   ./run sanitize [asan|tsan|msan]

sanitize_memory() {
    sanitize_replays="descriptor format identity_map idl local_name ndr ndr_pipe ns_entry ns_name ns_text outward pac
        pickle place policy port rnr_address rnr_class_value rnr_instance rpc_client rpc_error rpc_negotiate
        rpc_pdu rpc_tower rpc_trailer scan sddl string_binding stubs"
    sanitize_stubs="changed changed-octets kinds memory vectors"
    # shellcheck disable=SC2046,SC2086
    build msan $(printf 'replay-%s ' $sanitize_replays) $(printf 'stubs-%s ' $sanitize_stubs)
    clang -shared -fPIC -Wall -Wextra -Werror -o build/msan/random.so scripts/sanitize/random.c
    # shellcheck disable=SC2046,SC2086
    LD_PRELOAD=$PWD/build/msan/random.so ctest --test-dir build/msan --output-on-failure -j 2 \
        --timeout 600 -R "^($(printf 'replay-%s|' $sanitize_replays)$(printf 'stubs-%s|' $sanitize_stubs)none)\$"
}

verb_sanitize() {
    # shellcheck disable=SC2086
    need_packages $PKGS_BUILD $PKGS_DOMAIN $PKGS_TEST $PKGS_CLANG
    export COUNTERSIGN_MATRIX=reduced
    suppressions=$PWD/scripts/sanitize
    export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:abort_on_error=1"
    export LSAN_OPTIONS="suppressions=$suppressions/lsan.supp:print_suppressions=0"
    export UBSAN_OPTIONS="print_stacktrace=1"
    export TSAN_OPTIONS="suppressions=$suppressions/tsan.supp:halt_on_error=1:second_deadlock_stack=1"
    sanitize_failed=
    # shellcheck disable=SC2086
    for preset in ${1:-asan tsan msan}; do
        if [ "$preset" = msan ]; then
            sanitize_memory || sanitize_failed="$sanitize_failed $preset"
            continue
        fi
        build "$preset"
        # domain-secrets reads all its own memory in search of keys: a sanitizer adds terabytes of
        # shadow, and keeps freed blocks and dead frames that a real process would have used again.
        # A guide's reader links ordinary programs, which a library with a sanitizer does not serve.
        # The story raises four domains, for minutes; its programs have tests of their own here.
        without='domain-secrets|alone-story|docs-porting-a-windows-rpc-program'
        # ThreadSanitizer starts a thread of its own before main, and a process with threads may
        # not enter a user namespace: the realm without root is left to the other runs.
        [ "$preset" = tsan ] && without="$without|alone-realm"
        # What is built outside the tree (install) is not built with a sanitizer.
        ctest --test-dir "build/$preset" --output-on-failure -j 2 --timeout 600 \
            -LE install -E "^($without)\$" || sanitize_failed="$sanitize_failed $preset"
    done
    if [ -n "$sanitize_failed" ]; then
        echo "sanitize: FAILED:$sanitize_failed"
        exit 1
    fi
    echo "sanitize: clean"
}
