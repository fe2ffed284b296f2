/* SPDX-License-Identifier: Apache-2.0
 * audit.c - `countersign audit`: how secure is my RPC server now? The command line of it.
 */
#include "audit_inside.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "ask.h"
#include "ping.h"

static const char help[] =
    "countersign audit - how secure is my RPC server now?\n"
    "\n"
    "Asks the servers of a host, or one of them, what a stranger and what you may do there: which\n"
    "interfaces are served, to whom, protected how well, and how large a request may be. Each\n"
    "finding has a grade, the practice of Windows' \"Writing a Secure RPC Client or Server\" that "
    "it\n"
    "belongs to, and the line that mends it. Nothing of a server is run but one question of the\n"
    "management interface, which every server has: what do you serve?\n"
    "\n"
    "USAGE\n"
    "    countersign audit [HOST | BINDING | UNIT | --pid PID] [OPTION...]\n"
    "\n"
    "HOST: all that its endpoint mapper knows, and what those processes serve besides. BINDING:\n"
    "one server, \"ncacn_ip_tcp:dc1[49152]\", \"dc1[49152]\", \"ncalrpc:[NAME]\". Without either "
    "it is\n"
    "this host, asked over ncalrpc. Levels are seen if you have a ticket (kinit) and the server a\n"
    "name that it can prove. UNIT, \"hello.service\": the process that systemd runs for it, "
    "looked\n"
    "at from inside.\n"
    "\n"
    "OPTIONS\n"
    "    --pid PID          that process, from inside\n"
    "    --inside           the process that has the endpoint of a BINDING with ncalrpc, from "
    "inside\n"
    "    --active           call the operations of --idl, too: see below\n"
    "    --idl FILE         the interfaces that may be called; may be said again\n"
    "    --interface UUID[,VERSION]  this one, too, of a BINDING; of a HOST, this one alone\n"
    "    --spn NAME         whom servers must prove to be; else host/HOST\n"
    "    --least GRADE      A to F: worse than that is failure; else B\n"
    "    --html FILE        the report as a page that needs nothing else, into FILE\n"
    "    --port N           the mapper's port; else COUNTERSIGN_EPMAPPER_PORT, else 135\n"
    "    --timeout SECONDS  of each step; else 5\n"
    "    --json             the report as JSON\n"
    "\n"
    "FROM INSIDE\n"
    "A server of this library tells its own account and root how it is set: each interface with "
    "its\n"
    "flags, security callback, descriptor, guard, least level, limits and open context handles; "
    "the\n"
    "endpoints, the principals and the policy in force; and which of the sixteen practices hold, "
    "do\n"
    "not, or cannot be known there. It is asked at ncalrpc:[CS-INSIDE-PID], in the directory of\n"
    "COUNTERSIGN_NCALRPC_DIR, and believed only if the kernel says that the process's account or "
    "root\n"
    "answers. Policy self-report = enforce turns it off (countersign.conf(5)).\n"
    "\n"
    "WITH --active\n"
    "Each operation of the interfaces whose --idl FILE is given, and of no other, is sent one "
    "request\n"
    "without a single octet: as nobody, and over TCP, where you have a ticket and the server "
    "proved\n"
    "its name, at level connect and, if that is refused, at pkt. At most three requests for each\n"
    "operation at each endpoint, one after the other. The stub of an operation with [in] "
    "parameters\n"
    "refuses such a request before any routine runs; whether the caller was refused before that "
    "is\n"
    "what is learnt. An operation without [in] parameters, or with a pipe alone, would run: it is\n"
    "never called, and said to be \"not called\". No number beyond those of the FILE is called "
    "but\n"
    "65535, as always. Then each server has connections of nobody opened to it over TCP, one "
    "after\n"
    "the other, until one is refused or there are 64, each with one call of number 65535; all are\n"
    "closed at once. Context handles are not tried: making one is a call that changes something.\n"
    "Without --active, too, each interface over TCP is sent one request of a MByte, number 65535,\n"
    "for the limit of its size. It needs countersign-idl.\n"
    "\n"
    "GRADES\n"
    "    A  nothing that was asked speaks against it\n"
    "    B  good, and could be tighter\n"
    "    C  not all of it could be seen, or it is out of the ordinary\n"
    "    D  who listens on the way can read or change calls, or nobody looks at who calls\n"
    "    F  calls of callers who did not authenticate are taken\n"
    "The whole is as good as its worst part. What cannot be seen from outside is said to be\n"
    "unseen, and has no part in the grade. NTLM is not among what is tried.\n"
    "\n"
    "EXAMPLES\n"
    "    countersign audit\n"
    "    countersign audit dc1.example.com --html report.html\n"
    "    countersign audit \"host1.example.com[49152]\" --spn Hello/host1.example.com --least A\n"
    "    countersign audit \"ncalrpc:[Countersign Sample]\" --json\n"
    "    countersign audit \"host1.example.com[49152]\" --active --idl hello.idl\n"
    "    countersign audit hello.service\n"
    "    countersign audit --pid 4711 --html inside.html\n"
    "\n"
    "EXIT STATUS\n"
    "    0 the grade is --least or better, 1 it is worse, or anything else, 2 usage, 3 nobody\n"
    "    answers, 4 there is nothing to judge, 5 it does not take you, or cannot prove who it is\n";

