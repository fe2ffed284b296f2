/* SPDX-License-Identifier: Apache-2.0
 * file.c - whole files in and out.
 */
#include "port/file.h"

#include <errno.h>
#include <stdio.h>

#include "base/detail.h"
#include "base/writer.h"
#include "port/lex.h"

enum err port_file_read(const char *path, struct buf *ret)
{
    struct writer w = writer_new((size_t)PORT_TEXT_MAX + 1);
    struct buf whole = { 0 };
    uint8_t piece[65536];
    FILE *f = fopen(path, "rb");
    enum err e = ERR_OK;
    size_t n;

    if (!f)
        return detail_fail(ERR_NOT_FOUND, "%s: %s", path, strerror(errno));
    while ((n = fread(piece, 1, sizeof piece, f)) > 0)
        writer_bytes(&w, bytes_of(piece, n));
    if (ferror(f))
        e = detail_fail(ERR_NOT_FOUND, "%s cannot be read", path);
    fclose(f);
    writer_u8(&w, 0);
    if (e) {
        writer_done(&w);
        return e;
    }
    e = writer_take(&w, &whole);
    if (e)
        return detail_fail(e, "%s: more than %d bytes", path, (int)PORT_TEXT_MAX);
    *ret = (struct buf){ whole.ptr, whole.len - 1 };
    return ERR_OK;
}

enum err port_file_write(const char *path, struct bytes text)
{
    FILE *f = fopen(path, "wb");
    bool ok;

    if (!f)
        return detail_fail(ERR_INTERNAL, "%s: %s", path, strerror(errno));
    ok = fwrite(text.ptr, 1, text.len, f) == text.len;
    ok = fclose(f) == 0 && ok;
    return ok ? ERR_OK
              : detail_fail(ERR_INTERNAL, "%s cannot be written: %s", path, strerror(errno));
}
