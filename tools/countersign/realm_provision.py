#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# realm_provision.py - fills a private folder with an Active Directory domain, on files alone:
# nothing runs yet, nothing listens. Called by `countersign realm up`.
#
#   realm_provision.py create DIR REALM ADDRESS [ADDRESS6]
#   realm_provision.py move DIR OLD_ADDRESS NEW_ADDRESS    the DC's records in the domain's DNS
#
# DIR/smb.conf is there already. DIR/settings is written last: its presence says "complete".
import logging
import os
import secrets
import sys

import samba.dckeytab  # noqa: F401 - gives Net its export_keytab
from samba import dsdb, ldb
from samba.auth import system_session
from samba.credentials import Credentials
from samba.dcerpc import dnsp
from samba.ndr import ndr_pack, ndr_unpack
from samba.net import Net
from samba.param import LoadParm
from samba.provision import provision
from samba.samdb import SamDB

AES_ONLY = str(0x08 | 0x10)  # msDS-SupportedEncryptionTypes: AES128 and AES256
DC = "dc1"
HOST = "host1"


def password():
    return secrets.token_urlsafe(15) + "aA1-"


def load(folder):
    lp = LoadParm()
    lp.load(os.path.join(folder, "smb.conf"))
    return lp


def open_directory(lp):
    return SamDB(session_info=system_session(), lp=lp)


def replace(sam, dn, **values):
    message = ldb.Message(ldb.Dn(sam, str(dn)))
    for name, value in values.items():
        name = name.replace("_", "-")
        message[name] = ldb.MessageElement(value, ldb.FLAG_MOD_REPLACE, name)
    sam.modify(message)


def account_dn(sam, name):
    return sam.search(sam.domain_dn(), ldb.SCOPE_SUBTREE, "(sAMAccountName=%s)" % name,
                      attrs=["cn"])[0].dn


def add_person(sam, name, given, surname):
    secret = password()
    sam.newuser(name, secret, givenname=given, surname=surname)
    replace(sam, account_dn(sam, name), msDS_SupportedEncryptionTypes=AES_ONLY)
    return secret


def add_service(sam, name, spn):
    secret = password()
    sam.newuser(name, secret, description="a service's account")
    replace(sam, account_dn(sam, name), msDS_SupportedEncryptionTypes=AES_ONLY,
            servicePrincipalName=[spn])
    return secret


def add_host(sam, dns_name):
    name = dns_name.split(".")[0].upper()
    secret = password()
    dn = "CN=%s,CN=Computers,%s" % (name, sam.domain_dn())
    sam.add({
        "dn": dn,
        "objectClass": "computer",
        "sAMAccountName": name + "$",
        "userAccountControl": str(dsdb.UF_WORKSTATION_TRUST_ACCOUNT | dsdb.UF_ACCOUNTDISABLE |
                                  dsdb.UF_PASSWD_NOTREQD),
        "dNSHostName": dns_name,
        "servicePrincipalName": ["HOST/" + name, "HOST/" + dns_name,
                                 "RestrictedKrbHost/" + name, "RestrictedKrbHost/" + dns_name],
        "msDS-SupportedEncryptionTypes": AES_ONLY,
    })
    sam.setpassword("(sAMAccountName=%s$)" % name, secret)
    replace(sam, dn, userAccountControl=str(dsdb.UF_WORKSTATION_TRUST_ACCOUNT))
    return secret


def add_ldap_names(sam, realm, domain):
    """A fresh domain controller lacks the names LDAP clients ask tickets for."""
    dn = account_dn(sam, DC.upper() + "$")
    full = "%s.%s" % (DC, realm.lower())
    names = ["ldap/" + full, "ldap/" + DC.upper(), "ldap/%s/%s" % (full, realm.lower()),
             "ldap/%s/%s" % (full, domain), "GC/%s/%s" % (full, realm.lower())]
    there = {str(v).lower() for v in sam.search(dn, ldb.SCOPE_BASE,
             attrs=["servicePrincipalName"])[0].get("servicePrincipalName", [])}
    message = ldb.Message(dn)
    message["add"] = ldb.MessageElement([n for n in names if n.lower() not in there],
                                        ldb.FLAG_MOD_ADD, "servicePrincipalName")
    sam.modify(message)


def passwords_stay(sam):
    """A realm may be kept for months; its settings file should not go stale."""
    never = str(-0x8000000000000000)
    replace(sam, sam.domain_dn(), maxPwdAge=never, minPwdAge="0")


