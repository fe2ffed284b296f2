/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/rpc_peer.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/unit.h"

enum { HEADER = 16, CALL_HEADER = 24, PDU_MAX = 65536 };

/* Types of PDUs, and flags.  C706 12.6 */
enum { REQUEST = 0, RESPONSE = 2, FAULT = 3, BIND = 11, BIND_ACK = 12, ALTER = 14, ALTER_ACK = 15 };
enum { SHUTDOWN = 17, CO_CANCEL = 18, ORPHANED = 19, FIRST = 1, LAST = 2 };

struct link {
    struct rpc_peer *peer;
    int fd;
    uint8_t in[PDU_MAX];
    uint8_t out[PDU_MAX];
};

static void put16(uint8_t *to, uint16_t v)
{
    to[0] = (uint8_t)v;
    to[1] = (uint8_t)(v >> 8);
}

static void put32(uint8_t *to, uint32_t v)
{
    put16(to, (uint16_t)v);
    put16(to + 2, (uint16_t)(v >> 16));
}

static uint16_t get16(const uint8_t *from)
{
    return (uint16_t)(from[0] | from[1] << 8);
}

static uint32_t get32(const uint8_t *from)
{
    return get16(from) | (uint32_t)get16(from + 2) << 16;
}

/* False at the end of the stream. */
static bool take(struct link *l)
{
    size_t n = HEADER;

    if (recv(l->fd, l->in, n, MSG_WAITALL) != (ssize_t)n)
        return false;
    n = get16(l->in + 8) - n;
    return !n || recv(l->fd, l->in + HEADER, n, MSG_WAITALL) == (ssize_t)n;
}

static void give(struct link *l, uint8_t type, uint8_t flags, uint32_t call_id, size_t size)
{
    memcpy(l->out, (const uint8_t[]){ 5, 0, type, flags, 0x10, 0, 0, 0 }, 8);
    put16(l->out + 8, (uint16_t)size);
    put16(l->out + 10, 0);
    put32(l->out + 12, call_id);
    (void)!send(l->fd, l->out, size, MSG_NOSIGNAL);
}

static void give_stub(struct link *l, uint8_t flags, uint32_t call_id, const uint8_t *stub,
                      size_t n)
{
    memset(l->out + HEADER, 0, CALL_HEADER - HEADER);
    memcpy(l->out + 20, l->in + 20, 2); /* the presentation context */
    memcpy(l->out + CALL_HEADER, stub, n);
    give(l, RESPONSE, flags, call_id, CALL_HEADER + n);
}

/* Accepts the first offer with NDR. */
static void give_ack(struct link *l, uint8_t type)
{
    static const uint8_t ndr[20] = { 0x04, 0x5d, 0x88, 0x8a, 0xeb, 0x1c, 0xc9, 0x11, 0x9f,
                                     0xe8, 0x08, 0x00, 0x2b, 0x10, 0x48, 0x60, 2 };
    uint8_t *p = l->out + HEADER;

    memset(p, 0, 40);
    put16(p, 5840);
    put16(p + 2, 5840);
    put32(p + 4, 0x1234);
    p[12] = 1;
    memcpy(p + 20, ndr, sizeof ndr);
    give(l, type, FIRST | LAST, get32(l->in + 12), HEADER + 40);
}

static void give_fault(struct link *l, uint32_t call_id, uint32_t status)
{
    memset(l->out + HEADER, 0, 16);
    put32(l->out + 24, status);
    give(l, FAULT, FIRST | LAST, call_id, 32);
}

static void give_pieces(struct link *l, uint32_t call_id, const uint8_t *stub, size_t n)
{
    size_t at = 0, piece;

    do {
        piece = n - at < 8 ? n - at : 8;
        give_stub(l, (uint8_t)((at ? 0 : FIRST) | (at + piece == n ? LAST : 0)), call_id, stub + at,
                  piece);
        at += piece;
    } while (at < n);
}

/* False ends the connection. */
static bool serve(struct link *l)
{
    uint32_t call_id = get32(l->in + 12);
    size_t n = (size_t)get16(l->in + 8) - CALL_HEADER;
    uint8_t stub[PDU_MAX];

    memcpy(stub, l->in + CALL_HEADER, n);
    atomic_fetch_add(&l->peer->calls, 1);
    switch (get16(l->in + 22)) {
    case PEER_UNTIL_CANCEL:
        while (take(l) && l->in[2] != CO_CANCEL)
            ;
        atomic_fetch_add(&l->peer->cancels, 1);
        give_fault(l, call_id, 0x1c00000d);
        return true;
    case PEER_CLOSE:
        return false;
    case PEER_NEVER:
        while (take(l)) {
            atomic_fetch_add(&l->peer->cancels, l->in[2] == CO_CANCEL);
            atomic_fetch_add(&l->peer->orphans, l->in[2] == ORPHANED);
        }
        return false;
    case PEER_PIECES:
        give_pieces(l, call_id, stub, n);
        return true;
    case PEER_FAULT:
        give_fault(l, call_id, get32(stub));
        return true;
    case PEER_WRONG_TYPE:
        give_ack(l, BIND_ACK);
        return true;
    case PEER_WRONG_CALL:
        give_stub(l, FIRST | LAST, call_id + 1, stub, n);
        return true;
    case PEER_SHUTDOWN:
        give(l, SHUTDOWN, FIRST | LAST, 0, HEADER);
        break;
    }
    give_stub(l, FIRST | LAST, call_id, stub, n);
    return get16(l->in + 22) != PEER_LAST;
}

static void *talk(void *arg)
{
    struct link *l = arg;
    bool more = true;

    while (more && take(l)) {
        switch (l->in[2]) {
        case BIND:
            give_ack(l, BIND_ACK);
            break;
        case ALTER:
            give_ack(l, ALTER_ACK);
            break;
        case REQUEST:
            more = serve(l);
            break;
        case CO_CANCEL:
            atomic_fetch_add(&l->peer->cancels, 1);
            break;
        case ORPHANED:
            atomic_fetch_add(&l->peer->orphans, 1);
            break;
        }
    }
    close(l->fd);
    atomic_fetch_sub(&l->peer->working, 1);
    free(l);
    return NULL;
}

static void *accept_all(void *arg)
{
    struct rpc_peer *p = arg;
    int fd;

    while ((fd = accept(p->listener, NULL, NULL)) >= 0) {
        struct link *l = calloc(1, sizeof *l);
        pthread_t thread;

        l->peer = p;
        l->fd = fd;
        atomic_fetch_add(&p->connections, 1);
        atomic_fetch_add(&p->working, 1);
        assert_int_equal(pthread_create(&thread, NULL, talk, l), 0);
        pthread_detach(thread);
    }
    return NULL;
}

void rpc_peer_start(struct rpc_peer *p)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t len = sizeof a;

    memset(p, 0, sizeof *p);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(p->listener, (struct sockaddr *)&a, sizeof a), 0);
    assert_int_equal(listen(p->listener, 64), 0);
    assert_int_equal(getsockname(p->listener, (struct sockaddr *)&a, &len), 0);
    p->port = ntohs(a.sin_port);
    assert_int_equal(pthread_create(&p->thread, NULL, accept_all, p), 0);
}

void rpc_peer_wait(struct rpc_peer *p)
{
    int patience = 6000;

    while (atomic_load(&p->working) && patience--)
        usleep(10000);
    assert_int_equal(atomic_load(&p->working), 0);
}

void rpc_peer_stop(struct rpc_peer *p)
{
    shutdown(p->listener, SHUT_RDWR);
    pthread_join(p->thread, NULL);
    close(p->listener);
    rpc_peer_wait(p);
}
