/* SPDX-License-Identifier: Apache-2.0
 * client.c - finds the server in the directory, and calls it as if HelloSay were a function here.
 *
 *      hello-client --trust-account NAME [--say TEXT] [--level LEVEL] [--connect BINDING]
 *
 * It brings what hello.idl says - a word to look for and a service class - and from its user a
 * reason to trust what the directory answers: the account that runs the service. Then:
 *
 *  - find: the directory says where the server is, and which principal name it has;
 *  - bind: to that place, as a caller who insists on that name, and on privacy;
 *  - call: HelloSay. Connecting, proving and sealing happen within.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc.h>
#include <scp.h>

#include "hello.h"
#include "report.h"

struct options {
    const char *trust_account, *say, *level, *connect;
};

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- find ---- */

/* Anybody with an account may publish an entry with our keyword: what the directory says is
 * evidence, and the policy decides. */
static const CS_SERVICE_POINT *find(const struct options *o, CS_SERVICE_POINT ***ret_all,
                                    DWORD *ret_count)
{
    CS_TRUST trust = { .account = o->trust_account };
    DWORD e = CsFindService(NULL, HELLO_KEYWORD, HELLO_CLASS, o->trust_account ? &trust : NULL,
                            ret_all, ret_count);

    return failed("CsFindService", e) ? NULL : (*ret_all)[0];
}

/* ---- bind ---- */

/* MUTUAL_AUTH: without it we would have proved ourselves to whoever answered. IDENTIFY: the server
 * may learn who we are, and not act in our name. */
static RPC_STATUS insist(RPC_BINDING_HANDLE server, const char *name, ULONG level)
{
    RPC_SECURITY_QOS qos = {
        .Version = RPC_C_SECURITY_QOS_VERSION_1,
        .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
        .IdentityTracking = RPC_C_QOS_IDENTITY_STATIC,
        .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY,
    };

    if (level == RPC_C_AUTHN_LEVEL_NONE)
        return RPC_S_OK;
    return RpcBindingSetAuthInfoExA(server, (RPC_CSTR)(uintptr_t)name, level,
                                    RPC_C_AUTHN_GSS_NEGOTIATE, NULL /* whoever ran kinit */,
                                    RPC_C_AUTHZ_NONE, &qos);
}

/* Where to connect is a hint and needs no proof: the wrong place cannot prove the right name. */
static RPC_STATUS bind_to(const char *where, const char *name, ULONG level,
                          RPC_BINDING_HANDLE *ret_server)
{
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)where, ret_server);

    return status == RPC_S_OK ? insist(*ret_server, name, level) : status;
}

/* ---- call ---- */

/* What goes wrong on the way is an exception, as HelloSay has no place for it: no server, the
 * wrong one, one that will not have us, a message that was changed. */
static RPC_STATUS call(RPC_BINDING_HANDLE server, const char *text)
{
    char answer[HELLO_ROOM];
    volatile RPC_STATUS status = RPC_S_OK; /* volatile: set where an exception may lead */

    RpcTryExcept
    {
        HelloSay(server, text, answer);
        printf("I say      \"%s\"\nit answers \"%s\"\n", text, printable(answer));
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* ---- all of it ---- */

static bool level_read(const char *word, ULONG *ret)
{
    *ret = !word || strcmp(word, "privacy") == 0 ? RPC_C_AUTHN_LEVEL_PKT_PRIVACY
           : strcmp(word, "integrity") == 0      ? RPC_C_AUTHN_LEVEL_PKT_INTEGRITY
           : strcmp(word, "none") == 0           ? RPC_C_AUTHN_LEVEL_NONE
                                                 : RPC_C_AUTHN_LEVEL_DEFAULT;
    return *ret != RPC_C_AUTHN_LEVEL_DEFAULT;
}

static int run(const struct options *o, ULONG level)
{
    CS_SERVICE_POINT **all = NULL;
    DWORD count = 0;
    RPC_BINDING_HANDLE server = NULL;
    int result = 1;
    const CS_SERVICE_POINT *point = find(o, &all, &count);
    const char *where;

    if (!point)
        goto out;
    where = o->connect ? o->connect : point->binding_count ? point->bindings[0] : "nowhere";
    printf("found      %s\n  where    %s\n  account  %s\n  to prove %s\n", point->dn, where,
           point->account, level == RPC_C_AUTHN_LEVEL_NONE ? "nothing" : point->spn);
    if (failed("the binding", (DWORD)bind_to(where, point->spn, level, &server)))
        goto out;
    result = failed("HelloSay", (DWORD)call(server, o->say ? o->say : "hello"));
out:
    RpcBindingFree(&server);
    CsFreeServicePoints(all, count);
    return result;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--trust-account", &o.trust_account },
        { "--say", &o.say },
        { "--level", &o.level },
        { "--connect", &o.connect },
    };
    ULONG level;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 4) || !level_read(o.level, &level)) {
        fprintf(stderr, "usage: hello-client --trust-account NAME [--say TEXT]\n"
                        "                    [--level privacy | integrity | none] "
                        "[--connect BINDING]\n");
        return 2;
    }
    return run(&o, level);
}
