/* SPDX-License-Identifier: Apache-2.0
 * server_connection.c - a connection as a server sees it: a machine without I/O.
 * C706 11.1, [MS-RPCE] 3.3.3
 */
#include "rpc/server_connection.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "base/utf16.h"
#include "rpc/fault.h"
#include "rpc/server_auth.h"
#include "rpc/server_policy.h"

enum {
    FRAGMENT_LEAST = 2048, /* what Windows raises a smaller offer to */
    PDU_MAX = 65535,
    UNBOUND_STUB_MAX = 0, /* nothing is collected for who has not bound */
};

typedef enum err on_pdu(struct rpc_server_connection *c, const struct rpc_received *r,
                        struct rpc_action *ret);
static on_pdu on_bind, on_bind_again, on_alter, on_auth3, on_request, on_answer, on_cancel,
    on_orphaned;

/* What a client may send, by state; an empty cell is a protocol error.  C706 11.1.4 */
/* clang-format off */
static on_pdu *const moves[RPC_SERVER_STATES][RPC_TYPES] = {
    [RPC_SERVER_NEW] =     { [RPC_BIND] = on_bind },
    [RPC_SERVER_PROVING] = { [RPC_BIND] = on_bind_again, [RPC_ALTER_CONTEXT] = on_alter,
                             [RPC_AUTH3] = on_auth3,     [RPC_REQUEST] = on_request,
                             [RPC_CO_CANCEL] = on_cancel, [RPC_ORPHANED] = on_orphaned },
    [RPC_SERVER_OPEN] =    { [RPC_BIND] = on_bind_again, [RPC_ALTER_CONTEXT] = on_alter,
                             [RPC_REQUEST] = on_request,
                             [RPC_RESPONSE] = on_answer, [RPC_FAULT] = on_answer,
                             [RPC_CO_CANCEL] = on_cancel, [RPC_ORPHANED] = on_orphaned },
};
/* clang-format on */

static const struct rpc_registration *registration_of(const struct rpc_server_connection *c,
                                                      const struct rpc_request *head)
{
    const struct rpc_context *context = rpc_contexts_find(&c->contexts, head->context_id);

    return context ? context->interface : NULL;
}

/* A procedure with [in] pipes is served while its request still comes. */
static bool in_parts(const void *owner, const struct rpc_request *head)
{
    const struct rpc_registration *r = registration_of(owner, head);

    return r && head->opnum < r->face->Head.ProcedureCount &&
           (r->face->Procedures[head->opnum].Flags & CS_CALL_PIPE_IN);
}

/* MaxRpcSize. Of an interface that was registered again meanwhile another may count: then the
 * request is looked at when it is whole, as one of a single fragment is. */
static size_t taken(const void *owner, const struct rpc_request *head)
{
    const struct rpc_server_connection *c = owner;
    const struct rpc_registration *r = registration_of(c, head);

    return !r || c->transport->local || atomic_load(&r->gone) ? SIZE_MAX : r->max_size;
}

static struct rpc_usage *usage_of(const void *owner, const struct rpc_security *s)
{
    return rpc_server_client_usage(owner, s);
}

void rpc_server_connection_init(struct rpc_server_connection *c, const struct transport *transport,
                                const char *endpoint)
{
    const struct rpc_limits limits = { RPC_FRAGMENT_WINDOWS, UNBOUND_STUB_MAX };

    *c = (struct rpc_server_connection){ .transport = transport, .stub_max = RPC_STUB_MAX };
    (void)snprintf(c->endpoint, sizeof c->endpoint, "%s", endpoint);
    c->max_send = c->max_receive = RPC_FRAGMENT_WINDOWS;
    rpc_inbound_init(&c->in, true, &limits, &c->securities);
    c->in.in_parts = in_parts;
    c->in.taken = taken;
    c->in.usage = usage_of;
    c->in.owner = c;
}

void rpc_server_connection_set_peer(struct rpc_server_connection *c,
                                    const struct transport_peer *peer)
{
    c->peer = *peer;
    c->has_peer = !peer->anonymous;
    if (c->has_peer)
        rpc_local_sid(peer->uid, c->peer_name);
}

