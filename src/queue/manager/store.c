/* SPDX-License-Identifier: Apache-2.0
 * store.c - a store opened and closed.
 */
#include "queue/manager/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "base/thread.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_disk.h"
#include "queue/manager/store_private.h"

enum {
    EXPRESS_OCTETS = 16 << 20,
    UNFINISHED_OCTETS = 128 << 20,
    RESERVE = SQL_LOG_PAGES * SQL_PAGE + STORE_BATCH_OCTETS, /* what a log may have that is new */
};

static const char *const own_names[] = { NULL, STORE_DEAD_LETTERS, STORE_JOURNAL, STORE_DAMAGED };

enum { OWN_MESSAGES = 1000000, OWN_OCTETS = 1 << 30 };

/* What is in the lock file: that there is a database, and what a process found that cannot find it
 * at once when it begins again. Its block is there before the disk can be full. */
static const char lock_text[] = "a store of countersign-mqd\n", doubt_text[] = "damaged\n";

uint64_t store_now(const struct store *s)
{
    static const uint64_t from_1601_to_1970 = UINT64_C(116444736000000000);
    struct timespec now;

    if (s->config.now)
        return s->config.now(s->config.arg);
    clock_gettime(CLOCK_REALTIME, &now);
    return from_1601_to_1970 + (uint64_t)now.tv_sec * 10000000 + (uint64_t)now.tv_nsec / 100;
}

void store_damage(struct store *s, const char *fmt, ...)
{
    char line[DETAIL_TEXT];
    va_list ap;

    va_start(ap, fmt);
    (void)vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    log_warning("store %s: %s", s->dir, line);
    if (s->config.damage)
        s->config.damage(s->config.arg, line);
}

enum err store_broken(struct store *s, enum err e)
{
    if (e != ERR_STORE_DAMAGED || atomic_exchange(&s->damaged, true))
        return e;
    store_damage(s, "the database is damaged, opening the store again repairs it: %s",
                 detail_get()->text);
    (void)pwrite(s->lock_fd, doubt_text, sizeof doubt_text - 1, sizeof lock_text - 1);
    return e;
}

static enum err os_fail(const char *what, const char *where)
{
    return detail_fail(disk_error(errno, ERR_ACCESS_DENIED), "%s of %s: %s", what, where,
                       strerror(errno));
}

static enum err open_dir(int at, const char *name, int *ret)
{
    if (mkdirat(at, name, 0700) != 0 && errno != EEXIST)
        return os_fail("making", name);
    *ret = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return *ret < 0 ? os_fail("opening", name) : ERR_OK;
}

static enum err open_file(struct store *s, const char *name, int *ret)
{
    *ret = openat(s->dir_fd, name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return *ret < 0 ? os_fail("opening", name) : ERR_OK;
}

static enum err open_files(struct store *s)
{
    enum err e = open_dir(AT_FDCWD, s->dir, &s->dir_fd);

    if (!e)
        e = open_file(s, "lock", &s->lock_fd);
    if (!e && flock(s->lock_fd, LOCK_EX | LOCK_NB) != 0)
        e = detail_fail(ERR_EXISTS, "another process has the store %s", s->dir);
    if (!e)
        e = open_dir(s->dir_fd, "body", &s->body_fd);
    if (!e)
        e = open_file(s, "reserve", &s->reserve_fd);
    return e;
}

/* The queues every store has, where they are not there yet. */
static enum err make_own(struct store *s)
{
    struct store_settings settings = { .messages_max = OWN_MESSAGES, .octets_max = OWN_OCTETS };
    uint32_t number;
    enum err e = ERR_OK;

    for (number = STORE_DEAD_QUEUE; !e && number <= STORE_DAMAGED_QUEUE; number++) {
        struct settings_row row = { .number = number, .settings = settings };

        if (store_queue_at(s, number))
            continue;
        memcpy(row.name, own_names[number], strlen(own_names[number]) + 1);
        e = settings_write(&s->writer, number, row.name, &settings);
        if (!e)
            e = store_queue_add(s, &row);
    }
    s->next_queue = s->next_queue < STORE_FIRST_QUEUE ? STORE_FIRST_QUEUE : s->next_queue;
    return e;
}

/* Their lanes are there from the start, whatever they get. */
static enum err make_own_lanes(struct store *s)
{
    static const uint8_t none[STORE_INTERFACE];
    uint32_t number;
    int p;

