/* SPDX-License-Identifier: Apache-2.0
 * server.c - keeps journals for callers, each of whom sees his own only.
 *
 *      journal-server --keytab FILE --folder DIR --port PORT
 *
 * Three routines and a rundown: what a context handle needs. How a server finds its place in the
 * directory is another sample's, ../hello; here it has a port that everybody knows.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ntdsapi.h>
#include <rpc.h>

#include "journal.h"
#include "report.h"

enum { NAME_MOST = 32 };

/* What a JOURNAL of a client stands for. The client never sees it, nor a pointer to it. */
struct journal {
    FILE *file;
    ULONG lines;
    char *name; /* "alice@EXAMPLE.COM.diary", below the folder */
};

static const char *folder;

void *midl_user_allocate(size_t size)
{
    return malloc(size);
}

void midl_user_free(void *p)
{
    free(p);
}

/* ---- what it does ---- */

static void finish(struct journal *j, const char *how)
{
    if (j->file)
        fclose(j->file);
    printf("%s: %s after %u lines\n", j->name, how, (unsigned)j->lines);
    free(j->name);
    free(j);
}

/* A name from the network becomes part of a path: letters and digits, and not many. */
static bool name_fits(const char *name)
{
    size_t n = 0;

    while (isalnum((unsigned char)name[n]) && n <= NAME_MOST)
        n++;
    return n > 0 && n <= NAME_MOST && name[n] == '\0';
}

/* Whose it is stands in its name, so nobody opens another's. What the runtime says of a caller is
 * proven; a slash in it would still lead elsewhere. */
static RPC_STATUS place(handle_t caller, const char *name, char **ret)
{
    RPC_AUTHZ_HANDLE proven = NULL;
    RPC_STATUS status = RpcBindingInqAuthClientA(caller, &proven, NULL, NULL, NULL, NULL);
    size_t room;

    if (status != RPC_S_OK)
        return status;
    if (!name_fits(name) || strchr(proven, '/'))
        return RPC_S_INVALID_ARG;
    room = strlen(proven) + strlen(name) + 2;
    *ret = malloc(room);
    if (!*ret)
        return RPC_S_OUT_OF_MEMORY;
    snprintf(*ret, room, "%s.%s", (const char *)proven, name);
    return RPC_S_OK;
}

static RPC_STATUS open_file(struct journal *j)
{
    int directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd = directory < 0 ? -1
                           : openat(directory, j->name,
                                    O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (directory >= 0)
        close(directory);
    if (fd < 0)
        return errno == EACCES ? RPC_S_ACCESS_DENIED : RPC_S_OUT_OF_RESOURCES;
    j->file = fdopen(fd, "a");
    if (!j->file)
        close(fd);
    return j->file ? RPC_S_OK : RPC_S_OUT_OF_MEMORY;
}

/* From here on the client holds a handle: *journal set, and no exception raised. */
void JournalOpen(handle_t binding, const char *name, JOURNAL *journal)
{
    struct journal *j = calloc(1, sizeof *j);
    RPC_STATUS status = j ? place(binding, name, &j->name) : RPC_S_OUT_OF_MEMORY;

    if (status == RPC_S_OK)
        status = open_file(j);
    if (status != RPC_S_OK) {
        if (j)
            free(j->name);
        free(j);
        RpcRaiseException(status);
    }
    printf("%s: opened\n", j->name);
    *journal = j;
}

/* The runtime has looked the handle up: it is one of ours, of this caller's, and nobody else is
 * using it meanwhile. */
ULONG JournalAppend(JOURNAL journal, const char *line)
{
    struct journal *j = journal;

    if (strpbrk(line, "\r\n"))
        RpcRaiseException(RPC_S_INVALID_ARG);
    if (fprintf(j->file, "%s\n", line) < 0 || fflush(j->file))
        RpcRaiseException(RPC_S_OUT_OF_RESOURCES);
    return ++j->lines;
}

/* NULL tells the runtime that the handle is no more. */
void JournalClose(JOURNAL *journal)
{
    finish(*journal, "closed");
    *journal = NULL;
}

/* The client is gone and did not close: called once for each handle it left. */
void JOURNAL_rundown(JOURNAL journal)
{
    finish(journal, "its writer is gone, closed");
}

/* ---- whom it does it for ---- */

/* The runtime asks before each call: nothing of a journal travels unless sealed. */
static RPC_STATUS demand_privacy(RPC_IF_HANDLE interface, void *call)
{
    ULONG level = RPC_C_AUTHN_LEVEL_NONE;
    RPC_STATUS status = RpcBindingInqAuthClientA(call, NULL, NULL, &level, NULL, NULL);

    (void)interface;
    return status == RPC_S_OK && level >= RPC_C_AUTHN_LEVEL_PKT_PRIVACY ? RPC_S_OK
                                                                        : RPC_S_ACCESS_DENIED;
}

/* ---- how it comes up ---- */

static RPC_STATUS serve(const char *name, const char *port)
{
    RPC_STATUS status =
        RpcServerUseProtseqEpA((RPC_CSTR)(uintptr_t) "ncacn_ip_tcp", RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                               (RPC_CSTR)(uintptr_t)port, NULL);

    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA((RPC_CSTR)(uintptr_t)name, RPC_C_AUTHN_GSS_NEGOTIATE,
                                            NULL, NULL);
    if (status == RPC_S_OK)
        status = RpcServerRegisterIf2(journal_v1_0_s_ifspec, NULL, NULL, RPC_IF_ALLOW_SECURE_ONLY,
                                      RPC_C_LISTEN_MAX_CALLS_DEFAULT, 64 * 1024, demand_privacy);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    return status;
}

int main(int argc, char **argv)
{
    const char *keytab = NULL, *port = NULL;
    const struct option_value values[] = {
        { "--keytab", &keytab },
        { "--folder", &folder },
        { "--port", &port },
    };
    DWORD count = 0;
    char **names = NULL;
    int result = 1;

    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 1 || !option_values(argv + 1, values, 3) || !keytab || !folder || !port) {
        fprintf(stderr, "usage: journal-server --keytab FILE --folder DIR --port PORT\n");
        return 2;
    }
    setenv("KRB5_KTNAME", keytab, 1);
    /* "Journal/host1.example.com": by this name clients ask for us. */
    if (failed("DsGetSpn",
               DsGetSpn(DS_SPN_DNS_HOST, JOURNAL_CLASS, NULL, 0, 0, NULL, NULL, &count, &names)))
        return 1;
    if (!failed("the server", (DWORD)serve(names[0], port))) {
        printf("listening on %s as %s\n", port, names[0]);
        result = failed("RpcMgmtWaitServerListen", (DWORD)RpcMgmtWaitServerListen());
    }
    DsFreeSpnArray(count, names);
    return result;
}
