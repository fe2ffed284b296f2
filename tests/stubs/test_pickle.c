/* SPDX-License-Identifier: Apache-2.0
 * test_pickle.c - types and procedures through serialization handles, octet for octet.
 * [MS-RPCE] 2.2.6, desktop-src/Rpc/serialization-services.md
 */
#include <countersign/midles.h>
#include <countersign/rpc.h>

#include "lib/unit.h"
#include "pickle.h"
#include "stubs/pickle_memory.h"

#define HEADER "01 10 08 00 cc cc cc cc "

static int nothing_is_left(void **state)
{
    (void)state;
    assert_int_equal(pickle_live, 0);
    return 0;
}

static _Alignas(16) char buffer[1024];
static ULONG encoded;

static handle_t encoder(ULONG size)
{
    handle_t h = NULL;

    memset(buffer, 0xee, sizeof buffer);
    assert_int_equal(MesEncodeFixedBufferHandleCreate(buffer, size, &encoded, &h), RPC_S_OK);
    assert_int_equal(encoded, 0);
    return h;
}

static handle_t decoder(const char *hex)
{
    struct bytes b = unit_hex(hex);
    handle_t h = NULL;

    assert_true(b.len <= sizeof buffer);
    memcpy(buffer, b.ptr, b.len);
    assert_int_equal(MesDecodeBufferHandleCreate(buffer, (ULONG)((b.len + 7) & ~(size_t)7), &h),
                     RPC_S_OK);
    free((void *)b.ptr);
    return h;
}

static void says(const char *hex)
{
    struct bytes want = unit_hex(hex);

    unit_assert_bytes(bytes_of(buffer, encoded), want);
    assert_int_equal((unsigned char)buffer[encoded], 0xee);
    free((void *)want.ptr);
}

/* Encoded it is hex, as long as AlignSize says, and decoded it is again what it was. */
#define VECTOR(type, is, hex, same, cleared)                                                       \
    do {                                                                                           \
        handle_t h = encoder(sizeof buffer - 8);                                                   \
        type value = is;                                                                           \
        size_t size = type##_AlignSize(h, &value);                                                 \
                                                                                                   \
        type##_Encode(h, &value);                                                                  \
        says(HEADER hex);                                                                          \
        assert_int_equal(size, encoded);                                                           \
        assert_int_equal(MesHandleFree(h), RPC_S_OK);                                              \
        h = decoder(HEADER hex);                                                                   \
        memset(&value, cleared, sizeof value);                                                     \
        type##_Decode(h, &value);                                                                  \
        assert_true(same);                                                                         \
        type##_Free(h, &value);                                                                    \
        assert_int_equal(pickle_live, 0);                                                          \
        assert_int_equal(MesHandleFree(h), RPC_S_OK);                                              \
    } while (0)
#define IS(...) __VA_ARGS__

static void base_types_have_no_header_of_their_own(void **state)
{
    (void)state;
    VECTOR(NUMBER, -2, "fe ff ff ff 00 00 00 00", value == -2, 0);
    VECTOR(BIG, 0x0102030405060708, "08 07 06 05 04 03 02 01", value == 0x0102030405060708, 0);
    VECTOR(TINY, -1, "ff 00 00 00 00 00 00 00", value == -1, 0);
    VECTOR(COLOR, BLUE, "02 00 00 00 00 00 00 00", value == BLUE, 0);
    VECTOR(PLACE, THERE, "00 00 01 00 00 00 00 00", value == THERE, 0);
}

static void constructed_types_have_one(void **state)
{
    WCHAR text[] = u"ab";
    NODE second = { 7, NULL }, first = { 5, &second };
    struct {
        LONG n;
        SHORT v[3];
    } three = { 3, { 1, 2, 3 } };

    (void)state;
    VECTOR(ODD, IS({ 1, 2 }),
           "08 00 00 00 00 00 00 00 "
           "01 00 00 00 02 00 00 00",
           value.a == 1 && value.b == 2, 0xff);
    VECTOR(TEXT, text,
           "18 00 00 00 00 00 00 00 "
           "00 00 02 00 03 00 00 00 00 00 00 00 03 00 00 00 61 00 62 00 00 00 00 00",
           memcmp(value, text, sizeof text) == 0, 0xff);
    VECTOR(TEXT, NULL, "08 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00", value == NULL, 0xff);
    VECTOR(LIST, &first,
           "18 00 00 00 00 00 00 00 "
           "00 00 02 00 05 00 00 00 04 00 02 00 07 00 00 00 00 00 00 00 00 00 00 00",
           value->value == 5 && value->next->value == 7 && !value->next->next, 0xff);
    VECTOR(BLOCK, &first,
           "18 00 00 00 00 00 00 00 "
           "00 00 02 00 05 00 00 00 04 00 02 00 07 00 00 00 00 00 00 00 00 00 00 00",
           pickle_live == 1 && value->next->value == 7, 0xff);
    VECTOR(OPENED, (OPENED)(void *)&three,
           "18 00 00 00 00 00 00 00 "
           "00 00 02 00 03 00 00 00 03 00 00 00 01 00 02 00 03 00 00 00 00 00 00 00",
           value->n == 3 && value->v[2] == 3, 0xff);
    VECTOR(ROW, IS({ 1, 2, 3 }),
           "08 00 00 00 00 00 00 00 "
           "01 00 02 00 03 00 00 00",
           value[2] == 3, 0xff);
}

