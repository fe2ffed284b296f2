/* SPDX-License-Identifier: Apache-2.0
 * store_salvage.c - a database made again from what can be read of a damaged one.
 *
 * The old files go to a folder of their own and stay there. Rows are walked in order of number;
 * where a page cannot be read, its rows are, one number after the other, looked for and missed, and
 * where that goes on for long the walk leaps. The first page, without which SQLite reads nothing,
 * is the same in every store but for its counters: where it is damaged a new store's takes its
 * place in a copy.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "base/log.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_disk.h"
#include "queue/manager/store_private.h"

enum {
    HEADER_VALID = 92,    /* not the change counter's value: the size is the file's */
    HEADER_FREE = 32,     /* list and count of free pages, which only a writer needs */
    MISSED_MAX = 1 << 16, /* numbers looked for one by one behind a page that cannot be read, */
    BLIND_MAX = 2048,     /* where the last number cannot be read either */
};

struct salvage {
    struct sql from, to;
    struct store_report *report;
    uint64_t kept, lost;
};

static enum err os_fail(const char *what, const char *path)
{
    return detail_fail(disk_error(errno, ERR_RPC_RESOURCES), "%s %s: %s", what, path,
                       strerror(errno));
}

static enum err write_at(int out, const uint8_t *octets, size_t n, off_t at, const char *to)
{
    ssize_t done;

    for (; n; octets += done, n -= (size_t)done, at += done) {
        done = pwrite(out, octets, n, at);
        if (done < 0 && errno == EINTR)
            done = 0;
        if (done < 0)
            return os_fail("copying to", to);
    }
    return ERR_OK;
}

/* What the medium does not give is zeroes in the copy, page by page. */
static enum err copy_octets(int in, int out, const char *from, const char *to)
{
    static const size_t most = 1 << 18;
    uint8_t *chunk = mem_alloc(most);
    enum err e = chunk ? ERR_OK : ERR_NO_MEMORY;
    size_t step = most;
    struct stat st;
    off_t at = 0;
    ssize_t n = 1;

    if (!e && fstat(in, &st) != 0)
        e = os_fail("asking for", from);
    while (!e && n != 0 && at < st.st_size) { /* a medium that is gone says nothing of an end */
        n = pread(in, chunk, step, at);
        if (n < 0 && errno == EIO && step == SQL_PAGE) {
            memset(chunk, 0, step);
            n = (ssize_t)step;
        }
        if (n > 0) {
            e = write_at(out, chunk, (size_t)n, at, to);
            at += n;
        } else if (n < 0 && errno == EIO) {
            step = SQL_PAGE;
        } else if (n < 0 && errno != EINTR) {
            e = os_fail("reading", from);
        }
    }
    mem_free(chunk);
    return e;
}

static enum err copy_file(const char *from, const char *to)
{
    int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;
    enum err e = ERR_OK;

    if (in < 0)
        return errno == ENOENT ? ERR_NOT_FOUND : os_fail("opening", from);
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    e = out < 0 ? os_fail("making", to) : copy_octets(in, out, from, to);
    close(in);
    if (out >= 0)
        close(out);
    return e;
}

/* A copy of the old files in the folder read/, with a first page that can be read. */
static enum err copy_aside(const char *aside, char **ret)
{
    char *dir = mem_printf("%s/read", aside);
    static const char *const names[] = { SQL_FILE_NAME, SQL_FILE_NAME "-wal" };
    enum err e = dir ? ERR_OK : ERR_NO_MEMORY;
    size_t i;

    if (!e && mkdir(dir, 0700) != 0)
        e = os_fail("making", dir);
    for (i = 0; !e && i < 2; i++) {
        char *from = mem_printf("%s/%s", aside, names[i]), *to = mem_printf("%s/%s", dir, names[i]);

        e = from && to ? copy_file(from, to) : ERR_NO_MEMORY;
        if (e == ERR_NOT_FOUND)
            e = ERR_OK;
        mem_free(from);
        mem_free(to);
    }
    if (e)
        mem_free(dir);
    else
        *ret = dir;
    return e;
}