void rpc_server_connection_count_adopt(struct rpc_server_connection *c, struct rpc_usage *u)
{
    c->from = u;
    c->counted = rpc_usage_ref(u);
}

void rpc_server_connection_done(struct rpc_server_connection *c)
{
    size_t i;

    for (i = 0; i < c->contexts.count; i++)
        rpc_registration_unref(c->contexts.item[i].interface);
    rpc_server_client_names_done(c);
    buf_free(&c->last_leg);
    rpc_contexts_done(&c->contexts);
    rpc_inbound_done(&c->in);
    if (c->counted)
        rpc_usage_give(c->counted, RPC_SHARE_CONNECTIONS, 1);
    rpc_usage_unref(c->counted);
    rpc_usage_unref(c->from);
    rpc_securities_done(&c->securities);
    rpc_group_leave(c->group);
}

/* ---- PDUs written ---- */

enum err rpc_server_fault(const struct rpc_header *to, uint16_t context_id, uint32_t status,
                          bool executed, struct bytes extra, struct buf *ret)
{
    struct writer w = writer_new(PDU_MAX);
    const struct rpc_fault f = { .alloc_hint = (uint32_t)(RPC_FAULT_SIZE + extra.len),
                                 .context_id = context_id,
                                 .extended = extra.len != 0,
                                 .status = status,
                                 .extra = extra };

    rpc_pdu_begin(&w, RPC_FAULT, RPC_FIRST | RPC_LAST | (executed ? 0 : RPC_DID_NOT_EXECUTE),
                  to->call_id);
    rpc_fault_write(&w, &f);
    rpc_pdu_end(&w, NULL);
    return writer_take(&w, ret);
}

enum err rpc_server_shutdown(struct buf *ret)
{
    struct writer w = writer_new(PDU_MAX);

    rpc_pdu_begin(&w, RPC_SHUTDOWN, RPC_FIRST | RPC_LAST, 0);
    rpc_pdu_end(&w, NULL);
    return writer_take(&w, ret);
}

static enum err nak(const struct rpc_header *to, uint16_t reason, struct buf *ret)
{
    struct writer w = writer_new(PDU_MAX);
    const struct rpc_bind_nak n = {
        .reason = reason, .versions = 1, .major = { 5 }, .minor = { to->minor }
    };

    rpc_pdu_begin(&w, RPC_BIND_NAK, RPC_FIRST | RPC_LAST, to->call_id);
    rpc_bind_nak_write(&w, &n);
    rpc_pdu_end(&w, NULL);
    return writer_take(&w, ret);
}

/* ---- presentation contexts ---- */

struct answers {
    struct rpc_result result[UINT8_MAX];
    size_t count;
    bool features; /* one was about them */
    bool accepted; /* one was: Windows takes one interface at a time */
};

/* One offer against what the id already stands for. */
static enum err answer_again(const struct rpc_context *old, const struct rpc_offer *offer,
                             struct rpc_result *ret)
{
    enum ndr_syntax syntax;
    size_t i;

    if (!rpc_syntax_equal(&old->abstract, &offer->abstract))
        return detail_fail(ERR_UNEXPECTED, "rpc: presentation context %u is another interface's",
                           offer->id);
    rpc_negotiate_answer(offer, true, 1U << old->syntax, ret, &syntax);
    for (i = 0; ret->result != RPC_ACCEPTED && i < offer->transfers; i++)
        if (rpc_syntax_equal(&offer->transfer[i], &rpc_ndr20) ||
            rpc_syntax_equal(&offer->transfer[i], &rpc_ndr64))
            return detail_fail(ERR_UNEXPECTED,
                               "rpc: presentation context %u has another transfer syntax",
                               offer->id);
    return ERR_OK;
}

/* One of an id that is new. Where NDR64 is among the further offers, NDR is refused: a client that
 * has both offers each in a context of its own, and of those 64-bit Windows takes NDR64. */
