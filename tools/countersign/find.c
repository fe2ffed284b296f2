/* SPDX-License-Identifier: Apache-2.0
 * find.c - `countersign find`: services in the directory, and which of them to trust.
 */
#include <stdio.h>

#include "ask.h"
#include "find.h"
#include "out.h"

enum {
    OPT_SCP = OPT_OWN,
    OPT_RNR,
    OPT_RPCNS,
    OPT_NAME,
    OPT_CLASS_GUID,
    OPT_INTERFACE,
    OPT_CLASS,
    OPT_ACCOUNT,
    OPT_GROUP,
    OPT_OWNER,
    OPT_CONTAINER,
    OPT_LONG,
};

static const char find_help[] =
    "countersign find - services by keyword, name, class or interface\n"
    "\n"
    "Looks for service connection points (scp), for Winsock services (rnr) and in the RPC name\n"
    "service (rpcns). WORD is a keyword of the first; the name or the class's GUID of the second;\n"
    "the name or the interface of the third. Without WORD everything is listed.\n"
    "\n"
    "Without --class nothing is judged: what the directory says is evidence, not proof, and any\n"
    "account that may create an object may have planted it. With --class each is judged as a\n"
    "client judges it before it connects: the account behind the service principal name must be\n"
    "one only, and satisfy what you demand of it.\n"
    "\n"
    "USAGE\n"
    "    countersign find [WORD] [--scp] [--rnr] [--rpcns] [OPTION...]\n"
    "    countersign find WORD --class CLASS [--account ACCOUNT] [OPTION...]\n"
    "\n"
    "OPTIONS\n"
    "    --scp              service connection points alone\n"
    "    --rnr              Winsock services alone; or with another of these, both\n"
    "    --rpcns            entries of the RPC name service alone\n"
    "    --name NAME        the name of an rnr or rpcns service, where WORD is something else\n"
    "    --class-guid GUID  rnr services of this class of Winsock services\n"
    "    --interface UUID,V rpcns servers of this interface; without ,V of any version\n"
    "    --class CLASS      the service class the client expects: of CLASS/host\n"
    "    --account ACCOUNT  the account it must run as\n"
    "    --group GROUP      a group that account must belong to\n"
    "    --owner ACCOUNT    who must own the object, or a group the owner belongs to\n"
    "    --container DN     where the object must stand\n"
    "    --long             all of each, instead of a line\n"
    "\n" DIRECTORY_HELP "\n"
    "VERDICTS\n"
    "    trusted    it is what you demand; connect to it under the name that --long shows\n"
    "               (spn in --json, which of every other is null: there is nothing to connect to)\n"
    "    refused    it is not: another account's, planted, ambiguous; the line below says why\n"
    "    damaged    a value of it is not understood and left out; the line below says which\n"
    "    unjudged   there was no --class\n"
    "\n"
    "EXAMPLES\n"
    "    countersign find\n"
    "    countersign find a7f2d3c4-5b16-4e8f-9d0a-1b2c3d4e5f60 --class SockAuth --account svc\n"
    "    countersign find SockAuth --rnr --class SockAuth --account svc --long\n"
    "    countersign find --interface 7a1c9e30-3d52-4b64-8e57-9f0a1b2c3d4e,1.0\n"
    "\n"
    "EXIT STATUS\n"
    "    0  found; with --class: at least one is trusted\n"
    "    1  none, none that has a sound address, none that is trusted, or it failed\n"
    "    2  usage\n";

static const struct option options[] = {
    DIRECTORY_OPTIONS,
    { "scp", no_argument, NULL, OPT_SCP },
    { "rnr", no_argument, NULL, OPT_RNR },
    { "rpcns", no_argument, NULL, OPT_RPCNS },
    { "name", required_argument, NULL, OPT_NAME },
    { "class-guid", required_argument, NULL, OPT_CLASS_GUID },
    { "interface", required_argument, NULL, OPT_INTERFACE },
    { "class", required_argument, NULL, OPT_CLASS },
    { "account", required_argument, NULL, OPT_ACCOUNT },
    { "group", required_argument, NULL, OPT_GROUP },
    { "owner", required_argument, NULL, OPT_OWNER },
    { "container", required_argument, NULL, OPT_CONTAINER },
    { "long", no_argument, NULL, OPT_LONG },
    { 0 },
};

struct request {
    struct directory d;
    struct search search;
    CS_TRUST trust;
    bool every_detail;
};

