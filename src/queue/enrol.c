/* SPDX-License-Identifier: Apache-2.0
 * enrol.c - keys published, replaced, taken back. What is not ours stays as it is.
 */
#include "queue/enrol.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "directory/host.h"

enum {
    WRITE_TRIES = 8, /* how often somebody else may change the list meanwhile */
    BACKDATED = 300, /* so that hosts whose clocks are behind take it at once */
    DAY = 86400,
    ID_DIGITS = 2 * ACCOUNT_CERTIFICATE_ID,
};

/* ---- the list, changed ---- */

/* What is to happen with an account's list: judged anew each time it is read. */
struct plan {
    int64_t now;
    bool (*goes)(const struct published_list *l, const struct published *p, const void *arg);
    const void *arg;
    const struct generation *comes; /* NULL: none */
    size_t gone;                    /* how many went */
};

struct picked {
    const struct plan *plan;
    const struct published_list *list;
};

static bool is_same(const struct account_entry *e, const struct published *p)
{
    uint8_t id[ACCOUNT_ENTRY_ID];

    memcpy(id, p->entry_id, sizeof id);
    return memcmp(e->id, id, sizeof id) == 0;
}

static bool leaves(const struct account_entry *e, void *arg)
{
    const struct picked *w = arg;
    size_t i;

    if (!account_certificate_is_ours(e->certificate))
        return false;
    for (i = 0; i < w->list->count; i++)
        if (is_same(e, &w->list->key[i]) && w->plan->goes(w->list, &w->list->key[i], w->plan->arg))
            return true;
    return w->plan->comes && memcmp(e->id, w->plan->comes->certificate.id, sizeof e->id) == 0;
}

static bool stays(const struct account_entries *l, const uint8_t digest[ACCOUNT_ENTRY_DIGEST])
{
    size_t i;

    for (i = 0; i < l->count; i++)
        if (memcmp(l->entry[i].digest, digest, ACCOUNT_ENTRY_DIGEST) == 0)
            return true;
    return false;
}

static bool is_held(const struct key_account *a, const uint8_t digest[ACCOUNT_ENTRY_DIGEST])
{
    size_t i;

    for (i = 0; i < a->digest_count; i++)
        if (bytes_equal(buf_view(a->digest[i]), bytes_of(digest, ACCOUNT_ENTRY_DIGEST)))
            return true;
    return false;
}

/* What nobody could read any more, nor take back, is not written. */
static enum err check_room(const struct account_entries *list)
{
    size_t i, n = 0;

    for (i = 0; i < list->count; i++)
        n += account_certificate_is_ours(list->entry[i].certificate);
    if (n <= PUBLISHED_MAX)
        return ERR_OK;
    detail_remedy("take back those of hosts that are gone: countersign cert list, cert revoke");
    return detail_fail(ERR_TOO_LONG, "%zu certificates of message keys, of %d that there can be", n,
                       PUBLISHED_MAX);
}

/* Digests of entries that go, where the directory has them; of the one that comes, where not. */
static enum err write_change(struct session *s, const struct key_account *was,
                             const struct account_entries *before,
                             const struct account_entries *after)
{
    struct key_account_change c = { 0 };
    struct bytes *gone = mem_array(before->count + 1, sizeof *gone), come;
    struct buf value = { 0 };
    size_t i;
    enum err e = gone ? account_entries_write(after, &value) : ERR_NO_MEMORY;

    for (i = 0; !e && i < before->count; i++)
        if (!stays(after, before->entry[i].digest) && is_held(was, before->entry[i].digest))
            gone[c.gone_count++] = bytes_of(before->entry[i].digest, ACCOUNT_ENTRY_DIGEST);
    if (!e && after->count && !is_held(was, after->entry[after->count - 1].digest)) {
        come = bytes_of(after->entry[after->count - 1].digest, ACCOUNT_ENTRY_DIGEST);
        c.come = &come;
        c.come_count = 1;
    }
    c.certificates = buf_view(value);
    c.gone = gone;
    if (!e && !bytes_equal(c.certificates, buf_view(was->certificates)))
        e = key_account_write(s, was, &c);
    buf_free(&value);
    mem_free(gone);
    return e;
}

static enum err change_once(struct session *s, const struct key_account *was, struct plan *p)
{
    struct account_entries before = { 0 }, after = { 0 };
    struct published_list list = { 0 };
    struct picked w = { p, &list };
    struct account_entry more = { 0 };
    enum err e = published_read(buf_view(was->certificates), &was->sid, p->now, &list);

