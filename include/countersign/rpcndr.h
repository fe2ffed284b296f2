/* SPDX-License-Identifier: Apache-2.0
 * rpcndr.h - what the stubs that countersign-idl writes call, and what they tell the runtime.
 *
 * Nobody writes calls to these by hand, but stubs are meant to be read, in an editor and in a
 * debugger: a client's stub writes the [in] parameters to a CS_NDR_OUT, sends them, and reads the
 * [out] parameters from a CS_NDR_IN; a server's does the same the other way round. The first
 * failure sticks to its stream: what is read after it is zero and counts are 0, so that a stub is
 * a straight line which is asked once, at its end, how it went.
 *
 * A type that holds pointers has two steps, in the order of the octets (C706 14.3.12.3): its
 * fields, in which a pointer is a referent identifier; then what its pointers refer to.
 *
 * An application defines midl_user_allocate and midl_user_free itself; nothing else here
 * is its business. A stub of another CS_STUB_ABI is refused when it is registered or called, with
 * RPC_X_WRONG_STUB_VERSION and a detail that names both numbers.
 *
 * Source: desktop-src/Rpc/the-midl-compiler.md
 */
#ifndef COUNTERSIGN_RPCNDR_H
#define COUNTERSIGN_RPCNDR_H

#include "cslink.h"
#include "rpcdce.h"
#include "wintypes.h"

#define CS_STUB_ABI 1

/* IDL's base types that C lacks. */
typedef unsigned char byte, boolean;
typedef int64_t hyper;
typedef uint64_t MIDL_uhyper;

CS_EXTERN_C_BEGIN

/* ---- what an interface is to the runtime ---- */

typedef struct CS_ENDPOINT {
    const char *ProtocolSequence; /* "ncacn_ip_tcp" */
    const char *Endpoint;         /* "4711" */
} CS_ENDPOINT;

#define CS_INTERFACE_CLIENT 1
#define CS_INTERFACE_SERVER 2

/* Transfer syntaxes: one stub says both, each call in the one that client and server agreed upon
 * when they were bound.  C706 chapter 14, [MS-RPCE] 2.2.5 */
#define CS_SYNTAX_NDR 0x00000001
#define CS_SYNTAX_NDR64 0x00000002

/* What an RPC_IF_HANDLE points to, a client's or a server's: the head of both. */
typedef struct CS_INTERFACE {
    unsigned Length;  /* of the whole structure, CS_CLIENT_INTERFACE or CS_SERVER_INTERFACE */
    unsigned StubAbi; /* CS_STUB_ABI of the compiler that wrote it */
    unsigned Side;    /* CS_INTERFACE_xxx */
    unsigned ProcedureCount;
    RPC_IF_ID Id;
    const char *Name;
    const CS_ENDPOINT *Endpoints; /* [endpoint(...)]; NULL for none */
    unsigned EndpointCount;
    void *(*Allocate)(size_t size); /* midl_user_allocate; with -osf NULL, as the other */
    void (*Free)(void *p);          /* midl_user_free */
    unsigned Syntaxes;              /* CS_SYNTAX_xxx its stubs may speak; 0: NDR alone */
} CS_INTERFACE;

/* x_v1_0_c_ifspec points to one. */
typedef struct CS_CLIENT_INTERFACE {
    CS_INTERFACE Head;
} CS_CLIENT_INTERFACE;

typedef struct CS_SERVER_CALL CS_SERVER_CALL; /* a call being served: the runtime's */

typedef struct CS_SERVER_PROCEDURE {
    void (*Serve)(CS_SERVER_CALL *call); /* NULL: no such operation, nca_s_op_rng_error */
    const char *Name;
    unsigned Flags; /* CS_CALL_xxx */
} CS_SERVER_PROCEDURE;

/* x_v1_0_s_ifspec points to one. */
typedef struct CS_SERVER_INTERFACE {
    CS_INTERFACE Head;
    const CS_SERVER_PROCEDURE *Procedures; /* ProcedureCount of them, by operation number */
    const void *DefaultManagerEpv;         /* NULL: whoever registers it hands over one */
} CS_SERVER_INTERFACE;

/* The same, whose Length says so, where the ACF has access lists: [cs_access]. */
typedef struct CS_GUARDED_INTERFACE {
    CS_SERVER_INTERFACE Server;
    const char *const *Access; /* security descriptors as text (SDDL), by operation number; NULL in
                                  place of one: nobody may call it */
} CS_GUARDED_INTERFACE;

/* [callback] procedures of an interface, in its client: by numbers of their own, from 0. */
typedef struct CS_CALLBACKS {
    const CS_SERVER_PROCEDURE *Procedures;
    unsigned Count;
} CS_CALLBACKS;

/* Attributes of a procedure that the runtime acts upon; but for CS_CALL_IDEMPOTENT: as on Windows
 * no call whose request has left is made again. */
#define CS_CALL_IDEMPOTENT 0x00000001
#define CS_CALL_MAYBE 0x00000002
#define CS_CALL_PIPE_IN 0x00000004         /* [in] pipes: served while the request still comes */
#define CS_CALL_PIPE_OUT 0x00000008        /* [out] pipes: read while the response still comes */
#define CS_CALL_SYSTEM_HANDLES 0x00000010  /* descriptors may travel beside it, either way */
#define CS_CALL_MESSAGE 0x00000020         /* left in a queue, executed when its server is there */
#define CS_CALL_ENABLE_ALLOCATE 0x00000100 /* RpcSs memory, on either side */

/* ---- the two streams ---- */

typedef struct CS_NDR_OUT CS_NDR_OUT;   /* written: the [in] of a client, the [out] of a server */
typedef struct CS_NDR_IN CS_NDR_IN;     /* read */
typedef struct CS_NDR_FREE CS_NDR_FREE; /* what a server's routine made, given back */

/* One dimension of an array: Offset + Actual <= Max. Whoever refuses one sets its Actual to 0, so
 * that no loop runs over what was refused. */
typedef struct CS_NDR_SPAN {
    size_t Max, Offset, Actual;
} CS_NDR_SPAN;

/* Pointers.  C706 14.3.10 */
#define CS_NDR_REF 0
#define CS_NDR_UNIQUE 1

#define CS_NDR_ONE_BLOCK 0x00000001 /* of CsNdrInGraphBegin */

/* What size_is and its like compute, where the numbers are a peer's: what has no result is -1,
 * which no array has. */
static inline LONGLONG CsNdrTimes(LONGLONG a, LONGLONG b)
{
    LONGLONG v;

    return __builtin_mul_overflow(a, b, &v) ? -1 : v;
}

static inline LONGLONG CsNdrPlus(LONGLONG a, LONGLONG b)
{
    LONGLONG v;

    return __builtin_add_overflow(a, b, &v) ? -1 : v;
}

static inline LONGLONG CsNdrMinus(LONGLONG a, LONGLONG b)
{
    LONGLONG v;

    return __builtin_sub_overflow(a, b, &v) ? -1 : v;
}

static inline LONGLONG CsNdrQuotient(LONGLONG a, LONGLONG b)
{
    return b == 0 || b == -1 ? -1 : a / b;
}

static inline LONGLONG CsNdrRemainder(LONGLONG a, LONGLONG b)
{
    return b == 0 || b == -1 ? -1 : a % b;
}

