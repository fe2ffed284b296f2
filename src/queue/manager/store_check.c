/* SPDX-License-Identifier: Apache-2.0
 * store_check.c - every record, every body and the database itself looked at; bad records set
 * aside.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_body.h"
#include "queue/manager/store_private.h"

enum {
    TABLE_MAX = 64,
    PART_RECORDS = 4096,
    PART_OCTETS = 32 << 20,
    CHARGES_SEEN = 256, /* put right by one repair: what is left, a delivery writes anew */
};

struct check {
    struct sql *sql;
    int body_fd;
    bool repair;
    struct store_report *report;
    uint64_t octets; /* of bodies looked at */
    uint64_t before; /* findings that were there, of the log, which is in order again */
};

void store_report_found(struct store_report *r, struct store_finding f, const char *fmt, ...)
{
    char text[DETAIL_TEXT];
    va_list ap;

    if (!r->found)
        return;
    va_start(ap, fmt);
    (void)vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    f.text = text;
    r->found(r->arg, &f);
}

/* What a statement with one number says of it, as text. */
static void text_of(struct sql *sql, enum sql_statement which, uint64_t number, size_t room,
                    char *ret)
{
    sqlite3_stmt *st = sql_use(sql, which);
    enum err e = ERR_OK;

    *ret = '\0';
    if (!st)
        return;
    sql_bind(st, 1, number);
    if (sql_row(sql, st, &e) && sqlite3_column_text(st, 0))
        (void)snprintf(ret, room, "%s", (const char *)sqlite3_column_text(st, 0));
    (void)sqlite3_reset(st);
}

void store_queue_name(struct sql *sql, uint32_t queue, char ret[STORE_NAME_MAX + 1])
{
    text_of(sql, SQL_QUEUE_NAME, queue, STORE_NAME_MAX + 1, ret);
}

/* SQLite tells a tree by its root's page, an index by its name. */
static void table_of(struct sql *sql, const char *text, char ret[TABLE_MAX])
{
    static const char tree[] = "Tree ", index[] = "index ";
    const char *at = strstr(text, index);

    if (strncmp(text, tree, sizeof tree - 1) == 0)
        text_of(sql, SQL_ROOT_NAME, strtoull(text + sizeof tree - 1, NULL, 10), TABLE_MAX, ret);
    else
        (void)snprintf(ret, TABLE_MAX, "%.*s", at ? (int)strcspn(at + sizeof index - 1, " ") : 0,
                       at ? at + sizeof index - 1 : "");
}

static enum err check_database(struct check *c)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_INTEGRITY);
    enum err e = ERR_OK;

    while (sql_row(c->sql, st, &e)) {
        const char *text = (const char *)sqlite3_column_text(st, 0);
        char table[TABLE_MAX] = "";

        if (text && strcmp(text, "ok") == 0)
            continue;
        c->report->database++;
        if (text)
            table_of(c->sql, text, table);
        store_report_found(
            c->report,
            (struct store_finding){ .file = SQL_FILE_NAME, .table = *table ? table : NULL },
            "the database: %s", text ? text : "out of memory");
    }
    return e;
}

static enum err check_queues(struct check *c)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_QUEUES);
    enum err e = ERR_OK;

    while (sql_row(c->sql, st, &e)) {
        struct settings_row row = { 0 };
        bool bad = false;

        if (settings_read(st, &row, &bad) || bad) {
            c->report->database++;
            store_report_found(
                c->report,
                (struct store_finding){
                    .file = SQL_FILE_NAME, .table = "queue", .queue = *row.name ? row.name : NULL },
                "a row of queue %s is damaged", row.name[0] ? row.name : "(unknown)");
        }
        buf_free(&row.attributes);
    }
    return e;
}

/* Each is of one message, and costs that its count. */
static void tell_charge(struct check *c, uint64_t number)
{
    c->report->bad++;
    store_report_found(
        c->report,
        (struct store_finding){ .file = SQL_FILE_NAME, .table = "attempt", .number = number },
        "how often message %llu was delivered does not have its checksum",
        (unsigned long long)number);
}

static enum err forget_charge(struct check *c, uint64_t number)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_UNCHARGE);

    if (!st)
        return sql_fail(c->sql, "a message's attempts");
    sql_bind(st, 1, number);
    c->report->repaired++;
    return sql_run(c->sql, st);
}

static enum err check_charges(struct check *c)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_CHARGES);
    uint64_t bad[CHARGES_SEEN];
    size_t n = 0, i;
    enum err e = ERR_OK;

    while (sql_row(c->sql, st, &e)) {
        if (record_charge_holds(st))
            continue;
        tell_charge(c, sql_u64(st, 0));
        if (n < CHARGES_SEEN)
            bad[n++] = sql_u64(st, 0);
    }
    for (i = 0; i < n && !e && c->repair; i++)
        e = forget_charge(c, bad[i]);
    return e;
}

