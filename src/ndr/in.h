/* SPDX-License-Identifier: Apache-2.0
 * in.h - NDR read: what a stub calls for each type.  C706 14.2 and 14.3
 *
 * The first failure sticks: what is read after it is zero, NULL or empty, no memory is asked for,
 * and counts are 0, so a loop over them ends. Look at in.r.err at the end. What a fault leaves
 * half read is never handed on; ndr_arena_done frees it.
 */
#pragma once

#include <uchar.h>

#include "base/reader.h"
#include "ndr/arena.h"
#include "ndr/full.h"
#include "ndr/ndr.h"

struct ndr_made;
struct ndr_node;
struct ndr_release;
struct ndr_source;

/* What a program gave for memory that becomes its own: midl_user_allocate and midl_user_free. */
struct ndr_user {
    void *(*allocate)(size_t size);
    void (*release)(void *p);
};

struct ndr_in {
    struct reader r; /* its base is where alignment is counted from */
    struct ndr_drep drep;
    bool swap; /* the peer's integers are not in our order */
    bool wide; /* NDR64 */
    unsigned depth;
    size_t gap; /* octets that nothing reads, at most: alignment before what followed the stub */
    struct ndr_arena *arena;
    struct ndr_fulls *fulls;
    struct ndr_handles *handles; /* of ndr/handles.h; NULL: none came */
    struct ndr_source *source;   /* of ndr/pipe.h: whence the rest comes; NULL: all is here */
    /* Of ndr/place.h. */
    struct ndr_user user;
    bool owned;       /* what is read becomes the program's: a client's; else all is the arena's */
    bool keep;        /* an object that is already in its place is read over */
    void *full_token; /* of the full pointer followed now */
    const void *full_type;
    struct ndr_made *made; /* what a failure undoes */
    size_t made_count, made_capacity;
    size_t room;        /* bytes of ndr_in_room */
    struct ndr_buffer { /* [byte_count]: where pointers' objects go, of the program's memory */
        char *at;
        size_t left;
        bool on;
    } buffer;
    /* Of types that the program's own routines marshal, and of ndr/release.h. */
    unsigned temporary;      /* what is read is the call's, until a routine made something of it */
    uint32_t raised;         /* the exception that such a routine raised */
    struct ndr_fulls absent; /* objects whose pointer on the wire is null */
    struct ndr_releases {
        struct ndr_release *each;
        size_t count, capacity;
        unsigned when;       /* enum ndr_release_when, of what is read now */
        bool called, walked; /* reading ended well; the stub gives back the response's itself */
    } release;
    struct ndr_graph {
        unsigned depth, number; /* how many are open; the one that is read now, or was last */
        bool one_block;
        bool outer_owned, outer_keep; /* as it was before */
        struct ndr_node *nodes;       /* of all graphs of one block each, the newest first */
    } graph;
};

/* stub, arena and fulls stay the caller's and outlive the stream; fulls may be NULL where the
 * types have no full pointer. NDR_64 is little-endian, ASCII and IEEE: ERR_MALFORMED for another
 * drep.  [MS-RPCE] 2.2.5 */
MUST_CHECK enum err ndr_in_begin(struct bytes stub, enum ndr_syntax syntax, struct ndr_drep drep,
                                 struct ndr_arena *arena, struct ndr_fulls *fulls,
                                 struct ndr_in *ret) SHARED(ndr_in_begin);
/* Nothing but the gap may be left; returns the stream's error. */
MUST_CHECK enum err ndr_in_end(struct ndr_in *in) SHARED(ndr_in_end);
/* Makes e the stream's error, unless it has one, and says why. */
void ndr_in_fail(struct ndr_in *in, enum err e, const char *fmt, ...) SHARED(ndr_in_fail)
    __attribute__((format(printf, 3, 4)));

/* Around what may hold itself. False beyond NDR_DEPTH_MAX and after a failure: do not go on;
 * ndr_in_leave is called after true only. */
