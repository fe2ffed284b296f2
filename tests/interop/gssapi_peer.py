#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""MIT's GSS-API, by python3-gssapi, against gssapi_peer.c.

    gssapi_peer.py client PORT SPN spnego|krb5|second|spoiled mutual|one-way|dce
    gssapi_peer.py server spnego|krb5|second|spoiled

second and spoiled are spnego_second.py's: Kerberos as the second choice, and the same with a wrong
signature over the list of mechanisms.
"""
import socket
import struct
import sys

import gssapi
from gssapi import raw
from gssapi.raw import IOV, IOVBufferType

import spnego_second

MECHS = {
    'spnego': gssapi.OID.from_int_seq('1.3.6.1.5.5.2'),
    'krb5': gssapi.OID.from_int_seq('1.2.840.113554.1.2.2'),
}
SIZES = [1, 15, 16, 17, 100, 1000, 4095, 4096, 4097, 65000]


def send(sock, frame):
    sock.sendall(struct.pack('>I', len(frame)) + frame)


def receive(sock):
    def exactly(n):
        data = b''
        while len(data) < n:
            part = sock.recv(n - len(data))
            if not part:
                raise SystemExit('gssapi_peer.py: the peer hung up')
            data += part
        return data
    return exactly(struct.unpack('>I', exactly(4))[0])


def talk(context, sock, token):
    """The legs until both sides are done: token is the peer's first, None for an initiator. What
    the messages are made with is returned."""
    while not context.complete:
        answer = context.step(token) if token is not None else context.step()
        if answer:
            send(sock, answer)
        if not context.complete:
            token = receive(sock)
    return getattr(context, 'inner', context)


def parts(header, head, data, tail):
    """The buffers are used where they are, even immutable ones: data is a copy of our own."""
    own = bytes(bytearray(data))
    return IOV(header, (IOVBufferType.sign_only, False, head), (IOVBufferType.data, False, own),
               (IOVBufferType.sign_only, False, tail), std_layout=False)


def send_round(context, sock, data):
    iov = parts(IOVBufferType.header, b'head', data, b'the tail')
    raw.wrap_iov(context, iov, confidential=True)
    for buffer in iov:
        send(sock, buffer.value)
    send(sock, context.get_signature(data))


def receive_round(context, sock):
    token = receive(sock)
    if not token:
        return None
    head, data, tail, mic = (receive(sock) for _ in range(4))
    iov = parts((IOVBufferType.header, False, token), head, data, tail)
    assert raw.unwrap_iov(context, iov).encrypted
    plain = iov[2].value
    context.verify_signature(plain, mic)
    return plain


def client(port, spn, mech, how):
    flags = [gssapi.RequirementFlag[f] for f in ('integrity', 'confidentiality',
                                                 'replay_detection', 'out_of_sequence_detection')]
    if how != 'one-way':
        flags.append(gssapi.RequirementFlag.mutual_authentication)
    if how == 'dce':
        flags.append(gssapi.RequirementFlag.dce_style)
    name = gssapi.Name(spn, gssapi.NameType.kerberos_principal)
    if mech in MECHS:
        context = gssapi.SecurityContext(name=name, mech=MECHS[mech], flags=flags,
                                         usage='initiate')
    else:
        context = spnego_second.initiator(name, flags, mech == 'spoiled')
    sock = socket.create_connection(('127.0.0.1', int(port)), 20)
    context = talk(context, sock, None)
    for number, size in enumerate(SIZES):
        data = bytes([ord('a') + number]) * size
        send_round(context, sock, data)
        assert receive_round(context, sock) == data
    send(sock, b'')
    print(len(SIZES), 'rounds')


def server(mech):
    if mech in MECHS:
        credential = gssapi.Credentials(usage='accept', mechs=[MECHS[mech]])
        context = gssapi.SecurityContext(creds=credential, usage='accept')
    else:
        context = spnego_second.acceptor(mech == 'spoiled')
    listener = socket.create_server(('127.0.0.1', 0))
    print('port', listener.getsockname()[1], flush=True)
    sock, _ = listener.accept()
    sock.settimeout(20)
    context = talk(context, sock, receive(sock))
    rounds = 0
    while (data := receive_round(context, sock)) is not None:
        send_round(context, sock, data)
        rounds += 1
    print(rounds, 'rounds')


if __name__ == '__main__':
    {'client': client, 'server': server}[sys.argv[1]](*sys.argv[2:])
