/* SPDX-License-Identifier: Apache-2.0
 * store_record.c - a message as a row of the database, and its checksums.
 */
#include "queue/manager/store_record.h"

#include "base/alloc.h"
#include "base/detail.h"
#include "base/siphash.h"
#include "base/writer.h"

enum { SUMMED_MAX = 600 };

uint64_t record_hash(struct bytes b)
{
    static const uint8_t key[SIPHASH_KEY] = "countersign-mqd"; /* an ordinary checksum's constant */

    return siphash(key, b);
}

int64_t record_kind(const struct store_message *m)
{
    return (int64_t)record_hash(bytes_of(m->interface, STORE_INTERFACE));
}

static uint64_t record_sum(const struct record *r)
{
    uint8_t room[SUMMED_MAX];
    struct writer w = writer_over(room, sizeof room);
    const uint64_t numbers[] = { r->number,    r->queue,         r->origin,    r->due,
                                 r->file,      r->size,          r->put,       r->body_sum,
                                 r->attempts,  r->reason,        r->m.order,   r->m.priority,
                                 r->m.journal, r->m.acknowledge, r->m.created, r->m.reach_by,
                                 r->m.expires, r->hold };
    size_t i;

    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
        writer_le64(&w, numbers[i]);
    writer_bytes(&w, bytes_of(r->m.id, STORE_ID));
    writer_bytes(&w, bytes_of(r->m.interface, STORE_INTERFACE));
    writer_bytes(&w, bytes_of_text(r->sender));
    return record_hash(bytes_of(room, w.len));
}

MUST_CHECK enum err record_of(const struct store_message *m, struct record *ret)
{
    size_t sender = m->sender ? strlen(m->sender) : 0;
    struct record *r = ret;

    if (sender == 0 || sender > STORE_SENDER_MAX)
        return detail_fail(ERR_INVALID_PARAMETER, "a sender's SID of %zu characters", sender);
    if (m->priority >= STORE_PRIORITIES || m->delivery > STORE_RECOVERABLE ||
        m->journal > STORE_JOURNAL_ALWAYS)
        return detail_fail(ERR_INVALID_PARAMETER, "priority %u, delivery %u, journal %u",
                           m->priority, m->delivery, m->journal);
    if (m->body.len > STORE_BODY_MAX)
        return detail_fail(ERR_TOO_LONG, "a message of %zu octets, at most %d", m->body.len,
                           STORE_BODY_MAX);
    *r = (struct record){ .m = *m, .size = m->body.len, .body_sum = record_hash(m->body) };
    memcpy(r->sender, m->sender, sender + 1);
    r->m.sender = r->sender;
    r->m.body = (struct bytes){ 0 };
    r->kind = record_kind(m);
    r->who = (int64_t)record_hash(bytes_of(m->sender, sender));
    return ERR_OK;
}

uint64_t record_due(const struct record *r, bool transit)
{
    uint64_t reach = transit ? r->m.reach_by : 0, expires = r->m.expires;

    return reach && (!expires || reach < expires) ? reach : expires;
}

static void bind_octets(sqlite3_stmt *st, int place, struct bytes b)
{
    if (b.len)
        (void)sqlite3_bind_blob64(st, place, b.ptr, b.len, SQLITE_STATIC);
    else
        (void)sqlite3_bind_zeroblob(st, place, 0);
}

MUST_CHECK enum err record_insert(struct sql *sql, const struct record *r, struct bytes body)
{
    sqlite3_stmt *st = sql_use(sql, SQL_INSERT);
    const uint64_t numbers[] = {
        [COL_SEQ] = r->number,
        [COL_QUEUE] = r->queue,
        [COL_KIND] = (uint64_t)r->kind,
        [COL_PRIORITY] = r->m.priority,
        [COL_WHO] = (uint64_t)r->who,
        [COL_SIZE] = r->size,
        [COL_DUE] = r->due,
        [COL_REASON] = r->reason,
        [COL_ATTEMPTS] = r->attempts,
        [COL_ORIGIN] = r->origin,
        [COL_PUT] = r->put,
        [COL_JOURNAL] = r->m.journal,
        [COL_ACKNOWLEDGE] = r->m.acknowledge,
        [COL_CREATED] = r->m.created,
        [COL_REACH_BY] = r->m.reach_by,
        [COL_EXPIRES] = r->m.expires,
        [COL_ORDER] = r->m.order,
        [COL_HOLD] = r->hold,
    };
    int i;

    if (!st)
        return sql_fail(sql, "a message's row");
    for (i = 0; i <= COL_HOLD; i++)
        sql_bind(st, i + 1, numbers[i]);
    bind_octets(st, COL_ID + 1, bytes_of(r->m.id, STORE_ID));
    bind_octets(st, COL_INTERFACE + 1, bytes_of(r->m.interface, STORE_INTERFACE));
    (void)sqlite3_bind_text(st, COL_SENDER + 1, r->sender, -1, SQLITE_STATIC);
    sql_bind(st, COL_FILE + 1, r->file);
    sql_bind(st, COL_BODY_SUM + 1, r->body_sum);
    sql_bind(st, COL_SUM + 1, record_sum(r));
    bind_octets(st, COL_BODY + 1, r->file ? (struct bytes){ 0 } : body);
    return sql_run(sql, st);
}

