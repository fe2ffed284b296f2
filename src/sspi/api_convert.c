/* SPDX-License-Identifier: Apache-2.0
 * api_convert.c - strings, handles, times, flags and buffers of the doors.
 */
#include "sspi/api_convert.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/reader.h"
#include "base/utf16.h"

enum err text_in(enum form f, const void *s, char **ret)
{
    enum err e = ERR_OK;

    if (f == FORM_W) {
        e = utf8_from_wide(s, ret);
    } else if (!s) {
        *ret = NULL;
    } else if (!utf8_valid(bytes_of_text(s))) {
        e = ERR_MALFORMED;
    } else {
        *ret = mem_strdup(s);
        e = *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e == ERR_MALFORMED)
        return detail_fail(ERR_INVALID_PARAMETER, "a string is not well-formed %s",
                           f == FORM_W ? "UTF-16" : "UTF-8");
    return e;
}

enum err text_out(enum form f, const char *s, void **ret)
{
    char16_t *wide = NULL;
    enum err e;

    if (f == FORM_A) {
        *ret = mem_strdup(s ? s : "");
        return *ret ? ERR_OK : ERR_NO_MEMORY;
    }
    e = wide_from_utf8(s ? s : "", &wide);
    if (!e)
        *ret = wide;
    return e;
}

handle_id handle_in(const SecHandle *h)
{
    if (!h || h->dwLower > UINT32_MAX || h->dwUpper > UINT32_MAX)
        return 0;
    return (handle_id)h->dwUpper << 32 | (handle_id)h->dwLower;
}

void handle_out(handle_id id, PSecHandle to)
{
    to->dwLower = (ULONG_PTR)(uint32_t)id;
    to->dwUpper = (ULONG_PTR)(id >> 32);
}

TimeStamp time_out(time_t t)
{
    enum { STEPS_PER_SECOND = 10000000 };
    const int64_t seconds_1601_to_1970 = 11644473600;
    struct tm local = { 0 };
    TimeStamp ret = { 0 };

    ret.QuadPart = INT64_MAX;
    if (t > 0 && t < INT64_MAX / STEPS_PER_SECOND - 2 * seconds_1601_to_1970 &&
        localtime_r(&t, &local))
        ret.QuadPart = ((int64_t)t + local.tm_gmtoff + seconds_1601_to_1970) * STEPS_PER_SECOND;
    return ret;
}

/* clang-format off */
static const struct {
    uint32_t flag;
    ULONG isc_req, isc_ret, asc_req, asc_ret;
} rows[] = {
#define BOTH(name) ISC_REQ_##name, ISC_RET_##name, ASC_REQ_##name, ASC_RET_##name
    { CONTEXT_DELEGATE,               BOTH(DELEGATE) },
    { CONTEXT_MUTUAL,                 BOTH(MUTUAL_AUTH) },
    { CONTEXT_REPLAY,                 BOTH(REPLAY_DETECT) },
    { CONTEXT_SEQUENCE,               BOTH(SEQUENCE_DETECT) },
    { CONTEXT_CONFIDENTIALITY,        BOTH(CONFIDENTIALITY) },
    { CONTEXT_INTEGRITY,              BOTH(INTEGRITY) },
    { CONTEXT_DCE_STYLE,              ISC_REQ_USE_DCE_STYLE, ISC_RET_USED_DCE_STYLE,
                                      ASC_REQ_USE_DCE_STYLE, ASC_RET_USED_DCE_STYLE },
    { CONTEXT_IDENTIFY,               BOTH(IDENTIFY) },
    { CONTEXT_EXTENDED_ERROR,         BOTH(EXTENDED_ERROR) },
    { CONTEXT_USE_SESSION_KEY,        BOTH(USE_SESSION_KEY) },
    { CONTEXT_CONNECTION,             BOTH(CONNECTION) },
    { CONTEXT_DATAGRAM,               BOTH(DATAGRAM) },
    { CONTEXT_STREAM,                 BOTH(STREAM) },
    { CONTEXT_NO_INTEGRITY,           ISC_REQ_NO_INTEGRITY, 0, 0, 0 },
    { CONTEXT_NULL_SESSION,           ISC_REQ_NULL_SESSION, ISC_RET_NULL_SESSION,
                                      ASC_REQ_ALLOW_NULL_SESSION, ASC_RET_NULL_SESSION },
    { CONTEXT_ALLOW_MISSING_BINDINGS, 0, 0, ASC_REQ_ALLOW_MISSING_BINDINGS, 0 },
    { CONTEXT_UNVERIFIED_TARGET_NAME, ISC_REQ_UNVERIFIED_TARGET_NAME, 0, 0, 0 },
#undef BOTH
};
/* clang-format on */