MUST_CHECK bool ndr_in_enter(struct ndr_in *in) SHARED(ndr_in_enter);
void ndr_in_leave(struct ndr_in *in) SHARED(ndr_in_leave);

/* To the next multiple of n = 1, 2, 4 or 8: before a structure whose widest member has n bytes. */
void ndr_in_align(struct ndr_in *in, size_t n) SHARED(ndr_in_align);
/* The same with a number for each syntax. */
void ndr_in_align_as(struct ndr_in *in, size_t ndr20, size_t ndr64) SHARED(ndr_in_align_as);
/* Behind a structure's last member: what NDR64 fills up to its alignment, and NDR20 does not. Where
 * the stub ends there, it may end without.  [MS-RPCE] 2.2.5.3.4.1 */
void ndr_in_pad(struct ndr_in *in, size_t n) SHARED(ndr_in_pad);

/* Base types, each aligned to its size. Signed ones are these, converted; wchar_t is u16,
 * error_status_t u32.  C706 14.2 */
uint8_t ndr_in_u8(struct ndr_in *in) SHARED(ndr_in_u8);
uint16_t ndr_in_u16(struct ndr_in *in) SHARED(ndr_in_u16);
uint32_t ndr_in_u32(struct ndr_in *in) SHARED(ndr_in_u32);
uint64_t ndr_in_u64(struct ndr_in *in) SHARED(ndr_in_u64);
float ndr_in_float(struct ndr_in *in) SHARED(ndr_in_float);
double ndr_in_double(struct ndr_in *in) SHARED(ndr_in_double);
char ndr_in_char(struct ndr_in *in) SHARED(ndr_in_char);
/* Any octet but 0 is true, and true is 1. */
bool ndr_in_boolean(struct ndr_in *in) SHARED(ndr_in_boolean);
/* An enumeration: 16 bits, in NDR64 32, of which values outside 0 to 32767 are refused; with
 * [v1_enum] 32 bits, all of them. */
int ndr_in_enum16(struct ndr_in *in) SHARED(ndr_in_enum16);
int ndr_in_v1_enum(struct ndr_in *in) SHARED(ndr_in_v1_enum);
/* __int3264: 32 bits, extended; in NDR64 64.  [MS-RPCE] 3.1.1.5.1.1 */
int64_t ndr_in_int3264(struct ndr_in *in) SHARED(ndr_in_int3264);
uint64_t ndr_in_uint3264(struct ndr_in *in) SHARED(ndr_in_uint3264);
/* A number of elements: 32 bits, in NDR64 64. */
size_t ndr_in_size(struct ndr_in *in) SHARED(ndr_in_size);
void ndr_in_context(struct ndr_in *in, struct ndr_context *ret) SHARED(ndr_in_context);

/* What [range], an enumeration's values and a correlation demand: fails ERR_MALFORMED unless
 * low <= v <= high. Returns v, or low after a failure. */
int64_t ndr_in_range(struct ndr_in *in, int64_t v, int64_t low, int64_t high) SHARED(ndr_in_range);
uint64_t ndr_in_range_unsigned(struct ndr_in *in, uint64_t v, uint64_t low, uint64_t high)
    SHARED(ndr_in_range_unsigned);
/* A number told twice must be one: a union's discriminant, an array's count and the argument
 * that size_is names.  C706 14.3.8 */
void ndr_in_same(struct ndr_in *in, uint64_t wire, uint64_t said) SHARED(ndr_in_same);
/* No arm of the union has this discriminant. */
void ndr_in_no_arm(struct ndr_in *in, int64_t discriminant) SHARED(ndr_in_no_arm);

/* Zeroed, from the arena; NULL after a failure only. */
void *ndr_in_new(struct ndr_in *in, size_t count, size_t size) SHARED(ndr_in_new);

