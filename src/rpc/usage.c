/* SPDX-License-Identifier: Apache-2.0
 * usage.c - what one caller has of this process at a time.
 */
#include "rpc/usage.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

#include "base/alloc.h"
#include "base/policy_value.h"
#include "base/siphash.h"
#include "rpc/local_identity.h"

enum { CHAINS = 1024, MEBI = 1024 * 1024 };

/* Taken when a connection comes or goes and when one proves who its client is, not by calls. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rpc_usage *chains[CHAINS];

static uint8_t key[SIPHASH_KEY];
static bool have_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static const struct {
    enum policy policy;
    size_t unit;
    const char *name;
} shares[RPC_SHARES] = {
    [RPC_SHARE_CONNECTIONS] = { POLICY_CLIENT_CONNECTIONS, 1, "connections" },
    [RPC_SHARE_CALLS] = { POLICY_CLIENT_CALLS, 1, "calls" },
    [RPC_SHARE_CONTEXTS] = { POLICY_CLIENT_CONTEXTS, 1, "context handles" },
    [RPC_SHARE_MEMORY] = { POLICY_CLIENT_MEMORY, MEBI, "octets" },
};

/* ---- records ---- */

static void make_key(void)
{
    have_key = getrandom(key, sizeof key, 0) == sizeof key;
}

/* Whose number is near whose is nobody's to choose: guards tell clients apart by it. */
static bool number_of(const char *who, unsigned *ret)
{
    (void)pthread_once(&once, make_key);
    *ret = (unsigned)siphash(key, bytes_of_text(who));
    return have_key;
}

static struct rpc_usage *usage_new(const char *who, unsigned number)
{
    size_t size = strlen(who) + 1;
    struct rpc_usage *u = mem_zero(sizeof *u + size);

    if (!u)
        return NULL;
    atomic_init(&u->refs, 1);
    u->number = number;
    memcpy(u->who, who, size);
    return u;
}

struct rpc_usage *rpc_usage_find(const char *who)
{
    struct rpc_usage **chain, *u;
    unsigned number;

    if (!number_of(who, &number))
        return NULL;
    chain = &chains[number % CHAINS];
    pthread_mutex_lock(&lock);
    for (u = *chain; u && strcmp(u->who, who) != 0;)
        u = u->next;
    if (u) {
        atomic_fetch_add(&u->refs, 1);
    } else {
        u = usage_new(who, number);
        if (u) {
            u->next = *chain;
            *chain = u;
        }
    }
    pthread_mutex_unlock(&lock);
    return u;
}

/* One client has as many addresses of IPv6 as it likes: its network counts, of 64 bits. Else as it
 * is, but for IPv4 in IPv6's clothes. */
static struct rpc_usage *find_address(char *address)
{
    struct in6_addr a;
    char *scope = strchr(address, '%');
    char network[INET6_ADDRSTRLEN];

    if (scope)
        *scope = '\0';
    if (inet_pton(AF_INET6, address, &a) != 1)
        return rpc_usage_find(address);
    if (IN6_IS_ADDR_V4MAPPED(&a))
        return rpc_usage_find(inet_ntop(AF_INET, &a.s6_addr[12], network, sizeof network));
    memset(&a.s6_addr[8], 0, 8);
    return rpc_usage_find(inet_ntop(AF_INET6, &a, network, sizeof network));
}

struct rpc_usage *rpc_usage_find_peer(int fd, const struct transport *t)
{
    struct transport_name name = { "", "" };
    struct transport_peer account;
    char sid[RPC_LOCAL_SID] = "";

    if (t->peer) {
        if (!t->peer(fd, &account) && !account.anonymous)
            rpc_local_sid(account.uid, sid);
        return rpc_usage_find(*sid ? sid : "nobody");
    }
    if (t->name(fd, true, &name))
        return rpc_usage_find("nobody"); /* gone already */
    return find_address(name.address);
}

struct rpc_usage *rpc_usage_ref(struct rpc_usage *u)
{
    if (u)
        atomic_fetch_add(&u->refs, 1);
    return u;
}

void rpc_usage_unref(struct rpc_usage *u)
{
    struct rpc_usage **place;
    unsigned refs = u ? atomic_load(&u->refs) : 0;
    bool last;

    while (refs > 1) /* as most are: without the lock */
        if (atomic_compare_exchange_weak(&u->refs, &refs, refs - 1))
            return;
    if (!u)
        return;
    pthread_mutex_lock(&lock);
    last = atomic_fetch_sub(&u->refs, 1) == 1;
    if (last) {
        for (place = &chains[u->number % CHAINS]; *place != u;)
            place = &(*place)->next;
        *place = u->next;
    }
    pthread_mutex_unlock(&lock);
    if (last)
        mem_free(u);
}

/* ---- counting ---- */

static bool to_be_said(enum policy p)
{
    static _Atomic int64_t last[POLICY_COUNT];
    int64_t now = transport_now(), said = atomic_load(&last[p]);

    return (!said || now - said >= 1000) && atomic_compare_exchange_strong(&last[p], &said, now);
}

static bool fits(enum rpc_share what, size_t has, size_t n)
{
    size_t most = (size_t)policy_number(shares[what].policy) * shares[what].unit;

    return has <= most && n <= most - has;
}

static bool refused(const struct rpc_usage *u, enum rpc_share what, size_t has, size_t n)
{
    enum policy p = shares[what].policy;
    enum policy_mode mode = policy_get(p);

    if (mode == POLICY_OFF || fits(what, has, n))
        return false;
    if (to_be_said(p))
        return policy_forbids(p, "%s, who has %zu %s already", u->who, has, shares[what].name);
    return mode == POLICY_ENFORCE;
}

OFTEN bool rpc_usage_take(struct rpc_usage *u, enum rpc_share what, size_t n)
{
    size_t has = n ? atomic_fetch_add_explicit(&u->has[what], n, memory_order_relaxed)
                   : atomic_load_explicit(&u->has[what], memory_order_relaxed);

    if (!refused(u, what, has, n))
        return true;
    rpc_usage_give(u, what, n);
    return false;
}

void rpc_usage_add(struct rpc_usage *u, enum rpc_share what, size_t n)
{
    atomic_fetch_add_explicit(&u->has[what], n, memory_order_relaxed);
}

void rpc_usage_give(struct rpc_usage *u, enum rpc_share what, size_t n)
{
    atomic_fetch_sub_explicit(&u->has[what], n, memory_order_relaxed);
}

bool rpc_usage_has_room(const struct rpc_usage *u, enum rpc_share what, size_t n)
{
    return policy_get(shares[what].policy) != POLICY_ENFORCE ||
           fits(what, atomic_load_explicit(&u->has[what], memory_order_relaxed), n);
}
