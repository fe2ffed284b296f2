/* SPDX-License-Identifier: Apache-2.0
 * queue_once.c - a server whose effects are in a SQLite database, and which is lost at the worst
 * moments; for tool/test_queue_once.sh.
 *
 *   queue_once QUEUE DATABASE ONWARD   until it is ended, or loses itself
 *
 * A call stores its token and its text in one transaction of the database, and sends the text on
 * into the queue ONWARD. Of three calls one is lost before that commit, and one between it and the
 * runtime's own; QUEUE_ONCE_CALM=1: none is. The text "raise" raises an exception, after it was
 * sent on. QUEUE_ONCE_HOLD=FILE: that file is made before the first is sent on; what that raises is
 * said, and raised.
 */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>
#include <countersign/rpctransaction.h>
#include <sqlite3.h>

#include "queue_peer.h"

#define STR(s) ((RPC_CSTR)(uintptr_t)(s))

static sqlite3 *db;
static RPC_BINDING_HANDLE onward;
static const char *hold;
static bool calm, began;

void *__RPC_USER midl_user_allocate(size_t size)
{
    return malloc(size);
}

void __RPC_USER midl_user_free(void *p)
{
    free(p);
}

static void check(int status, const char *what)
{
    CS_ERROR_DETAIL d = { .size = sizeof d };

    if (status == 0)
        return;
    CsGetErrorDetail(&d);
    printf("%s: %d: %s; %s\n", what, status, d.text, db ? sqlite3_errmsg(db) : "");
    (void)fflush(stdout);
    _exit(began ? 3 : 4); /* 4: the manager is away just now */
}

static void run(const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql);
}

/* One row, of a token and maybe a text; what the statement's step says. */
static int row(const char *sql, const CS_TRANSACTION_TOKEN *token, const char *text)
{
    sqlite3_stmt *st = NULL;
    int status;

    check(sqlite3_prepare_v2(db, sql, -1, &st, NULL), sql);
    check(sqlite3_bind_blob(st, 1, token->Data, sizeof token->Data, SQLITE_STATIC), "bind");
    if (text)
        check(sqlite3_bind_text(st, 2, text, -1, SQLITE_STATIC), "bind");
    status = sqlite3_step(st);
    (void)sqlite3_finalize(st);
    return status;
}

static CS_TRANSACTION_OUTCOME is_committed(const CS_TRANSACTION_TOKEN *token, void *arg)
{
    (void)arg;
    return row("SELECT 1 FROM done WHERE token = ?", token, NULL) == SQLITE_ROW
               ? CsTransactionCommitted
               : CsTransactionAborted;
}

static void lost(unsigned when)
{
    unsigned char turn = 0;

    check(CsServerInqTransaction(NULL, &(CS_TRANSACTION_TOKEN){ { 0 } }), "in a transaction");
    if (getentropy(&turn, 1) == 0 && turn % 3 == when && !calm)
        (void)kill(getpid(), SIGKILL);
}

static void make(const char *file)
{
    FILE *f = fopen(file, "we");

    check(!f || fclose(f), file);
}

static void send_on(const char *text)
{
    if (hold)
        make(hold);
    hold = NULL;
    RpcTryExcept
    {
        PeerSay(onward, text);
    }
    RpcExcept (1) {
        printf("sent on: %d\n", (int)RpcExceptionCode());
        (void)fflush(stdout);
        RpcRaiseException(RpcExceptionCode());
    }
    RpcEndExcept
}

void Serve_PeerSay(handle_t h, const char *text)
{
    CS_TRANSACTION_TOKEN token;

    check(CsServerInqTransaction(h, &token), "CsServerInqTransaction");
    send_on(text);
    if (strcmp(text, "raise") == 0)
        RpcRaiseException(1234);
    lost(0);
    run("BEGIN IMMEDIATE");
    check(row("INSERT INTO done VALUES(?, ?)", &token, text) != SQLITE_DONE, "INSERT");
    run("COMMIT");
    lost(1);
}

static void begin(const char *queue, const char *path, const char *next)
{
    RPC_POLICY policy = { .Length = sizeof policy, .EndpointFlags = RPC_C_MQ_PERMANENT };
    RPC_CSTR text = NULL;

    check(sqlite3_open(path, &db), "open");
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
        "CREATE TABLE IF NOT EXISTS done(token BLOB PRIMARY KEY, text TEXT)");
    check(RpcStringBindingComposeA(NULL, STR("ncadg_mq"), NULL, STR(next), NULL, &text), "compose");
    check(RpcBindingFromStringBindingA(text, &onward), "binding");
    (void)RpcStringFreeA(&text);
    check(RpcBindingSetOption(onward, RPC_C_OPT_MQ_DELIVERY, RPC_C_MQ_RECOVERABLE), "recoverable");
    check(CsServerRegisterOutcome(queue_peer_v1_0_s_ifspec, is_committed, NULL),
          "CsServerRegisterOutcome");
    check(RpcServerRegisterIf3(queue_peer_v1_0_s_ifspec, NULL, NULL,
                               RPC_IF_ALLOW_CALLBACKS_WITH_NO_AUTH, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                               (UINT)-1, NULL, NULL),
          "RpcServerRegisterIf3");
    check(RpcServerUseProtseqEpExA(STR("ncadg_mq"), 1, STR(queue), NULL, &policy),
          "RpcServerUseProtseqEpEx");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    calm = getenv("QUEUE_ONCE_CALM") != NULL;
    hold = getenv("QUEUE_ONCE_HOLD");
    begin(argv[1], argv[2], argv[3]);
    began = true;
    puts("ready");
    (void)fflush(stdout);
    check(RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, FALSE), "RpcServerListen");
    return 0;
}
