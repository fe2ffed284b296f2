#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# workstation.py - joins a machine to the realm, for its owner to abuse.
#
#   countersign realm exec -- samples/attacks/workstation.py NAME KEYTAB
#
# A domain where nobody owns a machine account does not exist: on Windows every user may join ten
# machines, and whoever administers a machine has its account's key. KEYTAB receives that key.
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "..", "tools", "countersign"))
sys.dont_write_bytecode = True
import realm_provision as realm  # noqa: E402


def main(name, keytab):
    lp = realm.load(os.environ["DOMAIN_DIR"])
    sam = realm.open_directory(lp)
    realm.add_host(sam, "%s.%s" % (name, os.environ["REALM"].lower()))
    realm.export(lp, keytab, "%s$@%s" % (name.upper(), os.environ["REALM"]))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: workstation.py NAME KEYTAB")
    main(*sys.argv[1:])
