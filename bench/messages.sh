#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# messages.sh PROGRAM ARGUMENTS... - beside the KDC that MIT's contexts come from.
exec "$(dirname "$0")/../tests/interop/mit_messages.sh" "$@"
