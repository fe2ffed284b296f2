/* SPDX-License-Identifier: Apache-2.0
 * initiate.c - the initiator's side of SPNEGO.  RFC 4178 4.2.1, 5
 *
 *   -> NegTokenInit{ list, the preferred mechanism's first token }
 *   <- NegTokenResp{ which mechanism, its token or none }, and so on to and fro;
 *   the MIC over the list at the end where the choice was not the first of the list.
 */
#include "negotiate/context.h"

#include "asn1/der.h"
#include "base/detail.h"
#include "base/log.h"

/* A package may be passed over when it cannot serve this target at all. After any other failure
 * another mechanism would be a downgrade that somebody may have provoked. */
static bool may_pass_over(enum err e)
{
    return e == ERR_NO_CREDENTIALS || e == ERR_TARGET_UNKNOWN || e == ERR_NO_AUTHORITY ||
           e == ERR_UNSUPPORTED;
}

/* NULL where the package has none that fits the flags. */
static const struct negotiate_mech *first_mech(const struct negotiate_entry *entry, uint32_t flags)
{
    const struct negotiate_mech *mech = NULL;
    size_t i;

    for (i = 0; (mech = negotiate_mech_row(i)); i++)
        if (strcmp(mech->package, entry->package->name) == 0 && negotiate_mech_fits(mech, flags))
            break;
    return mech;
}

static void take_entry(struct negotiate_context *c, const struct negotiate_entry *entry,
                       const struct negotiate_mech *mech)
{
    if (c->inner)
        c->entry->package->context_free(c->inner);
    c->inner = NULL;
    c->inner_done = false;
    c->entry = entry;
    c->mech = mech;
}

/* The first package that has something to say to this target; ret_first is its number. */
static enum err run_preferred(struct negotiate_context *c, const struct leg_in *in,
                              struct negotiate_inner *inner, size_t *ret_first)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < c->credential->count; i++) {
        const struct negotiate_entry *entry = &c->credential->entry[i];
        const struct negotiate_mech *mech = first_mech(entry, in->flags);

        if (!mech)
            continue;
        take_entry(c, entry, mech);
        buf_free(&inner->token);
        e = negotiate_run(c, in, (struct bytes){ 0 }, inner);
        if (!e) {
            *ret_first = i;
            return ERR_OK;
        }
        log_audit("negotiate: %s cannot be used for \"%s\": %s", c->entry->package->name,
                  in->target ? in->target : "", err_text(e));
        if (!may_pass_over(e))
            return e;
    }
    return e ? e : detail_fail(ERR_UNSUPPORTED, "no package of these credentials has user-to-user");
}

/* A server that speaks first sends what it could do. Nothing signs that, so it changes neither
 * our list nor its order; it only spares a hopeless attempt.  [MS-SPNG] 3.2.5.2 */
static enum err look_at_hints(const struct negotiate_context *c, uint32_t flags, struct bytes token)
{
    struct negotiate_init hints;
    struct negotiate_choice choice;
    enum err e;

    if (!token.len)
        return ERR_OK;
    e = negotiate_init_read(token, &hints);
    if (e)
        return detail_fail(e, "the server's first message (%zu bytes) is no NegTokenInit2",
                           token.len);
    return hints.mech_types.ptr ? negotiate_choose(c->credential, flags, hints.mech_types, &choice)
                                : ERR_OK;
}

static enum err on_start(struct negotiate_context *c, const struct leg_in *in, struct leg_out *out)
{
    struct negotiate_init init = { 0 };
    struct negotiate_inner inner = { 0 };
    size_t first = 0;
    enum err e = look_at_hints(c, in->flags, in->token);

    if (!e)
        e = run_preferred(c, in, &inner, &first);
    if (!e)
        e = negotiate_offer(c->credential, first, in->flags, &c->mech_types);
    if (e)
        goto out;
    init.mech_types = buf_view(c->mech_types);
    init.mech_token = buf_view(inner.token);
    e = negotiate_init_write(&init, &out->token);
    c->state = NEGOTIATE_LEGS;
out:
    buf_free(&inner.token);
    return e;
}

static bool was_offered(const struct negotiate_context *c, struct bytes mech)
{
    struct reader r = negotiate_mech_types(buf_view(c->mech_types));
    struct bytes oid;

    while (negotiate_mech_types_next(&r, &oid))
        if (bytes_equal(oid, mech))
            return true;
    return false;
}

/* The acceptor's first reply names the mechanism. Where it is not the one our first token was
 * made for, that token was not looked at, and the package starts anew. */
static enum err on_choice(struct negotiate_context *c, const struct negotiate_resp *resp)
{
    const struct negotiate_mech *mech = negotiate_mech_find(resp->mech);
    const struct negotiate_entry *entry = negotiate_entry_find(c->credential, mech);
    char text[ASN1_OID_TEXT];

    c->replied = true;
    if (!resp->mech.ptr)
        return detail_fail(ERR_MALFORMED, "the acceptor's first reply names no mechanism");
    if (!entry || !was_offered(c, resp->mech)) {
        asn1_oid_format(resp->mech, text);
        return detail_fail(ERR_MALFORMED, "the acceptor chose %s, which was not offered", text);
    }
    if (resp->state == NEGOTIATE_REQUEST_MIC)
        c->mic_required = true;
    if (mech == c->mech)
        return ERR_OK;
    c->mic_required = true;
    log_audit("negotiate: the acceptor chose %s (%s) over %s (%s)", mech->package, mech->oid_text,
              c->entry->package->name, c->mech->oid_text);
    if (!resp->token.ptr)
        take_entry(c, entry, mech);
    else if (entry != c->entry)
        return detail_fail(ERR_MALFORMED,
                           "the acceptor chose %s and answers with a token before it had one",
                           mech->package);
    c->mech = mech; /* Kerberos under its other name */
    return ERR_OK;
}

