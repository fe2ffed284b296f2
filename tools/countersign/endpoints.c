/* SPDX-License-Identifier: Apache-2.0
 * endpoints.c - `countersign endpoints`: which interfaces a host serves, where, and to whom.
 */
#include "endpoints.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "out.h"
#include "ping.h"

static const char help[] =
    "countersign endpoints - which interfaces does a host serve, where, and to whom?\n"
    "\n"
    "Servers of remote procedure calls take any free port and register it with the endpoint "
    "mapper of\n"
    "their host; clients ask there. This prints all that one knows: each interface, its protocol\n"
    "sequences and endpoints, what the server says of itself. Then it asks the servers which\n"
    "callers they take, and runs nothing of theirs to find out.\n"
    "\n"
    "USAGE\n"
    "    countersign endpoints [HOST] [OPTION...]\n"
    "\n"
    "Without HOST it is this host, asked over ncalrpc. Over TCP servers are asked twice: as "
    "nobody,\n"
    "and as who you are, if you have a ticket (kinit) and HOST is a name that they can prove.\n"
    "\n"
    "OPTIONS\n"
    "    --interface UUID[,VERSION]  this one alone, in any version; or in VERSION, or one as new\n"
    "    --object UUID      endpoints of that object alone\n"
    "    --list             the list alone: no server is asked\n"
    "    --port N           the mapper's port; else COUNTERSIGN_EPMAPPER_PORT, else 135\n"
    "    --spn NAME         whom servers must prove to be; else host/HOST\n"
    "    --timeout SECONDS  of each step; else 5\n"
    "    --json             findings as JSON\n"
    "\n"
    "WHAT IS SAID OF A SERVER\n"
    "    anybody            it takes calls of who does not authenticate\n"
    "    negotiate, kerberos and the levels at which it takes yours; \"kernel\" over ncalrpc\n"
    "    nobody answers     the endpoint is registered, and its server is gone, or shielded\n"
    "    without this interface     another server has the endpoint now\n"
    "What a mapper says is hearsay: over the network anybody could answer. Over ncalrpc it is "
    "root's\n"
    "or your own.\n"
    "\n"
    "EXAMPLES\n"
    "    countersign endpoints\n"
    "    countersign endpoints dc1.example.com\n"
    "    countersign endpoints dc1.example.com --interface 12345778-1234-abcd-ef00-0123456789ac\n"
    "    countersign endpoints 192.0.2.7 --list --json\n"
    "\n"
    "EXIT STATUS\n"
    "    0 listed, 2 usage, 3 no endpoint mapper answers, 4 it knows nothing of what was asked "
    "for,\n"
    "    5 it does not take you, or cannot prove who it is, 1 anything else\n";

enum option_name {
    OPT_INTERFACE = 1,
    OPT_OBJECT,
    OPT_LIST,
    OPT_PORT,
    OPT_SPN,
    OPT_TIMEOUT,
    OPT_JSON
};

struct request {
    struct endpoints e;
    const char *spn;
    bool list, json;
};

/* ---- the command line ---- */

static bool number(const char *text, unsigned long most, unsigned *ret)
{
    char *rest = NULL;
    unsigned long n = strtoul(text, &rest, 10);

    if (text[0] < '0' || text[0] > '9' || *rest || n < 1 || n > most)
        return false;
    *ret = (unsigned)n;
    return true;
}

static bool take(struct request *q, int opt, const char *value)
{
    unsigned port;

    switch (opt) {
    case OPT_INTERFACE:
        q->e.by_interface = true;
        return ask_parse_interface(value, &q->e.interface, &q->e.versioned) == RPC_S_OK;
    case OPT_OBJECT:
        q->e.by_object = true;
        return UuidFromStringA(cstr(value), &q->e.object) == RPC_S_OK;
    case OPT_LIST:
        return q->list = true;
    case OPT_PORT:
        return number(value, UINT16_MAX, &port) && !setenv("COUNTERSIGN_EPMAPPER_PORT", value, 1);
    case OPT_SPN:
        q->spn = value;
        return true;
    case OPT_TIMEOUT:
        return number(value, 3600, &q->e.timeout);
    case OPT_JSON:
        return q->json = true;
    default:
        return false;
    }
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option options[] = {
        { "interface", required_argument, NULL, OPT_INTERFACE },
        { "object", required_argument, NULL, OPT_OBJECT },
        { "list", no_argument, NULL, OPT_LIST },
        { "port", required_argument, NULL, OPT_PORT },
        { "spn", required_argument, NULL, OPT_SPN },
        { "timeout", required_argument, NULL, OPT_TIMEOUT },
        { "json", no_argument, NULL, OPT_JSON },
        { 0 },
    };
    struct endpoints *e = &q->e;
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take(q, opt, optarg))
            return out_usage(&command_endpoints, "an option is not known, or its value is none");
    if (optind < argc)
        e->host = argv[optind++];
    if (optind < argc)
        return out_usage(&command_endpoints, "\"%s\" is not expected", argv[optind]);
    if (e->host && strpbrk(e->host, "[]@:\\") && !ask_is_address(e->host))
        return out_usage(&command_endpoints, "HOST is a name or an address; \"%s\" is neither",
                         e->host);
    if (q->spn)
        snprintf(e->name, sizeof e->name, "%s", q->spn);
    else if (e->host && !ask_is_address(e->host))
        snprintf(e->name, sizeof e->name, "host/%s", e->host);
    return EXIT_DONE;
}