static void unions_and_circles(void **state)
{
    RING two = { 2, NULL }, one = { 1, &two };
    char text[] = "x";

    (void)state;
    two.next = &one;
    VECTOR(CHOICE, IS({ .kind = 2, .u = { .text = text } }),
           "18 00 00 00 00 00 00 00 "
           "02 00 00 00 00 00 02 00 02 00 00 00 00 00 00 00 02 00 00 00 78 00 00 00",
           strcmp(value.u.text, "x") == 0, 0xff);
    VECTOR(CHOICE, IS({ .kind = 9, .u = { .number = 0 } }),
           "08 00 00 00 00 00 00 00 09 00 00 00 00 00 00 00", value.kind == 9, 0xff);
    VECTOR(CIRCLE, &one,
           "18 00 00 00 00 00 00 00 "
           "01 00 00 00 01 00 00 00 02 00 00 00 02 00 00 00 01 00 00 00 00 00 00 00",
           value->next->id == 2 && value->next->next == value, 0xff);
}

/* One common header; each object at a multiple of 8. */
static void several_objects_follow_each_other(void **state)
{
    handle_t h = encoder(sizeof buffer - 8);
    NUMBER number = 1, again = 0;
    ODD odd = { 2, 3 }, odd_again = { 0, 0 };
    static const char hex[] = HEADER "01 00 00 00 00 00 00 00 "
                                     "08 00 00 00 00 00 00 00 02 00 00 00 03 00 00 00 "
                                     "04 00 00 00 00 00 00 00";

    (void)state;
    NUMBER_Encode(h, &number);
    assert_int_equal(encoded, 16);
    assert_int_equal(ODD_AlignSize(h, &odd), 16);
    ODD_Encode(h, &odd);
    number = 4;
    NUMBER_Encode(h, &number);
    says(hex);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    h = decoder(hex);
    NUMBER_Decode(h, &again);
    ODD_Decode(h, &odd_again);
    assert_int_equal(odd_again.b, 3);
    NUMBER_Decode(h, &again);
    assert_int_equal(again, 4);
    RAISED(NUMBER_Decode(h, &again));
    assert_int_equal(pickle_raised, RPC_X_INVALID_BUFFER);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

#define HEADER_2                                                                                   \
    "02 10 40 00 cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc cc "                     \
    "33 05 71 71 ba be 37 49 83 19 b5 db ef 9c cc 36 01 00 00 00 "                                 \
    "20 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da 02 00 01 00 "

static handle_t encoder_64(void)
{
    handle_t h = encoder(8);

    assert_int_equal(MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_ENCODE_NDR64,
                                          &(char *){ buffer }, sizeof buffer - 16, &encoded),
                     RPC_S_OK);
    return h;
}

