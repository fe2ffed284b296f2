/* SPDX-License-Identifier: Apache-2.0
 * sspi_error.h - a security status as an error of ours, and ends that keep it.
 */
#pragma once

#include <stddef.h>

#include <countersign/sspi.h>

#include "base/err.h"

/* Never ERR_OK. SSPI has filled the detail record of this thread; what names the step otherwise. */
enum err sspi_failed(SECURITY_STATUS status, const char *what) SHARED(sspi_failed);

struct detail;
/* A door of SSPI called within one of ours began the thread's record anew; where it succeeded, what
 * stood there before stands again. Returns status. */
SECURITY_STATUS sspi_inner(SECURITY_STATUS status, const struct detail *before);

/* The functions that free are doors as well, and begin the thread's record anew: these keep what
 * stands in it, for they run on the way out of a failure. NULL and invalid handles are allowed. */
void sspi_free_buffer(void *p) SHARED(sspi_free_buffer);
void sspi_end_context(CtxtHandle *h) SHARED(sspi_end_context);
void sspi_end_credential(CredHandle *h) SHARED(sspi_end_credential);
