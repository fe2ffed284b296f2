/* SPDX-License-Identifier: Apache-2.0
 * status.c - the SECURITY_STATUS and Win32 columns of the error table.
 */
#include "sspi/status.h"

#include "base/detail.h"

SECURITY_STATUS sec_status_of(enum err e)
{
    switch (e) {
#define STATUS_CASE(name, sec, win32, text)                                                        \
    case ERR_##name:                                                                               \
        return sec;
        ERR_LIST(STATUS_CASE)
#undef STATUS_CASE
    }
    return SEC_E_INTERNAL_ERROR;
}

DWORD sec_win32_of(enum err e)
{
    switch (e) {
#define WIN32_CASE(name, sec, win32, text)                                                         \
    case ERR_##name:                                                                               \
        return win32;
        ERR_LIST(WIN32_CASE)
#undef WIN32_CASE
    }
    return ERROR_INTERNAL_ERROR;
}

SECURITY_STATUS sec_status(enum err e)
{
    if (e != ERR_OK) {
        (void)detail_fail(e, "%s", err_text(e));
        detail_get()->err =
            e; /* what the caller is told, where a step failed in another way first */
    }
    return sec_status_of(e);
}
