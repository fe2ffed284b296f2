/* SPDX-License-Identifier: Apache-2.0 */
#include "acl/sddl.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "lib/unit.h"

static const struct sid domain_sid = { 5, { 21, 1, 2, 3 }, 4 },
                        root_sid = { 5, { 21, 7, 8, 9 }, 4 };
static const struct sddl_domain domain = { &domain_sid, &root_sid };

static enum err parse(const char *text, const struct sddl_domain *in, struct buf *ret)
{
    char *copy = strdup(text); /* of exactly that size */
    enum err e;

    assert_non_null(copy);
    detail_begin("test");
    e = sddl_parse(copy, in, ret);
    free(copy);
    return e;
}

/* text is read, and written as want. */
static void becomes(const char *text, const char *want, const struct sddl_domain *in)
{
    struct descriptor d;
    struct buf b = { 0 };
    char *back = NULL;

    if (parse(text, in, &b))
        fail_msg("%s: %s", text, detail_get()->text);
    assert_int_equal(descriptor_read(buf_view(b), &d), ERR_OK);
    assert_int_equal(sddl_format(&d, SDDL_ALL, in, &back), ERR_OK);
    assert_string_equal(back, want);
    mem_free(back);
    buf_free(&b);
}

static void reads_and_writes_the_documented_examples(void **state)
{
    static const char many[] =
        "O:DAG:DAD:(A;;RPWPCCDCLCRCWOWDSDSW;;;SY)\n(OA;;CCDC;"
        "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb;;AO)(A;;RPLCRC;;;AU)S:(AU;SAFA;WDWOSDWPCCDCSW;;;WD)";

    (void)state;
    becomes("O:AOG:DAD:(A;;RPWPCCDCLCSWRCWDWOGA;;;S-1-0-0)",
            "O:AOG:DAD:(A;;CCDCLCSWRPWPRCWDWOGA;;;S-1-0-0)", &domain);
    becomes(many,
            "O:DAG:DAD:(A;;KA;;;SY)(OA;;CCDC;aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb;;AO)"
            "(A;;LCRPRC;;;AU)S:(AU;SAFA;CCDCSWWPSDWDWO;;;WD)",
            &domain);
}

/* [MS-DTYP] 2.5.1.1: what a writer puts there is what it read. */
static void keeps_what_is_canonical(void **state)
{
    static const char *const texts[] = {
        "",
        "O:BA",
        "O:S-1-5-18-13D:",
        "D:",
        "S:",
        "D:NO_ACCESS_CONTROL",
        "D:PARAI(A;OICINPIOIDCR;FA;;;BU)",
        "S:PARAI(ML;;NWNRNX;;;HI)(SP;;;;;S-1-17-1)(AL;SA;GR;;;WD)",
        "D:(OD;CI;0x12345678;;bf967aba-0de6-11d0-a285-00aa003049e2;PS)",
        ("S:(OU;FA;GAGXGWGR;bf967aba-0de6-11d0-a285-00aa003049e2;"
         "bf967aba-0de6-11d0-a285-00aa003049e2;AC)"),
        "D:(A;;;;;S-1-0x123456789abc-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15)",
        "D:(A;;FR;;;OW)(A;;FW;;;UD)(A;;FX;;;AS)(A;;KW;;;SS)(A;;KR;;;WR)",
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof texts / sizeof *texts; i++)
        becomes(texts[i], texts[i], NULL);
}

static void reads_what_others_write(void **state)
{
    (void)state;
    becomes("D:(A;;0x1f01ff;;;SY)S:O:BAG:BA", "O:BAG:BAD:(A;;FA;;;SY)S:", NULL);
    becomes("D:(A;;20;;;WD)(A;;020;;;WD)(A;;0X20;;;WD)", "D:(A;;LCRP;;;WD)(A;;RP;;;WD)(A;;WP;;;WD)",
            NULL);
    becomes("O:S-1-5-32-544D:(OA;;GA;;;S-1-1-0)", "O:BAD:(A;;GA;;;WD)", NULL);
    becomes(" O:BA\r\n\tD: (A;;GA;;;WD) \n (D;;GA;;;AN) ", "O:BAD:(A;;GA;;;WD)(D;;GA;;;AN)", NULL);
}

