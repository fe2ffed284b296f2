/* SPDX-License-Identifier: Apache-2.0
 * package.h - Kerberos as a security package.  [MS-KILE], RFC 4120, RFC 4121
 */
#pragma once

#include "package/package.h"

extern const struct package kerberos_package;
