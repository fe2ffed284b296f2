/* SPDX-License-Identifier: Apache-2.0
 * pac.c - logon information, written field by field.
 */
#include "lib/pac.h"

#include "base/sid.h"
#include "lib/unit.h"
#include "ndr/pickle.h"

enum { PRESENT = 0x20000, USUAL = 0x7, OF_RESOURCE = 0x20000007, MOST = 65536 };

/* A pointer's place. */
static void put_pointer(struct writer *w, bool present)
{
    writer_le32(w, present ? PRESENT + (uint32_t)w->len : 0);
}

static void put_rids(struct writer *w, const uint32_t *rids, size_t n, uint32_t attributes)
{
    size_t i;

    if (!n)
        return;
    writer_len32(w, n);
    for (i = 0; i < n; i++) {
        writer_le32(w, rids[i]);
        writer_le32(w, attributes);
    }
}

static void put_sid(struct writer *w, const char *text)
{
    struct sid s;

    if (!text)
        return;
    assert_int_equal(sid_parse(text, &s), ERR_OK);
    writer_le32(w, s.count);
    sid_put(w, &s);
}

static void put_fields(struct writer *w, const struct pac_logon *l)
{
    put_pointer(w, true);
    writer_zero(w, 48); /* times */
    writer_le16(w, 4);  /* the first of six texts: two characters */
    writer_le16(w, 4);
    put_pointer(w, true);
    writer_zero(w, 5 * 8 + 4);
    writer_le32(w, l->user);
    writer_le32(w, l->primary);
    writer_len32(w, l->group_count);
    put_pointer(w, l->group_count);
    writer_zero(w, 4 + 16 + 2 * 8);
    put_pointer(w, l->domain);
    writer_zero(w, 16 + 16 + 8);
    writer_len32(w, l->extra_count);
    put_pointer(w, l->extra_count);
    put_pointer(w, l->resource);
    writer_len32(w, l->resource_count);
    put_pointer(w, l->resource_count);
}

struct buf pac_logon_make(const struct pac_logon *l)
{
    struct writer w = writer_new(MOST), whole = writer_new(MOST);
    struct buf object = { 0 }, made = { 0 };
    size_t i;

    put_fields(&w, l);
    writer_le32(&w, 2);
    writer_le32(&w, 0);
    writer_le32(&w, 2);
    writer_le32(&w, 0x00780078);
    put_rids(&w, l->groups, l->group_count, USUAL);
    put_sid(&w, l->domain);
    if (l->extra_count)
        writer_len32(&w, l->extra_count);
    for (i = 0; i < l->extra_count; i++) {
        put_pointer(&w, l->extra[i]);
        writer_le32(&w, USUAL);
    }
    for (i = 0; i < l->extra_count; i++)
        put_sid(&w, l->extra[i]);
    put_sid(&w, l->resource);
    put_rids(&w, l->resources, l->resource_count, OF_RESOURCE);
    assert_int_equal(writer_take(&w, &object), ERR_OK);
    ndr_pickle_write_header(&whole);
    ndr_pickle_write(&whole, buf_view(object));
    buf_free(&object);
    assert_int_equal(writer_take(&whole, &made), ERR_OK);
    return made;
}
