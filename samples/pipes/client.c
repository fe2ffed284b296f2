/* SPDX-License-Identifier: Apache-2.0
 * client.c - sends a file to the server, or fetches one.
 *
 *      pipes-client --trust-account NAME --put FILE | --get FILE [--name NAME] [--connect BINDING]
 *
 * Finding and binding are as in ../hello. A client's part of a pipe is three functions and what
 * they know: pull fills in what is to be sent, push takes what came, alloc says into which memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <rpc.h>
#include <scp.h>

#include "pipes.h"
#include "report.h"

struct options {
    const char *trust_account, *put, *get, *name, *connect, *level;
};

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- the pipe's end here ---- */

struct end {
    FILE *file;
    byte buffer[64 * 1024];
};

static struct end *end_of(char *state)
{
    return (struct end *)(void *)state;
}

/* Always the same memory: what was pulled has been sent, what was pushed has been written. */
static void give_room(char *state, ULONG wanted, byte **room, ULONG *size)
{
    *room = end_of(state)->buffer;
    *size = wanted < sizeof end_of(state)->buffer ? wanted : sizeof end_of(state)->buffer;
}

/* Nothing put in is the end. An exception ends the call: the server's routine hears of it. */
static void pull(char *state, byte *room, ULONG most, ULONG *count)
{
    FILE *f = end_of(state)->file;

    *count = (ULONG)fread(room, 1, most, f);
    if (ferror(f))
        RpcRaiseException(ERROR_INVALID_DATA);
}

static void push(char *state, byte *from, ULONG count)
{
    if (count && fwrite(from, 1, count, end_of(state)->file) != count)
        RpcRaiseException(ERROR_DISK_FULL);
}

static RPC_STATUS transfer(RPC_BINDING_HANDLE server, const struct options *o, FILE *file)
{
    struct end end = { .file = file };
    BYTES pipe = { pull, push, give_room, (char *)&end };
    volatile RPC_STATUS status = RPC_S_OK;
    LONGLONG n;

    RpcTryExcept
    {
        n = o->put ? FilePut(server, o->name, pipe) : FileGet(server, o->name, &pipe);
        printf("%s %lld bytes\n", o->put ? "sent" : "got", (long long)n);
    }
    RpcExcept (RpcExceptionFilter(RpcExceptionCode())) {
        status = (RPC_STATUS)RpcExceptionCode();
    }
    RpcEndExcept
    return status;
}

/* ---- where to ---- */

static RPC_STATUS bind_to(const char *where, const char *name, ULONG level,
                          RPC_BINDING_HANDLE *ret_server)
{
    RPC_SECURITY_QOS qos = {
        .Version = RPC_C_SECURITY_QOS_VERSION_1,
        .Capabilities = RPC_C_QOS_CAPABILITIES_MUTUAL_AUTH,
        .IdentityTracking = RPC_C_QOS_IDENTITY_STATIC,
        .ImpersonationType = RPC_C_IMP_LEVEL_IDENTIFY,
    };
    RPC_STATUS status = RpcBindingFromStringBindingA((RPC_CSTR)(uintptr_t)where, ret_server);

    if (status == RPC_S_OK)
        status = RpcBindingSetAuthInfoExA(*ret_server, (RPC_CSTR)(uintptr_t)name, level,
                                          RPC_C_AUTHN_GSS_NEGOTIATE, NULL, RPC_C_AUTHZ_NONE, &qos);
    return status;
}

static int run(const struct options *o, FILE *file)
{
    CS_TRUST trust = { .account = o->trust_account };
    ULONG level = o->level ? RPC_C_AUTHN_LEVEL_PKT_INTEGRITY : RPC_C_AUTHN_LEVEL_PKT_PRIVACY;
    CS_SERVICE_POINT **all = NULL;
    RPC_BINDING_HANDLE server = NULL;
    const char *where;
    DWORD count = 0;
    int result = 1;

    if (failed("CsFindService", CsFindService(NULL, PIPES_KEYWORD, PIPES_CLASS,
                                              o->trust_account ? &trust : NULL, &all, &count)))
        goto out;
    where = o->connect ? o->connect : all[0]->binding_count ? all[0]->bindings[0] : "nowhere";
    if (failed("the binding", (DWORD)bind_to(where, all[0]->spn, level, &server)))
        goto out;
    result = failed(o->put ? "FilePut" : "FileGet", (DWORD)transfer(server, o, file));
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
        { "--put", &o.put },
        { "--get", &o.get },
        { "--name", &o.name },
        { "--connect", &o.connect },
        { "--level", &o.level }, /* any: integrity, to be refused */
    };
    const char *path;
    FILE *file;
    int result;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 6) || !o.put == !o.get) {
        fprintf(stderr, "usage: pipes-client --trust-account NAME --put FILE | --get FILE\n"
                        "                    [--name NAME] [--connect BINDING] "
                        "[--level integrity]\n");
        return 2;
    }
    path = o.put ? o.put : o.get;
    if (!o.name)
        o.name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    file = fopen(path, o.put ? "rb" : "wb");
    if (!file) {
        perror(path);
        return 1;
    }
    result = run(&o, file);
    if (fclose(file) != 0 && !result) {
        perror(path);
        result = 1;
    }
    return result;
}
