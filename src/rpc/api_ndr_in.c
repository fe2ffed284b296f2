/* SPDX-License-Identifier: Apache-2.0
 * api_ndr_in.c - CsNdrIn*: what a stub calls to read.
 */
#include "rpc/stub.h"

UCHAR CsNdrInU8(CS_NDR_IN *in)
{
    return ndr_in_u8(stub_in(in));
}

USHORT CsNdrInU16(CS_NDR_IN *in)
{
    return ndr_in_u16(stub_in(in));
}

ULONG CsNdrInU32(CS_NDR_IN *in)
{
    return ndr_in_u32(stub_in(in));
}

ULONGLONG CsNdrInU64(CS_NDR_IN *in)
{
    return ndr_in_u64(stub_in(in));
}

float CsNdrInFloat(CS_NDR_IN *in)
{
    return ndr_in_float(stub_in(in));
}

double CsNdrInDouble(CS_NDR_IN *in)
{
    return ndr_in_double(stub_in(in));
}

char CsNdrInChar(CS_NDR_IN *in)
{
    return ndr_in_char(stub_in(in));
}

boolean CsNdrInBoolean(CS_NDR_IN *in)
{
    return ndr_in_boolean(stub_in(in));
}

int CsNdrInEnum16(CS_NDR_IN *in)
{
    return ndr_in_enum16(stub_in(in));
}

int CsNdrInV1Enum(CS_NDR_IN *in)
{
    return ndr_in_v1_enum(stub_in(in));
}

LONG_PTR CsNdrInInt3264(CS_NDR_IN *in)
{
    return (LONG_PTR)ndr_in_int3264(stub_in(in));
}

ULONG_PTR CsNdrInUInt3264(CS_NDR_IN *in)
{
    return (ULONG_PTR)ndr_in_uint3264(stub_in(in));
}

void CsNdrInAlign(CS_NDR_IN *in, size_t size)
{
    ndr_in_align(stub_in(in), size);
}

void CsNdrInAlignAs(CS_NDR_IN *in, size_t ndr, size_t ndr64)
{
    ndr_in_align_as(stub_in(in), ndr, ndr64);
}

void CsNdrInPad(CS_NDR_IN *in, size_t size)
{
    ndr_in_pad(stub_in(in), size);
}

void CsNdrInAscii(CS_NDR_IN *in)
{
    ndr_in_ascii(stub_in(in));
}

void CsNdrInIeee(CS_NDR_IN *in)
{
    ndr_in_ieee(stub_in(in));
}

void CsNdrInRange(CS_NDR_IN *in, LONGLONG value, LONGLONG low, LONGLONG high)
{
    (void)ndr_in_range(stub_in(in), value, low, high);
}

void CsNdrInRangeUnsigned(CS_NDR_IN *in, ULONGLONG value, ULONGLONG low, ULONGLONG high)
{
    (void)ndr_in_range_unsigned(stub_in(in), value, low, high);
}

void CsNdrInSame(CS_NDR_IN *in, ULONGLONG wire, ULONGLONG said)
{
    ndr_in_same(stub_in(in), wire, said);
}

void CsNdrInAlike(CS_NDR_IN *in, size_t *kept, size_t wire)
{
    if (*kept == SIZE_MAX)
        *kept = wire;
    ndr_in_same(stub_in(in), wire, *kept);
}

void CsNdrInNoArm(CS_NDR_IN *in, LONGLONG discriminant)
{
    ndr_in_no_arm(stub_in(in), discriminant);
}

void CsNdrInPointer(CS_NDR_IN *in, int kind, void *place)
{
    ndr_in_place(stub_in(in), (enum ndr_pointer)kind, place);
}

void CsNdrInFull(CS_NDR_IN *in, void *place)
{
    ndr_in_place(stub_in(in), NDR_FULL, place);
}

void CsNdrInIgnored(CS_NDR_IN *in)
{
    ndr_in_ignored(stub_in(in));
}

void CsNdrInThere(CS_NDR_IN *in, const void *p)
{
    ndr_in_same(stub_in(in), ndr_in_pointer(stub_in(in), NDR_UNIQUE) != NULL, p != NULL);
}

int CsNdrInFollow(CS_NDR_IN *in, void *place)
{
    return ndr_in_follow(stub_in(in), place);
}