    for (number = STORE_DEAD_QUEUE; number <= STORE_DAMAGED_QUEUE; number++) {
        struct queue *q = store_queue_at(s, number);

        for (p = 0; p < STORE_PRIORITIES; p++)
            if (!store_lane(q, 0, none, (uint8_t)p, 0))
                return ERR_NO_MEMORY;
        if (!store_share(s, q, 0))
            return ERR_NO_MEMORY;
    }
    return ERR_OK;
}

static enum err load_queues(struct store *s)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_QUEUES);
    enum err e = ERR_OK;

    while (!e && sql_row(&s->writer, st, &e)) {
        struct settings_row row = { 0 };
        bool bad = false;

        e = settings_read(st, &row, &bad);
        if (!e && bad)
            store_damage(s, "one of the two rows of queue %s is damaged", row.name);
        if (!e && store_queue_at(s, row.number))
            e = detail_fail(ERR_STORE_DAMAGED, "there are two rows of queue %s", row.name);
        if (!e)
            e = store_queue_add(s, &row);
        if (e)
            buf_free(&row.attributes);
        else if (bad)
            s->rewrite = true;
    }
    if (st)
        (void)sqlite3_reset(st);
    return e;
}

/* A lane is known by its interface, which any of its messages has. */
static enum err lane_of_row(struct store *s, struct queue *q, sqlite3_stmt *st, struct lane **ret)
{
    int64_t kind = sqlite3_column_int64(st, 1);
    uint8_t priority = (uint8_t)sql_u64(st, 2);
    struct record r = { 0 };
    bool bad = false;
    enum err e = ERR_OK;

    if (sql_u64(st, 2) >= STORE_PRIORITIES)
        return detail_fail(ERR_STORE_DAMAGED, "priority %llu in an index",
                           (unsigned long long)sql_u64(st, 2));
    if (q->number >= STORE_FIRST_QUEUE && kind)
        e = record_read(&s->reader, sql_u64(st, 3), &r, NULL, &bad);
    if (!e && bad)
        return ERR_OK; /* another row of the lane may tell; this one is set aside when it is taken
                        */
    if (e == ERR_NOT_FOUND ||
        (!e && r.number && (r.queue != q->number || r.kind != kind || r.m.priority != priority)))
        return detail_fail(ERR_STORE_DAMAGED, "message %llu is not what an index says",
                           (unsigned long long)sql_u64(st, 3));
    if (e)
        return e;
    *ret = store_lane(q, kind, r.m.interface, priority, r.who);
    return *ret ? ERR_OK : ERR_NO_MEMORY;
}

static enum err count_row(struct store *s, sqlite3_stmt *st, struct queue **q, struct lane **lane)
{
    uint32_t number = (uint32_t)sql_u64(st, 0);
    struct share *share;

    if (!*q || (*q)->number != number) {
        *q = store_queue_at(s, number);
        *lane = NULL;
    }
    if (!*q)
        return detail_fail(ERR_STORE_DAMAGED, "a message is in queue %u, which is none", number);
    if (!*lane || (*lane)->kind != sqlite3_column_int64(st, 1) ||
        (*lane)->priority != sql_u64(st, 2)) {
        enum err e;

        *lane = NULL;
        e = lane_of_row(s, *q, st, lane);
        if (e)
            return e;
    }
    if (*lane)
        (*lane)->more = true;
    if (*lane && (*lane)->held) {
        (*q)->stats.held++;
        atomic_store(&s->joins, true);
    }
    share = store_share(s, *q, sqlite3_column_int64(st, 4));
    if (!share)
        return ERR_NO_MEMORY;
    store_count(*q, share, sql_u64(st, 5));
    return ERR_OK;
}

/* Counts are nowhere on disk: one index has all they need, a million rows of it in half a second.
 */
static enum err count_messages(struct store *s)
{
    sqlite3_stmt *st = sql_use(&s->writer, SQL_COUNTS);
    struct queue *q = NULL;
    struct lane *lane = NULL;
    enum err e = ERR_OK;

    while (!e && sql_row(&s->writer, st, &e))
        e = count_row(s, st, &q, &lane);
    if (st)
        (void)sqlite3_reset(st);
    return e;
}

static enum err greatest(struct store *s, enum sql_statement which, uint64_t *ret)
{
    sqlite3_stmt *st = sql_use(&s->writer, which);
    enum err e = ERR_OK;

    if (sql_row(&s->writer, st, &e))
        *ret = sql_u64(st, 0) + 1;
    if (st)
        (void)sqlite3_reset(st);
    return e;
}

/* Bodies whose put never was committed. A row that has one is committed before its body's name is
 * forgotten, so nothing accepted is among them. */
static enum err clean_bodies(struct store *s)
{
    int fd = dup(s->body_fd);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    enum err e = ERR_OK;
    struct dirent *d;

