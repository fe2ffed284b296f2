/* SPDX-License-Identifier: Apache-2.0
 * ping.c - `countersign ping`: is a server there, is it the one, and how long does a call take?
 */
#include "ping.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "out.h"

static const char help[] =
    "countersign ping - is a server there, is it the one, how long does a call take?\n"
    "\n"
    "Goes the way a remote procedure call goes and gives a verdict and a time for each part: "
    "parse\n"
    "the binding, resolve the host, find the endpoint, connect, bind the interface, authenticate\n"
    "both ends, call. The call in earnest is to the management interface, which every server has;\n"
    "of your own interface nothing is run, it is only asked whether it would take such a call.\n"
    "\n"
    "USAGE\n"
    "    countersign ping BINDING [OPTION...]\n"
    "\n"
    "BINDING is a string binding, or the part of it that matters: \"ncacn_ip_tcp:dc1[49152]\",\n"
    "\"dc1[49152]\", \"dc1\"; \"ncalrpc:[NAME]\" on this host. Without an endpoint, the host's "
    "endpoint mapper is asked for that "
    "of\n"
    "--interface; without either, it is the endpoint mapper itself that is pinged.\n"
    "\n"
    "OPTIONS\n"
    "    --interface UUID[,VERSION]  the interface you mean to call; version 1.0 where none is "
    "said\n"
    "    --spn NAME         whom the server must prove to be; else host/HOST. Over ncalrpc the\n"
    "                       account it runs as; else root's and your own are good\n"
    "    --level LEVEL      none, connect, pkt, integrity or privacy; else privacy\n"
    "    --service SERVICE  negotiate or kerberos; else negotiate\n"
    "    --count N          then N calls, and the latency of them\n"
    "    --loop             then calls until you interrupt it, a line for each\n"
    "    --interval MS      milliseconds between two calls; else 0 with --count, 1000 with --loop\n"
    "    --timeout SECONDS  of each step; else 10\n"
    "    --json             findings as JSON, times in microseconds\n"
    "\n"
    "EXAMPLES\n"
    "    countersign ping dc1.example.com\n"
    "    countersign ping dc1.example.com --interface 12345778-1234-abcd-ef00-0123456789ab,0.0\n"
    "    countersign ping \"host1.example.com[49152]\" --spn Hello/host1.example.com --count 1000\n"
    "    countersign ping dc1.example.com --level none --loop\n"
    "\n"
    "EXIT STATUS\n"
    "    0 all of it works, 2 usage, 3 nobody is there, 4 somebody, without that interface,\n"
    "    5 not proven who it is or who you are, 6 calls fail, 1 anything else\n";

enum option_name {
    OPT_INTERFACE = 1,
    OPT_SPN,
    OPT_LEVEL,
    OPT_SERVICE,
    OPT_COUNT,
    OPT_LOOP,
    OPT_INTERVAL,
    OPT_TIMEOUT,
    OPT_AS_JSON,
};

struct request {
    struct ping ping;
    struct ping_loop loop;
    bool looping, json, paced;
};

/* ---- the command line ---- */

static bool number(const char *text, unsigned long least, unsigned long most, unsigned long *ret)
{
    char *rest = NULL;
    unsigned long n = strtoul(text, &rest, 10);

    if (text[0] < '0' || text[0] > '9' || *rest || n < least || n > most)
        return false;
    *ret = n;
    return true;
}

static bool level_of(const char *word, ULONG *ret)
{
    static const struct {
        const char *word;
        ULONG level;
    } levels[] = {
        { "none", RPC_C_AUTHN_LEVEL_NONE },
        { "connect", RPC_C_AUTHN_LEVEL_CONNECT },
        { "pkt", RPC_C_AUTHN_LEVEL_PKT },
        { "integrity", RPC_C_AUTHN_LEVEL_PKT_INTEGRITY },
        { "privacy", RPC_C_AUTHN_LEVEL_PKT_PRIVACY },
    };
    size_t i;

    for (i = 0; i < sizeof levels / sizeof *levels; i++)
        if (strcmp(levels[i].word, word) == 0) {
            *ret = levels[i].level;
            return true;
        }
    return false;
}

static bool service_of(const char *word, ULONG *ret)
{
    bool kerberos = strcmp(word, "kerberos") == 0;

    *ret = kerberos ? RPC_C_AUTHN_GSS_KERBEROS : RPC_C_AUTHN_GSS_NEGOTIATE;
    return kerberos || strcmp(word, "negotiate") == 0;
}

