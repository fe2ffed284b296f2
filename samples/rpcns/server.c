/* SPDX-License-Identifier: Apache-2.0
 * server.c - an RPC server that exports itself to the RPC name service, for callers who prove who
 * they are.
 *
 *      rpcns-server --install   --account DN --domain DN [--entry NAME]
 *      rpcns-server --run       --account NAME --keytab FILE [--domain DN] [--entry NAME]
 *                               [--port PORT]
 *      rpcns-server --uninstall --account DN --domain DN [--entry NAME]
 *
 *  - install, by an administrator: the right to create an entry, and the entry's principal name;
 *  - export, as the server's own account: where it listens (RpcNsBindingExport), while it does;
 *  - serve: calls at privacy, from callers who are known.
 *
 * An entry is one instance's: whoever runs two servers gives each an entry of its own, and clients
 * who look for the interface find both. Without --domain nothing is exported.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <names.h>
#include <ntdsapi.h>
#include <rpc.h>

#include "../entry.h"
#include "../report.h"
#include "greet.h"

enum verb { INSTALL, UNINSTALL, RUN, NONE };

struct options {
    enum verb verb;
    const char *account, *domain, *keytab, *entry, *port;
};

static RPC_CSTR rpc_text(const char *s)
{
    return (RPC_CSTR)(uintptr_t)s;
}

/* ---- what it does ---- */

void GreetMe(handle_t IDL_handle, const char *text, char answer[])
{
    const char *name = "nobody I know";
    RPC_AUTHZ_HANDLE proven = NULL;

    if (RpcBindingInqAuthClientA(IDL_handle, &proven, NULL, NULL, NULL, NULL) == RPC_S_OK)
        name = proven;
    snprintf(answer, GREET_ROOM, "good day %s, you said: %s", name, text);
    printf("I answer: %s\n", printable(answer));
}

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* How well a call is protected is its caller's choice, so it is looked at. */
static RPC_STATUS demand(RPC_IF_HANDLE interface, void *call)
{
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    RPC_STATUS status = RpcBindingInqAuthClientA(call, NULL, NULL, &level, NULL, NULL);

    (void)interface;
    if (status == RPC_S_OK && level >= RPC_C_AUTHN_LEVEL_PKT_PRIVACY)
        return RPC_S_OK;
    printf("REFUSED a call at level %u\n", (unsigned)level);
    return RPC_S_ACCESS_DENIED;
}

/* ---- export ---- */

static struct entry described(const struct options *o)
{
    return (struct entry){
        .rights = CS_NAMES_RPC,
        .container = "RpcServices",
        .name = o->entry,
        .service_class = GREET_CLASS,
    };
}

static void entry_name(const struct options *o, char ret[300])
{
    snprintf(ret, 300, "/.:/%s", o->entry);
}

/* Whoever the process is in the directory, the server's account: who ran kinit with its keytab. An
 * instance that was killed has left its binding in our entry, so that goes first. */
static RPC_STATUS announce(const struct options *o, RPC_BINDING_VECTOR *bindings)
{
    char name[300];
    RPC_STATUS status;

    entry_name(o, name);
    status = RpcNsBindingUnexportA(RPC_C_NS_SYNTAX_DCE, rpc_text(name), greet_v1_0_s_ifspec, NULL);
    if (status && status != RPC_S_ENTRY_NOT_FOUND && status != RPC_S_INTERFACE_NOT_FOUND)
        return status;
    return RpcNsBindingExportA(RPC_C_NS_SYNTAX_DCE, rpc_text(name), greet_v1_0_s_ifspec, bindings,
                               NULL);
}

static RPC_STATUS withdraw(const struct options *o)
{
    char name[300];

    entry_name(o, name);
    return RpcNsBindingUnexportA(RPC_C_NS_SYNTAX_DCE, rpc_text(name), greet_v1_0_s_ifspec, NULL);
}

/* ---- run ---- */

static RPC_STATUS prove(const char *name)
{
    RPC_STATUS status =
        RpcServerRegisterAuthInfoA(rpc_text(name), RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA(rpc_text(name), RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL);
    return status;
}

static RPC_STATUS serve(const struct options *o, const char *name)
{
    RPC_STATUS status =
        o->port
            ? RpcServerUseProtseqEpA(rpc_text("ncacn_ip_tcp"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                                     rpc_text(o->port), NULL)
            : RpcServerUseProtseqA(rpc_text("ncacn_ip_tcp"), RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);

    if (status == RPC_S_OK)
        status = prove(name);
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(greet_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 64 * 1024, demand);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1 /* do not wait here */);
    return status;
}

/* Bindings are exported with their ports, so that no endpoint mapper is needed; and unexported at
 * the end, because the next start has others. */
static bool begin(const struct options *o)
{
    struct entry entry = described(o);
    char **spn = o->domain ? entry_spn(&entry, o->domain) : NULL;
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_CSTR where = NULL;
    bool good;

    setenv("KRB5_KTNAME", o->keytab, 1);
    good =
        (spn || !o->domain) && !failed("the server", (DWORD)serve(o, spn ? spn[0] : o->account)) &&
        !failed("its bindings", (DWORD)RpcServerInqBindings(&bindings)) &&
        !failed("its binding", (DWORD)RpcBindingToStringBindingA(bindings->BindingH[0], &where)) &&
        (!o->domain || !failed("RpcNsBindingExport", (DWORD)announce(o, bindings)));
    if (good)
        printf("listening on %s\n", (char *)where);
    RpcStringFreeA(&where);
    RpcBindingVectorFree(&bindings);
    DsFreeSpnArrayA(1, spn);
    return good;
}

static int run(const struct options *o)
{
    sigset_t ends;
    int which;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    if (!begin(o))
        return 1;
    sigwait(&ends, &which);
    if (o->domain && failed("RpcNsBindingUnexport", (DWORD)withdraw(o)))
        return 1;
    puts("withdrawn");
    return 0;
}

static bool options_read(char **arguments, struct options *o)
{
    static const char *const verbs[] = { "--install", "--uninstall", "--run" };
    const struct option_value values[] = {
        { "--account", &o->account }, { "--domain", &o->domain }, { "--keytab", &o->keytab },
        { "--entry", &o->entry },     { "--port", &o->port },
    };
    int i;

    for (i = 0; i < 3; i++) {
        if (arguments[0] && strcmp(arguments[0], verbs[i]) == 0)
            o->verb = (enum verb)i;
    }
    return o->verb != NONE && option_values(arguments + 1, values, 5) && o->account &&
           (o->verb == RUN ? o->keytab : o->domain) != NULL;
}

int main(int argc, char **argv)
{
    struct options o = { .verb = NONE, .entry = "Greeter" };
    struct entry entry;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !options_read(argv + 1, &o)) {
        fprintf(stderr, "usage: rpcns-server --install   --account DN --domain DN [--entry NAME]\n"
                        "       rpcns-server --uninstall --account DN --domain DN [--entry NAME]\n"
                        "       rpcns-server --run       --account NAME --keytab FILE"
                        " [--domain DN] [--entry NAME]\n"
                        "                                [--port PORT]\n");
        return 2;
    }
    if (o.verb == RUN)
        return run(&o);
    entry = described(&o);
    return (o.verb == INSTALL ? entry_install : entry_uninstall)(&entry, o.account, o.domain) ? 0
                                                                                              : 1;
}
