# SPDX-License-Identifier: Apache-2.0
# tables.awk - what the tables "section | file | test | deviation" name, one line each:
#   PLACE src FILE    PLACE test FILE    PLACE word FILE NAME
# FILE of a word is the test file that stands before it in its cell.

BEGIN { FS = "|" }

function names(cell, kind,    part, n, i, file) {
    n = split(cell, part, "`")
    for (i = 2; i <= n; i += 2) {
        if (kind == "src" || part[i] ~ /\//) {
            file = part[i]
            print FILENAME ":" FNR, kind, file
        } else {
            print FILENAME ":" FNR, "word", file, part[i]
        }
    }
}

/^\|/ && NF == 6 && $2 != " section " && $2 !~ /^ *-+ *$/ {
    names($3, "src")
    names($4, "test")
}
