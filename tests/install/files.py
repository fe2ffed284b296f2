#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# files.py SOURCE BUILD - what is installed is what files.list says, and in none of it is an
# interface that a test, a sample or a bench serves: its identifier is not among the bytes.
import fnmatch
import os
import re
import subprocess
import sys
import tempfile
import uuid

# Of the runtime, and of countersign-epmapd; tests have them, too, to call them.
OURS = {
    "afa8bd80-7d8a-11c9-bef4-08002b102989": "mgmt",
    "e1af8308-5d1f-11c9-91a4-08002b14a0fa": "epm",
}
FOLDERS = ("tests", "samples", "bench", "fuzz")


def installed(prefix):
    for folder, _, files in os.walk(prefix):
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), prefix)


def patterns(source):
    with open(os.path.join(source, "tests/install/files.list"), encoding="utf-8") as lines:
        return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def plain(name):
    """lib/x86_64-linux-gnu/ and lib64/ are lib/."""
    return re.sub(r"^lib(64)?/([a-z0-9_]+-linux-[a-z0-9]+/)?", "lib/", name)


def served_by_tests(source):
    for top in FOLDERS:
        for folder, _, files in os.walk(os.path.join(source, top)):
            for name in files:
                if name.endswith(".idl"):
                    path = os.path.join(folder, name)
                    with open(path, encoding="utf-8", errors="replace") as text:
                        for found in re.findall(r"\buuid\(([0-9A-Fa-f-]{36})\)", text.read()):
                            if found.lower() not in OURS:
                                yield uuid.UUID(found), os.path.relpath(path, source)


def main():
    source, build = sys.argv[1:]
    wrong = []
    with tempfile.TemporaryDirectory() as prefix:
        subprocess.run(["cmake", "--install", build, "--prefix", prefix], check=True,
                       stdout=subprocess.DEVNULL)
        names = sorted(installed(prefix))
        wanted = patterns(source)
        wrong += ["%s is installed, and not in files.list" % n for n in names
                  if not any(fnmatch.fnmatch(plain(n), p) for p in wanted)]
        wrong += ["%s is in files.list, and not installed" % p for p in wanted
                  if not any(fnmatch.fnmatch(plain(n), p) for n in names)]
        bytes_of = {}
        for n in names:
            if n.startswith(("bin/", "sbin/")) or ".so" in n or n.endswith(".a"):
                with open(os.path.join(prefix, n), "rb") as f:
                    bytes_of[n] = f.read()
        wrong += ["%s has the interface of %s" % (n, path)
                  for identifier, path in sorted(set(served_by_tests(source)))
                  for n, octets in bytes_of.items() if identifier.bytes_le in octets]
        seen = any(uuid.UUID(i).bytes_le in octets for i in OURS for octets in bytes_of.values())
    if not seen:
        wrong.append("not even the interfaces that are there are found: their bytes are others")
    print("\n".join(wrong) or "%d files, all of them listed" % len(names))
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
