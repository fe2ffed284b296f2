/* SPDX-License-Identifier: Apache-2.0
 * main.c - countersign-mqd: the queue manager of a host.
 */
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <countersign/countersign.h>

#include "base/detail.h"
#include "base/policy_file.h"
#include "calls.h"
#include "daemon/say.h"
#include "serve.h"

static const char help[] =
    "countersign-mqd - the queue manager: keeps calls for a server that is not there\n"
    "\n"
    "A call that goes into a queue is accepted while its server is down, and is executed when it\n"
    "comes. The queue manager of the host keeps it until then: on disk before the sender hears\n"
    "that it was accepted, sealed by the sender for the receiver, so that the manager cannot read\n"
    "it, and nobody who has its files.\n"
    "\n"
    "USAGE\n"
    "    countersign-mqd [--config FILE] [--set NAME=VALUE]... [OPTION...]\n"
    "\n"
    "OPTIONS\n"
    "    --config FILE     instead of /etc/countersign/mqd.conf, which need not be there\n"
    "    --set NAME=VALUE  a setting, as a line of that file; goes before it\n"
    "    --check           read the configuration, say what is wrong, and end\n"
    "    --quiet           say nothing of what operators change and what becomes of messages\n"
    "    --help, --version\n"
    "\n"
    "WHERE\n"
    "    It is reached at ncalrpc:[COUNTERSIGN-MQD], by programs of this host alone: the kernel\n"
    "    says whose they are. It listens at no network address.\n"
    "    Its files are in the folder that the setting \"store\" names: of its own account, closed\n"
    "    to all others (mode 0700), or it does not begin. It makes the folder where there is "
    "none.\n"
    "\n"
    "WHO MAY DO WHAT\n"
    "    A queue has a list of access. As shipped, the account that made a queue receives from it\n"
    "    and decides about it, every account of the host may send to it, and root and the\n"
    "    manager's own account may do everything. \"queue-access\" and \"access\" change that, "
    "for\n"
    "    new queues and for the manager; countersign queue set changes one queue's.\n"
    "    A message names its sender. An account of this host can claim to be no other one; who\n"
    "    may claim to be which account of the domain stands in the file that \"senders\" names.\n"
    "\n"
    "SOCKET OF SYSTEMD\n"
    "    With one socket in LISTEN_FDS that one is used: systemd makes it, as root, so that\n"
    "    programs know whom they reach. countersign-mqd.socket and countersign-mqd.service do so.\n"
    "\n"
    "SIGNALS\n"
    "    SIGTERM, SIGINT: nothing more is accepted; what was is on disk, then it ends.\n"
    "    SIGKILL, or a power failure: what was accepted is there when it begins again.\n"
    "\n"
    "ENVIRONMENT\n"
    "    COUNTERSIGN_NCALRPC_DIR  where local endpoints are, /run/countersign/ncalrpc\n"
    "\n"
    "FILES\n"
    "    /etc/countersign/mqd.conf, described in countersign-mqd.conf(5)\n"
    "\n"
    "EXAMPLES\n"
    "    countersign-mqd --set store=/srv/queues\n"
    "    COUNTERSIGN_NCALRPC_DIR=$PWD/rpc countersign-mqd --set store=$PWD/queues\n"
    "\n"
    "EXIT STATUS\n"
    "    0  it was told to end, or the configuration is good\n"
    "    1  it could not begin; the last line says why\n"
    "    2  the command line is wrong\n";

static const char usual_config[] = "/etc/countersign/mqd.conf";

enum { SETTINGS_MOST = 64, SETTING = 4096, ACCOUNT = ACCESS_SID };

struct options {
    const char *config;
    const char *set[SETTINGS_MOST];
    size_t sets;
    bool quiet, check;
};

/* ---- the command line ---- */

static int wrong(const char *what, const char *word)
{
    fprintf(stderr, "countersign-mqd: %s: %s\n  try: countersign-mqd --help\n", word, what);
    return 2;
}

static int print(const char *text)
{
    fputs(text, stdout);
    return fflush(stdout) == 0 ? 0 : 1;
}

static int print_version(void)
{
    printf("countersign-mqd %s\n", CsVersion());
    return fflush(stdout) == 0 ? 0 : 1;
}

/* -1: go on; else the program's status. */
static int read_options(int argc, char **argv, struct options *o)
{
    int i;

    for (i = 1; i < argc; i++) {
        const char *word = argv[i];
        bool set = strcmp(word, "--set") == 0;

        if (strcmp(word, "--help") == 0)
            return print(help);
        if (strcmp(word, "--version") == 0)
            return print_version();
        if (strcmp(word, "--quiet") == 0) {
            o->quiet = true;
        } else if (strcmp(word, "--check") == 0) {
            o->check = true;
        } else if (!set && strcmp(word, "--config") != 0) {
            return wrong("no such option", word);
        } else if (i + 1 == argc) {
            return wrong("a value is missing", word);
        } else if (!set) {
            o->config = argv[++i];
        } else if (o->sets == SETTINGS_MOST) {
            return wrong("too many settings", argv[i + 1]);
        } else {
            o->set[o->sets++] = argv[++i];
        }
    }
    return -1;
}

