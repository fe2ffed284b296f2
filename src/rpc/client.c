/* SPDX-License-Identifier: Apache-2.0
 * client.c - a client's connection: what it may receive in each state, and what that does.
 * C706 9.3.2, 12.6, [MS-RPCE] 3.3.2.4 and 3.3.2.5
 */
#include "rpc/client.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "rpc/errors.h"
#include "rpc/fault.h"

enum { BIND_CALL_ID = 1 };

typedef enum err step(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                      enum rpc_client_outcome *ret);

enum err rpc_client_init(struct rpc_client *c, struct rpc_security *security)
{
    enum err e = ERR_OK;

    *c = (struct rpc_client){ .call_id = BIND_CALL_ID };
    if (!security)
        return ERR_OK;
    e = rpc_securities_add_adopt(&c->securities, security);
    if (e)
        rpc_security_free(security);
    else
        c->security = security;
    return e;
}

void rpc_client_done(struct rpc_client *c)
{
    rpc_contexts_done(&c->contexts);
    rpc_securities_done(&c->securities);
    c->security = NULL;
    c->state = RPC_CLIENT_ENDED;
}

OFTEN struct rpc_context *rpc_client_context(const struct rpc_client *c,
                                             const struct rpc_syntax *interface, unsigned syntaxes)
{
    size_t i;

    for (i = 0; i < c->contexts.count; i++)
        if (syntaxes & 1U << c->contexts.item[i].syntax &&
            rpc_syntax_equal(&c->contexts.item[i].abstract, interface))
            return &c->contexts.item[i];
    return NULL;
}

/* ---- what is asked ---- */

static enum err wrong_state(struct rpc_client *c, const char *what)
{
    return detail_fail(ERR_UNEXPECTED, "%s is not possible in state %d of a connection", what,
                       (int)c->state);
}

/* The sec_trailer of a leg; without one there is none. */
static void end_leg(struct rpc_client *c, struct writer *out, enum rpc_type type, struct buf *token)
{
    struct rpc_auth auth;

    if (type == RPC_AUTH3)
        rpc_auth3_write(out);
    if (token->len) {
        auth = rpc_security_auth(c->security, buf_view(*token));
        rpc_pdu_end(out, &auth);
    } else {
        rpc_pdu_end(out, NULL);
    }
    buf_free(token);
}

static void write_offers(struct writer *out, uint32_t group, const struct rpc_offer *offers,
                         size_t n)
{
    struct rpc_bind b = { 0 };

    b.max_send = RPC_FRAGMENT_MAX;
    b.max_receive = RPC_FRAGMENT_MAX;
    b.group = group;
    rpc_bind_write(out, &b, offers, n);
}

/* A context of its own for each syntax, NDR's first, as Windows has them. */
static void offer_all(struct rpc_client *c, const struct rpc_syntax *interface, unsigned syntaxes)
{
    int i;

    c->offered = 0;
    for (i = NDR_20; i <= NDR_64; i++)
        if (syntaxes & 1U << i)
            rpc_negotiate_offer(c->next_context++, interface, (enum ndr_syntax)i,
                                &c->offers[c->offered++]);
}

enum err rpc_client_bind(struct rpc_client *c, const struct rpc_syntax *interface,
                         unsigned syntaxes, uint32_t group, struct writer *out)
{
    uint8_t flags = RPC_FIRST | RPC_LAST | RPC_CONC_MPX;
    struct rpc_offer offers[RPC_SYNTAXES + 1];
    struct buf token = { 0 };
    enum rpc_leg leg = RPC_LEG_NONE;
    enum err e = ERR_OK;

    if (c->state != RPC_CLIENT_NEW)
        return wrong_state(c, "a bind");
    if (c->security && c->security->level >= RPC_LEVEL_PKT && c->security->type != RPC_AUTH_LOCAL)
        flags |= RPC_SUPPORT_HEADER_SIGN;
    if (c->security)
        e = rpc_security_step(c->security, (struct bytes){ 0 }, &token, &leg);
    if (e) {
        buf_free(&token);
        c->state = RPC_CLIENT_ENDED;
        return e;
    }
    offer_all(c, interface, syntaxes);
    memcpy(offers, c->offers, c->offered * sizeof *offers);
    rpc_negotiate_offer_features(c->next_context++, interface, &offers[c->offered]);
    rpc_pdu_begin(out, RPC_BIND, flags, c->call_id);
    write_offers(out, group, offers, c->offered + 1);
    end_leg(c, out, RPC_BIND, &token);
    c->state = RPC_CLIENT_BINDING;
    return out->err;
}

