/* SPDX-License-Identifier: Apache-2.0
 * test_pickle_handle.c - the three styles of serialization handles, what they refuse, and octets
 * nobody should trust.  desktop-src/Rpc/serialization-styles.md
 */
#include <countersign/midles.h>
#include <countersign/rpc.h>

#include "base/alloc.h"
#include "lib/unit.h"
#include "pickle.h"
#include "stubs/pickle_memory.h"

static int nothing_is_left(void **state)
{
    (void)state;
    assert_int_equal(pickle_live, 0);
    return 0;
}

static _Alignas(16) char buffer[256];
static ULONG encoded;

/* ---- a stream of the program's ---- */

struct stream {
    _Alignas(16) char room[512];
    size_t written, read;
    unsigned allocs, writes, reads;
    unsigned short_by; /* what Alloc and Read do not have */
    unsigned shift;    /* of their buffers */
    RPC_STATUS raises; /* in Write and Read */
};

static void stream_alloc(void *state, char **ret, unsigned *size)
{
    struct stream *s = state;

    s->allocs++;
    *ret = s->room + s->written + s->shift;
    *size -= s->short_by;
}

static void stream_write(void *state, char *from, unsigned size)
{
    struct stream *s = state;

    assert_ptr_equal(from, s->room + s->written);
    if (s->raises)
        RpcRaiseException(s->raises);
    s->writes++;
    s->written += size;
}

static void stream_read(void *state, char **ret, unsigned *size)
{
    struct stream *s = state;

    if (s->raises)
        RpcRaiseException(s->raises);
    s->reads++;
    *ret = s->room + s->read + s->shift;
    if (*size > s->written - s->read)
        *size = (unsigned)(s->written - s->read);
    *size -= s->short_by < *size ? s->short_by : *size;
    s->read += *size;
}

