#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_practices.py - the guide's sixteen practices are those of the audit: each has its threat,
# default, what decides, audit line and test; each test exists, and each finding is named.
#
#   check_practices.py SOURCE_DIR
import os
import re
import sys

ROOT = sys.argv[1]
LINES = ["Threat:", "Default:", "Decides:", "Audit:", "Test"]
wrong = []


def read(*path):
    return open(os.path.join(ROOT, *path), encoding="utf-8").read()


def audit():
    """The titles, in their order, and the practice of each finding, as the tool has them."""
    source = re.sub(r'"\s*\n\s*"', "", read("tools", "countersign", "audit_judge.c"))
    table = source[source.index("audit_practices[AUDIT_PRACTICES] = {"):source.index("audit_kinds[AUDIT_KINDS] = {")]
    titles = re.findall(r'(?m)^    \{ "([^"]+)"', table)
    kinds = re.findall(r'\[AUDIT_\w+\] = \{ "([^"]+)", (\d+),', source)
    return titles, {name: int(number) for name, number in kinds}


def check_test(number, name, functions):
    path = os.path.join(ROOT, "tests", name)
    if not os.path.exists(path):
        wrong.append("practice %d names tests/%s, which is not there" % (number, name))
        return
    registered = set(re.findall(r"\b\w+", open(path, encoding="utf-8").read()))
    wrong.extend("practice %d names %s, which tests/%s has not" % (number, f, name)
                 for f in functions if f not in registered)
    if name.endswith(".c") and not functions:
        wrong.append("practice %d names no function of tests/%s" % (number, name))


def check_practice(number, body, kinds):
    items = re.split(r"(?m)^- ", body)[1:]
    starts = [next((l for l in LINES if item.startswith(l)), item.split()[0]) for item in items]
    if starts != LINES:
        wrong.append("practice %d has the lines %s" % (number, starts))
        return
    names = re.findall(r"`([^`]+)`", items[4])
    files = [i for i, n in enumerate(names) if "/" in n]
    if not files or files[0] != 0:
        wrong.append("practice %d names no test" % number)
    for i, at in enumerate(files):
        check_test(number, names[at], names[at + 1:files[i + 1] if i + 1 < len(files) else None])
    said = {n for n in re.findall(r"`([a-z-]+)`", items[3]) if n in kinds}
    wanted = {name for name, practice in kinds.items() if practice == number}
    if said != wanted:
        wrong.append("practice %d names the findings %s, and the audit has %s" %
                     (number, sorted(said), sorted(wanted)))


def main():
    titles, kinds = audit()
    page = read("docs", "guide", "secure-rpc.md")
    parts = re.split(r"(?m)^### (\d+)\. (.*)$", page)[1:]
    found = list(zip(map(int, parts[0::3]), parts[1::3], parts[2::3]))
    if [(n, t) for n, t, _ in found] != list(enumerate(titles, 1)) or len(titles) != 16:
        wrong.append("the guide has the practices %s" % [(n, t) for n, t, _ in found])
    for number, _, body in found:
        check_practice(number, body, kinds)
    sys.exit("\n".join(wrong) if wrong else 0)


main()
