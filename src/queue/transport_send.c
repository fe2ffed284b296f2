/* SPDX-License-Identifier: Apache-2.0
 * transport_send.c - a call sealed for who is to execute it, and handed to the queue manager.
 *
 * A message is of the account of the process. A thread that impersonates a client sends none: the
 * client's keys are not here, and the service's would say that the service itself has called.
 */
#include <strings.h>
#include <unistd.h>

#include <countersign/windows.h>
#include <countersign/winnt.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy_value.h"
#include "queue/acknowledge.h"
#include "queue/process.h"
#include "queue/transport.h"

static enum err check_thread(void)
{
    struct detail before = *detail_get();
    HANDLE token = NULL;

    if (OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token)) {
        CloseHandle(token);
    } else if (GetLastError() == ERROR_NO_TOKEN) {
        *detail_get() = before;
        return ERR_OK;
    }
    detail_remedy("Call RpcRevertToSelf before the call: it is then this service's own.");
    return detail_fail(ERR_NO_IMPERSONATION,
                       "this thread impersonates a client, whose keys for messages are not here");
}

/* ---- where ---- */

/* "", or a name of this host: whole, or its first label. */
static bool is_here(const char *host, const char *own)
{
    size_t label = strcspn(own, ".");

    return !*host || !strcasecmp(host, "localhost") || !strcasecmp(host, own) ||
           (strlen(host) == label && !strncasecmp(host, own, label));
}

static enum err check_host(const char *host, struct bytes own)
{
    char here[QUEUE_HOST_MAX + 1] = "";

    memcpy(here, own.ptr, own.len < sizeof here ? own.len : sizeof here - 1);
    if (is_here(host, here))
        return ERR_OK;
    detail_remedy("Leave the host out: \"ncadg_mq:[queue]\". Queues of other hosts are not reached "
                  "yet.");
    return detail_fail(ERR_UNSUPPORTED,
                       "ncadg_mq reaches queues of this host, %s, and not of %.100s", here, host);
}

/* ---- for whom ---- */

enum err queue_transport_find_server(struct key_ring *ring, const char *spn, struct sid *ret)
{
    enum queue_key_state state = QUEUE_KEY_UNSURE;
    enum err e = key_ring_spn(ring, spn, &state, ret);

    if (e)
        return e;
    switch (state) {
    case QUEUE_KEY_FOUND:
        return ERR_OK;
    case QUEUE_KEY_DISABLED:
        return detail_fail(ERR_ACCESS_DENIED, "the account of %.120s is disabled", spn);
    case QUEUE_KEY_UNKNOWN:
    case QUEUE_KEY_REVOKED:
        detail_remedy("countersign spn check tells whose names are registered.");
        return detail_fail(ERR_TARGET_UNKNOWN, "no account, or more than one, is %.120s", spn);
    case QUEUE_KEY_UNSURE:
        break;
    }
    return detail_fail(ERR_NO_AUTHORITY, "the directory cannot say now whose %.120s is", spn);
}

/* ---- what ---- */

static uint64_t ticks(uint32_t seconds)
{
    return seconds == QUEUED_FOR_EVER ? policy_number(POLICY_QUEUE_LIFETIME) * QUEUE_DAY
                                      : seconds * QUEUE_SECOND;
}

static void fill_times(const struct queued_options *o, struct queue_header *h)
{
    h->created = queue_now();
    h->expires = h->created + ticks(o->receive_seconds);
    h->reach_by = h->created + ticks(o->reach_seconds);
    if (h->reach_by > h->expires)
        h->reach_by = h->expires;
}

static void fill(const struct queued_call *c, struct queue_header *h)
{
    *h = (struct queue_header){
        .level = (enum queue_level)c->level,
        .kind = QUEUE_KIND_CALL,
        .priority = c->options.priority,
        .delivery = c->options.recoverable ? QUEUE_RECOVERABLE : QUEUE_EXPRESS,
        .journal = (enum queue_journal)c->options.journal,
        .acknowledge = c->options.acknowledge,
        .signed_alone =
            c->level > QUEUED_LEVEL_NONE && policy_get(POLICY_QUEUE_SIGNATURES) != POLICY_OFF,
        .interface_id = c->interface.uuid,
        .interface_major = c->interface.major,
        .interface_minor = c->interface.minor,
        .opnum = c->opnum,
        .object = c->object,
        .syntax = c->transfer.uuid,
        .syntax_major = c->transfer.major,
        .syntax_minor = c->transfer.minor,
        .recipient = queue_nobody,
        .queue = bytes_of_text(c->queue),
    };
    fill_times(&c->options, h);
}

static _Thread_local struct {
    bool any;
    uint8_t id[QUEUE_ID];
} last;

bool queue_transport_last(uint8_t ret[QUEUE_ID])
{
    if (last.any)
        memcpy(ret, last.id, QUEUE_ID);
    return last.any;
}

static void name(const struct queued_request *r, const struct queue_header *h)
{
    char server[SID_TEXT];

    sid_format(&h->recipient, server);
    r->named(r->arg, h->id, h->level == QUEUE_LEVEL_NONE ? NULL : server);
}

/* r: whose call it is, where an answer is awaited; NULL. lease: of the message in whose transaction
 * it is sent; NULL. */
static enum err send(const struct queue_outward *by, struct queue_header *h,
                     const struct queued_call *call, const struct queued_request *r,
                     const uint64_t *lease)
{
    struct buf message = { 0 };
    enum err e = queue_seal(by->sealer, h, by->host, call->body, &message);

    if (!e && r)
        name(r, h);
    if (!e)
        e = lease ? queue_route_send_joined(call->queue, *lease, buf_view(message))
                  : queue_route_send(call->queue, buf_view(message));
    buf_free(&message);
    if (!e) {
        last.any = true;
        memcpy(last.id, h->id, sizeof last.id);
    }
    return e;
}

/* An answer says what became of its call: nothing else does. */
static void fill_return(const struct queue_outward *by, const struct queued_request *r,
                        char reply[QUEUE_REPLY_NAME], struct queue_header *h)
{
    if (r) {
        h->acknowledge = false;
        h->reply_queue = bytes_of_text(r->reply_queue);
    } else if (h->acknowledge) {
        queue_reply_name(by->account, reply);
        h->reply_queue = bytes_of_text(reply);
    }
}

static enum err submit(const struct queued_call *call, const struct queued_request *r,
                       const uint64_t *lease)
{
    const char *server = call->server ? call->server : "";
    char reply[QUEUE_REPLY_NAME];
    struct queue_outward by = { 0 };
    struct queue_header h;
    enum err e = check_thread();

    if (e)
        return e;
    fill(call, &h);
    e = queue_process_outward(h.level, &by);
    if (!e)
        e = check_host(call->host, by.host);
    if (!e)
        fill_return(&by, r, reply, &h);
    if (!e && h.level != QUEUE_LEVEL_NONE) {
        h.recipient_spn = bytes_of_text(server);
        e = queue_transport_find_server(by.ring, server, &h.recipient);
    }
    return e ? e : send(&by, &h, call, r, lease);
}

enum err queue_transport_submit(const struct queued_call *call)
{
    return submit(call, NULL, NULL);
}

enum err queue_transport_ask(const struct queued_request *request)
{
    return submit(&request->call, request, NULL);
}

enum err queue_transport_send_joined(const struct queued_call *call, uint64_t lease)
{
    return submit(call, NULL, &lease);
}
