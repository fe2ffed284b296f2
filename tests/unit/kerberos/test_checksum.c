/* SPDX-License-Identifier: Apache-2.0 */
#include "kerberos/checksum.h"

#include "lib/unit.h"

#define HASH "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f"
#define PLAIN "10 00 00 00 " HASH " 3e 00 00 00"
#define DELEGATING "10 00 00 00 " HASH " 3f 00 00 00 01 00 03 00 76 01 00"

static enum err parse(struct bytes msg)
{
    struct kerberos_checksum c;

    return kerberos_checksum_read(msg, &c);
}

static void writes_back_what_it_read(void **state)
{
    static const struct {
        const char *hex;
        uint32_t flags;
        size_t delegation, extensions;
    } rows[] = {
        { PLAIN, 0x3e, 0, 0 },
        { DELEGATING, 0x3f, 3, 0 },
        { DELEGATING " 00 00 00 01 00 00 00 00", 0x3f, 3, 8 },
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct bytes raw = unit_hex(rows[i].hex);
        struct kerberos_checksum c;
        struct buf again = { 0 };

        assert_int_equal(kerberos_checksum_read(raw, &c), ERR_OK);
        assert_int_equal(c.flags, rows[i].flags);
        assert_int_equal(c.bindings[15], 15);
        assert_int_equal(c.delegation.len, rows[i].delegation);
        assert_int_equal(c.extensions.len, rows[i].extensions);
        assert_int_equal(kerberos_checksum_write(&c, &again), ERR_OK);
        unit_assert_bytes(buf_view(again), raw);
        buf_free(&again);
        free((void *)(uintptr_t)raw.ptr);
    }
}

static void refuses_every_shorter_checksum(void **state)
{
    struct bytes raw = unit_hex(DELEGATING);

    (void)state;
    unit_every_prefix(raw, parse);
    free((void *)(uintptr_t)raw.ptr);
}

static void refuses_bindings_of_another_length(void **state)
{
    struct bytes raw = unit_hex("11 00 00 00 " HASH " 3e 00 00 00 00");

    (void)state;
    assert_int_equal(parse(raw), ERR_MALFORMED);
    free((void *)(uintptr_t)raw.ptr);
}

static void flags_survive_the_wire(void **state)
{
    static const uint32_t all = CONTEXT_DELEGATE | CONTEXT_MUTUAL | CONTEXT_REPLAY |
                                CONTEXT_SEQUENCE | CONTEXT_CONFIDENTIALITY | CONTEXT_INTEGRITY |
                                CONTEXT_DCE_STYLE | CONTEXT_IDENTIFY | CONTEXT_EXTENDED_ERROR;

    (void)state;
    assert_int_equal(kerberos_flags_to_wire(all), 0x703f);
    assert_int_equal(kerberos_flags_from_wire(0x703f), all);
    assert_int_equal(kerberos_flags_from_wire(0xffffffff), all);
}

/* The hash is of the five fields in order, numbers little-endian: here MD5 of 20 zero bytes with
 * the length of the application data, 3, in the last of them, then "abc". Checked with
 *     printf '\0...\3\0\0\0abc' | md5sum */
static void hashes_the_bindings_fields_in_order(void **state)
{
    struct bindings b = { .present = true, .application = bytes_of("abc", 3) };
    struct bytes want = unit_hex("42 0b 92 da 63 95 37 11 d0 37 90 fc 6a 20 01 3d");
    uint8_t hash[KERBEROS_BINDINGS_HASH];

    (void)state;
    kerberos_bindings_hash(&b, hash);
    unit_assert_bytes(bytes_of(hash, sizeof hash), want);
    free((void *)(uintptr_t)want.ptr);
}

static void hashes_addresses_with_their_types(void **state)
{
    struct bindings b = { .present = true,
                          .initiator_type = 2,
                          .acceptor_type = 2,
                          .initiator = bytes_of("\xc0\x00\x02\x01", 4),
                          .acceptor = bytes_of("\xc0\x00\x02\x02", 4),
                          .application = bytes_of("tls-unique:", 11) };
    struct bytes want = unit_hex("77 84 69 1e cb 48 4f d0 b7 4b 5e 7a e7 6a 08 3e");
    uint8_t hash[KERBEROS_BINDINGS_HASH];

    (void)state;
    kerberos_bindings_hash(&b, hash);
    unit_assert_bytes(bytes_of(hash, sizeof hash), want);
    free((void *)(uintptr_t)want.ptr);
}

static void no_bindings_are_all_zero(void **state)
{
    static const uint8_t zero[KERBEROS_BINDINGS_HASH];
    struct bindings b = { 0 };
    uint8_t hash[KERBEROS_BINDINGS_HASH];

    (void)state;
    kerberos_bindings_hash(&b, hash);
    assert_memory_equal(hash, zero, sizeof zero);
}

static enum err write_one(void *arg)
{
    struct kerberos_checksum c = { .flags = KERBEROS_WIRE_DELEGATE,
                                   .delegation = bytes_of("abc", 3) };
    struct buf b = { 0 };
    enum err e = kerberos_checksum_write(&c, &b);

    (void)arg;
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    (void)state;
    oom_run(write_one, NULL);
}

static void refuses_to_cut_a_delegated_ticket(void **state)
{
    static const uint8_t big[65536];
    struct kerberos_checksum c = { .flags = KERBEROS_WIRE_DELEGATE,
                                   .delegation = bytes_of(big, sizeof big) };
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(kerberos_checksum_write(&c, &b), ERR_TOO_LONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_back_what_it_read),
        cmocka_unit_test(refuses_every_shorter_checksum),
        cmocka_unit_test(refuses_bindings_of_another_length),
        cmocka_unit_test(flags_survive_the_wire),
        cmocka_unit_test(hashes_the_bindings_fields_in_order),
        cmocka_unit_test(hashes_addresses_with_their_types),
        cmocka_unit_test(no_bindings_are_all_zero),
        cmocka_unit_test(survives_every_failing_allocation),
        cmocka_unit_test(refuses_to_cut_a_delegated_ticket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