/* CsNdrOutU8 - write one value of a base type.
 *
 * Each is aligned to its size; signed values are converted. CsNdrOutAlign goes to the next
 * multiple of size, before a structure whose widest member has that size; CsNdrOutAlignAs is given
 * that size in NDR and in NDR64, where pointers and enumerations are wider. CsNdrOutPad stands
 * behind the last member of a structure whose size may be no multiple of its alignment: NDR64 fills
 * it up, NDR does not. An enumeration of 16 bits (in NDR64 of 32) refuses values outside 0 to
 * 32767; an __int3264 has 32 bits, which must suffice, and in NDR64 64.
 *
 * Returns: nothing; the first failure sticks to the stream.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrOutU8(CS_NDR_OUT *out, UCHAR value) CS_EXPORT(CsNdrOutU8);
void CsNdrOutU16(CS_NDR_OUT *out, USHORT value) CS_EXPORT(CsNdrOutU16);
void CsNdrOutU32(CS_NDR_OUT *out, ULONG value) CS_EXPORT(CsNdrOutU32);
void CsNdrOutU64(CS_NDR_OUT *out, ULONGLONG value) CS_EXPORT(CsNdrOutU64);
void CsNdrOutFloat(CS_NDR_OUT *out, float value) CS_EXPORT(CsNdrOutFloat);
void CsNdrOutDouble(CS_NDR_OUT *out, double value) CS_EXPORT(CsNdrOutDouble);
void CsNdrOutBoolean(CS_NDR_OUT *out, boolean value) CS_EXPORT(CsNdrOutBoolean);
void CsNdrOutEnum16(CS_NDR_OUT *out, int value) CS_EXPORT(CsNdrOutEnum16);
void CsNdrOutV1Enum(CS_NDR_OUT *out, int value) CS_EXPORT(CsNdrOutV1Enum);
void CsNdrOutInt3264(CS_NDR_OUT *out, LONG_PTR value) CS_EXPORT(CsNdrOutInt3264);
void CsNdrOutUInt3264(CS_NDR_OUT *out, ULONG_PTR value) CS_EXPORT(CsNdrOutUInt3264);
void CsNdrOutAlign(CS_NDR_OUT *out, size_t size) CS_EXPORT(CsNdrOutAlign);
void CsNdrOutAlignAs(CS_NDR_OUT *out, size_t ndr, size_t ndr64) CS_EXPORT(CsNdrOutAlignAs);
void CsNdrOutPad(CS_NDR_OUT *out, size_t size) CS_EXPORT(CsNdrOutPad);

/* CsNdrOutRange - refuse what the IDL forbids,
 * before it is sent.
 *
 * [range(low, high)]; a union's discriminant without an arm; a part of an array that reaches
 * beyond the room its caller gave, in elements.
 *
 * Returns: nothing; the first failure sticks to the stream.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrOutRange(CS_NDR_OUT *out, LONGLONG value, LONGLONG low, LONGLONG high)
    CS_EXPORT(CsNdrOutRange);
void CsNdrOutRangeUnsigned(CS_NDR_OUT *out, ULONGLONG value, ULONGLONG low, ULONGLONG high)
    CS_EXPORT(CsNdrOutRangeUnsigned);
void CsNdrOutNoArm(CS_NDR_OUT *out, LONGLONG discriminant) CS_EXPORT(CsNdrOutNoArm);
void CsNdrOutRoom(CS_NDR_OUT *out, CS_NDR_SPAN *span, size_t room) CS_EXPORT(CsNdrOutRoom);

/* CsNdrOutRef - write pointers.
 *
 * CsNdrOutRef: a ref pointer that is itself a parameter has no place on the wire, but must not be
 * NULL. CsNdrOutPointer: the place of a ref or unique pointer (CS_NDR_xxx) among the fields; what
 * it leads to is written afterwards if it is not NULL. CsNdrOutFull: the place of a full pointer;
 * type is any address that stands for the type of what it leads to. CsNdrOutFollowFull: whether
 * that is to be written now, which it is once. CsNdrOutEnter and CsNdrOutLeave stand around what
 * may hold itself: do not go on after 0, and leave only after 1.
 *
 * Returns: CsNdrOutRef, CsNdrOutFollowFull, CsNdrOutEnter: 1 to go on, 0 not to.
 * Threads: a stream belongs to one thread at a time.
 */
int CsNdrOutRef(CS_NDR_OUT *out, const void *p) CS_EXPORT(CsNdrOutRef);
void CsNdrOutPointer(CS_NDR_OUT *out, int kind, const void *p) CS_EXPORT(CsNdrOutPointer);
void CsNdrOutFull(CS_NDR_OUT *out, const void *p, const void *type) CS_EXPORT(CsNdrOutFull);
int CsNdrOutFollowFull(CS_NDR_OUT *out, const void *p, const void *type)
    CS_EXPORT(CsNdrOutFollowFull);
int CsNdrOutEnter(CS_NDR_OUT *out) CS_EXPORT(CsNdrOutEnter);
void CsNdrOutLeave(CS_NDR_OUT *out) CS_EXPORT(CsNdrOutLeave);

/* CsNdrOutConformance - write
 * arrays and strings.
 *
 * The counts of an array's dimensions, refused where Offset + Actual > Max or where 32 bits do not
 * hold them; then its elements: CsNdrOutArray writes count of a base type of size bytes at once. A
 * CsNdrOutBlocks does so for structures without gaps, whose bytes in memory are those on the wire.
 * A string is written up to its zero, elements of size 1 or 2; max is the count size_is gives, 0
 * for as long as it is; in an array of fixed size, room elements must hold the zero.
 *
 * Returns: CsNdrOutBlocks: 0 when the elements are to be written one by one, for this machine's
 * byte order is not the wire's. The first failure sticks to the stream.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrOutConformance(CS_NDR_OUT *out, CS_NDR_SPAN *spans, size_t dimensions)
    CS_EXPORT(CsNdrOutConformance);
void CsNdrOutVariance(CS_NDR_OUT *out, CS_NDR_SPAN *spans, size_t dimensions)
    CS_EXPORT(CsNdrOutVariance);
void CsNdrOutArray(CS_NDR_OUT *out, const void *from, size_t count, size_t size)
    CS_EXPORT(CsNdrOutArray);
int CsNdrOutBlocks(CS_NDR_OUT *out, const void *from, size_t count, size_t size, size_t alignment)
    CS_EXPORT(CsNdrOutBlocks);
void CsNdrOutString(CS_NDR_OUT *out, const void *s, size_t max, size_t size)
    CS_EXPORT(CsNdrOutString);
void CsNdrOutFixedString(CS_NDR_OUT *out, const void *s, size_t room, size_t size)
    CS_EXPORT(CsNdrOutFixedString);

/* CsNdrStringLength - the elements of a string, its zero included.
 *
 * size is that of an element, 1 or 2.
 *
 * Returns: the count; 0 for NULL.
 * Threads: safe.
 */
size_t CsNdrStringLength(const void *s, size_t size) CS_EXPORT(CsNdrStringLength);

/* CsNdrInU8 - read one
 * value of a base type.
 *
 * In the sender's byte order, each aligned to its size. CsNdrInChar is refused where the sender's
 * characters are EBCDIC, CsNdrInFloat and CsNdrInDouble where its floats are not IEEE's;
 * CsNdrInAscii and CsNdrInIeee say so before an array of them. Any boolean but 0 is 1. An
 * enumeration without [v1_enum] refuses values outside 0 to 32767. CsNdrInAlignAs and CsNdrInPad
 * pass over what CsNdrOutAlignAs and CsNdrOutPad write.
 *
 * Returns: the value; 0 after a failure, which sticks to the stream.
 * Threads: a stream belongs to one thread at a time.
 */
