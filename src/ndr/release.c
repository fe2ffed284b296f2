/* SPDX-License-Identifier: Apache-2.0
 * release.c - what routines of the program made, given back.
 */
#include "ndr/release.h"

#include "base/alloc.h"

bool ndr_in_release_room(struct ndr_in *in)
{
    size_t capacity = in->release.capacity ? in->release.capacity * 2 : 16;
    struct ndr_release *grown = NULL;

    if (in->r.err)
        return false;
    if (in->release.count < in->release.capacity)
        return true;
    grown = mem_resize(in->release.each, capacity * sizeof *grown);
    if (!grown) {
        ndr_in_fail(in, ERR_NO_MEMORY, "no memory to remember %zu objects", capacity);
        return false;
    }
    in->release.each = grown;
    in->release.capacity = capacity;
    return true;
}

void ndr_in_release_add(struct ndr_in *in, struct ndr_release r)
{
    in->release.each[in->release.count++] = r;
}

static bool is_due(const struct ndr_release *r, bool called, bool failed, bool walked)
{
    switch (r->when) {
    case NDR_RELEASE_AFTER:
        return true;
    case NDR_RELEASE_UNCALLED:
        return !called;
    case NDR_RELEASE_UNWALKED:
        return failed || !walked;
    case NDR_RELEASE_FAILED:
        return failed;
    }
    return false;
}

/* A place where a routine put nothing. */
static bool is_empty(const struct ndr_release *r)
{
    const unsigned char *p = r->object;
    size_t n = r->size;

    while (n && !*p)
        p++, n--;
    return r->when == NDR_RELEASE_UNWALKED && n == 0;
}

/* The last first: an object may lie in one that was made before it. */
OFTEN static void run(struct ndr_in *in, bool failed)
{
    struct ndr_release *each = in->release.each;
    size_t i = in->release.count;

    in->release.each = NULL; /* a routine that comes back here finds nothing twice */
    in->release.count = in->release.capacity = 0;
    while (i-- > 0) {
        if (!is_due(&each[i], in->release.called, failed, in->release.walked) || is_empty(&each[i]))
            continue;
        each[i].run(in, each[i].type, each[i].object);
        memset(each[i].object, 0, each[i].size);
    }
    mem_free(each);
}

OFTEN void ndr_in_release_read(struct ndr_in *in, bool good)
{
    if (in->release.called)
        return;
    in->release.called = good;
    if (!good || in->owned) /* a server's goes on */
        run(in, !good);
}

OFTEN void ndr_in_release_end(struct ndr_in *in, bool raised)
{
    run(in, raised || !in->release.called);
}
