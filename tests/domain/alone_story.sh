#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# alone_story.sh - the demo's core, in a domain of its own: the service is found, both ends prove
# themselves, calls wait for their server, eleven attacks fail, and the script that says so would say so if they did not.
set -eu
# shellcheck source=tests/lib/domain.sh
. "$(dirname "$0")/../lib/domain.sh"

domain_up ONE.EXAMPLE
export COUNTERSIGN_SAMPLES="$COUNTERSIGN_BUILD/samples"
export PATH="$COUNTERSIGN_BUILD/bin:$PATH"
mkdir "$TEST_TMP/tmp"
export TMPDIR="$TEST_TMP/tmp"
story=$COUNTERSIGN_SOURCE/scripts/story.sh
told=$TEST_TMP/told

domain_exec sh "$story" >"$told" 2>&1 || {
    cat "$told"
    fail "the story did not come true"
}

# The table, line by line: who noticed, and by which status.
for line in \
    "1  a service under another account .* client .*SEC_E_MUTUAL_AUTH_FAILED" \
    "2  a planted entry with the same GUID .* client .*ERROR_DS_NAME_ERROR_NOT_UNIQUE, ERROR_TRUST_FAILURE" \
    "3  a flipped bit in a signed message .* service .*SEC_E_MESSAGE_ALTERED" \
    "4  a replayed message .* service .*SEC_E_OUT_OF_SEQUENCE" \
    "5  a message sealed for someone else .* client .*SEC_E_MESSAGE_ALTERED" \
    "8  a queued call altered on the disk .* server .*was altered" \
    "9  a queued call of taken-back keys .* server .*publishes no such key" \
    "10 an impostor at a published address .* client .*SEC_E_MUTUAL_AUTH_FAILED" \
    "11 an entry planted among the others .* client .*ERROR_TRUST_FAILURE"; do
    grep -Eq "^  $line\$" "$told" || {
        cat "$told"
        fail "the summary has no line: $line"
    }
done
for line in "the server knows account and process, though nobody has told it" \
    "the client has its answer: RPC_S_CALL_CANCELLED" \
    "three orders, each executed once" \
    "an ordinary account publishes nothing by itself" \
    "the client goes on to the one that lives" \
    "the next entry of the interface is asked" \
    "it does not prove the entry's name"; do
    grep -q "^  ok  $line\$" "$told" || fail "it is not told that $line"
done
grep -q "^  WRONG  " "$told" && fail "something is marked as wrong, and the status is 0"
case $(cat "$told") in
*"$(printf '\033')"*) fail "colours where nobody sees them" ;;
esac

# It leaves no file behind.
[ -z "$(ls "$TEST_TMP/tmp")" ] || fail "something stays behind: $(ls "$TEST_TMP/tmp")"

# It is no success when something did not happen: no client that speaks, or no attack that attacks.
fresh() { # a copy of the samples, and a domain nobody published in yet
    rm -rf "$TEST_TMP/broken"
    mkdir "$TEST_TMP/broken"
    for program in sockauth-service sockauth-client imposter meddler hello-server hello-client; do
        ln -s "$COUNTERSIGN_SAMPLES/$program" "$TEST_TMP/broken/$program"
    done
    domain_down
    rm -rf "$DOMAIN_DIR"
    domain_up ONE.EXAMPLE
}
not_true() { # claim that must be marked
    COUNTERSIGN_SAMPLES="$TEST_TMP/broken" expect 1 domain_exec sh "$story" >"$told" 2>&1
    grep -q "^  WRONG  $1" "$told" || {
        cat "$told"
        fail "nobody noticed: $1"
    }
}

fresh
ln -sf /bin/false "$TEST_TMP/broken/sockauth-client"
not_true "mutually authenticated"

fresh
rm "$TEST_TMP/broken/meddler"
cat >"$TEST_TMP/broken/meddler" <<END
#!/bin/sh
exec "$COUNTERSIGN_SAMPLES/meddler" "\$1" "\$2" "\$3" "\$4" watch
END
chmod +x "$TEST_TMP/broken/meddler"
not_true "the message really was sent twice"

fresh
ln -sf /bin/false "$TEST_TMP/broken/hello-client"
not_true "found, proven, called"
