#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# yes_man.py - an imposter who holds no key at all: he accepts every bind, proves nothing, and hopes
# that the caller goes on.
#
#   yes_man.py
#
# Prints what he is called with, if anybody does.
import socket
import struct
import sys

sys.dont_write_bytecode = True
from pdu import BIND, BIND_ACK, CALL, message

NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)


# C706 12.6.4.4: the first context is accepted, others are not, and no authentication at the end.
def agree(bind):
    count = bind[24]
    body = bind[16:20] + struct.pack("<I", 1) + struct.pack("<H2s", 2, b"1\0")
    body += struct.pack("<Bxxx", count) + struct.pack("<HH", 0, 0) + NDR
    body += (struct.pack("<HH", 2, 2) + bytes(20)) * (count - 1)
    head = bytes([5, 0, BIND_ACK, 3]) + bind[4:8] + struct.pack("<HH", 16 + len(body), 0)
    return head + bind[12:16] + body


def main():
    listener = socket.create_server(("127.0.0.1", 0))
    print("listening on ncacn_ip_tcp:127.0.0.1[%d]" % listener.getsockname()[1], flush=True)
    client, _ = listener.accept()
    try:
        bind = message(client)
        if bind[2] == BIND:
            client.sendall(agree(bind))
            print("yes man: certainly, I am whom you ask for", flush=True)
        while True:
            data = message(client)
            if data[2] == CALL:
                print("yes man: I was called: %r" % data[24:], flush=True)
    except (EOFError, OSError):
        print("yes man: the caller went away", flush=True)


if __name__ == "__main__":
    main()
