/* SPDX-License-Identifier: Apache-2.0
 * key_ring.c - an account's own keys and those of others, behind struct queue_keys.
 */
#include "queue/key_ring.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/impersonation.h"
#include "base/log.h"
#include "directory/key_account.h"
#include "directory/session.h"
#include "queue/process.h"
#include "spn/dn.h"

struct key_ring {
    struct queue_keys keys;
    struct sid account;
    char host[ACCOUNT_HOST];

    pthread_mutex_t own_lock;
    struct account_key_place place;
    struct account_key_stamp stamp;
    struct account_keys *own;
    int64_t due; /* when one of them is kept no longer, in seconds since 1970 */

    struct peer_keys *peers;
    pthread_mutex_t directory_lock;
    struct session *session; /* NULL: not yet, or lost */
    pid_t pid;               /* whose session it is: not a forked child's */
    struct session_options directory;
};

/* ---- the own keys ---- */

static enum err check_same(const struct key_ring *r, const struct account_keys *k)
{
    if (sid_equal(&k->sid, &r->account) && strcmp(k->host, r->host) == 0)
        return ERR_OK;
    detail_remedy("start the program again where that is meant");
    return detail_fail(ERR_WRONG_PRINCIPAL, "%s has become a file of another account or host",
                       r->place.path);
}

static int64_t time_now(void *arg)
{
    (void)arg;
    return (int64_t)time(NULL);
}

/* With own_lock. A key that was rotated is destroyed when what is sealed to it is over, and not
 * only when somebody rotates again. A file that cannot be written keeps it; this process does not.
 */
static void destroy_what_is_due(struct key_ring *r)
{
    struct detail before = *detail_get();
    int64_t now = time_now(NULL), keep = account_key_keep();

    if (now < r->due)
        return;
    if (account_key_file_prune(&r->place, now, keep))
        log_warning("queue: %s: keys that are kept no longer could not be destroyed: %s",
                    r->place.path, detail_get()->text);
    *detail_get() = before;
    (void)account_keys_prune(r->own, now, keep);
    r->due = account_keys_due(r->own, keep);
}

/* With own_lock. */
static enum err read_again(struct key_ring *r)
{
    struct account_key_stamp stamp;
    struct account_keys *k = NULL;
    enum err e;

    if (r->own && account_key_file_is(&r->place, &r->stamp)) {
        destroy_what_is_due(r);
        return ERR_OK;
    }
    e = account_key_file_read(&r->place, &k, &stamp);
    if (!e)
        e = check_same(r, k);
    if (e) {
        account_keys_free(k);
        return e;
    }
    account_keys_free(r->own);
    r->own = k;
    r->stamp = stamp;
    r->due = account_keys_due(k, account_key_keep());
    destroy_what_is_due(r);
    return ERR_OK;
}

/* With own_lock. The file is the process's, whomever the thread impersonates. */
static enum err refresh(struct key_ring *r)
{
    struct impersonation *aside = impersonation_set_aside();
    enum err e = read_again(r);

    impersonation_take_up_adopt(aside);
    return e;
}

static void give(struct crypto_p256 *key, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    ret->key = crypto_p256_ref(key);
    memcpy(ret->id, id, QUEUE_KEY_ID);
}

static enum err check_valid(const struct generation *g)
{
    if (!g) {
        detail_remedy("enrol again: countersign cert enroll");
        return detail_fail(ERR_NOT_FOUND, "the keys of this account here were revoked");
    }
    if (g->certificate.not_after < time_now(NULL)) {
        detail_remedy("countersign cert rotate");
        return detail_fail(ERR_NOT_FOUND, "the certificate of this account's keys is over");
    }
    return ERR_OK;
}

static enum err own_signing(void *arg, struct queue_key *ret)
{
    struct key_ring *r = arg;
    const struct generation *g;
    enum err e;

    pthread_mutex_lock(&r->own_lock);
    e = refresh(r);
    g = e ? NULL : account_keys_current(r->own);
    if (!e)
        e = check_valid(g);
    if (!e)
        give(g->signing, g->certificate.signing_id, ret);
    pthread_mutex_unlock(&r->own_lock);
    return e;
}

static enum err own_agreement(void *arg, const uint8_t id[QUEUE_KEY_ID], struct queue_key *ret)
{
    struct key_ring *r = arg;
    const struct generation *g;
    enum err e;

    pthread_mutex_lock(&r->own_lock);
    e = refresh(r);
    if (e == ERR_NOT_FOUND) /* for the moment: what was read from it still opens what is sealed */
        e = ERR_OK;
    g = e ? NULL : account_keys_agreeing(r->own, id);
    if (!e && !g)
        e = detail_fail(ERR_NOT_FOUND, "this account has no such key on %s, or no more", r->host);
    if (!e)
        give(g->agreement, g->certificate.agreement_id, ret);
    pthread_mutex_unlock(&r->own_lock);
    return e;
}

/* ---- others' ---- */

