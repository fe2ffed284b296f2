/* SPDX-License-Identifier: Apache-2.0
 * doors.c - codes and text for the callers of this module's exported functions.
 */
#include "directory/doors.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"

DWORD win32_code(enum err e)
{
    struct detail *d = detail_get();

    /* What was tried on the way to a success is no failure of this call. */
    if (e == ERR_OK) {
        d->err = ERR_OK;
        d->text[0] = d->remedy[0] = d->tried[0] = '\0';
    } else if (d->err == ERR_OK) {
        detail_fail(e, "%s", err_text(e)); /* nobody on the way had more to say */
    }
    d->err = e; /* the record and the code returned are of one mind */
    return err_win32(e);
}

DWORD win32_text_code(enum err e)
{
    bool text = e == ERR_MALFORMED || e == ERR_TOO_LONG || e == ERR_TRUNCATED;

    return win32_code(text ? ERR_INVALID_PARAMETER : e);
}

bool text_wanted(struct text_room room)
{
    return room.len && *room.len && (room.a || room.w);
}

static DWORD give_wide(const char *s, struct text_room room)
{
    char16_t *wide = NULL;
    enum err e = wide_from_utf8(s, &wide);
    size_t n;

    if (e)
        return win32_code(e);
    n = wide_length(wide) + 1;
    if (room.w && *room.len >= n)
        memcpy(room.w, wide, n * sizeof *wide);
    else
        e = ERR_BUFFER_TOO_SMALL;
    *room.len = (DWORD)n;
    mem_free(wide);
    return win32_code(e);
}

DWORD text_give(const char *s, struct text_room room)
{
    DWORD n, had;

    if (!s)
        s = "";
    if (room.w)
        return give_wide(s, room);
    n = (DWORD)strlen(s) + 1;
    had = *room.len;
    *room.len = n;
    if (!room.a || had < n)
        return win32_code(ERR_BUFFER_TOO_SMALL);
    memcpy(room.a, s, n);
    return ERROR_SUCCESS;
}

enum err texts_from_wide(const LPCWSTR *from, size_t n, char ***ret)
{
    char **texts = mem_array(n ? n : 1, sizeof *texts);
    enum err e = ERR_OK;
    size_t i;

    if (!texts)
        return ERR_NO_MEMORY;
    for (i = 0; i < n && !e; i++)
        e = utf8_from_wide((const char16_t *)from[i], &texts[i]);
    if (e)
        texts_free(texts, n);
    else
        *ret = texts;
    return e;
}

void texts_free(char **texts, size_t n)
{
    size_t i;

    for (i = 0; texts && i < n; i++)
        mem_free(texts[i]);
    mem_free(texts);
}
