/* SPDX-License-Identifier: Apache-2.0
 * audit_inside_judge.c - what a server's settings say of it: pure, and asks nobody.
 *
 * What a security callback answers is not known from inside: what depends on it is unseen, and
 * seen from outside.
 */
#include "audit_inside.h"

#include <string.h>

#include <countersign/countersign.h>

#include "base/alloc.h"

#include "ask.h"

enum { SECURE_ONLY = RPC_IF_ALLOW_SECURE_ONLY, NO_AUTH = RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH };

static const char by_callback[] = "its security callback decides: the audit from outside";

/* ---- what is written down ---- */

static const inside_policy *policy_of(const struct audit_inside *in, const char *name)
{
    size_t i;

    for (i = 0; i < in->policy_count; i++)
        if (strcmp(in->policies[i].name, name) == 0)
            return &in->policies[i];
    return NULL;
}

static bool enforces(const struct audit_inside *in, const char *name)
{
    const inside_policy *p = policy_of(in, name);

    return p && p->mode == CS_POLICY_ENFORCE;
}

/* Of the process's, or of some interface group's, which are not told apart. */
static bool has_endpoint(const struct audit_inside *in, unsigned group, bool local)
{
    const inside_endpoint *p;
    size_t i;

    for (i = 0; i < in->endpoint_count; i++) {
        p = &in->endpoints[i];
        if ((p->parts & INSIDE_GROUP) == group && (strcmp(p->sequence, "ncalrpc") == 0) == local)
            return true;
    }
    return false;
}

bool audit_inside_is_remote(const struct audit_inside *in, const inside_interface *f)
{
    return !(f->flags & RPC_IF_ALLOW_LOCAL_ONLY) && audit_inside_may_be(in, f, false) &&
           has_endpoint(in, f->parts & INSIDE_GROUP, false);
}

bool audit_inside_is_local(const struct audit_inside *in, const inside_interface *f)
{
    return audit_inside_may_be(in, f, true) && has_endpoint(in, f->parts & INSIDE_GROUP, true);
}

/* Whether what is written down lets strangers, or any account, in at some endpoint that there is.
 */
static bool lets_in(const struct audit_inside *in, const inside_interface *f, ULONG far, ULONG here)
{
    return ((f->parts & far) && audit_inside_is_remote(in, f)) ||
           ((f->parts & here) && audit_inside_is_local(in, f));
}

static bool lets_accounts_in(const struct audit_inside *in, const inside_interface *f)
{
    return lets_in(in, f, INSIDE_ACCOUNTS, INSIDE_ACCOUNTS_HERE);
}

static unsigned policy_level(const struct audit_inside *in)
{
    const inside_policy *p = policy_of(in, "minimum-level");
    unsigned level;

    if (!p || p->mode != CS_POLICY_ENFORCE)
        return RPC_C_AUTHN_LEVEL_NONE;
    for (level = RPC_C_AUTHN_LEVEL_CONNECT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++)
        if (strcmp(p->value, ask_level_name(level)) == 0)
            return level;
    return strcmp(p->value, "packet") == 0 ? RPC_C_AUTHN_LEVEL_PKT : RPC_C_AUTHN_LEVEL_NONE;
}

/* Whether callers whom nobody knows get past the flags, as the runtime reads them, and past what
 * is written down of who may call. */
static bool takes_nobody(const struct audit_inside *in, const inside_interface *f)
{
    if ((f->flags & SECURE_ONLY) || !lets_in(in, f, INSIDE_STRANGERS, INSIDE_STRANGERS_HERE))
        return false;
    if (f->flags & NO_AUTH)
        return true;
    return !(f->parts & INSIDE_CALLBACK) && !enforces(in, "anonymous");
}

unsigned audit_inside_least(const struct audit_inside *in, const inside_interface *f)
{
    unsigned least = takes_nobody(in, f) ? RPC_C_AUTHN_LEVEL_NONE : RPC_C_AUTHN_LEVEL_CONNECT;

    if (least == RPC_C_AUTHN_LEVEL_CONNECT && enforces(in, "connect-level"))
        least = RPC_C_AUTHN_LEVEL_PKT;
    if (policy_level(in) > least)
        least = policy_level(in);
    return f->least_level > least ? f->least_level : least;
}

