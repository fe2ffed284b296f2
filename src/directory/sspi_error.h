/* SPDX-License-Identifier: Apache-2.0
 * sspi_error.h - a security status as an error of ours.
 */
#pragma once

#include <stddef.h>

#include <countersign/wintypes.h>

#include "base/err.h"

/* Never ERR_OK. SSPI has filled the detail record of this thread; what names the step otherwise. */
enum err sspi_failed(SECURITY_STATUS status, const char *what);