enum { ROWS = sizeof rows / sizeof rows[0] };

uint32_t flags_from_isc(ULONG flags)
{
    uint32_t ret = 0;
    size_t i;

    for (i = 0; i < ROWS; i++)
        ret |= flags & rows[i].isc_req ? rows[i].flag : 0;
    return ret;
}

uint32_t flags_from_asc(ULONG flags)
{
    uint32_t ret = 0;
    size_t i;

    for (i = 0; i < ROWS; i++)
        ret |= flags & rows[i].asc_req ? rows[i].flag : 0;
    return ret;
}

ULONG flags_to_isc(uint32_t flags)
{
    ULONG ret = 0;
    size_t i;

    for (i = 0; i < ROWS; i++)
        ret |= flags & rows[i].flag ? rows[i].isc_ret : 0;
    return ret;
}

ULONG flags_to_asc(uint32_t flags)
{
    ULONG ret = 0;
    size_t i;

    for (i = 0; i < ROWS; i++)
        ret |= flags & rows[i].flag ? rows[i].asc_ret : 0;
    return ret;
}

PSecBuffer buffer_find(PSecBufferDesc d, ULONG type)
{
    ULONG i;

    for (i = 0; d && d->pBuffers && i < d->cBuffers; i++) {
        if ((d->pBuffers[i].BufferType & ~SECBUFFER_ATTRMASK) == type)
            return &d->pBuffers[i];
    }
    return NULL;
}

enum err bindings_in(PSecBufferDesc d, struct bindings *ret)
{
    PSecBuffer b = buffer_find(d, SECBUFFER_CHANNEL_BINDINGS);
    struct bindings out = { .present = true };
    SEC_CHANNEL_BINDINGS head;
    struct reader r;

    if (!b)
        return ERR_OK;
    r = reader_over(bytes_of(b->pvBuffer, b->pvBuffer ? b->cbBuffer : 0));
    reader_copy(&r, &head, sizeof head); /* in memory, hence in this machine's order */
    if (!r.err) {
        out.initiator_type = head.dwInitiatorAddrType;
        out.acceptor_type = head.dwAcceptorAddrType;
        out.initiator = reader_window(&r, head.dwInitiatorOffset, head.cbInitiatorLength);
        out.acceptor = reader_window(&r, head.dwAcceptorOffset, head.cbAcceptorLength);
        out.application =
            reader_window(&r, head.dwApplicationDataOffset, head.cbApplicationDataLength);
    }
    if (r.err)
        return detail_fail(ERR_INVALID_PARAMETER,
                           "channel bindings of %u bytes have a part that lies beyond them",
                           (unsigned)b->cbBuffer);
    *ret = out;
    return ERR_OK;
}

/* The A structure carries either form: both are pointers. */
_Static_assert(sizeof(SecPkgInfoA) == sizeof(SecPkgInfoW), "one layout");

static size_t form_size(enum form f, const char *s)
{
    return (strlen(s) + 1) * (f == FORM_W ? sizeof(char16_t) : 1);
}

/* The packages' names and comments are ASCII: a unit each. */
static SEC_CHAR *place(enum form f, const char *s, uint8_t **at)
{
    uint8_t *to = *at;
    size_t i;

    for (i = 0; i <= strlen(s); i++) {
        if (f == FORM_W)
            ((char16_t *)(void *)to)[i] = (unsigned char)s[i];
        else
            to[i] = (uint8_t)s[i];
    }
    *at += form_size(f, s);
    return (SEC_CHAR *)to;
}

enum err package_info_out(enum form f, const struct package *const *p, size_t count, void **ret)
{
    size_t size = count * sizeof(SecPkgInfoA);
    SecPkgInfoA *info = NULL;
    uint8_t *at = NULL;
    size_t i;

    for (i = 0; i < count; i++)
        size += form_size(f, p[i]->name) + form_size(f, p[i]->comment);
    info = mem_zero(size);
    if (!info)
        return ERR_NO_MEMORY;
    at = (uint8_t *)(info + count);
    for (i = 0; i < count; i++) {
        info[i].fCapabilities = p[i]->capabilities;
        info[i].wVersion = 1;
        info[i].wRPCID = p[i]->rpc_id;
        info[i].cbMaxToken = p[i]->max_token;
        info[i].Name = place(f, p[i]->name, &at);
        info[i].Comment = place(f, p[i]->comment, &at);
    }
    *ret = info;
    return ERR_OK;
}
