/* SPDX-License-Identifier: Apache-2.0 */
#include "rpc/string_binding.h"

#include "base/alloc.h"
#include "lib/unit.h"

#define OBJECT "308fb580-1eb2-11ca-923b-08002b1075a7"

struct vector {
    const char *text, *object, *protseq, *address, *endpoint, *options;
    const char *back; /* how we write it, where that differs */
};

/* The examples of the page "String Binding", a backslash of theirs being one of the text's, and
 * what else its words allow. */
static const struct vector vectors[] = {
    { OBJECT "@ncadg_mq:mymqserver", OBJECT, "ncadg_mq", "mymqserver", "", "", NULL },
    { OBJECT "@ncacn_http:major7.microsoft.com[2225]", OBJECT, "ncacn_http", "major7.microsoft.com",
      "2225", "", NULL },
    { OBJECT "@ncacn_http:major7.microsoft.com[,HttpProxy=proxysvr:80,RpcProxy=websvr1:80]", OBJECT,
      "ncacn_http", "major7.microsoft.com", "", "HttpProxy=proxysvr:80,RpcProxy=websvr1:80", NULL },
    { OBJECT "@ncacn_ip_tcp:16.20.16.27[2001]", OBJECT, "ncacn_ip_tcp", "16.20.16.27", "2001", "",
      NULL },
    { OBJECT "@ncacn_ip_tcp:16.20.16.27[endpoint=2001]", OBJECT, "ncacn_ip_tcp", "16.20.16.27",
      "2001", "", OBJECT "@ncacn_ip_tcp:16.20.16.27[2001]" },
    { OBJECT "@ncacn_nb_nb:", OBJECT, "ncacn_nb_nb", "", "", "", NULL },
    { OBJECT "@ncacn_nb_nb:[100]", OBJECT, "ncacn_nb_nb", "", "100", "", NULL },
    { OBJECT "@ncacn_np:[\\\\pipe\\\\p3,Security=impersonation static true]", OBJECT, "ncacn_np",
      "", "\\pipe\\p3", "Security=impersonation static true", NULL },
    { OBJECT "@ncacn_np:\\\\\\\\marketing[endpoint=\\\\pipe\\\\p2\\\\p3]", OBJECT, "ncacn_np",
      "\\\\marketing", "\\pipe\\p2\\p3", "",
      OBJECT "@ncacn_np:\\\\\\\\marketing[\\\\pipe\\\\p2\\\\p3]" },
    { OBJECT "@ncalrpc:[object2_name,Security=anonymous static true]", OBJECT, "ncalrpc", "",
      "object2_name", "Security=anonymous static true", NULL },
    { OBJECT "@ncacn_vns_spp:server@group@org[500]", OBJECT, "ncacn_vns_spp", "server@group@org",
      "500", "", NULL },
    { "ncacn_at_dsp:server@zone", "", "ncacn_at_dsp", "server@zone", "", "", NULL },
    { OBJECT "@ncacn_spx:~0000000108002B30612C", OBJECT, "ncacn_spx", "~0000000108002B30612C", "",
      "", NULL },
    { "ncacn_ip_tcp:fe80::1%eth0[135]", "", "ncacn_ip_tcp", "fe80::1%eth0", "135", "", NULL },
    { "ncacn_ip_tcp:2001:db8::7", "", "ncacn_ip_tcp", "2001:db8::7", "", "", NULL },
    { "ncacn_ip_tcp:", "", "ncacn_ip_tcp", "", "", "", NULL },
    { "ncalrpc:[]", "", "ncalrpc", "", "", "", "ncalrpc:" },
    { "ncalrpc:[,]", "", "ncalrpc", "", "", "", "ncalrpc:" },
    { "ncalrpc:[Security=anonymous static true]", "", "ncalrpc", "", "",
      "Security=anonymous static true", "ncalrpc:[,Security=anonymous static true]" },
    { "ncalrpc:[a\\=b\\,c\\]]", "", "ncalrpc", "", "a=b,c]", "", NULL },
    { "ncalrpc:[\\e\\n\\d]", "", "ncalrpc", "", "end", "", "ncalrpc:[end]" },
    { "nc\\:a:h\\[ost", "", "nc:a", "h[ost", "", "", NULL },
    /* A single backslash is an escape there too. */
    { "ncacn_np:.[\\pipe\\test]", "", "ncacn_np", ".", "pipetest", "", "ncacn_np:.[pipetest]" },
    { ":", "", "", "", "", "", NULL },
};

