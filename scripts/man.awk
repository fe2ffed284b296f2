# SPDX-License-Identifier: Apache-2.0
# man.awk - section 3 of the manual, from the comments above the declarations in public headers.
#
#   awk -v to=DIR -v version=V -v date=YYYY-MM-DD -f man.awk HEADER...
#
# A comment that opens with "Name - summary." describes the exported functions declared between it
# and the next such comment. Its paragraphs become the description; "Returns:", "Threads:",
# "Source:" and the like open sections of their own, whose items are "NAME  text" lines. The first
# function has the page, the others (the other of A and W) refer to it.

FNR == 1 {
    page_end()
    header = FILENAME
    sub(/.*\//, "", header)
    inside = 0
    statement = ""
}

!inside && /^[ \t]*\/\*/ {
    inside = 1
    lines = 0
    text = $0
    sub(/^[ \t]*\/\*+ ?/, "", text)
    comment_line(text)
    next
}
inside {
    text = $0
    sub(/^[ \t]*\*? ?/, "", text)
    if ($0 ~ /^[ \t]*\*\//)
        text = "*/"
    comment_line(text)
    next
}

/^#/ { next }
{
    code = $0
    sub(/\/\*.*\*\//, "", code)
    statement = statement (statement == "" ? "" : "\n") code
    if (code ~ /;[ \t]*$/) {
        if (statement ~ /CS_EXPORT\(/)
            declaration(statement)
        statement = ""
    } else if (code ~ /^[ \t]*$/ || code ~ /\}[ \t]*$/ || code ~ /^CS_EXTERN_C_/)
        statement = ""
}

END { page_end() }

function comment_line(text, done) {
    if (text ~ /\*\/[ \t]*$/) {
        sub(/[ \t]*\*\/[ \t]*$/, "", text)
        done = 1
    }
    if (!(done && text == ""))
        line[++lines] = text
    if (done) {
        inside = 0
        statement = ""
        if (lines && line[1] ~ /^[A-Za-z_][A-Za-z0-9_]*(, [A-Za-z_][A-Za-z0-9_]*)* - ./)
            page_begin()
    }
}

function page_begin(i) {
    page_end()
    title = line[1]
    sub(/ - .*/, "", title)
    rest = 2
    summary = line[1]
    sub(/^[^-]* - /, "", summary)
    while (rest <= lines && line[rest] != "") # a summary that runs on
        summary = summary " " line[rest++]
    sub(/\.$/, "", summary)
    body_lines = 0
    for (i = rest; i <= lines; i++)
        body[++body_lines] = line[i]
    functions = 0
    synopsis = ""
    open = 1
}

function declaration(text, name) {
    if (!open) {
        print header ": no comment stands above: " text >"/dev/stderr"
        exit 1
    }
    match(text, /CS_EXPORT\([A-Za-z0-9_]+\)/)
    name = substr(text, RSTART + 10, RLENGTH - 11)
    text = substr(text, 1, RSTART - 1)
    sub(/[ \t\n]+$/, "", text)
    sub(/^[ \t\n]+/, "", text)
    exported[++functions] = name
    synopsis = synopsis text ";\n"
}

function page_end(i, file, first, names, n, alias) {
    if (!open)
        return
    open = 0
    if (!functions)
        return
    first = exported[1]
    file = to "/" first ".3"
    # NAME lists every function of the page, and the name without A and W by which it is known.
    names = ""
    n = split(title, alias, ", ")
    for (i = 1; i <= n; i++)
        if (!is_exported(alias[i])) {
            names = names (names == "" ? "" : ", ") alias[i]
            refer(alias[i], first)
        }
    for (i = 1; i <= functions; i++) {
        names = names (names == "" ? "" : ", ") exported[i]
        if (i > 1)
            refer(exported[i], first)
    }
    put(file, ".\\\" Made from include/countersign/" header " by scripts/man.awk.")
    put(file, ".TH " first " 3 " date " \"Countersign " version "\" \"Countersign\"")
    put(file, ".SH NAME")
    put(file, escape(names) " \\- " escape(summary))
    put(file, ".SH SYNOPSIS")
    put(file, ".nf")
    put(file, "#include <countersign/" header ">")
    put(file, "")
    printf "%s", escape_all(synopsis) >file
    put(file, ".fi")
    write_body(file)
    close(file)
}

function write_body(file, i, text, name, section, para, fresh) {
    section = ""
    para = 0
    returned = ""
    for (i = 1; i <= body_lines; i++) {
        text = body[i]
        if (text ~ /^[ \t]*$/) {
            para = 1
            continue
        }
        if (text ~ /^[A-Z][A-Za-z ]*:/ && heading(text)) {
            name = text
            sub(/:.*/, "", name)
            sub(/^[^:]*:[ \t]*/, "", text)
            write_returned(file)
            section = heading(name ":")
            put(file, ".SH " section)
            para = 0
            fresh = 1
            if (text == "")
                continue
        } else if (section == "") {
            section = "DESCRIPTION"
            put(file, ".SH DESCRIPTION")
            para = 0
            fresh = 1
        }
        if (section == "RETURN VALUE") {
            returned = returned (returned == "" ? "" : " ") text
            continue
        }
        if (para && !fresh)
            put(file, text ~ /^[ \t]*- / ? ".IP \\(bu 2" : ".PP")
        else if (text ~ /^[ \t]*- /)
            put(file, ".IP \\(bu 2")
        para = 0
        fresh = 0
        sub(/^[ \t]+/, "", text)
        sub(/^- /, "", text)
        put(file, escape(text))
    }
    write_returned(file)
}

# "SEC_E_OK; SEC_E_NO_CREDENTIALS (no cache); ..." as one item for each status.
function write_returned(file, text, item, name) {
    text = returned
    returned = ""
    gsub(/[ \t]+/, " ", text)
    sub(/^ /, "", text)
    gsub(/[;,.] [A-Z][A-Z0-9]*_[A-Z0-9_]+/, "\n&", text)
    while (text != "") {
        item = text
        sub(/\n.*/, "", item)
        text = length(text) > length(item) ? substr(text, length(item) + 4) : ""
        name = ""
        if (match(item, /^[A-Z][A-Z0-9]*_[A-Z0-9_]+/)) {
            name = substr(item, 1, RLENGTH)
            item = substr(item, RLENGTH + 1)
            sub(/^[ :]+/, "", item)
            put(file, ".IP \\(bu 2")
            put(file, ".B " escape(name))
        }
        if (item != "" && item != ".")
            put(file, escape(item))
    }
}

function heading(text) {
    if (text ~ /^Returns:/) return "RETURN VALUE"
    if (text ~ /^Threads:/) return "THREADS"
    if (text ~ /^(Source|Sources):/) return "SOURCE"
    if (text ~ /^(Where we differ|Differs|Differences|Windows):/) return "DIFFERENCES FROM WINDOWS"
    if (text ~ /^(See|See also):/) return "SEE ALSO"
    if (text ~ /^(Frees|Memory|Free|Ownership):/) return "MEMORY"
    if (text ~ /^(Policy):/) return "POLICY"
    if (text ~ /^(Example):/) return "EXAMPLE"
    return ""
}

function is_exported(name, i) {
    for (i = 1; i <= functions; i++)
        if (exported[i] == name)
            return 1
    return 0
}

function refer(name, target, file) {
    file = to "/" name ".3"
    put(file, ".so man3/" target ".3")
    close(file)
}

function put(file, text) {
    print text >file
}

function escape(text) {
    gsub(/\\/, "\\e", text)
    gsub(/-/, "\\-", text)
    if (text ~ /^[.']/)
        text = "\\&" text
    return text
}

function escape_all(text, n, parts, i, out) {
    n = split(text, parts, "\n")
    out = ""
    for (i = 1; i < n; i++)
        out = out escape(parts[i]) "\n"
    return out
}