/* A pointer, step one: its place among the fields. What is returned stands for the referent
 * until step two and must not be followed; NULL for a null pointer, which NDR_REF refuses.
 * Step two of NDR_REF and NDR_UNIQUE: if it is not NULL, replace it by ndr_in_new and read that.
 * (A ref pointer that is itself a parameter has no place on the wire.)  C706 14.3.10, 14.3.11 */
void *ndr_in_pointer(struct ndr_in *in, enum ndr_pointer kind) SHARED(ndr_in_pointer);
/* The place of one that nobody follows, whatever stands there: [ignore]. */
void ndr_in_ignored(struct ndr_in *in) SHARED(ndr_in_ignored);

/* Step two of NDR_FULL. *ret_fresh: the referent's data follows; else the result is the object.
 * With fresh, a result that is not NULL is the object as the call's other direction knew it, its
 * data to be read over it where the type has a fixed size; for NULL make one with ndr_in_new.
 * Hand either to ndr_in_full_is before reading into it: cycles then find it.
 * ERR_MALFORMED for an identifier that stands for an object of another type. */
void *ndr_in_full(struct ndr_in *in, void *token, const void *type, bool *ret_fresh)
    SHARED(ndr_in_full);
void ndr_in_full_is(struct ndr_in *in, void *token, const void *type, void *object)
    SHARED(ndr_in_full_is);

/* An array's counts, each of dims dimensions, then the one count that everything uses. A fixed
 * dimension: set max = actual, offset = 0 yourself. A conformant structure reads its conformance
 * before its first field.  C706 14.3.3, 14.3.7 */
void ndr_in_conformance(struct ndr_in *in, struct ndr_span *spans, size_t dims)
    SHARED(ndr_in_conformance); /* sets max, actual = max, offset = 0 */
void ndr_in_variance(struct ndr_in *in, struct ndr_span *spans, size_t dims)
    SHARED(ndr_in_variance); /* sets offset, actual; refuses what reaches beyond max */
/* The elements that follow, smallest bytes (not 0) each at least: never more than can. */
size_t ndr_in_count(struct ndr_in *in, const struct ndr_span *spans, size_t dims, size_t smallest)
    SHARED(ndr_in_count);

/* n elements of a base type of size 1, 2, 4 or 8: into to; or in place where they are in our
 * order and aligned in memory, in the arena otherwise, NULL after a failure only. ndr_in_ieee and
 * ndr_in_ascii go before arrays of floats and of characters. */
void ndr_in_array(struct ndr_in *in, void *to, size_t n, size_t size) SHARED(ndr_in_array);
const void *ndr_in_array_view(struct ndr_in *in, size_t n, size_t size) SHARED(ndr_in_array_view);
/* n structures of size bytes that are the same in memory and on the wire, aligned to align; false,
 * and nothing is read, where the peer's order or characters or floats are others. */
MUST_CHECK bool ndr_in_blocks(struct ndr_in *in, void *to, size_t n, size_t size, size_t align)
    SHARED(ndr_in_blocks);
void ndr_in_ieee(struct ndr_in *in) SHARED(ndr_in_ieee);
void ndr_in_ascii(struct ndr_in *in) SHARED(ndr_in_ascii);

/* A conformant and varying [string]: it begins at 0, its last element is its only zero. Views as
 * ndr_in_array_view gives them; span->actual counts the zero.  C706 14.3.4 */
const char *ndr_in_string(struct ndr_in *in, struct ndr_span *ret) SHARED(ndr_in_string);
const char16_t *ndr_in_wide_string(struct ndr_in *in, struct ndr_span *ret)
    SHARED(ndr_in_wide_string);
/* n elements of a string must be one: the last is a zero, and the first that is. */
void ndr_in_terminated(struct ndr_in *in, const void *s, size_t n, size_t size)
    SHARED(ndr_in_terminated);
/* A [string] in a fixed array of room elements of size 1 or 2: varying only. */
void ndr_in_string_into(struct ndr_in *in, void *to, size_t room, size_t size)
    SHARED(ndr_in_string_into);