/* From the new database, which has just been made. */
static enum err replace_first_page(const char *dir, const char *copy)
{
    char *good = mem_printf("%s/" SQL_FILE_NAME, dir), *bad = mem_printf("%s/" SQL_FILE_NAME, copy);
    static const uint8_t zero[8], other[4] = { 0xff, 0xff, 0xff, 0xfe };
    uint8_t page[SQL_PAGE];
    int in = good ? open(good, O_RDONLY | O_CLOEXEC) : -1;
    int out = bad ? open(bad, O_WRONLY | O_CLOEXEC) : -1;
    enum err e = ERR_OK;

    if (in < 0 || out < 0 || pread(in, page, sizeof page, 0) != (ssize_t)sizeof page)
        e = detail_fail(ERR_STORE_DAMAGED, "the first page of a new store cannot be read");
    memcpy(page + HEADER_FREE, zero, sizeof zero);
    memcpy(page + HEADER_VALID, other, sizeof other);
    if (!e && pwrite(out, page, sizeof page, 0) != (ssize_t)sizeof page)
        e = os_fail("writing", bad);
    if (in >= 0)
        close(in);
    if (out >= 0)
        close(out);
    mem_free(good);
    mem_free(bad);
    return e;
}

static bool readable(struct sql *sql)
{
    sqlite3_stmt *st = sql_use(sql, SQL_WALK);
    enum err e = ERR_OK;

    if (!st || !sql_use(sql, SQL_ROW) || !sql_use(sql, SQL_QUEUES))
        return false;
    sql_bind(st, 1, 0);
    (void)sql_row(sql, st, &e); /* an unreadable first row is the walk's matter */
    (void)sqlite3_reset(st);
    return true;
}

static enum err open_copy(const char *dir, const char *copy, struct sql *ret)
{
    enum err e = sql_open(copy, true, ret);

    if (!e && readable(ret))
        return ERR_OK;
    sql_close(ret);
    e = replace_first_page(dir, copy);
    if (!e)
        e = sql_open(copy, true, ret);
    return e;
}

static enum err keep_queues(struct salvage *v)
{
    sqlite3_stmt *st = sql_use(&v->from, SQL_QUEUES);
    enum err e = ERR_OK, read = ERR_OK;

    while (!e && sql_row(&v->from, st, &read)) {
        struct settings_row row = { 0 };
        bool bad = false;

        if (settings_read(st, &row, &bad))
            continue;
        e = settings_write(&v->to, row.number, row.name, &row.settings);
        buf_free(&row.attributes);
    }
    return e;
}

/* Of a queue nobody knows any more the messages are kept where a person finds them. */
static bool queue_known(struct salvage *v, uint32_t number)
{
    sqlite3_stmt *st = sql_use(&v->to, SQL_QUEUE_NAME);
    enum err e = ERR_OK;
    bool known;

    if (!st)
        return false;
    sql_bind(st, 1, number);
    known = sql_row(&v->to, st, &e);
    (void)sqlite3_reset(st);
    return known || number < STORE_FIRST_QUEUE;
}

static enum err keep_damaged(struct salvage *v, const struct record *r)
{
    sqlite3_stmt *st = sql_use(&v->to, SQL_ASIDE);
    char queue[STORE_NAME_MAX + 1];

    v->report->bad++;
    store_queue_name(&v->to, r->queue, queue);
    store_report_found(v->report,
                       (struct store_finding){ .file = SQL_FILE_NAME,
                                               .table = "message",
                                               .queue = *queue ? queue : NULL,
                                               .number = r->number,
                                               .id = r->m.id },
                       "message %llu of queue %s is damaged: set aside in " STORE_DAMAGED,
                       (unsigned long long)r->number, *queue ? queue : "(unknown)");
    if (!st)
        return sql_fail(&v->to, "a message's row");
    sql_bind(st, 1, r->number);
    sql_bind(st, 2, STORE_DAMAGED_QUEUE);
    return sql_run(&v->to, st);
}

/* One row as it stands, its sums too. ERR_STORE_DAMAGED: it cannot be read. */
static enum err keep(struct salvage *v, uint64_t number)
{
    struct record r = { 0 };
    struct buf body = { 0 };
    bool bad = false;
    enum err e = record_read(&v->from, number, &r, &body, &bad);

