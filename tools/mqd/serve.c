/* SPDX-License-Identifier: Apache-2.0
 * serve.c - the queue manager behind its interface: each routine asks the kernel who calls, and
 * hands on to the rules.
 */
#include "serve.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpclocal.h>

#include "base/alloc.h"
#include "calls.h"
#include "daemon/say.h"

enum {
    FIRST_INHERITED = 3, /* SD_LISTEN_FDS_START */
    DETAIL = 512,
    REQUEST_MOST = MQD_MESSAGE_MOST + 64 * 1024,
};

static const char endpoint[] = "COUNTERSIGN-MQD";
static struct manager *manager;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return mem_alloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    mem_free(p);
}

/* ---- who calls ---- */

static uint32_t who_calls(handle_t h, struct access_who *ret)
{
    CS_LOCAL_CALLER caller = { .size = sizeof caller };

    if (CsServerInqLocalCaller(h, &caller) != RPC_S_OK)
        return MQD_DENIED;
    return access_who_new(caller.uid, caller.gid, ret) ? MQD_NO_MEMORY : MQD_OK;
}

/* ---- programs ---- */

ULONG MqdOpen(handle_t h, char name[MQD_NAME], ULONG access, ULONG flags, ULONG given,
              mqd_settings *settings, mqd_opened *opened, mqd_queue *queue)
{
    const struct manager_open how = {
        .name = name, .access = access, .flags = flags, .given = given, .settings = settings
    };
    struct access_who who = { 0 };
    struct handle *q = NULL;
    uint32_t status = who_calls(h, &who), uid = who.uid;

    *queue = NULL;
    *opened = (mqd_opened){ { 0 }, { 0 } };
    if (!status)
        status = manager_open(manager, &who, &how, &q);
    if (!status)
        handle_tell(q, opened);
    if (status == MQD_DENIED)
        say_refusal("uid %u may not open %s for %#x", uid, name, access);
    access_who_done(&who);
    *queue = q;
    return status;
}

ULONG MqdClose(mqd_queue *queue)
{
    handle_close(*queue);
    *queue = NULL;
    return MQD_OK;
}

void __RPC_USER mqd_queue_rundown(mqd_queue queue)
{
    handle_close(queue);
}

void MqdSubmit(PRPC_ASYNC_STATE MqdSubmit_AsyncHandle, mqd_queue queue, ULONG size, byte message[])
{
    calls_submit(MqdSubmit_AsyncHandle, queue, bytes_of(message, size));
}

void MqdReceive(PRPC_ASYNC_STATE MqdReceive_AsyncHandle, mqd_queue queue, ULONG wait_ms,
                ULONG interface_count, mqd_interface interfaces[], mqd_taken *taken, ULONG *size,
                byte **message)
{
    const struct receive how = { .interfaces = interfaces,
                                 .interface_count = interface_count,
                                 .wait_ms = wait_ms };
    const struct calls_out out = { taken, size, message };

    calls_receive(MqdReceive_AsyncHandle, queue, &how, &out);
}

void MqdBegin(PRPC_ASYNC_STATE MqdBegin_AsyncHandle, mqd_queue queue, ULONGLONG lease)
{
    calls_begin(MqdBegin_AsyncHandle, queue, lease);
}

ULONG MqdBeginTransaction(mqd_queue queue, ULONGLONG lease)
{
    return handle_begin_transaction(queue, lease);
}

void MqdSubmitJoined(PRPC_ASYNC_STATE MqdSubmitJoined_AsyncHandle, mqd_queue queue, ULONGLONG lease,
                     ULONG size, byte message[])
{
    calls_submit_joined(MqdSubmitJoined_AsyncHandle, queue, lease, bytes_of(message, size));
}

void MqdOutcome(PRPC_ASYNC_STATE MqdOutcome_AsyncHandle, mqd_queue queue, ULONGLONG lease,
                ULONG outcome, ULONG reason)
{
    calls_outcome(MqdOutcome_AsyncHandle, queue, lease, outcome, reason);
}

/* ---- operators ---- */

ULONG MqdList(handle_t h, char after[MQD_NAME], ULONG most, ULONG *count, mqd_info infos[])
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    *count = 0;
    if (!status)
        status = manager_list(manager, &who, after, most, infos, count);
    access_who_done(&who);
    return status;
}

ULONG MqdShow(handle_t h, char name[MQD_NAME], mqd_info *info)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = manager_show(manager, &who, name, info);
    access_who_done(&who);
    return status;
}

/* Of what changes something: who did it, or was not let. */
static uint32_t log_change(const struct access_who *who, const char *what, const char *name,
                           uint32_t status)
{
    if (status == MQD_DENIED)
        say_refusal("uid %u may not %s %s", who->uid, what, name);
    else if (!status)
        say(SAY_INFO, "uid %u: %s %s", who->uid, what, name);
    return status;
}

ULONG MqdCreate(handle_t h, char name[MQD_NAME], ULONG given, mqd_settings *settings)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status =
            log_change(&who, "create", name, manager_create(manager, &who, name, given, settings));
    access_who_done(&who);
    return status;
}

ULONG MqdSet(handle_t h, char name[MQD_NAME], ULONG given, mqd_settings *settings)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = log_change(&who, "set", name, manager_set(manager, &who, name, given, settings));
    access_who_done(&who);
    return status;
}

