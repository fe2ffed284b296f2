/* SPDX-License-Identifier: Apache-2.0
 * protseq.c - the names of protocol sequences: those there are, and those we speak.
 */
#include "rpc/protseq.h"

#include <string.h>

#include "base/detail.h"
#include "transport/queued.h"

/* All that the documentation names. */
static const char *const names[] = {
    "ncacn_ip_tcp",   "ncalrpc",      "ncacn_np",      "ncacn_http",  "ncadg_ip_udp",
    "ncadg_mq",       "ncacn_nb_tcp", "ncacn_nb_ipx",  "ncacn_nb_nb", "ncacn_spx",
    "ncacn_dnet_nsp", "ncacn_at_dsp", "ncacn_vns_spp", "ncadg_ipx",
};

enum err rpc_protseq_find(const char *name, const struct transport **ret)
{
    const struct transport *t = transport_find(name);
    const struct queued_door *door = NULL;
    enum err e;
    size_t i;

    if (t) {
        *ret = t;
        return ERR_OK;
    }
    if (!strcmp(name, transport_queued.protseq)) {
        e = queued_find(&door);
        if (!e)
            *ret = &transport_queued;
        return e;
    }
    for (i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(name, names[i])) {
            detail_remedy("Use ncacn_ip_tcp, or ncalrpc on one host.");
            return detail_fail(ERR_RPC_PROTSEQ, "protocol sequence %s is not supported here", name);
        }
    return detail_fail(ERR_RPC_PROTSEQ_NAME, "no protocol sequence is called \"%.64s\"", name);
}
