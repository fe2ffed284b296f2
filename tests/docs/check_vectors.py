#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_vectors.py SOURCE_DIR - docs/vectors.md against the IDL reference and coverage.md: each type and
# attribute that is generated has a row, and the tests that a row names are there and check octets of
# the syntax they stand under.
import os
import re
import sys

SYNTAX = ("octets_ndr(", "octets_ndr64(")


def cells(line):
    # a | inside of ` ` is none of the table's
    return [c.strip() for c in re.split(r"\|(?=(?:[^`]*`[^`]*`)*[^`]*$)", line.strip())[1:-1]]


def tables(path):
    with open(path, encoding="utf-8") as lines:
        section = ""
        for number, line in enumerate(lines, 1):
            if line.startswith("#"):
                section = line.strip("# \n")
            if line.startswith("| ") and not line.startswith("| ---"):
                yield number, section, cells(line)


def named(cell):
    """[size_is(n)] and [size_is] are one; `a`, `b` are two."""
    return [re.sub(r"^\[(\w+)\(.*\)\]$", r"[\1]", n) for n in re.findall(r"`([^`]+)`", cell)]


def owed(root):
    for number, section, row in tables(os.path.join(root, "docs", "guide", "idl-and-acf-reference.md")):
        where = "idl-and-acf-reference.md:%d" % number
        if section == "Types" and row[0] != "IDL":
            yield from ((where, name) for name in named(row[0]) if name != "size_is")
        elif len(row) > 1 and row[1] == "generated" and section != "Statements":
            yield from ((where, name) for name in named(row[0]))
    for number, section, row in tables(os.path.join(root, "docs", "coverage.md")):
        if section.startswith("IDL and ACF") and row[1] == "works":
            yield from (("coverage.md:%d" % number, name) for name in named(row[0]) if name.startswith("["))


def body(text, name):
    found = re.search(r"^static void %s\(void \*\*state\)\n\{.*?^\}" % re.escape(name), text, re.M | re.S)
    return found and found.group(0)


def wrong_of(root, cell, syntax):
    """What is wrong with the tests that one cell names."""
    text = ""
    path = ""
    says = False
    for name in re.findall(r"`([^`]+)`", cell):
        if "/" in name:
            path = os.path.join(root, "tests", name)
            if not os.path.isfile(path):
                yield "no tests/%s" % name
                return
            with open(path, encoding="utf-8") as file:
                text = file.read()
            continue
        function = body(text, name)
        if not function:
            yield "no %s in %s" % (name, path)
            return
        says = says or "stubs/octets.h" not in text or SYNTAX[syntax] in function
    if not cell.startswith("none") and not says:
        yield "nothing of %s checks octets by %s)" % (cell, SYNTAX[syntax])


def main(root):
    wrong = []
    seen = set()
    for number, _, row in tables(os.path.join(root, "docs", "vectors.md")):
        if len(row) != 3 or row[0] == "type or attribute":
            continue
        seen.update(named(row[0]))
        for syntax in 0, 1:
            cell = row[1] if row[1 + syntax] == "the same" else row[1 + syntax]
            wrong += ["vectors.md:%d: %s" % (number, w) for w in wrong_of(root, cell, syntax)]
    for where, name in owed(root):
        if name not in seen and name not in IMPLIED:
            wrong.append("%s: %s has no row in docs/vectors.md" % (where, name))
    if len(seen) < 60:
        wrong.append("only %d types and attributes found in docs/vectors.md" % len(seen))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


# Taken, and change nothing.
IMPLIED = {"[optimize]", "[helpstring]", "[retval]"}

if __name__ == "__main__":
    main(sys.argv[1])
