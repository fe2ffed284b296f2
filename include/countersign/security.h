/* SPDX-License-Identifier: Apache-2.0
 * security.h - the one header of Windows' security support: SSPI and the names of its users.
 *
 * Windows wants SECURITY_WIN32 defined before it; here it makes no difference.
 */
#ifndef COUNTERSIGN_SECURITY_H
#define COUNTERSIGN_SECURITY_H

#include "secext.h"
#include "sspi.h"

#endif
