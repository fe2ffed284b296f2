/* SPDX-License-Identifier: Apache-2.0
 * realm.c - `countersign realm`: a private Active Directory domain from one command.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/detail.h"

#include "out.h"
#include "realm.h"

#define DEFAULT_NAME "COUNTERSIGN.EXAMPLE"

enum { ADDRESSES = 254 };

static const char help[] =
    "countersign realm - a private Active Directory domain to try things on\n"
    "\n"
    "Raises a real domain controller (Samba's) in a folder of your own: KDC, LDAP, LDAPS, global\n"
    "catalog, DNS and RPC on a loopback address 127.53.N.1, with a person (alice), another one\n"
    "(mallory), a service account (svc) and a computer account for host1, passwords and keytabs.\n"
    "Several run side by side. Nothing outside the folder is touched; when the realm goes down,\n"
    "no process is left. Without root it runs in a user and network namespace.\n"
    "\n"
    "USAGE\n"
    "    countersign realm up [--realm NAME] [--dir DIR] [--namespace] [--ipv6]\n"
    "                         [--copy-of DIR]\n"
    "    countersign realm down [--remove]\n"
    "    countersign realm status | env | list        with --json for programs\n"
    "    countersign realm exec -- COMMAND [ARGUMENT...]\n"
    "    countersign realm create | remove\n"
    "\n"
    "VERBS\n"
    "    up        make the realm if it is new, start it, return when it answers\n"
    "    down      stop it; its folder stays, and the next `up` takes two seconds\n"
    "    status    is it running? where? exit status 1 when it is not\n"
    "    env       the lines for a shell: eval \"$(countersign realm env)\"\n"
    "    list      the realms that run, and those in the usual place that do not\n"
    "    exec      run a command in the realm: its environment, and its namespace if it has one\n"
    "    create    make it and leave it stopped, for `up --copy-of`\n"
    "    remove    down, then delete its folder\n"
    "\n"
    "OPTIONS\n"
    "    --realm NAME     the Kerberos realm and DNS domain (" DEFAULT_NAME ")\n"
    "    --dir DIR        its folder (~/.local/state/countersign/realms/NAME)\n"
    "    --namespace      a network namespace of its own for root, too\n"
    "    --ipv6           answer at " REALM_ADDRESS6 " as well; implies --namespace; when new\n"
    "    --copy-of DIR    start from a copy of that stopped realm; its name comes along\n"
    "    --json           findings as JSON\n"
    "\n"
    "FILES\n"
    "    settings    names and passwords, NAME=value; only you may read it\n"
    "    keytabs/    of alice, svc (with test/host1.REALM) and HOST1$ (with host/host1.REALM)\n"
    "    krb5.conf   for MIT's programs     smb.conf  for Samba's\n"
    "    hosts       for foreign programs: LD_PRELOAD=libnss_wrapper.so\n"
    "    log/        of the provisioning and of the domain controller\n"
    "\n"
    "VARIABLES\n"
    "    What env prints and exec sets: REALM DOMAIN DOMAIN_DN DOMAIN_DIR, DC_NAME DC_ADDRESS,\n"
    "    HOST_NAME HOST_ACCOUNT HOST_PASSWORD HOST_KEYTAB, PERSON PERSON_PASSWORD PERSON_KEYTAB,\n"
    "    OTHER OTHER_PASSWORD, SERVICE_ACCOUNT SERVICE_PASSWORD SERVICE_SPN SERVICE_KEYTAB,\n"
    "    ADMIN ADMIN_PASSWORD, COUNTERSIGN_DNS, KRB5_CONFIG KRB5CCNAME, SMB_CONF_PATH,\n"
    "    NSS_WRAPPER_HOSTS, LDAPTLS_CACERT.\n"
    "\n"
    "EXAMPLES\n"
    "    countersign realm up\n"
    "    eval \"$(countersign realm env)\"\n"
    "    echo \"$PERSON_PASSWORD\" | kinit \"$PERSON\"\n"
    "    countersign realm exec -- samba-tool spn list svc\n"
    "    countersign realm down --remove\n"
    "\n"
    "EXIT STATUS\n"
    "    0 done, 1 it failed or is not running, 2 the command line was not understood;\n"
    "    exec: the command's own, 126 or 127 where it could not be run\n";

struct request {
    const char *dir;
    struct realm_plan plan;
    bool named, json, remove;
    struct realm realm;
    char **command; /* exec: what follows "--" */
};

/* A DNS domain of two labels or more, upper case; each label letters, digits, '-'. */
static bool name_parse(const char *text, char ret[REALM_NAME])
{
    size_t i;
    bool dot = false;

    for (i = 0; text[i]; i++) {
        unsigned char c = (unsigned char)text[i];

        if (i + 1 >= REALM_NAME || !(isalnum(c) || c == '-' || c == '.'))
            return false;
        if ((c == '.' || c == '-') && (i == 0 || !isalnum((unsigned char)text[i - 1])))
            return false;
        if (c == '.' || c == '-')
            if (!isalnum((unsigned char)text[i + 1]))
                return false;
        dot = dot || c == '.';
        ret[i] = (char)toupper(c);
    }
    ret[i] = '\0';
    return dot;
}