UCHAR CsNdrInU8(CS_NDR_IN *in) CS_EXPORT(CsNdrInU8);
USHORT CsNdrInU16(CS_NDR_IN *in) CS_EXPORT(CsNdrInU16);
ULONG CsNdrInU32(CS_NDR_IN *in) CS_EXPORT(CsNdrInU32);
ULONGLONG CsNdrInU64(CS_NDR_IN *in) CS_EXPORT(CsNdrInU64);
float CsNdrInFloat(CS_NDR_IN *in) CS_EXPORT(CsNdrInFloat);
double CsNdrInDouble(CS_NDR_IN *in) CS_EXPORT(CsNdrInDouble);
char CsNdrInChar(CS_NDR_IN *in) CS_EXPORT(CsNdrInChar);
boolean CsNdrInBoolean(CS_NDR_IN *in) CS_EXPORT(CsNdrInBoolean);
int CsNdrInEnum16(CS_NDR_IN *in) CS_EXPORT(CsNdrInEnum16);
int CsNdrInV1Enum(CS_NDR_IN *in) CS_EXPORT(CsNdrInV1Enum);
LONG_PTR CsNdrInInt3264(CS_NDR_IN *in) CS_EXPORT(CsNdrInInt3264);
ULONG_PTR CsNdrInUInt3264(CS_NDR_IN *in) CS_EXPORT(CsNdrInUInt3264);
void CsNdrInAlign(CS_NDR_IN *in, size_t size) CS_EXPORT(CsNdrInAlign);
void CsNdrInAlignAs(CS_NDR_IN *in, size_t ndr, size_t ndr64) CS_EXPORT(CsNdrInAlignAs);
void CsNdrInPad(CS_NDR_IN *in, size_t size) CS_EXPORT(CsNdrInPad);
void CsNdrInAscii(CS_NDR_IN *in) CS_EXPORT(CsNdrInAscii);
void CsNdrInIeee(CS_NDR_IN *in) CS_EXPORT(CsNdrInIeee);

/* CsNdrInRange - refuse what the IDL
 * forbids.
 *
 * [range(low, high)]; a number told twice that is not the same both times, as an array's count and
 * the parameter which size_is names (CsNdrInAlike: the first number is kept where *kept is
 * SIZE_MAX, to be compared when the parameter is read; all further ones are the same); a union's
 * discriminant without an arm; a part of an array that reaches beyond the room there is for it, in
 * elements.
 *
 * Returns: nothing; the first failure sticks to the stream.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrInRange(CS_NDR_IN *in, LONGLONG value, LONGLONG low, LONGLONG high)
    CS_EXPORT(CsNdrInRange);
void CsNdrInRangeUnsigned(CS_NDR_IN *in, ULONGLONG value, ULONGLONG low, ULONGLONG high)
    CS_EXPORT(CsNdrInRangeUnsigned);
void CsNdrInSame(CS_NDR_IN *in, ULONGLONG wire, ULONGLONG said) CS_EXPORT(CsNdrInSame);
void CsNdrInAlike(CS_NDR_IN *in, size_t *kept, size_t wire) CS_EXPORT(CsNdrInAlike);
void CsNdrInNoArm(CS_NDR_IN *in, LONGLONG discriminant) CS_EXPORT(CsNdrInNoArm);
void CsNdrInRoom(CS_NDR_IN *in, CS_NDR_SPAN *span, size_t room) CS_EXPORT(CsNdrInRoom);

/* CsNdrOutSystemHandle, CsNdrInSystemHandle - a [system_handle]: a descriptor that travels beside
 * the call, over ncalrpc alone.
 *
 * A HANDLE of one is the descriptor, (HANDLE)(LONG_PTR)fd; NULL and INVALID_HANDLE_VALUE are none,
 * so that descriptor 0 cannot travel. The object must be of that kind, and access (what
 * [system_handle] says, or 0) is held against what the descriptor was opened for, by both ends. A
 * server owns what it reads until its call ends, and what its routine gives [out] is the call's;
 * a client owns what it gets once the call has succeeded: after another end the number that stands
 * in an [out] or [in, out] parameter is no descriptor of its.
 *
 * Returns: CsNdrInSystemHandle: the handle, or NULL.
 * Threads: a stream belongs to one thread at a time.
 */
typedef enum CS_SYSTEM_KIND { CS_SYSTEM_FILE, CS_SYSTEM_PIPE, CS_SYSTEM_SOCKET } CS_SYSTEM_KIND;

void CsNdrOutSystemHandle(CS_NDR_OUT *out, CS_SYSTEM_KIND kind, ULONG access, HANDLE handle)
    CS_EXPORT(CsNdrOutSystemHandle);
HANDLE CsNdrInSystemHandle(CS_NDR_IN *in, CS_SYSTEM_KIND kind, ULONG access)
    CS_EXPORT(CsNdrInSystemHandle);

/* CsNdrInPointer - read pointers.
 *
 * place is the address of a pointer to an object. CsNdrInPointer (kind CS_NDR_xxx) and CsNdrInFull
 * read what stands among the fields and leave in the place NULL, or something that must not be
 * followed yet; CsNdrInIgnored passes over an [ignore]d pointer, whose place stays as it is.
 * CsNdrInFollow and CsNdrInFollowFull then say whether what it leads to is read now,
 * and CsNdrInNew puts memory for count elements of size bytes in the place, zeroed: of the call on
 * a server, from midl_user_allocate on a client, which gives it back by itself if the call fails
 * and then leaves NULL in every place. CsNdrInReferent and CsNdrInReferentFull are the two steps
 * in one, for an object of fixed size. Between CsNdrInKeep(in, 1) and CsNdrInKeep(in, 0), for an
 * [in, out] parameter, an object of fixed size that is already in its place is read over.
 * CsNdrInGraphBegin and CsNdrInGraphEnd stand around what [allocate(...)] says of the pointer in
 * the place, after CsNdrInPointer or CsNdrInFull: what it leads to becomes the program's on a
 * server, too ([allocate(dont_free)]); with CS_NDR_ONE_BLOCK as one block of midl_user_allocate,
 * whose beginning the pointer is, always a new one ([allocate(all_nodes)]). Until the reading ends
 * it lies in memory of the call.
 * Between CsNdrInBufferBegin and CsNdrInBufferEnd ([byte_count]) what pointers lead to goes behind
 * the object, into the capacity bytes that the caller has there.
 * Between CsNdrInForce(in, 1) and CsNdrInForce(in, 0) ([force_allocate]) a server's memory, too,
 * comes from midl_user_allocate; the stub gives back what is reached when the call is over.
 * CsNdrInThere is for a parameter that the caller may have passed as NULL: what was read among the
 * fields must be null where p is, and only there. CsNdrInEnter and CsNdrInLeave stand around what
 * may hold itself: do not go on after 0, and leave only after 1.
 *
 * Returns: CsNdrInFollow, CsNdrInFollowFull, CsNdrInNew, CsNdrInReferent, CsNdrInReferentFull,
 * CsNdrInBufferBegin, CsNdrInEnter: 1 to go on, 0 not to.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrInPointer(CS_NDR_IN *in, int kind, void *place) CS_EXPORT(CsNdrInPointer);
void CsNdrInFull(CS_NDR_IN *in, void *place) CS_EXPORT(CsNdrInFull);
void CsNdrInThere(CS_NDR_IN *in, const void *p) CS_EXPORT(CsNdrInThere);
void CsNdrInIgnored(CS_NDR_IN *in) CS_EXPORT(CsNdrInIgnored);
int CsNdrInFollow(CS_NDR_IN *in, void *place) CS_EXPORT(CsNdrInFollow);
int CsNdrInFollowFull(CS_NDR_IN *in, void *place, const void *type) CS_EXPORT(CsNdrInFollowFull);
int CsNdrInNew(CS_NDR_IN *in, void *place, size_t count, size_t size) CS_EXPORT(CsNdrInNew);
int CsNdrInReferent(CS_NDR_IN *in, void *place, size_t size) CS_EXPORT(CsNdrInReferent);
int CsNdrInReferentFull(CS_NDR_IN *in, void *place, size_t size, const void *type)
    CS_EXPORT(CsNdrInReferentFull);
void CsNdrInGraphBegin(CS_NDR_IN *in, void *place, unsigned flags) CS_EXPORT(CsNdrInGraphBegin);
void CsNdrInGraphEnd(CS_NDR_IN *in) CS_EXPORT(CsNdrInGraphEnd);
int CsNdrInBufferBegin(CS_NDR_IN *in, void *object, size_t size, size_t capacity)
    CS_EXPORT(CsNdrInBufferBegin);
void CsNdrInBufferEnd(CS_NDR_IN *in) CS_EXPORT(CsNdrInBufferEnd);
void CsNdrInForce(CS_NDR_IN *in, int on) CS_EXPORT(CsNdrInForce);
void CsNdrInKeep(CS_NDR_IN *in, int on) CS_EXPORT(CsNdrInKeep);
int CsNdrInEnter(CS_NDR_IN *in) CS_EXPORT(CsNdrInEnter);
void CsNdrInLeave(CS_NDR_IN *in) CS_EXPORT(CsNdrInLeave);

/* CsNdrInConformance - read arrays and strings.
 *
 * CsNdrInConformance sets Max, Actual = Max and Offset = 0; CsNdrInVariance sets Offset and Actual
 * and refuses what reaches beyond Max; CsNdrInCount is the one count that loops and memory use: the
 * elements that follow, never more than can at smallest bytes each. CsNdrInArray reads count
 * elements of a base type of size bytes; CsNdrInBlocks structures as CsNdrOutBlocks writes them.
 * CsNdrInElements puts into the place memory of
 * spans' Max elements with those that follow read, or on a server the received bytes themselves
 * where they are in our order. A string begins at 0 and its last element is its only zero:
 * CsNdrInString puts it into its place as CsNdrInElements does, CsNdrInStringInto into room
 * elements of the caller's, and CsNdrInFixedString into an array of fixed size.
 *
 * Returns: CsNdrInCount: the count, 0 after a failure. CsNdrInBlocks: 0 when the elements are to be
 * read one by one, for the sender's byte order is another.
 * Threads: a stream belongs to one thread at a time.
 */
