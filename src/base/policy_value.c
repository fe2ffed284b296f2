/* SPDX-License-Identifier: Apache-2.0
 * policy_value.c - the values of switches. Numbers are read without a lock; names are asked for
 * seldom.
 */
#include "base/policy_value.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum kind { NONE, NUMBER, LEVEL, IMPERSONATION, PROVIDERS, NAMES, PATH, TEXT };

static const struct {
    enum kind kind;
    uint32_t most;
} rows[POLICY_COUNT] = {
#define VALUE_ROW(of, kind, shipped, most) [POLICY_##of] = { kind, most },
    POLICY_VALUE_LIST(VALUE_ROW)
#undef VALUE_ROW
};

uint32_t policy_numbers[POLICY_COUNT] = {
#define VALUE_SHIPPED(of, kind, shipped, most) [POLICY_##of] = (shipped),
    POLICY_VALUE_LIST(VALUE_SHIPPED)
#undef VALUE_SHIPPED
};

static const struct word {
    enum kind kind;
    const char *text;
    uint32_t number;
} words[] = {
    { LEVEL, "connect", 2 },
    { LEVEL, "packet", 4 },
    { LEVEL, "integrity", 5 },
    { LEVEL, "privacy", 6 },
    { IMPERSONATION, "anonymous", 1 },
    { IMPERSONATION, "identify", 2 },
    { IMPERSONATION, "impersonate", 3 },
    { IMPERSONATION, "delegate", 4 },
    { PROVIDERS, "negotiate", POLICY_NEGOTIATE },
    { PROVIDERS, "kerberos", POLICY_KERBEROS },
    { PROVIDERS, "ntlm", POLICY_NTLM_PROVIDER },
    { PROVIDERS, "local", POLICY_LOCAL },
};

enum { WORDS = sizeof words / sizeof words[0] };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char lists[POLICY_COUNT][POLICY_NAMES_MAX]; /* with the lock */

/* ---- read ---- */

static bool is_text(enum policy p)
{
    return rows[p].kind == NAMES || rows[p].kind == PATH || rows[p].kind == TEXT;
}

/* The next word of *text, which it leaves behind; empty: there is none. */
static struct bytes next_word(struct bytes *text)
{
    struct bytes word;
    size_t n = 0;

    while (text->len && (text->ptr[0] == ' ' || text->ptr[0] == '\t'))
        *text = bytes_of(text->ptr + 1, text->len - 1);
    while (n < text->len && text->ptr[n] != ' ' && text->ptr[n] != '\t')
        n++;
    word = bytes_of(text->ptr, n);
    if (n)
        *text = bytes_of(text->ptr + n, text->len - n);
    return word;
}

static uint32_t find_word(enum kind kind, struct bytes b)
{
    size_t i;

    for (i = 0; i < WORDS; i++)
        if (words[i].kind == kind && strlen(words[i].text) == b.len &&
            strncasecmp(words[i].text, (const char *)b.ptr, b.len) == 0)
            return words[i].number;
    return 0;
}

static uint32_t read_number(struct bytes b, uint32_t most)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i < b.len && n <= most; i++) {
        if (b.ptr[i] < '0' || b.ptr[i] > '9')
            return 0;
        n = n * 10 + (b.ptr[i] - '0');
    }
    return n <= most ? (uint32_t)n : 0;
}

enum err policy_value_parse(enum policy p, struct bytes text, uint32_t *ret_number)
{
    enum kind kind = rows[p].kind;
    struct bytes rest = text, word = next_word(&rest);
    uint32_t all = 0, one = 1;
    unsigned count = 0;

    if (kind == NONE || text.len >= POLICY_NAMES_MAX || (text.len && memchr(text.ptr, 0, text.len)))
        return ERR_INVALID_PARAMETER;
    for (; word.len && one; word = next_word(&rest), count++) {
        if (kind == PATH)
            one = word.ptr[0] == '/';
        else if (kind != NAMES && kind != TEXT)
            one = kind == NUMBER ? read_number(word, rows[p].most) : find_word(kind, word);
        all |= one;
    }
    if (!count || !one || (count > 1 && kind != NAMES && kind != TEXT && kind != PROVIDERS))
        return ERR_INVALID_PARAMETER;
    *ret_number = all;
    return ERR_OK;
}

void policy_value_take(enum policy p, struct bytes text, uint32_t number)
{
    pthread_mutex_lock(&lock);
    if (is_text(p))
        (void)snprintf(lists[p], sizeof lists[p], "%.*s", (int)text.len, (const char *)text.ptr);
    __atomic_store_n(&policy_numbers[p], number, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&lock);
}

enum err policy_value_set(enum policy p, const char *text)
{
    const struct bytes b = bytes_of(text, strlen(text));
    uint32_t number = 0;
    enum err e = policy_value_parse(p, b, &number);

    if (e)
        return e;
    (void)policy_get(p); /* what is written elsewhere is read before it, not after */
    policy_value_take(p, b, number);
    return ERR_OK;
}

/* ---- asked for ---- */

bool policy_names(enum policy p, const char *name)
{
    char list[POLICY_NAMES_MAX];
    struct bytes rest, word;

    policy_value_get(p, list);
    rest = bytes_of(list, strlen(list));
    while ((word = next_word(&rest)).len)
        if (strlen(name) == word.len && strncasecmp(name, (const char *)word.ptr, word.len) == 0)
            return true;
    return false;
}

void policy_value_get(enum policy p, char ret[POLICY_NAMES_MAX])
{
    uint32_t number = policy_number(p);
    size_t i, used = 0;

    ret[0] = '\0';
    if (rows[p].kind == NUMBER)
        (void)snprintf(ret, POLICY_NAMES_MAX, "%u", number);
    for (i = 0; i < WORDS; i++)
        if (words[i].kind == rows[p].kind &&
            (rows[p].kind == PROVIDERS ? (number & words[i].number) != 0
                                       : number == words[i].number))
            used += (size_t)snprintf(ret + used, POLICY_NAMES_MAX - used, "%s%s", used ? " " : "",
                                     words[i].text);
    if (!is_text(p))
        return;
    pthread_mutex_lock(&lock);
    memcpy(ret, lists[p], POLICY_NAMES_MAX);
    pthread_mutex_unlock(&lock);
}
