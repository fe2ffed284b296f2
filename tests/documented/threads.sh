#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# threads.sh PROGRAM - what it prints is what every form of it prints.
set -eu
"$1" | tr -d '\r' | diff "$(dirname "$0")/threads.expected" -
