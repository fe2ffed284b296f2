/* SPDX-License-Identifier: Apache-2.0
 * publish.c - `countersign publish` and `withdraw`: a service in the directory, and its names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "find.h"
#include "out.h"
#include "publish.h"

enum {
    OPT_SCP = OPT_OWN,
    OPT_RNR,
    OPT_RPCNS,
    OPT_NAME,
    OPT_CLASS,
    OPT_ACCOUNT,
    OPT_HOST,
    OPT_PORT,
    OPT_KEYWORD,
    OPT_BINDING,
    OPT_CONTAINER,
    OPT_REPLICABLE,
    OPT_CLASS_GUID,
    OPT_ADDRESS,
    OPT_COMMENT,
    OPT_INTERFACE,
    OPT_OBJECT,
    OPT_SPN_ELSEWHERE,
};

/* Which option is of which kinds. */
static const struct {
    struct option option;
    DWORD kinds;
} rows[] = {
    { { "scp", no_argument, NULL, OPT_SCP }, KINDS_ALL },
    { { "rnr", no_argument, NULL, OPT_RNR }, KINDS_ALL },
    { { "rpcns", no_argument, NULL, OPT_RPCNS }, KINDS_ALL },
    { { "name", required_argument, NULL, OPT_NAME }, KINDS_ALL },
    { { "class", required_argument, NULL, OPT_CLASS }, KINDS_ALL },
    { { "account", required_argument, NULL, OPT_ACCOUNT }, KINDS_ALL },
    { { "host", required_argument, NULL, OPT_HOST }, KINDS_ALL },
    { { "port", required_argument, NULL, OPT_PORT }, KIND_SCP },
    { { "keyword", required_argument, NULL, OPT_KEYWORD }, KIND_SCP },
    { { "binding", required_argument, NULL, OPT_BINDING }, KIND_SCP | KIND_RPCNS },
    { { "container", required_argument, NULL, OPT_CONTAINER }, KIND_SCP },
    { { "replicable", no_argument, NULL, OPT_REPLICABLE }, KIND_SCP },
    { { "class-guid", required_argument, NULL, OPT_CLASS_GUID }, KIND_RNR },
    { { "address", required_argument, NULL, OPT_ADDRESS }, KIND_RNR },
    { { "comment", required_argument, NULL, OPT_COMMENT }, KIND_RNR },
    { { "interface", required_argument, NULL, OPT_INTERFACE }, KIND_RPCNS },
    { { "object", required_argument, NULL, OPT_OBJECT }, KIND_RPCNS },
    { { "spn-elsewhere", no_argument, NULL, OPT_SPN_ELSEWHERE }, KIND_RNR | KIND_RPCNS },
};

enum { ROWS = sizeof rows / sizeof *rows };

static const struct option common[] = { DIRECTORY_OPTIONS };

enum { COMMON = sizeof common / sizeof *common };

#define KIND_HELP                                                                                  \
    "    --scp              a service connection point, found by its keywords (the default)\n"     \
    "    --rnr              a Winsock service, found by its name or its class\n"                   \
    "    --rpcns            an entry of the RPC name service, found by its name or interface\n"

#define SERVICE_HELP                                                                               \
    "    --name NAME        the object's name; of --rpcns /.:/NAME is the same\n"                  \
    "    --class CLASS      the service class: its service principal name is CLASS/host, and of\n" \
    "                       --rnr and --rpcns CLASS/host/DN\n"                                     \
    "    --host NAME        its DNS name; else this host's\n"                                      \
    "    --account ACCOUNT  it runs as; else of --scp this host's computer account, and of the\n"  \
    "                       others the account that publishes\n"

#define SPN_HELP                                                                                   \
    "    --spn-elsewhere    the principal name is an administrator's affair (countersign spn\n"    \
    "                       add, delete): publishing checks it, withdrawing leaves it\n"