/* A copy of exactly len octets; false where the column is not of that size. */
static bool take_octets(sqlite3_stmt *st, int column, void *to, size_t len)
{
    const void *from = sqlite3_column_blob(st, column);

    if (sqlite3_column_bytes(st, column) != (int)len || (len && !from))
        return false;
    memcpy(to, from, len);
    return true;
}

static bool take_sender(sqlite3_stmt *st, struct record *r)
{
    const void *from = sqlite3_column_text(st, COL_SENDER);
    size_t len = (size_t)sqlite3_column_bytes(st, COL_SENDER);

    if (!from || len == 0 || len > STORE_SENDER_MAX)
        return false;
    memcpy(r->sender, from, len);
    r->m.sender = r->sender;
    return strlen(r->sender) == len;
}

static bool take_columns(sqlite3_stmt *st, struct record *r)
{
    bool good = true;

    r->number = sql_u64(st, COL_SEQ);
    r->queue = (uint32_t)sql_u64(st, COL_QUEUE);
    r->kind = sqlite3_column_int64(st, COL_KIND);
    r->who = sqlite3_column_int64(st, COL_WHO);
    r->size = sql_u64(st, COL_SIZE);
    r->due = sql_u64(st, COL_DUE);
    r->reason = (uint32_t)sql_u64(st, COL_REASON);
    r->attempts = (uint32_t)sql_u64(st, COL_ATTEMPTS);
    r->origin = (uint32_t)sql_u64(st, COL_ORIGIN);
    r->put = sql_u64(st, COL_PUT);
    r->file = sql_u64(st, COL_FILE);
    r->body_sum = sql_u64(st, COL_BODY_SUM);
    r->m.order = sql_u64(st, COL_ORDER);
    r->hold = sql_u64(st, COL_HOLD);
    r->m.priority = (uint8_t)sql_u64(st, COL_PRIORITY);
    r->m.delivery = STORE_RECOVERABLE;
    r->m.journal = (uint8_t)sql_u64(st, COL_JOURNAL);
    r->m.acknowledge = (uint32_t)sql_u64(st, COL_ACKNOWLEDGE);
    r->m.created = sql_u64(st, COL_CREATED);
    r->m.reach_by = sql_u64(st, COL_REACH_BY);
    r->m.expires = sql_u64(st, COL_EXPIRES);
    good &= take_octets(st, COL_ID, r->m.id, STORE_ID);
    good &= take_octets(st, COL_INTERFACE, r->m.interface, STORE_INTERFACE);
    good &= take_sender(st, r);
    r->m.sender = r->sender;
    return good;
}

/* The sum is over the columns' values as they were read: what does not fit its type differs. */
static bool sums_hold(sqlite3_stmt *st, const struct record *r)
{
    return r->m.priority < STORE_PRIORITIES && sql_u64(st, COL_PRIORITY) < STORE_PRIORITIES &&
           r->m.journal <= STORE_JOURNAL_ALWAYS &&
           (r->kind == 0 || (r->kind == record_kind(&r->m) && r->hold == 0)) &&
           r->who == (int64_t)record_hash(bytes_of_text(r->sender)) &&
           sql_u64(st, COL_SUM) == record_sum(r);
}