enum err rpc_client_alter(struct rpc_client *c, const struct rpc_syntax *interface,
                          unsigned syntaxes, struct writer *out)
{
    if (c->state != RPC_CLIENT_OPEN)
        return wrong_state(c, "an alter_context");
    if (c->contexts.count >= RPC_CONTEXTS_MAX)
        return detail_fail(ERR_TOO_LONG, "a connection has no more than %d interfaces",
                           RPC_CONTEXTS_MAX);
    offer_all(c, interface, syntaxes);
    c->call_id++;
    rpc_pdu_begin(out, RPC_ALTER_CONTEXT, RPC_FIRST | RPC_LAST, c->call_id);
    write_offers(out, c->group, c->offers, c->offered);
    rpc_pdu_end(out, NULL);
    c->state = RPC_CLIENT_ALTERING;
    return out->err;
}

enum err rpc_client_call(struct rpc_client *c, uint16_t context_id, bool maybe,
                         uint32_t *ret_call_id)
{
    if (c->state != RPC_CLIENT_OPEN)
        return wrong_state(c, "a call");
    *ret_call_id = ++c->call_id;
    c->call_context = context_id;
    c->status = 0;
    if (maybe)
        c->unanswered = true;
    else
        c->state = RPC_CLIENT_CALLING;
    return ERR_OK;
}

enum err rpc_client_nest(struct rpc_client *c, uint32_t *ret_call_id)
{
    if (c->state != RPC_CLIENT_SERVING)
        return wrong_state(c, "a call in a callback");
    c->state = RPC_CLIENT_CALLING;
    c->depth++;
    c->status = 0;
    *ret_call_id = c->call_id;
    return ERR_OK;
}

enum err rpc_client_served(struct rpc_client *c)
{
    if (c->state != RPC_CLIENT_SERVING)
        return wrong_state(c, "an answer to a callback");
    c->state = RPC_CLIENT_CALLING;
    return ERR_OK;
}

void rpc_client_cancel_write(uint32_t call_id, enum rpc_type type, struct writer *out)
{
    rpc_pdu_begin(out, type, RPC_FIRST | RPC_LAST, call_id);
    rpc_pdu_end(out, NULL);
}

/* ---- many calls ---- */

bool rpc_client_share(struct rpc_client *c)
{
    if (c->state != RPC_CLIENT_OPEN || c->closing)
        return false;
    c->state = RPC_CLIENT_SHARED;
    c->unanswered = true; /* a call among others may be given up */
    return true;
}

bool rpc_client_unshare(struct rpc_client *c)
{
    if (c->state != RPC_CLIENT_SHARED || c->asks)
        return false;
    c->state = RPC_CLIENT_OPEN;
    return true;
}

enum err rpc_client_ask(struct rpc_client *c, uint16_t context_id, struct rpc_client_ask *ask)
{
    if (c->state != RPC_CLIENT_SHARED || c->closing)
        return wrong_state(c, "a call among others");
    *ask = (struct rpc_client_ask){ .call_id = ++c->call_id, .context = context_id };
    if (c->asks)
        c->last_ask->next = ask;
    else
        c->asks = ask;
    c->last_ask = ask;
    return ERR_OK;
}

struct rpc_client_ask *rpc_client_find_ask(const struct rpc_client *c, uint32_t call_id)
{
    struct rpc_client_ask *ask = c->asks;

    while (ask && ask->call_id != call_id)
        ask = ask->next;
    return ask;
}