static const char publish_help[] =
    "countersign publish - make a service known in the directory\n"
    "\n"
    "Creates an object that clients find, and registers the service principal names by which they\n"
    "know whose key proves it. Reads both back; what fails half way is undone. Publishing again\n"
    "updates what differs. Hosts that share a --rnr or --rpcns entry leave each other's "
    "addresses.\n"
    "\n"
    "The containers of --rnr and --rpcns are the domain's: an administrator lets an ordinary\n"
    "account publish there with countersign grant, and registers its principal name.\n"
    "\n"
    "USAGE\n"
    "    countersign publish --name NAME --class CLASS --keyword WORD... [--port N] [OPTION...]\n"
    "    countersign publish --rnr --name NAME --class CLASS --class-guid GUID\n"
    "        --address HOST:PORT... [OPTION...]\n"
    "    countersign publish --rpcns --name NAME --class CLASS --interface UUID,VERSION\n"
    "        --binding TEXT... [OPTION...]\n"
    "\n"
    "OPTIONS\n" KIND_HELP "\n" SERVICE_HELP "\n"
    "OPTIONS OF A CONNECTION POINT\n"
    "    --keyword WORD     a GUID or a word clients search for; as often as needed\n"
    "    --port N           where it listens\n"
    "    --binding TEXT     serviceBindingInformation, else the port; as often as needed\n"
    "    --container DN     where the object stands; else below the computer object\n"
    "    --replicable       the names hold the object's DN: CLASS/host/DN\n"
    "\n"
    "OPTIONS OF A WINSOCK SERVICE\n"
    "    --class-guid GUID  the class of Winsock services it is of\n"
    "    --address A:PORT   an IP address and a port, [v6]:PORT; /udp behind it where it is not\n"
    "                       TCP; as often as needed\n"
    "    --comment TEXT     what people read\n" SPN_HELP "\n"
    "OPTIONS OF AN RPC ENTRY\n"
    "    --interface UUID,V the interface, with its version: ...,1.0\n"
    "    --binding TEXT     a string binding: ncacn_ip_tcp:host[port]; as often as needed\n"
    "    --object UUID      an object that the entry has; as often as needed\n" SPN_HELP "\n"
    "OPTIONS OF EVERY COMMAND\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign publish --name SockAuth --class SockAuth --port 7777 \\\n"
    "        --keyword a7f2d3c4-5b16-4e8f-9d0a-1b2c3d4e5f60\n"
    "    countersign publish --rnr --name SockAuth --class SockAuth --address 192.0.2.1:7777 \\\n"
    "        --class-guid 5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a11 --account svc\n"
    "    countersign publish --rpcns --name Hello --class Hello --account svc \\\n"
    "        --interface 7a1c9e30-3d52-4b64-8e57-9f0a1b2c3d4e,1.0 \\\n"
    "        --binding 'ncacn_ip_tcp:host1.example.com[5000]'\n"
    "\n"
    "EXIT STATUS\n"
    "    0 published, 1 refused or failed, 2 usage\n";

static const char withdraw_help[] =
    "countersign withdraw - take back what publish published\n"
    "\n"
    "The object goes, and the service principal names. Of an entry that several hosts share, this\n"
    "host's addresses go, and the object with the last.\n"
    "\n"
    "USAGE\n"
    "    countersign withdraw --name NAME --class CLASS [OPTION...]\n"
    "    countersign withdraw --rnr --name NAME --class CLASS --class-guid GUID [OPTION...]\n"
    "    countersign withdraw --rpcns --name NAME --class CLASS --interface UUID,VERSION\n"
    "        [OPTION...]\n"
    "\n"
    "OPTIONS\n" KIND_HELP "\n" SERVICE_HELP
    "    --container DN     of --scp: where the object stands; else below the computer object\n"
    "    --replicable       of --scp: the names hold the object's DN\n"
    "    --class-guid GUID  of --rnr: the class it was published with\n"
    "    --interface UUID,V of --rpcns: the interface it was published with\n" SPN_HELP
    "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign withdraw --name SockAuth --class SockAuth\n"
    "    countersign withdraw --rnr --name SockAuth --class SockAuth \\\n"
    "        --class-guid 5c1f0b52-6a0e-4d1b-9a53-7d6f0f3c9a11 --account svc\n"
    "\n"
    "EXIT STATUS\n"
    "    0 withdrawn, or it was not there\n"
    "    1 refused or failed; or the entry is withdrawn and its principal name stays, as is then\n"
    "      said: --spn-elsewhere leaves it on purpose\n"
    "    2 usage\n";

static bool append(const char **list, DWORD *count, const char *value)
{
    if (*count == PUBLISH_LIST_MOST)
        return false;
    list[(*count)++] = value;
    return true;
}

static bool port_of(const char *text, USHORT *ret)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);

    if (end == text || *end || n < 1 || n > 65535)
        return false;
    *ret = (USHORT)n;
    return true;
}

/* NULL: the option has no text to keep. */
static const char **text_of(struct publish *q, int opt)
{
    switch (opt) {
    case OPT_NAME:
        return &q->service.name;
    case OPT_CLASS:
        return &q->service.service_class;
    case OPT_ACCOUNT:
        return &q->service.account;
    case OPT_HOST:
        return &q->service.dns_name;
    case OPT_CONTAINER:
        return &q->service.container;
    case OPT_CLASS_GUID:
    case OPT_INTERFACE:
        return &q->name.type;
    case OPT_COMMENT:
        return &q->name.comment;
    default:
        return NULL;
    }
}

