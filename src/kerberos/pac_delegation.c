/* SPDX-License-Identifier: Apache-2.0
 * pac_delegation.c - S4U_DELEGATION_INFO, read.  [MS-PAC] 2.9, [MS-RPCE] 2.2.6
 *
 * pickle header 8, private header 8, unique pointer 4, then in NDR:
 *   target: string | services: count 4, pointer 4
 * and what the pointers refer to, in their order. A string: length 2, room 2, pointer 4.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/utf16.h"
#include "kerberos/pac.h"
#include "ndr/pickle.h"

enum { STRING_BYTES = 8 };

struct text {
    const void *place;
    const char16_t *at;
    size_t len;
};

struct services {
    struct text target, *each;
    size_t count;
};

static const void *take_string(struct ndr_in *in)
{
    ndr_in_align(in, 4);
    ndr_in_u16(in);
    ndr_in_u16(in);
    return ndr_in_pointer(in, NDR_UNIQUE);
}

static void take_text(struct ndr_in *in, struct text *t)
{
    struct ndr_span span = { 0 };

    if (!t->place)
        return;
    ndr_in_conformance(in, &span, 1);
    ndr_in_variance(in, &span, 1);
    t->len = ndr_in_count(in, &span, 1, 2);
    t->at = ndr_in_array_view(in, t->len, 2);
}

static void take_list(struct ndr_in *in, struct services *s, const void *place, uint32_t said)
{
    struct ndr_span span = { 0 };
    size_t n, i;

    if (place) {
        ndr_in_conformance(in, &span, 1);
        ndr_in_same(in, span.max, said);
    } else if (said) {
        ndr_in_fail(in, ERR_MALFORMED, "%u services, and none there", (unsigned)said);
    }
    n = ndr_in_count(in, &span, 1, STRING_BYTES);
    if (n > KERBEROS_PAC_SERVICES_MAX)
        ndr_in_fail(in, ERR_TOO_LONG, "%zu services act one for the other", n);
    s->each = ndr_in_new(in, n, sizeof *s->each);
    for (i = 0; i < n && !in->r.err; i++)
        s->each[i].place = take_string(in);
    for (i = 0; i < n && !in->r.err; i++)
        take_text(in, &s->each[i]);
    s->count = n;
}

static enum err read_services(struct ndr_in *in, struct services *s)
{
    const void *list = NULL;
    uint32_t count;

    if (!ndr_in_pointer(in, NDR_UNIQUE))
        ndr_in_fail(in, ERR_MALFORMED, "delegation information that is not there");
    s->target.place = take_string(in);
    count = ndr_in_u32(in);
    list = ndr_in_pointer(in, NDR_UNIQUE);
    take_text(in, &s->target);
    take_list(in, s, list, count);
    return ndr_pickle_end(in);
}

static enum err add_to(struct identity *i, const struct services *s)
{
    enum err e = ERR_OK;
    char *text = NULL;
    size_t k;

    for (k = 0; k < s->count && !e; k++) {
        if (!s->each[k].at)
            return detail_fail(ERR_MALFORMED, "a service without a name");
        e = utf8_from_wide_n(s->each[k].at, s->each[k].len, &text);
        if (!e)
            e = identity_add_service(i, text);
        mem_free(text);
        text = NULL;
    }
    return e;
}

enum err kerberos_pac_read_delegation(struct bytes msg, struct identity *i)
{
    struct reader r = reader_over(msg);
    struct ndr_arena arena = ndr_arena_with(ndr_budget(msg.len));
    struct services s = { 0 };
    struct ndr_drep drep;
    struct ndr_in in;
    struct bytes object;
    enum err e;

    e = ndr_pickle_begin(&r, &drep);
    if (!e)
        e = ndr_pickle_next(&r, drep, &object);
    if (!e)
        e = ndr_in_begin(object, NDR_20, drep, &arena, NULL, &in);
    if (!e)
        e = read_services(&in, &s);
    if (!e)
        e = add_to(i, &s);
    ndr_arena_done(&arena);
    return e;
}
