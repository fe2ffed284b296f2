#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# names_many.py COUNT - services in a test domain's own database, COUNT of Winsock and as many of
# RPC: "many 0" and so on, each at 192.0.2.1 and a port of its own, 10000 and its number.
#
# The first of each is made as any object is, the others are copies of its record in the database
# below, with a name and a GUID of their own: each made as any object is would take minutes. GUIDs
# ascend, so that each is put at the end of the database's lists, which are in their order.
import glob
import os
import struct
import sys
import uuid

import ldb
from samba.auth import system_session
from samba.param import LoadParm
from samba.samdb import SamDB

CLASS = uuid.UUID("a9033bc1-eca4-11cf-a054-00aa006c33ed").bytes_le
HOST = "host1.one.example"
INTERFACE = "0000feed-0001-0002-0300-000000000000,7.0"
SYNTAX = "8a885d04-1ceb-11c9-9fe8-08002b104860,2.0"
PRIVATE = os.path.join(os.environ["DOMAIN_DIR"], "private")

count = int(sys.argv[1])
guids = os.urandom(8)
last_guid = 0


def next_guid():
    global last_guid
    last_guid += 1
    return guids + struct.pack(">Q", last_guid)


def service_dn(number):
    return "CN=many %d,CN=WinsockServices,CN=System,%s" % (number, domain)


def service(number):
    end = struct.pack("<H", 2) + struct.pack(">H4B", 10000 + number, 192, 0, 2, 1)
    address = b"CSWA" + struct.pack("<HHHH", 1, 1, 6, 0) + end
    return {
        "displayName": "many %d" % number,
        "serviceClassID": CLASS,
        "winsockAddresses": address + bytes([len(HOST)]) + HOST.encode(),
    }


def entry_dn(number):
    return "CN=many %d,CN=RpcServices,CN=System,%s" % (number, domain)


def entry(number):
    return {}


def element_dn(number):
    return "CN=%s,%s" % (INTERFACE.replace(",", "\\,"), entry_dn(number))


def element(number):
    return {
        "rpcNsInterfaceID": INTERFACE,
        "rpcNsTransferSyntax": SYNTAX,
        "rpcNsBindings": "1 %s ncacn_ip_tcp:192.0.2.1[%d]" % (HOST, 10000 + number),
    }


KINDS = (("serviceInstance", service_dn, service),
         ("rpcServer", entry_dn, entry),
         ("rpcServerElement", element_dn, element))


def copy(raw, first, dn, attributes):
    dn = ldb.Dn(raw, dn)
    own = {"cn": dn.get_rdn_value(), "name": dn.get_rdn_value(), "objectGUID": next_guid()}
    own.update(attributes)
    message = ldb.Message(dn)
    for name in first.keys():
        if name not in ("dn", "distinguishedName"):
            values = own.get(name, [bytes(value) for value in first[name]])
            message[name] = ldb.MessageElement(values, ldb.FLAG_MOD_ADD, name)
    raw.add(message)


lp = LoadParm()
lp.load(os.environ["SMB_CONF_PATH"])
sam = SamDB(session_info=system_session(), lp=lp, url=os.path.join(PRIVATE, "sam.ldb"))
domain = str(sam.domain_dn())
for kind, dn_of, attributes_of in KINDS:
    sam.add({"dn": dn_of(0), "objectClass": kind, **attributes_of(0)})
del sam

partition, = glob.glob(os.path.join(PRIVATE, "sam.ldb.d", domain.upper() + ".ldb"))
raw = ldb.Ldb(partition, options=["modules:", "batch_mode:1"])
raw.transaction_start()
for kind, dn_of, attributes_of in KINDS:
    first, = raw.search(dn_of(0), ldb.SCOPE_BASE)
    for number in range(1, count):
        copy(raw, first, dn_of(number), attributes_of(number))
raw.transaction_commit()