/* Out of the list; NULL: there is none. Answers come in the order of their requests, mostly. */
static struct rpc_client_ask *take_ask(struct rpc_client *c, uint32_t call_id)
{
    struct rpc_client_ask *before = NULL, *ask = c->asks;

    while (ask && ask->call_id != call_id) {
        before = ask;
        ask = ask->next;
    }
    if (!ask)
        return NULL;
    if (before)
        before->next = ask->next;
    else
        c->asks = ask->next;
    if (c->last_ask == ask)
        c->last_ask = before;
    return ask;
}

bool rpc_client_take_back(struct rpc_client *c, uint32_t call_id)
{
    return take_ask(c, call_id) != NULL;
}

/* ---- security legs ---- */

static enum err proven(struct rpc_client *c)
{
    if (!c->security->mutual && (c->security->requested & ISC_REQ_MUTUAL_AUTH)) {
        detail_remedy("Name the principal the server runs as; or ask for no mutual proof.");
        return detail_fail(ERR_NO_MUTUAL_AUTH, "the server has not proven that it is %s",
                           c->security->target ? c->security->target : "who was asked for");
    }
    c->state = RPC_CLIENT_OPEN;
    return ERR_OK;
}

/* The next alter_context of the handshake names the bind's interface again. */
static void write_leg(struct rpc_client *c, enum rpc_leg leg, struct buf *token, struct writer *out)
{
    enum rpc_type type = leg == RPC_LEG_AUTH3 ? RPC_AUTH3 : RPC_ALTER_CONTEXT;

    if (type == RPC_ALTER_CONTEXT)
        c->call_id++;
    rpc_pdu_begin(out, type, RPC_FIRST | RPC_LAST, c->call_id);
    if (type == RPC_ALTER_CONTEXT)
        write_offers(out, c->group, c->offers, c->offered);
    end_leg(c, out, type, token);
}

/* What a bind_ack or alter_context_resp brought of the handshake. */
static enum err take_leg(struct rpc_client *c, const struct rpc_pdu *p, struct writer *out,
                         enum rpc_client_outcome *ret)
{
    enum rpc_leg leg = RPC_LEG_NONE;
    struct buf token = { 0 };
    enum err e;

    if (!p->has_auth) {
        detail_remedy("Check that the server registers authentication of that service.");
        return detail_fail(ERR_NO_MUTUAL_AUTH, "the server took the bind and left its "
                                               "authentication unanswered");
    }
    e = rpc_security_matches(c->security, &p->auth);
    if (e)
        return e;
    e = rpc_security_step(c->security, p->auth.value, &token, &leg);
    if (token.len && leg != RPC_LEG_NONE)
        write_leg(c, leg, &token, out);
    buf_free(&token);
    if (e)
        return e;
    if (c->security->done && leg != RPC_LEG_ALTER) {
        *ret = RPC_CLIENT_READY;
        return proven(c);
    }
    if (leg != RPC_LEG_ALTER)
        return detail_fail(ERR_NO_MUTUAL_AUTH, "the handshake ended before both were sure");
    c->state = RPC_CLIENT_PROVING;
    *ret = RPC_CLIENT_WAIT;
    return ERR_OK;
}

/* ---- answers to bind and alter_context ---- */

static enum err refused(struct rpc_client *c, const struct rpc_result *result)
{
    const struct rpc_syntax *asked = &c->offers[0].abstract;
    char interface[UUID_TEXT];

    uuid_format(&asked->uuid, interface);
    if (result->reason == RPC_REASON_ABSTRACT)
        return detail_fail(ERR_RPC_INTERFACE, "the server has no interface %s version %u.%u",
                           interface, asked->major, asked->minor);
    if (result->reason == RPC_REASON_TRANSFER)
        return detail_fail(ERR_RPC_TRANSFER_SYNTAX,
                           "the server speaks none of our transfer syntaxes for %s", interface);
    if (result->reason == RPC_REASON_LIMIT)
        return detail_fail(ERR_RPC_BUSY, "the server has reached a limit, asked for %s", interface);
    return detail_fail(ERR_RPC_NOT_EXECUTED,
                       "the server refused interface %s: result %u, reason "
                       "%u",
                       interface, result->result, result->reason);
}

