# SPDX-License-Identifier: Apache-2.0
# layers.awk - does each source include only what src/LAYERS allows it?
#
# Arguments: src/LAYERS, a list of the public headers' names, one of the interfaces that are compiled
# (src/module/.../x.idl, which is "x.h" to its module), then the sources.

FILENAME ~ /LAYERS$/ {
    if ($0 ~ /^#/ || $0 !~ /:/)
        next
    name = $0
    sub(/: .*|:$/, "", name)
    rest = substr($0, length(name) + 2)
    if (name ~ /^</) {
        foreign[++foreigns] = "^" pattern(name) "$"
        allowed_in[foreigns] = rest
    } else {
        known[name] = 1
        n = split(rest, modules, " ")
        for (i = 1; i <= n; i++)
            may[name, modules[i]] = 1
    }
    next
}

FILENAME ~ /idls$/ {
    n = split($1, parts, "/")
    stem = parts[n]
    sub(/\.idl$/, ".h", stem)
    compiled[parts[2], stem] = 1
    next
}

FILENAME ~ /public$/ {
    public[$1] = 1
    next
}

/^[ \t]*#[ \t]*include/ {
    file = FILENAME
    sub(/^src\//, "", file)
    module = file
    sub(/\/.*/, "", module)
    if (match($0, /"[^"]*"/))
        own(substr($0, RSTART + 1, RLENGTH - 2))
    else if (match($0, /<[^>]*>/))
        foreigner(substr($0, RSTART, RLENGTH))
}

function own(target, other) {
    other = target
    if (target ~ /^countersign\// || target in public)
        return foreigner("<" target ">")
    if ((module, target) in compiled)
        return
    if (target !~ /\//)
        return say("\"" target "\" is not of the form \"module/file.h\"")
    sub(/\/.*/, "", other)
    if (!(module in known))
        return say("module " module " has no line in src/LAYERS")
    if (other != module && !((module, other) in may))
        say(module " may not include " target)
}

function foreigner(target, i, j, n, places, inside, bare) {
    inside = target
    gsub(/[<>]/, "", inside)
    if (inside in public)
        target = "<countersign/" inside ">"
    for (i = 1; i <= foreigns; i++) {
        if (target !~ foreign[i])
            continue
        n = split(allowed_in[i], places, " ")
        for (j = 1; j <= n; j++)
            if (file ~ ("^" pattern(places[j]) "(/|$)"))
                return
        return say(target " belongs to:" allowed_in[i])
    }
}

# A shell pattern as a regular expression.
function pattern(glob) {
    gsub(/\./, "\\.", glob)
    gsub(/\+/, "\\+", glob)
    gsub(/\*/, "[^>]*", glob)
    return glob
}

function say(what) {
    print FILENAME ":" FNR ": " what
}