static int parse(int argc, char **argv, struct request *q)
{
    enum { OPT_REALM = 256, OPT_DIR, OPT_NAMESPACE, OPT_IPV6, OPT_COPY, OPT_JSON, OPT_REMOVE };
    static const struct option options[] = {
        { "realm", required_argument, NULL, OPT_REALM },
        { "dir", required_argument, NULL, OPT_DIR },
        { "namespace", no_argument, NULL, OPT_NAMESPACE },
        { "ipv6", no_argument, NULL, OPT_IPV6 },
        { "copy-of", required_argument, NULL, OPT_COPY },
        { "json", no_argument, NULL, OPT_JSON },
        { "remove", no_argument, NULL, OPT_REMOVE },
        { 0 },
    };
    int c;

    snprintf(q->plan.name, sizeof q->plan.name, DEFAULT_NAME);
    q->plan.namespaced = geteuid() != 0;
    opterr = 0;
    optind = 1;
    while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1) {
        switch (c) {
        case OPT_REALM:
            if (!name_parse(optarg, q->plan.name))
                return out_usage(&command_realm,
                                 "\"%s\" is no realm name: it needs two labels, of letters, "
                                 "digits and '-', as in EXAMPLE.COM, in at most %d characters",
                                 optarg, REALM_NAME - 1);
            q->named = true;
            break;
        case OPT_DIR:
            q->dir = optarg;
            break;
        case OPT_NAMESPACE:
            q->plan.namespaced = true;
            break;
        case OPT_IPV6:
            q->plan.ipv6 = true;
            break;
        case OPT_COPY:
            q->plan.copy_of = optarg;
            break;
        case OPT_JSON:
            q->json = true;
            break;
        case OPT_REMOVE:
            q->remove = true;
            break;
        default:
            return out_usage(&command_realm, "option \"%s\" is not known, or lacks its value",
                             argv[optind - 1]);
        }
    }
    q->command = argv + optind;
    return EXIT_DONE;
}

static int show_status(struct request *q)
{
    struct realm *r = &q->realm;
    pid_t keeper = realm_keeper(r);
    bool ready = realm_ready(r);
    const char *state = ready ? "running" : keeper ? "starting" : r->count ? "stopped" : "no realm";

    if (q->json) {
        json_object(NULL);
        json_text("realm", realm_get(r, "REALM"));
        json_text("dir", r->dir);
        json_text("state", state);
        json_bool("running", ready);
        json_text("address", r->address[0] ? r->address : NULL);
        json_number("keeper", keeper);
        json_bool("namespace", keeper && realm_namespace_is_own(keeper));
        json_end();
        return ready ? EXIT_DONE : EXIT_NEGATIVE;
    }
    if (!r->count) {
        printf("%s in %s\n", state, r->dir);
        return EXIT_NEGATIVE;
    }
    printf("%s is ", realm_get(r, "REALM"));
    out_styled(ready ? OUT_GOOD : OUT_BAD, "%s", state);
    if (keeper)
        printf(" at %s%s, kept by process %d", r->address,
               realm_namespace_is_own(keeper) ? " in a namespace of its own" : "", (int)keeper);
    printf("\n  folder     %s\n", r->dir);
    printf("  passwords  %s/settings\n", r->dir);
    printf("  accounts   %s, %s, %s, %s\n", realm_get(r, "PERSON"), realm_get(r, "OTHER"),
           realm_get(r, "SERVICE_ACCOUNT"), realm_get(r, "HOST_ACCOUNT"));
    return ready ? EXIT_DONE : EXIT_NEGATIVE;
}

static int verb_up(struct request *q)
{
    struct realm *r = &q->realm;
    enum err e = ERR_OK;
    int status;

    realm_catch_signals();
    if (r->count && q->named && strcmp(realm_get(r, "REALM"), q->plan.name) != 0)
        return out_fail("%s holds the realm %s, not %s", r->dir, realm_get(r, "REALM"),
                        q->plan.name);
    if (realm_keeper(r)) {
        if (q->plan.once)
            return out_fail("the realm in %s is running", r->dir);
        status = realm_join(r);
    } else {
        e = realm_prepare(r);
        if (e)
            return out_fail_detail(e);
        status = realm_launch(r, &q->plan);
    }
    if (status != EXIT_DONE || q->plan.once)
        return status;
    e = realm_load(r);
    return e ? out_fail_detail(e) : show_status(q);
}

static int verb_create(struct request *q)
{
    q->plan.once = true;
    return verb_up(q);
}

static int verb_down(struct request *q)
{
    struct realm *r = &q->realm;
    int status;
    enum err e;

    realm_catch_signals();
    if (!realm_exists(r))
        return out_fail("there is no realm in %s", r->dir);
    status = realm_stop(r);
    if (status != EXIT_DONE || !q->remove)
        return status;
    e = realm_lock(r); /* nobody starts what is being deleted */
    if (!e)
        e = realm_remove(r);
    return e ? out_fail_detail(e) : EXIT_DONE;
}