static void takes_apart_and_puts_together(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        const struct vector *v = &vectors[i];
        struct rpc_string_binding b;
        char *back = NULL;

        assert_int_equal(rpc_string_binding_parse(v->text, &b), ERR_OK);
        assert_string_equal(b.object, v->object);
        assert_string_equal(b.protseq, v->protseq);
        assert_string_equal(b.address, v->address);
        assert_string_equal(b.endpoint, v->endpoint);
        assert_string_equal(b.options, v->options);
        assert_int_equal(rpc_string_binding_format(&b, &back), ERR_OK);
        assert_string_equal(back, v->back ? v->back : v->text);
        mem_free(back);
        rpc_string_binding_free(&b);
        assert_string_equal(b.address, "");
    }
}

static void refuses_what_is_none(void **state)
{
    static const struct {
        const char *text;
        enum err err;
    } bad[] = {
        { "", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp", ERR_RPC_STRING_BINDING },
        { OBJECT, ERR_RPC_STRING_BINDING },
        { OBJECT "@ncacn_ip_tcp", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[135", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[135,a=b", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[135]x", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:[::1][135]", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host]", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host\\", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[135\\", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host[135\\]", ERR_RPC_STRING_BINDING },
        { "ncacn_ip_tcp:host\n[135]", ERR_RPC_STRING_BINDING },
        { "@ncacn_ip_tcp:host", ERR_RPC_UUID },
        { "{" OBJECT "}@ncacn_ip_tcp:host", ERR_RPC_UUID },
        { "308fb580-1eb2-11ca-923b@ncacn_ip_tcp:host", ERR_RPC_UUID },
        { "me@ncacn_ip_tcp:host", ERR_RPC_UUID },
    };
    struct rpc_string_binding b;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof bad / sizeof *bad; i++)
        if (rpc_string_binding_parse(bad[i].text, &b) != bad[i].err)
            fail_msg("\"%s\"", bad[i].text);
}

/* 4,096 bytes are taken, one more is not, in either direction. */
static void has_a_longest(void **state)
{
    static char address[RPC_STRING_BINDING_MAX];
    struct rpc_string_binding b = { .protseq = "ncacn_ip_tcp", .address = address }, back;
    size_t room = RPC_STRING_BINDING_MAX - strlen("ncacn_ip_tcp:");
    char *text = NULL, *longer = NULL;

    (void)state;
    memset(address, 'a', room);
    assert_int_equal(rpc_string_binding_format(&b, &text), ERR_OK);
    assert_int_equal(strlen(text), RPC_STRING_BINDING_MAX);
    assert_int_equal(rpc_string_binding_parse(text, &back), ERR_OK);
    assert_int_equal(strlen(back.address), room);
    rpc_string_binding_free(&back);
    longer = mem_printf("%sa", text);
    assert_int_equal(rpc_string_binding_parse(longer, &back), ERR_RPC_STRING_LONG);
    address[room] = 'a';
    mem_free(text);
    assert_int_equal(rpc_string_binding_format(&b, &text), ERR_RPC_STRING_LONG);
    mem_free(longer);
}

static enum err there_and_back(void *arg)
{
    struct rpc_string_binding b;
    char *text = NULL;
    enum err e = rpc_string_binding_parse(arg, &b);

    if (e)
        return e;
    e = rpc_string_binding_format(&b, &text);
    rpc_string_binding_free(&b);
    mem_free(text);
    return e;
}

static void says_when_memory_is_out(void **state)
{
    char text[] = OBJECT "@ncacn_np:\\\\\\\\s[\\\\pipe\\\\p1,Security=identification dynamic true]";

    (void)state;
    oom_run(there_and_back, text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_apart_and_puts_together),
        cmocka_unit_test(refuses_what_is_none),
        cmocka_unit_test(has_a_longest),
        cmocka_unit_test(says_when_memory_is_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
