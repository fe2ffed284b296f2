/* SPDX-License-Identifier: Apache-2.0
 * queue_words.c - the command line of `countersign queue`.
 */
#include "queue.h"

#include <string.h>

#include "queue/manager/config.h"

typedef enum err number_parse(const char *text, uint64_t *ret);

static enum err yes_parse(const char *text, uint64_t *ret)
{
    if (strcmp(text, "yes") != 0 && strcmp(text, "no") != 0)
        return ERR_INVALID_PARAMETER;
    *ret = text[0] == 'y';
    return ERR_OK;
}

struct setting {
    const char *name;
    number_parse *parse;
    ULONG given;
    uint64_t most;
};

static const struct setting settings[] = {
    { "--messages", config_size_parse, MQD_SET_MESSAGES, INT64_MAX },
    { "--bytes", config_size_parse, MQD_SET_BYTES, INT64_MAX },
    { "--sender-messages", config_size_parse, MQD_SET_SENDER_MESSAGES, INT64_MAX },
    { "--sender-bytes", config_size_parse, MQD_SET_SENDER_BYTES, INT64_MAX },
    { "--deliveries", config_size_parse, MQD_SET_DELIVERIES, UINT32_MAX },
    { "--backoff", config_time_parse, MQD_SET_BACKOFF_FIRST, UINT32_MAX },
    { "--backoff-most", config_time_parse, MQD_SET_BACKOFF_MOST, UINT32_MAX },
    { "--journal", config_journal_parse, MQD_SET_JOURNAL, UINT32_MAX },
    { "--strict", yes_parse, MQD_SET_STRICT, 1 },
};

static void give(mqd_settings *s, ULONG which, uint64_t v)
{
    switch (which) {
    case MQD_SET_MESSAGES:
        s->messages_most = v;
        break;
    case MQD_SET_BYTES:
        s->bytes_most = v;
        break;
    case MQD_SET_SENDER_MESSAGES:
        s->sender_messages_most = v;
        break;
    case MQD_SET_SENDER_BYTES:
        s->sender_bytes_most = v;
        break;
    case MQD_SET_DELIVERIES:
        s->deliveries_most = (ULONG)v;
        break;
    case MQD_SET_BACKOFF_FIRST:
        s->backoff_first_ms = (ULONG)v;
        break;
    case MQD_SET_BACKOFF_MOST:
        s->backoff_most_ms = (ULONG)v;
        break;
    case MQD_SET_JOURNAL:
        s->journal = (ULONG)v;
        break;
    default:
        s->strict = (boolean)v;
        break;
    }
}

/* -1: word is no setting; else 0 for a good one, or the exit status. */
static int read_setting(struct queue_request *q, const char *word, const char *value)
{
    uint64_t v = 0;
    size_t i;

    if (strcmp(word, "--access") == 0) {
        if (!value || strlen(value) >= sizeof q->settings.access)
            return out_usage(&command_queue, "--access needs a list of access");
        (void)snprintf((char *)q->settings.access, sizeof q->settings.access, "%s", value);
        q->given |= MQD_SET_ACCESS;
        return 0;
    }
    for (i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(word, settings[i].name) == 0) {
            if (!value || settings[i].parse(value, &v) || v > settings[i].most)
                return out_usage(&command_queue, "%s cannot be %s", word,
                                 value ? value : "nothing");
            give(&q->settings, settings[i].given, v);
            q->given |= settings[i].given;
            return 0;
        }
    return -1;
}

/* Which verbs an option is of; all have the others, but for the settings. */
static const struct {
    const char *option, *of;
} belongs[] = {
    { "--prometheus", "stats" }, { "--with-messages", "delete" }, { "--all", "replay" },
    { "--reason", "replay" },    { "--from", "peek, replay" },    { "--limit", "peek" },
    { "--every", "watch" },      { "--times", "watch" },          { "--store", "check" },
    { "--repair", "check" },     { "--dir", "torture" },          { "--kill9", "torture" },
};

static bool is_setting(const char *word)
{
    size_t i;

    for (i = 0; i < sizeof settings / sizeof *settings; i++)
        if (strcmp(word, settings[i].name) == 0)
            return true;
    return strcmp(word, "--access") == 0;
}

static int check_option(const char *verb, const char *word)
{
    const char *of = is_setting(word) ? "create, set" : verb;
    size_t i;

    for (i = 0; i < sizeof belongs / sizeof *belongs; i++)
        if (strcmp(word, belongs[i].option) == 0)
            of = belongs[i].of;
    return strstr(of, verb) ? EXIT_DONE
                            : out_usage(&command_queue, "%s is an option of %s", word, of);
}

static bool read_flag(struct queue_request *q, const char *word)
{
    q->json |= strcmp(word, "--json") == 0;
    q->prometheus |= strcmp(word, "--prometheus") == 0;
    q->with_messages |= strcmp(word, "--with-messages") == 0;
    q->repair |= strcmp(word, "--repair") == 0;
    q->every_one |= strcmp(word, "--all") == 0;
    return strcmp(word, "--json") == 0 || strcmp(word, "--all") == 0 ||
           strcmp(word, "--prometheus") == 0 || strcmp(word, "--with-messages") == 0 ||
           strcmp(word, "--repair") == 0;
}

static int read_number(const char *word, const char *value, uint64_t *ret)
{
    return value && !config_size_parse(value, ret) && *ret && *ret <= INT32_MAX
               ? 0
               : out_usage(&command_queue, "%s needs a number", word);
}

/* The same as read_setting. */
static int read_value(struct queue_request *q, const char *word, const char *value)
{
    if (strcmp(word, "--limit") == 0)
        return read_number(word, value, &q->limit);
    if (strcmp(word, "--every") == 0)
        return read_number(word, value, &q->every);
    if (strcmp(word, "--times") == 0)
        return read_number(word, value, &q->times);
    if (strcmp(word, "--from") == 0 && value && strlen(value) < sizeof q->from)
        return snprintf(q->from, sizeof q->from, "%s", value) < 0;
    if (strcmp(word, "--manager") == 0 && value) {
        q->account = value;
        return 0;
    }
    if (strcmp(word, "--reason") == 0 && value) {
        q->reason = value;
        return 0;
    }
    if (strcmp(word, "--kill9") == 0)
        return read_number(word, value, &q->kills);
    if (strcmp(word, "--dir") == 0 && value) {
        q->dir = value;
        return 0;
    }
    if (strcmp(word, "--store") == 0 && value) {
        q->store = value;
        return 0;
    }
    return read_setting(q, word, value);
}

int queue_words(struct queue_request *q, const char *verb, int argc, char **argv)
{
    int i, status;

    for (i = 0; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) != 0) {
            if (q->count == QUEUE_ARGS)
                return out_usage(&command_queue, "what is \"%s\"?", argv[i]);
            q->args[q->count++] = argv[i];
            continue;
        }
        status = check_option(verb, argv[i]);
        if (status != EXIT_DONE)
            return status;
        if (!read_flag(q, argv[i])) {
            status = read_value(q, argv[i], i + 1 < argc ? argv[i + 1] : NULL);
            if (status < 0)
                return out_usage(&command_queue, "there is no option %s, or its value is missing",
                                 argv[i]);
            if (status)
                return status;
            i++;
        }
    }
    if (q->count && strlen(q->args[0]) >= sizeof q->name)
        return out_fail("a queue's name has at most %d bytes", MQD_NAME - 1);
    (void)snprintf(q->name, sizeof q->name, "%s", q->count ? q->args[0] : "");
    return EXIT_DONE;
}
