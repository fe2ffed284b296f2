/* SPDX-License-Identifier: Apache-2.0
 * executed_untold.c - what was executed, and the queue manager could not be told so: see
 * queue_executed_untold.
 *
 * It is kept in memory, and in the file "untold" for other processes of the account:
 *    0 a hash of the mark and of who had handed it over 16 | 16 expires 8
 * of each, in any order; zeroes are a free place. It is not synced: whoever could send it again is
 * of the same host, and lost with it.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/reader.h"
#include "base/writer.h"
#include "crypto/sha256.h"
#include "queue/executed_state.h"

enum { RECORD = QUEUE_UNTOLD_ID + 8, PLACES = 1024 };

static void id_of(const uint8_t mark[QUEUE_MARK], const char *from, uint8_t ret[QUEUE_UNTOLD_ID])
{
    const struct bytes parts[] = { bytes_of(mark, QUEUE_MARK), bytes_of_text(from) };
    uint8_t hash[CRYPTO_SHA256];

    crypto_sha256(parts, 2, hash);
    memcpy(ret, hash, QUEUE_UNTOLD_ID);
}

/* ---- in memory ---- */

/* The oldest makes room. */
static void note(struct queue_executed *e, const uint8_t id[QUEUE_UNTOLD_ID])
{
    struct executed_untold *u = &e->untold;

    pthread_mutex_lock(&e->lock);
    memcpy(u->id[u->next], id, QUEUE_UNTOLD_ID);
    u->next = (u->next + 1) % QUEUE_UNTOLD_MOST;
    pthread_mutex_unlock(&e->lock);
}

static bool take_note(struct queue_executed *e, const uint8_t id[QUEUE_UNTOLD_ID])
{
    struct executed_untold *u = &e->untold;
    size_t i = 0;

    pthread_mutex_lock(&e->lock);
    while (i < QUEUE_UNTOLD_MOST && memcmp(u->id[i], id, QUEUE_UNTOLD_ID) != 0)
        i++;
    if (i < QUEUE_UNTOLD_MOST)
        memset(u->id[i], 0, QUEUE_UNTOLD_ID);
    pthread_mutex_unlock(&e->lock);
    return i < QUEUE_UNTOLD_MOST;
}

/* ---- in the file ---- */

struct places {
    int fd; /* locked until it is closed */
    size_t count;
    uint8_t all[PLACES * RECORD];
};

static bool places_read(struct queue_executed *e, int flags, struct places *p)
{
    ssize_t n = -1;

    p->fd = openat(e->folder, "untold", flags | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->fd < 0)
        return false;
    if (queue_executed_lock(p->fd))
        n = pread(p->fd, p->all, sizeof p->all, 0);
    p->count = n < 0 ? 0 : (size_t)n / RECORD;
    if (n < 0)
        queue_executed_unlock_close(p->fd);
    return n >= 0;
}

static bool place_write(const struct places *p, size_t at, const uint8_t record[RECORD])
{
    return pwrite(p->fd, record, RECORD, (off_t)(at * RECORD)) == RECORD;
}

static uint64_t expires_of(const struct places *p, size_t at)
{
    struct reader r = reader_over(bytes_of(p->all + at * RECORD + QUEUE_UNTOLD_ID, 8));

    return reader_le64(&r);
}

/* Its own, a new one, or that of the message which expires, or has expired, first. */
static size_t place_for(const struct places *p, uint64_t now)
{
    size_t i, first = 0;

    for (i = 0; i < p->count; i++) {
        if (expires_of(p, i) < now)
            return i;
        if (expires_of(p, i) < expires_of(p, first))
            first = i;
    }
    return p->count < PLACES ? p->count : first;
}

static size_t place_of(const struct places *p, const uint8_t id[QUEUE_UNTOLD_ID])
{
    size_t i = 0;

    while (i < p->count && memcmp(p->all + i * RECORD, id, QUEUE_UNTOLD_ID) != 0)
        i++;
    return i;
}

/* ---- both ---- */

void queue_executed_untold(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                           uint64_t expires, const char *from, uint64_t now)
{
    struct places *p = mem_alloc(sizeof *p);
    uint8_t record[RECORD];
    struct writer w = writer_over(record + QUEUE_UNTOLD_ID, 8);
    bool shared = p && places_read(e, O_CREAT, p);

    id_of(mark, from, record);
    writer_le64(&w, expires < UINT64_MAX - e->skew ? expires + e->skew : UINT64_MAX);
    note(e, record);
    if (shared) {
        shared = place_write(p, place_for(p, now), record);
        queue_executed_unlock_close(p->fd);
    }
    if (!shared)
        log_debug("queue: other processes are not told what was executed: error %d", errno);
    mem_free(p);
}

bool queue_executed_untold_take(struct queue_executed *e, const uint8_t mark[QUEUE_MARK],
                                const char *from)
{
    static const uint8_t none[RECORD];
    struct places *p = mem_alloc(sizeof *p);
    uint8_t id[QUEUE_UNTOLD_ID];
    bool found = false, noted;
    size_t at;

    id_of(mark, from, id);
    noted = take_note(e, id);
    if (p && places_read(e, 0, p)) {
        at = place_of(p, id);
        found = at < p->count && place_write(p, at, none);
        queue_executed_unlock_close(p->fd);
    }
    mem_free(p);
    return noted || found;
}