    if (e)
        return e;
    e = record_insert(&v->to, &r, buf_view(body));
    if (!e && (bad || !queue_known(v, r.queue)))
        e = keep_damaged(v, &r);
    else if (!e && r.not_before)
        e = record_charge(&v->to, r.number, r.attempts, r.not_before);
    buf_free(&body);
    v->kept += !e;
    return e == ERR_STORE_DAMAGED
               ? detail_fail(ERR_INTERNAL, "the new database: %s", detail_get()->text)
               : e;
}

static uint64_t last_number(struct salvage *v, uint64_t at)
{
    sqlite3_stmt *st = sql_use(&v->from, SQL_LAST);
    enum err e = ERR_OK;
    uint64_t last = 0;

    if (st && sql_row(&v->from, st, &e))
        last = sql_u64(st, 0);
    if (st)
        (void)sqlite3_reset(st);
    if (last <= at)
        return at + BLIND_MAX;
    return last - at < MISSED_MAX ? last : at + MISSED_MAX;
}

/* The first row behind at. ERR_NOT_FOUND: there is none. ERR_STORE_DAMAGED: it is not told, or not
 * in its order. */
static enum err walk(struct salvage *v, uint64_t at, uint64_t *ret)
{
    sqlite3_stmt *st = sql_use(&v->from, SQL_WALK);
    enum err e = ERR_OK;

    if (!st)
        return sql_fail(&v->from, "the messages");
    sql_bind(st, 1, at);
    if (!sql_row(&v->from, st, &e))
        return e ? e : ERR_NOT_FOUND;
    *ret = sql_u64(st, 0);
    (void)sqlite3_reset(st);
    return *ret > at ? ERR_OK : ERR_STORE_DAMAGED;
}

/* From where on, behind at, a walk can begin: in steps that grow, then back by halves. */
static enum err leap(struct salvage *v, uint64_t *at)
{
    uint64_t bad = *at, good = bad, step, next;
    enum err e = ERR_STORE_DAMAGED, nearer;

    for (step = 1; e == ERR_STORE_DAMAGED && step <= INT64_MAX - good; step *= 2) {
        bad = good;
        good = bad + step;
        e = walk(v, good, &next);
        detail_begin("store_check");
    }
    while (!e && good - bad > 1) {
        const uint64_t middle = bad + (good - bad) / 2;

        nearer = walk(v, middle, &next);
        detail_begin("store_check");
        if (nearer == ERR_STORE_DAMAGED)
            bad = middle;
        else if (nearer)
            return nearer;
        else
            good = middle;
    }
    *at = good;
    return e == ERR_STORE_DAMAGED ? ERR_NOT_FOUND : e;
}

/* Behind at the walk has failed: the next number that can be read, or from where on. */
static enum err skip(struct salvage *v, uint64_t *at)
{
    uint64_t last = last_number(v, *at), number;
    enum err e;

    for (number = *at + 1; number <= last; number++) {
        e = keep(v, number);
        if (!e || (e != ERR_STORE_DAMAGED && e != ERR_NOT_FOUND)) {
            *at = number;
            return e;
        }
        v->lost += e == ERR_STORE_DAMAGED;
        detail_begin("store_check");
    }
    *at = last;
    return leap(v, at);
}

static enum err keep_records(struct salvage *v)
{
    uint64_t at = 0, next;
    enum err e = ERR_OK;

