#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_coverage.py SOURCE_DIR BUILD_DIR [--tests] - docs/coverage.md against the public headers and the
# tests: every exported function has a row that does not say "later", what a row calls "works" is exported or a
# macro with parameters, and a test mentions it; by a macro of a public header, or through a stub that is generated for a test, too.
# --tests lists which.
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


def macros_in_rows(root, coverage):
    """Those that are called as functions are, and have a row of their own."""
    called = set()
    for header in glob.glob(os.path.join(root, "include", "countersign", "*.h")):
        called.update(re.findall(r"^#define (\w+)\(", open(header, encoding="utf-8").read(), re.M))
    return {name for _, name, _ in rows(coverage) if name in called}


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


def words_of(path):
    with open(path, encoding="utf-8", errors="replace") as f:
        return set(re.findall(r"\w+", f.read()))


def files_under(folder, endings):
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.endswith(endings):
                yield os.path.join(parent, name)


def macros(root):
    """What of the functions each macro of a public header stands for."""
    meant = {}
    for header in glob.glob(os.path.join(root, "include", "countersign", "*.h")):
        text = open(header, encoding="utf-8").read().replace("\\\n", " ")
        for name, body in re.findall(r"^[ \t]*#[ \t]*define[ \t]+(\w+)(.*)$", text, re.M):
            meant.setdefault(name, set()).update(re.findall(r"\w+", body))
    return meant


def close(words, meant):
    """The words, and all that macros among them lead to."""
    todo = [w for w in words if w in meant]
    while todo:
        new = meant[todo.pop()] - words
        words |= new
        todo += [w for w in new if w in meant]
    return words


def tests(root, build, names):
    """Which tests mention each function, by path."""
    meant = macros(root)
    of = {base(n, names): [] for n in names}
    found = list(files_under(os.path.join(root, "tests"), (".c", ".cc", ".sh", ".py")))
    found += files_under(os.path.join(root, "samples"), (".c",))
    found += files_under(os.path.join(root, "tests", "golden", "stubs"), (".out",))
    found += files_under(os.path.join(build, "tests"), ("_c.c", "_s.c"))
    for path in sorted(found):
        words = close(words_of(path), meant)
        for name in {base(n, names) for n in names if n in words or base(n, names) in words}:
            of[name].append(path)
    return of


def main(root, build, listed):
    coverage = os.path.join(root, "docs", "coverage.md")
    names = exported(root) | macros_in_rows(root, coverage)
    functions = {base(n, names) for n in names}
    wrong = []
    seen = {}
    for number, name, state in rows(coverage):
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
    of = tests(root, build, names)
    wrong += ["coverage.md: no test mentions %s" % n for n in sorted(of) if not of[n]]
    if listed:
        for name in sorted(of):
            print("%s: %s" % (name, " ".join(os.path.relpath(p, root) for p in of[name])))
    if len(functions) < 20:
        wrong.append("only %d functions found in the headers" % len(functions))
    print("\n".join(wrong))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], "--tests" in sys.argv[3:])