static bool take(struct request *q, int opt, const char *value)
{
    unsigned long n = 0;
    bool good = true;

    switch (opt) {
    case OPT_INTERFACE:
        q->ping.interface = value;
        return true;
    case OPT_SPN:
        q->ping.spn = value;
        return true;
    case OPT_LEVEL:
        return level_of(value, &q->ping.level);
    case OPT_SERVICE:
        return service_of(value, &q->ping.service);
    case OPT_COUNT:
        q->looping = true;
        return number(value, 1, 1000000000, &q->loop.count);
    case OPT_LOOP:
        q->looping = q->loop.aloud = true;
        return true;
    case OPT_INTERVAL:
        q->paced = good = number(value, 0, 3600000, &n);
        q->loop.interval = (unsigned)n;
        return good;
    case OPT_TIMEOUT:
        good = number(value, 1, 3600, &n);
        q->ping.timeout = (unsigned)n;
        return good;
    case OPT_AS_JSON:
        q->json = true;
        return true;
    default:
        return false;
    }
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option options[] = {
        { "interface", required_argument, NULL, OPT_INTERFACE },
        { "spn", required_argument, NULL, OPT_SPN },
        { "level", required_argument, NULL, OPT_LEVEL },
        { "service", required_argument, NULL, OPT_SERVICE },
        { "count", required_argument, NULL, OPT_COUNT },
        { "loop", no_argument, NULL, OPT_LOOP },
        { "interval", required_argument, NULL, OPT_INTERVAL },
        { "timeout", required_argument, NULL, OPT_TIMEOUT },
        { "json", no_argument, NULL, OPT_AS_JSON },
        { 0 },
    };
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take(q, opt, optarg))
            return out_usage(&command_ping, "an option is not known, or its value is none");
    if (optind >= argc)
        return out_usage(&command_ping, "ping whom? A host or a string binding is needed");
    q->ping.binding = argv[optind++];
    if (optind < argc)
        return out_usage(&command_ping, "\"%s\" is not expected", argv[optind]);
    if (q->looping && q->loop.count == 0 && !q->paced)
        q->loop.interval = 1000;
    if (q->json)
        q->loop.aloud = false;
    return EXIT_DONE;
}

/* ---- findings ---- */

static const char *const state_words[] = { "ok", "refused", "failed" };

static void print_steps(struct ping *p)
{
    size_t i;

    for (i = 0; i < p->count; i++) {
        struct ping_step *s = &p->steps[i];

        out_styled(s->state == PING_OK ? OUT_GOOD : OUT_BAD, "%-8s", state_words[s->state]);
        printf("%-13s%9.3f ms  %s\n", s->name, (double)s->us / 1000, out_safe(s->found));
    }
}

static void print_verdict(struct ping *p, int result)
{
    struct ping_step *last = &p->steps[p->count - 1];

    if (result == EXIT_DONE && p->level == RPC_C_AUTHN_LEVEL_NONE)
        out_styled(OUT_PLAIN, "\nreachable, and unproven: who it is was not asked\n");
    else if (result == EXIT_DONE)
        out_styled(OUT_GOOD, "\nreachable, and it is %s\n",
                   p->name[0] ? p->name : "root or yourself");
    else
        out_styled(OUT_BAD, "\nnot reachable: it ends at %s\n", last->name);
    if (result != EXIT_DONE && last->fix[0])
        printf("fix: %s\n", out_safe(last->fix));
}

static void print_latency(const struct ping_latency *l)
{
    if (l->failed < l->calls)
        printf("%lu calls: min %.3f, median %.3f, p99 %.3f, max %.3f ms\n", l->calls,
               (double)l->min / 1000, (double)l->median / 1000, (double)l->p99 / 1000,
               (double)l->max / 1000);
    if (l->failed)
        out_styled(OUT_BAD, "%lu of %lu calls failed, the last: %s\n", l->failed, l->calls, l->why);
}

static void json_latency(const struct ping_latency *l)
{
    json_object("latency");
    json_number("calls", (int64_t)l->calls);
    json_number("failed", (int64_t)l->failed);
    json_number("min_us", l->min);
    json_number("median_us", l->median);
    json_number("p99_us", l->p99);
    json_number("max_us", l->max);
    json_text("why", l->failed ? l->why : NULL);
    json_end();
}

static void print_json(struct ping *p, int result, const struct ping_latency *l)
{
    size_t i;

    json_object(NULL);
    json_text("host", p->host);
    json_text("endpoint", p->endpoint);
    json_text("name", p->level == RPC_C_AUTHN_LEVEL_NONE ? NULL : p->name);
    json_text("verdict", result == EXIT_DONE ? "reachable" : "not reachable");
    json_array("steps");
    for (i = 0; i < p->count; i++) {
        json_object(NULL);
        json_text("step", p->steps[i].name);
        json_text("state", state_words[p->steps[i].state]);
        json_number("us", p->steps[i].us);
        json_text("found", p->steps[i].found);
        json_text("fix", p->steps[i].fix[0] ? p->steps[i].fix : NULL);
        json_end();
    }
    json_end();
    if (l)
        json_latency(l);
    json_end();
}

static int ping_run(int argc, char **argv)
{
    struct request q = { .ping = { .level = RPC_C_AUTHN_LEVEL_PKT_PRIVACY,
                                   .service = RPC_C_AUTHN_GSS_NEGOTIATE,
                                   .timeout = 10 } };
    struct ping_latency latency = { 0 };
    int result = parse(&q, argc, argv);
    bool looped = false;

    if (result != EXIT_DONE)
        return result;
    result = ping_walk(&q.ping);
    if (!q.json) {
        print_steps(&q.ping);
        print_verdict(&q.ping, result);
    }
    if (result == EXIT_DONE && q.looping) {
        looped = ping_loop(&q.ping, &q.loop, &latency);
        if (!looped)
            result = out_fail("not enough memory for the latencies of %lu calls", latency.calls);
        else if (latency.failed)
            result = EXIT_CALLS_FAILED;
    }
    if (q.json)
        print_json(&q.ping, result, looped ? &latency : NULL);
    else if (looped)
        print_latency(&latency);
    ping_done(&q.ping);
    return result;
}

const struct command command_ping = {
    "ping", "is a server there, is it the one, how long does a call take?", help, ping_run
};