/* ---- one interface ---- */

static unsigned if_true(bool true_of, enum audit_kind kind)
{
    return true_of ? 1U << kind : 0;
}

static bool limits_clients(const struct audit_inside *in)
{
    return enforces(in, "client-connections") && enforces(in, "client-calls") &&
           enforces(in, "client-contexts") && enforces(in, "client-memory");
}

/* Who gets in: where a callback is asked, it may know better, and nobody sees that from here. */
static unsigned found_of_callers(const struct audit_inside *in, const inside_interface *f,
                                 bool remote)
{
    bool nobody = audit_inside_least(in, f) == RPC_C_AUTHN_LEVEL_NONE;
    bool account = remote && (f->parts & INSIDE_ACCOUNTS);

    if (f->parts & INSIDE_CALLBACK)
        return if_true(nobody, AUDIT_CALLBACK_ALONE);
    return if_true(nobody, AUDIT_ANYBODY) | if_true(nobody && account, AUDIT_REFUSES_NOBODY) |
           if_true(nobody && in->principal_count, AUDIT_UNUSED_PROOF) |
           if_true(!nobody && account, AUDIT_ANY_ACCOUNT);
}

static unsigned found_of_levels(const struct audit_inside *in, const inside_interface *f)
{
    unsigned least = audit_inside_least(in, f);

    if (f->parts & (INSIDE_CALLBACK | INSIDE_NOBODY))
        return 0;
    return if_true(least < RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, AUDIT_WEAK_LEVEL) |
           if_true(least == RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, AUDIT_READABLE);
}

/* Some endpoint asks who comes, and the interface lets any account in: whoever finds another
 * endpoint of the process, now or later, is asked nothing. */
static bool leans_on_endpoint(const struct audit_inside *in, const inside_interface *f)
{
    size_t i;

    if ((f->parts & INSIDE_CALLBACK) || !lets_accounts_in(in, f))
        return false;
    for (i = 0; i < in->endpoint_count; i++)
        if ((in->endpoints[i].parts & INSIDE_DESCRIPTOR) &&
            (in->endpoints[i].parts & INSIDE_GROUP) == (f->parts & INSIDE_GROUP))
            return true;
    return false;
}

/* One of several, wherever the process is reached, and nothing of it says where that should be. */
static bool is_beside(const struct audit_inside *in, const inside_interface *f)
{
    return in->interface_count > 1 && !(f->parts & (INSIDE_GROUP | INSIDE_CALLBACK)) &&
           !audit_inside_has_places(f);
}

unsigned audit_inside_found(const struct audit_inside *in, const inside_interface *f)
{
    bool remote = audit_inside_is_remote(in, f);
    unsigned found = found_of_callers(in, f, remote);

    found |=
        if_true(f->handles > f->handles_strict && in->interface_count > 1, AUDIT_LOOSE_HANDLES) |
        if_true(!enforces(in, "context-identity"), AUDIT_SHARED_HANDLES) |
        if_true(leans_on_endpoint(in, f), AUDIT_ENDPOINT_SECURITY) |
        if_true(!limits_clients(in), AUDIT_NO_SHARE) |
        if_true(!enforces(in, "callback-seconds"), AUDIT_CALLBACKS_WAIT) |
        if_true((f->flags & RPC_IF_SEC_CACHE_PER_PROC) && (f->parts & INSIDE_CALLBACK) &&
                    !(f->flags & RPC_IF_SEC_NO_CACHE),
                AUDIT_KEPT_ANSWERS);
    if (!remote)
        return found;
    return found | found_of_levels(in, f) | if_true(is_beside(in, f), AUDIT_BESIDE) |
           if_true(!in->principal_count, AUDIT_NO_PROOF) |
           if_true(f->max_size >= AUDIT_LARGE, AUDIT_NO_LIMIT);
}

/* ---- the practices ---- */

static void say(struct audit *a, unsigned practice, enum audit_state state, const char *reason)
{
    if (a->practices[practice - 1] == PRACTICE_BROKEN)
        return;
    a->practices[practice - 1] = state;
    a->inside->reasons[practice - 1] = reason;
}