static void increments_are_one_allocation_and_one_write_each(void **state)
{
    struct stream s = { .written = 0 };
    ODD odd = { 1, 2 }, again = { 0, 0 };
    NUMBER number = 3, same = 0;
    handle_t h = NULL;

    (void)state;
    assert_int_equal(MesEncodeIncrementalHandleCreate(&s, stream_alloc, stream_write, &h),
                     RPC_S_OK);
    ODD_Encode(h, &odd);
    NUMBER_Encode(h, &number);
    assert_int_equal(s.allocs, 2);
    assert_int_equal(s.writes, 2);
    assert_int_equal(s.written, 32);
    assert_int_equal(MesIncrementalHandleReset(h, NULL, NULL, NULL, NULL, MES_DECODE),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesIncrementalHandleReset(h, NULL, NULL, NULL, stream_read, MES_DECODE),
                     RPC_S_OK);
    ODD_Decode(h, &again);
    NUMBER_Decode(h, &same);
    assert_int_equal(again.b, 2);
    assert_int_equal(same, 3);
    assert_int_equal(s.read, 32);
    RAISED(NUMBER_Decode(h, &same));
    assert_int_equal(pickle_raised, RPC_X_INVALID_BUFFER);
    RAISED(NUMBER_Decode(h, &same));
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    s.written = s.read = 0;
    assert_int_equal(MesIncrementalHandleReset(h, NULL, NULL, NULL, NULL, MES_ENCODE), RPC_S_OK);
    NUMBER_Encode(h, &number);
    assert_int_equal(s.written, 16);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

static void a_procedure_is_read_by_its_header(void **state)
{
    struct stream s = { .written = 0 };
    RPC_SYNTAX_IDENTIFIER id;
    NODE node = { 5, NULL };
    LIST list = &node;
    ODD odd = { 1, 2 };
    ULONG number = 9;
    handle_t h = NULL;

    (void)state;
    assert_int_equal(MesEncodeIncrementalHandleCreate(&s, stream_alloc, stream_write, &h),
                     RPC_S_OK);
    Save(h, &odd, &list);
    Save(h, &odd, &list);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    assert_int_equal(MesDecodeIncrementalHandleCreate(&s, stream_read, &h), RPC_S_OK);
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_S_OK);
    assert_int_equal(number, 0);
    assert_int_equal(s.reads, 1);
    RAISED(Get(h, &(LONG){ 0 }, &(char *){ NULL }));
    assert_int_equal(pickle_raised, RPC_S_PROCNUM_OUT_OF_RANGE);
    list = NULL;
    Save(h, &odd, &list);
    assert_int_equal(s.reads, 2);
    midl_user_free(list);
    list = NULL;
    Save(h, &odd, &list);
    assert_int_equal(s.reads, 4);
    midl_user_free(list);
    assert_int_equal(s.read, s.written);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

static void the_programs_functions_are_not_believed(void **state)
{
    struct stream s = { .short_by = 1 };
    NUMBER number = 3;
    handle_t h = NULL;

    (void)state;
    assert_int_equal(MesEncodeIncrementalHandleCreate(&s, stream_alloc, stream_write, &h),
                     RPC_S_OK);
    RAISED(NUMBER_Encode(h, &number));
    assert_int_equal(pickle_raised, RPC_S_OUT_OF_MEMORY);
    s.short_by = 0;
    s.shift = 4;
    RAISED(NUMBER_Encode(h, &number));
    assert_int_equal(pickle_raised, RPC_X_INVALID_BUFFER);
    s.shift = 0;
    s.raises = 4711;
    RAISED(NUMBER_Encode(h, &number));
    assert_int_equal(pickle_raised, 4711);
    s.raises = RPC_S_OK;
    NUMBER_Encode(h, &number); /* the first that counts: with the header */
    assert_int_equal(s.written, 16);
    s.raises = 4712;
    assert_int_equal(MesIncrementalHandleReset(h, NULL, NULL, NULL, stream_read, MES_DECODE),
                     RPC_S_OK);
    RAISED(NUMBER_Decode(h, &number));
    assert_int_equal(pickle_raised, 4712);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

/* ---- buffers ---- */

static void a_dynamic_buffer_holds_all_so_far(void **state)
{
    char *made = (char *)1, *first = NULL;
    NUMBER number = 1;
    handle_t h = NULL;
    ULONG size = 9;

    (void)state;
    assert_int_equal(MesEncodeDynBufferHandleCreate(&made, &size, &h), RPC_S_OK);
    assert_null(made);
    assert_int_equal(size, 0);
    NUMBER_Encode(h, &number);
    first = made;
    assert_int_equal(size, 16);
    number = 2;
    NUMBER_Encode(h, &number);
    assert_int_equal(size, 24);
    assert_true(made && made[16] == 2);
    assert_int_equal(pickle_live, 1);
    assert_int_equal(
        MesBufferHandleReset(h, MES_DYNAMIC_BUFFER_HANDLE, MES_ENCODE, &first, 0, &size), RPC_S_OK);
    assert_null(first);
    NUMBER_Encode(h, &number);
    assert_int_equal(size, 16);
    assert_int_equal(pickle_live, 2);
    midl_user_free(made);
    assert_int_equal(
        MesBufferHandleReset(h, MES_DYNAMIC_BUFFER_HANDLE, MES_DECODE, &first, 16, NULL), RPC_S_OK);
    number = 0;
    NUMBER_Decode(h, &number);
    assert_int_equal(number, 2);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    midl_user_free(first);
}

static void a_full_buffer_stays_as_it_was(void **state)
{
    NUMBER number = 1;
    handle_t h = NULL;
    ODD odd = { 1, 2 };

    (void)state;
    memset(buffer, 0xee, sizeof buffer);
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer, 24, &encoded, &h), RPC_S_OK);
    NUMBER_Encode(h, &number);
    RAISED(ODD_Encode(h, &odd));
    assert_int_equal(pickle_raised, RPC_S_BUFFER_TOO_SMALL);
    assert_int_equal(encoded, 16);
    assert_int_equal((unsigned char)buffer[16], 0xee);
    NUMBER_Encode(h, &number);
    assert_int_equal(encoded, 24);
    assert_int_equal((unsigned char)buffer[24], 0xee);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

static void wrong_arguments_have_their_statuses(void **state)
{
    char *made = buffer;
    handle_t h = NULL;
    ULONG size = 0;

    (void)state;
    assert_int_equal(MesEncodeIncrementalHandleCreate(NULL, NULL, stream_write, &h),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesDecodeIncrementalHandleCreate(NULL, NULL, &h), RPC_S_INVALID_ARG);
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer + 4, 16, &size, &h),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer, 12, &size, &h), RPC_S_INVALID_ARG);
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer, 16, NULL, &h), RPC_S_INVALID_ARG);
    assert_int_equal(MesEncodeDynBufferHandleCreate(NULL, &size, &h), RPC_S_INVALID_ARG);
    assert_int_equal(MesDecodeBufferHandleCreate(NULL, 16, &h), RPC_S_INVALID_ARG);
    assert_int_equal(MesDecodeBufferHandleCreate(buffer + 1, 16, &h), RPC_X_INVALID_BUFFER);
    assert_int_equal(MesDecodeBufferHandleCreate(buffer, 15, &h), RPC_X_INVALID_BUFFER);
    assert_int_equal(MesDecodeBufferHandleCreate(buffer, 16, &h), RPC_S_OK);
    assert_int_equal(MesBufferHandleReset(h, MES_INCREMENTAL_HANDLE, MES_DECODE, &made, 16, &size),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_ENCODE, &made, 16, NULL),
                     RPC_S_INVALID_ARG);
    assert_int_equal(
        MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, (MIDL_ES_CODE)3, &made, 16, &size),
        RPC_S_INVALID_ARG);
    assert_int_equal(
        MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_ENCODE_NDR64, &made, 24, &size),
        RPC_S_INVALID_ARG);
    made = buffer + 8;
    assert_int_equal(
        MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_ENCODE_NDR64, &made, 16, &size),
        RPC_S_INVALID_ARG);
    made = buffer + 2;
    assert_int_equal(MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_DECODE, &made, 16, NULL),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesIncrementalHandleReset(h, NULL, NULL, NULL, stream_read, MES_DECODE),
                     RPC_S_INVALID_ARG);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    assert_int_equal(MesHandleFree(h), RPC_S_INVALID_BINDING);
    assert_int_equal(MesHandleFree(NULL), RPC_S_INVALID_BINDING);
}

