/* SPDX-License-Identifier: Apache-2.0
 * server.c - keeps files for callers who proved who they are: any size, a buffer at a time.
 *
 *      pipes-server --account NAME --keytab FILE --folder FOLDER [--point GUID]
 *
 * How it comes up and is found is as in ../hello; what is new is in the two routines.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ntdsapi.h>
#include <rpc.h>
#include <scp.h>

#include "pipes.h"
#include "report.h"

struct options {
    const char *account, *keytab, *folder, *point;
};

enum { BUFFER = 64 * 1024 };

/* ---- what it does ---- */

static int folder = -1;

/* A name is a caller's: no path, nothing hidden, nothing that surprises a shell. */
static bool good_name(const char *name)
{
    return *name && *name != '.' && strlen(name) < 100 &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") ==
               strlen(name);
}

static void write_all(int fd, const byte *from, size_t n)
{
    while (n) {
        ssize_t done = write(fd, from, n);

        if (done < 0)
            RpcRaiseException(RPC_S_OUT_OF_RESOURCES); /* the client's FilePut raises it */
        from += done;
        n -= (size_t)done;
    }
}

/* The routine runs while the client is still sending: a client that is faster waits. The pull that
 * gives nothing is the end, and more: only then is it certain that the client meant this call and
 * said all of it. Until then what came is kept under another name. */
static LONGLONG receive(BYTES *data, int fd)
{
    byte buffer[BUFFER];
    LONGLONG sum = 0;
    ULONG n = 1;

    while (n) {
        data->pull(data->state, buffer, sizeof buffer, &n); /* raises if the client is lost */
        write_all(fd, buffer, n);
        sum += n;
    }
    return sum;
}

LONGLONG FilePut(handle_t IDL_handle, const char *name, BYTES data)
{
    char part[120];
    volatile LONGLONG sum = -1; /* volatile: looked at after an exception */
    int fd;

    (void)IDL_handle;
    if (!good_name(name))
        RpcRaiseException(RPC_S_INVALID_ARG);
    snprintf(part, sizeof part, ".%s.part", name);
    fd = openat(folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        RpcRaiseException(RPC_S_SERVER_TOO_BUSY); /* somebody is sending that one */
    RpcTryFinally
    {
        sum = receive(&data, fd);
    }
    RpcFinally
    {
        if (sum < 0 || fsync(fd) != 0 || renameat(folder, part, folder, name) != 0)
            (void)unlinkat(folder, part, 0);
        close(fd);
        printf("%s %s\n", sum < 0 ? "lost" : "kept", name);
    }
    RpcEndFinally
    return sum;
}

/* Each push waits until the client has taken most of it; one of nothing ends the pipe. */
static LONGLONG give(BYTES *data, int fd)
{
    byte buffer[BUFFER];
    LONGLONG sum = 0;
    ssize_t n = 1;

    while (n) {
        n = read(fd, buffer, sizeof buffer);
        if (n < 0)
            RpcRaiseException(RPC_S_CALL_FAILED);
        data->push(data->state, buffer, (ULONG)n);
        sum += n;
    }
    return sum;
}

LONGLONG FileGet(handle_t IDL_handle, const char *name, BYTES *data)
{
    volatile LONGLONG sum = 0;
    int fd = good_name(name) ? openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;

    (void)IDL_handle;
    if (fd < 0)
        RpcRaiseException(ERROR_FILE_NOT_FOUND);
    RpcTryFinally
    {
        sum = give(data, fd);
    }
    RpcFinally
    {
        close(fd);
    }
    RpcEndFinally
    printf("gave %s\n", name);
    return sum;
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

static RPC_STATUS demand(RPC_IF_HANDLE interface, void *call)
{
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    RPC_STATUS status = RpcBindingInqAuthClientA(call, NULL, NULL, &level, NULL, NULL);

    (void)interface;
    return status == RPC_S_OK && level == RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? RPC_S_OK
                                                                        : RPC_S_ACCESS_DENIED;
}

/* ---- how it comes up ---- */

static RPC_STATUS serve(const char *name, RPC_CSTR *ret_where)
{
    RPC_BINDING_VECTOR *bindings = NULL;
    RPC_STATUS status = RpcServerUseProtseqA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp",
                                             RPC_C_PROTSEQ_MAX_REQS_DEFAULT, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name, RPC_C_AUTHN_GSS_NEGOTIATE,
                                            NULL, NULL);
    /* The limit, 4 KiB, is about the name: a pipe has none. */
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(pipes_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 4096, demand);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    if (status == RPC_S_OK)
        status = RpcServerInqBindings(&bindings);
    if (status == RPC_S_OK)
        status = RpcBindingToStringBindingA(bindings->BindingH[0], ret_where);
    RpcBindingVectorFree(&bindings);
    return status;
}

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
    if (failed("DsGetSpn",
               DsGetSpn(DS_SPN_DNS_HOST, PIPES_CLASS, NULL, 0, 0, NULL, NULL, &count, &names)) ||
        failed("the server", (DWORD)serve(names[0], &binding)) ||
        (o->point && failed("the directory", announce(o, (const char *)binding))))
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
        { "--folder", &o.folder },
        { "--point", &o.point },
    };

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 4) || !o.account || !o.keytab || !o.folder) {
        fprintf(stderr, "usage: pipes-server --account NAME --keytab FILE --folder FOLDER "
                        "[--point GUID]\n");
        return 2;
    }
    folder = open(o.folder, O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        perror(o.folder);
        return 1;
    }
    return run(&o);
}
