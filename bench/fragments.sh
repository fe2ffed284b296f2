#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# fragments.sh PROGRAM [OPTIONS] - beside the KDC that bench-contexts runs with.
exec "$(dirname "$0")/contexts.sh" "$@"
