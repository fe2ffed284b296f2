/* SPDX-License-Identifier: Apache-2.0
 * sspi_error.c - a security status as an error of ours: the first row of the table that has it.
 */
#include "directory/sspi_error.h"

#include "base/detail.h"

enum err sspi_failed(SECURITY_STATUS status, const char *what)
{
    static const struct {
        SECURITY_STATUS status;
        enum err err;
    } rows[] = {
#define ERR_ROW(name, sec, win32, rpc, text) { (SECURITY_STATUS)(sec), ERR_##name },
        ERR_LIST(ERR_ROW)
#undef ERR_ROW
    };
    enum err e = ERR_INTERNAL;
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].err != ERR_OK && rows[i].status == status) {
            e = rows[i].err;
            break;
        }
    return detail_fail(e, "%s: status %#x", what, (unsigned)status);
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