/* Of a number, deliveries begun and a time, wherever they stand. */
static uint64_t charge_sum(uint64_t number, uint64_t count, uint64_t not_before)
{
    uint8_t room[3 * sizeof(uint64_t)];
    struct writer w = writer_over(room, sizeof room);

    writer_le64(&w, number);
    writer_le64(&w, count);
    writer_le64(&w, not_before);
    return record_hash(bytes_of(room, w.len));
}

MUST_CHECK enum err record_charge(struct sql *sql, uint64_t number, uint64_t count,
                                  uint64_t not_before)
{
    sqlite3_stmt *st = sql_use(sql, SQL_CHARGE);

    if (!st)
        return sql_fail(sql, "a message's attempts");
    sql_bind(st, 1, number);
    sql_bind(st, 2, count);
    sql_bind(st, 3, not_before);
    sql_bind(st, 4, charge_sum(number, count, not_before));
    return sql_run(sql, st);
}

bool record_charge_holds(sqlite3_stmt *st)
{
    return sql_u64(st, 3) == charge_sum(sql_u64(st, 0), sql_u64(st, 1), sql_u64(st, 2)) &&
           sql_u64(st, 1) <= UINT32_MAX;
}

static void take_charge(sqlite3_stmt *st, struct record *r)
{
    const uint64_t count = sql_u64(st, COL_COUNT), not_before = sql_u64(st, COL_NOT_BEFORE);

    if (sqlite3_column_type(st, COL_COUNT) == SQLITE_NULL &&
        sqlite3_column_type(st, COL_CHARGE_SUM) == SQLITE_NULL)
        return; /* never begun */
    r->miscounted = count > UINT32_MAX ||
                    sql_u64(st, COL_CHARGE_SUM) != charge_sum(r->number, count, not_before);
    if (r->miscounted)
        return;
    r->attempts = (uint32_t)count;
    r->not_before = not_before;
}

static enum err take_body(sqlite3_stmt *st, const struct record *r, struct buf *ret, bool *good)
{
    const void *blob = sqlite3_column_blob(st, COL_BODY);
    struct bytes body = { blob, (size_t)sqlite3_column_bytes(st, COL_BODY) };

    *good = *good && body.len == r->size && record_hash(body) == r->body_sum;
    return buf_copy(body, ret);
}

MUST_CHECK enum err record_read(struct sql *sql, uint64_t number, struct record *ret,
                                struct buf *ret_body, bool *ret_bad)
{
    sqlite3_stmt *st = sql_use(sql, SQL_ROW);
    struct record r = { 0 };
    struct buf body = { 0 };
    enum err e = ERR_OK;
    bool good;

    if (!st)
        return sql_fail(sql, "a message's row");
    sql_bind(st, 1, number);
    if (!sql_row(sql, st, &e))
        return e ? e : ERR_NOT_FOUND;
    good = take_columns(st, &r);
    good = good && sums_hold(st, &r);
    take_charge(st, &r);
    if (ret_body && !r.file)
        e = take_body(st, &r, &body, &good);
    (void)sqlite3_reset(st);
    if (e)
        return e;
    *ret = r;
    ret->m.sender = ret->sender;
    if (ret_body)
        *ret_body = body;
    *ret_bad = !good;
    return ERR_OK;
}

MUST_CHECK enum err record_renumber(struct sql *sql, uint64_t old, const struct record *r)
{
    sqlite3_stmt *st = sql_use(sql, SQL_REQUEUE);
    const uint64_t numbers[] = { old,       r->number, r->queue,
                                 r->due,    r->reason, r->attempts,
                                 r->origin, r->put,    (uint64_t)r->kind,
                                 r->hold };
    size_t i;

    if (!st)
        return sql_fail(sql, "a message's row");
    for (i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sql_bind(st, (int)i + 1, numbers[i]);
    sql_bind(st, (int)i + 1, record_sum(r));
    return sql_run(sql, st);
}

void record_entry(const struct record *r, struct buf body, struct store_entry *ret)
{
    *ret = (struct store_entry){ .m = r->m,
                                 .number = r->number,
                                 .put = r->put,
                                 .attempts = r->attempts,
                                 .reason = r->reason,
                                 .held = r->hold != 0,
                                 .body = body };
    memcpy(ret->sender, r->sender, sizeof ret->sender);
    ret->m.sender = ret->sender;
    ret->m.body = buf_view(body);
}

void store_entry_done(struct store_entry *e)
{
    buf_free(&e->body);
    e->m.body = (struct bytes){ 0 };
}