static bool take_kind(struct publish *q, DWORD kind)
{
    bool fits = !q->kind || q->kind == kind;

    q->kind = kind;
    return fits;
}

static bool take(struct publish *q, int opt, char *value)
{
    const char **text = text_of(q, opt);

    if (text) {
        *text = value;
        return true;
    }
    switch (opt) {
    case OPT_SCP:
        return take_kind(q, KIND_SCP);
    case OPT_RNR:
        return take_kind(q, KIND_RNR);
    case OPT_RPCNS:
        return take_kind(q, KIND_RPCNS);
    case OPT_PORT:
        return port_of(value, &q->service.port);
    case OPT_KEYWORD:
        return append(q->keyword, &q->keywords, value);
    case OPT_BINDING:
        return append(q->binding, &q->bindings, value);
    case OPT_ADDRESS:
        return append(q->address, &q->addresses, value);
    case OPT_OBJECT:
        return append(q->object, &q->objects, value);
    case OPT_REPLICABLE:
        q->service.replicable = 1;
        return true;
    case OPT_SPN_ELSEWHERE:
        q->name.flags |= CS_NAME_SPN_ELSEWHERE;
        return true;
    default:
        return directory_option(&q->d, opt, value);
    }
}

static int row_of(int opt)
{
    int i;

    for (i = 0; i < ROWS; i++)
        if (rows[i].option.val == opt)
            return i;
    return -1;
}

static int check(const struct command *c, const struct publish *q, bool taking,
                 const bool given[ROWS])
{
    const CS_SERVICE *s = &q->service;
    int i;

    for (i = 0; i < ROWS; i++)
        if (given[i] && !(rows[i].kinds & q->kind))
            return out_usage(c, "--%s is no option of --%s", rows[i].option.name,
                             kind_name(q->kind));
    if (!s->name || !s->service_class)
        return out_usage(c, "--name and --class are needed");
    if (q->kind == KIND_RNR && !q->name.type)
        return out_usage(c, "--class-guid is needed: the class of Winsock services it is of");
    if (q->kind == KIND_RPCNS && !q->name.type)
        return out_usage(c, "--interface UUID,VERSION is needed");
    if (!taking && q->kind == KIND_SCP && !q->keywords)
        return out_usage(c, "at least one --keyword is needed to be found by");
    if (!taking && q->kind == KIND_RNR && !q->addresses)
        return out_usage(c, "at least one --address is needed to be reached at");
    if (!taking && q->kind == KIND_RPCNS && !q->bindings)
        return out_usage(c, "at least one --binding is needed to be reached at");
    return EXIT_DONE;
}

static int parse(const struct command *c, struct publish *q, bool taking, int argc, char **argv)
{
    struct option options[COMMON + ROWS + 1] = { 0 };
    bool given[ROWS] = { 0 };
    int opt, row, i;

    memcpy(options, common, sizeof common);
    for (i = 0; i < ROWS; i++)
        options[COMMON + i] = rows[i].option;
    q->service.size = sizeof q->service;
    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        row = row_of(opt);
        if (row >= 0)
            given[row] = true;
        if (!take(q, opt, optarg))
            return out_usage(c, row >= 0 && row_of(OPT_RPCNS) >= row
                                    ? "--scp, --rnr or --rpcns: one of them"
                                    : "an option is not known, or its value is none");
    }
    if (optind < argc)
        return out_usage(c, "\"%s\" is not expected", argv[optind]);
    q->kind = q->kind ? q->kind : KIND_SCP;
    return check(c, q, taking, given);
}

static int publish_run(int argc, char **argv)
{
    struct publish q = { 0 };
    int result = parse(&command_publish, &q, false, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = q.kind == KIND_SCP ? publish_point(&q) : publish_name(&q);
    directory_done(&q.d);
    return result;
}

static int withdraw_run(int argc, char **argv)
{
    struct publish q = { 0 };
    int result = parse(&command_withdraw, &q, true, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = q.kind == KIND_SCP ? withdraw_point(&q) : withdraw_name(&q);
    directory_done(&q.d);
    return result;
}

const struct command command_publish = { "publish", "make a service known in the directory",
                                         publish_help, publish_run };
const struct command command_withdraw = { "withdraw", "take back what publish published",
                                          withdraw_help, withdraw_run };
