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

#define POLICY_FILE "/etc/countersign/policy.conf"

static const struct {
    const char *written, *rule;
} rows[POLICY_COUNT] = {
#define POLICY_ROW(name, written, shipped, rule) { written, rule },
    POLICY_LIST(POLICY_ROW)
#undef POLICY_ROW
};

static int modes[POLICY_COUNT] = {
#define POLICY_SHIPPED(name, written, shipped, rule) POLICY_##shipped,
    POLICY_LIST(POLICY_SHIPPED)
#undef POLICY_SHIPPED
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* One "name=value", blanks allowed around both. */
static void apply(char *line, const char *from)
{
    char name[32], word[16], beyond;
    enum policy p = 0;
    enum policy_mode mode = POLICY_ENFORCE;
    int read = sscanf(line, " %31[a-zA-Z0-9-] = %15s %c", name, word, &beyond);

    if (read < 1 || policy_parse(name, &p)) {
        log_warning("policy: %s: \"%s\" names no switch", from, line);
        return;
    }
    if (policy_mode_parse(read == 2 ? word : "", &mode)) /* which leaves mode as it is */
        log_warning("policy: %s: \"%s\" is not %s=off|audit|enforce: enforced", from, line, name);
    __atomic_store_n(&modes[p], (int)mode, __ATOMIC_RELAXED);
}

static void load_file(void)
{
    FILE *f = fopen(POLICY_FILE, "re");
    char line[256];
    bool begins = true; /* else it is the rest of a line that did not fit */

    if (!f)
        return;
    while (fgets(line, sizeof line, f)) {
        bool ends = strchr(line, '\n') != NULL;

        line[strcspn(line, "#\r\n")] = '\0';
        if (begins && line[strspn(line, " \t")])
            apply(line, POLICY_FILE);
        begins = ends;
    }
    fclose(f);
}

static void load(void)
{
    const char *env = NULL;
    char item[256];

    load_file();
    env = secure_getenv("COUNTERSIGN_POLICY");
    if (!env)
        return;
    while (*env) {
        size_t len = strcspn(env, ",");

        snprintf(item, sizeof item, "%.*s", (int)len, env);
        if (item[strspn(item, " \t")])
            apply(item, "COUNTERSIGN_POLICY");
        env += len + (env[len] == ',');
    }
}

enum policy_mode policy_get(enum policy p)
{
    pthread_once(&once, load);
    return (enum policy_mode)__atomic_load_n(&modes[p], __ATOMIC_RELAXED);
}

void policy_set(enum policy p, enum policy_mode mode)
{
    pthread_once(&once, load);
    __atomic_store_n(&modes[p], (int)mode, __ATOMIC_RELAXED);
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

bool policy_forbids(enum policy p, const char *fmt, ...)
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
