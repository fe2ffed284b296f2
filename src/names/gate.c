/* SPDX-License-Identifier: Apache-2.0
 * gate.c - what the policy admits of what the directory holds.
 */
#include "names/gate.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/policy_value.h"
#include "directory/account.h"
#include "spn/dn.h"

enum {
    OWNERS_MOST = 32, /* names behind name-trust-owner */
    KNOWN_MOST = 16,  /* owners whose verdict is kept: a container has few */
    LEFT_OUT_MAX = 1024,
};

struct gate {
    struct session *session;
    struct account owner[OWNERS_MOST]; /* whom the policy names */
    size_t owner_count;
    bool owners_learnt;
    struct {
        struct sid sid;
        bool admitted;
    } known[KNOWN_MOST];
    size_t known_count;
    char left_out[LEFT_OUT_MAX];
};

enum err gate_new(struct session *s, struct gate **ret)
{
    struct gate *g = mem_zero(sizeof *g);

    if (!g)
        return ERR_NO_MEMORY;
    g->session = s;
    *ret = g;
    return ERR_OK;
}

void gate_free(struct gate *g)
{
    size_t i;

    for (i = 0; g && i < g->owner_count; i++)
        account_free(&g->owner[i]);
    mem_free(g);
}

static void note(struct gate *g, const char *dn, const char *why)
{
    size_t n = strlen(g->left_out);

    (void)snprintf(g->left_out + n, sizeof g->left_out - n, "%s%s: %s", n ? "; " : "", dn, why);
}

/* A name that is nobody's trusts nobody. */
static enum err learn_owners(struct gate *g)
{
    char list[POLICY_NAMES_MAX], *rest = list, *word;
    struct detail kept = *detail_get();
    enum err e = ERR_OK;

    policy_value_get(POLICY_NAME_TRUST_OWNER, list);
    while (!e && (word = strtok_r(rest, " \t", &rest)) != NULL) {
        e = g->owner_count < OWNERS_MOST
                ? account_find(g->session, word, &g->owner[g->owner_count])
                : detail_fail(ERR_TOO_LONG, "over %d names behind %s", OWNERS_MOST,
                              policy_written(POLICY_NAME_TRUST_OWNER));
        if (!e) {
            g->owner_count++;
        } else if (e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS) {
            log_warning("policy %s names %s, which is no account or group",
                        policy_written(POLICY_NAME_TRUST_OWNER), word);
            *detail_get() = kept;
            e = ERR_OK;
        }
    }
    g->owners_learnt = !e;
    while (e && g->owner_count) /* all of them anew, the next time */
        account_free(&g->owner[--g->owner_count]);
    return e;
}

static enum err owner_is_named(struct gate *g, const struct sid *owner, bool *ret)
{
    struct detail kept = *detail_get();
    struct account who = { 0 };
    char text[SID_TEXT];
    bool is = false;
    size_t i;
    enum err e = ERR_OK;

    for (i = 0; i < g->owner_count && !is; i++)
        is = sid_equal(owner, &g->owner[i].sid);
    if (!is && g->owner_count) {
        sid_format(owner, text);
        e = account_find(g->session, text, &who);
        for (i = 0; i < g->owner_count && !e && !is; i++)
            e = account_is_member(g->session, &who, &g->owner[i], &is);
        account_free(&who);
    }
    if (e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS) { /* of another forest, or gone */
        *detail_get() = kept;
        e = ERR_OK;
        is = false;
    }
    *ret = is;
    return e;
}

static enum err judge_owner(struct gate *g, const struct sid *owner, bool *ret)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < g->known_count; i++)
        if (sid_equal(&g->known[i].sid, owner)) {
            *ret = g->known[i].admitted;
            return ERR_OK;
        }
    if (!g->owners_learnt)
        e = learn_owners(g);
    if (!e)
        e = owner_is_named(g, owner, ret);
    if (!e && g->known_count < KNOWN_MOST) {
        g->known[g->known_count].sid = *owner;
        g->known[g->known_count++].admitted = *ret;
    }
    return e;
}

static bool in_container(const char *dn)
{
    char container[POLICY_NAMES_MAX];
    const char *parent = dn_parent(dn);

    policy_value_get(POLICY_NAME_TRUST_CONTAINER, container);
    return parent && dn_within(parent, container);
}

enum err gate_admits(struct gate *g, const struct entry *entry, bool *ret)
{
    char owner_text[SID_TEXT] = "unknown";
    struct sid owner = { 0 };
    bool is = false;
    enum err e = ERR_OK;

    *ret = false;
    if (policy_get(POLICY_NAME_TRUST_CONTAINER) != POLICY_OFF && !in_container(entry->dn) &&
        policy_forbids(POLICY_NAME_TRUST_CONTAINER, "an address of %s", entry->dn)) {
        note(g, entry->dn, "lies outside the container that policy name-trust-container names");
        return ERR_OK;
    }
    if (policy_get(POLICY_NAME_TRUST_OWNER) == POLICY_OFF) {
        *ret = true;
        return ERR_OK;
    }
    if (entry_owner(entry, &owner)) {
        sid_format(&owner, owner_text);
        e = judge_owner(g, &owner, &is);
    }
    if (!e && !is &&
        policy_forbids(POLICY_NAME_TRUST_OWNER, "an address of %s, whose owner is %s", entry->dn,
                       owner_text))
        note(g, entry->dn, "its owner is none that policy name-trust-owner names");
    else if (!e)
        *ret = true;
    return e;
}

void gate_leave_out(struct gate *g, const char *dn, const char *why)
{
    log_warning("%s is left out: %s", dn, why);
    note(g, dn, why);
}

const char *gate_left_out(const struct gate *g)
{
    return g->left_out;
}
