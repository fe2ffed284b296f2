/* SPDX-License-Identifier: Apache-2.0 */
#include "base/dns.h"

#include "lib/unit.h"

#define HEADER "12 34 85 80 00 01 00 01 00 00 00 00 "
#define NAME_EXAMPLE "02 64 63 07 65 78 61 6d 70 6c 65 00 " /* dc.example */

/* dc.example A 127.53.1.1, the owner compressed */
static const char reply_a[] =
    HEADER NAME_EXAMPLE "00 01 00 01 c0 0c 00 01 00 01 00 00 03 84 00 04 7f 35 01 01";

/* _ldap.example SRV 0 100 389 dc.example, the target compressed into the question */
static const char reply_srv[] =
    HEADER "05 5f 6c 64 61 70 07 65 78 61 6d 70 6c 65 00 00 21 00 01 "
           "c0 0c 00 21 00 01 00 00 03 84 00 0b 00 00 00 64 01 85 02 64 63 c0 12";

/* dc.example CNAME a.example, a.example AAAA ::1 */
static const char reply_cname[] =
    "12 34 85 80 00 01 00 02 00 00 00 00 " NAME_EXAMPLE "00 1c 00 01 "
    "c0 0c 00 05 00 01 00 00 00 3c 00 04 01 61 c0 0f "
    "c0 28 00 1c 00 01 00 00 00 3c 00 10 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01";

static enum err read_hex(const char *hex, const char *name, uint16_t type, struct dns_reply *ret)
{
    struct bytes b = unit_hex(hex);
    enum err e = dns_reply_read(b, name, type, ret);

    free((void *)b.ptr);
    return e;
}

static void reads_an_address(void **state)
{
    static const uint8_t want[] = { 127, 53, 1, 1 };
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(reply_a, "DC.example.", DNS_A, &reply), ERR_OK);
    assert_int_equal(reply.count, 1);
    assert_memory_equal(reply.records[0].address, want, 4);
}

static void reads_a_service(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(reply_srv, "_ldap.example", DNS_SRV, &reply), ERR_OK);
    assert_int_equal(reply.count, 1);
    assert_string_equal(reply.records[0].srv.host, "dc.example");
    assert_int_equal(reply.records[0].srv.port, 389);
    assert_int_equal(reply.records[0].srv.weight, 100);
}

static void follows_an_alias(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(reply_cname, "dc.example", DNS_AAAA, &reply), ERR_OK);
    assert_int_equal(reply.count, 1);
    assert_int_equal(reply.records[0].address[15], 1);
}

static void answers_about_others_do_not_count(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(HEADER NAME_EXAMPLE "00 01 00 01 c0 0f 00 01 00 01 00 00 03 84 "
                                                  "00 04 7f 35 01 01",
                              "dc.example", DNS_A, &reply),
                     ERR_OK);
    assert_int_equal(reply.count, 0);
}

static void refuses_the_answer_to_another_question(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(reply_a, "db.example", DNS_A, &reply), ERR_UNEXPECTED);
    assert_int_equal(read_hex(reply_a, "dc.example", DNS_AAAA, &reply), ERR_UNEXPECTED);
}

static void refuses_pointers_in_a_circle_or_forward(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(HEADER "c0 0c 00 01 00 01", "dc.example", DNS_A, &reply),
                     ERR_MALFORMED);
    assert_int_equal(read_hex(HEADER "c0 0e c0 0c 00 01 00 01", "dc.example", DNS_A, &reply),
                     ERR_MALFORMED);
    assert_int_equal(read_hex(HEADER "01 61 c0 0c 00 01 00 01", "dc.example", DNS_A, &reply),
                     ERR_MALFORMED);
}

static void refuses_bytes_no_host_name_has(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(HEADER "02 64 2f 07 65 78 61 6d 70 6c 65 00 00 01 00 01",
                              "d/.example", DNS_A, &reply),
                     ERR_MALFORMED);
}

static void refuses_an_address_of_another_size(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex(HEADER NAME_EXAMPLE "00 01 00 01 c0 0c 00 01 00 01 00 00 03 84 "
                                                  "00 05 7f 35 01 01 01",
                              "dc.example", DNS_A, &reply),
                     ERR_MALFORMED);
}

static void reads_that_there_is_no_such_name(void **state)
{
    struct dns_reply reply;

    (void)state;
    assert_int_equal(read_hex("12 34 85 83 00 01 00 00 00 00 00 00 " NAME_EXAMPLE "00 01 00 01",
                              "dc.example", DNS_A, &reply),
                     ERR_OK);
    assert_int_equal(reply.rcode, 3);
    assert_int_equal(reply.count, 0);
}

static enum err parse_srv(struct bytes message)
{
    struct dns_reply reply;

    return dns_reply_read(message, "_ldap.example", DNS_SRV, &reply);
}

static enum err parse_aaaa(struct bytes message)
{
    struct dns_reply reply;

    return dns_reply_read(message, "dc.example", DNS_AAAA, &reply);
}

static void refuses_every_shorter_message(void **state)
{
    struct bytes srv = unit_hex(reply_srv);
    struct bytes cname = unit_hex(reply_cname);

    (void)state;
    unit_every_prefix(srv, parse_srv);
    unit_every_prefix(cname, parse_aaaa);
    free((void *)srv.ptr);
    free((void *)cname.ptr);
}

static void writes_names(void **state)
{
    struct writer w = writer_new(DNS_NAME);
    struct bytes want = unit_hex(NAME_EXAMPLE);
    char name[DNS_NAME];
    struct reader r;

    (void)state;
    dns_name_write(&w, "dc.example.");
    assert_int_equal(w.err, ERR_OK);
    unit_assert_bytes(bytes_of(w.ptr, w.len), want);
    r = reader_over(want);
    dns_name_read(&r, want, name);
    assert_string_equal(name, "dc.example");
    dns_name_write(&w, "a..b");
    assert_int_equal(w.err, ERR_MALFORMED);
    writer_done(&w);
    free((void *)want.ptr);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_an_address),
        cmocka_unit_test(reads_a_service),
        cmocka_unit_test(follows_an_alias),
        cmocka_unit_test(answers_about_others_do_not_count),
        cmocka_unit_test(refuses_the_answer_to_another_question),
        cmocka_unit_test(refuses_pointers_in_a_circle_or_forward),
        cmocka_unit_test(refuses_bytes_no_host_name_has),
        cmocka_unit_test(refuses_an_address_of_another_size),
        cmocka_unit_test(reads_that_there_is_no_such_name),
        cmocka_unit_test(refuses_every_shorter_message),
        cmocka_unit_test(writes_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
