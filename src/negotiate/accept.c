/* SPDX-License-Identifier: Apache-2.0
 * accept.c - the acceptor's side of SPNEGO.  RFC 4178 4.2.2, 5; [MS-SPNG] 3.2.5
 *
 * The first message is a NegTokenInit, or a package's own first token without SPNEGO, or nothing:
 * then we speak first and say what we could do.
 */
#include "negotiate/context.h"

#include "asn1/gss_frame.h"
#include "base/detail.h"
#include "base/log.h"

static enum err send_hints(struct negotiate_context *c, uint32_t flags, struct leg_out *out)
{
    struct negotiate_init init = { .init2 = true };
    struct buf list = { 0 }, hints = { 0 };
    enum err e = negotiate_offer(c->credential, 0, flags, &list);

    if (!e)
        e = negotiate_hints_write(&hints);
    if (e)
        goto out;
    init.mech_types = buf_view(list);
    init.hints = buf_view(hints);
    e = negotiate_init_write(&init, &out->token);
    c->state = NEGOTIATE_HINTED;
out:
    buf_free(&list);
    buf_free(&hints);
    return e;
}

/* The mechanism whose own token this is, or NULL. */
static const struct negotiate_mech *raw_mech(struct bytes token)
{
    const struct negotiate_mech *mech = NULL;
    struct bytes oid = { 0 }, inner = { 0 };
    size_t i;

    if (asn1_gss_frame_read(token, &oid, &inner) == ERR_OK)
        return negotiate_mech_find(oid);
    for (i = 0; (mech = negotiate_mech_row(i)); i++)
        if (mech->raw.len && token.len >= mech->raw.len &&
            bytes_equal(bytes_of(token.ptr, mech->raw.len), mech->raw))
            break;
    return mech;
}

/* Nothing signs the choice here, so only the package we would have chosen may come this way:
 * else whoever stands between could strip SPNEGO and its list. */
static enum err begin_raw(struct negotiate_context *c, const struct negotiate_mech *mech)
{
    c->entry = negotiate_entry_find(c->credential, mech);
    if (!c->entry)
        return detail_fail(ERR_NO_PACKAGE, "a token of %s (%s), for which there is no credential",
                           mech->package, mech->oid_text);
    if (negotiate_prefers_other(c->credential, c->entry))
        return detail_fail(ERR_NO_PACKAGE, "a token of %s without SPNEGO while %s is preferred",
                           mech->package, c->credential->entry[0].package->name);
    c->state = NEGOTIATE_RAW;
    return ERR_OK;
}

static enum err on_raw(struct negotiate_context *c, const struct leg_in *in, struct leg_out *out)
{
    struct negotiate_inner inner = { 0 };
    enum err e = negotiate_run(c, in, in->token, &inner);

    out->token = inner.token;
    if (!e && c->inner_done)
        c->state = NEGOTIATE_DONE;
    return e;
}

/* The package is done: has the initiator vouched for its list where it must? */
static enum err settle(struct negotiate_context *c, struct bytes mic,
                       const struct negotiate_inner *inner, struct buf *ret_mic)
{
    bool theirs_last = !inner->token.len; /* the package's last token was the initiator's */
    enum err e = ERR_OK;

    if (mic.ptr)
        e = negotiate_take_mic(c, mic);
    else if (c->mic_required && c->replied && theirs_last)
        e = negotiate_mic_missing(c);
    if (!e && (c->mic_required || c->mic_received))
        e = negotiate_give_mic(c, ret_mic);
    if (!e && (!c->mic_required || c->mic_received))
        c->state = NEGOTIATE_DONE;
    return e;
}

/* The next NegTokenResp, whatever happened. A refusal carries the package's error message. */
static enum err write_reply(struct negotiate_context *c, enum err failed,
                            const struct negotiate_inner *inner, struct buf mic, struct buf *ret)
{
    struct negotiate_resp reply = { .state = NEGOTIATE_INCOMPLETE, .mic = buf_view(mic) };

    if (failed)
        reply.state = NEGOTIATE_REJECT;
    else if (c->state == NEGOTIATE_DONE)
        reply.state = NEGOTIATE_COMPLETED;
    else if (!c->replied && c->mic_required)
        reply.state = NEGOTIATE_REQUEST_MIC;
    if (!c->replied && c->mech)
        reply.mech = c->mech->oid;
    if (inner->token.len)
        reply.token = buf_view(inner->token);
    c->replied = true;
    return negotiate_resp_write(&reply, ret);
}

