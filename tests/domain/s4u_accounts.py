#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# s4u_accounts.py - the accounts of domain/test_s4u.c, made and deleted on the test domain's own
# database; no other test has to do with them.
#
#   s4u_accounts.py create|delete PASSWORD
#
# s4u-front may act for anybody at s4u/back, by any protocol; s4u-plain for those who came with a
# ticket; s4u-back has both names, s4u/back and s4u/other. Their keytabs are DOMAIN_DIR/NAME.keytab.
# s4u-user is ordinary, s4u-safe sensitive, s4u-gone disabled, s4u-kept of Protected
# Users, s4u-friend a second user.
import os
import sys

import samba.dckeytab  # noqa: F401 - gives Net its export_keytab
from samba import dsdb, ldb
from samba.auth import system_session
from samba.credentials import Credentials
from samba.net import Net
from samba.param import LoadParm
from samba.samdb import SamDB

SERVICES = {
    "s4u-front": (["s4u/front"], ["s4u/back"], dsdb.UF_TRUSTED_TO_AUTHENTICATE_FOR_DELEGATION),
    "s4u-plain": (["s4u/plain"], ["s4u/back"], 0),
    "s4u-back": (["s4u/back", "s4u/other"], [], 0),
}
USERS = {
    "s4u-user": 0,
    "s4u-safe": dsdb.UF_NOT_DELEGATED,
    "s4u-gone": dsdb.UF_ACCOUNTDISABLE,
    "s4u-kept": 0,
    "s4u-friend": 0,
}
FOLDER = os.environ["DOMAIN_DIR"]


def replace(sam, name, **values):
    dn = sam.search(sam.domain_dn(), ldb.SCOPE_SUBTREE, "(sAMAccountName=%s)" % name,
                    attrs=["cn"])[0].dn
    message = ldb.Message(dn)
    for key, value in values.items():
        if value:
            key = key.replace("_", "-")
            message[key] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, key)
    sam.modify(message)


def create(lp, sam, password):
    for name, (names, allowed, flags) in SERVICES.items():
        sam.newuser(name, password)
        replace(sam, name, msDS_SupportedEncryptionTypes="24", servicePrincipalName=names,
                msDS_AllowedToDelegateTo=allowed,
                userAccountControl=str(dsdb.UF_NORMAL_ACCOUNT | flags))
        creds = Credentials()
        creds.guess(lp)
        for principal in [name] + names:
            Net(creds, lp).export_keytab(keytab="%s/%s.keytab" % (FOLDER, name),
                                         principal=principal)
    for name, flags in USERS.items():
        sam.newuser(name, password)
        replace(sam, name, msDS_SupportedEncryptionTypes="24",
                userAccountControl=str(dsdb.UF_NORMAL_ACCOUNT | flags))
    sam.add_remove_group_members("Protected Users", ["s4u-kept"])


def delete(lp, sam, password):
    for name in list(SERVICES) + list(USERS):
        try:
            sam.deleteuser(name)
        except Exception as e:  # what is not there need not go
            print("%s: %s" % (name, e), file=sys.stderr)
        path = "%s/%s.keytab" % (FOLDER, name)
        if os.path.exists(path):
            os.unlink(path)


lp = LoadParm()
lp.load(os.path.join(FOLDER, "smb.conf"))
{"create": create, "delete": delete}[sys.argv[1]](
    lp, SamDB(session_info=system_session(), lp=lp), sys.argv[2])