enum option_name {
    OPT_INTERFACE = 1,
    OPT_SPN,
    OPT_LEAST,
    OPT_HTML,
    OPT_PORT,
    OPT_TIMEOUT,
    OPT_JSON,
    OPT_PID,
    OPT_INSIDE,
    OPT_ACTIVE,
    OPT_IDL,
};

struct request {
    struct audit audit;
    const char *html;
    const char *unit;
    unsigned pid; /* 0: not said */
    char least;
    bool json, inside;
};

static bool number(const char *text, unsigned long most, unsigned *ret)
{
    char *rest = NULL;
    unsigned long n = strtoul(text, &rest, 10);

    if (text[0] < '0' || text[0] > '9' || *rest || n < 1 || n > most)
        return false;
    *ret = (unsigned)n;
    return true;
}

static bool take_interface(struct audit *a, const char *value)
{
    bool versioned = false;

    a->interface.VersMajor = 1;
    if (ask_parse_interface(value, &a->interface, &versioned) != RPC_S_OK)
        return false;
    a->chosen = true;
    a->e.interface = a->interface;
    a->e.versioned = versioned;
    return true;
}

static bool take(struct request *q, int opt, const char *value)
{
    unsigned port;

    switch (opt) {
    case OPT_INTERFACE:
        return take_interface(&q->audit, value);
    case OPT_SPN:
        snprintf(q->audit.e.name, sizeof q->audit.e.name, "%s", value);
        return true;
    case OPT_LEAST:
        q->least = value[0];
        return value[0] && strchr("ABCDF", value[0]) && !value[1];
    case OPT_HTML:
        q->html = value;
        return true;
    case OPT_PORT:
        return number(value, UINT16_MAX, &port) && !setenv("COUNTERSIGN_EPMAPPER_PORT", value, 1);
    case OPT_TIMEOUT:
        return number(value, 3600, &q->audit.e.timeout);
    case OPT_JSON:
        return q->json = true;
    case OPT_PID:
        return number(value, INT32_MAX, &q->pid);
    case OPT_INSIDE:
        return q->inside = true;
    case OPT_ACTIVE:
        return q->audit.active.wanted = true;
    case OPT_IDL:
        return active_add(&q->audit.active, value);
    default:
        return false;
    }
}

static void take_whom(struct audit *a, const char *whom)
{
    bool address = whom && ask_is_address(whom);

    if (whom && !address && strpbrk(whom, "[]@:\\")) {
        a->binding = whom;
        return;
    }
    a->e.host = whom;
    a->e.by_interface = a->chosen;
    if (whom && !a->e.name[0] && !address)
        snprintf(a->e.name, sizeof a->e.name, "host/%s", whom);
}

