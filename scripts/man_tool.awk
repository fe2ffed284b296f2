# SPDX-License-Identifier: Apache-2.0
# man_tool.awk - a program's --help text as its page in section 1.
#
#   program --help | awk -v version=V -v date=YYYY-MM-DD -f man_tool.awk
#
# The first line is "name - summary"; lines of capitals open sections; what is indented stays as it
# stands, the rest is prose.

NR == 1 {
    name = $0
    sub(/ - .*/, "", name)
    summary = $0
    sub(/^.* - /, "", summary)
    gsub(/ /, "-", name)
    print ".\\\" Made from the program's --help by scripts/man_tool.awk."
    print ".TH " toupper(name) " 1 " date " \"Countersign " version "\" \"Countersign\""
    print ".SH NAME"
    print escape(name) " \\- " escape(summary)
    next
}

/^[A-Z][A-Z ]*$/ {
    fixed_end()
    print ".SH " ($0 == "USAGE" ? "SYNOPSIS" : $0)
    section = opened = 1
    blank = 0
    next
}

/^[ \t]*$/ { blank = 1; next }

{
    if (!section) {
        print ".SH DESCRIPTION"
        section = opened = 1
        blank = 0
    }
    if ($0 ~ /^[ \t]/) {
        if (!fixed) {
            if (!opened)
                print ".PP"
            print ".nf"
        } else if (blank)
            print ""
        fixed = 1
        sub(/^    /, "")
    } else {
        fixed_end()
        if (blank && !opened)
            print ".PP"
    }
    opened = 0
    blank = 0
    print escape($0)
}

END { fixed_end() }

function fixed_end() {
    if (fixed)
        print ".fi"
    fixed = 0
}

function escape(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/)
        text = "\\&" text
    return text
}