static void writes_the_bytes_of_the_specification(void **state)
{
    struct bytes want = unit_hex("01 00 04 90 30 00 00 00 00 00 00 00 00 00 00 00 14 00 00 00 "
                                 "02 00 1c 00 01 00 00 00 "
                                 "00 00 14 00 00 00 00 10 01 01 00 00 00 00 00 01 00 00 00 00 "
                                 "01 01 00 00 00 00 00 05 12 00 00 00");
    struct buf b = { 0 };

    (void)state;
    assert_int_equal(parse("O:SYD:P(A;;GA;;;WD)", NULL, &b), ERR_OK);
    unit_assert_bytes(buf_view(b), want);
    buf_free(&b);
    free((void *)want.ptr);
}

static void names_are_relative_to_a_domain_that_is_known(void **state)
{
    static const char *const relative[] = { "LA", "LG", "DA", "DU", "DG", "DC", "DD", "CA", "PA",
                                            "CN", "AP", "KA", "RS", "RO", "SA", "EA", "EK" };
    struct sddl_domain child = { &domain_sid, NULL };
    char text[16];
    struct buf b = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof relative / sizeof *relative; i++) {
        snprintf(text, sizeof text, "O:%s", relative[i]);
        becomes(text, text, &domain);
        assert_int_equal(parse(text, NULL, &b), ERR_UNSUPPORTED);
        assert_non_null(strstr(detail_get()->text, relative[i]));
        assert_non_null(strstr(detail_get()->remedy, "S-1-5-21-"));
    }
    assert_int_equal(parse("O:EA", &child, &b), ERR_UNSUPPORTED);
    becomes("O:S-1-5-21-1-2-3-512", "O:DA", &child);
    becomes("O:S-1-5-21-1-2-3-512", "O:S-1-5-21-1-2-3-512", NULL);
}

static void refuses_what_is_no_descriptor(void **state)
{
    static const struct {
        const char *text;
        enum err err;
    } wrong[] = {
        { "X:", ERR_INVALID_PARAMETER },
        { "O:", ERR_INVALID_PARAMETER },
        { "O:S-1-", ERR_INVALID_PARAMETER },
        { "O:BAO:BA", ERR_INVALID_PARAMETER },
        { "D:D:", ERR_INVALID_PARAMETER },
        { "O:QQ", ERR_INVALID_PARAMETER },
        { "D:(", ERR_INVALID_PARAMETER },
        { "D:(A;;GA;;;WD", ERR_INVALID_PARAMETER },
        { "D:(A;;GA;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;;GQ;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;XX;GA;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(Q;;GA;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(AU;SA;GA;;;WD)", ERR_INVALID_PARAMETER },
        { "S:(A;;GA;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;;0x100000000;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;;0x;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;;089;;;WD)", ERR_INVALID_PARAMETER },
        { "D:(A;;GA;bf967aba-0de6-11d0-a285-00aa003049e2;;WD)", ERR_INVALID_PARAMETER },
        { "D:(OA;;GA;bf967aba-0de6-11d0-a285;;WD)", ERR_INVALID_PARAMETER },
        { "D:(OA;;GA;{f967aba-0de6-11d0-a285-00aa003049e2};;WD)", ERR_INVALID_PARAMETER },
        { "O:S-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1", ERR_INVALID_PARAMETER },
        { "D:(XA;;GA;;;WD;(Member_of{SID(BA)}))", ERR_UNSUPPORTED },
        { "D:(XD;;GA;;;WD;(a==1))", ERR_UNSUPPORTED },
        { "D:(ZA;;GA;;;WD;(a==1))", ERR_UNSUPPORTED },
        { "S:(RA;CI;;;;S-1-1-0;(\"Secrecy\",TU,0,3))", ERR_UNSUPPORTED },
    };
    struct buf b = { 0 };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (parse(wrong[i].text, NULL, &b) != wrong[i].err)
            fail_msg("%s: %s", wrong[i].text, detail_get()->text);
        assert_string_not_equal(detail_get()->text, "");
    }
}

