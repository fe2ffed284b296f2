/* SPDX-License-Identifier: Apache-2.0
 * api_ndr_out.c - CsNdrOut* and CsNdrFree*: what a stub calls to write and to give back.
 *
 * A client's own mistakes are said by the statuses the documentation has for them.
 */
#include "base/utf16.h"
#include "rpc/stub.h"

void CsNdrOutU8(CS_NDR_OUT *out, UCHAR value)
{
    ndr_out_u8(stub_out(out), value);
}

void CsNdrOutU16(CS_NDR_OUT *out, USHORT value)
{
    ndr_out_u16(stub_out(out), value);
}

void CsNdrOutU32(CS_NDR_OUT *out, ULONG value)
{
    ndr_out_u32(stub_out(out), value);
}

void CsNdrOutU64(CS_NDR_OUT *out, ULONGLONG value)
{
    ndr_out_u64(stub_out(out), value);
}

void CsNdrOutFloat(CS_NDR_OUT *out, float value)
{
    ndr_out_float(stub_out(out), value);
}

void CsNdrOutDouble(CS_NDR_OUT *out, double value)
{
    ndr_out_double(stub_out(out), value);
}

void CsNdrOutBoolean(CS_NDR_OUT *out, boolean value)
{
    ndr_out_boolean(stub_out(out), value != 0);
}

void CsNdrOutEnum16(CS_NDR_OUT *out, int value)
{
    ndr_out_enum16(stub_out(out), value);
}

void CsNdrOutV1Enum(CS_NDR_OUT *out, int value)
{
    ndr_out_v1_enum(stub_out(out), value);
}

void CsNdrOutInt3264(CS_NDR_OUT *out, LONG_PTR value)
{
    ndr_out_int3264(stub_out(out), value);
}

void CsNdrOutUInt3264(CS_NDR_OUT *out, ULONG_PTR value)
{
    ndr_out_uint3264(stub_out(out), value);
}

void CsNdrOutAlign(CS_NDR_OUT *out, size_t size)
{
    ndr_out_align(stub_out(out), size);
}

void CsNdrOutAlignAs(CS_NDR_OUT *out, size_t ndr, size_t ndr64)
{
    ndr_out_align_as(stub_out(out), ndr, ndr64);
}

void CsNdrOutPad(CS_NDR_OUT *out, size_t size)
{
    ndr_out_pad(stub_out(out), size);
}

void CsNdrOutRange(CS_NDR_OUT *out, LONGLONG value, LONGLONG low, LONGLONG high)
{
    if (value < low || value > high)
        ndr_out_fail(stub_out(out), ERR_RPC_BOUND, "a value outside its [range]");
}

void CsNdrOutRangeUnsigned(CS_NDR_OUT *out, ULONGLONG value, ULONGLONG low, ULONGLONG high)
{
    if (value < low || value > high)
        ndr_out_fail(stub_out(out), ERR_RPC_BOUND, "a value outside its [range]");
}

void CsNdrOutNoArm(CS_NDR_OUT *out, LONGLONG discriminant)
{
    (void)discriminant;
    ndr_out_fail(stub_out(out), ERR_RPC_TAG, "a union without an arm for its discriminant");
}

int CsNdrOutRef(CS_NDR_OUT *out, const void *p)
{
    if (!p)
        ndr_out_fail(stub_out(out), ERR_RPC_NULL_REF, "a parameter is a ref pointer and NULL");
    return p != NULL;
}

void CsNdrOutPointer(CS_NDR_OUT *out, int kind, const void *p)
{
    ndr_out_pointer(stub_out(out), (enum ndr_pointer)kind, p, NULL);
}

void CsNdrOutFull(CS_NDR_OUT *out, const void *p, const void *type)
{
    ndr_out_pointer(stub_out(out), NDR_FULL, p, type);
}

int CsNdrOutFollowFull(CS_NDR_OUT *out, const void *p, const void *type)
{
    return ndr_out_full(stub_out(out), p, type);
}

int CsNdrOutEnter(CS_NDR_OUT *out)
{
    return ndr_out_enter(stub_out(out));
}

void CsNdrOutLeave(CS_NDR_OUT *out)
{
    ndr_out_leave(stub_out(out));
}

static const struct ndr_span *spans_of(const CS_NDR_SPAN *spans)
{
    return (const struct ndr_span *)(const void *)spans;
}

/* After a failure nothing is to be looked at. */
static void empty_spans(struct ndr_out *out, CS_NDR_SPAN *spans, size_t dimensions)
{
    size_t i;

    for (i = 0; out->w.err && i < dimensions; i++)
        spans[i].Offset = spans[i].Actual = 0;
}

void CsNdrOutConformance(CS_NDR_OUT *out, CS_NDR_SPAN *spans, size_t dimensions)
{
    ndr_out_conformance(stub_out(out), spans_of(spans), dimensions);
    empty_spans(stub_out(out), spans, dimensions);
}

void CsNdrOutVariance(CS_NDR_OUT *out, CS_NDR_SPAN *spans, size_t dimensions)
{
    ndr_out_variance(stub_out(out), spans_of(spans), dimensions);
    empty_spans(stub_out(out), spans, dimensions);
}

void CsNdrOutRoom(CS_NDR_OUT *out, CS_NDR_SPAN *span, size_t room)
{
    if (span->Offset > room || span->Actual > room - span->Offset)
        ndr_out_fail(stub_out(out), ERR_RPC_BOUND, "a part reaches beyond the caller's room");
    empty_spans(stub_out(out), span, 1);
}

void CsNdrOutArray(CS_NDR_OUT *out, const void *from, size_t count, size_t size)
{
    if (from || !count)
        ndr_out_array(stub_out(out), from, count, size);
    else
        ndr_out_fail(stub_out(out), ERR_RPC_NULL_REF, "an array is NULL");
}

int CsNdrOutBlocks(CS_NDR_OUT *out, const void *from, size_t count, size_t size, size_t alignment)
{
    return ndr_out_blocks(stub_out(out), from, count, size, alignment);
}

void CsNdrOutString(CS_NDR_OUT *out, const void *s, size_t max, size_t size)
{
    if (size == 1)
        ndr_out_string(stub_out(out), s, max);
    else
        ndr_out_wide_string(stub_out(out), s, max);
}

void CsNdrOutFixedString(CS_NDR_OUT *out, const void *s, size_t room, size_t size)
{
    ndr_out_string_from(stub_out(out), s, room, size);
}

size_t CsNdrStringLength(const void *s, size_t size)
{
    const char16_t *wide = s;

    if (!s)
        return 0;
    return size == 1 ? strlen(s) + 1 : wide_length(wide) + 1;
}

int CsNdrFreeEnter(CS_NDR_FREE *walk, const void *p)
{
    return ndr_free_enter(stub_free(walk), p);
}

int CsNdrFreeEnterFull(CS_NDR_FREE *walk, const void *p, const void *type)
{
    return ndr_free_enter_full(stub_free(walk), p, type);
}

void CsNdrFreeLeave(CS_NDR_FREE *walk, void *p)
{
    ndr_free_leave(stub_free(walk), p);
}
