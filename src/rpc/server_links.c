/* SPDX-License-Identifier: Apache-2.0
 * server_links.c - all connections of a server: what they count, and those whose time is up, that
 * are spare, that end.
 */
#include <sys/socket.h>

#include "base/log.h"
#include "rpc/server_link_state.h"

enum { RELIEF = 4 }; /* of what is spare, one in so many goes at a time */

struct rpc_server_links rpc_server_links = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* ---- what they count ---- */

void rpc_server_stats_add(struct rpc_server_stats *sum, const struct rpc_server_stats *of)
{
    atomic_fetch_add(&sum->calls_in, atomic_load(&of->calls_in));
    atomic_fetch_add(&sum->calls_out, atomic_load(&of->calls_out));
    atomic_fetch_add(&sum->packets_in, atomic_load(&of->packets_in));
    atomic_fetch_add(&sum->packets_out, atomic_load(&of->packets_out));
}

void rpc_server_stats_now(struct rpc_server_stats *ret)
{
    const struct rpc_server_link *l;

    *ret = (struct rpc_server_stats){ 0 };
    pthread_mutex_lock(&rpc_server_links.lock);
    rpc_server_stats_add(ret, &rpc_server_stats);
    for (l = rpc_server_links.first; l; l = l->next)
        rpc_server_stats_add(ret, &l->counted);
    pthread_mutex_unlock(&rpc_server_links.lock);
}

/* ---- those whose time is up ---- */

/* By who finds it in the list: false for one that is about to leave it. */
static bool link_ref_found(struct rpc_server_link *l)
{
    unsigned refs = atomic_load(&l->refs);

    while (refs)
        if (atomic_compare_exchange_weak(&l->refs, &refs, refs + 1))
            return true;
    return false;
}

bool rpc_server_links_tick(int64_t now)
{
    struct rpc_server_link *l;
    bool any = false;
    int64_t read, write, end;

    pthread_mutex_lock(&rpc_server_links.lock);
    for (l = rpc_server_links.first; l; l = l->next) {
        read = atomic_load(&l->read_deadline);
        write = atomic_load(&l->write_deadline);
        end = atomic_load(&l->end_deadline);
        any |= read || write || end;
        if (end && end <= now && !atomic_load(&l->calls_count))
            shutdown(l->source.fd, SHUT_RD); /* who reads hangs up */
        if ((read && read <= now) || (write && write <= now)) {
            log_debug("rpc: a connection is cut: its time for a bind, a whole call or taking a "
                      "response is up");
            shutdown(l->source.fd, SHUT_RDWR); /* who reads sees it */
        }
    }
    pthread_mutex_unlock(&rpc_server_links.lock);
    return any;
}

/* Nobody has proven who he is, and nothing is under way. */
static bool is_spare(struct rpc_server_link *l)
{
    return !atomic_load(&l->machine.names) && !atomic_load(&l->calls_count) &&
           !atomic_load(&l->waiting);
}

void rpc_server_links_relieve(void)
{
    struct rpc_server_link *l;
    unsigned spare = 0, cut = 0, i = 0;

    pthread_mutex_lock(&rpc_server_links.lock);
    for (l = rpc_server_links.first; l; l = l->next)
        spare += is_spare(l);
    for (l = rpc_server_links.first; l;
         l = l->next) /* the newest first: they may be about to say who they are */
        if (is_spare(l) && i++ >= spare - spare / RELIEF) {
            shutdown(l->source.fd, SHUT_RDWR);
            cut++;
        }
    pthread_mutex_unlock(&rpc_server_links.lock);
    log_warning("rpc: no descriptor is left for a client: %u of %u idle connections without a name "
                "are cut",
                cut, spare);
}

void rpc_server_links_end(const struct rpc_interface_group *group)
{
    struct rpc_server_link *l, *list = NULL;

    pthread_mutex_lock(&rpc_server_links.lock);
    for (l = rpc_server_links.first; l; l = l->next)
        if (l->machine.interfaces == group && !atomic_load(&l->ending) && link_ref_found(l)) {
            atomic_store(&l->ending, true);
            l->ending_next = list;
            list = l;
        }
    pthread_mutex_unlock(&rpc_server_links.lock);
    while ((l = list)) { /* without the lock: who sends may be who ends it */
        list = l->ending_next;
        if (!atomic_load(&l->calls_count))
            rpc_server_link_say_farewell(l); /* else with its last call */
        rpc_server_link_unref(l);
    }
}

unsigned rpc_server_links_count(void)
{
    return atomic_load(&rpc_server_links.count);
}
