# SPDX-License-Identifier: Apache-2.0
# sizes.awk - files stop at 800 lines, functions at 60, lines at 100 columns.

FNR == 1 {
    if (last)
        finish()
    last = FILENAME
    opened = 0
}

{ lines = FNR }

# clang-format puts a function's braces, and only such braces, alone into the first column.
FILENAME ~ /^(src|tools|samples)\/.*\.c$/ && /^\{$/ { opened = FNR }
opened && /^\}$/ {
    if (FNR - opened - 1 > 60)
        print FILENAME ":" opened ": a function of " FNR - opened - 1 " lines"
    opened = 0
}
FILENAME ~ /\.[ch]$/ && length($0) > 100 && columns($0) > 100 {
    print FILENAME ":" FNR ": wider than 100 columns"
}

END { if (last) finish() }

function finish() {
    if (lines > 800 && last !~ /^include\//) # a public header is as long as Windows made it
        print last ": " lines " lines"
}

# mawk counts bytes: continuation bytes of UTF-8 take no column. Tables stand between clang-format
# off and on and may be wide.
function columns(text) {
    gsub(/[\200-\277]/, "", text)
    return table ? 0 : length(text)
}

/clang-format off/ { table = 1 }
/clang-format on/ { table = 0 }
