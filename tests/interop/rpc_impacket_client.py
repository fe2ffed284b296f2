#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""impacket as a client of our server: the interface of idl/trial.idl, alone and by SPNEGO.

    rpc_impacket_client.py HOST PORT TARGET

Its one form of Kerberos is SPNEGO with Kerberos inside. It seals (level 6), trips over its own feet
where it should sign (level 5), and asks for the levels 3 and 4 without ever signing for them: these
must be refused. The ticket for
host/TARGET is already in $KRB5CCNAME, since impacket's own request for one has no checksum, which
Samba's KDC demands. A line for each combination.
"""
import os
import socket
import struct
import sys

from impacket.dcerpc.v5 import rpcrt, transport
from impacket.krb5.ccache import CCache
from impacket.uuid import uuidtup_to_bin

TRIAL = uuidtup_to_bin(('5f1c7a52-3c0e-4b7e-9d0a-6a1f0c2e84d7', '1.3'))
ECHO, ADD, GREET, _, CALLER, RECORD = range(6)
NONE, CONNECT, CALL, PACKET, _, PRIVACY = range(1, 7)
NDR = ('8a885d04-1ceb-11c9-9fe8-08002b104860', '2.0')
NDR64 = ('71710533-BEBA-4937-8319-B5DBEF9CCC36', '1.0')
SIZES = (0, 1, 8, 4096, 20000)
SECONDS = 10


def ticket(target):
    realm = os.environ['REALM']
    spn = 'host/%s@%s' % (target, realm)
    cache = CCache.loadFile(os.environ['KRB5CCNAME'].split(':', 1)[-1])
    found = cache.getCredential(spn)
    if found is None:
        raise SystemExit('rpc_impacket_client.py: no ticket for %s' % spn)
    return found.toTGS(spn)


def connect(host, port, target, level, fragment, syntax=NDR):
    via = transport.DCERPCTransportFactory('ncacn_ip_tcp:%s[%s]' % (host, port))
    via.set_connect_timeout(SECONDS)
    if level != NONE:
        via.setRemoteName(target)
        via.set_credentials(os.environ['PERSON'], os.environ['PERSON_PASSWORD'],
                            os.environ['REALM'], TGS=ticket(target))
        via.set_kerberos(True, os.environ['DC_ADDRESS'])
    conn = via.get_dce_rpc()
    conn.set_credentials(*via.get_credentials())
    conn.set_auth_level(level)
    if level != NONE:
        conn.set_auth_type(rpcrt.RPC_C_AUTHN_GSS_NEGOTIATE)
    if fragment:
        conn.set_max_fragment_size(fragment)
    conn.connect()
    conn.bind(TRIAL, transfer_syntax=syntax)
    return conn


def call(conn, opnum, stub):
    conn.call(opnum, stub)
    return conn.recv()


def try_trial(conn, level):
    for size in SIZES:
        data = bytes(i * 7 & 0xff for i in range(size))
        answer = call(conn, ECHO, struct.pack('<II', size, size) + data)
        assert answer == struct.pack('<I', size) + data, 'echo of %d bytes' % size
    answer = call(conn, ADD, struct.pack('<i4xq', -1, 1 << 32))
    assert answer == struct.pack('<q', 0xffffffff), 'add: ' + answer.hex()
    answer = call(conn, CALLER, b'')
    assert struct.unpack('<I', answer[:4])[0] == level, 'caller: ' + answer.hex()


def wide64(text):
    """What a string is in NDR64: counts of 8 octets.  [MS-RPCE] 2.2.5"""
    return struct.pack('<QQQ', len(text) + 1, 0, len(text) + 1) + (text + '\0').encode('utf-16le')


def try_ndr64(conn, level):
    for size in SIZES:
        data = bytes(i * 7 & 0xff for i in range(size))
        answer = call(conn, ECHO, struct.pack('<I4xQ', size, size) + data)
        assert answer == struct.pack('<Q', size) + data, 'echo of %d bytes: %s' % (size, answer[:64].hex())
    answer = call(conn, ADD, struct.pack('<i4xq', -1, 1 << 32))
    assert answer == struct.pack('<q', 0xffffffff), 'add: ' + answer.hex()
    answer = call(conn, GREET, wide64('J\u00fcrgen'))
    assert answer == struct.pack('<Q', 0x20000) + wide64('Hello, J\u00fcrgen'), 'greet: ' + answer.hex()
    answer = call(conn, CALLER, b'')
    assert struct.unpack('<I', answer[:4])[0] == level, 'caller: ' + answer.hex()
    # letter, short, long, hyper, double, an enumeration, a pointer: a structure aligned to 8
    record = struct.pack('<BxhiqdI4xQ', 65, 2, 3, 4, 1.5, 1, 0x20000) + wide64('ab')
    answer = call(conn, RECORD, record)
    assert answer == (struct.pack('<BxhiqdI4xQ', 66, 3, 4, 5, 2.5, 0x01020304, 0x20000) +
                      wide64('abab')), 'record: ' + answer.hex()


def attempt64(host, port, target, level, fragment):
    conn = connect(host, port, target, level, fragment, NDR64)
    try:
        try_ndr64(conn, level)
    finally:
        conn.disconnect()


def attempt(host, port, target, level, fragment):
    conn = connect(host, port, target, level, fragment)
    try:
        try_trial(conn, level)
    finally:
        conn.disconnect()


def refused(host, port, target, level):
    try:
        attempt(host, port, target, level, 0)
    except (rpcrt.DCERPCException, OSError):
        return
    raise AssertionError('unsigned calls were served')


def main(host, port, target):
    socket.setdefaulttimeout(SECONDS)
    wrong = 0
    for title, function, *how in (
            ('none', attempt, NONE, 0),
            ('none, small fragments', attempt, NONE, 256),
            ('connect', attempt, CONNECT, 0),
            ('call, unsigned: refused', refused, CALL),
            ('packet, unsigned: refused', refused, PACKET),
            ('privacy', attempt, PRIVACY, 0),
            ('privacy, small fragments', attempt, PRIVACY, 256),
            ('none, NDR64', attempt64, NONE, 0),
            ('none, NDR64, small fragments', attempt64, NONE, 256),
            ('privacy, NDR64', attempt64, PRIVACY, 0)):
        try:
            function(host, port, target, *how)
            print('ok    ' + title, flush=True)
        except Exception as trouble:  # pylint: disable=broad-except
            print('WRONG %s: %r' % (title, trouble), flush=True)
            wrong += 1
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
