# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=sh
# format.sh - the sources in the project's format.

verb_format() {
    need_packages clang-format
    git ls-files '*.c' '*.h' '*.cc' | xargs clang-format -i
}