static void a_handle_does_what_it_was_made_for(void **state)
{
    RPC_SYNTAX_IDENTIFIER id;
    NODE node = { 5, NULL };
    LIST list = &node;
    ODD odd = { 1, 2 };
    handle_t h = NULL;
    ULONG number = 0;

    (void)state;
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer, sizeof buffer, &encoded, &h),
                     RPC_S_OK);
    RAISED(ODD_Decode(h, &odd));
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    RAISED(ODD_Encode(h, NULL));
    assert_int_equal(pickle_raised, RPC_X_NULL_REF_POINTER);
    RAISED(Get(h, &(LONG){ 0 }, &(char *){ NULL })); /* [decode] alone */
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    ODD_Encode(h, &odd);
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_X_INVALID_ES_ACTION);
    RAISED(Save(h, &odd, &list));
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    RAISED(ODD_Encode(h, &odd));
    assert_int_equal(pickle_raised, RPC_S_INVALID_BINDING);
    RAISED(ODD_Encode(NULL, &odd));
    assert_int_equal(pickle_raised, RPC_S_INVALID_BINDING);
    assert_int_equal(MesDecodeBufferHandleCreate(buffer, sizeof buffer, &h), RPC_S_OK);
    RAISED(ODD_Decode(h, NULL));
    assert_int_equal(pickle_raised, RPC_X_NULL_REF_POINTER);
    RAISED(Save(h, &odd, &list));
    assert_int_equal(pickle_raised, RPC_X_WRONG_ES_VERSION);
    ODD_Decode(h, &odd);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

/* ---- octets nobody should trust ---- */

/* What the stub raises, decoding exactly these octets; nothing may be left of it. */
static RPC_STATUS decode(const char *hex, bool procedure)
{
    struct bytes b = unit_hex(hex);
    LIST list = NULL;
    handle_t h = NULL;
    ODD odd;

    assert_int_equal(MesDecodeBufferHandleCreate((char *)b.ptr, (ULONG)b.len, &h), RPC_S_OK);
    if (procedure)
        RAISED(Save(h, &odd, &list));
    else
        RAISED(LIST_Decode(h, &list));
    if (pickle_raised)
        assert_null(list);
    LIST_Free(h, &list);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    free((void *)b.ptr);
    return pickle_raised;
}