/* One offer was accepted: calls may go under it, and further legs of the handshake name it. */
static enum err take_accepted(struct rpc_client *c, const struct rpc_offer *offer,
                              const struct rpc_result *result)
{
    struct rpc_context context = { .id = offer->id, .abstract = offer->abstract };

    if (!rpc_syntax_equal(&result->transfer, &offer->transfer[0]))
        return detail_fail(ERR_RPC_PROTOCOL, "the server chose a transfer syntax nobody offered");
    context.syntax = rpc_syntax_equal(&result->transfer, &rpc_ndr64) ? NDR_64 : NDR_20;
    return rpc_contexts_add(&c->contexts, &context);
}

/* The results are in the order of the offers: the interface in each syntax, then the features. */
static enum err take_results(struct rpc_client *c, const struct rpc_bind_ack *ack)
{
    struct rpc_list list = ack->results;
    struct rpc_result result, first;
    size_t i, n = c->offered;
    enum err e = ERR_OK;
    bool more;

    if (!rpc_result_next(&list, &first))
        return detail_fail(ERR_RPC_PROTOCOL, "the server answered no presentation context");
    result = first;
    more = true;
    c->offered = 0;
    for (i = 0; i < n && more && !e; i++, more = rpc_result_next(&list, &result)) {
        if (result.result != RPC_ACCEPTED)
            continue;
        e = take_accepted(c, &c->offers[i], &result);
        c->offers[0] = c->offered ? c->offers[0] : c->offers[i];
        c->offered = 1;
    }
    if (!e && !c->offered)
        return refused(c, &first);
    if (!e && more && c->state == RPC_CLIENT_BINDING && result.result == RPC_NEGOTIATED)
        c->features = result.reason & RPC_FEATURES;
    return e;
}

static enum err on_bind_ack(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                            enum rpc_client_outcome *ret)
{
    struct rpc_bind_ack ack;
    enum err e = rpc_bind_ack_read(&r->pdu, &ack);

    if (!e && ack.max_receive < RPC_FRAGMENT_MIN)
        e = detail_fail(ERR_RPC_PROTOCOL, "the server takes fragments of %u bytes only",
                        ack.max_receive);
    if (e)
        return e;
    c->max_fragment = ack.max_receive < RPC_FRAGMENT_MAX ? ack.max_receive : RPC_FRAGMENT_MAX;
    c->group = ack.group;
    c->multiplex = r->pdu.header.flags & RPC_CONC_MPX;
    e = take_results(c, &ack);
    if (e)
        return e;
    *ret = RPC_CLIENT_READY;
    c->state = RPC_CLIENT_OPEN;
    if (!c->security)
        return ERR_OK;
    rpc_securities_decide(&c->securities, r->pdu.header.flags);
    return take_leg(c, &r->pdu, out, ret);
}

static enum err on_proven(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                          enum rpc_client_outcome *ret)
{
    struct rpc_bind_ack ack;
    enum err e = rpc_bind_ack_read(&r->pdu, &ack);

    if (e)
        return e;
    if (c->security->done && !r->pdu.has_auth) { /* our last token needed no answer */
        *ret = RPC_CLIENT_READY;
        return proven(c);
    }
    return take_leg(c, &r->pdu, out, ret);
}

static enum err on_altered(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                           enum rpc_client_outcome *ret)
{
    struct rpc_bind_ack ack;
    enum err e = rpc_bind_ack_read(&r->pdu, &ack);

    (void)out;
    if (e)
        return e;
    if (r->pdu.has_auth)
        return detail_fail(ERR_UNEXPECTED, "the server began a handshake nobody asked for");
    e = take_results(c, &ack);
    if (!e || e == ERR_RPC_INTERFACE || e == ERR_RPC_TRANSFER_SYNTAX)
        c->state = RPC_CLIENT_OPEN;
    *ret = RPC_CLIENT_READY;
    return e;
}

static enum err on_bind_nak(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                            enum rpc_client_outcome *ret)
{
    struct rpc_bind_nak nak;
    enum err e = rpc_bind_nak_read(&r->pdu, &nak);