static bool looks_inside(const struct request *q)
{
    return q->inside || q->unit || q->pid;
}

static int parse(struct request *q, int argc, char **argv)
{
    static const struct option options[] = {
        { "interface", required_argument, NULL, OPT_INTERFACE },
        { "spn", required_argument, NULL, OPT_SPN },
        { "least", required_argument, NULL, OPT_LEAST },
        { "html", required_argument, NULL, OPT_HTML },
        { "port", required_argument, NULL, OPT_PORT },
        { "timeout", required_argument, NULL, OPT_TIMEOUT },
        { "json", no_argument, NULL, OPT_JSON },
        { "pid", required_argument, NULL, OPT_PID },
        { "inside", no_argument, NULL, OPT_INSIDE },
        { "active", no_argument, NULL, OPT_ACTIVE },
        { "idl", required_argument, NULL, OPT_IDL },
        { 0 },
    };
    const char *whom = NULL;
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1)
        if (!take(q, opt, optarg))
            return out_usage(&command_audit, "an option is not known, or its value is none");
    if (optind < argc)
        whom = argv[optind++];
    if (optind < argc)
        return out_usage(&command_audit, "\"%s\" is not expected", argv[optind]);
    if (whom && audit_is_unit(whom))
        q->unit = whom;
    else
        take_whom(&q->audit, whom);
    if (q->pid && whom)
        return out_usage(&command_audit, "--pid is one process, and \"%s\" another", whom);
    if (q->inside && !q->audit.binding)
        return out_usage(&command_audit, "--inside wants a binding, ncalrpc:[NAME]");
    if (q->audit.active.wanted && !q->audit.active.idl_count)
        return out_usage(&command_audit,
                         "--active calls operations: --idl FILE says which there are");
    if (!q->audit.active.wanted && q->audit.active.idl_count)
        return out_usage(&command_audit, "--idl is for --active");
    if (looks_inside(q) && q->audit.active.wanted)
        return out_usage(&command_audit, "--active calls from outside: say a HOST or a BINDING");
    if (looks_inside(q) && q->audit.chosen)
        return out_usage(&command_audit, "from inside every interface is seen: no --interface");
    return EXIT_DONE;
}

static int ask(struct request *q)
{
    pid_t pid = (pid_t)q->pid;
    int result = EXIT_DONE;

    if (!looks_inside(q))
        result = active_read(&q->audit.active);
    if (!looks_inside(q))
        return result == EXIT_DONE ? audit_ask(&q->audit) : result;
    if (q->unit)
        result = audit_pid_of_unit(q->unit, &pid);
    else if (q->inside)
        result = audit_pid_of_endpoint(q->audit.binding, &pid);
    return result == EXIT_DONE ? audit_inside_ask(&q->audit, pid) : result;
}

/* Of the report: it is told, whatever it says. */
static int report(struct request *q)
{
    struct audit *a = &q->audit;

    if (!audit_judge(a))
        return out_fail("not enough memory for the report");
    if (q->html && !audit_html(a, q->html))
        return out_fail("%s: %s", q->html, strerror(errno));
    if (q->json)
        audit_json(a);
    else
        audit_print(a);
    if (!a->judged)
        return EXIT_INTERFACE;
    return a->grade <= q->least ? EXIT_DONE : EXIT_NEGATIVE;
}

static int audit_run(int argc, char **argv)
{
    struct request q = { .audit = { .e = { .timeout = 5 } }, .least = 'B' };
    int result = parse(&q, argc, argv);

    if (result == EXIT_DONE)
        result = ask(&q);
    if (result == EXIT_DONE)
        result = report(&q);
    audit_done(&q.audit);
    return result;
}

const struct command command_audit = { "audit", "how secure is my RPC server now?", help,
                                       audit_run };
