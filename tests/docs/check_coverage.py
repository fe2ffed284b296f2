#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_coverage.py SOURCE_DIR - docs/coverage.md against the public headers: every exported function has
# a row that does not say "later", and what a row calls "works" is exported.
import glob
import os
import re
import sys

STATES = ("works", "partly", "not supported", "later")


def exported(root):
    names = set()
    for header in glob.glob(os.path.join(root, "include", "countersign", "*.h")):
        names.update(re.findall(r"CS_EXPORT\((\w+)\)", open(header, encoding="utf-8").read()))
    # cs_...: what the macros of tchar.h and cscrt.h stand for.
    return {n for n in names if n != "name" and not n.startswith("cs_")}


def base(name, names):
    """A and W are one row."""
    if name[-1] in "AW" and (name[:-1] + "A" in names or name[:-1] + "W" in names):
        return name[:-1]
    return name


def rows(path):
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        cells = [c.strip() for c in line.strip().strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 3:
            for name in re.findall(r"`(\w+)`", cells[0]):
                yield number, name, cells[1]


def main(root):
    names = exported(root)
    functions = {base(n, names) for n in names}
    wrong = []
    seen = {}
    for number, name, state in rows(os.path.join(root, "docs", "coverage.md")):
        if state not in STATES:
            wrong.append("coverage.md:%d: %s is \"%s\"" % (number, name, state))
        if name in seen:
            wrong.append("coverage.md:%d: %s stands there twice" % (number, name))
        seen[name] = state
        is_function = not name.startswith(("SECPKG_", "SECBUFFER_", "SECQOP_", "ISC_", "ASC_"))
        if is_function and state in ("works", "partly") and name not in functions:
            wrong.append("coverage.md:%d: %s is not exported" % (number, name))
    for name in sorted(functions):
        if seen.get(name, "later") == "later":
            wrong.append("coverage.md: %s is exported and has no row that says so" % name)
    if len(functions) < 20:
        wrong.append("only %d functions found in the headers" % len(functions))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1])