void CsNdrInConformance(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions)
    CS_EXPORT(CsNdrInConformance);
void CsNdrInVariance(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions)
    CS_EXPORT(CsNdrInVariance);
size_t CsNdrInCount(CS_NDR_IN *in, CS_NDR_SPAN *spans, size_t dimensions, size_t smallest)
    CS_EXPORT(CsNdrInCount);
void CsNdrInArray(CS_NDR_IN *in, void *to, size_t count, size_t size) CS_EXPORT(CsNdrInArray);
int CsNdrInBlocks(CS_NDR_IN *in, void *to, size_t count, size_t size, size_t alignment)
    CS_EXPORT(CsNdrInBlocks);
void CsNdrInElements(CS_NDR_IN *in, void *place, const CS_NDR_SPAN *span, size_t size)
    CS_EXPORT(CsNdrInElements);
void CsNdrInString(CS_NDR_IN *in, void *place, CS_NDR_SPAN *span, size_t size)
    CS_EXPORT(CsNdrInString);
void CsNdrInStringInto(CS_NDR_IN *in, void *to, size_t room, CS_NDR_SPAN *span, size_t size)
    CS_EXPORT(CsNdrInStringInto);
void CsNdrInFixedString(CS_NDR_IN *in, void *to, size_t room, size_t size)
    CS_EXPORT(CsNdrInFixedString);

/* CsNdrFreeEnter - walk what a server's routine made, once it
 * is written, and give it back.
 *
 * After CsNdrFreeEnter (CsNdrFreeEnterFull for a full pointer) said 1: what p's own pointers lead
 * to, then CsNdrFreeLeave, which gives p to midl_user_free unless it is the call's own memory. 0
 * for NULL, and for an object walked already.
 *
 * Returns: CsNdrFreeEnter, CsNdrFreeEnterFull: 1 to go on, 0 not to.
 * Threads: a walk belongs to one thread.
 */
int CsNdrFreeEnter(CS_NDR_FREE *walk, const void *p) CS_EXPORT(CsNdrFreeEnter);
int CsNdrFreeEnterFull(CS_NDR_FREE *walk, const void *p, const void *type)
    CS_EXPORT(CsNdrFreeEnterFull);
void CsNdrFreeLeave(CS_NDR_FREE *walk, void *p) CS_EXPORT(CsNdrFreeLeave);

/* ---- pipes ---- */

/* A pipe parameter's type: how its elements are marshalled, and on a client how the program's own
 * routines are called, through the structure which the header has for it. */
typedef struct CS_PIPE_TYPE {
    const char *Name;
    ULONG Size;            /* of an element in memory */
    ULONG Align, Wire;     /* and on the wire, from its alignment on */
    ULONG Align64, Wire64; /* the same in NDR64 */
    ULONG Low, High;       /* [range] of a chunk's elements; High 0: none */
    void (*Write)(CS_NDR_OUT *out, const void *from, ULONG count);
    void (*Read)(CS_NDR_IN *in, void *to, ULONG count);
    void (*Pull)(const void *pipe, void *buf, ULONG esize, ULONG *ecount);
    void (*Push)(const void *pipe, void *buf, ULONG ecount);
    void (*Alloc)(const void *pipe, ULONG bsize, void **buf, ULONG *bcount);
} CS_PIPE_TYPE;

/* ---- types that the program's own routines convert or marshal ---- */

/* [transmit_as], [represent_as]: To makes what is sent of an object, From an object of what has
 * come; FreeWire gives back what To has made, FreeObject what From has, but not the object. */
typedef struct CS_NDR_CONVERSION {
    const char *Name;
    size_t Size; /* of an object */
    void (*To)(void *object, void **wire);
    void (*From)(void *wire, void *object);
    void (*FreeWire)(void *wire);
    void (*FreeObject)(void *object);
} CS_NDR_CONVERSION;

/* [wire_marshal], [user_marshal]. */
typedef struct CS_NDR_USER {
    const char *Name;
    size_t ObjectSize;
    size_t WireSize; /* of the octets, if it is always the same and without gaps; else 0 */
    ULONG (*Size)(ULONG *flags, ULONG start, void *object);
    unsigned char *(*Marshal)(ULONG *flags, unsigned char *buffer, void *object);
    unsigned char *(*Unmarshal)(ULONG *flags, unsigned char *buffer, void *object);
    void (*Free)(ULONG *flags, void *object);
    void *(*Allocate)(size_t size); /* midl_user_allocate */
    void (*Release)(void *p);       /* midl_user_free */
} CS_NDR_USER;

/* When a server gives back what was read of such a type. */
#define CS_NDR_RELEASE_FAILED 0   /* a client: if the call fails */
#define CS_NDR_RELEASE_AFTER 1    /* [in], of the type itself: when the call is over */
#define CS_NDR_RELEASE_UNCALLED 2 /* [in], within another: a converted one is the routine's */
#define CS_NDR_RELEASE_UNWALKED 3 /* [in, out]: when the response is walked */

/* CsNdrOutConvert - types that the
 * program's routines convert, [transmit_as] and [represent_as].
 *
 * CsNdrOutConvert makes what is sent of an object, and CsNdrOutConverted gives it back after it was
 * written. Between CsNdrInTemporary(in, 1), which returns what was before, and
 * CsNdrInTemporary(in, that) all memory is the call's; what was read there CsNdrInConvert makes an
 * object of, in its place. CsNdrInRelease says when such objects are given back
 * (CS_NDR_RELEASE_xxx) from here on; an object that was not zero before is the program's own.
 * CsNdrInPlace is where a server's routine may leave an [out] one. CsNdrFreeConverted gives one
 * back while a server's response is walked. A routine that raises an exception fails the call with
 * its code.
 *
 * Returns: CsNdrOutConvert: what To made; NULL after a failure, which sticks to the stream.
 * CsNdrInTemporary: what was on before.
 * Threads: a stream belongs to one thread at a time.
 */
