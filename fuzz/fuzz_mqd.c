/* SPDX-License-Identifier: Apache-2.0
 * fuzz_mqd.c - what a hostile program may say to the queue manager's stubs: any request. What a
 * call holds stays within its budget, counts are those of what came, and nothing is left behind.
 *
 *    0 operation | 1 bit 0: big-endian, bit 1: NDR64, which is not | the stub
 */
#include <stdlib.h>
#include <string.h>

#include "mqd.h"
#include "ndr/arena.h"
#include "ndr/place.h"
#include "stubs/loop.h"

static volatile unsigned all_read; /* so that all that is said to be there is read */

static void look(const void *p, size_t n)
{
    const unsigned char *at = p;

    while (n--)
        all_read += *at++;
}

static void look_at_text(const char *text, size_t room)
{
    if (strnlen(text, room) == room)
        abort();
}

ULONG fuzz_MqdOpen(handle_t h, char name[MQD_NAME], ULONG access, ULONG flags, ULONG given,
                   mqd_settings *settings, mqd_opened *opened, mqd_queue *queue)
{
    (void)h;
    *opened = (mqd_opened){ { 0 }, { 0 } };
    look_at_text(name, MQD_NAME);
    look_at_text((const char *)settings->access, MQD_SDDL);
    *queue = NULL;
    return access + flags + given;
}

ULONG fuzz_MqdClose(mqd_queue *queue)
{
    *queue = NULL;
    return MQD_OK;
}

void __RPC_USER mqd_queue_rundown(mqd_queue queue)
{
    (void)queue;
}

ULONG fuzz_MqdSubmit(mqd_queue queue, ULONG size, byte message[])
{
    (void)queue;
    if (!size || size > MQD_MESSAGE_MOST)
        abort();
    look(message, size);
    return MQD_OK;
}

ULONG fuzz_MqdReceive(mqd_queue queue, ULONG wait_ms, ULONG interface_count,
                      mqd_interface interfaces[], mqd_taken *taken, ULONG *size, byte **message)
{
    (void)queue;
    if (wait_ms > MQD_WAIT_MOST || interface_count > MQD_INTERFACES_MOST)
        abort();
    look(interfaces, interface_count * sizeof *interfaces);
    *taken = (mqd_taken){ .lease = 1 };
    *size = 1;
    *message = midl_user_allocate(1);
    if (*message)
        **message = 0;
    else
        *size = 0;
    return MQD_OK;
}

ULONG fuzz_MqdBegin(mqd_queue queue, ULONGLONG lease)
{
    (void)queue;
    return lease == 1 ? MQD_OK : MQD_NO_LEASE;
}

ULONG fuzz_MqdBeginTransaction(mqd_queue queue, ULONGLONG lease)
{
    return fuzz_MqdBegin(queue, lease);
}

ULONG fuzz_MqdSubmitJoined(mqd_queue queue, ULONGLONG lease, ULONG size, byte message[])
{
    return lease ? fuzz_MqdSubmit(queue, size, message) : MQD_NO_LEASE;
}

ULONG fuzz_MqdOutcome(mqd_queue queue, ULONGLONG lease, ULONG outcome, ULONG reason)
{
    (void)queue;
    if (outcome > MQD_RETURNED || reason > MQD_REASON_MOST)
        abort();
    return lease == 1 ? MQD_OK : MQD_NO_LEASE;
}

ULONG fuzz_MqdList(handle_t h, char after[MQD_NAME], ULONG most, ULONG *count, mqd_info infos[])
{
    (void)h;
    look_at_text(after, MQD_NAME);
    if (!most || most > MQD_PAGE)
        abort();
    memset(infos, 0, most * sizeof *infos);
    *count = most;
    return MQD_OK;
}

ULONG fuzz_MqdShow(handle_t h, char name[MQD_NAME], mqd_info *info)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    *info = (mqd_info){ .name = "q" };
    return MQD_OK;
}

ULONG fuzz_MqdCreate(handle_t h, char name[MQD_NAME], ULONG given, mqd_settings *settings)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    look_at_text((const char *)settings->access, MQD_SDDL);
    return given;
}

ULONG fuzz_MqdSet(handle_t h, char name[MQD_NAME], ULONG given, mqd_settings *settings)
{
    return fuzz_MqdCreate(h, name, given, settings);
}

ULONG fuzz_MqdDelete(handle_t h, char name[MQD_NAME], boolean with_messages)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    return with_messages;
}

ULONG fuzz_MqdPurge(handle_t h, char name[MQD_NAME])
{
    (void)h;
    look_at_text(name, MQD_NAME);
    return MQD_OK;
}

ULONG fuzz_MqdMove(handle_t h, char name[MQD_NAME], ULONGLONG number)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    return number == 0 ? MQD_INVALID : MQD_OK;
}

ULONG fuzz_MqdPeek(handle_t h, char name[MQD_NAME], char from[MQD_NAME], ULONGLONG *cursor,
                   mqd_seen *seen, ULONG *size, byte **head)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    look_at_text(from, MQD_NAME);
    ++*cursor;
    *seen = (mqd_seen){ .size = 1 };
    *size = 0;
    *head = NULL;
    return MQD_OK;
}

ULONG fuzz_MqdStats(handle_t h, mqd_stats *stats)
{
    (void)h;
    *stats = (mqd_stats){ .queues = 1 };
    return MQD_OK;
}

ULONG fuzz_MqdCheck(handle_t h, ULONGLONG *at, mqd_checked *checked, ULONG *count,
                    mqd_finding findings[])
{
    (void)h;
    ++*at;
    checked->records++;
    memset(findings, 0, MQD_FINDINGS * sizeof *findings);
    *count = MQD_FINDINGS;
    return MQD_OK;
}

ULONG fuzz_MqdRead(handle_t h, char name[MQD_NAME], ULONGLONG number, ULONG *size, byte **message)
{
    (void)h;
    look_at_text(name, MQD_NAME);
    *size = 0;
    *message = NULL;
    return number == 0 ? MQD_INVALID : MQD_OK;
}

ULONG fuzz_MqdReplay(mqd_queue queue, char name[MQD_NAME], ULONGLONG number, ULONG size,
                     byte message[])
{
    look_at_text(name, MQD_NAME);
    return fuzz_MqdSubmit(queue, size, message) + (number == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *stub;

    if (size < 2)
        return 0;
    loop_init(mqd_v1_0_s_ifspec);
    loop.syntax = data[1] & 2 ? NDR_64 : NDR_20;
    loop.big_endian = (data[1] & 3) == 1;
    stub = (uint8_t *)malloc(size - 2 ? size - 2 : 1);
    memcpy(stub, data + 2, size - 2);
    if (data[0] < loop.server->Head.ProcedureCount)
        loop_serve(data[0], bytes_of(stub, size - 2));
    if (loop.live || loop.peak > ndr_budget(size - 2) + NDR_ROOM_MAX)
        abort();
    free(stub);
    loop_done();
    return 0;
}