#define COMMON "01 10 08 00 cc cc cc cc "

static void damaged_types_are_refused(void **state)
{
    (void)state;
    assert_int_equal(decode(COMMON "08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false),
                     RPC_S_OK);
    assert_int_equal(decode("01 00 00 08 cc cc cc cc 00 00 00 10 00 00 00 00 "
                            "00 00 00 01 00 00 00 05 00 00 00 00 00 00 00 00",
                            false),
                     RPC_S_OK); /* big-endian */
    assert_int_equal(decode("03 10 40 00 cc cc cc cc 08 00 00 00 00 00 00 00", false),
                     RPC_X_WRONG_ES_VERSION);
    assert_int_equal(decode("01 10 09 00 cc cc cc cc 08 00 00 00 00 00 00 00", false),
                     RPC_X_WRONG_ES_VERSION);
    assert_int_equal(decode(COMMON, false), RPC_X_INVALID_BUFFER);
    assert_int_equal(decode(COMMON "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false),
                     RPC_X_INVALID_BUFFER); /* longer than there is */
    assert_int_equal(decode(COMMON "07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", false),
                     RPC_X_INVALID_BUFFER);
    assert_int_equal(decode(COMMON "f8 ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00", false),
                     RPC_X_INVALID_BUFFER);
    assert_int_equal(decode(COMMON "00 00 00 00 00 00 00 00", false), RPC_X_BAD_STUB_DATA);
    assert_int_equal(decode(COMMON "08 00 00 00 00 00 00 00 01 00 00 00 05 00 00 00", false),
                     RPC_X_BAD_STUB_DATA); /* the pointer in it is beyond the object */
    assert_int_equal(
        decode(COMMON "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
               false),
        RPC_X_BAD_STUB_DATA); /* eight octets that nothing reads */
}

#define VERSION_2(syntax)                                                                          \
    "02 10 40 00 cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc " syntax              \
    "20 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da 02 00 01 00 "
#define NDR "04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00 "
#define NDR64 "33 05 71 71 ba be 37 49 83 19 b5 db ef 9c cc 36 01 00 00 00 "

static void damaged_types_of_version_2_are_refused(void **state)
{
    (void)state;
    assert_int_equal(decode(VERSION_2(NDR64) "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                             "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00",
                            false),
                     RPC_S_OK);
    assert_int_equal(decode(VERSION_2(NDR) "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                           "01 00 00 00 05 00 00 00 00 00 00 00 00 00 00 00",
                            false),
                     RPC_S_OK); /* it may be of NDR, too */
    assert_int_equal(
        decode(VERSION_2("34 05 71 71 ba be 37 49 83 19 b5 db ef 9c cc 36 01 00 00 00 "), false),
        RPC_S_UNSUPPORTED_TRANS_SYN);
    assert_int_equal(decode("02 10 40 00 cc cc cc cc", false), RPC_X_INVALID_BUFFER);
    assert_int_equal(decode(VERSION_2(NDR64) "08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                             "00 00 00 00 00 00 00 00",
                            false),
                     RPC_X_INVALID_BUFFER); /* no multiple of 16 */
    assert_int_equal(decode(VERSION_2(NDR64) "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                                             "01 00 00 00 00 00 00 00 05 00 00 00 00 00 00 00",
                            false),
                     RPC_X_BAD_STUB_DATA);
}

#define CALL_IDS                                                                                   \
    "04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 02 00 00 00 "                                 \
    "20 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da 02 00 01 00 "

static void damaged_procedures_are_refused(void **state)
{
    (void)state;
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 10 00 00 00 "
                            "01 00 00 00 02 00 00 00 00 00 00 00 00 00 00 00",
                            true),
                     RPC_S_OK);
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 0c 00 00 00 "
                            "01 00 00 00 02 00 00 00 00 00 00 00 ee ee ee ee",
                            true),
                     RPC_S_OK); /* as others count it: without the padding */
    assert_int_equal(decode("02 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 00 00 00 00", true),
                     RPC_X_WRONG_ES_VERSION);
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "01 00 00 00 01 00 00 00 00 00 00 00", true),
                     RPC_S_PROCNUM_OUT_OF_RANGE);
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 08 00 00 00", true),
                     RPC_X_INVALID_BUFFER);
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 ff ff ff ff", true),
                     RPC_X_INVALID_BUFFER);
    assert_int_equal(decode("01 01 cc cc " CALL_IDS "00 00 00 00 01 00 00 00 08 00 00 00 "
                            "01 00 00 00 02 00 00 00",
                            true),
                     RPC_X_BAD_STUB_DATA);
    assert_int_equal(decode("01 01 cc cc 33 05 71 71 ba be 37 49 83 19 b5 db ef 9c cc 36 "
                            "01 00 00 00 20 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da "
                            "02 00 01 00 00 00 00 00 01 00 00 00 00 00 00 00",
                            true),
                     RPC_S_UNSUPPORTED_TRANS_SYN);
    assert_int_equal(decode("01 01 cc cc 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 "
                            "02 00 00 00 21 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da "
                            "02 00 01 00 00 00 00 00 01 00 00 00 00 00 00 00",
                            true),
                     RPC_S_UNKNOWN_IF);
}