void *CsNdrOutConvert(CS_NDR_OUT *out, const CS_NDR_CONVERSION *conversion, const void *object)
    CS_EXPORT(CsNdrOutConvert);
void CsNdrOutConverted(CS_NDR_OUT *out, const CS_NDR_CONVERSION *conversion, void *wire)
    CS_EXPORT(CsNdrOutConverted);
unsigned CsNdrInTemporary(CS_NDR_IN *in, unsigned on) CS_EXPORT(CsNdrInTemporary);
void CsNdrInConvert(CS_NDR_IN *in, const CS_NDR_CONVERSION *conversion, void *wire, void *object)
    CS_EXPORT(CsNdrInConvert);
void CsNdrInRelease(CS_NDR_IN *in, int when) CS_EXPORT(CsNdrInRelease);
void CsNdrInPlace(CS_NDR_IN *in, const CS_NDR_CONVERSION *conversion, void *object)
    CS_EXPORT(CsNdrInPlace);
void CsNdrFreeConverted(CS_NDR_FREE *walk, const CS_NDR_CONVERSION *conversion, void *object)
    CS_EXPORT(CsNdrFreeConverted);

/* CsNdrOutUser - types that the
 * program's routines marshal, [wire_marshal] and [user_marshal].
 *
 * CsNdrOutUser lets the routines write an object's octets, and is the stream in which the stub then
 * reads them as a value of the wire type; CsNdrOutUserRead says whether that went well and all was
 * read, so that the stub writes this value, and CsNdrOutUserEnd ends it. The other way round the
 * stub reads a value between CsNdrInTemporary and its end, writes it to CsNdrInUser, and
 * CsNdrInUserEnd hands the octets to the routine that makes the object of them.
 * CsNdrInUserPointer reads the pointer's place among the fields where the wire type is one
 * (CS_NDR_xxx), CsNdrInUserFollow whether what it leads to comes: an object whose pointer is null
 * stays as it was. CsNdrInUserPlace is where a server's routine may leave an [out] one.
 * CsNdrFreeUser gives one back while a server's response is walked. A routine that raises an
 * exception fails the call with its code; one that leaves its buffer fails it, too.
 *
 * Returns: CsNdrOutUser, CsNdrInUser: the stream; NULL after a failure. CsNdrOutUserRead,
 * CsNdrInUserFollow: 1 to go on, 0 not to.
 * Threads: a stream belongs to one thread at a time.
 */
CS_NDR_IN *CsNdrOutUser(CS_NDR_OUT *out, const CS_NDR_USER *user, const void *object)
    CS_EXPORT(CsNdrOutUser);
int CsNdrOutUserRead(CS_NDR_OUT *out, CS_NDR_IN *in) CS_EXPORT(CsNdrOutUserRead);
void CsNdrOutUserEnd(CS_NDR_OUT *out, CS_NDR_IN *in) CS_EXPORT(CsNdrOutUserEnd);
void CsNdrInUserPointer(CS_NDR_IN *in, int kind, void *object) CS_EXPORT(CsNdrInUserPointer);
int CsNdrInUserFollow(CS_NDR_IN *in, void *object) CS_EXPORT(CsNdrInUserFollow);
CS_NDR_OUT *CsNdrInUser(CS_NDR_IN *in) CS_EXPORT(CsNdrInUser);
void CsNdrInUserPlace(CS_NDR_IN *in, const CS_NDR_USER *user, void *object)
    CS_EXPORT(CsNdrInUserPlace);
void CsNdrInUserEnd(CS_NDR_IN *in, CS_NDR_OUT *out, const CS_NDR_USER *user, void *object)
    CS_EXPORT(CsNdrInUserEnd);
void CsNdrFreeUser(CS_NDR_FREE *walk, const CS_NDR_USER *user, void *object)
    CS_EXPORT(CsNdrFreeUser);

/* The low word of the flags of such a routine; the high word is the data's representation: bits 31
 * to 24 floats (0 IEEE), 23 to 20 integers (1 little-endian), 19 to 16 characters (0 ASCII). */
typedef enum tagMSHCTX {
    MSHCTX_LOCAL = 0,
    MSHCTX_NOSHAREDMEM = 1,
    MSHCTX_DIFFERENTMACHINE = 2, /* in every call by RPC */
    MSHCTX_INPROC = 3
} MSHCTX;

struct IRpcChannelBuffer; /* COM's, which is not carried */

typedef struct _NDR_USER_MARSHAL_INFO_LEVEL1 {
    void *Buffer;
    ULONG BufferSize;
    void *(*pfnAllocate)(size_t size);
    void (*pfnFree)(void *p);
    struct IRpcChannelBuffer *pRpcChannelBuffer; /* NULL */
    ULONG_PTR Reserved[5];
} NDR_USER_MARSHAL_INFO_LEVEL1;

typedef struct _NDR_USER_MARSHAL_INFO {
    ULONG InformationLevel;
    union {
        NDR_USER_MARSHAL_INFO_LEVEL1 Level1;
    };
} NDR_USER_MARSHAL_INFO;

/* NdrGetUserMarshalInfo - the buffer of a UserMarshal or UserUnmarshal routine, and who gives
 * memory.
 *
 * pFlags is the pointer the routine was given, InformationLevel 1. In a UserSize or a UserFree
 * routine there is no buffer: Buffer is NULL and BufferSize 0.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for another level, and for a pFlags that is not that of a
 * routine which runs on this thread.
 * Threads: safe.
 * Source: sdk-api-src/content/rpcndr/nf-rpcndr-ndrgetusermarshalinfo.md
 */
RPC_STATUS NdrGetUserMarshalInfo(ULONG *pFlags, ULONG InformationLevel,
                                 NDR_USER_MARSHAL_INFO *pMarshalInfo)
    CS_EXPORT(NdrGetUserMarshalInfo);

/* ---- a client's call ---- */

/* On the stub's stack, so that a call asks for no memory; CsClientBegin fills it. */
typedef struct CS_CLIENT_CALL {
    uintptr_t Opaque[128];
} CS_CLIENT_CALL;

/* CsClientBegin - one call of a client.
 *
 * CsClientBegin is given the binding (NULL where there is none, which fails the call), the
 * operation's number and CS_CALL_xxx, and is the stream for the [in] parameters, never NULL: its
 * failures, too, are CsClientEnd's to tell. CsClientSend sends them and waits; it is the stream of
 * the [out] parameters, or NULL when there is nothing to read because the call failed. CsClientEnd
 * sees that all was read, ends what the call held and says how it went; a stub raises what is not
 * RPC_S_OK. CsClientBegin and CsClientEnd stand in pairs, with or without CsClientSend.
 *
 * Returns: CsClientEnd: RPC_S_OK, or the status to raise; of a [message] RPC_S_SERVER_TOO_BUSY
 * where its queue is full, RPC_S_OUT_OF_RESOURCES where the queue manager's disk is. Threads: a
 * call belongs to one thread; a binding may serve many.
 */
CS_NDR_OUT *CsClientBegin(CS_CLIENT_CALL *call, const CS_CLIENT_INTERFACE *face,
                          RPC_BINDING_HANDLE binding, unsigned opnum, unsigned flags)
    CS_EXPORT(CsClientBegin);
CS_NDR_IN *CsClientSend(CS_CLIENT_CALL *call) CS_EXPORT(CsClientSend);
RPC_STATUS CsClientEnd(CS_CLIENT_CALL *call) CS_EXPORT(CsClientEnd);

/* CsClientReport - give a call's status to [comm_status] and [fault_status].
 *
 * comm and fault are where the two go; NULL where the function lacks the attribute; both may be
 * the same. A status that says how the connection fared goes to comm, one that the server sent
 * or caused goes to fault. A place that does not get it is set to 0 only after RPC_S_OK where the
 * function does not set it itself, which the stub knows.
 *
 * Returns: RPC_S_OK when the status had a place; else the status, which the stub raises.
 * Threads: safe.
 */
