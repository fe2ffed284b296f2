/* SPDX-License-Identifier: Apache-2.0
 * store_log.c - the database's log looked at frame by frame, and made whole again.
 *
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log, section 4.1; numbers are big-endian:
 *    0 magic 4 | 4 version 4 | 8 page size 4 | 12 sequence 4 | 16 salt 8 | 24 sum 8
 * and then frames:
 *    0 page number 4 | 4 pages after a commit, else 0, 4 | 8 salt 8 | 16 sum 8 | 24 the page
 * A sum goes on from the one before, over the first 8 octets and the page. So one wrong octet makes
 * the rest of the log unreadable for SQLite, though each frame can be told good or bad by itself:
 * by its own sum, and the one that stands in the frame before. A single bit that is wrong is found
 * by trying all of them. What is behind the last commit is of a transaction that never was
 * accepted.
 */
#include "queue/manager/store_log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_disk.h"
#include "queue/manager/store_private.h"

#define LOG_NAME SQL_FILE_NAME "-wal"
#define NEW_NAME LOG_NAME ".new"

enum {
    HEAD = 32,
    HEAD_SALT = 16,
    HEAD_SUM = 24,
    FRAME_HEAD = 24,
    FRAME_SALT = 8,
    FRAME_SUM = 16,
    SALT = 8,
    PAGE = SQL_PAGE,
    FRAME = FRAME_HEAD + PAGE,
    SUMMED = 8 + PAGE,
    MAGIC = 0x377f0682, /* with sums of little-endian words; |1: of big-endian ones */
    VERSION = 3007000,
    PAGES_MOST = 1 << 26, /* 256 GiB */
    TRIES_MOST = 16,      /* frames in which a single bit is looked for */
    MARK = 40,
    MARK_MAGIC = 0x4b4d5343,
};

static const char mark_name[] = "mark";

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void put_be32(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 24);
    p[1] = (uint8_t)(v >> 16);
    p[2] = (uint8_t)(v >> 8);
    p[3] = (uint8_t)v;
}

/* ---- the mark ---- */

struct mark_bytes {
    uint32_t magic, frames;
    uint8_t salt[SALT];
    uint64_t next, spare, sum;
};

static_assert(sizeof(struct mark_bytes) == MARK, "of this host alone, as the log's sums are");

static uint64_t mark_sum(const struct mark_bytes *b)
{
    return record_hash(bytes_of(b, offsetof(struct mark_bytes, sum)));
}