static enum err check_file(struct check *c, const struct record *r, bool *bad)
{
    struct buf body = { 0 };
    enum err e = body_read(c->body_fd, r->file, r->size, &body);

    *bad = e == ERR_STORE_DAMAGED || (!e && record_hash(buf_view(body)) != r->body_sum);
    buf_free(&body);
    return e == ERR_STORE_DAMAGED ? ERR_OK : e;
}

static enum err set_aside(struct check *c, uint64_t number)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_ASIDE);

    if (!st)
        return sql_fail(c->sql, "a message's row");
    sql_bind(st, 1, number);
    sql_bind(st, 2, STORE_DAMAGED_QUEUE);
    c->report->repaired++;
    return sql_run(c->sql, st);
}

static void tell_record(struct check *c, const struct record *r)
{
    char queue[STORE_NAME_MAX + 1], file[32] = SQL_FILE_NAME, id[2 * STORE_ID + 1];
    size_t i;

    store_queue_name(c->sql, r->queue, queue);
    if (r->file)
        (void)snprintf(file, sizeof file, "body/%016llx", (unsigned long long)r->file);
    for (i = 0; i < STORE_ID; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", r->m.id[i]);
    store_report_found(c->report,
                       (struct store_finding){ .file = file,
                                               .table = r->file ? NULL : "message",
                                               .queue = *queue ? queue : NULL,
                                               .number = r->number,
                                               .id = r->m.id },
                       "message %llu of queue %s, id %s, does not have its checksum",
                       (unsigned long long)r->number, *queue ? queue : "(unknown)", id);
}

static enum err check_record(struct check *c, uint64_t number)
{
    struct record r = { 0 };
    struct buf body = { 0 };
    bool bad = false;
    enum err e = record_read(c->sql, number, &r, &body, &bad);

    buf_free(&body);
    if (e == ERR_NOT_FOUND) /* it went meanwhile */
        return ERR_OK;
    if (!e && !bad && r.file)
        e = check_file(c, &r, &bad);
    if (e)
        return e;
    c->report->records++;
    c->octets += r.size;
    if (!bad || r.queue == STORE_DAMAGED_QUEUE)
        return ERR_OK;
    c->report->bad++;
    tell_record(c, &r);
    return c->repair ? set_aside(c, number) : ERR_OK;
}

static enum err next_row(struct check *c, uint64_t *number)
{
    sqlite3_stmt *st = sql_use(c->sql, SQL_WALK);
    enum err e = ERR_OK;

    if (!st)
        return sql_fail(c->sql, "the messages");
    sql_bind(st, 1, *number);
    if (!sql_row(c->sql, st, &e))
        return e ? e : ERR_NOT_FOUND;
    *number = sql_u64(st, 0);
    (void)sqlite3_reset(st);
    return ERR_OK;
}

/* Those behind *number, at most so many; ERR_NOT_FOUND: there are no more. */
static enum err check_records(struct check *c, uint64_t most, uint64_t *number)
{
    const uint64_t begin = c->octets;
    enum err e = ERR_OK;

    while (!e && most-- && c->octets - begin < PART_OCTETS) {
        e = next_row(c, number);
        if (!e)
            e = check_record(c, *number);
    }
    return e;
}

/* The database first: what it finds decides how bad records are dealt with. */
static enum err check_all(struct check *c)
{
    bool repair = c->repair;
    uint64_t number = 0;
    enum err e;

    if (c->report->progress)
        c->report->progress(c->report->arg, 0);
    e = check_database(c);
    c->repair = repair && c->report->database == c->before;
    if (!e)
        e = check_queues(c);
    if (!e)
        e = check_charges(c);
    while (!e) {
        e = check_records(c, PART_RECORDS, &number);
        if (c->report->progress)
            c->report->progress(c->report->arg, c->report->records);
    }
    c->repair = repair;
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

/* Without it every long message would look damaged. */
static enum err open_body(const char *dir, int *ret)
{
    char *path = mem_printf("%s/body", dir);
    enum err e = ERR_OK;

    if (!path)
        return ERR_NO_MEMORY;
    *ret = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*ret < 0) {
        e = detail_fail(errno == ENOENT ? ERR_NOT_FOUND : ERR_ACCESS_DENIED,
                        "the folder of long bodies, %s: %s", path, strerror(errno));
        detail_remedy("Nothing was checked or changed. Put the folder back, or its rights.");
    }
    mem_free(path);
    return e;
}

static void tell_unreadable(struct store_report *report)
{
    report->database++;
    store_report_found(report, (struct store_finding){ .file = SQL_FILE_NAME }, "the database: %s",
                       detail_get()->text);
}

static enum err verdict(const struct store_report *report)
{
    if (!report->database && !report->bad)
        return ERR_OK;
    return detail_fail(ERR_STORE_DAMAGED, "%llu records and the database in %llu places",
                       (unsigned long long)report->bad, (unsigned long long)report->database);
}

/* A repair that came to no end: what there is is half made. */
static enum err check_begun(const char *dir, bool repair, struct store_report *report)
{
    if (repair)
        return store_aside_undo(dir);
    if (!store_aside_begun(dir))
        return ERR_OK;
    report->database++;
    store_report_found(report, (struct store_finding){ .file = SQL_FILE_NAME },
                       "the database: its repair came to no end: it begins anew with the next");
    return verdict(report);
}

/* A store that was made has a database: without one its messages are gone. */
static bool check_there(const char *dir, struct store_report *report)
{
    char *path = mem_printf("%s/lock", dir);
    int at = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int lock = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    bool doubt, there = at < 0 || lock < 0 || store_is_there(at, lock, &doubt);

    mem_free(path);
    if (at >= 0)
        close(at);
    if (lock >= 0)
        close(lock);
    if (there)
        return true;
    report->database++;
    store_report_found(report, (struct store_finding){ .file = SQL_FILE_NAME },
                       SQL_FILE_NAME " is gone or empty: its messages are lost");
    return false;
}

/* A database that cannot even be opened is one whose findings are 1. */
MUST_CHECK enum err store_check_dir(const char *dir, bool repair, struct store_report *report)
{
    struct sql sql = { 0 };
    struct check c = { .sql = &sql, .body_fd = -1, .repair = repair, .report = report };
    bool doubt;
    enum err e = check_begun(dir, repair, report);

    if (!e)
        e = open_body(dir, &c.body_fd);
    if (e)
        return e;
    if (!check_there(dir, report) && !repair) { /* looking makes no new one */
        close(c.body_fd);
        return verdict(report);
    }
    e = store_log_check(dir, repair, report, &doubt);
    if (e) {
        close(c.body_fd);
        return e;
    }
    c.before = report->database;
    e = sql_open(dir, true, &sql);
    if (!e)
        e = check_all(&c);
    if (e == ERR_STORE_DAMAGED) {
        tell_unreadable(report);
        e = ERR_OK;
    }
    sql_close(&sql);
    close(c.body_fd);
    if (!e && repair && report->database > c.before)
        e = store_salvage(dir, report);
    return e || repair ? e : verdict(report);
}

MUST_CHECK enum err store_check(const char *dir, bool repair, struct store_report *report)
{
    char *path = mem_printf("%s/lock", dir);
    int fd = path ? open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW) : -1;
    enum err e;

    if (!path)
        return ERR_NO_MEMORY;
    if (fd < 0)
        e = detail_fail(ERR_NOT_FOUND, "no store in %s: %s", dir, strerror(errno));
    else if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        e = detail_fail(ERR_EXISTS, "a process has the store %s open", dir);
    else
        e = store_check_dir(dir, repair, report);
    if (!e && repair)
        store_doubt_end(fd);
    if (fd >= 0)
        close(fd);
    mem_free(path);
    return e;
}

MUST_CHECK enum err store_verify_part(struct store *s, uint64_t *at, bool *ret_more,
                                      struct store_report *report)
{
    struct sql sql = { 0 };
    struct check c = { .sql = &sql, .body_fd = s->body_fd, .report = report };
    uint64_t number = *at ? *at - 1 : 0;
    enum err e = sql_open(s->dir, false, &sql);

    if (!e && *at) {
        e = check_records(&c, PART_RECORDS, &number);
    } else if (!e) {
        e = check_database(&c);
        if (!e)
            e = check_queues(&c);
        if (!e)
            e = check_charges(&c);
    }
    if (e == ERR_STORE_DAMAGED) { /* behind it nothing can be read */
        tell_unreadable(report);
        e = ERR_NOT_FOUND;
    }
    sql_close(&sql);
    *at = number + 1;
    *ret_more = !e;
    return e == ERR_NOT_FOUND ? ERR_OK : e;
}

MUST_CHECK enum err store_verify(struct store *s, struct store_report *report)
{
    uint64_t at = 0;
    bool more = true;
    enum err e = ERR_OK;

    while (!e && more)
        e = store_verify_part(s, &at, &more, report);
    return e ? e : verdict(report);
}