static int64_t clock_now(void *arg)
{
    struct timespec t = { 0 };

    (void)arg;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec;
}

/* A child of fork has its parent's connection: nothing is said on it, not even goodbye. */
static void leave_parents_session(struct key_ring *r)
{
    if (r->pid != getpid())
        r->session = NULL;
    r->pid = getpid();
}

/* With directory_lock. A session that was idle for long may be gone: one more is tried. */
static enum err ask_session(struct key_ring *r, enum key_account_by by, const char *name,
                            int64_t now, struct key_account *ret)
{
    struct detail before = *detail_get();
    bool fresh = !r->session;
    enum err e = fresh ? session_open(&r->directory, &r->session) : ERR_OK;

    if (!e)
        e = key_account_read(r->session, by, name, now, ret);
    if (e && e != ERR_NO_OBJECT && e != ERR_AMBIGUOUS && e != ERR_ACCESS_DENIED) {
        session_close(r->session);
        r->session = NULL;
        if (!fresh) {
            *detail_get() = before;
            return ask_session(r, by, name, now, ret);
        }
    }
    return e;
}

/* With directory_lock. It is the process that asks, whomever its thread impersonates: a client's
 * credentials are not for that, and the session is kept for all. */
static enum err ask(struct key_ring *r, enum key_account_by by, const char *name, int64_t now,
                    struct key_account *ret)
{
    struct impersonation *aside = impersonation_set_aside();
    enum err e = ask_session(r, by, name, now, ret);

    impersonation_take_up_adopt(aside);
    return e;
}

static bool is_called(const struct sid *sid, const char *name)
{
    char text[SID_TEXT];

    sid_format(sid, text);
    return strcmp(text, name) == 0;
}

static enum err fetch(void *arg, enum peer_by by, const char *name, int64_t now,
                      struct peer_account *ret)
{
    struct key_ring *r = arg;
    struct key_account a = { 0 };
    struct peer_account p = { 0 };
    enum err e;

    pthread_mutex_lock(&r->directory_lock);
    leave_parents_session(r);
    e = ask(r, by == PEER_BY_SPN ? KEY_ACCOUNT_SPN : KEY_ACCOUNT_NAME, name, now, &a);
    pthread_mutex_unlock(&r->directory_lock);
    if (!e && by == PEER_BY_SID && !is_called(&a.sid, name)) {
        key_account_done(&a);
        e = detail_fail(ERR_NO_OBJECT, "another account was found for %s: it is being renamed",
                        name);
    }
    if (e)
        return e;
    p.sid = a.sid;
    p.disabled = a.disabled;
    e = published_read(buf_view(a.certificates), &a.sid, now, &p.keys);
    key_account_done(&a);
    if (!e)
        *ret = p;
    return e;
}

static enum queue_key_state state_of(enum peer_answer a)
{
    switch (a) {
    case PEER_FOUND:
        return QUEUE_KEY_FOUND;
    case PEER_NOBODY:
        return QUEUE_KEY_UNKNOWN;
    case PEER_DISABLED:
        return QUEUE_KEY_DISABLED;
    case PEER_UNSURE:
        break;
    }
    return QUEUE_KEY_UNSURE;
}

/* A name no host has is no error of this process. */
static bool host_text(struct bytes host, char to[ACCOUNT_HOST])
{
    struct detail before = *detail_get();
    char text[ACCOUNT_HOST] = "";
    bool good = host.len < sizeof text;

    if (good && host.len)
        memcpy(text, host.ptr, host.len);
    good = good && account_host(text, to) == ERR_OK && strlen(to) == host.len;
    *detail_get() = before;
    return good;
}

static enum err key_of(const uint8_t public[CRYPTO_P256_PUBLIC], const uint8_t id[QUEUE_KEY_ID],
                       struct queue_key *ret)
{
    enum err e = crypto_p256_read_public(bytes_of(public, CRYPTO_P256_PUBLIC), &ret->key);

    memcpy(ret->id, id, QUEUE_KEY_ID);
    return e;
}

static enum err peer_signing(void *arg, const struct sid *account, struct bytes host,
                             const uint8_t id[QUEUE_KEY_ID], enum queue_key_state *ret_state,
                             struct queue_key *ret)
{
    struct key_ring *r = arg;
    struct peer_certificate found = { 0 };
    enum peer_answer answer = PEER_NOBODY;
    char name[ACCOUNT_HOST];
    enum err e = host_text(host, name)
                     ? peer_keys_signing(r->peers, account, name, id, &answer, &found)
                     : ERR_OK;

    if (e)
        return e;
    *ret_state = state_of(answer);
    if (*ret_state != QUEUE_KEY_FOUND)
        return ERR_OK;
    if (!found.there) {
        *ret_state = found.revoked ? QUEUE_KEY_REVOKED : QUEUE_KEY_UNKNOWN;
        return ERR_OK;
    }
    return key_of(found.c.signing, found.c.signing_id, ret);
}

