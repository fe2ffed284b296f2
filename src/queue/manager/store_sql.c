/* SPDX-License-Identifier: Apache-2.0
 * store_sql.c - a connection to the store's database and its prepared statements.
 *
 * One row is one message with all that is known of it, so that damage of a page costs what is in
 * that page. The order of a lane comes from an index that also has what is counted at the start.
 */
#include "queue/manager/store_sql.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/detail.h"
#include "queue/manager/store_disk.h"

/* The version is there twice, so that a newer one and a damaged one are two things. */
enum {
    VERSION = 1,
    APPLICATION = 1129532753,
    CACHE_KIB = 4096,
    BUSY_MS = 10000,
};

/* clang-format off */
static const char *const tables =
    "CREATE TABLE message("
    " seq INTEGER PRIMARY KEY, queue INTEGER, kind INTEGER, priority INTEGER, who INTEGER,"
    " size INTEGER, due INTEGER, reason INTEGER, attempts INTEGER, origin INTEGER, put INTEGER,"
    " journal INTEGER, acknowledge INTEGER, created INTEGER, reach_by INTEGER, expires INTEGER,"
    " sender_order INTEGER, hold INTEGER, id BLOB, interface BLOB, sender TEXT, file INTEGER,"
    " body_sum INTEGER, sum INTEGER, body BLOB);"
    "CREATE INDEX message_order ON message(queue, kind, priority, seq, who, size);"
    "CREATE INDEX message_due ON message(due) WHERE due > 0;"
    "CREATE INDEX message_file ON message(file) WHERE file > 0;"
    "CREATE INDEX message_hold ON message(hold) WHERE hold > 0;"
    "CREATE TABLE attempt(seq INTEGER PRIMARY KEY, count INTEGER, not_before INTEGER, sum INTEGER);"
    "CREATE TABLE queue(" /* AUTOINCREMENT: a number is not used again */
    " number INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, strict INTEGER, temporary INTEGER, transit INTEGER,"
    " messages_max INTEGER, octets_max INTEGER, sender_messages_max INTEGER,"
    " sender_octets_max INTEGER, attempts_max INTEGER, backoff_first_ms INTEGER,"
    " backoff_max_ms INTEGER, attributes BLOB, sum INTEGER);"
    "CREATE TABLE queue_copy("
    " number INTEGER PRIMARY KEY, name TEXT, strict INTEGER, temporary INTEGER, transit INTEGER,"
    " messages_max INTEGER, octets_max INTEGER, sender_messages_max INTEGER,"
    " sender_octets_max INTEGER, attempts_max INTEGER, backoff_first_ms INTEGER,"
    " backoff_max_ms INTEGER, attributes BLOB, sum INTEGER);"
    "PRAGMA user_version = 1; PRAGMA application_id = 1129532754;"; /* APPLICATION + 1 */