struct seen { /* of all interfaces */
    bool remote, callback, weak_callback, nobody_callback, described;
    unsigned handles, strict;
};

static struct seen look(const struct audit_inside *in)
{
    struct seen s = { 0 };
    size_t i;

    for (i = 0; i < in->interface_count; i++) {
        const inside_interface *f = &in->interfaces[i];
        bool remote = audit_inside_is_remote(in, f);
        unsigned least = audit_inside_least(in, f);

        s.remote |= remote;
        s.callback |= (f->parts & INSIDE_CALLBACK) != 0;
        s.weak_callback |= remote && least < RPC_C_AUTHN_LEVEL_PKT_INTEGRITY;
        s.nobody_callback |= least == RPC_C_AUTHN_LEVEL_NONE;
        s.handles += f->handles;
        s.strict += f->handles_strict;
    }
    for (i = 0; i < in->endpoint_count; i++)
        s.described |= (in->endpoints[i].parts & INSIDE_DESCRIPTOR) != 0;
    return s;
}

static void callers(struct audit *a, const struct seen *s)
{
    say(a, 1, PRACTICE_HOLDS,
        s->remote ? "negotiate and kerberos are all there is to register"
                  : "the kernel says who calls: it is not reached from other hosts");
    say(a, 2, PRACTICE_HOLDS,
        s->callback ? "a security callback is asked about each caller"
                    : "descriptors, guards or ncalrpc alone say who may");
    if (s->weak_callback)
        say(a, 3, PRACTICE_UNSEEN, by_callback);
    else
        say(a, 3, PRACTICE_HOLDS,
            s->remote ? "no call below integrity reaches it" : "over ncalrpc it is always privacy");
    say(a, 4, PRACTICE_UNSEEN, audit_practices[4 - 1].elsewhere);
    say(a, 5, PRACTICE_HOLDS, "nobody is let in for want of proof");
    if (s->nobody_callback)
        say(a, 7, PRACTICE_UNSEEN, by_callback);
    else
        say(a, 7, PRACTICE_HOLDS, "callers without authentication are refused");
}

static void design(struct audit *a, const struct seen *s)
{
    say(a, 6, PRACTICE_HOLDS, "policy callback-seconds ends a callback that is not answered");
    say(a, 8, PRACTICE_HOLDS, "its stubs are of countersign-idl, and always check");
    say(a, 9, PRACTICE_UNSEEN, audit_practices[9 - 1].elsewhere);
    if (!s->handles)
        say(a, 10, PRACTICE_UNSEEN, "no context handle is open; countersign-idl --lint FILE.idl");
    else
        say(a, 10, PRACTICE_HOLDS,
            s->strict == s->handles ? "every open context handle is strict"
                                    : "there is no other interface to take its handles");
    say(a, 11, PRACTICE_UNSEEN, audit_practices[11 - 1].elsewhere);
    say(a, 12, PRACTICE_HOLDS,
        s->described ? "endpoints have descriptors, and no interface depends on them"
                     : "no endpoint has a descriptor to depend on");
    say(a, 13, PRACTICE_HOLDS, "each interface says where it is served, or is alone, or asks");
}

static void place(struct audit *a, const struct seen *s)
{
    say(a, 14, PRACTICE_HOLDS,
        s->remote ? "it has a name to prove" : "the kernel says whose process is called");
    say(a, 15, PRACTICE_HOLDS, "ncacn_ip_tcp and ncalrpc are all there is");
    say(a, 16, PRACTICE_HOLDS, "its settings were read, and what each client may have is limited");
}

void audit_inside_practices(struct audit *a)
{
    struct seen s = look(a->inside);

    callers(a, &s);
    design(a, &s);
    place(a, &s);
}

void audit_inside_free(struct audit_inside *in)
{
    if (!in)
        return;
    mem_free(in->interfaces);
    mem_free(in->places);
    mem_free(in->operations);
    mem_free(in->endpoints);
    mem_free(in->principals);
    mem_free(in->policies);
    mem_free(in);
}
