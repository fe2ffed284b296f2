/* SPDX-License-Identifier: Apache-2.0
 * api_uuid.c - the UUID functions.  RFC 4122, C706 appendix A
 *
 * A NULL pointer is the nil UUID, as the documentation has it.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/uuid.h"
#include "countersign/rpc.h"
#include "crypto/random.h"
#include "rpc/text.h"
#include "rpc/uuid_time.h"

static_assert(sizeof(UUID) == sizeof(struct uuid), "a UUID is a UUID");

static struct uuid uuid_in(const UUID *u)
{
    struct uuid id = { 0 };

    if (u)
        memcpy(&id, u, sizeof id);
    return id;
}

static RPC_STATUS uuid_out(const struct uuid *id, UUID *to)
{
    memcpy(to, id, sizeof *id);
    return RPC_S_OK;
}

RPC_STATUS UuidCreate(UUID *Uuid)
{
    struct uuid id = { 0 };
    enum err e;

    detail_begin("UuidCreate");
    e = crypto_random(&id, sizeof id);
    if (e)
        return err_rpc_status(e);
    id.data3 = (uint16_t)((id.data3 & 0x0fff) | 4 << 12); /* the version: random */
    id.data4[0] = (uint8_t)((id.data4[0] & 0x3f) | 0x80); /* the variant: RFC 4122's */
    return uuid_out(&id, Uuid);
}

RPC_STATUS UuidCreateSequential(UUID *Uuid)
{
    struct uuid id = { 0 };
    bool local = false;
    enum err e;

    detail_begin("UuidCreateSequential");
    e = rpc_uuid_time(&id, &local);
    if (e)
        return err_rpc_status(e);
    uuid_out(&id, Uuid);
    return local ? RPC_S_UUID_LOCAL_ONLY : RPC_S_OK;
}

RPC_STATUS UuidCreateNil(UUID *NilUuid)
{
    return uuid_out(&(struct uuid){ 0 }, NilUuid);
}

int UuidCompare(UUID *Uuid1, UUID *Uuid2, RPC_STATUS *Status)
{
    struct uuid a = uuid_in(Uuid1), b = uuid_in(Uuid2);
    int order;

    *Status = RPC_S_OK;
    if (a.data1 != b.data1)
        return a.data1 < b.data1 ? -1 : 1;
    if (a.data2 != b.data2)
        return a.data2 < b.data2 ? -1 : 1;
    if (a.data3 != b.data3)
        return a.data3 < b.data3 ? -1 : 1;
    order = memcmp(a.data4, b.data4, sizeof a.data4);
    return (order > 0) - (order < 0);
}

int UuidEqual(UUID *Uuid1, UUID *Uuid2, RPC_STATUS *Status)
{
    return UuidCompare(Uuid1, Uuid2, Status) == 0;
}

int UuidIsNil(UUID *Uuid, RPC_STATUS *Status)
{
    return UuidEqual(Uuid, NULL, Status);
}

/* The checksum of ISO 8473 over the bytes in memory, which C706 appendix A gives for hashing. */
USHORT UuidHash(UUID *Uuid, RPC_STATUS *Status)
{
    struct uuid id = uuid_in(Uuid);
    uint8_t bytes[sizeof id];
    int c0 = 0, c1 = 0, x, y;
    size_t i;

    *Status = RPC_S_OK;
    memcpy(bytes, &id, sizeof id);
    for (i = 0; i < sizeof bytes; i++) {
        c0 += bytes[i];
        c1 += c0;
    }
    x = -c1 % 255;
    y = (c1 - c0) % 255;
    return (USHORT)((y < 0 ? y + 255 : y) * 256 + (x < 0 ? x + 255 : x));
}

static RPC_STATUS to_string(bool wide, const UUID *uuid, void **ret)
{
    struct uuid id = uuid_in(uuid);
    char text[UUID_TEXT];

    detail_begin("UuidToString");
    uuid_format(&id, text);
    return err_rpc_status(rpc_text_out(wide, text, ret));
}

RPC_STATUS UuidToStringA(const UUID *Uuid, RPC_CSTR *StringUuid)
{
    return to_string(false, Uuid, (void **)StringUuid);
}

RPC_STATUS UuidToStringW(const UUID *Uuid, RPC_WSTR *StringUuid)
{
    return to_string(true, Uuid, (void **)StringUuid);
}

static RPC_STATUS from_string(bool wide, const void *string, UUID *ret)
{
    struct uuid id = { 0 };
    char *text = NULL;
    enum err e;

    detail_begin("UuidFromString");
    e = rpc_text_in(wide, string, &text);
    if (!e && text && (text[0] == '{' || uuid_parse(text, &id)))
        e = detail_fail(ERR_RPC_UUID, "\"%.64s\" is no UUID", text);
    if (!e)
        uuid_out(&id, ret);
    mem_free(text);
    return e == ERR_MALFORMED ? RPC_S_INVALID_STRING_UUID : err_rpc_status(e);
}

RPC_STATUS UuidFromStringA(RPC_CSTR StringUuid, UUID *Uuid)
{
    return from_string(false, StringUuid, Uuid);
}

RPC_STATUS UuidFromStringW(RPC_WSTR StringUuid, UUID *Uuid)
{
    return from_string(true, StringUuid, Uuid);
}