    if (e) {
        detail_remedy("mSMQSignCertificates of %s holds something else: see who wrote it",
                      was->name);
        return e;
    }
    e = account_entries_read(buf_view(was->certificates), &before);
    if (p->comes)
        account_entry_make(buf_view(p->comes->der), p->comes->certificate.id, &more);
    if (!e)
        e = account_entries_change(&before, leaves, &w, &more, p->comes ? 1 : 0, &after);
    if (!e && p->comes)
        e = check_room(&after);
    if (!e) {
        p->gone = before.count + (p->comes ? 1 : 0) - after.count;
        e = write_change(s, was, &before, &after);
    }
    account_entries_done(&after);
    account_entries_done(&before);
    published_done(&list);
    return e;
}

/* Somebody else may be at it: another host of the account, or Message Queuing. */
static enum err change(struct session *s, enum key_account_by by, const char *name, struct plan *p)
{
    struct detail before = *detail_get();
    struct key_account was = { 0 };
    int tries = 0;
    enum err e;

    do {
        *detail_get() = before;
        e = key_account_read(s, by, name, p->now, &was);
        if (!e)
            e = change_once(s, &was, p);
        key_account_done(&was);
    } while (e == ERR_OUT_OF_SEQUENCE && ++tries < WRITE_TRIES);
    if (!e && tries)
        *detail_get() = before;
    return e;
}

/* ---- this account on this host ---- */

static enum err host_of(const struct enrolment *w, char to[ACCOUNT_HOST])
{
    char *own = NULL;
    enum err e = w->host ? ERR_OK : host_dns_name(&own);

    if (!e)
        e = account_host(w->host ? w->host : own, to);
    mem_free(own);
    return e;
}

/* Too old to verify anything any more: nobody misses it. */
static bool is_over(const struct published_list *l, const struct published *p, const void *host)
{
    (void)l;
    return p->state == PUBLISHED_OVER && strcmp(p->c.host, host) == 0;
}

static enum err publish(const struct enrolment *w, struct account_keys *k)
{
    char sid[SID_TEXT];
    struct plan p = {
        .now = w->now, .goes = is_over, .arg = k->host, .comes = account_keys_made(k)
    };

    sid_format(&k->sid, sid);
    return change(w->session, KEY_ACCOUNT_NAME, sid, &p);
}

/* Later than what it follows, whatever the clocks said then: but what begins later than now, by any
 * clock, nobody would seal to. */
static enum err beginning(const struct enrolment *w, const char *host, int64_t last, int64_t *ret)
{
    int64_t from = w->now - BACKDATED;

    *ret = last >= from ? last + 1 : from;
    if (*ret <= w->now + BACKDATED)
        return ERR_OK;
    detail_remedy("where this host's clock is right, take those back and enrol again: countersign "
                  "cert revoke --host %s",
                  host);
    return detail_fail(ERR_TIME_SKEW,
                       "the newest keys of this account for %s begin %lld seconds from now", host,
                       (long long)(last - w->now));
}

static enum err promote(const struct enrolment *w, const struct account_key_place *place,
                        struct account_keys *k, struct account_certificate *ret)
{
    account_keys_promote(k, w->now);
    account_keys_prune(k, w->now, account_key_keep());
    *ret = account_keys_current(k)->certificate;
    return account_key_file_write(place, k);
}

/* What was made by somebody who did not live to end it, and is published: there may be messages to
 * it already. What is not published nobody has seen. */
static bool was_published(struct account_keys *k, const struct published_list *l)
{
    const struct generation *made = account_keys_made(k);
    size_t i;

    for (i = 0; made && i < l->count; i++)
        if (memcmp(l->key[i].entry_id, made->certificate.id, ACCOUNT_ENTRY_ID) == 0)
            return true;
    account_keys_drop_made(k);
    return false;
}

/* The made one is on disk before anybody seals to it. */
static enum err make_and_publish(const struct enrolment *w, const struct account_key_place *place,
                                 struct account_keys *k, int64_t last,
                                 struct account_certificate *ret)
{
    const struct generation *current = account_keys_current(k);
    unsigned days = w->days ? w->days : ENROL_DAYS;
    int64_t from = 0;
    enum err e = beginning(
        w, k->host,
        current && current->certificate.not_before > last ? current->certificate.not_before : last,
        &from);

    account_keys_prune(k, w->now, account_key_keep()); /* they may be as many as there can be */
    if (!e)
        e = account_keys_make(k, from, from + (int64_t)days * DAY);
    if (!e)
        e = account_key_file_write(place, k);
    if (!e)
        e = publish(w, k);
    return e ? e : promote(w, place, k, ret);
}