static enum err answer_new(struct rpc_server_connection *c, const struct rpc_offer *offer,
                           struct rpc_list further, struct rpc_result *ret)
{
    struct rpc_registration *r = rpc_registry_find(&offer->abstract, c->interfaces);
    struct rpc_context context = { .id = offer->id, .abstract = offer->abstract, .interface = r };
    const CS_INTERFACE *face = r ? &r->face->Head : NULL;
    unsigned syntaxes = face ? rpc_negotiate_syntaxes(face->Syntaxes, face->Name) : 0;
    enum err e = ERR_OK;

    if (syntaxes & RPC_SYNTAX_NDR64 && rpc_negotiate_offers(further, &offer->abstract, NDR_64))
        syntaxes = RPC_SYNTAX_NDR64;
    rpc_negotiate_answer(offer, r != NULL, syntaxes, ret, &context.syntax);
    if (ret->result == RPC_ACCEPTED)
        e = rpc_contexts_add(&c->contexts, &context);
    if (e || ret->result != RPC_ACCEPTED)
        rpc_registration_unref(r);
    if (e == ERR_TOO_LONG) {
        *ret = (struct rpc_result){ .result = RPC_PROVIDER_REJECTED, .reason = RPC_REASON_LIMIT };
        e = ERR_OK;
    }
    return e;
}

static enum err answer_all(struct rpc_server_connection *c, struct rpc_list offers,
                           struct answers *ret)
{
    const struct rpc_context *old;
    struct rpc_offer offer;
    struct rpc_result *r;
    enum err e = ERR_OK;
    uint16_t features;

    while (!e && rpc_offer_next(&offers, &offer)) {
        r = &ret->result[ret->count++];
        old = rpc_contexts_find(&c->contexts, offer.id);
        if (!offer.transfers)
            e = detail_fail(ERR_MALFORMED, "rpc: an offer without a transfer syntax");
        else if (ret->accepted && !rpc_features_read(&offer.transfer[0], &features))
            *r = (struct rpc_result){ .result = RPC_PROVIDER_REJECTED,
                                      .reason = RPC_REASON_TRANSFER };
        else
            e = old ? answer_again(old, &offer, r) : answer_new(c, &offer, offers, r);
        ret->accepted |= !e && r->result == RPC_ACCEPTED;
        if (!e && r->result == RPC_NEGOTIATED && ret->features)
            e = detail_fail(ERR_MALFORMED, "rpc: features offered twice");
        ret->features |= r->result == RPC_NEGOTIATED;
    }
    if (!e && !ret->count)
        e = detail_fail(ERR_MALFORMED, "rpc: a bind without an offer");
    return e;
}

/* ---- security legs ---- */

/* The context of a first leg. */
static enum err security_make(const struct rpc_server_connection *c, const struct rpc_auth *a,
                              struct rpc_security **ret)
{
    const CredHandle *credential;

    if (a->level <= RPC_LEVEL_NONE || a->level > RPC_LEVEL_PRIVACY)
        return detail_fail(ERR_RPC_AUTHN_LEVEL, "rpc: a client asks for authentication level %u",
                           a->level);
    if (!rpc_server_policy_provider(c, a->type))
        return detail_fail(ERR_RPC_AUTHN_TYPE,
                           "rpc: policy allows no client authentication service %u", a->type);
    if (a->type == RPC_AUTH_LOCAL && c->transport->local && !c->has_peer)
        return detail_fail(ERR_LOGON_DENIED,
                           "rpc: a client whose uid is nobody's wants to be known");
    if (a->type == RPC_AUTH_LOCAL && c->has_peer && a->level == RPC_LEVEL_PRIVACY)
        return rpc_security_new_local(true, a->context_id, ret);
    credential = rpc_server_auth_credential(a->type);
    if (!credential) {
        detail_remedy("Call RpcServerRegisterAuthInfo for service %u.", a->type);
        return detail_fail(ERR_RPC_AUTHN_TYPE,
                           "rpc: a client asks for authentication service %u, not registered",
                           a->type);
    }
    if (a->level == RPC_LEVEL_CALL) /* clients raise it to PKT.  [MS-RPCE] 3.3.1.5.2 */
        return detail_fail(ERR_RPC_UNSUPPORTED_LEVEL, "rpc: a client asks for level CALL");
    return rpc_security_new_server(credential, a, 0, ret);
}