    (void)c;
    (void)out;
    (void)ret;
    if (e)
        return e;
    rpc_errors_receive(nak.extra);
    switch (nak.reason) {
    case RPC_NAK_CONGESTION:
    case RPC_NAK_LIMIT:
        return detail_fail(ERR_RPC_BUSY, "the server refused the bind: it is too busy");
    case RPC_NAK_VERSION:
        return detail_fail(ERR_RPC_PROTOCOL, "the server speaks another version of RPC");
    case RPC_NAK_AUTH_TYPE:
        detail_remedy("Choose an authentication service the server has registered.");
        return detail_fail(ERR_RPC_AUTHN_SERVICE, "the server does not know the authentication "
                                                  "service");
    case RPC_NAK_CHECKSUM:
        detail_remedy("its log says why; a server without the keys of the name you asked for, and "
                      "a clock that is off, end here: countersign doctor");
        return detail_fail(ERR_ACCESS_DENIED, "the server refused the bind's authentication");
    default:
        return detail_fail(ERR_RPC_NOT_EXECUTED, "the server refused the bind: reason %u",
                           nak.reason);
    }
}

/* In place of a bind_ack or alter_context_resp. */
static enum err on_refused(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                           enum rpc_client_outcome *ret)
{
    const char *name = rpc_fault_name(r->fault.status);

    (void)out;
    (void)ret;
    c->status = rpc_fault_status(r->fault.status);
    if (r->fault.extended)
        rpc_errors_receive(r->fault.extra);
    return detail_fail(ERR_ACCESS_DENIED, "the server refused the %s: fault 0x%08x%s%s",
                       c->state == RPC_CLIENT_ALTERING ? "interface" : "bind", r->fault.status,
                       name ? " " : "", name ? name : "");
}

/* ---- answers to a call ---- */

static void answered(struct rpc_client *c)
{
    c->state = c->depth ? RPC_CLIENT_SERVING : RPC_CLIENT_OPEN;
    c->depth -= c->depth != 0;
}

OFTEN static enum err on_response(struct rpc_client *c, const struct rpc_received *r,
                                  struct writer *out, enum rpc_client_outcome *ret)
{
    (void)out;
    if (r->response.context_id != c->call_context)
        return detail_fail(ERR_UNEXPECTED, "a response of presentation context %u to a call of %u",
                           r->response.context_id, c->call_context);
    if (!r->more)
        answered(c);
    *ret = RPC_CLIENT_ANSWER;
    return ERR_OK;
}

static enum err on_fault(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                         enum rpc_client_outcome *ret)
{
    (void)out;
    c->status = rpc_fault_status(r->fault.status);
    answered(c);
    if (r->fault.status == NCA_S_PROTO_ERROR) /* the server closes after it */
        c->closing = true;
    *ret = RPC_CLIENT_ANSWER;
    return ERR_OK;
}

/* Whether there is such a procedure is the caller's business. */
static enum err on_callback(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                            enum rpc_client_outcome *ret)
{
    (void)out;
    if (r->event != RPC_EVENT_CALL)
        return detail_fail(ERR_UNEXPECTED, "the server calls back where no call allows it");
    if (c->security && c->security->token_size && r->security != c->security)
        return detail_fail(ERR_UNEXPECTED, "a callback that is not protected as the call is");
    c->state = RPC_CLIENT_SERVING;
    *ret = RPC_CLIENT_CALLED;
    return ERR_OK;
}

static enum err on_shared_response(struct rpc_client *c, const struct rpc_received *r,
                                   struct writer *out, enum rpc_client_outcome *ret)
{
    struct rpc_client_ask *ask = take_ask(c, r->pdu.header.call_id);

    (void)out;
    if (!ask)
        return detail_fail(ERR_UNEXPECTED, "an answer to call %u, which is not out",
                           r->pdu.header.call_id);
    c->answered = ask;
    if (r->response.context_id != ask->context)
        return detail_fail(ERR_UNEXPECTED, "a response of presentation context %u to a call of %u",
                           r->response.context_id, ask->context);
    *ret = RPC_CLIENT_ANSWER;
    return ERR_OK;
}

