# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# wire.sh - what passes on the loopback, captured, and read by Wireshark. Source after domain.sh.
#
#   wire_begin NAME FILTER       captures into $TEST_TMP/NAME.pcapng (a capture filter: "port 135")
#   wire_end NAME                stops, once what was sent is in the file
#   wire_check NAME PORTS [FILTER]
#                                reads it, the TCP ports as DCE/RPC, and lists every PDU; fails where
#                                there is none, where a packet is malformed, or where Wireshark
#                                warns or reports an error: of the packets that are ours, where the
#                                peer's are wrong on purpose, or beyond Wireshark ("ip.src != ...")
#   wire_opened NAME PORTS KEYTAB
#                                fails unless every sealed stub of it opens with these keys
#   wire_count NAME PATTERN      how many lines of the list match
#
# The list is $TEST_TMP/NAME.pdus, a line for each PDU:
#   frame=9 from=135 Response flags=0x03 length=88 verifier=0 call=2 context=0 opnum=0 auth=9/6

wire_begin() { # NAME FILTER
    dumpcap -q -B 64 -i lo -f "$2" -w "$TEST_TMP/$1.pcapng" 2>"$TEST_TMP/$1.dumpcap" &
    wire_process=$!
    background="$background $wire_process"
    for _ in $(seq 600); do
        grep -q '^File: ' "$TEST_TMP/$1.dumpcap" && return 0
        kill -0 "$wire_process" 2>/dev/null || break
        sleep 0.1
    done
    fail "dumpcap does not capture on lo: $(cat "$TEST_TMP/$1.dumpcap")"
}

# The kernel hands packets over in blocks, a quarter of a second late; dumpcap, which may have to wait for
# a processor, has written them when its file has not grown for a second.
wire_end() { # NAME
    wire_same=0
    wire_size=-1
    while [ "$wire_same" -lt 3 ]; do
        sleep 0.3
        wire_now=$(wc -c <"$TEST_TMP/$1.pcapng")
        if [ "$wire_now" = "$wire_size" ]; then wire_same=$((wire_same + 1)); else wire_same=0; fi
        wire_size=$wire_now
    done
    kill -INT "$wire_process"
    wait "$wire_process" || fail "dumpcap: $(cat "$TEST_TMP/$1.dumpcap")"
    grep -q 'received/dropped.*: [0-9]*/0 ' "$TEST_TMP/$1.dumpcap" ||
        fail "packets were lost: $(cat "$TEST_TMP/$1.dumpcap")"
}

# Segments of one stream may cross on their way between two processors. Without the preference
# Wireshark loses the stream there, and the answers behind it have no calls it knows.
wire_read() { # NAME PORTS ARGUMENT...
    wire_name=$1
    wire_ports=$2
    shift 2
    for wire_port in $wire_ports; do
        set -- -d "tcp.port==$wire_port,dcerpc" "$@"
    done
    timeout 200 tshark -n -o tcp.reassemble_out_of_order:TRUE \
        -r "$TEST_TMP/$wire_name.pcapng" "$@" 2>"$TEST_TMP/$wire_name.tshark" ||
        fail "tshark: $(cat "$TEST_TMP/$wire_name.tshark")"
}

# A frame may carry several PDUs; the text has a heading for each.
wire_list() {
    awk '
        function flush() {
            if (kind)
                printf "frame=%s from=%s %s flags=%s length=%s verifier=%s call=%s context=%s" \
                    " opnum=%s auth=%s/%s\n", frame, from, kind, flags, size, verifier, call,
                    context, opnum, service, level
            kind = ""
        }
        function number(text) { gsub(/.*\(|\)$/, "", text); return text }
        /^Frame [0-9]+:/ { flush(); frame = $2 + 0 }
        /^Transmission Control Protocol/ { from = $0; sub(/.*Src Port: /, "", from); from += 0 }
        /^Distributed Computing Environment/ {
            flush()
            kind = $0
            sub(/.*\(DCE\/RPC\) /, "", kind)
            sub(/,.*/, "", kind)
            flags = size = verifier = call = context = opnum = service = level = "-"
        }
        /^    Packet Flags: / { flags = $3 }
        /^    Frag Length: / { size = $3 }
        /^    Auth Length: / { verifier = $3 }
        /^    Call ID: / { call = $3 }
        /^    Context ID: / { context = $3 }
        /^    Opnum: / { opnum = $2 }
        /^        Auth type: / { service = number($0) }
        /^        Auth level: / { level = number($0) }
        END { flush() }'
}

# What TCP does (a full window, say) is the loopback's affair: warnings of DCE/RPC alone. A bind_nak (13) is one to
# Wireshark, though the sender had to send it.
wire_check() { # NAME PORTS [FILTER]
    wire_of="dcerpc${3:+ && $3}"
    wire_warned="_ws.expert.severity >= 6291456 && dcerpc.pkt_type != 13 && !tcp.analysis.flags"
    wire_read "$1" "$2" -O dcerpc -Y dcerpc | wire_list >"$TEST_TMP/$1.pdus"
    [ -s "$TEST_TMP/$1.pdus" ] || fail "$1: no PDU was captured on port $2"
    wire_read "$1" "$2" -T fields -E separator=' ' -e frame.number -e tcp.srcport \
        -e _ws.expert.message -e _ws.col.Info \
        -Y "(_ws.malformed || ($wire_warned)) && $wire_of" \
        >"$TEST_TMP/$1.wrong"
    # A verification trailer is aligned to 4: the octets before it are no parameter's. That a busy
    # machine reads late is nobody's fault.
    sed -i -e '/ request\[Long frame ([123] bytes)\]$/d' -e '/\[TCP Window Full\]/d' \
        "$TEST_TMP/$1.wrong"
    [ ! -s "$TEST_TMP/$1.wrong" ] ||
        fail "$1: Wireshark finds fault with these: $(cat "$TEST_TMP/$1.wrong")"
}

# The interfaces that Wireshark takes apart are turned off: it then shows what it opened.
wire_opened() { # NAME PORTS KEYTAB
    wire_sealed="dcerpc.auth_level == 6 && dcerpc.encrypted_stub_data"
    set -- "$1" "$2" -o kerberos.decrypt:TRUE -o "kerberos.file:$3"
    for wire_interface in drsuapi dssetup epm epm4 lsarpc mgmt samr; do
        set -- "$@" --disable-protocol $wire_interface
    done
    wire_read "$@" -Y "$wire_sealed && !dcerpc.decrypted_stub_data" -T fields -E separator=' ' \
        -e frame.number -e tcp.srcport -e _ws.col.Info >"$TEST_TMP/$1.closed"
    [ ! -s "$TEST_TMP/$1.closed" ] ||
        fail "$1: not sealed as Wireshark would open it: $(cat "$TEST_TMP/$1.closed")"
}

wire_count() { # NAME PATTERN
    grep -c -E -- "$2" "$TEST_TMP/$1.pdus" || true
}
