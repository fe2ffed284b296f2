/* SPDX-License-Identifier: Apache-2.0
 * fuzz_pickle.c - octets decoded by generated stubs, as types and as procedures, from a buffer and
 * from a stream. What is read is written and read again; nothing of it may be left behind.
 *
 *    0 what, bit 7: from a stream | the octets, cut to a multiple of 8 where they lie in a buffer
 */
#include <stdlib.h>
#include <string.h>

#include <countersign/midles.h>
#include <countersign/rpc.h>

#include "pickle.h"
#include "stubs/pickle_memory.h"

enum { STREAM = 0x80 };

struct stream {
    const uint8_t *at;
    size_t left;
    void *room; /* exactly what was asked for, so that a read beyond it is seen */
};

static void stream_read(void *state, char **buffer, unsigned *size)
{
    struct stream *s = (struct stream *)state;

    if (*size > s->left)
        *size = (unsigned)s->left;
    free(s->room);
    s->room = malloc(*size ? *size : 1);
    memcpy(s->room, s->at, *size);
    s->at += *size;
    s->left -= *size;
    *buffer = (char *)s->room;
}

static char *written;
static ULONG written_size;

/* Of an object that was read: it can be written, and read again. */
#define TYPE(type)                                                                                 \
    static void try_##type(handle_t h)                                                             \
    {                                                                                              \
        type value, again;                                                                         \
        handle_t out = NULL, in = NULL;                                                            \
                                                                                                   \
        memset(&value, 0, sizeof value);                                                           \
        memset(&again, 0, sizeof again);                                                           \
        RAISED(type##_Decode(h, &value));                                                          \
        if (pickle_raised)                                                                         \
            return;                                                                                \
        if (MesEncodeDynBufferHandleCreate(&written, &written_size, &out))                         \
            abort();                                                                               \
        RAISED(type##_Encode(out, &value));                                                        \
        if (pickle_raised)                                                                         \
            abort();                                                                               \
        if (MesDecodeBufferHandleCreate(written, written_size, &in))                               \
            abort();                                                                               \
        RAISED(type##_Decode(in, &again));                                                         \
        if (pickle_raised)                                                                         \
            abort();                                                                               \
        type##_Free(in, &again);                                                                   \
        type##_Free(h, &value);                                                                    \
        midl_user_free(written);                                                                   \
        if (MesHandleFree(out) || MesHandleFree(in))                                               \
            abort();                                                                               \
    }

/* clang-format off */
TYPE(NUMBER) TYPE(BIG) TYPE(TINY) TYPE(COLOR) TYPE(PLACE) TYPE(ODD) TYPE(TEXT)
TYPE(LIST) TYPE(CIRCLE) TYPE(CHOICE) TYPE(OPENED) TYPE(ROW) TYPE(BLOCK)
    /* clang-format on */

    static void try_calls(handle_t h)
{
    RPC_SYNTAX_IDENTIFIER id;
    char *name = NULL;
    LIST list = NULL;
    ODD odd = { 0, 0 };
    LONG number = 0;
    ULONG which = 0;

    (void)MesInqProcEncodingId(h, &id, &which);
    RAISED(Save(h, &odd, &list));
    LIST_Free(h, &list);
    RAISED(Get(h, &number, &name));
    midl_user_free(name);
}

static void (*const tries[])(handle_t h) = {
    try_NUMBER, try_BIG,    try_TINY,   try_COLOR,  try_PLACE, try_ODD,   try_TEXT,
    try_LIST,   try_CIRCLE, try_CHOICE, try_OPENED, try_ROW,   try_BLOCK, try_calls,
};

enum { TRIES = sizeof tries / sizeof *tries };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct stream s = { data + 1, size - 1, NULL };
    char *buffer = NULL;
    handle_t h = NULL;

    if (size < 1)
        return 0;
    if (data[0] & STREAM) {
        if (MesDecodeIncrementalHandleCreate(&s, stream_read, &h))
            abort();
    } else {
        size = (size - 1) & ~(size_t)7;
        buffer = (char *)malloc(size ? size : 1);
        memcpy(buffer, data + 1, size);
        if (MesDecodeBufferHandleCreate(buffer, (ULONG)size, &h))
            abort();
    }
    tries[(data[0] & ~(unsigned)STREAM) % TRIES](h);
    tries[(data[0] & ~(unsigned)STREAM) % TRIES](h); /* what follows, or the same again */
    if (MesHandleFree(h))
        abort();
    if (pickle_live)
        abort();
    free(s.room);
    free(buffer);
    return 0;
}
