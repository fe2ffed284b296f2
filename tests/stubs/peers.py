#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# peers.py PROGRAM - the octets of Samba's NDR for the same values as those of PROGRAM's stubs, in
# both transfer syntaxes.
import subprocess
import sys

from samba.dcerpc import drsuapi, echo, lsa, misc, samr, security, srvsvc, winreg
from samba.ndr import ndr_pack, ndr_pack_in, ndr_pack_out


def made(kind, **fields):
    value = kind()
    for name, field in fields.items():
        setattr(value, name, field)
    return value


def text(string):
    return made(lsa.String, string=string) if string is not None else made(lsa.String)


def texts(strings):
    return made(lsa.Strings, count=len(strings), names=[text(s) for s in strings])


def share(name, kind, comment):
    return made(srvsvc.NetShareInfo1, name=name, type=kind, comment=comment)


def translated(use, name, index):
    return made(lsa.TranslatedName, sid_type=use, name=text(name), sid_index=index)


def lookup():
    names = [text("ab"), text("cde")]
    return made(lsa.LookupNames, in_handle=misc.policy_handle(), in_num_names=2, in_names=names,
                in_sids=made(lsa.TransSidArray), in_level=1, in_count=7)


def account():
    sid = security.dom_sid("S-1-5-21-1-2")
    return made(lsa.OpenAccount, in_handle=misc.policy_handle(), in_sid=sid, in_access_mask=7)


def user(level, info):
    return made(samr.SetUserInfo, in_user_handle=misc.policy_handle(), in_level=level, in_info=info)


def lockout():
    info = made(samr.DomInfo12, lockout_duration=1, lockout_window=2, lockout_threshold=3)
    return made(samr.SetDomainInfo, in_domain_handle=misc.policy_handle(), in_level=12,
                in_info=info)


def shares():
    list_ = made(srvsvc.NetShareCtr1, count=2, array=[share("ab", 3, "c"), share("d", 4, None)])
    return made(srvsvc.NetShareEnumAll, out_info_ctr=made(srvsvc.NetShareInfoCtr, level=1, ctr=list_),
                out_totalentries=2, out_resume_handle=None, result=0)


def names():
    two = [translated(1, "ab", 5), translated(2, None, 6)]
    return made(lsa.LookupSids, out_domains=None, out_count=2, result=0,
                out_names=made(lsa.TransNameArray, count=2, names=two))


def info():
    one = made(drsuapi.DsReplicaGetInfoRequest1, info_type=2, object_dn="dn",
               source_dsa_guid=misc.GUID("01020304-0506-0708-090a-0b0c0d0e0f10"))
    return made(drsuapi.DsReplicaGetInfo, in_bind_handle=misc.policy_handle(), in_level=1, in_req=one)


def value():
    return made(winreg.SetValue, in_handle=misc.policy_handle(), in_name=made(winreg.String),
                in_type=3, in_data=[1, 2, 3], in_size=3)


def union(level, kind, **fields):
    return made(echo.TestCall2, in_level=level, out_info=made(kind, **fields), result=0)


# Requests of theirs, responses of theirs, and values for which there is one syntax.
requests = {
    "lookup": lookup(), "account": account(), "lockout": lockout(), "info": info(), "value": value(),
    "name": user(7, made(samr.UserInfo7, account_name=text("ab"))),
    "control": user(16, made(samr.UserInfo16, acct_flags=5)),
}
responses = {
    "shares": shares(), "names": names(),
    "union1": union(1, echo.info1, v=0x11), "union4": union(4, echo.info4, v=0x11),
    "union5": union(5, echo.info5, v1=0x11, v2=0x22),
    "union6": union(6, echo.info6, v1=0x11, info1=made(echo.info1, v=0x22)),
    "union7": union(7, echo.info7, v1=0x11, info4=made(echo.info4, v=0x22)),
}
values = {"one": text("ab"), "many": texts(["ab", "cde"]), "none": made(lsa.Strings)}

theirs = {name + ".ndr": ndr_pack(value) for name, value in values.items()}
for syntax in "ndr", "ndr64":
    for name, call in requests.items():
        theirs[name + "." + syntax] = ndr_pack_in(call, ndr64=syntax == "ndr64")
    for name, call in responses.items():
        more = call.in_level.to_bytes(2, "little") if name.startswith("union") else b""  # of ours
        theirs[name + "." + syntax] = ndr_pack_out(call, ndr64=syntax == "ndr64") + more

lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.split("\n")
ours = dict(line.split() for line in lines if line)
failed = 0
for name, packed in theirs.items():
    same = packed.hex() == ours.get(name)
    failed += not same
    print("%s %s: Samba %s, ours %s" % ("ok  " if same else "FAIL", name, packed.hex(), ours.get(name)))
missing = [name for name in ours if name not in theirs and name not in
           [value + ".ndr64" for value in values]]
print("not compared:", missing)
sys.exit(1 if failed or missing else 0)
