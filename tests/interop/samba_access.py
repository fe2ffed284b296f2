# SPDX-License-Identifier: Apache-2.0
"""Random descriptors, people and wishes: our access check and Samba's must agree, and Samba must
read our text of each descriptor as the same descriptor.

    samba_access.py PROGRAM    samba_access.c, built

Samba calls it a success to be granted nothing, where all there is was asked for: that counts as a
denial here. It denies everything where no DACL is present, and grants everything where a NULL one
is, which alone is tried. The names of the rights to files and registry keys it reads wrong or not
at all, and gets them as numbers.
"""
import random
import re
import subprocess
import sys

from samba import NTSTATUSError, security as check
from samba.dcerpc import security
from samba.ndr import ndr_pack

CASES = 20000
MAXIMUM = 0x02000000
DOMAIN = security.dom_sid("S-1-5-21-1-2-3")
PEOPLE = ["S-1-5-21-1-2-3-%d" % n for n in (1001, 1002, 513)] + ["S-1-1-0", "S-1-5-11", "S-1-5-32-544"]
SPECIAL = ["S-1-3-4", "S-1-5-10", "S-1-3-0"]
RIGHTS = [0x1, 0x2, 0x4, 0x100, 0x10000, 0x20000, 0x40000, 0x80000, 0x100000]
NUMBERS = {"FA": 0x1f01ff, "FR": 0x120089, "FW": 0x120116, "FX": 0x1200a0,
           "KA": 0xf003f, "KR": 0x20019, "KW": 0x20006, "KX": 0x20019}
GUID = "bf967aba-0de6-11d0-a285-00aa003049e2"


def some_rights(rng):
    return sum(r for r in RIGHTS if rng.random() < 0.25) or rng.choice(RIGHTS)


def ace(rng):
    kind = rng.choice(["A", "A", "A", "D", "D", "OA", "OD"])
    flags = rng.choice(["", "", "", "IO", "CI", "OICIIO", "ID"])
    guid = GUID if kind in ("OA", "OD") else ""
    return "(%s;%s;0x%x;%s;;%s)" % (kind, flags, some_rights(rng), guid, rng.choice(PEOPLE + SPECIAL))


def case(rng):
    text = "O:%sG:%s" % (rng.choice(PEOPLE), rng.choice(PEOPLE))
    has_list = rng.random() < 0.98
    if has_list:
        text += "D:" + "".join(ace(rng) for _ in range(rng.randrange(8)))
    if rng.random() < 0.1:
        text += "S:(AU;SAFA;0x%x;;;WD)" % some_rights(rng)
    wanted = rng.choice([some_rights(rng), rng.choice(RIGHTS)])
    if has_list and rng.random() < 0.3:
        wanted = MAXIMUM | rng.choice([0, wanted])
    return text, wanted, rng.sample(PEOPLE, rng.randrange(1, 4))


def samba_says(descriptor, wanted, sids):
    token = security.token()
    token.sids = [security.dom_sid(s) for s in sids]
    token.num_sids = len(sids)
    try:
        return check.access_check(descriptor, token, wanted)
    except NTSTATUSError:
        return 0


def samba_reads(text):
    text = re.sub(r"(\(\w+;\w*;)([FK][ARWX]);", lambda m: "%s0x%x;" % (m[1], NUMBERS[m[2]]), text)
    try:
        return security.descriptor.from_sddl(text, DOMAIN).as_sddl(DOMAIN)
    except TypeError as e:
        return str(e)


def descriptor(text):
    d = security.descriptor.from_sddl(text, DOMAIN)
    d.type |= security.SEC_DESC_DACL_PRESENT
    return d


def main():
    rng = random.Random(20)
    cases = [case(rng) for _ in range(CASES)]
    descriptors = [descriptor(text) for text, _, _ in cases]
    lines = ["%s %x %s\n" % (ndr_pack(d).hex(), wanted, ",".join(sids))
             for d, (_, wanted, sids) in zip(descriptors, cases)]
    ours = subprocess.run([sys.argv[1]], input="".join(lines), stdout=subprocess.PIPE, check=True,
                          text=True).stdout.splitlines()
    assert len(ours) == CASES, "%d answers" % len(ours)
    wrong = granted = 0
    for d, (text, wanted, sids), answer in zip(descriptors, cases, ours):
        we, _, form = answer.partition(" ")
        they = samba_says(d, wanted, sids)
        granted += they != 0
        if int(we, 16) != they or samba_reads(form.replace("D:NO_ACCESS_CONTROL", "")) != d.as_sddl(DOMAIN):
            wrong += 1
            print("%s wants 0x%x of %s: ours %s, Samba's %x; our text %s"
                  % (sids, wanted, text, we, they, form))
    print("%d of %d cases agree, %d of them grants" % (CASES - wrong, CASES, granted))
    return 1 if wrong or not CASES / 10 < granted < CASES * 9 / 10 else 0


sys.exit(main())
