/* SPDX-License-Identifier: Apache-2.0
 * process.c - what this process seals and opens messages with.
 */
#include "queue/process.h"

#include <errno.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/policy_value.h"
#include "directory/host.h"
#include "queue/account_key_file.h"
#include "queue/executed_machine.h"

#define EPOCH_TICKS (UINT64_C(11644473600) * QUEUE_SECOND) /* from 1601 to 1970 */

enum { AUTHORITY_UNIX = 22, UNIX_USER = 1, SENDER_SECONDS = 900 };

const struct sid queue_nobody = { .authority = 0, .sub = { 0 }, .count = 1 };

struct keys_of_nobody { /* what messages of level none are made and opened with */
    struct queue_keys sends, receives;
    struct sid account; /* S-1-22-1-uid */
    char host[ACCOUNT_HOST];
    struct queue_sealer *sealer;
    struct queue_opener *opener;
};

struct process {
    struct queue_executed *executed;
    struct keys_of_nobody *nobody;
    struct key_ring *ring;
    struct queue_sealer *sealer;
    struct queue_opener *opener;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct process process;

uint64_t queue_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_REALTIME, &t);
    return EPOCH_TICKS + (uint64_t)t.tv_sec * QUEUE_SECOND + (uint64_t)t.tv_nsec / 100;
}

int64_t queue_sender_seconds(void)
{
    return policy_get(POLICY_QUEUE_CACHE) == POLICY_OFF ? SENDER_SECONDS
                                                        : policy_number(POLICY_QUEUE_CACHE);
}

int64_t queue_clock(void)
{
    struct timespec t = { 0 };

    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec;
}

/* What a parent has is its own, its files and connections, and so is the thread that has its lock.
 */
static void forked(void)
{
    pthread_mutex_init(&lock, NULL);
    if (process.executed)
        queue_executed_forked(process.executed);
    process = (struct process){ 0 };
}

static void watch_forks(void)
{
    (void)pthread_atfork(NULL, NULL, forked);
}

/* With the lock. */
static struct process *here(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, watch_forks);
    return &process;
}

/* ---- what was executed ---- */

static enum err check_own(const char *folder)
{
    struct stat st;

    if (lstat(folder, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() &&
        !(st.st_mode & 077))
        return ERR_OK;
    detail_remedy("Move away what is there; the folder is made anew, for this account alone.");
    return detail_fail(ERR_ACCESS_DENIED,
                       "%s, where this account remembers what it has executed, is not a folder of "
                       "its own with mode 0700",
                       folder);
}

static enum err make_own(const char *folder)
{
    enum err e = account_key_folders_make(folder);

    if (e)
        return e;
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return check_own(folder);
    detail_remedy("Name a file of keys in a folder that this account may write: "
                  "COUNTERSIGN_QUEUE_KEYS.");
    return detail_fail(ERR_ACCESS_DENIED, "making the folder %s: %s", folder, strerror(errno));
}

static enum err open_executed(struct queue_executed **ret)
{
    struct account_key_place place = { 0 };
    char *folder = NULL;
    enum err e = account_key_place_find(&place);

    if (!e)
        e = account_key_place_beside(&place, "executed", &folder);
    if (!e)
        e = make_own(folder);
    if (!e)
        e = queue_executed_machine(folder, QUEUE_MACHINE_ID);
    if (!e)
        e = queue_executed_open(folder, 0, queue_now(), QUEUE_SKEW, ret, NULL);
    mem_free(folder);
    account_key_place_done(&place);
    return e;
}

/* With the lock. */
static enum err have_executed(struct process *p)
{
    return p->executed ? ERR_OK : open_executed(&p->executed);
}

enum err queue_process_executed(struct queue_executed **ret)
{
    struct process *p;
    enum err e;

    pthread_mutex_lock(&lock);
    p = here();
    e = have_executed(p);
    if (!e)
        *ret = p->executed;
    pthread_mutex_unlock(&lock);
    return e;
}

/* ---- level none ---- */

static void own_host(char to[ACCOUNT_HOST])
{
    struct detail before = *detail_get();
    char *name = NULL;

    if (host_dns_name(&name) || account_host(name, to))
        memcpy(to, "localhost", sizeof "localhost");
    *detail_get() = before;
    mem_free(name);
}

/* With the lock. */
static enum err have_nobody(struct process *p)
{
    struct keys_of_nobody *n;
    enum err e;

    if (p->nobody)
        return ERR_OK;
    n = mem_zero(sizeof *n);
    if (!n)
        return ERR_NO_MEMORY;
    own_host(n->host);
    n->account =
        (struct sid){ .authority = AUTHORITY_UNIX, .sub = { UNIX_USER, geteuid() }, .count = 2 };
    n->sends = (struct queue_keys){ .account = &n->account, .host = bytes_of_text(n->host) };
    n->receives = n->sends;
    n->receives.account = &queue_nobody;
    e = queue_sealer_new(&n->sends, 0, 0, &n->sealer);
    if (e)
        mem_free(n);
    else
        p->nobody = n;
    return e;
}

/* With the lock. */
static enum err have_nobodys_opener(struct process *p)
{
    enum err e = have_nobody(p);

    if (!e)
        e = have_executed(p);
    if (!e && !p->nobody->opener)
        e = queue_opener_new(&p->nobody->receives, p->executed, &p->nobody->opener);
    return e;
}

/* ---- levels above ---- */

/* With the lock. */
static enum err have_ring(struct process *p)
{
    const struct key_ring_options o = { .file = NULL };
    enum err e = p->ring ? ERR_OK : key_ring_new(&o, &p->ring);

    return e == ERR_NOT_FOUND ? ERR_NO_CREDENTIALS : e;
}

/* With the lock. */
static enum err have_sealer(struct process *p)
{
    enum err e = have_ring(p);

    return e || p->sealer ? e : queue_sealer_new(key_ring_keys(p->ring), 0, 0, &p->sealer);
}

/* With the lock. */
static enum err have_opener(struct process *p)
{
    enum err e = have_ring(p);

    if (!e)
        e = have_executed(p);
    return e || p->opener ? e : queue_opener_new(key_ring_keys(p->ring), p->executed, &p->opener);
}

/* ---- both ---- */

static struct queue_outward outward_of(struct key_ring *ring, struct queue_sealer *sealer,
                                       const struct queue_keys *keys)
{
    return (struct queue_outward){ ring, sealer, keys->account, keys->host };
}

enum err queue_process_outward(enum queue_level level, struct queue_outward *ret)
{
    struct process *p;
    enum err e;

    pthread_mutex_lock(&lock);
    p = here();
    e = level == QUEUE_LEVEL_NONE ? have_nobody(p) : have_sealer(p);
    if (!e && level == QUEUE_LEVEL_NONE)
        *ret = outward_of(NULL, p->nobody->sealer, &p->nobody->sends);
    else if (!e)
        *ret = outward_of(p->ring, p->sealer, key_ring_keys(p->ring));
    pthread_mutex_unlock(&lock);
    return e;
}

enum err queue_process_inward(enum queue_level level, struct queue_inward *ret)
{
    struct process *p;
    enum err e;

    pthread_mutex_lock(&lock);
    p = here();
    e = level == QUEUE_LEVEL_NONE ? have_nobodys_opener(p) : have_opener(p);
    if (!e && level == QUEUE_LEVEL_NONE)
        *ret = (struct queue_inward){ NULL, p->nobody->opener };
    else if (!e)
        *ret = (struct queue_inward){ p->ring, p->opener };
    pthread_mutex_unlock(&lock);
    return e;
}
