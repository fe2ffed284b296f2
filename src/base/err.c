/* SPDX-License-Identifier: Apache-2.0
 * err.c - the texts of the error table.
 */
#include "base/err.h"

const char *err_text(enum err e)
{
    switch (e) {
#define ERR_TEXT(name, sec, win32, rpc, text)                                                      \
    case ERR_##name:                                                                               \
        return text;
        ERR_LIST(ERR_TEXT)
#undef ERR_TEXT
    }
    return "unknown error";
}
