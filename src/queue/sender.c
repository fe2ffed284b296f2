/* SPDX-License-Identifier: Apache-2.0
 * sender.c - who has sent a message, beyond its SID: the account's name and groups, as its domain
 * has them when the call is executed. The service asks its KDC by S4U2self; the sender has no part
 * in it.  [MS-SFU] 3.1.5.1
 */
#include <pthread.h>
#include <stdatomic.h>

#include <countersign/countersign.h>
#include <countersign/sspi.h>
#include <countersign/windows.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/err_codes.h"
#include "base/log.h"
#include "queue/away.h"
#include "queue/process.h"
#include "queue/transport.h"

enum { SENDERS_MOST = 256, RETRY_SECONDS = 10 };

struct kept {
    struct queue_sender sender; /* first */
    atomic_uint refs;
    struct sid account;
    int64_t fetched, asked; /* asked: in vain, since */
    uint64_t used;          /* which use of all was its last */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct kept *senders[SENDERS_MOST];
static uint64_t uses;
static struct queue_away away; /* domains whose KDC lately did not answer */

static struct kept *kept_of(struct queue_sender *s)
{
    return (struct kept *)(void *)s;
}

void queue_sender_unref(struct queue_sender *s)
{
    size_t i;

    if (!s || atomic_fetch_sub(&kept_of(s)->refs, 1) != 1)
        return;
    for (i = 0; i < s->count; i++)
        mem_free(s->sids[i]);
    mem_free(s->sids);
    mem_free(s->name);
    mem_free(kept_of(s));
}

/* ---- what is remembered ---- */

/* A thread of the parent may have the lock, and be in the middle of it. */
static void forked(void)
{
    lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    memset(senders, 0, sizeof senders);
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

/* With the lock. */
static struct kept **slot_of(const struct sid *account)
{
    struct kept **oldest = &senders[0];
    size_t i;

    for (i = 0; i < SENDERS_MOST; i++) {
        if (!senders[i])
            return &senders[i]; /* those behind it are empty as well */
        if (sid_equal(&senders[i]->account, account))
            return &senders[i];
        if (senders[i]->used < (*oldest)->used)
            oldest = &senders[i];
    }
    return oldest;
}

/* Whether there is no need to ask; in_vain: nobody has answered, and the old answer is looked at.
 */
static bool counts(struct kept *k, const struct sid *account, bool in_vain)
{
    int64_t now = queue_clock(), age = now - k->fetched;

    if (!sid_equal(&k->account, account) || age < 0 || age >= queue_sender_seconds())
        return false;
    if (in_vain)
        k->asked = now;
    return in_vain || age < queue_sender_seconds() / 2 || now - k->asked < RETRY_SECONDS;
}

/* NULL: none. A reference. */
static struct queue_sender *recall(const struct sid *account, bool in_vain)
{
    struct kept *k;

    pthread_mutex_lock(&lock);
    k = *slot_of(account);
    if (k && !counts(k, account, in_vain))
        k = NULL;
    if (k) {
        atomic_fetch_add(&k->refs, 1);
        k->used = ++uses;
    }
    pthread_mutex_unlock(&lock);
    return k ? &k->sender : NULL;
}

static void remember(struct kept *k)
{
    struct kept **at, *old;

    atomic_fetch_add(&k->refs, 1);
    pthread_mutex_lock(&lock);
    at = slot_of(&k->account);
    old = *at;
    *at = k;
    k->used = ++uses;
    pthread_mutex_unlock(&lock);
    queue_sender_unref(old ? &old->sender : NULL);
}

/* What was known of it is so no more. */
static void forget(const struct sid *account)
{
    struct kept **at, *old;

    pthread_mutex_lock(&lock);
    at = slot_of(account);
    old = *at && sid_equal(&(*at)->account, account) ? *at : NULL;
    if (old)
        old->fetched -= queue_sender_seconds();
    pthread_mutex_unlock(&lock);
}

/* ---- asking ---- */

static enum err copy_sids(struct queue_sender *s, char *const *sids, ULONG count)
{
    s->sids = mem_array(count ? count : 1, sizeof *s->sids);
    if (!s->sids)
        return ERR_NO_MEMORY;
    for (; s->count < count; s->count++) {
        s->sids[s->count] = mem_strdup(sids[s->count]);
        if (!s->sids[s->count])
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

static enum err read_token(HANDLE token, struct kept *k)
{
    char **sids = NULL, *name = NULL;
    ULONG count = 0;
    SECURITY_STATUS s = CsTokenGetSids(token, &count, &sids);
    enum err e;

    if (s == SEC_E_OK)
        s = CsTokenGetName(token, &name);
    e = s == SEC_E_OK ? copy_sids(&k->sender, sids, count) : err_of_security_status(s);
    if (!e) {
        k->sender.name = mem_strdup(name);
        e = k->sender.name ? ERR_OK : ERR_NO_MEMORY;
    }
    FreeContextBuffer(sids);
    FreeContextBuffer(name);
    return e;
}

/* A name may have passed to another account since the directory was asked. */
static bool is_of(const struct queue_sender *s, const struct sid *account)
{
    struct sid first;

    return s->count && sid_parse(s->sids[0], &first) == ERR_OK && sid_equal(&first, account);
}

static void fetched_now(struct kept *k, const struct sid *account)
{
    k->account = *account;
    k->fetched = queue_clock();
    k->asked = k->fetched - RETRY_SECONDS;
}

static struct kept *kept_new(void)
{
    struct kept *k = mem_zero(sizeof *k);

    if (k)
        atomic_init(&k->refs, 1);
    return k;
}

/* A service that calls itself: not every KDC tells it by S4U2self who it is itself (Samba's has "no
 * support for padata type"). It is known without, by its SID; its groups are not. */
static bool is_self(const struct sid *account)
{
    struct queue_outward self;
    struct detail before = *detail_get();
    bool is =
        !queue_process_outward(QUEUE_LEVEL_INTEGRITY, &self) && sid_equal(account, self.account);

    *detail_get() = before;
    return is;
}

static enum err know_self(const char *name, const struct sid *account, struct kept **ret)
{
    struct kept *k = kept_new();
    char text[SID_TEXT], *sids[] = { text };
    enum err e;

    if (!k)
        return ERR_NO_MEMORY;
    sid_format(account, text);
    e = copy_sids(&k->sender, sids, 1);
    if (!e) {
        k->sender.name = mem_strdup(name);
        e = k->sender.name ? ERR_OK : ERR_NO_MEMORY;
    }
    if (e) {
        queue_sender_unref(&k->sender);
        return e;
    }
    fetched_now(k, account);
    *ret = k;
    return ERR_OK;
}

/* Each of these two is what several errors are called at that door. */
static enum err refused_by(SECURITY_STATUS s)
{
    switch (s) {
    case SEC_E_LOGON_DENIED:
        return ERR_LOGON_DENIED;
    case SEC_E_NO_AUTHENTICATING_AUTHORITY:
        return ERR_NO_AUTHORITY;
    default:
        return err_of_security_status(s);
    }
}

/* ERR_LOGON_DENIED: nobody there, or disabled. ERR_NO_AUTHORITY: no KDC answers. */
static enum err log_on(const void *credential, const char *name, const struct sid *account,
                       struct kept **ret)
{
    PCredHandle service = (PCredHandle)(uintptr_t)credential;
    struct kept *k = NULL;
    HANDLE token = NULL;
    SECURITY_STATUS s;
    enum err e;

    if (!service) {
        detail_remedy("Call RpcServerRegisterAuthInfo: its keys ask the domain for senders.");
        return detail_fail(ERR_NO_CREDENTIALS, "this server has no credential to ask who %s is",
                           name);
    }
    s = CsLogonClient(service, name, 0, &token, NULL, NULL);
    if (s != SEC_E_OK)
        return refused_by(s);
    k = kept_new();
    e = k ? read_token(token, k) : ERR_NO_MEMORY;
    CloseHandle(token);
    if (!e && !is_of(&k->sender, account))
        e = detail_fail(ERR_WRONG_PRINCIPAL, "%s is another account than it was", name);
    if (e) {
        queue_sender_unref(k ? &k->sender : NULL);
        return e;
    }
    fetched_now(k, account);
    *ret = k;
    return ERR_OK;
}

/* ERR_NO_MEMORY is the only error; else the verdict says it. *ret_away: nobody has answered, which
 * says nothing of this account. */
static enum err ask(struct key_ring *ring, const void *credential, const struct sid *account,
                    enum queue_verdict *ret_verdict, struct queue_sender **ret, bool *ret_away)
{
    enum queue_key_state state = QUEUE_KEY_UNSURE;
    struct kept *k = NULL;
    char *name = NULL;
    enum err e = key_ring_principal(ring, account, &state, &name);

    if (e)
        return e;
    *ret_verdict = QUEUE_VERDICT_WAIT;
    if (state == QUEUE_KEY_FOUND)
        e = log_on(credential, name, account, &k);
    if (e == ERR_LOGON_DENIED && is_self(account))
        e = know_self(name, account, &k);
    *ret_away = state == QUEUE_KEY_UNSURE || e == ERR_NO_AUTHORITY;
    if (state == QUEUE_KEY_UNKNOWN || state == QUEUE_KEY_DISABLED || e == ERR_LOGON_DENIED) {
        forget(account);
        *ret_verdict = QUEUE_VERDICT_REFUSE;
    } else if (!e && k) {
        remember(k);
        *ret_verdict = QUEUE_VERDICT_OPEN;
        *ret = &k->sender;
    }
    mem_free(name);
    return e == ERR_NO_MEMORY ? e : ERR_OK;
}

/* Each question of one that is away takes as long as a network lets it. */
static bool is_away(const struct sid *account)
{
    bool is;

    pthread_mutex_lock(&lock);
    is = queue_away_is(&away, account, queue_clock());
    pthread_mutex_unlock(&lock);
    return is;
}

static void note_away(const struct sid *account, bool is)
{
    pthread_mutex_lock(&lock);
    queue_away_note(&away, account, is ? queue_clock() + RETRY_SECONDS : 0);
    pthread_mutex_unlock(&lock);
}

static enum err ask_unless_away(struct key_ring *ring, const void *credential,
                                const struct sid *account, enum queue_verdict *ret_verdict,
                                struct queue_sender **ret)
{
    char sid[SID_TEXT];
    bool nobody = false;
    enum err e;

    if (is_away(account)) {
        sid_format(account, sid);
        *ret_verdict = QUEUE_VERDICT_WAIT;
        (void)detail_fail(ERR_NO_AUTHORITY, "the domain of %s lately did not answer", sid);
        return ERR_OK;
    }
    e = ask(ring, credential, account, ret_verdict, ret, &nobody);
    if (!e && (nobody || *ret_verdict == QUEUE_VERDICT_OPEN))
        note_away(account, nobody);
    return e;
}

enum err queue_sender_find(struct key_ring *ring, const void *credential, const struct sid *account,
                           enum queue_verdict *ret_verdict, struct queue_sender **ret)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct queue_sender *known;
    enum err e = ERR_OK;

    (void)pthread_once(&once, watch_forks);
    known = recall(account, false);
    if (known) {
        *ret_verdict = QUEUE_VERDICT_OPEN;
        *ret = known;
        return ERR_OK;
    }
    e = ask_unless_away(ring, credential, account, ret_verdict, ret);
    if (e || *ret_verdict != QUEUE_VERDICT_WAIT)
        return e;
    known = recall(account, true);
    if (known) {
        *ret_verdict = QUEUE_VERDICT_OPEN;
        *ret = known;
    }
    return ERR_OK;
}
