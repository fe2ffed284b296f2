/* SPDX-License-Identifier: Apache-2.0
 * origin.c - where searches come from, so that nobody keeps so many that others can have none.
 */
#include "origin.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "base/detail.h"

enum { NAME = 64 };

struct origin {
    struct origin *next;
    unsigned searches;
    char name[NAME];
};

static struct origin *all;
static unsigned searches;

/* Whoever has one IPv6 address has all of its network's, 2^64 of them. */
static void name_address(const char *address, char ret[NAME])
{
    struct in6_addr a;
    char network[INET6_ADDRSTRLEN];

    (void)snprintf(ret, NAME, "%s", address);
    if (inet_pton(AF_INET6, address, &a) != 1 || IN6_IS_ADDR_V4MAPPED(&a))
        return;
    memset(a.s6_addr + 8, 0, 8);
    if (inet_ntop(AF_INET6, &a, network, sizeof network))
        (void)snprintf(ret, NAME, "%s/64", network);
}

static enum err address_of(handle_t h, char ret[NAME])
{
    RPC_BINDING_HANDLE back = NULL;
    RPC_CSTR text = NULL, address = NULL;
    RPC_STATUS status = RpcBindingServerFromClient(h, &back);

    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(back, &text);
    if (status == RPC_S_OK)
        status = RpcStringBindingParseA(text, NULL, NULL, &address, NULL, NULL);
    if (status == RPC_S_OK)
        name_address((const char *)address, ret);
    (void)RpcStringFreeA(&address);
    (void)RpcStringFreeA(&text);
    if (back)
        (void)RpcBindingFree(&back);
    return status == RPC_S_OK ? ERR_OK : ERR_NO_MEMORY;
}

static enum err name_of(handle_t h, char ret[NAME])
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    if (CsServerInqLocalCaller(h, &who) != RPC_S_OK)
        return address_of(h, ret);
    (void)snprintf(ret, NAME, "uid %u", (unsigned)who.uid);
    return ERR_OK;
}

static struct origin *find(const char *name)
{
    struct origin *o = all;

    while (o && strcmp(o->name, name) != 0)
        o = o->next;
    if (o)
        return o;
    o = mem_zero(sizeof *o);
    if (!o)
        return NULL;
    (void)snprintf(o->name, sizeof o->name, "%s", name);
    o->next = all;
    all = o;
    return o;
}

enum err origin_take(handle_t h, struct origin **ret)
{
    struct origin *o;
    char name[NAME];
    enum err e = name_of(h, name);

    if (e)
        return e;
    o = find(name);
    if (!o)
        return ERR_NO_MEMORY;
    o->searches++;
    searches++;
    if (o->searches > ORIGIN_SEARCHES || searches > SEARCHES_MOST) {
        e = detail_fail(ERR_RPC_RESOURCES, "%s has %u searches under way, all %u", name,
                        o->searches - 1, searches - 1);
        origin_put(o);
        return e;
    }
    *ret = o;
    return ERR_OK;
}

void origin_put(struct origin *o)
{
    struct origin **at = &all;

    searches--;
    if (--o->searches)
        return;
    while (*at != o)
        at = &(*at)->next;
    *at = o->next;
    mem_free(o);
}
