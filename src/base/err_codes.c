/* SPDX-License-Identifier: Apache-2.0
 * err_codes.c - the columns of the error table.
 */
#include "base/err_codes.h"

#include "countersign/winerror.h"

OFTEN int32_t err_security_status(enum err e)
{
    switch (e) {
#define ERR_SEC(name, sec, win32, rpc, text)                                                       \
    case ERR_##name:                                                                               \
        return sec;
        ERR_LIST(ERR_SEC)
#undef ERR_SEC
    }
    return SEC_E_INTERNAL_ERROR;
}

uint32_t err_win32(enum err e)
{
    switch (e) {
#define ERR_WIN32(name, sec, win32, rpc, text)                                                     \
    case ERR_##name:                                                                               \
        return win32;
        ERR_LIST(ERR_WIN32)
#undef ERR_WIN32
    }
    return ERROR_INTERNAL_ERROR;
}

OFTEN int32_t err_rpc_status(enum err e)
{
    switch (e) {
#define ERR_RPC(name, sec, win32, rpc, text)                                                       \
    case ERR_##name:                                                                               \
        return rpc;
        ERR_LIST(ERR_RPC)
#undef ERR_RPC
    }
    return RPC_S_INTERNAL_ERROR;
}

enum err err_of_security_status(int32_t status)
{
    static const struct {
        int32_t status;
        enum err err;
    } rows[] = {
#define ERR_ROW(name, sec, win32, rpc, text) { sec, ERR_##name },
        ERR_LIST(ERR_ROW)
#undef ERR_ROW
    };
    size_t i;

    for (i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].err != ERR_OK && rows[i].status == status)
            return rows[i].err;
    return ERR_INTERNAL;
}
