/* SPDX-License-Identifier: Apache-2.0
 * store_sql.h - a connection to the store's database and its prepared statements.
 */
#pragma once

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

enum sql_statement {
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_READ,    /* a transaction that reads */
    SQL_INSERT,  /* the columns in the order of enum sql_column */
    SQL_ROW,     /* 1: number. The columns, then count, not_before and their sum */
    SQL_DELETE,  /* 1: number */
    SQL_REQUEUE, /* 1: number, 2: new number, then what store_record_moved binds */
    SQL_ASIDE,   /* 1: number, 2: queue, whose lane 0 it goes to */
    SQL_LANE,    /* 1: queue, 2: kind, 3: priority, 4: over, 5: at most. number, who, size */
    SQL_COUNTS,  /* queue, kind, priority, number, who, size: of all */
    SQL_HAS,     /* 1: number. whether there is such a row */
    SQL_WALK,    /* 1: over. number of every row, without an index */
    SQL_INTEGRITY,
    SQL_LAST,      /* the greatest number */
    SQL_NEWEST,    /* 1: at most. id, who, queue, origin, hold: the last first */
    SQL_DUE,       /* 1: until, 2, 3: after (due, number), 4: at most. number, due */
    SQL_NEXT_DUE,  /* 1: over. due */
    SQL_FILE,      /* 1: file. whether a message has it */
    SQL_HELD,      /* 1: number. number, queue, who, size of what is joined to it */
    SQL_UNDECIDED, /* 1: the first queue. The same of what is joined to a message that is gone */
    SQL_LAST_FILE,
    SQL_CHARGE,     /* 1: number, 2: count, 3: not before, 4: their sum */
    SQL_CHARGES,    /* number, count, not before, sum: of all */
    SQL_UNCHARGE,   /* 1: number */
    SQL_QUEUES,     /* every queue */
    SQL_LAST_QUEUE, /* the greatest number a queue ever had */
    SQL_QUEUE_NAME, /* 1: number. its name */
    SQL_ROOT_NAME,  /* 1: a root page. the table's name */
    SQL_QUEUE_PUT,
    SQL_QUEUE_COPY,
    SQL_QUEUE_DROP, /* 1: number */
    SQL_QUEUE_DROP_COPY,
    SQL_STATEMENTS,
};

enum sql_column {
    COL_SEQ,
    COL_QUEUE,
    COL_KIND,
    COL_PRIORITY,
    COL_WHO,
    COL_SIZE,
    COL_DUE,
    COL_REASON,
    COL_ATTEMPTS,
    COL_ORIGIN,
    COL_PUT,
    COL_JOURNAL,
    COL_ACKNOWLEDGE,
    COL_CREATED,
    COL_REACH_BY,
    COL_EXPIRES,
    COL_ORDER,
    COL_HOLD,
    COL_ID,
    COL_INTERFACE,
    COL_SENDER,
    COL_FILE,
    COL_BODY_SUM,
    COL_SUM,
    COL_BODY,
    SQL_COLUMNS,
    COL_COUNT = SQL_COLUMNS, /* of SQL_ROW: from the table of attempts */
    COL_NOT_BEFORE,
    COL_CHARGE_SUM,
};

struct sql {
    sqlite3 *db;
    sqlite3_stmt *statement[SQL_STATEMENTS];
};

#define SQL_FILE_NAME "messages.db"
enum {
    SQL_PAGE = 4096, /* octets: of every store */
    /* Then the log is brought into the database: as many as journal_size_limit lets it keep. What
     * goes before that is never written there. */
    SQL_LOG_PAGES = 4000,
};

/* writer: makes the tables where there are none. */
MUST_CHECK enum err sql_open(const char *dir, bool writer, struct sql *ret);
void sql_close(struct sql *sql);
/* After each commit *pages is how many the log has. */
void sql_watch_log(struct sql *sql, uint32_t *pages);
/* Ready to be bound; NULL, with the error told by sql_fail. */
sqlite3_stmt *sql_use(struct sql *sql, enum sql_statement which);
/* One row; false at the end and on failure, which *e tells. */
bool sql_row(struct sql *sql, sqlite3_stmt *st, enum err *e);
/* To the end, rows not looked at; resets. */
MUST_CHECK enum err sql_run(struct sql *sql, sqlite3_stmt *st);
MUST_CHECK enum err sql_simple(struct sql *sql, enum sql_statement which);
MUST_CHECK enum err sql_exec(struct sql *sql, const char *text);
/* The error the connection had last. */
MUST_CHECK enum err sql_fail(struct sql *sql, const char *what);

static inline void sql_bind(sqlite3_stmt *st, int place, uint64_t v)
{
    (void)sqlite3_bind_int64(st, place, (sqlite3_int64)v); /* a failure is told by the step */
}

static inline uint64_t sql_u64(sqlite3_stmt *st, int column)
{
    return (uint64_t)sqlite3_column_int64(st, column);
}