/* ---- words ---- */

static bool has_object(const struct endpoint *p)
{
    RPC_STATUS status;

    return !UuidIsNil((UUID *)(uintptr_t)&p->object, &status);
}

void endpoints_uuid_text(const UUID *u, char ret[64])
{
    RPC_CSTR text = NULL;

    ret[0] = '\0';
    if (UuidToStringA((UUID *)(uintptr_t)u, &text) == RPC_S_OK)
        snprintf(ret, 64, "%s", (char *)text);
    RpcStringFreeA(&text);
}

/* Nothing of an empty word. */
static void add(char ret[ENDPOINTS_WORDS], const char *between, const char *word)
{
    size_t n = strlen(ret);

    if (*word)
        snprintf(ret + n, ENDPOINTS_WORDS - n, "%s%s", n ? between : "", word);
}

/* "every level", "pkt and above", "connect, privacy". */
static void level_words(unsigned levels, char ret[ENDPOINTS_WORDS])
{
    static const ULONG all[] = { RPC_C_AUTHN_LEVEL_CONNECT, RPC_C_AUTHN_LEVEL_PKT,
                                 RPC_C_AUTHN_LEVEL_PKT_INTEGRITY, RPC_C_AUTHN_LEVEL_PKT_PRIVACY };
    enum { ALL = sizeof all / sizeof *all };
    unsigned first = 0, i;
    bool gap = false;

    ret[0] = '\0';
    while (first < ALL && !(levels & 1U << all[first]))
        first++;
    for (i = first; i < ALL; i++)
        gap |= !(levels & 1U << all[i]);
    if (first == ALL)
        add(ret, "", "no level");
    else if (!gap && first == 0)
        add(ret, "", "every level");
    else if (!gap && first < ALL - 1)
        snprintf(ret, ENDPOINTS_WORDS, "%s and above", ask_level_name(all[first]));
    else
        for (i = first; i < ALL; i++)
            if (levels & 1U << all[i])
                add(ret, ", ", ask_level_name(all[i]));
}

/* Of who answers. */
static void callers(const struct endpoint *p, char ret[ENDPOINTS_WORDS])
{
    const struct verdict *v = &p->verdict;
    bool alike = v->asked[0] && v->asked[1] && v->levels[0] == v->levels[1];
    char levels[ENDPOINTS_WORDS];
    unsigned s;

    ret[0] = '\0';
    if (strcmp(p->sequence, "ncalrpc") == 0) {
        add(ret, "", v->anybody ? "anybody" : "");
        add(ret, "; ", !v->asked[0] ? "" : v->levels[0] ? "kernel" : "not you");
        return;
    }
    add(ret, "", v->anybody ? "anybody" : "");
    for (s = 0; s < (alike ? 1 : ENDPOINTS_SERVICES); s++) {
        if (!v->asked[s])
            continue;
        level_words(v->levels[s], levels);
        add(ret, "; ", alike ? "negotiate, kerberos" : endpoints_service_name(s));
        add(ret, ": ", levels);
    }
    if (!ret[0])
        add(ret, "", "not anybody");
}

enum out_style endpoints_say_verdict(const struct endpoint *p, char ret[ENDPOINTS_WORDS])
{
    ret[0] = '\0';
    switch (p->verdict.state) {
    case ENDPOINT_ANSWERS:
        callers(p, ret);
        return OUT_GOOD;
    case ENDPOINT_STALE:
        add(ret, "", "answers, without this interface");
        return OUT_BAD;
    case ENDPOINT_DEAD:
        add(ret, "", "nobody answers");
        return OUT_BAD;
    case ENDPOINT_UNKNOWN:
        add(ret, "", p->verdict.why);
        return OUT_BAD;
    case ENDPOINT_UNASKED:
        break;
    }
    return OUT_PLAIN;
}

/* ---- findings ---- */

static bool same_interface(const struct endpoint *a, const struct endpoint *b)
{
    return memcmp(&a->id, &b->id, sizeof a->id) == 0;
}

static size_t count_interfaces(const struct endpoints *e)
{
    size_t n = e->count > 0, i;

    for (i = 1; i < e->count; i++)
        n += !same_interface(&e->all[i - 1], &e->all[i]);
    return n;
}

