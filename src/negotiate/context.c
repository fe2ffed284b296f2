/* SPDX-License-Identifier: Apache-2.0
 * context.c - what initiator and acceptor do alike.
 */
#include "negotiate/context.h"

#include <stdio.h>

#include "base/detail.h"
#include "negotiate/mechlist_mic.h"

/* The package's own words come after which mechanism it was that failed. */
static void say_who(const struct negotiate_context *c)
{
    struct detail *d = detail_get();
    char words[DETAIL_TEXT];

    detail_copy(words, sizeof words, d->text);
    snprintf(d->text, sizeof d->text, "Negotiate tried %s (%s): %.*s", c->entry->package->name,
             c->mech ? c->mech->oid_text : "without SPNEGO", DETAIL_TEXT - 96,
             words[0] ? words : "it gave no reason");
}

enum err negotiate_run(struct negotiate_context *c, const struct leg_in *in, struct bytes token,
                       struct negotiate_inner *ret)
{
    const struct package *p = c->entry->package;
    struct leg_in leg = *in;
    struct leg_out out = { 0 };
    enum err e;

    leg.token = token;
    if (!(leg.flags & CONTEXT_NO_INTEGRITY))
        leg.flags |= CONTEXT_INTEGRITY; /* the MIC needs it.  RFC 4178 5 */
    e = c->initiator ? p->initiate(&c->inner, c->entry->credential, &leg, &out)
                     : p->accept(&c->inner, c->entry->credential, &leg, &out);
    ret->ran = true;
    ret->token = out.token;
    if (e) {
        say_who(c);
        return e;
    }
    c->inner_done = out.done;
    c->flags = out.flags;
    c->expiry = out.expiry;
    return ERR_OK;
}

enum err negotiate_take_mic(struct negotiate_context *c, struct bytes mic)
{
    enum err e;

    if (c->mic_received)
        return detail_fail(ERR_UNEXPECTED, "the peer signs the list of mechanisms a second time");
    e = negotiate_mic_check(c->entry->package, c->inner, buf_view(c->mech_types), mic);
    if (!e)
        c->mic_received = true;
    return e;
}

enum err negotiate_give_mic(struct negotiate_context *c, struct buf *ret)
{
    enum err e;

    if (c->mic_sent)
        return ERR_OK;
    if (!(c->flags & CONTEXT_INTEGRITY)) {
        detail_remedy("ask for integrity on both sides");
        return detail_fail(ERR_QOP,
                           "the list of mechanisms must be signed, as %s is not the first choice, "
                           "and the context has no integrity",
                           c->entry->package->name);
    }
    e = negotiate_mic_make(c->entry->package, c->inner, buf_view(c->mech_types), ret);
    if (!e)
        c->mic_sent = true;
    return e;
}

enum err negotiate_mic_missing(const struct negotiate_context *c)
{
    detail_remedy("somebody between the two sides changes what they offer each other, or the peer "
                  "does not keep to RFC 4178");
    return detail_fail(ERR_ALTERED,
                       "the peer does not sign the list of mechanisms although %s (%s) is not the "
                       "first choice",
                       c->entry->package->name, c->mech->oid_text);
}
