#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# ground.sh PROGRAM - what it prints is what every form of it prints.
set -eu
COUNTERSIGN_HOSTNAME=web1.example.com "$1" héllo | tr -d '\r' |
    diff "$(dirname "$0")/ground.expected" -
