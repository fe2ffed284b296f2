/* SPDX-License-Identifier: Apache-2.0
 * package.h - Negotiate: SPNEGO over the packages it is handed at acquire.
 */
#pragma once

#include "package/package.h"

extern const struct package negotiate_package;