static enum err security_new(struct rpc_server_connection *c, const struct rpc_auth *a,
                             struct rpc_security **ret)
{
    struct rpc_security *s = NULL;
    enum err e = security_make(c, a, &s);

    if (!e)
        e = rpc_securities_add_adopt(&c->securities, s);
    if (e) {
        rpc_security_free(s);
        return e;
    }
    *ret = s;
    return ERR_OK;
}

struct leg {
    struct rpc_security *security; /* NULL: the PDU has none */
    struct buf token;
};

static bool some_unproven(const struct rpc_server_connection *c)
{
    size_t i;

    for (i = 0; i < c->securities.count; i++)
        if (!c->securities.item[i]->done && !c->securities.item[i]->failed)
            return true;
    return false;
}

static enum err take_leg(struct rpc_server_connection *c, const struct rpc_pdu *p, struct leg *ret)
{
    struct rpc_security *s;
    enum rpc_leg how;
    enum err e = ERR_OK;

    if (!p->has_auth)
        return ERR_OK;
    s = rpc_securities_find(&c->securities, p->auth.context_id);
    e = s ? rpc_security_matches(s, &p->auth) : security_new(c, &p->auth, &s);
    if (e)
        return e;
    ret->security = s;
    if (s->done && p->auth.value.len && bytes_equal(p->auth.value, buf_view(c->last_leg)))
        return ERR_OK; /* Samba's clients send an auth3's token again with an alter_context */
    e = rpc_security_step(s, p->auth.value, &ret->token, &how);
    if (e || !s->done)
        return e;
    buf_free(&c->last_leg);
    e = buf_copy(p->auth.value, &c->last_leg);
    if (!e)
        e = rpc_server_client_prove(c, s);
    if (e) { /* of nobody that could be named: guests, handles and shares go by it */
        s->done = false;
        s->failed = true;
    }
    return e;
}

/* ---- bind and alter_context ---- */

/* Windows answers an offer that is no size ("as much as you like") with its own. */
static uint16_t fragment_for(const struct rpc_bind *b)
{
    unsigned n = b->max_send < b->max_receive ? b->max_send : b->max_receive;

    if (n > RPC_FRAGMENT_MAX)
        n = RPC_FRAGMENT_WINDOWS;
    n &= ~7U;
    return (uint16_t)(n < FRAGMENT_LEAST ? FRAGMENT_LEAST : n);
}

static enum err acknowledge(struct rpc_server_connection *c, const struct rpc_received *r,
                            const struct answers *a, const struct leg *leg, struct buf *ret)
{
    bool bind = r->pdu.header.type == RPC_BIND;
    const struct rpc_bind_ack ack = { .max_send = c->max_send,
                                      .max_receive = c->max_receive,
                                      .group = c->group->id,
                                      .address = bytes_of_text(bind ? c->endpoint : "") };
    uint8_t flags = RPC_FIRST | RPC_LAST, asked = r->pdu.header.flags;
    struct writer w = writer_new(PDU_MAX);
    struct rpc_auth auth;

    flags |= asked & RPC_SUPPORT_HEADER_SIGN;
    if (bind)
        flags |= asked & RPC_CONC_MPX;
    rpc_pdu_begin(&w, bind ? RPC_BIND_ACK : RPC_ALTER_ACK, flags, r->pdu.header.call_id);
    rpc_bind_ack_write(&w, &ack, a->result, a->count);
    if (leg->security)
        auth = rpc_security_auth(leg->security, buf_view(leg->token));
    rpc_pdu_end(&w, leg->security ? &auth : NULL); /* also where nothing is left to say */
    return writer_take(&w, ret);
}

