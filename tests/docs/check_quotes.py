#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
# check_quotes.py - what a page quotes from a source stands there, line for line.
#
#   check_quotes.py SOURCE_DIR FILE.md...
#
# A block that begins "```c samples/x.c" is a quotation; "..." on a line of its own leaves lines out.
import os
import re
import sys


def pieces(block):
    return [p.strip("\n") for p in re.split(r"(?m)^\s*\.\.\.\s*$", block)]


def check(root, page):
    text = open(page, encoding="utf-8").read()
    wrong = quotes = 0
    for match in re.finditer(r"(?ms)^```c (\S+)\n(.*?)^```", text):
        quotes += 1
        at = 0
        source = open(os.path.join(root, match[1]), encoding="utf-8").read()
        for piece in pieces(match[2]):
            found = source.find(piece, at)
            if found < 0:
                line = text.count("\n", 0, match.start()) + 1
                print("%s:%d: this is not in %s:\n%s" % (page, line, match[1], piece))
                wrong += 1
                break
            at = found + len(piece)
    return quotes, wrong


def main(root, pages):
    totals = [check(root, page) for page in pages]
    if sum(q for q, _ in totals) == 0:
        sys.exit("no page quotes anything")
    sys.exit(1 if sum(w for _, w in totals) else 0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