/* The refusal itself is signed by nobody, so it can only end the attempt. An error message of
 * the package in it may tell why. */
static enum err on_reject(struct negotiate_context *c, const struct leg_in *in,
                          const struct negotiate_resp *resp)
{
    struct negotiate_inner inner = { 0 };
    enum err e = ERR_OK;

    if (resp->token.len && !c->inner_done)
        e = negotiate_run(c, in, resp->token, &inner);
    buf_free(&inner.token);
    if (e)
        return e;
    detail_remedy("the acceptor's own log has the reason");
    return detail_fail(ERR_LOGON_DENIED, "the acceptor refused; offered was %s (%s)%s",
                       c->entry->package->name, c->mech->oid_text,
                       c->replied ? "" : ", and it chose none");
}

static enum err run_inner(struct negotiate_context *c, const struct leg_in *in,
                          const struct negotiate_resp *resp, struct negotiate_inner *inner)
{
    enum err e = ERR_OK;

    if (c->inner_done && resp->token.len)
        return detail_fail(ERR_UNEXPECTED, "the acceptor sends a %s token after the last one",
                           c->entry->package->name);
    if (c->inner_done)
        return ERR_OK;
    if (c->inner && !resp->token.ptr)
        return detail_fail(resp->state == NEGOTIATE_COMPLETED ? ERR_NO_MUTUAL_AUTH : ERR_MALFORMED,
                           "the acceptor answers without the %s token that proves who it is",
                           c->entry->package->name);
    e = negotiate_run(c, in, resp->token, inner);
    if (e)
        return e;
    if (resp->state == NEGOTIATE_COMPLETED && (!c->inner_done || inner->token.len))
        return detail_fail(ERR_NO_MUTUAL_AUTH,
                           "the acceptor claims to be done, %s still has something to say",
                           c->entry->package->name);
    if (!c->inner_done && resp->mic.ptr)
        return detail_fail(ERR_UNEXPECTED, "a signed list of mechanisms before there is a key");
    return ERR_OK;
}

/* In DCE style the last token is ours, and we vouch with it: where the acceptor asks for that,
 * Samba refuses the calls after a rpc_auth_3 that does it in a leg of its own. */
static bool vouch_at_once(const struct leg_in *in, const struct negotiate_inner *inner)
{
    return (in->flags & CONTEXT_DCE_STYLE) && !(in->flags & CONTEXT_NO_INTEGRITY) &&
           inner->token.len;
}

/* The package is done: does the peer vouch for the list, must we, and who is done? */
static enum err settle(struct negotiate_context *c, const struct negotiate_resp *resp, bool vouch,
                       const struct negotiate_inner *inner, struct buf *ret_mic)
{
    bool ours_last = !inner->ran || inner->token.len; /* the package's last token was ours */
    bool over = resp->state == NEGOTIATE_COMPLETED;
    bool untold = resp->state == NEGOTIATE_NO_STATE && !c->mic_required;
    enum err e = ERR_OK;

    if (resp->mic.ptr)
        e = negotiate_take_mic(c, resp->mic);
    else if (c->mic_required && (over || !ours_last))
        e = negotiate_mic_missing(c);
    if (e)
        return e;
    if (!over && (c->mic_required || c->mic_received || vouch))
        e = negotiate_give_mic(c, ret_mic);
    if (e)
        return e;
    if (over || c->mic_received)
        c->state = NEGOTIATE_DONE;
    else if (!inner->token.len && !ret_mic->len && untold)
        c->state = NEGOTIATE_DONE; /* as the package is.  RFC 4178 4.2.2 */
    else if (!inner->token.len && !ret_mic->len)
        return detail_fail(ERR_UNEXPECTED, "the acceptor waits, and there is nothing left to say");
    return ERR_OK;
}

static enum err on_response(struct negotiate_context *c, const struct leg_in *in,
                            struct leg_out *out)
{
    struct negotiate_resp resp = { 0 }, reply = { 0 };
    struct negotiate_inner inner = { 0 };
    struct buf mic = { 0 };
    enum err e = negotiate_resp_read(in->token, &resp);

    if (e)
        e = detail_fail(e, "the acceptor's message (%zu bytes) is no NegTokenResp", in->token.len);
    else if (resp.state == NEGOTIATE_REJECT)
        e = on_reject(c, in, &resp);
    else if (!c->replied)
        e = on_choice(c, &resp);
    if (!e)
        e = run_inner(c, in, &resp, &inner);
    if (!e && c->inner_done)
        e = settle(c, &resp, vouch_at_once(in, &inner), &inner, &mic);
    if (e || (!inner.token.len && !mic.len))
        goto out;
    reply.state = c->state == NEGOTIATE_DONE ? NEGOTIATE_COMPLETED : NEGOTIATE_INCOMPLETE;
    reply.token = inner.token.len ? buf_view(inner.token) : (struct bytes){ 0 };
    reply.mic = buf_view(mic);
    e = negotiate_resp_write(&reply, &out->token);
out:
    buf_free(&inner.token);
    buf_free(&mic);
    return e;
}

enum err negotiate_initiate(struct negotiate_context *c, const struct leg_in *in,
                            struct leg_out *out)
{
    switch (c->state) {
    case NEGOTIATE_START:
        return on_start(c, in, out);
    case NEGOTIATE_LEGS:
        return on_response(c, in, out);
    default:
        return detail_fail(ERR_UNEXPECTED, "the negotiation is over");
    }
}
