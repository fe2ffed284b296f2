/* SPDX-License-Identifier: Apache-2.0
 * test_config.c - what an administrator tells the queue manager.
 */
#include "queue/manager/config.h"

#include <string.h>

#include "base/detail.h"
#include "lib/unit.h"

static enum err read_text(const char *text, struct config *c)
{
    assert_int_equal(config_init(c), ERR_OK);
    detail_begin("test");
    return config_read(bytes_of_text(text), c);
}

static void nothing_said_is_as_shipped(void **state)
{
    struct config c;

    (void)state;
    assert_int_equal(read_text("", &c), ERR_OK);
    assert_string_equal(c.store, "/var/lib/countersign-mqd");
    assert_int_equal(c.message_bytes, 64 << 20);
    assert_int_equal(c.journal, CONFIG_JOURNAL_DEAD);
    assert_int_equal(c.backoff_most, 300000);
    assert_int_equal(c.unlisted_senders, CONFIG_UNLISTED_PROTECTED);
}

static void every_kind_of_value_is_read(void **state)
{
    struct config c;

    (void)state;
    assert_int_equal(read_text("# a comment\n\n  store = /srv/q # where\r\nqueue-bytes=2G\n"
                               "backoff-first = 250ms\njournal = always\n"
                               "unlisted-senders = refuse\naccess = D:(A;;GA;;;SY)\n"
                               "sender-messages = 0",
                               &c),
                     ERR_OK);
    assert_string_equal(c.store, "/srv/q");
    assert_int_equal(c.queue_bytes, 2147483648);
    assert_int_equal(c.backoff_first, 250);
    assert_int_equal(c.journal, CONFIG_JOURNAL_ALWAYS);
    assert_int_equal(c.unlisted_senders, CONFIG_UNLISTED_REFUSE);
    assert_string_equal(c.access, "D:(A;;GA;;;SY)");
    assert_int_equal(c.sender_messages, 0);
}

static void what_is_not_understood_is_refused_with_its_line(void **state)
{
    static const char *const bad[] = {
        "store = relative",
        "store",
        "colour = red",
        "queue-bytes = 12X",
        "queue-bytes =",
        "queue-bytes = 99999999999999999999",
        "queue-bytes = 9223372036854775807K",
        "message-bytes = 65M",
        "deliveries = 0",
        "journal = accept",
        "unlisted-senders = dead",
        "access = O:SY",
        "access = D:(A;;GA;;;XX)",
        "backoff-first = 1",
        "backoff-first = 2d",
        "= 1",
    };
    struct config c;
    char text[128];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++) {
        (void)snprintf(text, sizeof text, "# first\n%s\n", bad[i]);
        if (read_text(text, &c) != ERR_INVALID_PARAMETER)
            fail_msg("\"%s\" was taken", bad[i]);
        assert_true(strstr(detail_get()->text, "line 2") || strstr(detail_get()->remedy, "Line 2"));
    }
}

static void a_line_with_a_zero_or_without_end_is_refused(void **state)
{
    static char lots[CONFIG_LINE + 8];
    struct config c;

    (void)state;
    assert_int_equal(config_init(&c), ERR_OK);
    assert_int_equal(config_read(bytes_of("journal = none\0\n", 16), &c), ERR_INVALID_PARAMETER);
    memset(lots, ' ', sizeof lots);
    assert_int_equal(config_read(bytes_of(lots, sizeof lots), &c), ERR_INVALID_PARAMETER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_said_is_as_shipped),
        cmocka_unit_test(every_kind_of_value_is_read),
        cmocka_unit_test(what_is_not_understood_is_refused_with_its_line),
        cmocka_unit_test(a_line_with_a_zero_or_without_end_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