/* [MS-RPCE] 2.2.7, 2.2.5: every object has a header, and is padded to 16. */
static void version_2_is_in_ndr64(void **state)
{
    NODE second = { 7, NULL }, first = { 5, &second };
    LIST list = &first, again = NULL;
    NUMBER number = -2, same = 0;
    handle_t h = encoder_64();
    static const char hex[] =
        HEADER_2 "30 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                 "00 00 02 00 00 00 00 00 05 00 00 00 00 00 00 00 04 00 02 00 00 00 00 00 "
                 "07 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                 "10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 "
                 "fe ff ff ff 00 00 00 00 00 00 00 00 00 00 00 00 ";

    (void)state;
    assert_int_equal(LIST_AlignSize(h, &list), 64 + 16 + 48);
    LIST_Encode(h, &list);
    assert_int_equal(encoded, 64 + 16 + 48);
    NUMBER_Encode(h, &number);
    says(hex);
    RAISED(Save(h, &(ODD){ 0, 0 }, &list));
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    h = decoder(hex);
    LIST_Decode(h, &again);
    assert_int_equal(again->next->value, 7);
    LIST_Free(h, &again);
    NUMBER_Decode(h, &same);
    assert_int_equal(same, -2);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
    h = encoder_64();
    RAISED(Save(h, &(ODD){ 0, 0 }, &list));
    assert_int_equal(pickle_raised, RPC_S_UNSUPPORTED_TRANS_SYN);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

/* Alone it could not be read into memory of a size that is known. */
static void an_open_structure_is_encoded_alone(void **state)
{
    handle_t h = encoder(sizeof buffer - 8);
    struct {
        LONG n;
        SHORT v[1];
    } one = { 1, { 9 } };

    (void)state;
    OPEN_Encode(h, (OPEN *)(void *)&one);
    says(HEADER "10 00 00 00 00 00 00 00 01 00 00 00 01 00 00 00 09 00 00 00 00 00 00 00");
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

static const char save_hex[] = "01 01 cc cc 04 5d 88 8a eb 1c c9 11 9f e8 08 00 2b 10 48 60 "
                               "02 00 00 00 20 65 5f 2f 46 ca 67 10 b3 19 00 dd 01 06 62 da "
                               "02 00 01 00 00 00 00 00 01 00 00 00 18 00 00 00 "
                               "01 00 00 00 02 00 00 00 00 00 02 00 05 00 00 00 "
                               "00 00 00 00 00 00 00 00";

static void a_procedure_goes_where_its_handle_says(void **state)
{
    handle_t h = encoder(sizeof buffer - 8);
    RPC_SYNTAX_IDENTIFIER id;
    NODE node = { 5, NULL };
    LIST list = &node;
    ODD odd = { 1, 2 };
    ULONG number = 99;

    (void)state;
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_S_UNKNOWN_IF);
    Save(h, &odd, &list);
    says(save_hex);
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_S_OK);
    assert_int_equal(number, 0);
    assert_int_equal(id.SyntaxVersion.MinorVersion, 1);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);

    h = decoder(save_hex);
    list = NULL;
    odd = (ODD){ 0, 0 };
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_S_OK);
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_S_OK);
    assert_int_equal(id.SyntaxGUID.Data1, 0x2f5f6520);
    assert_int_equal(id.SyntaxVersion.MajorVersion, 2);
    Save(h, &odd, &list);
    assert_int_equal(odd.b, 2);
    assert_int_equal(list->value, 5);
    midl_user_free(list);
    assert_int_equal(MesInqProcEncodingId(h, &id, &number), RPC_X_INVALID_BUFFER);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

static void what_one_writes_another_of_the_same_number_reads(void **state)
{
    handle_t h = encoder(sizeof buffer - 8);
    char seven[] = "seven", *from = seven, *name = NULL;
    LONG number = 0;

    (void)state;
    Put(h, 7, &from);
    buffer[44] = 2; /* Get, whose [out] parameters these are */
    assert_int_equal(MesBufferHandleReset(h, MES_FIXED_BUFFER_HANDLE, MES_DECODE,
                                          &(char *){ buffer }, encoded, NULL),
                     RPC_S_OK);
    Get(h, &number, &name);
    assert_int_equal(number, 7);
    assert_string_equal(name, "seven");
    midl_user_free(name);
    RAISED(Put(h, 7, &from));
    assert_int_equal(pickle_raised, RPC_X_INVALID_ES_ACTION);
    assert_int_equal(MesHandleFree(h), RPC_S_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(base_types_have_no_header_of_their_own, nothing_is_left),
        cmocka_unit_test_teardown(constructed_types_have_one, nothing_is_left),
        cmocka_unit_test_teardown(unions_and_circles, nothing_is_left),
        cmocka_unit_test_teardown(several_objects_follow_each_other, nothing_is_left),
        cmocka_unit_test_teardown(version_2_is_in_ndr64, nothing_is_left),
        cmocka_unit_test_teardown(an_open_structure_is_encoded_alone, nothing_is_left),
        cmocka_unit_test_teardown(a_procedure_goes_where_its_handle_says, nothing_is_left),
        cmocka_unit_test_teardown(what_one_writes_another_of_the_same_number_reads,
                                  nothing_is_left),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
