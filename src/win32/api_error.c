/* SPDX-License-Identifier: Apache-2.0
 * api_error.c - the thread's last error, and texts for errors.
 */
#include "base/alloc.h"
#include "base/err_codes.h"
#include "base/utf16.h"
#include "win32/last_error.h"
#include "win32/messages.h"
#include "win32/template.h"

static __thread DWORD last_error;

DWORD GetLastError(void)
{
    return last_error;
}

void SetLastError(DWORD dwErrCode)
{
    last_error = dwErrCode;
}

void win32_fail(enum err e)
{
    SetLastError(err_win32(e));
}

BOOL win32_bool(enum err e)
{
    if (e)
        win32_fail(e);
    return e == ERR_OK;
}

enum err win32_store(BOOL wide, const char *text, void *to, DWORD *size)
{
    char16_t *text16 = NULL;
    size_t n = strlen(text) + 1;
    enum err e = ERR_OK;

    if (wide) {
        e = wide_from_utf8(text, &text16);
        if (e)
            return e;
        n = wide_length(text16) + 1;
    }
    if (to && n <= *size)
        memcpy(to, wide ? (const void *)text16 : (const void *)text, n * (wide ? 2 : 1));
    else
        e = ERR_BUFFER_TOO_SMALL;
    *size = (DWORD)n;
    mem_free(text16);
    return e;
}

struct request {
    BOOL wide;
    DWORD flags;
    LPCVOID source;
    DWORD id;
    void *buffer;
    DWORD size;
    va_list *arguments;
};

/* The template, in UTF-8, freed with mem_free. */
static enum err find_template(const struct request *q, char **ret)
{
    const char *text = NULL;

    if (q->flags & FORMAT_MESSAGE_FROM_STRING) {
        if (!q->source)
            return ERR_INVALID_PARAMETER;
        if (q->wide)
            return utf8_from_wide(q->source, ret);
        *ret = mem_strdup(q->source);
        return *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    if (!(q->flags & FORMAT_MESSAGE_FROM_SYSTEM))
        return q->flags & FORMAT_MESSAGE_FROM_HMODULE ? ERR_UNSUPPORTED : ERR_INVALID_PARAMETER;
    text = win32_message(q->id);
    if (!text && (q->id & 0xffff0000) == 0x80070000) /* HRESULT_FROM_WIN32 */
        text = win32_message(q->id & 0xffff);
    if (!text)
        return ERR_NOT_FOUND;
    *ret = mem_printf("%s\n", text);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err fill(const struct request *q, const char *template, struct buf *ret)
{
    struct writer w = writer_new(FORMAT_MAX);
    struct format_args args = { 0 };
    struct template_options o = { q->wide != 0, (q->flags & FORMAT_MESSAGE_IGNORE_INSERTS) != 0,
                                  (q->flags & FORMAT_MESSAGE_MAX_WIDTH_MASK) != 0 };
    enum err e;

    if (q->flags & FORMAT_MESSAGE_ARGUMENT_ARRAY)
        args.slot = (const uintptr_t *)(const void *)q->arguments;
    else
        args.ap = q->arguments;
    e = template_fill(&w, &o, template, &args);
    if (e) {
        writer_done(&w);
        return e;
    }
    writer_u8(&w, 0);
    return writer_take(&w, ret);
}

/* Into the program's buffer, or one allocated here for LocalFree. */
static enum err deliver(const struct request *q, const char *text, DWORD *ret_length)
{
    DWORD size = q->size;
    void *to = q->buffer;
    void *allocated = NULL;
    enum err e;

    if (q->flags & FORMAT_MESSAGE_ALLOCATE_BUFFER) {
        size = (DWORD)strlen(text) + 1; /* UTF-16 never has more units than UTF-8 bytes */
        size = size > q->size ? size : q->size;
        allocated = to = mem_array(size, q->wide ? 2 : 1);
        if (!to)
            return ERR_NO_MEMORY;
    }
    e = win32_store(q->wide, text, to, &size);
    if (e) {
        mem_free(allocated);
        return e;
    }
    if (allocated)
        memcpy(q->buffer, &allocated, sizeof allocated);
    *ret_length = size - 1;
    return ERR_OK;
}

static DWORD format_message(const struct request *q)
{
    struct buf text = { 0 };
    char *template = NULL;
    DWORD length = 0;
    enum err e = q->buffer ? find_template(q, &template) : ERR_INVALID_PARAMETER;

    if (!e)
        e = fill(q, template, &text);
    if (!e)
        e = deliver(q, (const char *)text.ptr, &length);
    mem_free(template);
    buf_free(&text);
    if (e == ERR_NOT_FOUND)
        SetLastError(ERROR_MR_MID_NOT_FOUND);
    else if (e == ERR_BUFFER_TOO_SMALL)
        SetLastError(ERROR_INSUFFICIENT_BUFFER);
    else if (e)
        win32_fail(e);
    return e ? 0 : length;
}

DWORD FormatMessageA(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    (void)dwLanguageId;
    return format_message(
        &(struct request){ FALSE, dwFlags, lpSource, dwMessageId, lpBuffer, nSize, Arguments });
}

DWORD FormatMessageW(DWORD dwFlags, LPCVOID lpSource, DWORD dwMessageId, DWORD dwLanguageId,
                     LPWSTR lpBuffer, DWORD nSize, va_list *Arguments)
{
    (void)dwLanguageId;
    return format_message(
        &(struct request){ TRUE, dwFlags, lpSource, dwMessageId, lpBuffer, nSize, Arguments });
}