int store_mark_open(int dir)
{
    return openat(dir, mark_name, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
}

void store_mark_write(int mark_fd, const struct store_mark *mark)
{
    struct mark_bytes b = { .magic = MARK_MAGIC, .frames = mark->frames, .next = mark->next };

    if (mark_fd < 0)
        return;
    memcpy(b.salt, mark->salt, SALT);
    b.sum = mark_sum(&b);
    if (pwrite(mark_fd, &b, sizeof b, 0) != (ssize_t)sizeof b)
        (void)ftruncate(mark_fd, 0);
}

static struct store_mark mark_read(int dir)
{
    struct store_mark mark = { .frames = 0 };
    struct mark_bytes b = { .magic = 0 };
    int fd = openat(dir, mark_name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

    if (fd >= 0 && pread(fd, &b, sizeof b, 0) == (ssize_t)sizeof b && b.magic == MARK_MAGIC &&
        b.sum == mark_sum(&b)) {
        mark.frames = b.frames;
        mark.next = b.next;
        memcpy(mark.salt, b.salt, SALT);
    }
    if (fd >= 0)
        close(fd);
    return mark;
}

int store_log_open(int dir)
{
    return openat(dir, LOG_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
}

bool store_log_salt(int log_fd, uint8_t ret[8])
{
    return log_fd >= 0 && pread(log_fd, ret, SALT, HEAD_SALT) == SALT;
}

/* Beyond its end, which stays where it is: what is behind that SQLite and we would look at. */
bool store_log_reserve(int dir, uint64_t octets)
{
    int fd = openat(dir, LOG_NAME, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
    bool room = fd >= 0 &&
                (fallocate(fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)octets) == 0 || errno == EOPNOTSUPP);

    if (fd >= 0)
        close(fd);
    return room;
}

/* ---- the log ---- */

struct sum {
    uint32_t a, b;
};

struct log {
    int dir, fd;
    struct store_report *report;
    struct store_mark mark; /* frames 0 where it is another log's */
    bool big, head_good;
    uint8_t head[HEAD];
    uint64_t frames; /* whole ones in the file */
    uint64_t stop;   /* the first that SQLite would not read */
    uint64_t end;    /* behind the last that was committed */
    unsigned tries;
    bool doubt;
};

static uint32_t word(const struct log *l, const uint8_t *p)
{
    return l->big ? be32(p)
                  : (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static struct sum sum_of(const struct log *l, struct sum s, const uint8_t *p, size_t len)
{
    size_t i;

    for (i = 0; i < len; i += 8) {
        s.a += word(l, p + i) + s.b;
        s.b += word(l, p + i + 4) + s.a;
    }
    return s;
}

static struct sum frame_sum(const struct log *l, struct sum before, const uint8_t frame[FRAME])
{
    return sum_of(l, sum_of(l, before, frame, 8), frame + FRAME_HEAD, PAGE);
}

static struct sum told_sum(const uint8_t *p)
{
    return (struct sum){ be32(p), be32(p + 4) };
}

static bool same(struct sum x, struct sum y)
{
    return x.a == y.a && x.b == y.b;
}

static bool read_frame(const struct log *l, uint64_t i, uint8_t frame[FRAME])
{
    return pread(l->fd, frame, FRAME, (off_t)(HEAD + i * FRAME)) == FRAME;
}

/* What is not as it must be is written as it was; of the salt the frames know. */
static void read_head(struct log *l)
{
    uint8_t frame[FRAME];
    const bool whole = pread(l->fd, l->head, HEAD, 0) == HEAD;

    l->big = whole && be32(l->head) == (MAGIC | 1);
    l->head_good =
        whole && (be32(l->head) | 1) == (MAGIC | 1) && be32(l->head + 4) == VERSION &&
        be32(l->head + 8) == PAGE &&
        same(sum_of(l, (struct sum){ 0 }, l->head, HEAD_SUM), told_sum(l->head + HEAD_SUM));
    if (l->head_good)
        return;
    put_be32(l->head, MAGIC | l->big);
    put_be32(l->head + 4, VERSION);
    put_be32(l->head + 8, PAGE);
    if (l->mark.frames)
        memcpy(l->head + HEAD_SALT, l->mark.salt, SALT);
    else if (read_frame(l, 0, frame))
        memcpy(l->head + HEAD_SALT, frame + FRAME_SALT, SALT);
}

/* One frame after the other: told is the sum that stands before it, found what that should be. */
struct walk {
    struct sum told, found;
    bool linked, ours; /* it follows the one before; it is of this log */
    bool strict;       /* as SQLite reads it */
    uint8_t frame[FRAME];
};

static void walk_begin(const struct log *l, struct walk *w)
{
    *w = (struct walk){ .told = told_sum(l->head + HEAD_SUM),
                        .found = sum_of(l, (struct sum){ 0 }, l->head, HEAD_SUM),
                        .ours = true };
}

/* Which of the two sums before it fits is told by *ret_base. */
static bool walk_next(const struct log *l, uint64_t i, struct walk *w, struct sum *ret_base)
{
    struct sum by_told, by_found, stands;
    const bool salted =
        read_frame(l, i, w->frame) && memcmp(w->frame + FRAME_SALT, l->head + HEAD_SALT, SALT) == 0;

    stands = told_sum(w->frame + FRAME_SUM);
    by_told = frame_sum(l, w->told, w->frame);
    by_found = frame_sum(l, w->found, w->frame);
    *ret_base = same(by_found, stands) ? w->found : w->told;
    w->strict = salted && same(by_told, stands);
    w->linked = same(by_told, stands) || same(by_found, stands);
    w->ours = salted || (w->ours && w->linked);
    w->told = stands;
    w->found = same(by_found, stands) ? by_found : by_told;
    return w->ours;
}

static bool one_bit(struct sum x, struct sum y)
{
    return __builtin_popcount(x.a ^ y.a) + __builtin_popcount(x.b ^ y.b) <= 1;
}

/* The one bit without which the sum is right; where several would do, as among the uppermost of
 * their words, it is known only if it makes a page's number out of what is none. */
static bool find_bit(struct log *l, struct sum base, uint8_t frame[FRAME])
{
    const struct sum want = told_sum(frame + FRAME_SUM);
    const bool numbered = be32(frame) && be32(frame) <= PAGES_MOST;
    uint8_t text[SUMMED];
    struct sum before = base;
    size_t at, bit, found = 0, where = 0;

    if (l->tries++ >= TRIES_MOST)
        return false;
    memcpy(text, frame, 8);
    memcpy(text + 8, frame + FRAME_HEAD, PAGE);
    for (at = 0; at < SUMMED; at += 8) {
        for (bit = 0; bit < 64; bit++) {
            text[at + bit / 8] ^= (uint8_t)(1U << bit % 8);
            if (same(sum_of(l, before, text + at, SUMMED - at), want) && found++ == 0)
                where = at * 8 + bit;
            text[at + bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
        before = sum_of(l, before, text + at, 8);
    }
    if (!found || (found > 1 && (numbered || where >= 32)))
        return false;
    text[where / 8] ^= (uint8_t)(1U << where % 8);
    memcpy(frame, text, 8);
    memcpy(frame + FRAME_HEAD, text + 8, PAGE);
    return true;
}

/* Whether a frame is of this log but for a bit or two, and no rest of a transaction that failed, on
 * whose place another one was written. */
static bool one_wrong(struct log *l, uint64_t at)
{
    struct walk w;
    struct sum base = { 0 };
    uint64_t i;

    walk_begin(l, &w);
    for (i = 0; i <= at; i++)
        (void)walk_next(l, i, &w, &base);
    return w.linked || one_bit(frame_sum(l, base, w.frame), told_sum(w.frame + FRAME_SUM)) ||
           find_bit(l, base, w.frame);
}

/* How far SQLite would read, and how far the log was committed: at least as far as the mark says.
 * Where there is no mark, what is behind a frame that is wrong has to be worth it. */
static void measure(struct log *l)
{
    const uint64_t known = l->mark.frames;
    struct walk w;
    struct sum base;
    bool on = true; /* linked, from the mark on */
    uint64_t i;

    walk_begin(l, &w);
    l->stop = l->frames;
    l->end = known;
    for (i = 0; i < l->frames; i++) {
        (void)walk_next(l, i, &w, &base);
        if (!w.strict && i < l->stop)
            l->stop = i;
        on = i < known || (w.ours && w.linked && on);
        if (w.ours && w.linked && be32(w.frame + 4) && (on || !known) && i >= known)
            l->end = i + 1;
    }
    if (!l->head_good)
        l->stop = 0;
    else if (known ? l->stop >= known : l->stop < l->end && !one_wrong(l, l->stop))
        l->end = l->stop;
}

/* ---- repair ---- */

static void tell_frame(struct log *l, uint64_t i, const char *what)
{
    l->report->database++;
    store_report_found(l->report, (struct store_finding){ .file = LOG_NAME },
                       "the log: page %llu of %llu is damaged: %s", (unsigned long long)i + 1,
                       (unsigned long long)l->end, what);
}

/* A frame that is damaged, as good as can be; false: it is nothing. */
static bool mend(struct log *l, uint64_t i, const struct walk *w, struct sum base,
                 uint8_t frame[FRAME])
{
    memcpy(frame, w->frame, FRAME);
    if (w->linked || one_bit(frame_sum(l, base, frame), told_sum(frame + FRAME_SUM))) {
        tell_frame(l, i, "not what is in it");
        return true;
    }
    if (find_bit(l, base, frame)) {
        tell_frame(l, i, "one bit, put right");
        return true;
    }
    l->doubt = true;
    tell_frame(l, i, be32(frame) ? "every message is looked at" : "it cannot be used");
    return be32(frame) != 0;
}

static bool write_frame(struct log *l, int fd, struct sum *sum, uint64_t at, uint8_t frame[FRAME])
{
    memcpy(frame + FRAME_SALT, l->head + HEAD_SALT, SALT);
    *sum = frame_sum(l, *sum, frame);
    put_be32(frame + FRAME_SUM, sum->a);
    put_be32(frame + FRAME_SUM + 4, sum->b);
    return pwrite(fd, frame, FRAME, (off_t)(HEAD + at * FRAME)) == FRAME;
}

/* fd < 0: nothing is written. */
static bool write_frames(struct log *l, int fd)
{
    const uint64_t end = l->end < l->frames ? l->end : l->frames;
    struct sum sum = sum_of(l, (struct sum){ 0 }, l->head, HEAD_SUM), base;
    uint8_t frame[FRAME], head[HEAD];
    struct walk w;
    uint64_t i, to = 0;

    memcpy(head, l->head, HEAD);
    put_be32(head + HEAD_SUM, sum.a);
    put_be32(head + HEAD_SUM + 4, sum.b);
    if (fd >= 0 && pwrite(fd, head, HEAD, 0) != HEAD)
        return false;
    walk_begin(l, &w);
    for (i = 0; i < end; i++) {
        const struct walk before = w;
        bool keep = true;

        (void)walk_next(l, i, &w, &base);
        memcpy(frame, w.frame, FRAME);
        if (!w.strict) {
            keep = mend(l, i, &w, base, frame);
            if (!w.linked) /* what its sum should be, for the next one */
                w.found = frame_sum(l, before.told, frame);
        }
        if (keep && fd >= 0 && !write_frame(l, fd, &sum, to++, frame))
            return false;
    }
    return true;
}

static enum err log_fail(const char *what)
{
    return detail_fail(disk_error(errno, ERR_RPC_RESOURCES), "%s the log: %s", what,
                       strerror(errno));
}

/* The old one has another name before the new one has its own. */
static enum err replace(struct log *l, const char *dir)
{
    char *aside = NULL, *kept = NULL;
    enum err e = store_aside_new(dir, &aside);

    if (!e)
        kept = mem_printf("%s/" LOG_NAME, aside);
    if (!e && !kept)
        e = ERR_NO_MEMORY;
    if (!e && linkat(l->dir, LOG_NAME, AT_FDCWD, kept, 0) != 0)
        e = log_fail("keeping");
    if (!e && (renameat(l->dir, NEW_NAME, l->dir, LOG_NAME) != 0 || fsync(l->dir) != 0))
        e = log_fail("replacing");
    mem_free(kept);
    mem_free(aside);
    return e;
}

static enum err repair_log(struct log *l, const char *dir)
{
    int fd = openat(l->dir, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    enum err e = ERR_OK;

    if (fd < 0 || !write_frames(l, fd) || fsync(fd) != 0)
        e = log_fail("writing");
    if (fd >= 0)
        close(fd);
    if (!e)
        e = replace(l, dir);
    l->report->repaired += !e;
    return e;
}

static void tell_missing(struct log *l)
{
    if (l->end <= l->frames)
        return;
    l->doubt = true;
    l->report->database++;
    store_report_found(
        l->report, (struct store_finding){ .file = LOG_NAME },
        "the log ends %llu pages too early: of the messages up to number %llu, those "
        "that were accepted last are lost, and the ends of others",
        (unsigned long long)(l->end - l->frames),
        (unsigned long long)(l->mark.next ? l->mark.next - 1 : 0));
}

static enum err look_at(struct log *l, const char *dir, bool repair)
{
    enum err e = ERR_OK;

    measure(l);
    if (l->stop >= l->end)
        return ERR_OK;
    if (!l->head_good) {
        l->report->database++;
        store_report_found(l->report, (struct store_finding){ .file = LOG_NAME },
                           "the log: its beginning is damaged");
    }
    tell_missing(l);
    if (repair)
        e = repair_log(l, dir);
    else
        (void)write_frames(l, -1); /* tells */
    if (!e && !repair)
        e = detail_fail(ERR_STORE_DAMAGED, "the log is damaged: the rest is looked at once it is "
                                           "repaired");
    return e;
}

/* An empty one has its place in the walk: what the mark knows of it is lost. */
static enum err open_log(struct log *l, const char *dir, bool repair)
{
    struct stat st = { .st_size = 0 };
    uint8_t salt[SALT];

    l->fd =
        openat(l->dir, LOG_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | (repair ? O_CREAT : 0), 0600);
    if (l->fd < 0 && errno != ENOENT)
        return log_fail("opening");
    if (l->fd >= 0)
        (void)fstat(l->fd, &st);
    l->frames = st.st_size > HEAD ? (uint64_t)(st.st_size - HEAD) / FRAME : 0;
    if (l->frames && store_log_salt(l->fd, salt) && memcmp(salt, l->mark.salt, SALT) != 0) {
        uint8_t frame[FRAME]; /* another log, or the salt is damaged */

        if (!read_frame(l, 0, frame) || memcmp(frame + FRAME_SALT, l->mark.salt, SALT) != 0)
            l->mark.frames = 0;
    }
    if (!l->frames && !l->mark.frames)
        return ERR_OK;
    read_head(l);
    if (l->head_good && memcmp(l->head + HEAD_SALT, l->mark.salt, SALT) != 0)
        l->mark.frames = 0;
    return look_at(l, dir, repair);
}

MUST_CHECK enum err store_log_check(const char *dir, bool repair, struct store_report *report,
                                    bool *ret_doubt)
{
    struct log l = { .dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
                     .fd = -1,
                     .report = report };
    enum err e;
    int mark_fd;

    detail_begin("the store's log");
    *ret_doubt = false;
    if (l.dir < 0)
        return detail_fail(ERR_NOT_FOUND, "no store in %s: %s", dir, strerror(errno));
    l.mark = mark_read(l.dir);
    e = open_log(&l, dir, repair);
    if (!e) { /* from here on the database is opened, and the log goes on */
        l.mark.frames = 0;
        mark_fd = store_mark_open(l.dir);
        store_mark_write(mark_fd, &l.mark);
        if (mark_fd >= 0)
            close(mark_fd);
    }
    if (l.fd >= 0)
        close(l.fd);
    close(l.dir);
    *ret_doubt = l.doubt;
    return e;
}