static void print_heading(struct endpoint *p)
{
    const char *name = endpoints_interface_name(&p->id.Uuid);
    char uuid[64];

    endpoints_uuid_text(&p->id.Uuid, uuid);
    out_styled(OUT_HEADING, "\n%s%s%s %u.%u", name ? name : "", name ? "  " : "", uuid,
               p->id.VersMajor, p->id.VersMinor);
    printf("%s%s\n", p->annotation[0] ? "  " : "", out_safe(p->annotation));
}

static void print_endpoint(const struct endpoints *e, struct endpoint *p)
{
    bool elsewhere = p->address[0] && (!e->host || strcmp(p->address, e->host) != 0);
    char words[ENDPOINTS_WORDS], object[64], place[2 * ENDPOINTS_TEXT + 8];
    enum out_style style = endpoints_say_verdict(p, words);

    snprintf(place, sizeof place, "%s%s%s", p->endpoint, elsewhere ? " at " : "",
             elsewhere ? p->address : "");
    printf("    %-13s %-*s", out_safe(p->sequence), words[0] ? 32 : 0, out_safe(place));
    out_styled(style, "%s%s", words[0] ? " " : "", out_safe(words));
    printf("\n");
    if (has_object(p)) {
        endpoints_uuid_text(&p->object, object);
        printf("    %-13s object %s\n", "", object);
    }
}

static void print_all(struct endpoints *e)
{
    size_t i;

    printf("%s: %zu endpoint%s of %zu interface%s\n", e->host ? e->host : "this host", e->count,
           e->count == 1 ? "" : "s", count_interfaces(e), count_interfaces(e) == 1 ? "" : "s");
    for (i = 0; i < e->count; i++) {
        if (i == 0 || !same_interface(&e->all[i - 1], &e->all[i]))
            print_heading(&e->all[i]);
        print_endpoint(e, &e->all[i]);
    }
    if (e->note[0])
        printf("\n%s\n", out_safe(e->note));
}

static void json_verdict(const struct endpoint *p)
{
    static const char *const states[] = { NULL, "answers", "without this interface",
                                          "nobody answers", "unknown" };
    const struct verdict *v = &p->verdict;
    unsigned s, level;

    json_text("state", states[v->state]);
    json_text("why", v->why[0] ? v->why : NULL);
    if (v->state != ENDPOINT_ANSWERS)
        return;
    json_object("takes");
    json_bool("anybody", v->anybody);
    for (s = 0; s < ENDPOINTS_SERVICES; s++) {
        if (!v->asked[s])
            continue;
        json_array(strcmp(p->sequence, "ncalrpc") == 0 ? "kernel" : endpoints_service_name(s));
        for (level = RPC_C_AUTHN_LEVEL_CONNECT; level <= RPC_C_AUTHN_LEVEL_PKT_PRIVACY; level++)
            if (v->levels[s] & 1U << level)
                json_text(NULL, ask_level_name(level));
        json_end();
    }
    json_end();
}

static void json_endpoint(const struct endpoint *p)
{
    char text[64];

    json_object(NULL);
    endpoints_uuid_text(&p->id.Uuid, text);
    json_text("interface", text);
    snprintf(text, sizeof text, "%u.%u", p->id.VersMajor, p->id.VersMinor);
    json_text("version", text);
    json_text("name", endpoints_interface_name(&p->id.Uuid));
    json_text("annotation", p->annotation);
    endpoints_uuid_text(&p->object, text);
    json_text("object", has_object(p) ? text : NULL);
    json_text("protocol_sequence", p->sequence);
    json_text("address", p->address[0] ? p->address : NULL);
    json_text("endpoint", p->endpoint);
    json_verdict(p);
    json_end();
}

static void print_json(const struct endpoints *e)
{
    size_t i;

    json_object(NULL);
    json_text("host", e->host);
    json_bool("mapper_authenticated", e->authenticated);
    json_text("note", e->note[0] ? e->note : NULL);
    json_array("endpoints");
    for (i = 0; i < e->count; i++)
        json_endpoint(&e->all[i]);
    json_end();
    json_end();
}

static int endpoints_run(int argc, char **argv)
{
    struct request q = { .e = { .timeout = 5 } };
    int result = parse(&q, argc, argv);

    if (result == EXIT_DONE)
        result = endpoints_read(&q.e);
    if (result == EXIT_DONE && !q.list)
        endpoints_probe(&q.e);
    if (result == EXIT_DONE && q.json)
        print_json(&q.e);
    if (result == EXIT_DONE && !q.e.count) {
        if (!q.json)
            (void)out_fail("the endpoint mapper of %s knows nothing of that",
                           q.e.host ? q.e.host : "this host");
        result = EXIT_INTERFACE;
    } else if (result == EXIT_DONE && !q.json) {
        print_all(&q.e);
    }
    endpoints_done(&q.e);
    return result;
}

const struct command command_endpoints = {
    "endpoints", "which interfaces does a host serve, where, and to whom?", help, endpoints_run
};
