#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# eavesdropper.py - what a capture shows of remote procedure calls, as tshark decodes it.
#
#   eavesdropper.py CAPTURE PORT STREAM
#
# One line for each message of that conversation (0 is the first), and of calls and answers their
# bytes: what anybody on the path has read.
import subprocess
import sys

KINDS = {0: "call", 2: "answer", 3: "refusal", 11: "bind", 12: "bind ack", 13: "bind nak",
         14: "alter", 15: "alter ack", 16: "auth3"}
LEVELS = {1: "none", 2: "connect", 4: "packet", 5: "integrity", 6: "privacy"}
FIELDS = ["dcerpc.pkt_type", "dcerpc.auth_level", "dcerpc.opnum", "tcp.srcport", "tcp.payload"]
HEADER, SHOWN = 24, 96  # of a call or an answer: what comes before its parameters


def decode(capture, port, stream):
    command = ["tshark", "-r", capture, "-d", "tcp.port==%s,dcerpc" % port,
               "-Y", "dcerpc && tcp.stream == %s" % stream, "-T", "fields"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    for line in out.stdout.decode().splitlines():
        yield line.split("\t")


def dump(data):
    for at in range(0, len(data), 16):
        row = data[at:at + 16]
        text = "".join(chr(b) if 0x20 <= b < 0x7f else "." for b in row)
        print("    %04x  %-47s  %s" % (at, row.hex(" "), text))


def main(capture, port, stream):
    for kind, level, opnum, source, payload in decode(capture, port, stream):
        kind = int(kind.split(",")[0])
        way = "server -> client" if source == port else "client -> server"
        level = LEVELS.get(int(level.split(",")[0]), level) if level else "none"
        print("%s  %-9s %3d bytes%s, level %s" % (
            way, KINDS.get(kind, kind), len(payload) // 2,
            ", procedure " + opnum if kind == 0 else "", level))
        if kind in (0, 2):
            dump(bytes.fromhex(payload)[HEADER:HEADER + SHOWN])


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__ or "usage: eavesdropper.py CAPTURE PORT STREAM")
    main(*sys.argv[1:])