    while (!e) {
        next = at;
        e = walk(v, at, &next);
        if (!e)
            e = keep(v, next);
        if (!e)
            at = next;
        else if (e == ERR_STORE_DAMAGED ||
                 (e == ERR_NOT_FOUND && next > at)) /* told of, not found */
            e = skip(v, &at);
    }
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

static bool kept(struct salvage *v, uint64_t number)
{
    sqlite3_stmt *st = sql_use(&v->to, SQL_HAS);
    enum err e = ERR_OK;
    bool has;

    if (!st)
        return false;
    sql_bind(st, 1, number);
    has = sql_row(&v->to, st, &e);
    (void)sqlite3_reset(st);
    return has;
}

/* What an index knows of, and no page that can be read: as far as the index itself can be. */
static void name_lost(struct salvage *v)
{
    sqlite3_stmt *st = sql_use(&v->from, SQL_COUNTS);
    char queue[STORE_NAME_MAX + 1];
    enum err e = ERR_OK;
    uint64_t named = 0;

    while (st && sql_row(&v->from, st, &e)) {
        const uint64_t number = sql_u64(st, 3);

        if (kept(v, number))
            continue;
        store_queue_name(&v->to, (uint32_t)sql_u64(st, 0), queue);
        store_report_found(v->report,
                           (struct store_finding){ .file = SQL_FILE_NAME,
                                                   .table = "message",
                                                   .queue = *queue ? queue : NULL,
                                                   .number = number },
                           "message %llu of queue %s, %llu octets, is lost",
                           (unsigned long long)number, *queue ? queue : "(unknown)",
                           (unsigned long long)sql_u64(st, 5));
        named++;
    }
    if (st)
        (void)sqlite3_reset(st);
    v->lost = named > v->lost ? named : v->lost;
}

static enum err keep_all(struct salvage *v)
{
    enum err e = sql_simple(&v->to, SQL_BEGIN);

    if (!e)
        e = keep_queues(v);
    if (!e)
        e = keep_records(v);
    if (!e)
        name_lost(v);
    return e ? e : sql_simple(&v->to, SQL_COMMIT);
}

/* Bodies whose rows are lost would be taken for those of puts that never were accepted. */
static enum err keep_bodies(struct salvage *v, const char *dir, const char *aside)
{
    char *path = mem_printf("%s/body", dir);
    DIR *bodies = path ? opendir(path) : NULL;
    enum err e = path ? ERR_OK : ERR_NO_MEMORY;
    struct dirent *d;

    while (!e && bodies && (d = readdir(bodies))) {
        uint64_t file = body_number(d->d_name);
        sqlite3_stmt *st = file ? sql_use(&v->to, SQL_FILE) : NULL;

        if (!st)
            continue;
        sql_bind(st, 1, file);
        if (!sql_row(&v->to, st, &e) && !e)
            e = store_aside_move(path, aside, d->d_name);
        (void)sqlite3_reset(st);
    }
    if (bodies)
        closedir(bodies);
    mem_free(path);
    return e;
}

/* What it failed of is what is told. */
static void give_up(const char *dir)
{
    struct detail before = *detail_get();

    if (store_aside_undo(dir))
        log_warning("store %s: its old files could not be put back: %s", dir, detail_get()->text);
    *detail_get() = before;
}

MUST_CHECK enum err store_salvage(const char *dir, struct store_report *report)
{
    struct salvage v = { .report = report };
    char *aside = NULL, *copy = NULL;
    enum err e = store_aside_begin(dir, &aside);

    if (!e)
        e = copy_aside(aside, &copy);
    if (!e)
        e = sql_open(dir, true, &v.to);
    if (!e)
        e = sql_exec(&v.to, "PRAGMA wal_checkpoint(TRUNCATE)");
    if (!e)
        e = open_copy(dir, copy, &v.from);
    if (!e)
        e = keep_all(&v);
    else if (e == ERR_STORE_DAMAGED && v.to.db) {
        store_report_found(report, (struct store_finding){ .file = SQL_FILE_NAME },
                           "nothing of the database can be read: %s", detail_get()->text);
        e = ERR_OK; /* a new one then; the old files are there for a person */
    }
    if (!e)
        e = keep_bodies(&v, dir, aside);
    sql_close(&v.from);
    sql_close(&v.to);
    if (copy) { /* it has been read and is no evidence */
        store_aside_remove(copy);
        (void)rmdir(copy);
    }
    if (!e)
        e = store_aside_end(dir);
    else
        give_up(dir);
    if (!e) {
        report->bad += v.lost;
        report->repaired++;
        store_report_found(report, (struct store_finding){ .file = SQL_FILE_NAME },
                           "the database was made again with %llu messages, %llu could not "
                           "be read; the old files are in %s",
                           (unsigned long long)v.kept, (unsigned long long)v.lost, aside);
    }
    mem_free(aside);
    mem_free(copy);
    return e;
}