/* ---- configuration ---- */

static bool fail_detail(const char *what, enum err e)
{
    const struct detail *d = detail_get();

    say(SAY_ERROR, "%s: %s%s%s", what, d->text[0] ? d->text : err_text(e), d->remedy[0] ? ". " : "",
        d->remedy);
    return false;
}

static bool read_file(const char *path, bool needed, struct buf *ret)
{
    const char *why = "";
    enum err e = policy_file_read(path, ret, &why);

    if (!e || (e == ERR_NOT_FOUND && !needed))
        return true;
    say(SAY_ERROR, "%s %s", path, why);
    return false;
}

static bool take_setting(const char *text, struct config *c)
{
    char name[SETTING], *value;
    enum err e;

    if (strlen(text) >= sizeof name || !strchr(text, '=')) {
        say(SAY_ERROR, "--set %s: that is no NAME=VALUE", text);
        return false;
    }
    (void)snprintf(name, sizeof name, "%s", text);
    value = strchr(name, '=');
    *value++ = '\0';
    e = config_set(name, value, c);
    return !e || fail_detail("--set", e);
}

static bool configure(const struct options *o, struct config *c, struct buf *senders)
{
    struct buf text = { 0 };
    enum err e = config_init(c);
    bool ok = !e && read_file(o->config ? o->config : usual_config, o->config != NULL, &text);
    size_t i;

    if (ok) {
        e = config_read(buf_view(text), c);
        ok = !e || fail_detail(o->config ? o->config : usual_config, e);
    }
    for (i = 0; ok && i < o->sets; i++)
        ok = take_setting(o->set[i], c);
    if (ok && c->senders[0])
        ok = read_file(c->senders, true, senders);
    buf_free(&text);
    return ok;
}

/* ---- the folder ---- */

/* What is in it is nobody else's business, and nobody else's to change. */
static bool good_folder(const char *path)
{
    struct stat st;
    const char *why = NULL;

    if (mkdir(path, 0700) && errno != EEXIST) {
        say(SAY_ERROR, "store %s: %s", path, strerror(errno));
        return false;
    }
    if (stat(path, &st))
        why = strerror(errno);
    else if (!S_ISDIR(st.st_mode))
        why = "is no folder";
    else if (st.st_uid != geteuid())
        why = "belongs to another account";
    else if (st.st_mode & (S_IRWXG | S_IRWXO))
        why = "is open to other accounts: chmod 0700";
    if (why)
        say(SAY_ERROR, "store %s: %s", path, why);
    return !why;
}

/* ---- running ---- */

static void want_descriptors(void)
{
    struct rlimit l;

    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

/* Before there is a thread, so that all of them leave the signals to the main one. */
static bool hold_signals(sigset_t *set)
{
    (void)sigemptyset(set);
    (void)sigaddset(set, SIGTERM);
    (void)sigaddset(set, SIGINT);
    return sigprocmask(SIG_BLOCK, set, NULL) == 0;
}

static void on_news(const char *line)
{
    say(SAY_NOTICE, "%s", line);
}

/* By the store's thread, for which all wait: a log that is slow must not become theirs. */
static void on_loss(const char *line)
{
    say_refusal("%s", line);
}

static int serve(struct manager *m, const sigset_t *signals)
{
    int signal = 0;

    if (!serve_listen() || !serve_begin(m))
        return 1;
    say(SAY_NOTICE, "ready");
    say_to_service_manager("READY=1");
    while (sigwait(signals, &signal))
        continue;
    say(SAY_NOTICE, "told to end");
    say_to_service_manager("STOPPING=1");
    serve_end();
    return 0;
}

static int run(const struct config *c, struct bytes senders)
{
    char account[ACCOUNT];
    const struct manager_how how = { .config = c,
                                     .account = account,
                                     .senders = senders,
                                     .tell = on_news,
                                     .tell_loss = on_loss,
                                     .together = calls_together };
    struct manager *m = NULL;
    sigset_t signals;
    enum err e;
    int status;

    access_sid_of_uid(geteuid(), account);
    if (!good_folder(c->store) || !hold_signals(&signals))
        return 1;
    detail_begin("beginning");
    e = manager_new(&how, &m);
    if (e) {
        (void)fail_detail(c->store, e);
        return 1;
    }
    status = serve(m, &signals);
    manager_free(m);
    return status;
}

/* What one thread got another one gives back: the allocator would return it to the system with each
 * commit, to have it made anew for the next. */
static void keep_memory(void)
{
#ifdef M_TRIM_THRESHOLD
    (void)mallopt(M_TRIM_THRESHOLD, 4 << 20);
    (void)mallopt(M_TOP_PAD, 1 << 20);
#endif
}

int main(int argc, char **argv)
{
    static struct config c;
    struct options o = { 0 };
    struct buf senders = { 0 };
    int status = read_options(argc, argv, &o);

    if (status >= 0)
        return status;
    say_begin("countersign-mqd", o.quiet ? SAY_NOTICE : SAY_INFO);
    want_descriptors();
    keep_memory();
    if (!configure(&o, &c, &senders))
        return 1;
    status = o.check ? 0 : run(&c, buf_view(senders));
    buf_free(&senders);
    return status;
}