static const char *const statements[SQL_STATEMENTS] = {
    [SQL_BEGIN] = "BEGIN IMMEDIATE",
    [SQL_COMMIT] = "COMMIT",
    [SQL_ROLLBACK] = "ROLLBACK",
    [SQL_READ] = "BEGIN",
    [SQL_INSERT] = "INSERT INTO message VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
                   "?)",
    [SQL_ROW] = "SELECT m.seq, queue, kind, priority, who, size, due, reason, attempts, origin, put,"
                " journal, acknowledge, created, reach_by, expires, sender_order, hold, id,"
                " interface, sender, file, body_sum, m.sum, body, a.count, a.not_before, a.sum"
                " FROM message m LEFT JOIN attempt a ON a.seq = m.seq WHERE m.seq = ?",
    [SQL_DELETE] = "DELETE FROM message WHERE seq = ?",
    [SQL_REQUEUE] = "UPDATE message SET seq = ?2, queue = ?3, due = ?4, reason = ?5, attempts = ?6,"
                    " origin = ?7, put = ?8, kind = ?9, hold = ?10, sum = ?11 WHERE seq = ?1",
    [SQL_ASIDE] = "UPDATE message SET queue = ?2, kind = 0, priority = priority & 7, due = 0,"
                  " hold = 0 WHERE seq = ?1",
    [SQL_LANE] = "SELECT seq, who, size FROM message INDEXED BY message_order"
                 " WHERE queue = ? AND kind = ? AND priority = ? AND seq > ? ORDER BY seq LIMIT ?",
    [SQL_COUNTS] = "SELECT queue, kind, priority, seq, who, size FROM message"
                   " INDEXED BY message_order ORDER BY queue, kind, priority, seq",
    [SQL_HAS] = "SELECT 1 FROM message NOT INDEXED WHERE seq = ?",
    [SQL_WALK] = "SELECT seq FROM message NOT INDEXED WHERE seq > ? ORDER BY seq",
    [SQL_INTEGRITY] = "PRAGMA integrity_check(100)",
    [SQL_LAST] = "SELECT max(seq) FROM message",
    [SQL_NEWEST] = "SELECT id, who, queue, origin, hold FROM message NOT INDEXED"
                   " ORDER BY seq DESC LIMIT ?",
    [SQL_DUE] = "SELECT seq, due FROM message INDEXED BY message_due"
                " WHERE due > 0 AND due <= ? AND (due, seq) > (?, ?) ORDER BY due, seq LIMIT ?",
    [SQL_NEXT_DUE] = "SELECT due FROM message INDEXED BY message_due"
                     " WHERE due > 0 AND due > ? ORDER BY due LIMIT 1",
    [SQL_FILE] = "SELECT 1 FROM message INDEXED BY message_file WHERE file > 0 AND file = ?",
    [SQL_HELD] = "SELECT seq, queue, who, size FROM message INDEXED BY message_hold"
                 " WHERE hold > 0 AND hold = ? ORDER BY seq",
    [SQL_UNDECIDED] = "SELECT seq, queue, who, size FROM message c INDEXED BY message_hold"
                      " WHERE hold > 0 AND NOT EXISTS (SELECT 1 FROM message p"
                      " WHERE p.seq = c.hold AND p.queue >= ?) ORDER BY seq",
    [SQL_LAST_FILE] = "SELECT max(file) FROM message INDEXED BY message_file WHERE file > 0",
    [SQL_CHARGE] = "INSERT OR REPLACE INTO attempt VALUES(?,?,?,?)",
    [SQL_CHARGES] = "SELECT seq, count, not_before, sum FROM attempt ORDER BY seq",
    [SQL_UNCHARGE] = "DELETE FROM attempt WHERE seq = ?",
    [SQL_QUEUES] = "SELECT q.*, c.* FROM queue q LEFT JOIN queue_copy c ON c.number = q.number"
                   " UNION SELECT q.*, c.* FROM queue_copy c LEFT JOIN queue q"
                   " ON c.number = q.number",
    [SQL_LAST_QUEUE] = "SELECT seq FROM sqlite_sequence WHERE name = 'queue'",
    [SQL_QUEUE_NAME] = "SELECT name FROM queue WHERE number = ?",
    [SQL_ROOT_NAME] = "SELECT name FROM sqlite_master WHERE rootpage = ?",
    [SQL_QUEUE_PUT] = "INSERT OR REPLACE INTO queue VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQL_QUEUE_COPY] = "INSERT OR REPLACE INTO queue_copy VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
    [SQL_QUEUE_DROP] = "DELETE FROM queue WHERE number = ?",
    [SQL_QUEUE_DROP_COPY] = "DELETE FROM queue_copy WHERE number = ?",
};
/* clang-format on */

/* What cannot be read is as good as damaged: there is nothing to wait for. */
static bool reads(int rc)
{
    return rc == SQLITE_IOERR_READ || rc == SQLITE_IOERR_SHORT_READ || rc == SQLITE_IOERR_DATA ||
           rc == SQLITE_IOERR_CORRUPTFS;
}

/* What of SQLite's codes the store tells apart. */
static enum err code(struct sql *sql, int rc)
{
    int posix = sqlite3_system_errno(sql->db);

    switch (rc & 0xff) {
    case SQLITE_NOMEM:
        return ERR_NO_MEMORY;
    case SQLITE_FULL:
        return ERR_DISK_FULL;
    case SQLITE_IOERR:
        return disk_error(posix, reads(rc) ? ERR_STORE_DAMAGED : ERR_RPC_RESOURCES);
    case SQLITE_ERROR: /* the statements being what they are, it is the schema that is not */
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ERR_STORE_DAMAGED;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return ERR_ACCESS_DENIED;
    default:
        return ERR_INTERNAL;
    }
}

MUST_CHECK enum err sql_fail(struct sql *sql, const char *what)
{
    int rc = sql->db ? sqlite3_extended_errcode(sql->db) : SQLITE_NOMEM;

    detail_library("sqlite", rc, sql->db ? sqlite3_errmsg(sql->db) : "out of memory");
    return detail_fail(sql->db ? code(sql, rc) : ERR_NO_MEMORY, "%s: %s (SQLite %d)", what,
                       sql->db ? sqlite3_errmsg(sql->db) : "out of memory", rc);
}

MUST_CHECK enum err sql_exec(struct sql *sql, const char *text)
{
    if (sqlite3_exec(sql->db, text, NULL, NULL, NULL) != SQLITE_OK)
        return sql_fail(sql, text);
    return ERR_OK;
}

/* Nothing in the file is trusted to be harmless: no function or view of the schema's runs. */
static enum err configure(struct sql *sql, bool writer)
{
    char text[400];

