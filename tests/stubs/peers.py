#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# peers.py PROGRAM - the octets of Samba's NDR for the same values as those of PROGRAM's stubs.
import subprocess
import sys

from samba.dcerpc import lsa
from samba.ndr import ndr_pack


def text(string):
    t = lsa.String()
    t.string = string
    return t


def texts(strings):
    t = lsa.Strings()
    t.count = len(strings)
    if strings:
        t.names = [text(s) for s in strings]
    return t


theirs = {"one": text("ab"), "many": texts(["ab", "cde"]), "none": texts([])}
lines = subprocess.run([sys.argv[1]], check=True, capture_output=True, text=True).stdout.split("\n")
ours = dict(line.split() for line in lines if line)
failed = 0
for name, value in theirs.items():
    packed = ndr_pack(value).hex()
    same = packed == ours.get(name)
    failed += not same
    print("%s %s: Samba %s, ours %s" % ("ok  " if same else "FAIL", name, packed, ours.get(name)))
sys.exit(1 if failed or len(ours) != len(theirs) else 0)
