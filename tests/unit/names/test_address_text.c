/* SPDX-License-Identifier: Apache-2.0 */
#include "names/address_text.h"

#include <netinet/in.h>

#include "base/detail.h"
#include "lib/unit.h"

static void writes_what_it_read(void **state)
{
    static const struct {
        const char *text, *back;
        uint16_t protocol;
    } v[] = { { "192.0.2.1:5001", "192.0.2.1:5001", IPPROTO_TCP },
              { "192.0.2.1:5001/tcp", "192.0.2.1:5001", IPPROTO_TCP },
              { "[2001:db8:0::1]:65535", "[2001:db8::1]:65535", IPPROTO_TCP },
              { "[::]:1/udp", "[::]:1/udp", IPPROTO_UDP },
              { "192.0.2.1:7/132", "192.0.2.1:7/132", 132 } };
    char text[ADDRESS_TEXT];
    struct rnr_address a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof v / sizeof *v; i++) {
        assert_int_equal(address_parse(v[i].text, "host.example.com", &a), ERR_OK);
        assert_int_equal(rnr_address_protocol(&a), v[i].protocol);
        assert_string_equal(a.host, "host.example.com");
        address_format(&a, text);
        assert_string_equal(text, v[i].back);
    }
    address_format_ip(&a, text);
    assert_string_equal(text, "192.0.2.1");
}

static void refuses_what_is_no_address_with_a_port(void **state)
{
    static const char *const bad[] = {
        "",
        ":",
        "192.0.2.1",
        "192.0.2.1:",
        "192.0.2.1:0",
        "192.0.2.1:65536",
        "192.0.2.1:+1",
        "192.0.2.1:1 ",
        "192.0.2:1",
        "host.example.com:1",
        "2001:db8::1:5001",
        "[2001:db8::1]",
        "[192.0.2.1]:1",
        "[]:1",
        "[:1",
        "192.0.2.1:1/",
        "192.0.2.1:1/icmp",
        "192.0.2.1:1/256",
        "[1111:2222:3333:4444:5555:6666:7777:8888]:12345/longer-than-it"
    };
    struct rnr_address a;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (address_parse(bad[i], "host", &a) != ERR_INVALID_PARAMETER)
            fail_msg("\"%s\" was accepted", bad[i]);
        assert_non_null(strstr(detail_get()->remedy, "192.0.2.1:5001"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_it_read),
        cmocka_unit_test(refuses_what_is_no_address_with_a_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
