/* SPDX-License-Identifier: Apache-2.0
 * store_settings.c - what a queue is, as a row in each of two tables: one bad page costs no queue.
 */
#include "base/alloc.h"
#include "base/detail.h"
#include "base/writer.h"
#include "queue/manager/store_record.h"

enum { COL_NUMBER, COL_NAME, COL_FIRST, COL_ATTRIBUTES = 12, COL_SETTINGS_SUM, SETTINGS_COLUMNS };

enum { SETTINGS = COL_ATTRIBUTES - COL_FIRST, SUMMED_MAX = 512 };

const struct store_settings store_queue_defaults = {
    .messages_max = 10000000,
    .octets_max = UINT64_C(16) << 30,
    .sender_messages_max = 10000000,
    .sender_octets_max = UINT64_C(16) << 30,
    .attempts_max = 5,
    .backoff_first_ms = 1000,
    .backoff_max_ms = 300000,
};

static void to_numbers(const struct store_settings *s, uint64_t n[SETTINGS])
{
    const uint64_t all[SETTINGS] = {
        s->strict,           s->temporary,           s->transit,           s->messages_max,
        s->octets_max,       s->sender_messages_max, s->sender_octets_max, s->attempts_max,
        s->backoff_first_ms, s->backoff_max_ms
    };

    memcpy(n, all, sizeof all);
}

static uint64_t settings_sum(uint32_t number, const char *name, const uint64_t n[SETTINGS],
                             struct bytes attributes)
{
    uint8_t room[SUMMED_MAX];
    struct writer w = writer_over(room, sizeof room);
    size_t i;

    writer_le32(&w, number);
    for (i = 0; i < SETTINGS; i++)
        writer_le64(&w, n[i]);
    writer_le64(&w, record_hash(attributes));
    writer_bytes(&w, bytes_of_text(name));
    return record_hash(bytes_of(room, w.len));
}

static enum err write_one(struct sql *sql, enum sql_statement which, uint32_t number,
                          const char *name, const struct store_settings *settings)
{
    sqlite3_stmt *st = sql_use(sql, which);
    uint64_t n[SETTINGS];
    int i;

    if (!st)
        return sql_fail(sql, "a queue's row");
    to_numbers(settings, n);
    sql_bind(st, COL_NUMBER + 1, number);
    (void)sqlite3_bind_text(st, COL_NAME + 1, name, -1, SQLITE_STATIC);
    for (i = 0; i < SETTINGS; i++)
        sql_bind(st, COL_FIRST + i + 1, n[i]);
    (void)sqlite3_bind_blob64(st, COL_ATTRIBUTES + 1,
                              settings->attributes.len ? (const void *)settings->attributes.ptr
                                                       : "",
                              settings->attributes.len, SQLITE_STATIC);
    sql_bind(st, COL_SETTINGS_SUM + 1, settings_sum(number, name, n, settings->attributes));
    return sql_run(sql, st);
}

MUST_CHECK enum err settings_write(struct sql *sql, uint32_t number, const char *name,
                                   const struct store_settings *settings)
{
    enum err e = write_one(sql, SQL_QUEUE_PUT, number, name, settings);

    return e ? e : write_one(sql, SQL_QUEUE_COPY, number, name, settings);
}

MUST_CHECK enum err settings_drop(struct sql *sql, uint32_t number)
{
    static const enum sql_statement both[] = { SQL_QUEUE_DROP, SQL_QUEUE_DROP_COPY };
    enum err e = ERR_OK;
    size_t i;

    for (i = 0; i < 2 && !e; i++) {
        sqlite3_stmt *st = sql_use(sql, both[i]);

        if (st)
            sql_bind(st, 1, number);
        e = sql_run(sql, st);
    }
    return e;
}

/* The copy that begins at column from; false: its sum is wrong. */
static bool read_one(sqlite3_stmt *st, int from, struct settings_row *r, struct bytes *attributes)
{
    const char *name = (const char *)sqlite3_column_text(st, from + COL_NAME);
    struct store_settings *s = &r->settings;
    uint64_t n[SETTINGS];
    int i;

    if (!name || strlen(name) > STORE_NAME_MAX)
        return false;
    for (i = 0; i < SETTINGS; i++)
        n[i] = sql_u64(st, from + COL_FIRST + i);
    attributes->ptr = sqlite3_column_blob(st, from + COL_ATTRIBUTES);
    attributes->len = (size_t)sqlite3_column_bytes(st, from + COL_ATTRIBUTES);
    r->number = (uint32_t)sql_u64(st, from + COL_NUMBER);
    if (sql_u64(st, from + COL_SETTINGS_SUM) != settings_sum(r->number, name, n, *attributes))
        return false;
    memcpy(r->name, name, strlen(name) + 1);
    *s = (struct store_settings){ .strict = n[0],
                                  .temporary = n[1],
                                  .transit = n[2],
                                  .messages_max = n[3],
                                  .octets_max = n[4],
                                  .sender_messages_max = n[5],
                                  .sender_octets_max = n[6],
                                  .attempts_max = (uint32_t)n[7],
                                  .backoff_first_ms = (uint32_t)n[8],
                                  .backoff_max_ms = (uint32_t)n[9] };
    return true;
}

MUST_CHECK enum err settings_read(sqlite3_stmt *st, struct settings_row *ret, bool *ret_bad)
{
    struct settings_row r = { 0 };
    struct bytes attributes = { 0 };
    enum err e;

    *ret_bad = false;
    if (!read_one(st, 0, &r, &attributes)) {
        *ret_bad = true;
        if (!read_one(st, SETTINGS_COLUMNS, &r, &attributes))
            return detail_fail(ERR_STORE_DAMAGED, "both rows of queue %llu are damaged",
                               (unsigned long long)sql_u64(st, COL_NUMBER));
    } else {
        struct settings_row other = { 0 };
        struct bytes ignored = { 0 };

        *ret_bad = !read_one(st, SETTINGS_COLUMNS, &other, &ignored);
    }
    e = buf_copy(attributes, &r.attributes);
    if (e)
        return e;
    r.settings.attributes = buf_view(r.attributes);
    *ret = r;
    ret->settings.attributes = buf_view(ret->attributes);
    return ERR_OK;
}
