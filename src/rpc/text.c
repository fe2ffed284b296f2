/* SPDX-License-Identifier: Apache-2.0
 * text.c - strings at the doors of RPC, in either form.
 */
#include "rpc/text.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"

enum err rpc_text_in(bool wide, const void *text, char **ret)
{
    char *copy = NULL;
    enum err e;

    if (wide)
        return utf8_from_wide(text, ret);
    if (text && !utf8_valid(bytes_of_text(text)))
        return detail_fail(ERR_MALFORMED, "a string of the A form is not UTF-8");
    copy = mem_strdup(text);
    e = text && !copy ? ERR_NO_MEMORY : ERR_OK;
    if (!e)
        *ret = copy;
    return e;
}

enum err rpc_texts_in(bool wide, const void *const *texts, size_t n, char **ret)
{
    enum err e = ERR_OK;
    size_t i;

    memset(ret, 0, n * sizeof *ret);
    for (i = 0; i < n && !e; i++)
        e = rpc_text_in(wide, texts[i], &ret[i]);
    if (e)
        rpc_texts_free(ret, n);
    return e;
}

void rpc_texts_free(char **texts, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        mem_free(texts[i]);
        texts[i] = NULL;
    }
}

enum err rpc_text_out(bool wide, const char *text, void **ret)
{
    char16_t *units = NULL;
    char *copy = NULL;
    enum err e = ERR_OK;

    if (wide && text)
        e = wide_from_utf8(text, &units);
    else if (text && !(copy = mem_strdup(text)))
        e = ERR_NO_MEMORY;
    if (!e)
        *ret = wide ? (void *)units : copy;
    return e;
}

enum err rpc_texts_out(bool wide, const char *const *texts, size_t n, void **ret)
{
    enum err e = ERR_OK;
    size_t i;

    memset(ret, 0, n * sizeof *ret);
    for (i = 0; i < n && !e; i++)
        e = rpc_text_out(wide, texts[i], &ret[i]);
    for (i = 0; i < n && e; i++) {
        mem_free(ret[i]);
        ret[i] = NULL;
    }
    return e;
}
