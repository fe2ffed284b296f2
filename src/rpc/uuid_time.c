/* SPDX-License-Identifier: Apache-2.0
 * uuid_time.c - UUIDs of version 1: the time and this host's network address.  RFC 4122 4.2
 *
 * data1 the low 32 bits of the time, data2 the middle 16, data3 the version and the high 12; data4
 * the variant and 14 bits of clock sequence, and the node's six bytes.
 */
#include "rpc/uuid_time.h"

#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "crypto/random.h"

enum { NODE = 6, VERSION_TIME = 1 << 12, VARIANT = 0x80, MULTICAST = 1 };

/* 100-nanosecond intervals from 1582-10-15 to 1970-01-01. */
static const uint64_t gregorian = 0x01b21dd213814000;

static struct {
    pthread_mutex_t lock;
    pid_t pid; /* a child of fork begins its own sequence */
    uint64_t last;
    uint16_t sequence;
    uint8_t node[NODE];
    bool local;
} clocks = { .lock = PTHREAD_MUTEX_INITIALIZER };

/* The first card's address, in the system's order; loopback has none. */
static bool read_card(uint8_t to[NODE])
{
    static const uint8_t none[NODE];
    struct ifaddrs *all = NULL, *i;
    bool found = false;

    if (getifaddrs(&all))
        return false;
    for (i = all; i && !found; i = i->ifa_next) {
        struct sockaddr_ll link;

        if (!i->ifa_addr || i->ifa_addr->sa_family != AF_PACKET || (i->ifa_flags & IFF_LOOPBACK))
            continue;
        memcpy(&link, i->ifa_addr, sizeof link);
        found = link.sll_halen == NODE && memcmp(link.sll_addr, none, NODE) != 0;
        if (found)
            memcpy(to, link.sll_addr, NODE);
    }
    freeifaddrs(all);
    return found;
}

static enum err begin(void)
{
    enum err e = crypto_random(&clocks.sequence, sizeof clocks.sequence);

    clocks.local = !read_card(clocks.node);
    if (!e && clocks.local)
        e = crypto_random(clocks.node, NODE);
    if (clocks.local)
        clocks.node[0] |= MULTICAST; /* which no card's address has.  RFC 4122 4.5 */
    if (!e)
        clocks.pid = getpid();
    return e;
}

static uint64_t next_time(void)
{
    struct timespec now;
    uint64_t t;

    clock_gettime(CLOCK_REALTIME, &now);
    t = gregorian + (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100;
    clocks.last = t > clocks.last ? t : clocks.last + 1;
    return clocks.last;
}

enum err rpc_uuid_time(struct uuid *ret, bool *ret_local)
{
    enum err e = ERR_OK;
    uint64_t t;

    pthread_mutex_lock(&clocks.lock);
    if (clocks.pid != getpid())
        e = begin();
    if (!e) {
        t = next_time();
        ret->data1 = (uint32_t)t;
        ret->data2 = (uint16_t)(t >> 32);
        ret->data3 = (uint16_t)(VERSION_TIME | (t >> 48 & 0xfff));
        ret->data4[0] = (uint8_t)(VARIANT | (clocks.sequence >> 8 & 0x3f));
        ret->data4[1] = (uint8_t)clocks.sequence;
        memcpy(ret->data4 + 2, clocks.node, NODE);
        *ret_local = clocks.local;
    }
    pthread_mutex_unlock(&clocks.lock);
    return e;
}