static int verb_remove(struct request *q)
{
    q->remove = true;
    return verb_down(q);
}

static void print_export(void *arg, const char *name, const char *value)
{
    (void)arg;
    printf("export %s='", name);
    for (; *value; value++)
        if (*value == '\'')
            fputs("'\\''", stdout);
        else
            putchar(*value);
    fputs("'\n", stdout);
}

static void print_member(void *arg, const char *name, const char *value)
{
    (void)arg;
    json_text(name, value);
}

static int need_made(const struct realm *r)
{
    if (r->count)
        return EXIT_DONE;
    out_fail("there is no realm in %s", r->dir);
    out_remedy("countersign realm up");
    return EXIT_NEGATIVE;
}

static int verb_env(struct request *q)
{
    int status = need_made(&q->realm);

    if (status != EXIT_DONE)
        return status;
    if (q->json)
        json_object(NULL);
    realm_env(&q->realm, q->json ? print_member : print_export, NULL);
    if (q->json)
        json_end();
    return EXIT_DONE;
}

static void list_one(const struct request *q, const char *dir)
{
    struct realm r = { 0 };

    if (realm_locate(dir, "", &r) || realm_load(&r) || !r.count)
        return;
    if (q->json) {
        json_object(NULL);
        json_text("realm", realm_get(&r, "REALM"));
        json_text("dir", r.dir);
        json_bool("running", realm_ready(&r));
        json_text("address", r.address);
        json_end();
    } else {
        printf("%-32s %-9s %-14s %s\n", realm_get(&r, "REALM"),
               realm_ready(&r)    ? "running"
               : realm_keeper(&r) ? "starting"
                                  : "stopped",
               r.address, r.dir);
    }
}

static void list_stopped(const struct request *q, const char *home)
{
    DIR *d = opendir(home);
    struct dirent *entry = NULL;

    while (d && (entry = readdir(d))) {
        struct realm r = { 0 };
        char path[PATH_MAX];

        if (entry->d_name[0] == '.' ||
            snprintf(path, sizeof path, "%s/%s", home, entry->d_name) >= (int)sizeof path)
            continue;
        if (realm_locate(path, "", &r) == ERR_OK && realm_exists(&r) && !realm_keeper(&r))
            list_one(q, path);
    }
    if (d)
        closedir(d);
}

static int verb_list(struct request *q)
{
    char home[PATH_MAX];
    unsigned i;

    if (q->json)
        json_array(NULL);
    for (i = 1; i <= ADDRESSES; i++) {
        char dir[REALM_DIR];

        if (realm_at(i, dir))
            list_one(q, dir);
    }
    if (realm_default_home(home, sizeof home) == ERR_OK)
        list_stopped(q, home);
    if (q->json)
        json_end();
    return EXIT_DONE;
}

static void set_variable(void *arg, const char *name, const char *value)
{
    (void)arg;
    setenv(name, value, 1);
}

static int verb_exec(struct request *q)
{
    pid_t keeper = realm_keeper(&q->realm);
    bool joined = false;
    int error;
    enum err e;

    if (!q->command[0])
        return out_usage(&command_realm, "exec needs a command after \"--\"");
    if (!realm_ready(&q->realm)) {
        out_fail("the realm in %s is not running", q->realm.dir);
        out_remedy("countersign realm up");
        return 126;
    }
    e = realm_namespace_join(keeper, &joined);
    if (e) {
        out_fail_detail(e);
        return 126;
    }
    realm_env(&q->realm, set_variable, NULL);
    execvp(q->command[0], q->command);
    error = errno;
    out_fail("%s: %s", q->command[0], strerror(error));
    return error == ENOENT ? 127 : 126;
}

static const struct verb {
    const char *name;
    int (*run)(struct request *q);
    bool takes_command;
} verbs[] = {
    { "up", verb_up, false },         { "down", verb_down, false },
    { "status", show_status, false }, { "env", verb_env, false },
    { "list", verb_list, false },     { "exec", verb_exec, true },
    { "create", verb_create, false }, { "remove", verb_remove, false },
};

static const struct verb *find(const char *name)
{
    size_t i;

    for (i = 0; name && i < sizeof verbs / sizeof *verbs; i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

static int run(int argc, char **argv)
{
    const struct verb *verb = find(argv[1]);
    struct request q = { 0 };
    int status;
    enum err e;

    if (!verb)
        return out_usage(&command_realm, argv[1] ? "there is no verb \"%s\"" : "a verb is missing",
                         argv[1]);
    status = parse(argc - 1, argv + 1, &q);
    if (status != EXIT_DONE)
        return status;
    if (!verb->takes_command && q.command[0])
        return out_usage(&command_realm, "\"%s\" is one word too many", q.command[0]);
    detail_begin("realm");
    e = realm_locate(q.dir, q.plan.name, &q.realm);
    if (!e)
        e = realm_load(&q.realm);
    return e ? out_fail_detail(e) : verb->run(&q);
}

const struct command command_realm = {
    .name = "realm",
    .summary = "a private Active Directory domain to try things on",
    .help = help,
    .run = run,
};