static enum err answer_bind(struct rpc_server_connection *c, const struct rpc_received *r,
                            const struct rpc_bind *b, struct rpc_action *ret)
{
    struct answers a = { .count = 0 };
    struct leg leg = { .security = NULL };
    enum err e = answer_all(c, b->offers, &a);

    if (!e)
        e = take_leg(c, &r->pdu, &leg);
    if (r->pdu.header.flags & RPC_SUPPORT_HEADER_SIGN)
        rpc_securities_sign_headers(&c->securities);
    if (e && leg.security && leg.token.len &&
        !(e == ERR_QOP && leg.security->level == RPC_LEVEL_PRIVACY))
        e = ERR_OK; /* the mechanism says no itself; nothing the context should protect is taken */
    if (!e)
        e = acknowledge(c, r, &a, &leg, &ret->bytes);
    buf_free(&leg.token);
    if (e)
        return e;
    c->state = some_unproven(c) ? RPC_SERVER_PROVING : RPC_SERVER_OPEN;
    c->in.limits.stub = c->stub_max;
    ret->act = RPC_ACT_SEND;
    return ERR_OK;
}

static enum err on_bind(struct rpc_server_connection *c, const struct rpc_received *r,
                        struct rpc_action *ret)
{
    struct rpc_bind b;
    enum err e = rpc_bind_read(&r->pdu, &b);

    if (!e)
        e = rpc_group_join(b.group, c->transport, &c->group);
    if (e)
        return e;
    c->max_send = c->max_receive = fragment_for(&b);
    c->multiplex = r->pdu.header.flags & RPC_CONC_MPX;
    c->securities.bare_bind = !r->pdu.has_auth;
    if (c->max_receive > c->in.limits.fragment)
        c->in.limits.fragment = c->max_receive;
    return answer_bind(c, r, &b, ret);
}

static enum err on_bind_again(struct rpc_server_connection *c, const struct rpc_received *r,
                              struct rpc_action *ret)
{
    (void)c;
    (void)r;
    (void)ret;
    return detail_fail(ERR_UNEXPECTED, "rpc: a second bind on a connection");
}

/* Its fragment sizes and group are not looked at: those of the bind stand. */
static enum err on_alter(struct rpc_server_connection *c, const struct rpc_received *r,
                         struct rpc_action *ret)
{
    struct rpc_bind b;
    enum err e = rpc_bind_read(&r->pdu, &b);

    return e ? e : answer_bind(c, r, &b, ret);
}

/* Has no answer, not even to a failure: what the context should protect is refused then. */
static enum err on_auth3(struct rpc_server_connection *c, const struct rpc_received *r,
                         struct rpc_action *ret)
{
    struct leg leg = { .security = NULL };
    enum err e = rpc_auth3_read(&r->pdu);

    if (!e && !rpc_securities_find(&c->securities, r->pdu.auth.context_id))
        e = detail_fail(ERR_UNEXPECTED, "rpc: an auth3 for a context that is not there");
    if (e)
        return e;
    e = take_leg(c, &r->pdu, &leg);
    if (leg.security && leg.token.len) { /* it should have been an alter_context */
        leg.security->done = false;
        leg.security->failed = true;
    }
    buf_free(&leg.token);
    if (e && (!leg.security || !leg.security->failed))
        return e;
    c->state = some_unproven(c) ? RPC_SERVER_PROVING : RPC_SERVER_OPEN;
    ret->act = RPC_ACT_MORE;
    return ERR_OK;
}

/* ---- calls ---- */

/* On one connection too many of its client, who is told to use it no more. */
static enum err refuse_excess(struct rpc_server_connection *c, const struct rpc_received *r,
                              struct rpc_action *ret)
{
    struct buf bye = { 0 }, fault = { 0 };
    struct writer w = writer_new(PDU_MAX);
    enum err e = rpc_server_shutdown(&bye);

    if (!e)
        e = rpc_server_fault(&r->pdu.header, r->request.context_id, NCA_S_SERVER_TOO_BUSY, false,
                             (struct bytes){ 0 }, &fault);
    writer_bytes(&w, buf_view(bye));
    writer_bytes(&w, buf_view(fault));
    buf_free(&bye);
    buf_free(&fault);
    if (!e)
        e = writer_take(&w, &ret->bytes);
    writer_done(&w);
    if (!e)
        rpc_block_put(r->block);
    rpc_inbound_drop(&c->in); /* its further parts, where it comes in such */
    ret->act = RPC_ACT_SEND;
    return e;
}