/* A failure leaves a buffer's handle where it was. */
static void a_failure_may_be_tried_again(void **state)
{
    struct bytes b = unit_hex(COMMON "08 00 00 00 00 00 00 00 01 00 00 00 05 00 00 00");
    LIST list = NULL;
    handle_t h = NULL;
    ODD odd;

    (void)state;
    assert_int_equal(MesDecodeBufferHandleCreate((char *)b.ptr, (ULONG)b.len, &h), RPC_S_OK);
    RAISED(LIST_Decode(h, &list));
    assert_int_equal(pickle_raised, RPC_X_BAD_STUB_DATA);
    ODD_Decode(h, &odd);
    assert_int_equal(odd.a, 1);
    assert_int_equal(odd.b, 5);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    free((void *)b.ptr);
}

/* ---- without memory ---- */

static enum err all_styles(void *arg)
{
    struct stream s = { .written = 0 };
    NODE node = { 5, NULL };
    LIST list = &node, again = NULL;
    handle_t h = NULL;
    RPC_STATUS status = MesEncodeIncrementalHandleCreate(&s, stream_alloc, stream_write, &h);

    (void)arg;
    if (status)
        goto out;
    RAISED(LIST_Encode(h, &list));
    status = pickle_raised;
    if (status)
        goto out;
    status = MesIncrementalHandleReset(h, NULL, NULL, NULL, stream_read, MES_DECODE);
    if (status)
        goto out;
    RAISED(LIST_Decode(h, &again));
    status = pickle_raised;
    LIST_Free(h, &again);
out:
    if (h)
        assert_int_equal(MesHandleFree(h), RPC_S_OK);
    assert_int_equal(pickle_live, 0);
    return status == RPC_S_OK              ? ERR_OK
           : status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY
                                           : ERR_INTERNAL;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    oom_run(all_styles, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(increments_are_one_allocation_and_one_write_each,
                                  nothing_is_left),
        cmocka_unit_test_teardown(a_procedure_is_read_by_its_header, nothing_is_left),
        cmocka_unit_test_teardown(the_programs_functions_are_not_believed, nothing_is_left),
        cmocka_unit_test_teardown(a_dynamic_buffer_holds_all_so_far, nothing_is_left),
        cmocka_unit_test_teardown(a_full_buffer_stays_as_it_was, nothing_is_left),
        cmocka_unit_test_teardown(wrong_arguments_have_their_statuses, nothing_is_left),
        cmocka_unit_test_teardown(a_handle_does_what_it_was_made_for, nothing_is_left),
        cmocka_unit_test_teardown(damaged_types_are_refused, nothing_is_left),
        cmocka_unit_test_teardown(damaged_types_of_version_2_are_refused, nothing_is_left),
        cmocka_unit_test_teardown(damaged_procedures_are_refused, nothing_is_left),
        cmocka_unit_test_teardown(a_failure_may_be_tried_again, nothing_is_left),
        cmocka_unit_test_teardown(every_allocation_may_fail, nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
