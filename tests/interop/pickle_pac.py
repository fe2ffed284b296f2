#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A PAC's serialized types: the octets of Samba's library are those of our stubs, and what Samba and
impacket make is read by ours.

    pickle_pac.py PROGRAM
"""
import struct
import subprocess
import sys

from impacket.krb5 import pac as impacket_pac
from samba.dcerpc import krb5pac, lsa, netlogon, samr, security
from samba.ndr import ndr_pack, ndr_unpack

failed = 0


def check(what, ok, more=""):
    global failed
    print("%s %s%s" % ("ok  " if ok else "FAIL", what, "" if ok else ": " + more))
    failed += not ok


def run(*arguments):
    done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True)
    return dict(line.split() for line in done.stdout.splitlines() if line)


def of_pac(kind, info):
    """The octets of one buffer, as Samba lays it into a PAC."""
    entry = krb5pac.PAC_BUFFER()
    entry.type = kind
    entry.info = info
    data = krb5pac.PAC_DATA()
    data.num_buffers = 1
    data.version = 0
    data.buffers = [entry]
    raw = ndr_pack(data)
    size, offset = struct.unpack_from("<IQ", raw, 12)
    return raw[offset:offset + size]


def into_pac(kind, octets):
    return ndr_unpack(krb5pac.PAC_DATA,
                      struct.pack("<IIIIQ", 1, 0, kind, len(octets), 24) + octets).buffers[0].info


def text(string):
    s = lsa.String()
    s.string = string
    return s


def large(string):
    s = lsa.StringLarge()
    s.string = string
    return s


def group(rid):
    g = samr.RidWithAttribute()
    g.rid = rid
    g.attributes = 7
    return g


def samba_logon():
    info = krb5pac.PAC_LOGON_INFO()
    base = info.info3.base
    base.logon_time = 0x01d9aaaa12345678
    base.kickoff_time = 0x7fffffffffffffff
    base.account_name = text("person")
    base.logon_count = 5
    base.rid = 1104
    base.primary_gid = 513
    base.groups.count = 2
    base.groups.rids = [group(513), group(1105)]
    base.user_flags = 0x20
    base.logon_server = large("DC1")
    base.logon_domain = large("TEST")
    base.domain_sid = security.dom_sid("S-1-5-21-1-2-3")
    base.acct_flags = 0x210
    extra = netlogon.netr_SidAttr()
    extra.sid = security.dom_sid("S-1-18-1")
    extra.attributes = 7
    info.info3.sidcount = 1
    info.info3.sids = [extra]
    logon = krb5pac.PAC_LOGON_INFO_CTR()
    logon.info = info
    return of_pac(krb5pac.PAC_TYPE_LOGON_INFO, logon)


def samba_delegation():
    info = krb5pac.PAC_CONSTRAINED_DELEGATION()
    info.proxy_target = text("http/web")
    info.num_transited_services = 2
    info.transited_services = [text("host/a"), text("host/bc")]
    delegation = krb5pac.PAC_CONSTRAINED_DELEGATION_CTR()
    delegation.info = info
    return of_pac(krb5pac.PAC_TYPE_CONSTRAINED_DELEGATION, delegation)


def impacket_again(octets):
    """Read by impacket and written by it: with other referent identifiers, and not padded."""
    info = impacket_pac.VALIDATION_INFO()
    info.fromString(octets)
    info.fromStringReferents(octets[len(info.getData()):])
    written = bytearray(info.getData() + info.getDataReferents())
    written += bytes(-len(written) % 8)
    struct.pack_into("<I", written, 8, len(written) - 16)
    return info["Data"], bytes(written)


theirs = {"logon": samba_logon(), "delegation": samba_delegation()}
ours = run("make")
for name, octets in theirs.items():
    check("%s: our octets are Samba's" % name, ours.get(name) == octets.hex(),
          "Samba %s, ours %s" % (octets.hex(), ours.get(name)))
    again = run("again", name, octets.hex())
    check("%s: Samba's are read and written again" % name, again == {name: octets.hex()}, str(again))
    cut = run("again", name, octets[:len(octets) - 8].hex())
    check("%s: cut short they are refused" % name, cut == {"status": "1784"}, str(cut))

back = into_pac(krb5pac.PAC_TYPE_LOGON_INFO, bytes.fromhex(ours["logon"])).info.info3.base
check("Samba reads ours", back.account_name.string == "person" and
      str(back.domain_sid) == "S-1-5-21-1-2-3" and back.groups.rids[1].rid == 1105)
read, written = impacket_again(bytes.fromhex(ours["logon"]))
check("impacket reads ours", read["EffectiveName"] == "person" and read["GroupCount"] == 2)
check("impacket's octets are others", written.hex() != ours["logon"])
again = run("again", "logon", written.hex())
check("impacket's are read, and written again as Samba's",
      again == {"logon": theirs["logon"].hex()}, str(again))
sys.exit(1 if failed else 0)