RPC_STATUS CsClientReport(RPC_STATUS status, ULONG *comm, ULONG *fault) CS_EXPORT(CsClientReport);

/* CsClientPipeIn - the pipes of a client's call.
 *
 * pipe is the program's own structure. CsClientPipeIn, after all other [in] parameters are written
 * and in the order of the parameters, pulls until there is no more, and sends what it gets while it
 * does; CsClientPipeOut, before any other [out] parameter is read, pushes what comes. A status that
 * a routine of the program raises is what CsClientEnd returns.
 *
 * Returns: nothing; CsClientEnd tells. RPC_X_PIPE_APP_MEMORY where alloc gave no room for one
 * element, RPC_X_INVALID_BOUND where pull says it put in more than there was room for.
 * Threads: a call belongs to one thread.
 */
void CsClientPipeIn(CS_CLIENT_CALL *call, const void *pipe, const CS_PIPE_TYPE *type)
    CS_EXPORT(CsClientPipeIn);
void CsClientPipeOut(CS_CLIENT_CALL *call, const void *pipe, const CS_PIPE_TYPE *type)
    CS_EXPORT(CsClientPipeOut);

/* CsClientCallbacks - let the server call back in a client's call.
 *
 * Between CsClientBegin and CsClientSend: while that waits, the calling thread runs the procedures
 * of callbacks that the server calls. Without it a callback is answered with the fault
 * nca_s_op_rng_error. In a callback the thread may call the server again, as deep as sixteen calls
 * in each other. RPC_C_OPT_CALL_TIMEOUT is for the whole call then, callbacks included.
 *
 * Returns: nothing.
 * Threads: a call belongs to one thread at a time.
 * Source: desktop-src/Midl/callback.md
 */
void CsClientCallbacks(CS_CLIENT_CALL *call, const CS_CALLBACKS *callbacks)
    CS_EXPORT(CsClientCallbacks);

/* ---- a client's asynchronous call ---- */

typedef struct CS_ASYNC_PROCEDURE {
    unsigned Opnum, Flags;
    size_t ArgumentsSize;
    /* Reads the [out] parameters into the places arguments tells, the result into *reply if that
     * is not NULL, and ends the call. */
    RPC_STATUS (*Complete)(CS_CLIENT_CALL *call, const void *arguments, void *reply);
} CS_ASYNC_PROCEDURE;

struct _RPC_ASYNC_STATE;

/* CsAsyncBegin - one asynchronous call of a client.
 *
 * CsAsyncBegin makes the call, never NULL: its failures, too, are CsAsyncSend's to tell. arguments
 * is copied, for procedure's Complete. CsAsyncOut is the stream for the [in] parameters, never
 * NULL. CsAsyncSend sends them and does not wait; after a status the call is gone, and the stub
 * raises it. RpcAsyncCompleteCall then calls Complete, for which CsAsyncIn is the stream of the
 * [out] parameters, or NULL when there is nothing to read because the call failed; CsClientEnd ends
 * that.
 *
 * Returns: CsAsyncSend: RPC_S_OK, or the status to raise: RPC_S_INVALID_ASYNC_HANDLE,
 * RPC_S_INVALID_ASYNC_CALL (the state is in use), RPC_S_CANNOT_SUPPORT (its notification), or as
 * a synchronous call's.
 * Threads: a call belongs to one thread at a time; a binding may serve many.
 */
CS_CLIENT_CALL *CsAsyncBegin(struct _RPC_ASYNC_STATE *state, const CS_CLIENT_INTERFACE *face,
                             RPC_BINDING_HANDLE binding, const CS_ASYNC_PROCEDURE *procedure,
                             const void *arguments) CS_EXPORT(CsAsyncBegin);
CS_NDR_OUT *CsAsyncOut(CS_CLIENT_CALL *call) CS_EXPORT(CsAsyncOut);
RPC_STATUS CsAsyncSend(CS_CLIENT_CALL *call) CS_EXPORT(CsAsyncSend);
CS_NDR_IN *CsAsyncIn(CS_CLIENT_CALL *call) CS_EXPORT(CsAsyncIn);

/* CsCallbackBegin - call the client back, on a server.
 *
 * By a thread that serves a call of the interface, in place of CsClientBegin; CsClientSend and
 * CsClientEnd follow as for any call. It goes to the client that waits for the call, on its
 * connection and as protected as the call is.
 *
 * Returns: the stream for the [in] parameters, never NULL. CsClientEnd tells of failures:
 * RPC_S_NO_CALL_ACTIVE (this thread serves no call), RPC_S_UNKNOWN_IF (one of another interface),
 * RPC_S_CANNOT_SUPPORT (one that is asynchronous, has pipes, or is [maybe]), RPC_S_CALL_CANCELLED
 * (no answer within two minutes), RPC_S_CALL_FAILED (the client is gone), RPC_S_SERVER_TOO_BUSY
 * (half of the calls that the program allows wait for their clients), or what the client raised.
 * Threads: the thread that serves the call.
 * Source: desktop-src/Midl/callback.md
 */
CS_NDR_OUT *CsCallbackBegin(CS_CLIENT_CALL *call, const CS_SERVER_INTERFACE *face, unsigned opnum,
                            unsigned flags) CS_EXPORT(CsCallbackBegin);

typedef struct CS_ASYNC_PIPE CS_ASYNC_PIPE; /* one pipe of an asynchronous call, of either side */

/* CsAsyncPipe - the asynchronous pipes of a client's call.
 *
 * CsAsyncPipe is asked for each pipe parameter in their order (flags CS_PIPE_xxx), after all else
 * was written and before CsAsyncSend; what it returns is the state of the pipe that the program
 * gets back. CsServerAsyncPipe is the same on a server, before CsServerReady and CsServerAsync.
 * Neither waits: CsAsyncPipePull gives what is here, at most esize elements, 0 at the end of the
 * pipe; CsAsyncPipePush takes all that it is given, and 0 elements end the pipe.
 *
 * Returns: CsAsyncPipe, CsServerAsyncPipe: the state; NULL after a failure, which CsAsyncSend or
 * CsServerReady tells. The others: RPC_S_OK; RPC_S_ASYNC_CALL_PENDING (nothing is here,
 * RpcReceiveComplete will be notified; or too much has not left, RpcSendComplete will);
 * RPC_X_WRONG_PIPE_ORDER; RPC_X_PIPE_EMPTY; RPC_X_PIPE_CLOSED; RPC_X_PIPE_APP_MEMORY;
 * RPC_X_NULL_REF_POINTER; RPC_X_BAD_STUB_DATA; RPC_S_ACCESS_DENIED; RPC_S_CALL_CANCELLED;
 * RPC_S_CALL_FAILED; of a client's also what the server's fault says; RPC_S_CANNOT_SUPPORT and
 * RPC_S_INVALID_ARG of the notification. Threads: the pipes of a call belong to one thread at a
 * time.
 */
CS_ASYNC_PIPE *CsAsyncPipe(CS_CLIENT_CALL *call, const CS_PIPE_TYPE *type, unsigned flags)
    CS_EXPORT(CsAsyncPipe);
CS_ASYNC_PIPE *CsServerAsyncPipe(struct CS_SERVER_CALL *call, const CS_PIPE_TYPE *type,
                                 unsigned flags) CS_EXPORT(CsServerAsyncPipe);
RPC_STATUS CsAsyncPipePull(CS_ASYNC_PIPE *pipe, void *buf, ULONG esize, ULONG *ecount)
    CS_EXPORT(CsAsyncPipePull);
RPC_STATUS CsAsyncPipePush(CS_ASYNC_PIPE *pipe, const void *buf, ULONG ecount)
    CS_EXPORT(CsAsyncPipePush);

