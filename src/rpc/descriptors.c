/* SPDX-License-Identifier: Apache-2.0
 * descriptors.c - what comes beside the bytes of a connection over ncalrpc, and whose call it is.
 */
#include "rpc/descriptors.h"

#include <stdatomic.h>
#include <sys/resource.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "transport/transport.h"

enum { SHARE = 4 }; /* of the descriptors a process may have, what its peers' may be: one in four */

static atomic_uint held; /* that came: waiting, or of a call */

static bool too_many(unsigned now)
{
    struct rlimit most;

    return now > TRANSPORT_RIGHTS_MAX && !getrlimit(RLIMIT_NOFILE, &most) &&
           now > most.rlim_cur / SHARE;
}

static enum err keep(struct transport_rights *came, struct transport_rights *waiting)
{
    enum err e = ERR_OK;

    if (waiting->count)
        e = detail_fail(ERR_MALFORMED, "ncalrpc: descriptors came that no call asked for");
    else if (too_many(atomic_load(&held) + came->count))
        e = detail_fail(ERR_RPC_RESOURCES, "ncalrpc: %u descriptors of peers are held already",
                        atomic_load(&held));
    if (e) {
        transport_rights_close(came);
        return e;
    }
    atomic_fetch_add(&held, came->count);
    *waiting = *came;
    return ERR_OK;
}

enum err rpc_descriptors_receive(int fd, const struct iovec *iov, size_t count,
                                 struct transport_rights *waiting, size_t *ret)
{
    struct transport_rights came;
    enum err e = transport_receive_rights(fd, iov, count, ret, &came);

    return e || !came.count ? e : keep(&came, waiting);
}

OFTEN void rpc_descriptors_take(struct transport_rights *waiting, uint8_t flags,
                                struct ndr_handles *ret)
{
    unsigned n = waiting ? waiting->count : 0;
    int *all;

    if (!n || !(flags & RPC_DESCRIPTORS))
        return;
    all = mem_array(n, sizeof *all);
    if (!all) {
        rpc_descriptors_drop(waiting);
        return;
    }
    memcpy(all, waiting->fd, n * sizeof *all);
    *ret = (struct ndr_handles){ .fd = all, .count = n, .came = n, .owned = true };
    waiting->count = 0;
}

void rpc_descriptors_drop(struct transport_rights *waiting)
{
    if (!waiting || !waiting->count)
        return;
    atomic_fetch_sub(&held, waiting->count);
    transport_rights_close(waiting);
}

void rpc_descriptors_done(struct ndr_handles *h)
{
    if (h->came)
        atomic_fetch_sub(&held, h->came);
    ndr_handles_done(h);
}
