/* SPDX-License-Identifier: Apache-2.0
 * client.c - imports a server from the RPC name service, and calls it once it proved itself.
 *
 *      rpcns-client --trust-account NAME [--entry NAME] [--say TEXT]
 *
 * It brings what greet.idl says - an interface and a service class - and from its user a reason to
 * trust what the directory answers: the account that runs the server. Then:
 *
 *  - import (RpcNsBindingImportBegin, -Next, -Done): the servers of that interface, one by one, of
 *    one entry or of all;
 *  - compose (CsNameSpn): whom the server at such a binding must prove to be;
 *  - call: at privacy, with that proof.
 *
 * CsBindName does all three in one call.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <names.h>
#include <rpc.h>

#include "../report.h"
#include "greet.h"

struct options {
    const char *trust_account, *entry, *say;
};

#define GREET_TYPE                                                                                 \
    "4a7c0e1d-5b36-4f82-9c1e-8d20f6b3a571,1.0" /* the interface, as greet.idl has it */

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- compose ---- */

/* "Greeter" of "/.:/Greeter" and "/.../example.com/Greeter". */
static const char *entry_cn(const char *name)
{
    const char *p = strncmp(name, "/.../", 5) == 0 ? strchr(name + 5, '/') : name + 3;

    return p ? p + 1 : name;
}

/* The entry says that the binding is a certain host's. Made of that host, the entry's DN, and a
 * class of our own, the name is worth something because an account we trust holds it. */
static CS_FOUND_NAME **vouched(const struct options *o, const char *name, DWORD *ret_count)
{
    CS_NAME_QUERY query = {
        .size = sizeof query, .kinds = CS_NAMES_RPC, .name = entry_cn(name), .type = GREET_TYPE
    };
    CS_TRUST trust = { .account = o->trust_account };
    CS_FOUND_NAME **found = NULL;

    if (failed("CsNameSpn", CsNameSpn(NULL, &query, GREET_CLASS, o->trust_account ? &trust : NULL,
                                      &found, ret_count)))
        return NULL;
    return found;
}

static const CS_FOUND_NAME *instance_at(CS_FOUND_NAME **found, DWORD count, const char *where)
{
    DWORD i, j;

    for (i = 0; i < count; i++) {
        for (j = 0; j < found[i]->address_count; j++) {
            if (strcmp(found[i]->addresses[j], where) == 0)
                return found[i];
        }
    }
    return NULL;
}

/* ---- call ---- */

static RPC_STATUS insist(RPC_BINDING_HANDLE server, const char *spn)
{
    RPC_SECURITY_QOS qos = {
        .Version = RPC_C_SECURITY_QOS_VERSION_1,
        .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
        .IdentityTracking = RPC_C_QOS_IDENTITY_STATIC,
        .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY,
    };

    return RpcBindingSetAuthInfoExA(server, (RPC_CSTR)(uintptr_t)spn, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                    RPC_C_AUTHN_GSS_NEGOTIATE, NULL /* whoever ran kinit */,
                                    RPC_C_AUTHZ_NONE, &qos);
}

static RPC_STATUS call(RPC_BINDING_HANDLE server, const char *text)
{
    char answer[GREET_ROOM];
    volatile RPC_STATUS status = RPC_S_OK; /* volatile: set where an exception may lead */

    RpcTryExcept
    {
        GreetMe(server, text, answer);
        printf("I say       \"%s\"\nit answers  \"%s\"\n", text, printable(answer));
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

static RPC_STATUS call_proven(const struct options *o, RPC_BINDING_HANDLE server,
                              const CS_FOUND_NAME *instance)
{
    RPC_STATUS status;

    printf("  account   %s\n  to prove  %s\n", instance->account, instance->spn);
    status = insist(server, instance->spn);
    if (!failed("RpcBindingSetAuthInfoEx", (DWORD)status)) {
        status = call(server, o->say ? o->say : "hello");
        failed("GreetMe", (DWORD)status);
    }
    return status;
}

/* RPC_S_SERVER_UNAVAILABLE: nobody there, or nobody we trust; then the next one is asked. */
static RPC_STATUS try_server(const struct options *o, RPC_BINDING_HANDLE server)
{
    RPC_CSTR entry = NULL, where = NULL;
    CS_FOUND_NAME **found = NULL;
    DWORD count = 0;
    const CS_FOUND_NAME *instance = NULL;
    RPC_STATUS status = RpcNsBindingInqEntryNameA(server, RPC_C_NS_SYNTAX_DEFAULT, &entry);

    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(server, &where);
    if (status != RPC_S_OK) {
        failed("the imported binding", (DWORD)status);
        goto out;
    }
    printf("found       %s\n", printable((char *)entry));
    printf("  at        %s\n", printable((char *)where));
    found = vouched(o, (char *)entry, &count);
    instance = instance_at(found, count, (char *)where);
    status = instance ? call_proven(o, server, instance) : RPC_S_SERVER_UNAVAILABLE;
out:
    CsFreeNames(found, count);
    RpcStringFreeA(&where);
    RpcStringFreeA(&entry);
    return status;
}

/* ---- import ---- */

static int run(const struct options *o)
{
    RPC_STATUS status, outcome = RPC_S_SERVER_UNAVAILABLE;
    RPC_BINDING_HANDLE server = NULL;
    RPC_NS_HANDLE import = NULL;
    char name[300];

    snprintf(name, sizeof name, "/.:/%s", o->entry ? o->entry : "");
    status = RpcNsBindingImportBeginA(RPC_C_NS_SYNTAX_DCE, o->entry ? (RPC_CSTR)name : NULL,
                                      greet_v1_0_c_ifspec, NULL, &import);
    if (failed("RpcNsBindingImportBegin", (DWORD)status))
        return 1;
    while (status == RPC_S_OK && outcome == RPC_S_SERVER_UNAVAILABLE) {
        status = RpcNsBindingImportNext(import, &server);
        if (status == RPC_S_OK) {
            outcome = try_server(o, server);
            RpcBindingFree(&server);
        }
    }
    if (outcome == RPC_S_SERVER_UNAVAILABLE)
        failed("RpcNsBindingImportNext", (DWORD)status);
    RpcNsBindingImportDone(&import);
    return outcome == RPC_S_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--trust-account", &o.trust_account },
        { "--entry", &o.entry },
        { "--say", &o.say },
    };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 3)) {
        fprintf(stderr, "usage: rpcns-client --trust-account NAME [--entry NAME] [--say TEXT]\n");
        return 2;
    }
    return run(&o);
}
