/* SPDX-License-Identifier: Apache-2.0
 * rpc_client.c - our client of idl/trial.idl: every call of it, at one level.
 *
 *      rpc_client BINDING SPN none|kerberos|negotiate LEVEL
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc_caller.h"
#include "trial.h"

static const size_t sizes[] = { 0, 1, 7, 4096, 5840, 70000, 1048577 };

static int wide_equal(const WCHAR *a, const WCHAR *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

static void echo(handle_t h, size_t size)
{
    byte *data = malloc(size + 1), *back = calloc(1, size + 1);

    caller_check("memory", data && back);
    for (size_t i = 0; i < size; i++)
        data[i] = (byte)(i * 7 + i / 256);
    TrialEcho(h, (ULONG)size, data, back);
    caller_check("what comes back is what was sent", !memcmp(data, back, size));
    free(data);
    free(back);
}

static void text(handle_t h)
{
    WCHAR *greeting = NULL;

    TrialGreet(h, u"Jürgen", &greeting);
    caller_check("the greeting", greeting && wide_equal(greeting, u"Hello, Jürgen"));
    midl_user_free(greeting);
}

static void caller(handle_t h, const struct caller_security *as)
{
    char *name = NULL;
    ULONG level = 0, service = 0;

    TrialCaller(h, &level, &service, &name);
    printf("caller %s level %u service %u\n", name ? name : "-", (unsigned)level,
           (unsigned)service);
    caller_check("a name, if there is authentication", !name == !as->service);
    midl_user_free(name);
}

/* The longer name may come into the memory of the shorter, as MIDL has it, or into new memory. */
static void record(handle_t h)
{
    WCHAR *name = memcpy(midl_user_allocate(64), u"ab", sizeof u"ab");
    TRIAL_RECORD r = { 'x', -2, 0x01020304, 0x0102030405060708, 1.5, TRIAL_RED, name };

    TrialRecord(h, &r);
    caller_check("a record", r.letter == 'y' && r.small_number == -1 && r.number == 0x01020305 &&
                                 r.large_number == 0x0102030405060709 && r.fraction == 2.5 &&
                                 r.colour == TRIAL_GREEN);
    caller_check("its name", r.name && wide_equal(r.name, u"abab"));
    if (r.name != name)
        midl_user_free(r.name);
    midl_user_free(name);
}

static void counter(handle_t h)
{
    TRIAL_COUNTER c = NULL;

    TrialCounterOpen(h, 41, &c);
    caller_check("a counter", c != NULL);
    caller_check("counts on", TrialCounterNext(c) == 42);
    caller_check("and on", TrialCounterNext(c) == 43);
    TrialCounterClose(&c);
    caller_check("is closed", c == NULL);
}

static void all(handle_t h, const struct caller_security *as)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        echo(h, sizes[i]);
    caller_check("a sum", TrialAdd(h, -1, 0x100000000) == 0xffffffff);
    text(h);
    caller(h, as);
    record(h);
    counter(h);
}

int main(int argc, char **argv)
{
    struct caller_security as;
    RPC_BINDING_HANDLE h;

    if (argc != 5) {
        fprintf(stderr, "usage: rpc_client BINDING SPN none|kerberos|negotiate LEVEL\n");
        return 2;
    }
    caller_security_parse(argv[2], argv[3], argv[4], &as);
    h = caller_bind(argv[1], &as);
    RpcTryExcept
    {
        all(h, &as);
    }
    RpcExcept (1) {
        caller_must("a call", (RPC_STATUS)RpcExceptionCode());
    }
    RpcEndExcept;
    caller_must("RpcBindingFree", RpcBindingFree(&h));
    printf("all calls were right\n");
    return 0;
}