def export(lp, path, *principals):
    creds = Credentials()
    creds.guess(lp)
    net = Net(creds, lp)
    for principal in principals:
        net.export_keytab(keytab=path, principal=principal)
    os.chmod(path, 0o600)


def dns_nodes(sam):
    for zone in ("DomainDnsZones", "ForestDnsZones"):
        base = "DC=%s,%s" % (zone, sam.domain_dn())
        yield from sam.search(base, ldb.SCOPE_SUBTREE, "(objectClass=dnsNode)",
                              attrs=["dnsRecord"])


def dns_move(sam, old, new):
    """Every A record of the old address gets the new one."""
    for node in dns_nodes(sam):
        records = [ndr_unpack(dnsp.DnssrvRpcRecord, bytes(v)) for v in node.get("dnsRecord", [])]
        ours = [r for r in records if r.wType == dnsp.DNS_TYPE_A and r.data == old]
        if not ours:
            continue
        for record in ours:
            record.data = new
        replace(sam, node.dn, dnsRecord=[ndr_pack(r) for r in records])


def write_settings(folder, settings):
    path = os.path.join(folder, "settings")
    descriptor = os.open(path + ".new", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as f:
        for name, value in settings.items():
            f.write("%s=%s\n" % (name, value))
    os.rename(path + ".new", path)


def create(folder, realm, address, address6=None):
    logger = logging.getLogger("provision")
    logger.addHandler(logging.StreamHandler(sys.stdout))
    logger.setLevel(logging.INFO)
    domain = realm.split(".")[0][:15]
    lower = realm.lower()
    admin_password = password()

    provision(logger, system_session(), smbconf=os.path.join(folder, "smb.conf"), realm=realm,
              domain=domain, hostname=DC, hostip=address, hostip6=address6,
              adminpass=admin_password, dns_backend="SAMBA_INTERNAL",
              serverrole="active directory domain controller", use_rfc2307=True,
              skip_sysvolacl=True, dom_for_fun_level=dsdb.DS_DOMAIN_FUNCTION_2008_R2,
              lp=load(folder), batch_mode=True)

    lp = load(folder)
    sam = open_directory(lp)
    service_spn = "test/%s.%s" % (HOST, lower)
    sam.transaction_start()
    person_password = add_person(sam, "alice", "Alice", "Person")
    other_password = add_person(sam, "mallory", "Mallory", "Other")
    service_password = add_service(sam, "svc", service_spn)
    host_password = add_host(sam, "%s.%s" % (HOST, lower))
    add_ldap_names(sam, realm, domain)
    passwords_stay(sam)
    sam.transaction_commit()

    keytabs = os.path.join(folder, "keytabs")
    os.makedirs(keytabs, mode=0o700, exist_ok=True)
    export(lp, os.path.join(keytabs, "person.keytab"), "alice@" + realm)
    export(lp, os.path.join(keytabs, "service.keytab"), "svc@" + realm,
           "%s@%s" % (service_spn, realm))
    export(lp, os.path.join(keytabs, "host.keytab"), "%s$@%s" % (HOST.upper(), realm),
           "host/%s.%s@%s" % (HOST, lower, realm))

    settings = {
        "REALM": realm,
        "DOMAIN": domain,
        "DOMAIN_DN": str(sam.domain_dn()),
        "DC_NAME": "%s.%s" % (DC, lower),
        "HOST_NAME": "%s.%s" % (HOST, lower),
        "HOST_ACCOUNT": HOST.upper() + "$",
        "HOST_PASSWORD": host_password,
        "PERSON": "alice",
        "PERSON_PASSWORD": person_password,
        "OTHER": "mallory",
        "OTHER_PASSWORD": other_password,
        "SERVICE_ACCOUNT": "svc",
        "SERVICE_PASSWORD": service_password,
        "SERVICE_SPN": service_spn,
        "ADMIN": "Administrator",
        "ADMIN_PASSWORD": admin_password,
    }
    if address6:
        settings["DC_ADDRESS6"] = address6
    write_settings(folder, settings)


def main(arguments):
    os.umask(0o077)
    if len(arguments) in (4, 5) and arguments[0] == "create":
        create(*arguments[1:])
    elif len(arguments) == 4 and arguments[0] == "move":
        dns_move(open_directory(load(arguments[1])), arguments[2], arguments[3])
    else:
        sys.exit("usage: realm_provision.py create DIR REALM ADDRESS [ADDRESS6] | "
                 "move DIR OLD_ADDRESS NEW_ADDRESS")


if __name__ == "__main__":
    main(sys.argv[1:])
