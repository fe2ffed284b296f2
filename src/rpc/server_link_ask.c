/* SPDX-License-Identifier: Apache-2.0
 * server_link_ask.c - what a server's connection knows of itself and of who is at its other end.
 */
#include <poll.h>

#include "rpc/queue_server.h"
#include "rpc/server_link_state.h"

const char *rpc_server_link_client_name(struct rpc_server_link *l, const struct rpc_security *s)
{
    return rpc_server_client_name(&l->machine, s);
}

bool rpc_server_link_client_is_guest(struct rpc_server_link *l, const struct rpc_security *s)
{
    return rpc_server_client_is_guest(&l->machine, s);
}

const void *rpc_server_link_client_text(struct rpc_server_link *l, const struct rpc_security *s,
                                        bool wide)
{
    return rpc_server_client_text(&l->machine, s, wide);
}

struct rpc_group *rpc_server_link_group(struct rpc_server_link *l)
{
    return l->machine.group;
}

struct rpc_interface_group *rpc_server_link_interfaces(const struct rpc_server_link *l)
{
    return l->machine.interfaces;
}

const struct transport *rpc_server_link_transport(const struct rpc_server_link *l)
{
    return l->transport;
}

const char *rpc_server_link_endpoint(const struct rpc_server_link *l)
{
    return l->queued    ? rpc_queue_call_endpoint(l->queued)
           : l->session ? l->session->name
                        : l->machine.endpoint;
}

const struct rpc_server_link_queue *rpc_server_link_of_queue(const struct rpc_server_link *l)
{
    return l->session;
}

struct rpc_queue_call *rpc_server_link_queued(const struct rpc_server_link *l)
{
    return l->queued;
}

enum err rpc_server_link_name(const struct rpc_server_link *l, bool peer,
                              struct transport_name *ret)
{
    return l->transport->name(l->source.fd, peer, ret);
}

const struct transport_peer *rpc_server_link_peer(const struct rpc_server_link *l)
{
    return l->machine.has_peer ? &l->machine.peer : NULL;
}

bool rpc_server_link_is_left(const struct rpc_server_link *l)
{
    struct pollfd p = { .fd = l->source.fd, .events = POLLRDHUP };

    return poll(&p, 1, 0) > 0 && p.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

const struct rpc_access *rpc_server_link_access(const struct rpc_server_link *l)
{
    return l->access;
}

struct loop *rpc_server_link_loop(const struct rpc_server_link *l)
{
    return l->loop;
}

size_t rpc_server_link_max_fragment(const struct rpc_server_link *l)
{
    return l->machine.max_send;
}

bool rpc_server_link_is_local(const struct rpc_server_link *l)
{
    return l->transport->local || l->transport->peer_is_local(l->source.fd);
}