OFTEN static enum err on_request(struct rpc_server_connection *c, const struct rpc_received *r,
                                 struct rpc_action *ret)
{
    const struct rpc_context *context = rpc_contexts_find(&c->contexts, r->request.context_id);
    enum err e;

    ret->call_id = r->pdu.header.call_id;
    if (c->excess && r->event != RPC_EVENT_PART) /* what has begun goes on */
        return refuse_excess(c, r, ret);
    if (context) {
        ret->act = r->event == RPC_EVENT_PART ? RPC_ACT_PART : RPC_ACT_CALL;
        ret->context = *context;
        return ERR_OK;
    }
    e = rpc_server_fault(&r->pdu.header, 0, NCA_S_UNK_IF, false, (struct bytes){ 0 }, &ret->bytes);
    if (!e)
        rpc_block_put(r->block);
    ret->act = RPC_ACT_SEND;
    return e;
}

/* Which callback it is of the owner knows. */
static enum err on_answer(struct rpc_server_connection *c, const struct rpc_received *r,
                          struct rpc_action *ret)
{
    (void)c;
    if (r->event == RPC_EVENT_PDU)
        return detail_fail(ERR_UNEXPECTED, "rpc: an answer to call %u, where no callback is out",
                           r->pdu.header.call_id);
    ret->act = RPC_ACT_ANSWER;
    ret->call_id = r->pdu.header.call_id;
    return ERR_OK;
}

static enum err on_cancel(struct rpc_server_connection *c, const struct rpc_received *r,
                          struct rpc_action *ret)
{
    (void)c;
    ret->act = RPC_ACT_CANCEL;
    ret->call_id = r->pdu.header.call_id;
    return ERR_OK;
}

static enum err on_orphaned(struct rpc_server_connection *c, const struct rpc_received *r,
                            struct rpc_action *ret)
{
    (void)c; /* a call that is not whole goes on: so does Windows, and counts its fragments */
    ret->act = RPC_ACT_ORPHAN;
    ret->call_id = r->pdu.header.call_id;
    return ERR_OK;
}

/* ---- failures ---- */

static uint16_t nak_reason(enum err e, bool failed_header)
{
    switch (e) {
    case ERR_RPC_AUTHN_TYPE:
        return RPC_NAK_AUTH_TYPE;
    case ERR_TRUNCATED:
    case ERR_MALFORMED:
    case ERR_UNSUPPORTED:
    case ERR_TOO_LONG:
        return failed_header ? RPC_NAK_VERSION : RPC_NAK_UNSPECIFIED;
    case ERR_LOGON_DENIED:
    case ERR_RPC_SEC_PACKAGE:
    case ERR_RPC_UNSUPPORTED_LEVEL:
        return RPC_NAK_CHECKSUM;
    case ERR_NO_MEMORY:
        return RPC_NAK_CONGESTION;
    default: /* of the many ways a token may be refused, the caller learns this much */
        return err_rpc_status(e) == RPC_S_SEC_PKG_ERROR || err_rpc_status(e) == RPC_S_ACCESS_DENIED
                   ? RPC_NAK_CHECKSUM
                   : RPC_NAK_UNSPECIFIED;
    }
}

/* Whom to answer where a fragment was refused: as far as its header can be read. */
static void refused_header(const struct rpc_inbound *in, struct rpc_header *h,
                           uint16_t *ret_context)
{
    struct reader r = { 0 };
    bool known = in->last.frag_length != 0, little;
    uint16_t length;

    if (!in->block || in->end - in->start < RPC_HEADER_SIZE)
        return;
    r = reader_over(bytes_of(in->block->data + in->start, in->end - in->start));
    reader_take(&r, 1);
    h->minor = reader_u8(&r);
    h->type = reader_u8(&r);
    reader_take(&r, 1);
    little = reader_u8(&r) & 0x10;
    reader_take(&r, NDR_DREP_SIZE - 1);
    length = little ? reader_le16(&r) : reader_be16(&r);
    h->auth_length = little ? reader_le16(&r) : reader_be16(&r);
    h->call_id = little ? reader_le32(&r) : reader_be32(&r);
    known = known && length == in->last.frag_length && h->call_id == in->last.call_id;
    if (!known || h->type != RPC_REQUEST || in->partial) /* then the header itself is wrong */
        return;
    reader_take(&r, 4);
    *ret_context = little ? reader_le16(&r) : reader_be16(&r);
}