ULONG MqdDelete(handle_t h, char name[MQD_NAME], boolean with_messages)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status =
            log_change(&who, "delete", name, manager_delete(manager, &who, name, with_messages));
    access_who_done(&who);
    return status;
}

ULONG MqdPurge(handle_t h, char name[MQD_NAME])
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = log_change(&who, "purge", name, manager_purge(manager, &who, name));
    access_who_done(&who);
    return status;
}

ULONG MqdMove(handle_t h, char name[MQD_NAME], ULONGLONG number)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status =
            log_change(&who, "move a message of", name, manager_move(manager, &who, name, number));
    access_who_done(&who);
    return status;
}

ULONG MqdPeek(handle_t h, char name[MQD_NAME], char from[MQD_NAME], ULONGLONG *cursor,
              mqd_seen *seen, ULONG *size, byte **head)
{
    struct access_who who = { 0 };
    struct buf bytes = { 0 };
    uint64_t at = *cursor;
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = manager_peek(manager, &who, name, from, &at, seen, &bytes);
    access_who_done(&who);
    *cursor = at;
    *size = (ULONG)bytes.len;
    *head = bytes.ptr; /* the stub frees it */
    return status;
}

ULONG MqdRead(handle_t h, char name[MQD_NAME], ULONGLONG number, ULONG *size, byte **message)
{
    struct access_who who = { 0 };
    struct buf bytes = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = manager_read(manager, &who, name, number, &bytes);
    access_who_done(&who);
    *size = (ULONG)bytes.len;
    *message = bytes.ptr; /* the stub frees it */
    return status;
}

ULONG MqdReplay(mqd_queue queue, char name[MQD_NAME], ULONGLONG number, ULONG size, byte message[])
{
    const struct access_who *who = handle_who(queue);

    return log_change(who, "replay a message of", name,
                      handle_replay(queue, name, number, bytes_of(message, size)));
}

ULONG MqdStats(handle_t h, mqd_stats *stats)
{
    struct access_who who = { 0 };
    uint32_t status = who_calls(h, &who);

    if (!status)
        status = manager_stats(manager, &who, stats);
    access_who_done(&who);
    return status;
}

ULONG MqdCheck(handle_t h, ULONGLONG *at, mqd_checked *checked, ULONG *count,
               mqd_finding findings[])
{
    struct access_who who = { 0 };
    uint64_t part = *at;
    uint32_t told = 0, status = who_calls(h, &who);

    if (!status)
        status = manager_check(manager, &who, &part, checked, findings, &told);
    access_who_done(&who);
    *at = part;
    *count = told;
    return status;
}

/* ---- where, from when and until when ---- */

static bool fail(const char *what, RPC_STATUS status)
{
    char why[DETAIL] = "";

    if (!CsGetErrorText(why, sizeof why))
        (void)snprintf(why, sizeof why, "status %d", (int)status);
    say(SAY_ERROR, "%s: %s", what, why);
    return false;
}

/* The one socket that the service manager made, if it did; -1: it has handed over something else.
 */
static int inherited(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");

    if (!pid || !count || strtol(pid, NULL, 10) != (long)getpid())
        return 0;
    return strcmp(count, "1") == 0 ? FIRST_INHERITED : -1;
}

bool serve_listen(void)
{
    static const char sequence[] = "ncalrpc";
    const int fd = inherited();
    RPC_STATUS status;

    if (fd < 0) {
        say(SAY_ERROR, "the service manager hands over one socket, %s in the folder of ncalrpc",
            endpoint);
        return false;
    }
    if (fd)
        (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    status =
        fd ? CsServerUseSocket(fd)
           : RpcServerUseProtseqEpA((RPC_CSTR)(uintptr_t)sequence, RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                                    (RPC_CSTR)(uintptr_t)endpoint, NULL);
    return status == RPC_S_OK || fail("listening at ncalrpc:[COUNTERSIGN-MQD]", status);
}

/* Of this host, and known to the kernel: whatever else this process might listen at. */
static RPC_STATUS RPC_ENTRY this_host_alone(RPC_IF_HANDLE interface, void *call)
{
    CS_LOCAL_CALLER who = { .size = sizeof who };

    (void)interface;
    return CsServerInqLocalCaller(call, &who) == RPC_S_OK ? RPC_S_OK : RPC_S_ACCESS_DENIED;
}

bool serve_begin(struct manager *m)
{
    RPC_STATUS status;

    manager = m;
    status = RpcServerRegisterIf2(mqd_v1_0_s_ifspec, NULL, NULL,
                                  RPC_IF_ALLOW_LOCAL_ONLY | RPC_IF_ALLOW_SECURE_ONLY,
                                  RPC_C_LISTEN_MAX_CALLS_DEFAULT, REQUEST_MOST, this_host_alone);
    if (status == RPC_S_OK)
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, 1);
    return status == RPC_S_OK || fail("serving the interface", status);
}

void serve_end(void)
{
    manager_stop(manager);
    if (RpcMgmtStopServerListening(NULL) == RPC_S_OK)
        (void)RpcMgmtWaitServerListen();
    (void)RpcServerUnregisterIfEx(mqd_v1_0_s_ifspec, NULL, 1); /* runs handles down */
}
