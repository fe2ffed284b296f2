/* SPDX-License-Identifier: Apache-2.0
 * sspi_error.c - a security status as an error of ours, and ends that keep it.
 */
#include "directory/sspi_error.h"

#include "base/detail.h"
#include "base/err_codes.h"

enum err sspi_failed(SECURITY_STATUS status, const char *what)
{
    return detail_fail(err_of_security_status(status), "%s: status %#x", what, (unsigned)status);
}

SECURITY_STATUS sspi_inner(SECURITY_STATUS status, const struct detail *before)
{
    if (status == SEC_E_OK || status == SEC_I_CONTINUE_NEEDED)
        *detail_get() = *before;
    return status;
}

void sspi_free_buffer(void *p)
{
    struct detail kept = *detail_get();

    if (p)
        FreeContextBuffer(p);
    *detail_get() = kept;
}

void sspi_end_context(CtxtHandle *h)
{
    struct detail kept = *detail_get();

    if (SecIsValidHandle(h))
        DeleteSecurityContext(h);
    SecInvalidateHandle(h);
    *detail_get() = kept;
}

void sspi_end_credential(CredHandle *h)
{
    struct detail kept = *detail_get();

    if (SecIsValidHandle(h))
        FreeCredentialsHandle(h);
    SecInvalidateHandle(h);
    *detail_get() = kept;
}
