/* SPDX-License-Identifier: Apache-2.0
 * handles.c - descriptors that travel beside a stub.
 */
#include "ndr/handles.h"

#include <unistd.h>

#include "base/alloc.h"

static bool is_among(int fd, const int *all, unsigned n)
{
    while (n)
        if (all[--n] == fd)
            return true;
    return false;
}

/* Not closed with anything but h. */
static bool is_only(const struct ndr_handles *h, int fd, unsigned before)
{
    return !is_among(fd, h->fd, before) &&
           !(h->read_too && is_among(fd, h->read_too->fd, h->read_too->count));
}

static enum err add(struct ndr_handles *h, int fd)
{
    int *all;

    all = mem_resize(h->fd, (h->count + 1) * sizeof *all);
    if (!all) {
        if (h->owned && is_only(h, fd, h->count))
            close(fd);
        return ERR_NO_MEMORY;
    }
    h->fd = all;
    all[h->count++] = fd;
    return h->refused ? ERR_UNSUPPORTED : h->count > NDR_HANDLES_MAX ? ERR_TOO_LONG : ERR_OK;
}

void ndr_out_handle(struct ndr_out *out, int fd)
{
    enum err e;

    if (fd < 0) {
        ndr_out_u32(out, 0);
        return;
    }
    e = out->handles ? add(out->handles, fd) : ERR_UNSUPPORTED;
    if (e == ERR_UNSUPPORTED)
        ndr_out_fail(out, e,
                     "a system handle travels over ncalrpc only, in a call that is waited for and "
                     "has no pipes");
    else if (e)
        ndr_out_fail(out, e,
                     e == ERR_TOO_LONG ? "more system handles than a call may have"
                                       : "no memory for a system handle");
    else
        ndr_out_u32(out, out->handles->count);
}

int ndr_in_handle(struct ndr_in *in)
{
    struct ndr_handles *h = in->handles;
    uint32_t number = ndr_in_u32(in);

    if (in->r.err || !number)
        return -1;
    if (!h || number > h->count || number != h->read + 1) {
        ndr_in_fail(in, ERR_MALFORMED, "system handle %u of %u that came", number,
                    h ? h->count : 0);
        return -1;
    }
    return h->fd[h->read++];
}

OFTEN void ndr_handles_release(struct ndr_handles *h)
{
    while (h->owned && h->count > h->read)
        close(h->fd[--h->count]);
    h->owned = false;
}

OFTEN void ndr_handles_done(struct ndr_handles *h)
{
    unsigned i;

    for (i = 0; h->owned && i < h->count; i++)
        if (is_only(h, h->fd[i], i))
            close(h->fd[i]);
    mem_free(h->fd);
    *h = (struct ndr_handles){ 0 };
}