/* Both NegTokenInit and NegTokenResp end here: a token and a MIC, either may be absent. */
static enum err on_tokens(struct negotiate_context *c, const struct leg_in *in, struct bytes token,
                          struct bytes mic, struct leg_out *out)
{
    struct negotiate_inner inner = { 0 };
    struct buf ours = { 0 };
    enum err e = ERR_OK;
    enum err wrote;

    if (c->inner_done && token.len)
        e = detail_fail(ERR_UNEXPECTED, "the initiator sends a %s token after the last one",
                        c->entry->package->name);
    else if (!c->inner_done && token.ptr)
        e = negotiate_run(c, in, token, &inner);
    else if (!c->inner_done && c->replied)
        e = detail_fail(ERR_MALFORMED, "the initiator answers without a %s token",
                        c->entry->package->name);
    if (!e && !c->inner_done && mic.ptr)
        e = detail_fail(ERR_UNEXPECTED, "a signed list of mechanisms before there is a key");
    if (!e && c->inner_done)
        e = settle(c, mic, &inner, &ours);
    /* The initiator's MIC alone, ours being out already, ends the talk without an answer. */
    if (e || c->state != NEGOTIATE_DONE || inner.ran || ours.len) {
        wrote = write_reply(c, e, &inner, ours, &out->token);
        e = e ? e : wrote;
    }
    buf_free(&inner.token);
    buf_free(&ours);
    return e;
}

static enum err on_init(struct negotiate_context *c, const struct leg_in *in, struct leg_out *out)
{
    struct negotiate_inner none = { 0 };
    struct negotiate_init init = { 0 };
    struct negotiate_choice choice = { 0 };
    enum err e = negotiate_init_read(in->token, &init);

    if (!e && !init.mech_types.ptr)
        e = ERR_MALFORMED;
    if (e)
        return detail_fail(e,
                           "the first message (%zu bytes) is neither a NegTokenInit nor a "
                           "token of a package we hold",
                           in->token.len);
    e = buf_copy(init.mech_types, &c->mech_types);
    if (!e)
        e = negotiate_choose(c->credential, in->flags, init.mech_types, &choice);
    if (e == ERR_NO_PACKAGE && write_reply(c, e, &none, (struct buf){ 0 }, &out->token))
        e = ERR_NO_MEMORY;
    if (e)
        return e;
    c->state = NEGOTIATE_LEGS;
    c->entry = choice.entry;
    c->mech = choice.mech;
    c->mic_required = choice.index > 0 || negotiate_prefers_other(c->credential, c->entry);
    if (choice.index > 0) { /* its token is for a mechanism we do not have */
        log_debug("negotiate: %s was the initiator's choice number %zu", c->mech->package,
                  choice.index + 1);
        init.mech_token = init.mic = (struct bytes){ 0 };
    }
    return on_tokens(c, in, init.mech_token, init.mic, out);
}

static enum err on_response(struct negotiate_context *c, const struct leg_in *in,
                            struct leg_out *out)
{
    struct negotiate_resp resp = { 0 };
    enum err e = negotiate_resp_read(in->token, &resp);

    if (e)
        return detail_fail(e, "the initiator's message (%zu bytes) is no NegTokenResp",
                           in->token.len);
    if (resp.state == NEGOTIATE_REJECT) {
        detail_remedy("the initiator's own error says why");
        return detail_fail(ERR_LOGON_DENIED, "the initiator gave up %s", c->entry->package->name);
    }
    return on_tokens(c, in, resp.token, resp.mic, out);
}

enum err negotiate_accept(struct negotiate_context *c, const struct leg_in *in, struct leg_out *out)
{
    const struct negotiate_mech *mech;
    enum err e;

    switch (c->state) {
    case NEGOTIATE_START:
        if (!in->token.len)
            return send_hints(c, in->flags, out);
        mech = raw_mech(in->token);
        if (!mech)
            return on_init(c, in, out);
        e = begin_raw(c, mech);
        return e ? e : on_raw(c, in, out);
    case NEGOTIATE_HINTED:
        return on_init(c, in, out);
    case NEGOTIATE_LEGS:
        return on_response(c, in, out);
    case NEGOTIATE_RAW:
        return on_raw(c, in, out);
    default:
        return detail_fail(ERR_UNEXPECTED, "the negotiation is over");
    }
}
