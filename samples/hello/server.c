/* SPDX-License-Identifier: Apache-2.0
 * server.c - says hello to callers who proved who they are, over calls that nobody else can read.
 *
 *      hello-server --account NAME --keytab FILE [--point GUID] [--level LEVEL]
 *
 * From top to bottom: what it does, whom it does it for, how it comes up. `countersign publish` has
 * made it known in the directory before (README.md); with --point, the GUID of that entry, it
 * writes into the entry where it can be reached now.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntdsapi.h>
#include <rpc.h>
#include <scp.h>

#include "hello.h"
#include "report.h"

struct options {
    const char *account, *keytab, *point, *level;
};

/* ---- what it does ---- */

/* Declared in hello.h, called by the stub, in a thread of the runtime's: several at a time.
 * IDL_handle, which hello.acf asked for, is the call here. */
void HelloSay(handle_t IDL_handle, const char *text, char answer[])
{
    static const char *const levels[] = { "?",      "none",      "connect", "call",
                                          "packet", "integrity", "privacy" };
    const char *name = "nobody I know";
    RPC_AUTHZ_HANDLE proven = NULL;
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;

    if (RpcBindingInqAuthClientA(IDL_handle, &proven, NULL, &level, NULL, NULL) == RPC_S_OK)
        name = proven;
    /* The stub has made the room that the IDL gives an answer, and checks that it ends there. */
    snprintf(answer, HELLO_ROOM, "%s, I heard: %s", name, text);
    printf("at level %s, I answer: %s\n", levels[level], printable(answer));
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- whom it does it for ---- */

static ULONG least = RPC_C_AUTHN_LEVEL_PKT_PRIVACY;

/* The runtime asks before each call. That the caller is who he says is certain by now; how well
 * the call is protected was his choice, so it is looked at. (Which of the known are welcome would
 * be decided here, too: the first argument of RpcBindingInqAuthClient's answers is a name.) */
static RPC_STATUS demand(RPC_IF_HANDLE interface, void *call)
{
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    RPC_STATUS status = RpcBindingInqAuthClientA(call, NULL, NULL, &level, NULL, NULL);

    (void)interface;
    if (level >= least && (status == RPC_S_OK || least == RPC_C_AUTHN_LEVEL_NONE))
        return RPC_S_OK;
    printf("REFUSED a call at level %u\n", (unsigned)level);
    return RPC_S_ACCESS_DENIED;
}

/* For looking at the wire, as the demo does. Nothing else should ever ask for it. */
static bool least_read(const char *word)
{
    if (!word || strcmp(word, "privacy") == 0)
        return true;
    if (strcmp(word, "integrity") == 0)
        least = RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
    else if (strcmp(word, "none") == 0)
        least = RPC_C_AUTHN_LEVEL_NONE;
    else
        return false;
    printf("WARNING: calls are taken at level %s: for looking at the wire, for nothing else\n",
           word);
    return true;
}

/* ---- how it comes up ---- */

/* The keys of the default keytab, $KRB5_KTNAME, open our callers' tickets. */
static RPC_STATUS prove(const char *name)
{
    RPC_STATUS status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name,
                                                   RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name, RPC_C_AUTHN_GSS_KERBEROS,
                                            NULL, NULL);
    return status;
}

static RPC_STATUS serve(const char *name)
{
    /* A port of the system's choice: clients learn it from the directory. */
    RPC_STATUS status = RpcServerUseProtseqA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                             RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);
    UINT flags = least == RPC_C_AUTHN_LEVEL_NONE ? RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH
                                                 : RPC_IF_ALLOW_SECURE_ONLY;

    if (status == RPC_S_OK)
        status = prove(name);
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(hello_v1_0_s_ifspec, NULL, NULL, flags,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 64 * 1024, demand);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1 /* do not wait here */);
    return status;
}

/* "ncacn_ip_tcp:192.0.2.7[49152]": where the runtime listens. */
static RPC_STATUS where(RPC_CSTR *ret)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status = RpcServerInqBindings(&bindings);

    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(bindings->BindingH[0], ret);
    RpcBindingVectorFree(&bindings);
    return status;
}

/* As itself: the service's account may change two attributes of its own entry and no more. */
static DWORD announce(const struct options *o, const char *binding)
{
    CS_DIRECTORY_OPTIONS how = { .size = sizeof how, .user = o->account, .keytab = o->keytab };
    HANDLE directory = NULL;
    DWORD e = CsBindDirectory(&how, &directory);

    if (e == ERROR_SUCCESS)
        e = CsUpdateServicePoint(directory, o->point, NULL, &binding, 1, NULL);
    if (directory)
        DsUnBind(&directory);
    return e;
}

static int run(const struct options *o)
{
    DWORD count = 0;
    char **names = NULL;
    RPC_CSTR binding = NULL;
    int result = 1;

    setenv("KRB5_KTNAME", o->keytab, 1);
    /* "Hello/host1.example.com": by this name clients ask for us. */
    if (failed("DsGetSpn",
               DsGetSpn(DS_SPN_DNS_HOST, HELLO_CLASS, NULL, 0, 0, NULL, NULL, &count, &names)))
        goto out;
    if (failed("the server", (DWORD)serve(names[0])) ||
        failed("its binding", (DWORD)where(&binding)))
        goto out;
    if (o->point && failed("the directory", announce(o, (const char *)binding)))
        goto out;
    printf("listening on %s\n", (char *)binding);
    result = failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
out:
    RpcStringFreeA(&binding);
    DsFreeSpnArray(count, names);
    return result;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--account", &o.account },
        { "--keytab", &o.keytab },
        { "--point", &o.point },
        { "--level", &o.level },
    };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 4) || !o.account || !o.keytab ||
        !least_read(o.level)) {
        fprintf(stderr, "usage: hello-server --account NAME --keytab FILE [--point GUID]\n"
                        "                    [--level privacy | integrity | none]\n");
        return 2;
    }
    return run(&o);
}