    if (!dir) {
        if (fd >= 0)
            close(fd);
        return os_fail("reading", "body");
    }
    rewinddir(dir);
    while (!e && (d = readdir(dir))) {
        uint64_t file = body_number(d->d_name);
        sqlite3_stmt *st = file ? sql_use(&s->writer, SQL_FILE) : NULL;

        if (!st)
            continue;
        sql_bind(st, 1, file);
        if (!sql_row(&s->writer, st, &e) && !e)
            body_remove(s->body_fd, file);
        (void)sqlite3_reset(st);
    }
    closedir(dir);
    return e;
}

static enum err rewrite_queues(struct store *s)
{
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; s->rewrite && i < s->queue_count && !e; i++)
        e = settings_write(&s->writer, s->queues[i]->number, s->queues[i]->name,
                           &s->queues[i]->settings);
    return e;
}

static enum err load_all(struct store *s)
{
    enum err e = load_queues(s);
    uint64_t next = 0, number = 1;

    if (!e)
        e = greatest(s, SQL_LAST_QUEUE, &next);
    if (next > s->next_queue)
        s->next_queue = (uint32_t)next;
    if (!e)
        e = sql_simple(&s->writer, SQL_BEGIN);
    if (!e)
        e = make_own(s);
    if (!e)
        e = rewrite_queues(s);
    if (!e)
        e = sql_simple(&s->writer, SQL_COMMIT);
    if (!e)
        e = make_own_lanes(s);
    if (!e)
        e = count_messages(s);
    if (!e)
        e = greatest(s, SQL_LAST, &number);
    atomic_store(&s->next_number, number);
    if (!e)
        e = store_known_load(s);
    if (!e)
        e = greatest(s, SQL_LAST_FILE, &s->next_file);
    if (!e)
        e = clean_bodies(s);
    return e;
}

bool store_is_there(int dir, int lock, bool *ret_doubt)
{
    struct stat db, mark = { .st_size = 0 };
    bool made = fstat(lock, &mark) == 0 && mark.st_size > 0;
    bool there = fstatat(dir, SQL_FILE_NAME, &db, 0) == 0 && db.st_size >= SQL_PAGE;

    *ret_doubt = there && (size_t)mark.st_size >= sizeof lock_text + sizeof doubt_text - 2;
    return there || !made;
}

/* One that is gone or empty is no new store. */
static enum err check_made(struct store *s)
{
    bool doubt;

    if (!store_is_there(s->dir_fd, s->lock_fd, &doubt))
        store_damage(s, "%s is gone or empty: begun anew, its messages are lost", SQL_FILE_NAME);
    return doubt ? detail_fail(ERR_STORE_DAMAGED, "the database was found damaged while in use")
                 : ERR_OK;
}

/* Once it is there: who is killed before has made nothing. */
static enum err mark_made(struct store *s)
{
    if (pwrite(s->lock_fd, lock_text, sizeof lock_text - 1, 0) < 0)
        return os_fail("writing", "lock");
    return ERR_OK;
}

void store_doubt_end(int lock)
{
    (void)ftruncate(lock, sizeof lock_text - 1); /* where that fails, it is looked at once more */
}

/* Messages that something was joined to may have been express, or damaged. */
static enum err end_undecided(struct store *s)
{
    struct op *op = op_new(OP_UNDECIDED, NULL);

    if (!op)
        return ERR_NO_MEMORY;
    store_submit(s, op);
    return ERR_OK;
}

static void tell_damage(void *arg, const struct store_finding *f)
{
    store_damage(arg, "%s", f->text);
}

static enum err check_log(struct store *s)
{
    struct store_report report = { .found = tell_damage, .arg = s };
    bool doubt = false;
    enum err e = store_log_check(s->dir, true, &report, &doubt);

    return e || !doubt ? e : detail_fail(ERR_STORE_DAMAGED, "the log was damaged");
}

static enum err start_threads(struct store *s)
{
    const size_t n = s->config.told ? STORE_THREADS : 1;

    store_reserve(s);
    while (s->thread_count < n) {
        if (thread_start(store_thread, s, 0, &s->threads[s->thread_count]) != 0)
            return detail_fail(ERR_INTERNAL, "the store's thread could not be started");
        s->thread_count++;
    }
    return ERR_OK;
}

static void end_threads(struct store *s)
{
    pthread_mutex_lock(&s->lock);
    s->stopping = true;
    pthread_cond_broadcast(&s->work);
    pthread_mutex_unlock(&s->lock);
    while (s->thread_count)
        pthread_join(s->threads[--s->thread_count], NULL);
}

static enum err start(struct store *s)
{
    enum err e = check_made(s);