static enum err on_shared_fault(struct rpc_client *c, const struct rpc_received *r,
                                struct writer *out, enum rpc_client_outcome *ret)
{
    struct rpc_client_ask *ask = take_ask(c, r->pdu.header.call_id);

    (void)out;
    if (!ask)
        return detail_fail(ERR_UNEXPECTED, "a fault of call %u, which is not out",
                           r->pdu.header.call_id);
    c->answered = ask;
    if (r->fault.status == NCA_S_PROTO_ERROR) /* the server closes after it */
        c->closing = true;
    *ret = RPC_CLIENT_ANSWER;
    return ERR_OK;
}

static enum err on_shutdown(struct rpc_client *c, const struct rpc_received *r, struct writer *out,
                            enum rpc_client_outcome *ret)
{
    (void)r;
    (void)out;
    c->closing = true;
    *ret = RPC_CLIENT_WAIT;
    return ERR_OK;
}

/* clang-format off */
/* What a client may receive, by state; an empty cell is a protocol error and ends the connection.
 * C706 9.3.2 */
static step *const steps[RPC_CLIENT_STATES][RPC_TYPES] = {
    [RPC_CLIENT_BINDING]  = { [RPC_BIND_ACK]  = on_bind_ack, [RPC_BIND_NAK] = on_bind_nak,
                              [RPC_FAULT]     = on_refused,  [RPC_SHUTDOWN] = on_shutdown },
    [RPC_CLIENT_PROVING]  = { [RPC_ALTER_ACK] = on_proven,   [RPC_FAULT]    = on_refused,
                              [RPC_SHUTDOWN]  = on_shutdown },
    [RPC_CLIENT_ALTERING] = { [RPC_ALTER_ACK] = on_altered,  [RPC_FAULT]    = on_refused,
                              [RPC_SHUTDOWN]  = on_shutdown },
    [RPC_CLIENT_OPEN]     = { [RPC_SHUTDOWN]  = on_shutdown },
    [RPC_CLIENT_CALLING]  = { [RPC_RESPONSE]  = on_response, [RPC_FAULT]    = on_fault,
                              [RPC_REQUEST]   = on_callback, [RPC_SHUTDOWN] = on_shutdown },
    [RPC_CLIENT_SHARED]   = { [RPC_RESPONSE]  = on_shared_response, [RPC_FAULT] = on_shared_fault,
                              [RPC_SHUTDOWN]  = on_shutdown },
};
/* clang-format on */

/* Wine's server gives every answer the number of the bind. Where one call is out, none before it
 * was left without its answer, and nobody proves anything, such an answer is that call's: numbers
 * only tell calls apart, and there is no other. */
static bool numbered(const struct rpc_client *c, const struct rpc_header *h)
{
    if (h->type == RPC_SHUTDOWN || c->state == RPC_CLIENT_SHARED || h->call_id == c->call_id)
        return true;
    return h->call_id == BIND_CALL_ID && h->type != RPC_REQUEST && c->state == RPC_CLIENT_CALLING &&
           !c->security && !c->unanswered;
}

OFTEN enum err rpc_client_receive(struct rpc_client *c, const struct rpc_received *r,
                                  struct writer *out, enum rpc_client_outcome *ret)
{
    const struct rpc_header *h = &r->pdu.header;
    step *const on = h->type < RPC_TYPES ? steps[c->state][h->type] : NULL;
    enum rpc_client_state before = c->state;
    enum err e;

    if (!on)
        e = detail_fail(ERR_UNEXPECTED, "a PDU of type %u in state %d of a connection", h->type,
                        (int)before);
    else if (!numbered(c, h))
        e = detail_fail(ERR_UNEXPECTED, "an answer to call %u where %u is out", h->call_id,
                        c->call_id);
    else
        e = on(c, r, out, ret);
    if (e && !(before == RPC_CLIENT_ALTERING && c->state == RPC_CLIENT_OPEN))
        c->state = RPC_CLIENT_ENDED;
    return e;
}
