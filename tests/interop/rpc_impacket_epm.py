#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""impacket's client of the endpoint mapper: its list, and where the mapper itself is, often.

    rpc_impacket_epm.py HOST PORT
"""
import sys

from impacket import uuid
from impacket.dcerpc.v5 import epm, transport

MAPPER = ('e1af8308-5d1f-11c9-91a4-08002b14a0fa', '3.0')
TIMES = 27


def connected(host, port):
    dce = transport.DCERPCTransportFactory('ncacn_ip_tcp:%s[%s]' % (host, port)).get_dce_rpc()
    dce.connect()
    return dce


def main(host, port):
    entries = epm.hept_lookup(None, dce=connected(host, port))
    print('entries %d' % len(entries))
    for entry in entries:
        print(epm.PrintStringBinding(entry['tower']['Floors']),
              entry['annotation'].rstrip(b'\0').decode())
    places = {epm.hept_map(host, uuid.uuidtup_to_bin(MAPPER), protocol='ncacn_ip_tcp',
                           dce=connected(host, port)) for _ in range(TIMES)}
    print('mapped %d ways' % len(places))


if __name__ == '__main__':
    main(*sys.argv[1:])
