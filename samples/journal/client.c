/* SPDX-License-Identifier: Apache-2.0
 * client.c - writes what stands on its standard input into a journal on a server, line by line.
 *
 *      journal-client --server HOST --port PORT --journal NAME [--address ADDRESS]
 *
 * Three calls and what lies between them. The server's principal name is made of what the user
 * named, HOST, and never of what answered; --address is for where HOST cannot be looked up.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ntdsapi.h>
#include <rpc.h>

#include "journal.h"
#include "report.h"

struct options {
    const char *server, *port, *journal, *address;
};

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- whom to call ---- */

static RPC_STATUS insist(RPC_BINDING_HANDLE server, const char *host)
{
    RPC_SECURITY_QOS qos = {
        .Version = RPC_C_SECURITY_QOS_VERSION_1,
        .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
        .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY,
    };
    char name[512];
    DWORD room = sizeof name, e;

    e = DsMakeSpn(JOURNAL_CLASS, host, NULL, 0, NULL, &room, name);
    if (e != ERROR_SUCCESS)
        return (RPC_STATUS)e;
    return RpcBindingSetAuthInfoExA(server, (RPC_CSTR)name, RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                    RPC_C_AUTHN_GSS_NEGOTIATE, NULL, RPC_C_AUTHZ_NONE, &qos);
}

static RPC_STATUS bind_to(const struct options *o, RPC_BINDING_HANDLE *ret_server)
{
    const char *address = o->address ? o->address : o->server;
    RPC_CSTR text = NULL;
    RPC_STATUS status;

    status = RpcStringBindingComposeA(NULL, (RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                      (RPC_CSTR)(uintptr_t)address, (RPC_CSTR)(uintptr_t)o->port,
                                      NULL, &text);
    if (status == RPC_S_OK)
        status = RpcBindingFromStringBindingA(text, ret_server);
    RpcStringFreeA(&text);
    return status == RPC_S_OK ? insist(*ret_server, o->server) : status;
}

/* ---- the calls ---- */

/* A handle that is left to itself keeps its place at the server for as long as we are connected;
 * if closing fails, the server is gone, and what is left of the handle is ours to drop. */
static void close_journal(JOURNAL *journal)
{
    RpcTryExcept
    {
        JournalClose(journal);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        (void)failed("JournalClose", RpcExceptionCode());
        RpcSsDestroyClientContext(journal);
    }
    RpcEndExcept
}

/* *journal is the caller's, so that an exception finds it as it was set. */
static RPC_STATUS write_lines(RPC_BINDING_HANDLE server, const char *name, FILE *from,
                              JOURNAL *journal)
{
    volatile RPC_STATUS status = RPC_S_OK; /* volatile: set where an exception may lead */
    char line[1024];

    RpcTryExcept
    {
        JournalOpen(server, name, journal);
        printf("opened %s\n", name);
        while (fgets(line, sizeof line, from)) {
            line[strcspn(line, "\n")] = '\0';
            printf("line %u\n", (unsigned)JournalAppend(*journal, line));
        }
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
        (void)failed("the journal", (DWORD)status);
    }
    RpcEndExcept
    return status;
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    const struct option_value values[] = {
        { "--server", &o.server },
        { "--port", &o.port },
        { "--journal", &o.journal },
        { "--address", &o.address },
    };
    RPC_BINDING_HANDLE server = NULL;
    JOURNAL journal = NULL;
    int result = 1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 4) || !o.server || !o.port || !o.journal) {
        fprintf(stderr, "usage: journal-client --server HOST --port PORT --journal NAME"
                        " [--address ADDRESS]\n");
        return 2;
    }
    if (!failed("the binding", (DWORD)bind_to(&o, &server)))
        result = write_lines(server, o.journal, stdin, &journal) == RPC_S_OK ? 0 : 1;
    if (journal)
        close_journal(&journal);
    RpcBindingFree(&server);
    return result;
}
