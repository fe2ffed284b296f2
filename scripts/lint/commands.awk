# SPDX-License-Identifier: Apache-2.0
# commands.awk - compile_commands.json as lines "file TAB compiler arguments".

/^ *"command":/ {
    command = $0
    sub(/^ *"command": "/, "", command)
    sub(/",?$/, "", command)
    gsub(/\\"/, "\"", command)
    gsub(/\\\\/, "\\", command)
    sub(/^[^ ]+ /, "", command)
    sub(/ -o [^ ]+ -c .*$/, "", command)
}
/^ *"file":/ {
    file = $0
    sub(/^ *"file": "/, "", file)
    sub(/",?$/, "", file)
    print file "\t" command
}
