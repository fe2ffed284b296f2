/* SPDX-License-Identifier: Apache-2.0
 * keytab.c - the keytab file, version 2, big-endian throughout.  MIT "The Kerberos V5 keytab file
 * format"
 *    0 0x05 | 1 0x02 | entries: 4 size (negative: a deleted entry of that many bytes) and
 *    2 components | 2+n realm | 2+n each component | 4 name type | 4 timestamp | 1 kvno
 *    2 key type | 2+n key | 4 kvno, where there is room and it is not zero
 */
#include "kerberos/keytab.h"

#include "base/writer.h"

enum err keytab_begin(struct bytes file, struct keytab_reader *ret)
{
    struct keytab_reader k = { reader_over(file) };

    if (file.len > KEYTAB_BYTES_MAX)
        reader_fail(&k.r, ERR_TOO_LONG);
    if (reader_u8(&k.r) != 5)
        reader_fail(&k.r, ERR_MALFORMED);
    if (reader_u8(&k.r) != 2)
        reader_fail(&k.r, ERR_UNSUPPORTED);
    if (!k.r.err)
        *ret = k;
    return k.r.err;
}

static struct bytes read_counted(struct reader *r)
{
    return reader_take(r, reader_be16(r));
}

static enum err read_entry(struct reader r, struct keytab_entry *ret)
{
    struct keytab_entry e = { 0 };
    size_t i;

    e.components = reader_be16(&r);
    if (e.components > KEYTAB_COMPONENTS)
        reader_fail(&r, ERR_TOO_LONG);
    e.realm = read_counted(&r);
    for (i = 0; !r.err && i < e.components; i++)
        e.component[i] = read_counted(&r);
    e.name_type = reader_be32(&r);
    e.timestamp = reader_be32(&r);
    e.kvno = reader_u8(&r);
    e.enctype = reader_be16(&r);
    e.key = read_counted(&r);
    if (reader_left(&r) >= 4) {
        uint32_t kvno = reader_be32(&r);

        if (kvno)
            e.kvno = kvno;
    }
    if (!r.err)
        *ret = e;
    return r.err;
}

bool keytab_next(struct keytab_reader *k, struct keytab_entry *ret)
{
    while (reader_left(&k->r) >= 4) {
        uint32_t size = reader_be32(&k->r);
        enum err e;

        if (size == 0)
            return false; /* room kept at the end */
        if (size & 0x80000000U) {
            reader_take(&k->r, 0U - size);
            continue;
        }
        e = read_entry(reader_sub(&k->r, size), ret);
        if (e)
            reader_fail(&k->r, e);
        return !k->r.err;
    }
    if (reader_left(&k->r))
        reader_fail(&k->r, ERR_TRUNCATED);
    return false;
}

static void write_quoted(struct writer *w, struct bytes part)
{
    size_t i;

    for (i = 0; i < part.len; i++) {
        if (part.ptr[i] && strchr("/@\\", part.ptr[i]))
            writer_u8(w, '\\');
        writer_u8(w, part.ptr[i] ? part.ptr[i] : '?');
    }
}

enum err keytab_entry_name(const struct keytab_entry *e, char **ret)
{
    struct writer w = writer_new(KEYTAB_BYTES_MAX);
    size_t i;

    for (i = 0; i < e->components; i++) {
        if (i)
            writer_u8(&w, '/');
        write_quoted(&w, e->component[i]);
    }
    writer_u8(&w, '@');
    write_quoted(&w, e->realm);
    return writer_take_text(&w, ret);
}
