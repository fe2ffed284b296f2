# SPDX-License-Identifier: Apache-2.0
# allocation.awk - calls of the C library's allocator, comments and strings left out.
#
# Where the C library itself expects or hands out a block, the line says so: "libc's block".

FNR == 1 { comment = 0 }

{
    line = code($0)
    if ($0 ~ /libc's block/)
        next
    if (match(line, /(^|[^A-Za-z0-9_.>])(malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf|aligned_alloc|posix_memalign)[ ]*\(/))
        print FILENAME ":" FNR ": the allocator belongs to base/alloc.c: " $0
}

function code(text, out, p) {
    gsub(/"([^"\\]|\\.)*"/, "\"\"", text)
    out = ""
    while (length(text)) {
        if (comment) {
            p = index(text, "*/")
            if (!p)
                return out
            text = substr(text, p + 2)
            comment = 0
        } else {
            p = index(text, "/*")
            if (!p) {
                sub(/\/\/.*/, "", text)
                return out text
            }
            out = out substr(text, 1, p - 1)
            text = substr(text, p + 2)
            comment = 1
        }
    }
    return out
}