/* The newest that is published for this host, whoever made it. */
static enum err check_unpublished(const struct enrolment *w, const struct published_list *l,
                                  const char *host, int64_t *ret_last)
{
    const struct published *p;
    size_t i;

    for (i = 0; i < l->count; i++) {
        p = &l->key[i];
        if ((p->state == PUBLISHED_CURRENT || p->state == PUBLISHED_RETIRED ||
             p->state == PUBLISHED_EARLY) &&
            strcmp(p->c.host, host) == 0 && p->c.not_before > *ret_last)
            *ret_last = p->c.not_before;
    }
    if (*ret_last && !w->replace) {
        detail_remedy("if its keys are lost, enrol with replace; what was sealed to them is lost "
                      "then; if another program of this account has them, share its file");
        return detail_fail(ERR_EXISTS, "keys of this account for %s are published already", host);
    }
    return ERR_OK;
}

static enum err check_free(const struct enrolment *w, const struct account_key_place *place,
                           const struct sid *sid, const char *host, struct account_keys **ret)
{
    struct detail before = *detail_get();
    enum err e = account_key_file_read(place, ret, NULL);

    if (e == ERR_NOT_FOUND) {
        *detail_get() = before;
        return account_keys_new(sid, host, ret);
    }
    if (e)
        return e;
    if (!sid_equal(&(*ret)->sid, sid) || strcmp((*ret)->host, host) != 0) {
        detail_remedy("give this account a file of its own: COUNTERSIGN_QUEUE_KEYS");
        return detail_fail(ERR_EXISTS, "%s holds keys of another account or host", place->path);
    }
    if (account_keys_current(*ret) && !w->replace) {
        detail_remedy("countersign cert rotate makes new ones");
        return detail_fail(ERR_EXISTS, "this account is enrolled on %s", host);
    }
    return ERR_OK;
}

enum err enrol(const struct enrolment *w, const struct account_key_place *place,
               struct account_certificate *ret)
{
    char host[ACCOUNT_HOST];
    struct published_list list = { 0 };
    struct account_keys *k = NULL;
    struct key_account a = { 0 };
    bool finish = false;
    int64_t last = 0;
    int lock = -1;
    enum err e = host_of(w, host);

    if (!e)
        e = account_key_file_lock(place, &lock);
    if (!e)
        e = enrol_list(w->session, NULL, w->now, &a, &list);
    if (!e)
        e = check_free(w, place, &a.sid, host, &k);
    finish = !e && was_published(k, &list);
    if (!e && !finish && !account_keys_current(k))
        e = check_unpublished(w, &list, host, &last);
    if (!e)
        e = finish ? promote(w, place, k, ret) : make_and_publish(w, place, k, last, ret);
    account_keys_free(k);
    published_done(&list);
    key_account_done(&a);
    account_key_file_unlock(lock);
    return e;
}

static enum err check_enrolled(const struct account_keys *k, const struct key_account *a)
{
    if (!sid_equal(&k->sid, &a->sid)) {
        detail_remedy("use the credentials of the account that is enrolled here");
        return detail_fail(ERR_WRONG_PRINCIPAL, "the keys here are not those of %s", a->name);
    }
    if (account_keys_current(k) || account_keys_made(k))
        return ERR_OK;
    detail_remedy("countersign cert enroll makes new ones");
    return detail_fail(ERR_NOT_FOUND, "the keys of %s on %s were revoked", a->name, k->host);
}

enum err enrol_rotate(const struct enrolment *w, const struct account_key_place *place,
                      struct account_certificate *ret)
{
    struct published_list list = { 0 };
    struct account_keys *k = NULL;
    struct key_account a = { 0 };
    int lock = -1;
    enum err e = account_key_file_lock(place, &lock);

    if (!e)
        e = account_key_file_read(place, &k, NULL);
    if (!e)
        e = enrol_list(w->session, NULL, w->now, &a, &list);
    if (!e)
        e = check_enrolled(k, &a);
    if (!e)
        e = was_published(k, &list) ? promote(w, place, k, ret)
                                    : make_and_publish(w, place, k, 0, ret);
    account_keys_free(k);
    published_done(&list);
    key_account_done(&a);
    account_key_file_unlock(lock);
    return e;
}

/* ---- taking back ---- */

