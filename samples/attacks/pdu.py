# SPDX-License-Identifier: Apache-2.0
# pdu.py - the messages of remote procedure calls as they come over a connection. C706 12.6.3.1
import struct

HEADER, CALL, BIND, BIND_ACK = 16, 0, 11, 12


def read(sock, n):
    data = b""
    while len(data) < n:
        more = sock.recv(n - len(data))
        if not more:
            raise EOFError
        data += more
    return data


# The next one, whole: its length stands in its header, in the byte order that stands there as well.
def message(sock):
    head = read(sock, HEADER)
    order = "<" if head[4] & 0x10 else ">"
    return head + read(sock, struct.unpack_from(order + "H", head, 8)[0] - HEADER)
