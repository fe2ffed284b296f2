#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Samba's SPNEGO, by its gensec module, in the conversation of gss_sample.c.

    samba_sample.py client PORT kerberos|any [hinted]
    samba_sample.py server [hinted]

The client offers Kerberos alone, or Kerberos and NTLM as a Windows client does; what it needs to
know comes from the test domain's variables. hinted: the server speaks first, as in SMB.
"""
import os
import socket
import struct
import sys

from samba import auth, credentials, gensec
from samba.param import LoadParm

NOOP, CONTEXT, DATA, MIC, CONTEXT_NEXT, WRAPPED, ENCRYPTED, SEND_MIC = (1 << n for n in range(8))


def send(sock, flags, body=b''):
    sock.sendall(struct.pack('>BI', flags, len(body)) + body)


def receive(sock):
    def exactly(n):
        data = b''
        while len(data) < n:
            part = sock.recv(n - len(data))
            if not part:
                raise SystemExit('samba_sample.py: the peer hung up')
            data += part
        return data
    flags, size = struct.unpack('>BI', exactly(5))
    return flags, exactly(size)


def talk(context, sock, token):
    done = False
    while not done:
        done, out = context.update(token)
        if out:
            send(sock, CONTEXT, out)
        if not done:
            token = receive(sock)[1]


def begin(context):
    context.want_feature(gensec.FEATURE_SIGN)
    context.want_feature(gensec.FEATURE_SEAL)
    context.start_mech_by_name('spnego')


def parameters():
    lp = LoadParm()
    lp.load(os.environ['SMB_CONF_PATH'])
    return lp, os.environ['SERVICE_SPN'].split('/')


def client(port, what, hinted=None):
    lp, (service, host) = parameters()
    mine = credentials.Credentials()
    mine.guess(lp)
    mine.set_username(os.environ['PERSON'])
    mine.set_password(os.environ['PERSON_PASSWORD'])
    mine.set_domain(os.environ['DOMAIN'])
    mine.set_realm(os.environ['REALM'])
    mine.set_kerberos_state(credentials.MUST_USE_KERBEROS if what == 'kerberos'
                            else credentials.AUTO_USE_KERBEROS)
    context = gensec.Security.start_client({'lp_ctx': lp, 'target_hostname': host})
    context.set_credentials(mine)
    context.set_target_service(service)
    context.set_target_hostname(host)
    begin(context)
    sock = socket.create_connection(('127.0.0.1', int(port)), 20)
    send(sock, NOOP | CONTEXT_NEXT)
    talk(context, sock, receive(sock)[1] if hinted else b'')
    message = b'sealed by Samba'
    send(sock, DATA | WRAPPED | ENCRYPTED | SEND_MIC, context.wrap(message))
    flags, signature = receive(sock)
    assert flags == MIC
    context.check_packet(message, message, signature)
    send(sock, DATA, b'plain')
    assert receive(sock)[0] == NOOP
    send(sock, NOOP)
    print('signature verified')


def server(hinted=None):
    lp, (_, host) = parameters()
    mine = credentials.Credentials()
    mine.guess(lp)
    mine.set_username(os.environ['SERVICE_ACCOUNT'])
    mine.set_realm(os.environ['REALM'])
    mine.set_kerberos_state(credentials.MUST_USE_KERBEROS)
    mine.set_password(os.environ['SERVICE_PASSWORD'])
    context = gensec.Security.start_server({'lp_ctx': lp, 'target_hostname': host},
                                           auth.AuthContext(lp_ctx=lp, methods=[]))
    context.set_credentials(mine)
    begin(context)
    listener = socket.create_server(('127.0.0.1', 0))
    print('port', listener.getsockname()[1], flush=True)
    sock, _ = listener.accept()
    sock.settimeout(20)
    assert receive(sock)[0] == NOOP | CONTEXT_NEXT
    talk(context, sock, b'' if hinted else receive(sock)[1])
    while True:
        flags, body = receive(sock)
        if flags & NOOP:
            break
        if flags & WRAPPED:
            body = context.unwrap(body)
        print('received "%s"' % body.decode()[:80], flush=True)
        if flags & SEND_MIC:
            send(sock, MIC, context.sign_packet(body, body))
        else:
            send(sock, NOOP)


if __name__ == '__main__':
    {'client': client, 'server': server}[sys.argv[1]](*sys.argv[2:])