static bool id_begins(const uint8_t id[ACCOUNT_ENTRY_ID], const char *digits)
{
    size_t i, n = strlen(digits);
    int want;

    for (i = 0; i < n && i < ID_DIGITS; i++) {
        want = id[i / 2] >> (i % 2 ? 0 : 4) & 15;
        if (hex_digit((uint8_t)digits[i]) != want)
            return false;
    }
    return n > 0 && n <= ID_DIGITS;
}

static bool is_named(const struct published *p, const struct enrol_revocation *w)
{
    if (w->id)
        return id_begins(p->entry_id, w->id);
    return w->all || (w->host && p->state != PUBLISHED_BROKEN && strcmp(p->c.host, w->host) == 0);
}

/* What was rotated goes with what took its place: it would be the newest of its host again. */
static bool is_revoked(const struct published_list *l, const struct published *p, const void *arg)
{
    const struct enrol_revocation *w = arg;
    size_t i;

    for (i = 0; i < l->count; i++)
        if (is_named(&l->key[i], w) && (p == &l->key[i] || published_precedes(l, p, &l->key[i])))
            return true;
    return false;
}

static bool is_named_here(const struct enrol_revocation *w, const struct generation *g)
{
    struct published as_seen = { 0 };

    if (!g)
        return false;
    memcpy(as_seen.entry_id, g->certificate.id, sizeof as_seen.entry_id);
    as_seen.c = g->certificate;
    return is_named(&as_seen, w);
}

/* The keys here that go with what was revoked, or with their successor that is not at work yet:
 * nothing is signed with them any more, and what was sealed to them meanwhile is opened as after a
 * rotation. */
static enum err retire_here(const struct enrol_revocation *w, const struct account_key_place *place)
{
    const struct generation *current;
    struct account_keys *k = NULL;
    int lock = -1;
    enum err e = account_key_file_lock(place, &lock);

    if (!e)
        e = account_key_file_read(place, &k, NULL);
    current = e ? NULL : account_keys_current(k);
    if (current && (is_named_here(w, current) || is_named_here(w, account_keys_made(k)))) {
        account_keys_drop_made(k);
        account_keys_retire(k, w->now);
        e = account_key_file_write(place, k);
    }
    account_keys_free(k);
    account_key_file_unlock(lock);
    return e;
}

/* That digits begin one id and no other. */
static enum err check_id(const struct enrol_revocation *w)
{
    struct key_account a = { 0 };
    struct published_list l = { 0 };
    size_t i, n = 0;
    enum err e = enrol_list(w->session, w->account, w->now, &a, &l);

    for (i = 0; !e && i < l.count; i++)
        n += id_begins(l.key[i].entry_id, w->id);
    if (!e && n > 1) {
        detail_remedy("Give more digits of it: countersign cert list.");
        e = detail_fail(ERR_AMBIGUOUS, "%zu certificates begin with %s", n, w->id);
    }
    published_done(&l);
    key_account_done(&a);
    return e;
}

enum err enrol_revoke(const struct enrol_revocation *w, const struct account_key_place *place,
                      size_t *ret_count)
{
    char host[ACCOUNT_HOST] = "";
    struct enrol_revocation exact = *w;
    struct plan p = { .now = w->now, .goes = is_revoked, .arg = &exact };
    struct detail before;
    enum err e = w->host ? account_host(w->host, host) : ERR_OK;

    exact.host = w->host ? host : NULL;
    if (!e && !w->host && !w->id && !w->all)
        e = detail_fail(ERR_INVALID_PARAMETER, "name a host, a certificate's id, or all");
    if (!e && w->id)
        e = check_id(w);
    if (!e)
        e = change(w->session, w->account ? KEY_ACCOUNT_NAME : KEY_ACCOUNT_SELF, w->account, &p);
    if (!e && p.gone == 0)
        e = detail_fail(ERR_NOT_FOUND, "no certificate of that account is so called");
    if (e)
        return e;
    *ret_count = p.gone;
    before = *detail_get();
    if (place && !place->managed && !w->account) {
        e = retire_here(&exact, place);
        if (e == ERR_NOT_FOUND) { /* another host's */
            *detail_get() = before;
            e = ERR_OK;
        }
    }
    return e;
}

enum err enrol_list(struct session *s, const char *account, int64_t now, struct key_account *ret,
                    struct published_list *ret_list)
{
    struct key_account a = { 0 };
    enum err e =
        key_account_read(s, account ? KEY_ACCOUNT_NAME : KEY_ACCOUNT_SELF, account, now, &a);

    if (!e)
        e = published_read(buf_view(a.certificates), &a.sid, now, ret_list);
    if (e)
        key_account_done(&a);
    else
        *ret = a;
    return e;
}
