/* SPDX-License-Identifier: Apache-2.0
 * errors.c - records made, kept by the thread, and told to callers.
 * desktop-src/Rpc/security-and-extended-error-information.md
 */
#include "rpc/errors.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/log.h"
#include "base/policy.h"
#include "base/utf16.h"
#include "rpc/thread.h"

#define SECONDS_TO_1970 INT64_C(11644473600)

enum { HOST = 256 };

int64_t rpc_errors_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (now.tv_sec + SECONDS_TO_1970) * 10000000 + now.tv_nsec / 100;
}

OFTEN void rpc_errors_clear(void)
{
    struct rpc_thread *t = rpc_thread_here();

    if (t && t->errors) {
        rpc_error_free(t->errors);
        t->errors = NULL;
    }
}

const struct rpc_error_record *rpc_errors_get(void)
{
    struct rpc_thread *t = rpc_thread_here();

    return t ? t->errors : NULL;
}

enum err rpc_errors_add_adopt(struct rpc_error_record *r)
{
    struct rpc_thread *t = NULL;
    enum err e = rpc_thread_get(&t);

    if (e) {
        rpc_error_free(r);
        return e;
    }
    r->next = t->errors;
    t->errors = r;
    if (rpc_error_count(r) > RPC_ERROR_RECORDS)
        rpc_error_drop(r);
    return ERR_OK;
}

void rpc_errors_note(enum rpc_error_place at, uint32_t status, const char *text, uint32_t number)
{
    struct rpc_error_record *r = mem_zero(sizeof *r);
    enum err e = r ? ERR_OK : ERR_NO_MEMORY;

    if (e)
        return;
    r->process = (uint32_t)getpid();
    r->time = rpc_errors_now();
    r->component = RPC_ERROR_COMPONENT;
    r->status = status;
    r->location = (uint16_t)at;
    r->count = 2;
    r->param[0].type = RPC_ERROR_NONE;
    r->param[1] = (struct rpc_error_param){ .type = RPC_ERROR_LONG, .number = (int32_t)number };
    if (text)
        e = rpc_error_set(&r->param[0], RPC_ERROR_ANSI, text, strlen(text) + 1);
    if (e)
        rpc_error_free(r);
    else
        (void)!rpc_errors_add_adopt(r);
}

void rpc_errors_receive(struct bytes blob)
{
    struct rpc_thread *t = NULL;
    struct rpc_error_record *chain = NULL;
    enum err e;

    if (!blob.len)
        return;
    e = rpc_error_read(blob, &chain);
    if (e) {
        log_debug("rpc: %zu bytes of extended error information are not understood", blob.len);
        return;
    }
    if (rpc_thread_get(&t)) {
        rpc_error_free(chain);
        return;
    }
    rpc_error_free(t->errors);
    t->errors = chain;
}

/* The name without its domain, as the documentation wants it. */
static char16_t *computer_name(void)
{
    char host[HOST] = "";
    char16_t *name = NULL;

    if (gethostname(host, sizeof host - 1))
        return NULL;
    host[strcspn(host, ".")] = '\0';
    return host[0] && !wide_from_utf8(host, &name) ? name : NULL;
}

struct buf rpc_errors_for_caller(bool known)
{
    struct rpc_thread *t = rpc_thread_here();
    struct buf b = { 0 };

    if (!t || !t->errors || !known)
        return b;
    if (policy_get(POLICY_EXTENDED_ERRORS) == POLICY_ENFORCE || /* as shipped: not worth a line */
        policy_forbids(POLICY_EXTENDED_ERRORS, "error records for a caller"))
        return b;
    if (!t->errors->computer)
        t->errors->computer = computer_name();
    if (rpc_error_write(t->errors, RPC_ERROR_FAULT, &b))
        return (struct buf){ 0 };
    return b;
}
