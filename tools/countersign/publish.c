/* SPDX-License-Identifier: Apache-2.0
 * publish.c - `countersign publish` and `withdraw`: a service's connection point and its names.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "directory.h"
#include "out.h"

enum { LIST_MAX = 32 };

enum {
    OPT_NAME = OPT_OWN,
    OPT_CLASS,
    OPT_PORT,
    OPT_KEYWORD,
    OPT_BINDING,
    OPT_ACCOUNT,
    OPT_CONTAINER,
    OPT_HOST,
    OPT_REPLICABLE,
};

#define SERVICE_HELP                                                                               \
    "    --name NAME        the object's name\n"                                                   \
    "    --class CLASS      the service class: CLASS/host is its service principal name\n"         \
    "    --host NAME        its DNS name; else this host's\n"                                      \
    "    --account ACCOUNT  it runs as; else this host's computer account\n"                       \
    "    --container DN     where the object stands; else below the computer object\n"             \
    "    --replicable       the names hold the object's DN: CLASS/host/DN\n"

static const char publish_help[] =
    "countersign publish - make a service known in the directory\n"
    "\n"
    "Creates a service connection point, which clients find by its keywords, and registers the\n"
    "service principal names, by which they know whose key proves it. Reads both back; what fails\n"
    "half way is undone. Publishing again updates what differs.\n"
    "\n"
    "USAGE\n"
    "    countersign publish --name NAME --class CLASS --keyword WORD... [--port N] [OPTION...]\n"
    "\n"
    "OPTIONS\n" SERVICE_HELP
    "    --keyword WORD     a GUID or a word clients search for; as often as needed\n"
    "    --port N           where it listens\n"
    "    --binding TEXT     serviceBindingInformation, else the port; as often as needed\n"
    "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign publish --name SockAuth --class SockAuth --port 7777 \\\n"
    "        --keyword a7f2d3c4-5b16-4e8f-9d0a-1b2c3d4e5f60\n"
    "\n"
    "EXIT STATUS\n"
    "    0 published, 1 refused or failed, 2 usage\n";

static const char withdraw_help[] =
    "countersign withdraw - take back what publish published\n"
    "\n"
    "USAGE\n"
    "    countersign withdraw --name NAME --class CLASS [OPTION...]\n"
    "\n"
    "OPTIONS\n" SERVICE_HELP "\n" DIRECTORY_HELP "\n"
    "EXAMPLES\n"
    "    countersign withdraw --name SockAuth --class SockAuth\n"
    "\n"
    "EXIT STATUS\n"
    "    0 withdrawn, or it was not there, 1 refused or failed, 2 usage\n";

struct request {
    struct directory d;
    CS_SERVICE service;
    const char *keywords[LIST_MAX], *bindings[LIST_MAX];
};

static const struct option options[] = {
    DIRECTORY_OPTIONS,
    { "name", required_argument, NULL, OPT_NAME },
    { "class", required_argument, NULL, OPT_CLASS },
    { "port", required_argument, NULL, OPT_PORT },
    { "keyword", required_argument, NULL, OPT_KEYWORD },
    { "binding", required_argument, NULL, OPT_BINDING },
    { "account", required_argument, NULL, OPT_ACCOUNT },
    { "container", required_argument, NULL, OPT_CONTAINER },
    { "host", required_argument, NULL, OPT_HOST },
    { "replicable", no_argument, NULL, OPT_REPLICABLE },
    { 0 },
};

static bool append(const char *list[LIST_MAX], DWORD *count, const char *value)
{
    if (*count == LIST_MAX)
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

static bool take(struct request *q, int opt, char *value)
{
    CS_SERVICE *s = &q->service;

    switch (opt) {
    case OPT_NAME:
        s->name = value;
        return true;
    case OPT_CLASS:
        s->service_class = value;
        return true;
    case OPT_PORT:
        return port_of(value, &s->port);
    case OPT_KEYWORD:
        return append(q->keywords, &s->keyword_count, value);
    case OPT_BINDING:
        return append(q->bindings, &s->binding_count, value);
    case OPT_ACCOUNT:
        s->account = value;
        return true;
    case OPT_CONTAINER:
        s->container = value;
        return true;
    case OPT_HOST:
        s->dns_name = value;
        return true;
    case OPT_REPLICABLE:
        s->replicable = 1;
        return true;
    default:
        return directory_option(&q->d, opt, value);
    }
}

static int parse(const struct command *c, struct request *q, int argc, char **argv)
{
    int opt;

    q->service.size = sizeof q->service;
    q->service.keywords = q->keywords;
    q->service.bindings = q->bindings;
    while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (!take(q, opt, optarg))
            return out_usage(c, "an option is not known, or its value is none");
    }
    if (optind < argc)
        return out_usage(c, "\"%s\" is not expected", argv[optind]);
    if (!q->service.name || !q->service.service_class)
        return out_usage(c, "--name and --class are needed");
    return EXIT_DONE;
}

static void print_published(const struct request *q, const CS_SERVICE_POINT *p)
{
    if (q->d.json) {
        json_object(NULL);
        json_text("dn", p->dn);
        json_text("guid", p->guid);
        json_text("host", p->dns_name);
        json_text("class", p->service_class);
        json_end();
        return;
    }
    out_styled(OUT_GOOD, "published");
    printf(" %s\n    object %s\n    guid   %s\n    names  %s/%s\n", q->service.name, p->dn, p->guid,
           p->service_class, p->dns_name);
}

static int publish_run(int argc, char **argv)
{
    struct request q = { 0 };
    CS_SERVICE_POINT *point = NULL;
    DWORD status;
    int result = parse(&command_publish, &q, argc, argv);

    if (result == EXIT_DONE && !q.service.keyword_count)
        return out_usage(&command_publish, "at least one --keyword is needed to be found by");
    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE) {
        status = CsPublishService(q.d.ds, &q.service, &point);
        if (status)
            result = directory_fail("not published", status);
        else
            print_published(&q, point);
    }
    CsFreeServicePoint(point);
    directory_done(&q.d);
    return result;
}

static int withdraw_run(int argc, char **argv)
{
    struct request q = { 0 };
    DWORD status;
    int result = parse(&command_withdraw, &q, argc, argv);

    if (result == EXIT_DONE)
        result = directory_bind(&q.d);
    if (result == EXIT_DONE) {
        status = CsWithdrawService(q.d.ds, &q.service);
        if (status)
            result = directory_fail("not withdrawn", status);
        else if (!q.d.json)
            printf("withdrawn %s\n", q.service.name);
    }
    directory_done(&q.d);
    return result;
}

const struct command command_publish = { "publish", "make a service known in the directory",
                                         publish_help, publish_run };
const struct command command_withdraw = { "withdraw", "take back what publish published",
                                          withdraw_help, withdraw_run };
