/* SPDX-License-Identifier: Apache-2.0
 * err_codes.h - what an error is called at the doors: the columns of the error table as values.
 */
#pragma once

#include <stdint.h>

#include "base/err.h"

int32_t err_security_status(enum err e) SHARED(err_security_status); /* SEC_E_... */
uint32_t err_win32(enum err e) SHARED(err_win32);                    /* ERROR_... */
int32_t err_rpc_status(enum err e) SHARED(err_rpc_status);           /* RPC_S_... */

/* The first error of that column; ERR_INTERNAL for SEC_E_OK and for what the column does not have.
 */
enum err err_of_security_status(int32_t status) SHARED(err_of_security_status);
