/* SPDX-License-Identifier: Apache-2.0 */
#include <countersign/rpc.h>

#include "base/err.h"
#include "lib/unit.h"

#define OBJECT "6b29fc40-ca47-1067-b31d-00dd010662da"
#define WOBJECT u"6b29fc40-ca47-1067-b31d-00dd010662da"

static RPC_CSTR text(const char *s)
{
    return (RPC_CSTR)(uintptr_t)s;
}

static void composes_and_parses_in_both_forms(void **state)
{
    RPC_CSTR whole = NULL, object, protseq, address, endpoint, options;
    RPC_WSTR wide = NULL, wobject, wprotseq, waddress, wendpoint, woptions;

    (void)state;
    assert_int_equal(RpcStringBindingComposeA(text(OBJECT), text("ncacn_np"), text("\\\\b\xc3\xbc"),
                                              text("\\pipe\\p"), text("Security=x"), &whole),
                     RPC_S_OK);
    assert_string_equal(whole, OBJECT "@ncacn_np:\\\\\\\\b\xc3\xbc[\\\\pipe\\\\p,Security=x]");
    assert_int_equal(
        RpcStringBindingParseA(whole, &object, &protseq, &address, &endpoint, &options), RPC_S_OK);
    assert_string_equal(object, OBJECT);
    assert_string_equal(protseq, "ncacn_np");
    assert_string_equal(address, "\\\\b\xc3\xbc");
    assert_string_equal(endpoint, "\\pipe\\p");
    assert_string_equal(options, "Security=x");
    assert_int_equal(RpcStringBindingComposeW((WCHAR[]){ WOBJECT }, (WCHAR[]){ u"ncacn_np" },
                                              (WCHAR[]){ u"\\\\b\u00fc" }, NULL, (WCHAR[]){ u"" },
                                              &wide),
                     RPC_S_OK);
    assert_memory_equal(wide, WOBJECT u"@ncacn_np:\\\\\\\\b\u00fc", sizeof(WOBJECT) + 2 * 16);
    assert_int_equal(
        RpcStringBindingParseW(wide, &wobject, &wprotseq, &waddress, &wendpoint, &woptions),
        RPC_S_OK);
    assert_memory_equal(waddress, u"\\\\b\u00fc", 5 * sizeof(WCHAR));
    assert_int_equal(wendpoint[0], 0);
    assert_int_equal(woptions[0], 0);
    RpcStringFreeA(&whole);
    RpcStringFreeA(&object);
    RpcStringFreeA(&protseq);
    RpcStringFreeA(&address);
    RpcStringFreeA(&endpoint);
    RpcStringFreeA(&options);
    RpcStringFreeW(&wide);
    RpcStringFreeW(&wobject);
    RpcStringFreeW(&wprotseq);
    RpcStringFreeW(&waddress);
    RpcStringFreeW(&wendpoint);
    RpcStringFreeW(&woptions);
}

static void gives_only_what_is_wanted(void **state)
{
    RPC_CSTR endpoint = NULL, kept = text("kept");

    (void)state;
    assert_int_equal(
        RpcStringBindingParseA(text("ncalrpc:[name]"), NULL, NULL, NULL, &endpoint, NULL),
        RPC_S_OK);
    assert_string_equal(endpoint, "name");
    RpcStringFreeA(&endpoint);
    assert_int_equal(RpcStringBindingParseA(text("ncalrpc"), NULL, NULL, NULL, &kept, NULL),
                     RPC_S_INVALID_STRING_BINDING);
    assert_string_equal(kept, "kept");
    assert_int_equal(RpcStringBindingComposeA(NULL, text("ncalrpc"), NULL, NULL, NULL, NULL),
                     RPC_S_OK);
}

static void each_mistake_has_its_status(void **state)
{
    RPC_CSTR out = NULL;
    WCHAR lone[] = { 'a', ':', 0xdc00, 0 };

    (void)state;
    assert_int_equal(RpcStringBindingParseA(text("a@b:"), NULL, NULL, NULL, NULL, NULL),
                     RPC_S_INVALID_STRING_UUID);
    assert_int_equal(RpcStringBindingParseA(NULL, NULL, NULL, NULL, NULL, NULL),
                     RPC_S_INVALID_STRING_BINDING);
    assert_int_equal(RpcStringBindingParseW(lone, NULL, NULL, NULL, NULL, NULL),
                     RPC_S_INVALID_STRING_BINDING);
    assert_int_equal(RpcStringBindingComposeA(text("no"), text("ncalrpc"), NULL, NULL, NULL, &out),
                     RPC_S_INVALID_STRING_UUID);
    assert_int_equal(RpcStringBindingComposeA(NULL, text("\xff"), NULL, NULL, NULL, &out),
                     RPC_S_INVALID_ARG);
    assert_null(out);
    assert_int_equal(RpcStringFreeA(NULL), RPC_S_OK);
}

static enum err there_and_back(void *arg)
{
    RPC_WSTR parts[5] = { NULL }, whole = NULL;
    RPC_STATUS status =
        RpcStringBindingParseW(arg, &parts[0], &parts[1], &parts[2], &parts[3], &parts[4]);
    size_t i;

    if (!status)
        status = RpcStringBindingComposeW(parts[0], parts[1], parts[2], parts[3], parts[4], &whole);
    for (i = 0; i < 5; i++)
        RpcStringFreeW(&parts[i]);
    RpcStringFreeW(&whole);
    return status == RPC_S_OUT_OF_MEMORY ? ERR_NO_MEMORY : status ? ERR_INTERNAL : ERR_OK;
}

static void says_when_memory_is_out(void **state)
{
    (void)state;
    oom_run(there_and_back, (WCHAR[]){ WOBJECT u"@ncacn_ip_tcp:host[135,a=b]" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(composes_and_parses_in_both_forms),
        cmocka_unit_test(gives_only_what_is_wanted),
        cmocka_unit_test(each_mistake_has_its_status),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