    (void)sqlite3_extended_result_codes(sql->db, 1);
    (void)sqlite3_busy_timeout(sql->db, BUSY_MS);
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, NULL);
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
    (void)sqlite3_db_config(sql->db, SQLITE_DBCONFIG_ENABLE_VIEW, 0, NULL);
    (void)sqlite3_limit(sql->db, SQLITE_LIMIT_ATTACHED, 0);
    (void)snprintf(text, sizeof text,
                   "PRAGMA cell_size_check = 1; PRAGMA mmap_size = 0; PRAGMA cache_size = -%d;"
                   "PRAGMA foreign_keys = 0; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;"
                   "PRAGMA journal_size_limit = 16777216;%s",
                   CACHE_KIB, writer ? "PRAGMA journal_mode = WAL;" : "PRAGMA query_only = 1;");
    if (writer)
        (void)sqlite3_wal_autocheckpoint(sql->db, SQL_LOG_PAGES);
    return sql_exec(sql, text);
}

static int read_pragma(struct sql *sql, const char *text)
{
    sqlite3_stmt *st = NULL;
    int value = -1;

    if (sqlite3_prepare_v2(sql->db, text, -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW)
        value = sqlite3_column_int(st, 0);
    sqlite3_finalize(st);
    return value;
}

static enum err make_tables(struct sql *sql)
{
    int version = read_pragma(sql, "PRAGMA user_version");
    int application = read_pragma(sql, "PRAGMA application_id");
    enum err e;

    if (version < 0)
        return sql_fail(sql, "the store's version");
    if (version == VERSION && application == APPLICATION + VERSION)
        return ERR_OK;
    if (version > VERSION && application == APPLICATION + version)
        return detail_fail(ERR_UNSUPPORTED, "the store is of version %d, this program knows %d",
                           version, VERSION);
    if (version || application)
        return detail_fail(ERR_STORE_DAMAGED, "the store's version is %d and %d", version,
                           application);
    e = sql_exec(sql, "BEGIN IMMEDIATE");
    if (!e)
        e = sql_exec(sql, tables);
    if (!e)
        e = sql_exec(sql, "COMMIT");
    return e;
}

MUST_CHECK enum err sql_open(const char *dir, bool writer, struct sql *ret)
{
    struct sql sql = { 0 };
    char *path = mem_printf("%s/" SQL_FILE_NAME, dir);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX;
    enum err e;

    if (!path)
        return ERR_NO_MEMORY;
    if (sqlite3_open_v2(path, &sql.db, flags | (writer ? SQLITE_OPEN_CREATE : 0), NULL) !=
        SQLITE_OK)
        e = sql_fail(&sql, path);
    else
        e = configure(&sql, writer);
    if (!e && writer)
        e = make_tables(&sql);
    mem_free(path);
    if (e)
        sql_close(&sql);
    else
        *ret = sql;
    return e;
}

/* Stands in for SQLite's own, which brings the log into the database now and then. */
static int on_log(void *arg, sqlite3 *db, const char *name, int pages)
{
    *(uint32_t *)arg = (uint32_t)pages;
    if (pages >= SQL_LOG_PAGES)
        (void)sqlite3_wal_checkpoint_v2(db, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

void sql_watch_log(struct sql *sql, uint32_t *pages)
{
    (void)sqlite3_wal_hook(sql->db, on_log, pages);
}

void sql_close(struct sql *sql)
{
    size_t i;

    for (i = 0; i < SQL_STATEMENTS; i++)
        sqlite3_finalize(sql->statement[i]);
    sqlite3_close(sql->db);
    *sql = (struct sql){ 0 };
}

sqlite3_stmt *sql_use(struct sql *sql, enum sql_statement which)
{
    sqlite3_stmt **st = &sql->statement[which];

    if (*st)
        (void)sqlite3_reset(*st); /* tells again what the last step told */
    else if (sqlite3_prepare_v3(sql->db, statements[which], -1, SQLITE_PREPARE_PERSISTENT, st,
                                NULL) != SQLITE_OK)
        return NULL;
    return *st;
}

bool sql_row(struct sql *sql, sqlite3_stmt *st, enum err *e)
{
    int rc = st ? sqlite3_step(st) : SQLITE_ERROR;

    if (rc == SQLITE_ROW)
        return true;
    *e = rc == SQLITE_DONE ? ERR_OK : sql_fail(sql, "the store's database");
    if (st)
        (void)sqlite3_reset(st);
    return false;
}

MUST_CHECK enum err sql_run(struct sql *sql, sqlite3_stmt *st)
{
    enum err e = ERR_OK;

    while (sql_row(sql, st, &e))
        continue;
    return e;
}

MUST_CHECK enum err sql_simple(struct sql *sql, enum sql_statement which)
{
    return sql_run(sql, sql_use(sql, which));
}
