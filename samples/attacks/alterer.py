#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# alterer.py - a man in the middle of remote procedure calls, for one connection.
#
#   alterer.py ADDRESS PORT WORD OTHER
#
# Hands everything on as it is, but for the first call: where it says WORD it is made to say OTHER,
# of the same length; where WORD cannot be found, one bit in its middle is changed. Prints the bytes
# before and after, and "altered" once it really did.
import socket
import sys
import threading

sys.dont_write_bytecode = True
from pdu import CALL, message

SHOWN = 80


def dump(title, data):
    print(title)
    for at in range(24, min(24 + SHOWN, len(data)), 16):
        row = data[at:min(at + 16, len(data))]
        text = "".join(chr(b) if 0x20 <= b < 0x7f else "." for b in row)
        print("    %04x  %-47s  %s" % (at - 24, row.hex(" "), text))


def alter(data, word, other):
    at = data.find(word)
    if at >= 0:
        return data[:at] + other + data[at + len(word):]
    at = 24 + (len(data) - 24) // 4
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1:]


def forward(source, target, word=None, other=None):
    try:
        while True:
            data = message(source)
            if word and data[2] == CALL:
                changed = alter(data, word, other)
                dump("the call as it was sent", data)
                dump("the call as it arrives", changed)
                print("altered", flush=True)
                data, word = changed, None
            target.sendall(data)
    except (EOFError, OSError):
        for sock in (source, target):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def main(address, port, word, other):
    listener = socket.create_server(("127.0.0.1", 0))
    print("listening on ncacn_ip_tcp:127.0.0.1[%d]" % listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    listener.close()
    server = socket.create_connection((address, int(port)), timeout=None)
    back = threading.Thread(target=forward, args=(server, client))
    back.start()
    forward(client, server, word.encode(), other.encode())
    back.join()


if __name__ == "__main__":
    if len(sys.argv) != 5 or len(sys.argv[3]) != len(sys.argv[4]):
        sys.exit("usage: alterer.py ADDRESS PORT WORD OTHER")
    main(*sys.argv[1:])
