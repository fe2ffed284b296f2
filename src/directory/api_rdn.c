/* SPDX-License-Identifier: Apache-2.0
 * api_rdn.c - DsQuoteRdnValue and DsUnquoteRdnValue. Nothing here is null-terminated.
 */
#include <countersign/dsparse.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "directory/doors.h"
#include "spn/dn.h"

static DWORD give_bytes(struct bytes b, DWORD *len, char *to)
{
    DWORD had = *len;

    *len = (DWORD)b.len;
    if (!to || had < b.len)
        return win32_code(ERR_BUFFER_TOO_SMALL);
    memcpy(to, b.ptr, b.len);
    return ERROR_SUCCESS;
}

static DWORD give_wide(struct bytes b, DWORD *len, WCHAR *to)
{
    char *text = mem_strndup((const char *)b.ptr, b.len);
    char16_t *wide = NULL;
    DWORD had = *len;
    enum err e = text ? wide_from_utf8(text, &wide) : ERR_NO_MEMORY;

    mem_free(text);
    if (e)
        return win32_text_code(e);
    *len = (DWORD)wide_length(wide);
    if (to && had >= *len)
        memcpy(to, wide, *len * sizeof *wide);
    else
        e = ERR_BUFFER_TOO_SMALL;
    mem_free(wide);
    return win32_code(e);
}

/* Quoted or unquoted, as a block of its own. */
static enum err convert(bool quote, struct bytes value, struct buf *ret)
{
    char *text = NULL;
    enum err e;

    if (!quote)
        return dn_unquote(value, ret);
    e = dn_quote_whole(value, &text);
    if (!e)
        *ret = (struct buf){ (uint8_t *)text, strlen(text) };
    return e;
}

static DWORD convert_bytes(bool quote, DWORD n, LPCCH from, DWORD *len, LPCH to)
{
    struct buf b = { 0 };
    DWORD code;
    enum err e;

    detail_begin(quote ? "DsQuoteRdnValue" : "DsUnquoteRdnValue");
    if (!from || !n || !len || n > DN_MAX || memchr(from, 0, n))
        return win32_code(ERR_INVALID_PARAMETER);
    e = convert(quote, bytes_of(from, n), &b);
    code = e ? win32_text_code(e) : give_bytes(buf_view(b), len, to);
    buf_free(&b);
    return code;
}

static DWORD convert_wide(bool quote, DWORD n, LPCWCH from, DWORD *len, LPWCH to)
{
    struct buf b = { 0 };
    char *text = NULL;
    DWORD code;
    enum err e;

    detail_begin(quote ? "DsQuoteRdnValue" : "DsUnquoteRdnValue");
    if (!from || !n || !len || n > DN_MAX)
        return win32_code(ERR_INVALID_PARAMETER);
    e = utf8_from_wide_n((const char16_t *)from, n, &text);
    if (!e)
        e = convert(quote, bytes_of_text(text), &b);
    code = e ? win32_text_code(e) : give_wide(buf_view(b), len, to);
    buf_free(&b);
    mem_free(text);
    return code;
}

DWORD DsQuoteRdnValueA(DWORD cUnquotedRdnValueLength, LPCCH psUnquotedRdnValue,
                       DWORD *pcQuotedRdnValueLength, LPCH psQuotedRdnValue)
{
    return convert_bytes(true, cUnquotedRdnValueLength, psUnquotedRdnValue, pcQuotedRdnValueLength,
                         psQuotedRdnValue);
}

DWORD DsQuoteRdnValueW(DWORD cUnquotedRdnValueLength, LPCWCH psUnquotedRdnValue,
                       DWORD *pcQuotedRdnValueLength, LPWCH psQuotedRdnValue)
{
    return convert_wide(true, cUnquotedRdnValueLength, psUnquotedRdnValue, pcQuotedRdnValueLength,
                        psQuotedRdnValue);
}

DWORD DsUnquoteRdnValueA(DWORD cQuotedRdnValueLength, LPCCH psQuotedRdnValue,
                         DWORD *pcUnquotedRdnValueLength, LPCH psUnquotedRdnValue)
{
    return convert_bytes(false, cQuotedRdnValueLength, psQuotedRdnValue, pcUnquotedRdnValueLength,
                         psUnquotedRdnValue);
}

DWORD DsUnquoteRdnValueW(DWORD cQuotedRdnValueLength, LPCWCH psQuotedRdnValue,
                         DWORD *pcUnquotedRdnValueLength, LPWCH psUnquotedRdnValue)
{
    return convert_wide(false, cQuotedRdnValueLength, psQuotedRdnValue, pcUnquotedRdnValueLength,
                        psUnquotedRdnValue);
}
