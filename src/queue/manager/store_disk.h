/* SPDX-License-Identifier: Apache-2.0
 * store_disk.h - what a system call that failed says of the disk.
 */
#pragma once

#include <errno.h>

#include "base/err.h"

/* No more room, of the disk, the account's quota, or what a file or a process may have: nothing is
 * damaged. Otherwise other; of what cannot be written that is ERR_RPC_RESOURCES: it may be possible
 * later. */
static inline enum err disk_error(int error, enum err other)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_DISK_FULL : other;
}
