/* SPDX-License-Identifier: Apache-2.0
 * sqlite.c - SQLite alone: what a store on it can reach. WAL, synchronous=FULL, one table of a
 * number and a body; WINDOW is how many messages one transaction has.
 *
 * The file is made in the folder QUEUE_BENCH_FOLDER names.
 */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "queue_peer.h"

static sqlite3 *db;
static sqlite3_stmt *insert, *first, *erase;

static void must(bool good)
{
    if (!good)
        queue_peer_die(db ? sqlite3_errmsg(db) : "no folder");
}

static void run(const char *text)
{
    must(sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK);
}

static sqlite3_stmt *prepare(const char *text)
{
    sqlite3_stmt *st = NULL;

    must(sqlite3_prepare_v2(db, text, -1, &st, NULL) == SQLITE_OK);
    return st;
}

static void open_file(const char *kind)
{
    const char *folder = getenv("QUEUE_BENCH_FOLDER");
    char path[300];

    must(folder && snprintf(path, sizeof path, "%s/%s.db", folder, kind) < (int)sizeof path);
    must(sqlite3_open(path, &db) == SQLITE_OK);
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE message(number INTEGER PRIMARY KEY, body BLOB)");
    insert = prepare("INSERT INTO message(body) VALUES(?)");
    first = prepare("SELECT number, body FROM message ORDER BY number LIMIT 1");
    erase = prepare("DELETE FROM message WHERE number = ?");
}

static void put_one(void)
{
    sqlite3_bind_blob(insert, 1, queue_peer_body, sizeof queue_peer_body, SQLITE_STATIC);
    must(sqlite3_step(insert) == SQLITE_DONE);
    sqlite3_reset(insert);
}

static void take_one(void)
{
    must(sqlite3_step(first) == SQLITE_ROW);
    must(sqlite3_column_blob(first, 1) && sqlite3_column_bytes(first, 1) == QUEUE_PEER_BODY);
    sqlite3_bind_int64(erase, 1, sqlite3_column_int64(first, 0));
    sqlite3_reset(first);
    must(sqlite3_step(erase) == SQLITE_DONE);
    sqlite3_reset(erase);
}

static void in_groups(void (*one)(void), int count, int group)
{
    int i;

    while (count > 0) {
        run("BEGIN IMMEDIATE");
        for (i = 0; i < group && count > 0; i++, count--)
            one();
        run("COMMIT");
    }
}

static void put_all(int count, int window)
{
    in_groups(put_one, count, window);
}

static void take_all(int count, int window)
{
    in_groups(take_one, count, window);
}

static void close_file(void)
{
    sqlite3_finalize(insert);
    sqlite3_finalize(first);
    sqlite3_finalize(erase);
    sqlite3_close(db);
}

int main(int argc, char **argv)
{
    static const struct queue_peer peer = {
        .open = open_file, .send = put_all, .receive = take_all, .close = close_file
    };

    return queue_peer_main(&peer, argc, argv);
}