static void refuses_more_than_a_descriptor_holds(void **state)
{
    static const char entry[] = "(A;;GA;;;WD)";
    size_t n = 64 * 1024 / 20 + 1, i;
    char *text = malloc(2 + n * (sizeof entry - 1) + 1);
    struct buf b = { 0 };

    (void)state;
    assert_non_null(text);
    memcpy(text, "D:", 2);
    for (i = 0; i < n; i++)
        memcpy(text + 2 + i * (sizeof entry - 1), entry, sizeof entry);
    assert_int_equal(parse(text, NULL, &b), ERR_TOO_LONG);
    free(text);
}

/* Conditions, and entries in a list where they have no meaning. */
static void refuses_to_write_what_has_no_words(void **state)
{
    static const struct {
        uint8_t type;
        bool system;
    } wrong[] = { { ACE_ALLOWED_CALLBACK, false },
                  { ACE_RESOURCE_ATTRIBUTE, true },
                  { ACE_AUDIT, false },
                  { ACE_ALLOWED, true },
                  { 99, false } };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct ace a = { .type = wrong[i].type, .who = domain_sid };
        struct descriptor d = { .control = DESCRIPTOR_SACL_PRESENT | DESCRIPTOR_DACL_PRESENT };
        struct acl *list = wrong[i].system ? &d.sacl : &d.dacl;
        struct writer w = writer_new(1024);
        char *text = NULL;

        ace_put(&w, &a);
        list->present = true;
        list->count = 1;
        list->aces = bytes_of(w.ptr, w.len);
        assert_int_equal(sddl_format(&d, SDDL_ALL, NULL, &text), ERR_UNSUPPORTED);
        assert_null(text);
        writer_done(&w);
    }
}

static void writes_the_parts_asked_for(void **state)
{
    static const char *const want[] = { "", "O:BA", "G:SY", "O:BAG:SY", "D:(A;;GA;;;WD)" };
    struct buf b = { 0 };
    struct descriptor d;
    unsigned i;

    (void)state;
    assert_int_equal(parse("O:BAG:SYD:(A;;GA;;;WD)S:", NULL, &b), ERR_OK);
    assert_int_equal(descriptor_read(buf_view(b), &d), ERR_OK);
    for (i = 0; i < 5; i++) {
        char *text = NULL;

        assert_int_equal(sddl_format(&d, i, NULL, &text), ERR_OK);
        assert_string_equal(text, want[i]);
        mem_free(text);
    }
    buf_free(&b);
}

static enum err scenario(void *arg)
{
    struct buf b = { 0 };
    struct descriptor d;
    char *text = NULL;
    enum err e = sddl_parse(arg, NULL, &b);

    if (!e)
        e = descriptor_read(buf_view(b), &d);
    if (!e)
        e = sddl_format(&d, SDDL_ALL, NULL, &text);
    mem_free(text);
    buf_free(&b);
    return e;
}

static void survives_every_failing_allocation(void **state)
{
    char text[] = "O:BAD:(A;;GA;;;WD)(D;;GA;;;AN)S:(AU;SA;GA;;;WD)";

    (void)state;
    oom_run(scenario, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_and_writes_the_documented_examples),
        cmocka_unit_test(keeps_what_is_canonical),
        cmocka_unit_test(reads_what_others_write),
        cmocka_unit_test(writes_the_bytes_of_the_specification),
        cmocka_unit_test(names_are_relative_to_a_domain_that_is_known),
        cmocka_unit_test(refuses_what_is_no_descriptor),
        cmocka_unit_test(refuses_more_than_a_descriptor_holds),
        cmocka_unit_test(refuses_to_write_what_has_no_words),
        cmocka_unit_test(writes_the_parts_asked_for),
        cmocka_unit_test(survives_every_failing_allocation),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
