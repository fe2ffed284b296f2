/* SPDX-License-Identifier: Apache-2.0
 * status.c - the last thing a door of SSPI does.
 */
#include "sspi/status.h"

#include "base/detail.h"
#include "base/err_codes.h"

SECURITY_STATUS sec_status(enum err e)
{
    if (e != ERR_OK) {
        (void)detail_fail(e, "%s", err_text(e));
        detail_get()->err =
            e; /* what the caller is told, where a step failed in another way first */
    }
    return err_security_status(e);
}