/* NULL is no handle: what it means where a client sends one. */
#define CS_CONTEXT_NULL_REFUSED 0 /* [in] alone: RPC_X_SS_IN_NULL_CONTEXT */
#define CS_CONTEXT_NULL_ALLOWED 1 /* [in, out] */

/* CsClientContextOut - context handles of a client.
 *
 * CsClientContextOut writes the handle to the call's [in] parameters (flags CS_CONTEXT_NULL_xxx).
 * CsClientContextIn reads one from its [out] parameters into *context: a new one; the one that is
 * there, with another value; or NULL, and what was there is freed, when the server has closed it.
 * The place is set by CsClientEnd, and only if the call went well.
 * CsClientContextBinding is the binding the handle was made with, NULL for NULL; it stays the
 * handle's.
 *
 * Returns: CsClientContextBinding: the binding, or NULL.
 * Threads: a call belongs to one thread; a handle may be used by many until it is closed.
 */
void CsClientContextOut(CS_CLIENT_CALL *call, const void *context, unsigned flags)
    CS_EXPORT(CsClientContextOut);
void CsClientContextIn(CS_CLIENT_CALL *call, void **context) CS_EXPORT(CsClientContextIn);
RPC_BINDING_HANDLE CsClientContextBinding(const void *context) CS_EXPORT(CsClientContextBinding);

/* ---- a server's call ---- */

/* CsServerIn - one call of a server.
 *
 * CsServerIn is the stream of the [in] parameters. CsServerNew is zeroed memory for an [out]
 * parameter, until the call's end; NULL after a failure, which CsServerReady tells. CsServerReady
 * ends the reading: after 0 the runtime answers with a fault, and the stub returns at once.
 * CsServerCalled is what [notify_flag] hands to its routine: TRUE once CsServerReady has said 1.
 * CsServerBinding is what an explicit handle_t parameter is on a server, CsServerManager the
 * entry-point vector. CsServerOut is the stream of the [out] parameters and of the result;
 * CsServerFree gives back, after all was written to that, what the routine allocated with
 * midl_user_allocate. CsServerFree is
 * NULL where the response could not be written: nothing is freed then, for its graph may be a
 * circle. None of the others is NULL but CsServerNew's. The runtime has an RpcTryExcept
 * around the procedure and answers an exception with a fault.
 *
 * Returns: CsServerReady: 1 to go on, 0 to return. CsServerCalled: TRUE or FALSE.
 * Threads: a call belongs to one thread.
 */
CS_NDR_IN *CsServerIn(CS_SERVER_CALL *call) CS_EXPORT(CsServerIn);
void *CsServerNew(CS_SERVER_CALL *call, size_t count, size_t size) CS_EXPORT(CsServerNew);
int CsServerReady(CS_SERVER_CALL *call) CS_EXPORT(CsServerReady);
boolean CsServerCalled(CS_SERVER_CALL *call) CS_EXPORT(CsServerCalled);
RPC_BINDING_HANDLE CsServerBinding(CS_SERVER_CALL *call) CS_EXPORT(CsServerBinding);
const void *CsServerManager(CS_SERVER_CALL *call) CS_EXPORT(CsServerManager);
CS_NDR_OUT *CsServerOut(CS_SERVER_CALL *call) CS_EXPORT(CsServerOut);
CS_NDR_FREE *CsServerFree(CS_SERVER_CALL *call) CS_EXPORT(CsServerFree);

#define CS_PIPE_IN 0x00000001
#define CS_PIPE_OUT 0x00000002

typedef struct CS_SERVER_PIPE CS_SERVER_PIPE; /* one pipe of a call, for the time of the call */

/* CsServerPipe - the pipes of a server's call.
 *
 * CsServerPipe is asked for each pipe parameter in their order (flags CS_PIPE_xxx), before
 * CsServerReady; what it returns is the state of the pipe that the routine gets. CsServerPipePull
 * waits for elements, at most esize of them: *ecount is 0 at the end. CsServerPipePush waits until
 * ecount elements are on their way; 0 ends the pipe. What the routine pulled is known to be meant
 * for it when the last [in] pipe has ended: where the request was altered, that pull raises.
 *
 * Returns: CsServerPipe: the state; NULL after a failure, which CsServerReady tells. The others
 * raise: RPC_X_WRONG_PIPE_ORDER, RPC_X_PIPE_EMPTY, RPC_X_PIPE_CLOSED, RPC_X_PIPE_APP_MEMORY,
 * RPC_X_INVALID_BOUND, RPC_X_BAD_STUB_DATA, RPC_S_ACCESS_DENIED; RPC_S_CALL_FAILED where the client
 * is gone. A routine that returns before all its pipes have ended fails the call:
 * RPC_X_PIPE_DISCIPLINE_ERROR.
 * Threads: a call belongs to one thread.
 */
CS_SERVER_PIPE *CsServerPipe(CS_SERVER_CALL *call, const CS_PIPE_TYPE *type, unsigned flags)
    CS_EXPORT(CsServerPipe);
void CsServerPipePull(CS_SERVER_PIPE *pipe, void *buf, ULONG esize, ULONG *ecount)
    CS_EXPORT(CsServerPipePull);
void CsServerPipePush(CS_SERVER_PIPE *pipe, const void *buf, ULONG ecount)
    CS_EXPORT(CsServerPipePush);

/* ---- a server's asynchronous call ---- */

typedef struct CS_SERVER_ASYNC {
    int HasResult; /* RpcAsyncCompleteCall must be given a Reply */
    /* Writes the [out] parameters that kept tells, and *reply. */
    void (*Respond)(CS_SERVER_CALL *call, void *kept, const void *reply);
} CS_SERVER_ASYNC;

/* CsServerAsync - make a server's call asynchronous.
 *
 * Stands before the call of the routine, which is given what this returns: from then on the stub
 * touches neither the call nor kept, memory of the call's. RpcAsyncCompleteCall, by any thread,
 * calls Respond; RpcAsyncAbortCall, or an exception of the routine, ends the call without.
 *
 * Returns: the routine's handle; NULL when there is no memory: the stub returns at once.
 * Threads: a call belongs to one thread at a time.
 */
struct _RPC_ASYNC_STATE *CsServerAsync(CS_SERVER_CALL *call, const CS_SERVER_ASYNC *how, void *kept)
    CS_EXPORT(CsServerAsync);

#define CS_CONTEXT_STRICT 0x00000001       /* [strict_context_handle] */
#define CS_CONTEXT_TYPE_STRICT 0x00000002  /* [type_strict_context_handle] */
#define CS_CONTEXT_SERIALIZE 0x00000004    /* [context_handle_serialize] */
#define CS_CONTEXT_NO_SERIALIZE 0x00000008 /* [context_handle_noserialize] */

/* A type of context handle; known by its address. */
typedef struct CS_CONTEXT_TYPE {
    const char *Name;
    void (*Rundown)(void *context); /* NULL for the parameter form, which has none */
    unsigned Flags;                 /* CS_CONTEXT_xxx */
} CS_CONTEXT_TYPE;

typedef struct CS_SERVER_CONTEXT CS_SERVER_CONTEXT; /* one handle, for the time of one call */

/* CsServerContextIn - context handles
 * of a server.
 *
 * CsServerContextIn reads one from the [in] parameters and holds it, by itself or beside others as
 * its type says, until the call's end (flags CS_CONTEXT_NULL_xxx); CsServerContextNew is the place
 * of one that is [out] only. Neither is NULL. CsServerContextGet is what the server's routines know
 * the handle as; NULL in a new one, and after a failure. CsServerContextOut writes what the routine
 * made of it to the [out] parameters: NULL closes it.
 *
 * Returns: CsServerContextGet: the server's own pointer.
 * Threads: a call belongs to one thread.
 */
