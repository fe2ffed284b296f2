/* SPDX-License-Identifier: Apache-2.0
 * wire.c - between the interface's types and the map's.  C706 appendix O, [MS-RPCE] 2.2.1.2
 */
#include "wire.h"

#include <stdio.h>

#include "base/detail.h"

struct uuid wire_uuid_read(const ept_uuid_t *u)
{
    struct uuid v = { u->time_low, u->time_mid, u->time_hi_and_version, { 0 } };

    memcpy(v.data4, u->rest, sizeof v.data4);
    return v;
}

ept_uuid_t wire_uuid_write(const struct uuid *u)
{
    ept_uuid_t v = { u->data1, u->data2, u->data3, { 0 } };

    memcpy(v.rest, u->data4, sizeof v.rest);
    return v;
}

enum err wire_tower_read(const ept_tower_t *from, struct rpc_tower *ret)
{
    enum err e;

    if (!from)
        return detail_fail(ERR_MALFORMED, "there is no tower");
    e = rpc_tower_read(bytes_of(from->tower_octet_string, from->tower_length), ret);
    if (e)
        return detail_fail(e, "a tower of %u octets is malformed, or of unknown protocols",
                           (unsigned)from->tower_length);
    return ERR_OK;
}

ept_tower_t *wire_tower_write(const struct rpc_tower *from, const char *address)
{
    uint8_t octets[RPC_TOWER_MAX];
    struct writer w = writer_over(octets, sizeof octets);
    struct rpc_tower given = *from;
    ept_tower_t *t = NULL;

    if (!given.address[0])
        (void)snprintf(given.address, sizeof given.address, "%s", address);
    rpc_tower_write(&w, &given);
    if (!w.err)
        t = midl_user_allocate(sizeof *t + w.len);
    if (!t)
        return NULL;
    t->tower_length = (ULONG)w.len;
    memcpy(t->tower_octet_string, octets, w.len);
    return t;
}

error_status_t wire_status(enum err e)
{
    switch (e) {
    case ERR_OK:
        return RPC_S_OK;
    case ERR_RPC_NOT_REGISTERED:
        return EPT_STATUS_NOT_REGISTERED;
    case ERR_NO_MEMORY:
        return RPC_S_OUT_OF_MEMORY;
    case ERR_RPC_RESOURCES:
        return RPC_S_OUT_OF_RESOURCES;
    case ERR_TRUNCATED:
    case ERR_MALFORMED:
    case ERR_INVALID_PARAMETER:
    case ERR_UNSUPPORTED:
        return EPT_S_INVALID_ENTRY;
    default:
        return EPT_S_CANT_PERFORM_OP;
    }
}
