/* SPDX-License-Identifier: Apache-2.0
 * executed_claim.c - who is executing what now: see queue_executed_claim.
 *
 * Within the process it is a list of marks. Between processes it is a lock on one byte of the file
 * "claims", at a place that the mark gives (fcntl(2), open file description locks): the kernel
 * takes it away from a process that is lost. Two marks at one place wait for each other, no more.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/executed_state.h"

void queue_executed_claims_init(struct queue_executed *e)
{
    e->claims.fd = -1;
    e->claims.pid = getpid();
}

void queue_executed_claims_done(struct queue_executed *e)
{
    if (e->claims.fd >= 0)
        close(e->claims.fd);
    mem_free(e->claims.mark);
}

void queue_executed_forked(struct queue_executed *e)
{
    if (e->claims.fd >= 0)
        close(e->claims.fd);
    e->claims.fd = -1;
}

static size_t find(const struct executed_claims *c, const uint8_t mark[QUEUE_MARK])
{
    size_t i = 0;

    while (i < c->count && memcmp(c->mark[i], mark, QUEUE_MARK) != 0)
        i++;
    return i;
}

static enum err failed(void)
{
    return detail_fail(ERR_RPC_RESOURCES,
                       "locking the file \"claims\" of executed messages: error %d", errno);
}

/* The file, and room for one more. */
static enum err prepare(struct queue_executed *e)
{
    struct executed_claims *c = &e->claims;

    if (c->pid != getpid()) {
        queue_executed_claims_done(e);
        *c = (struct executed_claims){ .fd = -1, .pid = getpid() };
    }
    if (c->fd < 0)
        c->fd = openat(e->folder, "claims", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (c->fd < 0)
        return failed();
    if (c->count == c->cap) {
        size_t cap = c->cap ? 2 * c->cap : 16;
        uint8_t(*grown)[QUEUE_MARK] = mem_resize(c->mark, cap * sizeof *grown);

        if (!grown)
            return ERR_NO_MEMORY;
        c->mark = grown;
        c->cap = cap;
    }
    return ERR_OK;
}

/* A mark is of a hash: its first bytes are as good a place as any. */
static int lock_place(const struct executed_claims *c, const uint8_t mark[QUEUE_MARK], short type)
{
    struct flock l = { .l_type = type, .l_whence = SEEK_SET, .l_len = 1 };
    uint64_t place;

    memcpy(&place, mark, sizeof place);
    l.l_start = (off_t)(place >> 2); /* its end is in range, too */
    return fcntl(c->fd, F_OFD_SETLK, &l);
}

static enum err claim(struct queue_executed *e, const uint8_t mark[QUEUE_MARK], bool *ret_mine)
{
    struct executed_claims *c = &e->claims;
    enum err err;

    pthread_mutex_lock(&e->lock);
    err = prepare(e);
    *ret_mine = !err && find(c, mark) == c->count;
    if (*ret_mine && lock_place(c, mark, F_WRLCK)) {
        *ret_mine = false;
        if (errno != EAGAIN && errno != EACCES)
            err = failed();
    }
    if (*ret_mine)
        memcpy(c->mark[c->count++], mark, QUEUE_MARK);
    pthread_mutex_unlock(&e->lock);
    return err;
}

enum err queue_executed_hold(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                             bool *ret_mine)
{
    return claim(e, mark, ret_mine);
}

enum err queue_executed_claim(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                              uint64_t expires, enum queue_executed_claim *ret)
{
    bool mine = false, executed = false;
    enum err err = claim(e, mark, &mine);

    if (!err) /* whoever had it until now has remembered it before letting go */
        err = queue_executed_has(e, mark, expires, &executed);
    if (mine && (err || executed))
        queue_executed_release(e, mark);
    if (!err)
        *ret = executed ? QUEUE_CLAIM_EXECUTED : mine ? QUEUE_CLAIM_MINE : QUEUE_CLAIM_TAKEN;
    return err;
}

void queue_executed_release(struct queue_executed *e, const uint8_t mark[QUEUE_MARK])
{
    struct executed_claims *c = &e->claims;
    size_t i;

    pthread_mutex_lock(&e->lock);
    i = c->pid == getpid() ? find(c, mark) : c->count;
    if (i < c->count) {
        (void)lock_place(c, mark, F_UNLCK);
        memmove(c->mark[i], c->mark[--c->count], QUEUE_MARK);
    }
    pthread_mutex_unlock(&e->lock);
}