    if (!e)
        e = check_log(s);
    if (!e)
        e = sql_open(s->dir, true, &s->writer);
    if (!e)
        e = mark_made(s);
    if (!e)
        sql_watch_log(&s->writer, &s->log_pages);
    if (!e)
        e = sql_open(s->dir, false, &s->reader);
    if (!e)
        e = load_all(s);
    if (!e && atomic_load(&s->joins))
        e = end_undecided(s);
    return e ? e : start_threads(s);
}

static void apply_defaults(struct store_config *c)
{
    c->express_octets_max = c->express_octets_max ? c->express_octets_max : EXPRESS_OCTETS;
    c->unfinished_max = c->unfinished_max ? c->unfinished_max : UNFINISHED_OCTETS;
    c->reserve = c->reserve ? c->reserve : RESERVE;
}

static enum err init(struct store *s, const struct store_config *config)
{
    pthread_condattr_t clock;
    enum err e;

    s->config = *config;
    apply_defaults(&s->config);
    s->dir_fd = s->body_fd = s->lock_fd = s->reserve_fd = s->mark_fd = s->log_fd = -1;
    s->next_file = s->next_grant = 1;
    atomic_init(&s->next_number, 1);
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_init(&clock);
    pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
    pthread_cond_init(&s->work, &clock);
    pthread_condattr_destroy(&clock);
    s->dir = mem_strdup(config->dir);
    e = s->dir ? store_map_init(&s->items) : ERR_NO_MEMORY;
    if (!e)
        e = store_map_init(&s->shares);
    return e;
}

/* What load_all made. */
static void free_queues(struct store *s)
{
    size_t i;

    for (i = 0; i < s->items.buckets; i++)
        while (s->items.bucket[i])
            item_forget(s, (struct item *)s->items.bucket[i]);
    for (i = 0; i < s->shares.buckets; i++)
        while (s->shares.bucket[i]) {
            struct store_node *n = s->shares.bucket[i];

            s->shares.bucket[i] = n->next;
            mem_free(n); /* the share whose first member it is */
        }
    s->shares.count = 0;
    store_known_done(s);
    while (s->queue_count)
        store_queue_forget(s, s->queues[s->queue_count - 1]);
}

static void free_memory(struct store *s)
{
    free_queues(s);
    mem_free(s->queues);
    store_map_done(&s->items);
    store_map_done(&s->shares);
    store_heap_done(&s->delayed);
    store_heap_done(&s->expiring);
}

/* In the room that was kept for that. */
static enum err start_again(struct store *s)
{
    free_queues(s);
    sql_close(&s->reader);
    sql_close(&s->writer);
    return start(s);
}

/* A damaged store is not a reason to serve nobody: what can be read is served. */
static enum err start_repaired(struct store *s)
{
    struct store_report report = { .found = tell_damage, .arg = s };
    enum err e;

    store_damage(s, "%s: it is repaired now", detail_get()->text);
    detail_begin("store_open");
    free_queues(s);
    sql_close(&s->reader);
    sql_close(&s->writer);
    e = store_check_dir(s->dir, true, &report);
    if (!e)
        store_doubt_end(s->lock_fd);
    if (!e)
        e = start(s);
    return e;
}

MUST_CHECK enum err store_open(const struct store_config *config, struct store **ret)
{
    struct store *s = mem_zero(sizeof *s);
    enum err e;

    if (!s)
        return ERR_NO_MEMORY;
    e = init(s, config);
    if (!e)
        e = open_files(s);
    if (!e)
        e = store_aside_undo(s->dir);
    if (!e)
        e = start(s);
    if (e == ERR_DISK_FULL && ftruncate(s->reserve_fd, 0) == 0)
        e = start_again(s);
    if (e == ERR_STORE_DAMAGED)
        e = start_repaired(s);
    if (e)
        store_close(s);
    else
        *ret = s;
    return e;
}

void store_close(struct store *s)
{
    const int *fd;

    if (!s)
        return;
    if (s->thread_count) {
        end_threads(s);
        s->mark.frames = 0; /* the log is about to go */
        store_mark_write(s->mark_fd, &s->mark);
    }
    free_memory(s);
    sql_close(&s->reader);
    sql_close(&s->writer);
    for (fd = (const int[]){ s->mark_fd, s->log_fd, s->reserve_fd, s->body_fd, s->dir_fd,
                             s->lock_fd, -2 };
         *fd != -2; fd++)
        if (*fd >= 0)
            close(*fd);
    pthread_mutex_destroy(&s->lock);
    pthread_cond_destroy(&s->work);
    mem_free(s->dir);
    mem_free(s);
}