int CsNdrInFollowFull(CS_NDR_IN *in, void *place, const void *type)
{
    return ndr_in_follow_full(stub_in(in), place, type);
}

int CsNdrInNew(CS_NDR_IN *in, void *place, size_t count, size_t size)
{
    return ndr_in_make(stub_in(in), place, count, size);
}

int CsNdrInReferent(CS_NDR_IN *in, void *place, size_t size)
{
    return ndr_in_referent(stub_in(in), place, size, NULL);
}

int CsNdrInReferentFull(CS_NDR_IN *in, void *place, size_t size, const void *type)
{
    return ndr_in_referent(stub_in(in), place, size, type);
}

void CsNdrInGraphBegin(CS_NDR_IN *in, void *place, unsigned flags)
{
    ndr_in_graph_begin(stub_in(in), place, flags & CS_NDR_ONE_BLOCK);
}

void CsNdrInGraphEnd(CS_NDR_IN *in)
{
    ndr_in_graph_end(stub_in(in));
}

void CsNdrInKeep(CS_NDR_IN *in, int on)
{
    stub_in(in)->keep = on != 0;
}

int CsNdrInBufferBegin(CS_NDR_IN *in, void *object, size_t size, size_t capacity)
{
    return ndr_in_buffer_begin(stub_in(in), object, size, capacity);
}

void CsNdrInBufferEnd(CS_NDR_IN *in)
{
    ndr_in_buffer_end(stub_in(in));
}

void CsNdrInForce(CS_NDR_IN *in, int on)
{
    struct ndr_in *i = stub_in(in);

    i->owned = on && i->user.allocate;
}

int CsNdrInEnter(CS_NDR_IN *in)
{
    return ndr_in_enter(stub_in(in));
}

void CsNdrInLeave(CS_NDR_IN *in)
{
    ndr_in_leave(stub_in(in));
}

static struct ndr_span *spans_of(CS_NDR_SPAN *spans)
{
    return (struct ndr_span *)(void *)spans;
}

void CsNdrInConformance(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions)
{
    ndr_in_conformance(stub_in(in), spans_of(spans), dimensions);
}

void CsNdrInVariance(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions)
{
    ndr_in_variance(stub_in(in), spans_of(spans), dimensions);
}

/* After a failure nothing is to be looked at. */
static void empty_spans(struct ndr_in *in, CS_NDR_SPAN *spans, size_t dimensions)
{
    size_t i;

    for (i = 0; in->r.err && i < dimensions; i++)
        spans[i].Offset = spans[i].Actual = 0;
}

size_t CsNdrInCount(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions, size_t smallest)
{
    size_t n = ndr_in_count(stub_in(in), spans_of(spans), dimensions, smallest);

    empty_spans(stub_in(in), spans, dimensions);
    return n;
}

void CsNdrInRoom(CS_NDR_IN *in, CS_NDR_SPAN *span, size_t room)
{
    if (span->Offset > room || span->Actual > room - span->Offset)
        ndr_in_fail(stub_in(in), ERR_MALFORMED, "%zu elements from %zu where %zu have room",
                    span->Actual, span->Offset, room);
    empty_spans(stub_in(in), span, 1);
}

void CsNdrInArray(CS_NDR_IN *in, void *to, size_t count, size_t size)
{
    ndr_in_array(stub_in(in), to, count, size);
}

int CsNdrInBlocks(CS_NDR_IN *in, void *to, size_t count, size_t size, size_t alignment)
{
    return ndr_in_blocks(stub_in(in), to, count, size, alignment);
}

void CsNdrInElements(CS_NDR_IN *in, void *place, const CS_NDR_SPAN *span, size_t size)
{
    ndr_in_elements(stub_in(in), place, (const struct ndr_span *)(const void *)span, size);
}

void CsNdrInString(CS_NDR_IN *in, void *place, CS_NDR_SPAN *span, size_t size)
{
    ndr_in_string_at(stub_in(in), place, spans_of(span), size);
}

void CsNdrInStringInto(CS_NDR_IN *in, void *to, size_t room, CS_NDR_SPAN *span, size_t size)
{
    ndr_in_string_to(stub_in(in), to, room, spans_of(span), size);
}

void CsNdrInFixedString(CS_NDR_IN *in, void *to, size_t room, size_t size)
{
    ndr_in_string_into(stub_in(in), to, room, size);
}