static enum err peer_agreement(void *arg, const struct sid *account, struct bytes host,
                               enum queue_key_state *ret_state, struct queue_key *ret)
{
    struct key_ring *r = arg;
    struct peer_certificate found = { 0 };
    enum peer_answer answer = PEER_NOBODY;
    char name[ACCOUNT_HOST];
    enum err e = host_text(host, name) ? peer_keys_current(r->peers, account, name, &answer, &found)
                                       : ERR_OK;

    if (e)
        return e;
    *ret_state = state_of(answer);
    if (*ret_state == QUEUE_KEY_FOUND && !found.there)
        *ret_state = QUEUE_KEY_UNKNOWN;
    return *ret_state == QUEUE_KEY_FOUND ? key_of(found.c.agreement, found.c.agreement_id, ret)
                                         : ERR_OK;
}

enum err key_ring_spn(struct key_ring *r, const char *spn, enum queue_key_state *ret_state,
                      struct sid *ret)
{
    enum peer_answer answer = PEER_NOBODY;
    enum err e = peer_keys_spn(r->peers, spn, &answer, ret);

    if (!e)
        *ret_state = state_of(answer);
    return e;
}

static enum err principal_of(const struct key_account *a, char **ret)
{
    char *realm = NULL, *at;
    enum err e = dn_domain(a->dn, &realm);

    for (at = realm; !e && *at; at++)
        *at = (char)(*at >= 'a' && *at <= 'z' ? *at - ('a' - 'A') : *at);
    *ret = e ? NULL : mem_printf("%s@%s", a->name, realm);
    mem_free(realm);
    return e ? e : *ret ? ERR_OK : ERR_NO_MEMORY;
}

enum err key_ring_principal(struct key_ring *r, const struct sid *account,
                            enum queue_key_state *ret_state, char **ret)
{
    struct key_account a = { 0 };
    char text[SID_TEXT];
    enum err e;

    sid_format(account, text);
    pthread_mutex_lock(&r->directory_lock);
    leave_parents_session(r);
    e = ask(r, KEY_ACCOUNT_NAME, text, time_now(NULL), &a);
    pthread_mutex_unlock(&r->directory_lock);
    *ret_state = e == ERR_NO_OBJECT || e == ERR_AMBIGUOUS ? QUEUE_KEY_UNKNOWN
                 : e                                      ? QUEUE_KEY_UNSURE
                 : a.disabled                             ? QUEUE_KEY_DISABLED
                                                          : QUEUE_KEY_FOUND;
    if (e != ERR_NO_MEMORY)
        e = *ret_state == QUEUE_KEY_FOUND ? principal_of(&a, ret) : ERR_OK;
    key_account_done(&a);
    return e;
}

/* ---- its life ---- */

static enum err find_place(const struct key_ring_options *o, struct account_key_place *ret)
{
    if (!o->file)
        return account_key_place_find(ret);
    ret->path = mem_strdup(o->file);
    return ret->path ? ERR_OK : ERR_NO_MEMORY;
}

enum err key_ring_new(const struct key_ring_options *o, struct key_ring **ret)
{
    struct key_ring *r = mem_zero(sizeof *r);
    struct peer_source source = { r, fetch, clock_now, time_now };
    struct peer_options peers = o->peers;
    enum err e;

    if (!r)
        return ERR_NO_MEMORY;
    pthread_mutex_init(&r->own_lock, NULL);
    pthread_mutex_init(&r->directory_lock, NULL);
    e = find_place(o, &r->place);
    if (!e)
        e = account_key_file_read(&r->place, &r->own, &r->stamp);
    if (!e) {
        r->due = account_keys_due(r->own, account_key_keep());
        destroy_what_is_due(r);
    }
    if (!e && o->directory)
        e = session_options_keep(o->directory, &r->directory);
    if (!peers.lifetime)
        peers.lifetime = queue_sender_seconds();
    if (!e)
        e = peer_keys_new(&source, &peers, &r->peers);
    if (e) {
        key_ring_free(r);
        return e;
    }
    r->account = r->own->sid;
    memcpy(r->host, r->own->host, sizeof r->host);
    r->keys = (struct queue_keys){ .arg = r,
                                   .account = &r->account,
                                   .host = bytes_of_text(r->host),
                                   .own_signing = own_signing,
                                   .own_agreement = own_agreement,
                                   .peer_signing = peer_signing,
                                   .peer_agreement = peer_agreement };
    *ret = r;
    return ERR_OK;
}

void key_ring_free(struct key_ring *r)
{
    if (!r)
        return;
    peer_keys_free(r->peers);
    leave_parents_session(r);
    session_close(r->session);
    session_options_done(&r->directory);
    account_keys_free(r->own);
    account_key_place_done(&r->place);
    pthread_mutex_destroy(&r->directory_lock);
    pthread_mutex_destroy(&r->own_lock);
    mem_free(r);
}

const struct queue_keys *key_ring_keys(const struct key_ring *r)
{
    return &r->keys;
}