static uint32_t fault_for(enum err e)
{
    if (e == ERR_RPC_UNSUPPORTED_LEVEL || e == ERR_QOP || e == ERR_ALTERED)
        return RPC_S_SEC_PKG_ERROR; /* the context cannot do what its level says, or did not */
    return rpc_fault_of(e);
}

/* A failed bind is refused, anything else answered with a fault; then the connection ends. */
static void close_for(struct rpc_server_connection *c, enum err e, struct rpc_action *ret)
{
    struct rpc_header answered = c->in.last, *h = &answered;
    bool request = h->type == RPC_REQUEST;
    uint16_t context_id = 0;
    enum err failed = ERR_OK;

    buf_free(&ret->bytes);
    *ret = (struct rpc_action){ .act = RPC_ACT_CLOSE };
    if (c->in.failed)
        refused_header(&c->in, h, &context_id);
    if (request && c->in.partial && (!c->multiplex || e == ERR_ACCESS_DENIED)) {
        h->call_id = c->in.first.call_id; /* one at a time: it is that one which failed */
        context_id = c->in.head.context_id;
    }
    if (e == ERR_UNEXPECTED && c->state == RPC_SERVER_PROVING) {
        request = false; /* it was not looked at: the legs were to come first */
        context_id = 0;
    }
    if (h->type == RPC_BIND)
        failed = nak(h, nak_reason(e, c->in.failed && h->auth_length), &ret->bytes);
    else if (c->state != RPC_SERVER_NEW)
        failed = rpc_server_fault(h, context_id, fault_for(e),
                                  request && e != ERR_RPC_NO_CALL && e != ERR_RPC_BUSY,
                                  (struct bytes){ 0 }, &ret->bytes);
    if (failed)
        ret->bytes = (struct buf){ 0 };
    c->state = RPC_SERVER_CLOSED;
}

static void log_refused(const struct rpc_server_connection *c)
{
    const struct rpc_registration *r = registration_of(c, &c->in.head);

    if (c->in.partial && r)
        log_audit("rpc: interface %s refuses a request of more than %zu bytes", r->face->Head.Name,
                  r->max_size);
}

static enum err step(struct rpc_server_connection *c, struct rpc_received *r,
                     struct rpc_action *ret)
{
    uint8_t type = r->pdu.header.type;
    on_pdu *on = moves[c->state][type < RPC_TYPES ? type : 0];
    enum err e;

    e = on ? on(c, r, ret)
           : detail_fail(ERR_UNEXPECTED, "rpc: PDU type %u in state %d of a server's connection",
                         type, c->state);
    if (e && r->event != RPC_EVENT_PDU) {
        rpc_block_put(r->block);
        r->block = NULL;
    }
    return e;
}

OFTEN void rpc_server_next(struct rpc_server_connection *c, struct rpc_action *ret)
{
    struct rpc_received *r = &ret->call; /* where calls are to be */
    enum err e;

    do {
        r->event = RPC_EVENT_MORE;
        ret->act = RPC_ACT_MORE;
        ret->bytes = (struct buf){ 0 };
        ret->call_id = 0;
        if (c->state == RPC_SERVER_CLOSED) {
            ret->act = RPC_ACT_CLOSE;
            return;
        }
        e = rpc_inbound_next(&c->in, r);
        if (e == ERR_ACCESS_DENIED)
            log_refused(c);
        if (!e && r->event != RPC_EVENT_MORE)
            e = step(c, r, ret);
        if (e)
            close_for(c, e, ret);
    } while (ret->act == RPC_ACT_MORE && r->event != RPC_EVENT_MORE);
}