/* NULL: the option has no text to keep. */
static const char **text_of(struct request *q, int opt)
{
    switch (opt) {
    case OPT_NAME:
        return &q->search.name;
    case OPT_CLASS_GUID:
        return &q->search.class_guid;
    case OPT_INTERFACE:
        return &q->search.interface;
    case OPT_CLASS:
        return &q->search.service_class;
    case OPT_ACCOUNT:
        return &q->trust.account;
    case OPT_GROUP:
        return &q->trust.group;
    case OPT_OWNER:
        return &q->trust.owner;
    case OPT_CONTAINER:
        return &q->trust.container;
    default:
        return NULL;
    }
}

static DWORD kind_of(int opt)
{
    return opt == OPT_SCP     ? KIND_SCP
           : opt == OPT_RNR   ? KIND_RNR
           : opt == OPT_RPCNS ? KIND_RPCNS
                              : 0;
}

static bool take(struct request *q, int opt, char *value)
{
    const char **text = text_of(q, opt);

    q->search.kinds |= kind_of(opt);
    if (text)
        *text = value;
    else if (opt == OPT_LONG)
        q->every_detail = true;
    else
        return kind_of(opt) || directory_option(&q->d, opt, value);
    return true;
}

/* An option of one kind asks for that kind, unless kinds are said. */
static DWORD kinds_of(const struct search *s)
{
    DWORD kinds = 0;

    if (s->kinds)
        return s->kinds;
    if (s->class_guid)
        kinds |= KIND_RNR;
    if (s->interface)
        kinds |= KIND_RPCNS;
    if (s->name && !kinds)
        kinds = KIND_RNR | KIND_RPCNS;
    return kinds ? kinds : KINDS_ALL;
}

static bool is_interface(const char *text)
{
    bool versioned = false;
    RPC_IF_ID face;

    return ask_parse_interface(text, &face, &versioned) == RPC_S_OK;
}

static int check(struct request *q)
{
    const struct search *s = &q->search;
    const CS_TRUST *t = &q->trust;
    const struct command *c = &command_find;

    if (t->account || t->group || t->owner || t->container)
        q->search.trust = t;
    if (s->service_class && !s->word && !s->name && !s->class_guid && !s->interface)
        return out_usage(c, "--class goes with a keyword, a name, a class or an interface");
    if (s->trust && !s->service_class)
        return out_usage(c, "trust goes with --class: the class is the caller's");
    q->search.kinds = kinds_of(s);
    if (s->class_guid && !(s->kinds & KIND_RNR))
        return out_usage(c, "--class-guid goes with --rnr");
    if (s->interface && !(s->kinds & KIND_RPCNS))
        return out_usage(c, "--interface goes with --rpcns");
    if (s->interface && !is_interface(s->interface))
        return out_usage(c, "\"%s\" is no interface: write UUID or UUID,1.0", s->interface);
    return EXIT_DONE;
}

static int parse(struct request *q, int argc, char **argv)
{
    int opt;

    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(q, opt, optarg))
            return out_usage(&command_find, "that option is not known");
    }
    if (optind < argc)
        q->search.word = argv[optind++];
    if (optind < argc)
        return out_usage(&command_find, "\"%s\" is not expected", argv[optind]);
    return check(q);
}

/* What was asked for, as messages say it; NULL: everything. */
static const char *wanted(const struct search *s)
{
    return s->word ? s->word : s->name ? s->name : s->class_guid ? s->class_guid : s->interface;
}

/* In JSON the list and the exit status say it. */
static int judge(const struct request *q, const struct listing *l)
{
    const char *what = wanted(&q->search);

    if (l->useful)
        return EXIT_DONE;
    if (q->d.json)
        return EXIT_NEGATIVE;
    if (l->count)
        return out_fail(l->judged ? "none of them is trusted: nothing to connect to"
                                  : "none of them has a sound address: nothing to connect to");
    if (!what)
        return out_fail("there is no service that you may see");
    return out_fail("no service has the keyword, name, class or interface %s", what);
}

static int search(const struct request *q)
{
    struct listing l = { .ds = q->d.ds,
                         .json = q->d.json,
                         .every_detail = q->every_detail,
                         .judged = q->search.service_class != NULL };
    int result = listing_begin(&l);

    if (result != EXIT_DONE)
        return result;
    if (q->search.kinds & KIND_SCP)
        result = find_points(q->d.ds, &q->search, &l);
    if (result == EXIT_DONE)
        result = find_names(q->d.ds, &q->search, &l);
    listing_end(&l);
    return result == EXIT_DONE ? judge(q, &l) : result;
}

static int find_run(int argc, char **argv)
{
    struct request q = { 0 };
    int result = parse(&q, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE)
        result = search(&q);
    directory_done(&q.d);
    return result;
}

const struct command command_find = { "find", "services, and which of them to trust", find_help,
                                      find_run };
