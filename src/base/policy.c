/* SPDX-License-Identifier: Apache-2.0
 * policy.c - the table of switches and where their values come from.
 */
#include "base/policy.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/log.h"
#include "base/policy_file.h"
#include "base/policy_text.h"
#include "base/policy_value.h"

#define POLICY_FILE "/etc/countersign.conf"

static const struct {
    const char *written, *rule;
} rows[POLICY_COUNT] = {
#define POLICY_ROW(name, written, shipped, rule) { written, rule },
    POLICY_LIST(POLICY_ROW)
#undef POLICY_ROW
};

int policy_modes[POLICY_COUNT] = {
#define POLICY_SHIPPED(name, written, shipped, rule) POLICY_##shipped,
    POLICY_LIST(POLICY_SHIPPED)
#undef POLICY_SHIPPED
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
bool policy_loaded;

/* ---- where values come from ---- */

static char doubts[POLICY_DOUBTS_MAX]; /* written once, by load */

/* Logged, and kept for who asks later: a process may have no log. */
static void doubt(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

static void doubt(const char *fmt, ...)
{
    char line[512];
    size_t at = strlen(doubts);
    va_list ap;

    va_start(ap, fmt);
    vsnprintf(line, sizeof line, fmt, ap);
    va_end(ap);
    log_warning("policy: %s", line);
    snprintf(doubts + at, sizeof doubts - at, "%s%s", at ? "\n" : "", line);
}

static void apply(void *arg, const struct policy_setting *s, struct bytes line)
{
    const char *from = arg;

    if (s->slip)
        doubt("%s:%u: \"%.*s\" %s: %s", from, s->line, (int)(line.len < 200 ? line.len : 200),
              (const char *)line.ptr, s->slip, s->known ? "enforced" : "it sets nothing");
    if (s->value.len)
        policy_value_take(s->switch_of, s->value, s->number);
    if (s->known)
        __atomic_store_n(&policy_modes[s->switch_of], (int)s->mode, __ATOMIC_RELAXED);
}

/* What an administrator wrote must not be undone by who may only spoil the file. */
static void enforce_all(const char *path, const char *why)
{
    int i;

    doubt("%s %s: every switch enforces", path, why);
    for (i = 0; i < POLICY_COUNT; i++)
        __atomic_store_n(&policy_modes[i], (int)POLICY_ENFORCE, __ATOMIC_RELAXED);
}

static void load_file(void)
{
    const char *named = secure_getenv("COUNTERSIGN_CONFIG"), *why = NULL;
    const char *path = named ? named : POLICY_FILE;
    struct buf text = { 0 };
    enum err e;

    if (!*path)
        return;
    e = policy_file_read(path, &text, &why);
    if (!e)
        policy_text_read(buf_view(text), '\n', apply, (void *)path);
    else if (named || e != ERR_NOT_FOUND)
        enforce_all(path, why);
    buf_free(&text);
}

static void load_all(void)
{
    char from[] = "COUNTERSIGN_POLICY";
    const char *env = secure_getenv(from);

    load_file();
    if (env)
        policy_text_read(bytes_of(env, strlen(env)), ',', apply, from);
    __atomic_store_n(&policy_loaded, true, __ATOMIC_RELEASE);
}

void policy_load(void)
{
    pthread_once(&once, load_all);
}

void policy_set(enum policy p, enum policy_mode mode)
{
    policy_load();
    __atomic_store_n(&policy_modes[p], (int)mode, __ATOMIC_RELAXED);
}

const char *policy_doubts(void)
{
    policy_load();
    return doubts;
}

const char *policy_written(enum policy p)
{
    return rows[p].written;
}

const char *policy_rule(enum policy p)
{
    return rows[p].rule;
}

enum err policy_parse(const char *name, enum policy *ret)
{
    int i;

    for (i = 0; i < POLICY_COUNT; i++) {
        if (strcasecmp(rows[i].written, name) == 0) {
            *ret = (enum policy)i;
            return ERR_OK;
        }
    }
    return ERR_NOT_FOUND;
}

enum err policy_mode_parse(const char *word, enum policy_mode *ret)
{
    static const char *const words[] = { "off", "audit", "enforce" };
    int i;

    for (i = 0; i < 3; i++) {
        if (strcasecmp(words[i], word) == 0) {
            *ret = (enum policy_mode)i;
            return ERR_OK;
        }
    }
    return ERR_MALFORMED;
}

bool(policy_forbids)(enum policy p, const char *fmt, ...)
{
    enum policy_mode mode = policy_get(p);
    char who[512];
    va_list ap;

    if (mode == POLICY_OFF)
        return false;
    va_start(ap, fmt);
    vsnprintf(who, sizeof who, fmt, ap);
    va_end(ap);
    log_audit("policy %s %s: %s", rows[p].written,
              mode == POLICY_ENFORCE ? "refuses" : "would refuse", who);
    return mode == POLICY_ENFORCE;
}
