#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Samba's client runtime at a server: mgmt, and the interface of idl/trial.idl if it is ours.

    rpc_samba_client.py HOST PORT TARGET mgmt|trial

Without authentication, and with Kerberos and SPNEGO at each level; each in both byte orders. TARGET
is the host name whose Kerberos service "host" the server is. A line for each combination.

The trial interface joins a connection of mgmt's by alter_context, since a connection of any interface
cannot authenticate by itself here. With Kerberos Samba's client then sends its last token again and
fails at the answer, its own server's too: there mgmt has to do.
"""
import os
import signal
import struct
import sys

from samba.credentials import MUST_USE_KERBEROS, Credentials
from samba.dcerpc import base, mgmt
from samba.param import LoadParm

TRIAL = ('5f1c7a52-3c0e-4b7e-9d0a-6a1f0c2e84d7', 1 | 3 << 16)
INQ_IF_IDS, IS_SERVER_LISTENING = 0, 2
ECHO, ADD, GREET, _, CALLER = range(5)
SERVICES = {'krb5': 16, 'spnego': 9}
LEVELS = {'connect': 2, 'packet': 4, 'sign': 5, 'seal': 6}
SIZES = (0, 1, 8, 4096, 20000)
SECONDS = 20


def credentials(lp, service):
    mine = Credentials()
    mine.guess(lp)
    if service == 'none':
        mine.set_anonymous()
        return mine
    mine.set_username(os.environ['PERSON'])
    mine.set_password(os.environ['PERSON_PASSWORD'])
    mine.set_domain(os.environ['DOMAIN'])
    mine.set_realm(os.environ['REALM'])
    mine.set_kerberos_state(MUST_USE_KERBEROS)
    return mine


def wide(order, text):
    units = len(text) + 1
    return (struct.pack(order + 'III', units, 0, units) +
            (text + '\0').encode('utf-16' + {'<': 'le', '>': 'be'}[order]))


def echo(conn, order, size):
    data = bytes(i * 7 & 0xff for i in range(size))
    stub = struct.pack(order + 'II', size, size) + data
    answer = conn.request(ECHO, stub)
    assert answer == struct.pack('<I', size) + data, 'echo of %d bytes' % size


def try_trial(conn, order, service, level):
    for size in SIZES:
        echo(conn, order, size)
    answer = conn.request(ADD, struct.pack(order + 'i4xq', -1, 1 << 32))
    assert answer == struct.pack('<q', 0xffffffff), 'add: ' + answer.hex()
    answer = conn.request(GREET, wide(order, 'J\u00fcrgen'))
    assert answer[4:] == wide('<', 'Hello, J\u00fcrgen'), 'greet: ' + answer.hex()
    answer = conn.request(CALLER, b'')
    name = answer[24:].split(b'\0')[0].decode()
    seen = struct.unpack('<II', answer[:8]) + (name,)
    if service == 'none':
        assert answer == struct.pack('<III', 1, 0, 0), 'caller: ' + answer.hex()
    else:
        assert seen[0] == LEVELS[level], 'caller: level %d' % seen[0]
        assert seen[1] == SERVICES[service], 'caller: service %d' % seen[1]
        assert os.environ['PERSON'] in name, 'caller: ' + name


def connect(lp, host, options, service):
    return mgmt.mgmt('ncacn_ip_tcp:%s[%s]' % (host, ','.join(options)), lp,
                     credentials(lp, service))


def attempt(lp, host, options, what, order, service, level):
    conn = connect(lp, host, options, service)
    if what == 'mgmt':
        assert conn.request(INQ_IF_IDS, b''), 'no interface is registered'
        assert conn.request(IS_SERVER_LISTENING, b'')[4] == 1, 'the server does not listen'
    else:
        binding = 'ncacn_ip_tcp:%s[%s]' % (host, ','.join(options))
        trial = base.ClientConnection(binding, TRIAL, lp, credentials(lp, service),
                                      basis_connection=conn)
        try_trial(trial, order, service, level)
        conn.request(IS_SERVER_LISTENING, b'')


def too_long(*_):
    raise TimeoutError('no answer in %d seconds' % SECONDS)


def main(host, port, target, what):
    lp = LoadParm()
    lp.load(os.environ['SMB_CONF_PATH'])
    signal.signal(signal.SIGALRM, too_long)
    wrong = 0
    services = [s for s in SERVICES if what == 'mgmt' or s != 'krb5']
    for service, level in [('none', 'none')] + [(s, l) for s in services for l in LEVELS]:
        for order in '<>':
            options = [port, 'target_hostname=' + target]
            options += [level, service] if service != 'none' else []
            options += ['bigendian'] if order == '>' else []
            title = '%s %s %s-endian' % (service, level, {'<': 'little', '>': 'big'}[order])
            signal.alarm(SECONDS)
            try:
                attempt(lp, host, options, what, order, service, level)
                print('ok    ' + title, flush=True)
            except Exception as trouble:  # pylint: disable=broad-except
                print('WRONG %s: %r' % (title, trouble), flush=True)
                wrong += 1
            finally:
                signal.alarm(0)
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