CS_SERVER_CONTEXT *CsServerContextIn(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type,
                                     unsigned flags) CS_EXPORT(CsServerContextIn);
CS_SERVER_CONTEXT *CsServerContextNew(CS_SERVER_CALL *call, const CS_CONTEXT_TYPE *type)
    CS_EXPORT(CsServerContextNew);
void *CsServerContextGet(CS_SERVER_CONTEXT *context) CS_EXPORT(CsServerContextGet);
void CsServerContextOut(CS_SERVER_CALL *call, CS_SERVER_CONTEXT *context, void *value)
    CS_EXPORT(CsServerContextOut);

/* ---- RpcSs memory ---- */

typedef void *__RPC_API RPC_CLIENT_ALLOC(size_t Size);
typedef void __RPC_API RPC_CLIENT_FREE(void *Ptr);
typedef void *RPC_SS_THREAD_HANDLE;

/* RpcSmEnableAllocate, RpcSsEnableAllocate - enter a memory-management environment.
 *
 * A new one, for this thread, or once more the one it is in. The RpcSm function returns its
 * status, the RpcSs one raises it, here and below.
 *
 * A procedure with [enable_allocate] (all with -rpcss, and with -osf those that need memory) is in
 * one of its own while a server's routine runs: what the routine allocates for its [out] parameters
 * is given back when they are written, also after an exception. Anything else among them still goes
 * to midl_user_free.
 *
 * Returns: RPC_S_OK; RPC_S_OUT_OF_MEMORY.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmEnableAllocate, RpcSsEnableAllocate
 */
RPC_STATUS RpcSmEnableAllocate(void) CS_EXPORT(RpcSmEnableAllocate);
void RpcSsEnableAllocate(void) CS_EXPORT(RpcSsEnableAllocate);

/* RpcSmDisableAllocate, RpcSsDisableAllocate - leave it.
 *
 * The one that belongs to the first RpcSmEnableAllocate ends it, and gives all its memory back, for
 * every thread that shares it. The environment of a server's call ends with the call alone.
 *
 * Returns: RPC_S_OK, also outside of any environment.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmDisableAllocate, RpcSsDisableAllocate
 */
RPC_STATUS RpcSmDisableAllocate(void) CS_EXPORT(RpcSmDisableAllocate);
void RpcSsDisableAllocate(void) CS_EXPORT(RpcSsDisableAllocate);

/* RpcSmAllocate, RpcSsAllocate - memory of the thread's environment.
 *
 * Aligned for any type, not cleared.
 *
 * Returns: the memory; NULL with *pStatus RPC_S_OUT_OF_MEMORY, or RPC_S_INVALID_ARG outside of any
 * environment. pStatus may be NULL.
 * Threads: safe; of an environment that threads share, any may allocate at any time.
 * Source: rpcndr.h, RpcSmAllocate, RpcSsAllocate
 */
void *RpcSmAllocate(size_t Size, RPC_STATUS *pStatus) CS_EXPORT(RpcSmAllocate);
void *RpcSsAllocate(size_t Size) CS_EXPORT(RpcSsAllocate);

/* RpcSmFree, RpcSsFree - mark memory of the environment as no more needed.
 *
 * It is given back when the environment ends, and stays readable until then.
 *
 * Returns: RPC_S_OK, for NULL too; RPC_S_INVALID_ARG for what is not of the thread's environment.
 * Threads: safe.
 * Source: rpcndr.h, RpcSmFree, RpcSsFree
 */
RPC_STATUS RpcSmFree(void *NodeToFree) CS_EXPORT(RpcSmFree);
void RpcSsFree(void *NodeToFree) CS_EXPORT(RpcSsFree);

/* RpcSmGetThreadHandle, RpcSsGetThreadHandle - what stands for the thread's environment.
 *
 * For RpcSmSetThreadHandle, in another thread or in this one later.
 *
 * Returns: the handle; NULL outside of any environment, with *pStatus RPC_S_OK, and with
 * RPC_S_OUT_OF_MEMORY. pStatus may be NULL.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmGetThreadHandle, RpcSsGetThreadHandle
 */
RPC_SS_THREAD_HANDLE RpcSmGetThreadHandle(RPC_STATUS *pStatus) CS_EXPORT(RpcSmGetThreadHandle);
RPC_SS_THREAD_HANDLE RpcSsGetThreadHandle(void) CS_EXPORT(RpcSsGetThreadHandle);

/* RpcSmSetThreadHandle, RpcSsSetThreadHandle - enter the environment of another thread.
 *
 * NULL: leave the one the thread is in, without ending it.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for one that has ended, and for what was never one.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmSetThreadHandle, RpcSsSetThreadHandle
 */
RPC_STATUS RpcSmSetThreadHandle(RPC_SS_THREAD_HANDLE Id) CS_EXPORT(RpcSmSetThreadHandle);
void RpcSsSetThreadHandle(RPC_SS_THREAD_HANDLE Id) CS_EXPORT(RpcSsSetThreadHandle);

/* RpcSmSetClientAllocFree, RpcSsSetClientAllocFree - whose memory a client's results are in.
 *
 * For the calls of this thread whose procedure has [enable_allocate]. Else they are in the thread's
 * environment, or from midl_user_allocate where it is in none. The function must not raise.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for NULL.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmSetClientAllocFree, RpcSsSetClientAllocFree
 */
RPC_STATUS RpcSmSetClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree)
    CS_EXPORT(RpcSmSetClientAllocFree);
void RpcSsSetClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree)
    CS_EXPORT(RpcSsSetClientAllocFree);

/* RpcSmSwapClientAllocFree, RpcSsSwapClientAllocFree - the same, and what was there before.
 *
 * Where nothing was set, the old ones are RpcSsAllocate and RpcSsFree in an environment, and our
 * own outside of one; to set these again is to set none.
 *
 * Returns: RPC_S_OK; RPC_S_INVALID_ARG for NULL.
 * Threads: concern the calling thread.
 * Source: rpcndr.h, RpcSmSwapClientAllocFree, RpcSsSwapClientAllocFree
 */
RPC_STATUS RpcSmSwapClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree,
                                    RPC_CLIENT_ALLOC **OldClientAlloc,
                                    RPC_CLIENT_FREE **OldClientFree)
    CS_EXPORT(RpcSmSwapClientAllocFree);
void RpcSsSwapClientAllocFree(RPC_CLIENT_ALLOC *ClientAlloc, RPC_CLIENT_FREE *ClientFree,
                              RPC_CLIENT_ALLOC **OldClientAlloc, RPC_CLIENT_FREE **OldClientFree)
    CS_EXPORT(RpcSsSwapClientAllocFree);

/* RpcSmClientFree - give back what a client's stub returned, whoever allocated it.
 *
 * Of the thread's environment, of what RpcSmSetClientAllocFree set, or of the midl_user_free of the
 * interface that was called last in this thread with [enable_allocate].
 *
 * Returns: RPC_S_OK.
 * Threads: concerns the calling thread.
 * Source: rpcndr.h, RpcSmClientFree
 */
RPC_STATUS RpcSmClientFree(void *pNodeToFree) CS_EXPORT(RpcSmClientFree);

/* ---- what the application defines ---- */

#define MIDL_user_allocate midl_user_allocate
#define MIDL_user_free midl_user_free

void *midl_user_allocate(size_t size);
void midl_user_free(void *p);

/* RpcUserFree - reserved on Windows, and not supported there either.
 *
 * Returns: nothing; raises RPC_S_CANNOT_SUPPORT.
 * Threads: safe.
 * Source: rpcndr.h, RpcUserFree
 */
void RpcUserFree(handle_t AsyncHandle, void *pBuffer) CS_EXPORT(RpcUserFree);

CS_EXTERN_C_END

#endif
