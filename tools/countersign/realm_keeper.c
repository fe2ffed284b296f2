/* SPDX-License-Identifier: Apache-2.0
 * realm_keeper.c - the process that makes a realm, starts it, and ends with it.
 *
 * It speaks to whoever started it in lines: "+doing this", "!what went wrong", "?what to try",
 * "=" when the realm answers. Nothing waits without also hearing SIGTERM.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/detail.h"

#include "realm.h"

#define SAMBA "/usr/sbin/samba"
#define SAMBA_SETUP "/usr/share/samba/setup"
#define PYTHON "/usr/bin/python3" /* the one Debian's Samba modules are built for */

enum {
    START_MS = 30000, /* a hundred times what it takes on an idle machine */
    STEP_MS = 50,
    LOOK_MS = 2000, /* between looks whether the folder is still there */
};

struct keeper {
    struct realm *realm;
    const struct realm_plan *plan;
    int report, signals, claim;
    int samba_stdin; /* our end: its closing tells Samba that we are gone */
    pid_t samba;
    bool namespaced, ipv6;
};

static void say(const struct keeper *k, char kind, const char *text)
{
    dprintf(k->report, "%c%s\n", kind, text);
}

static long now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static enum err stopped(void)
{
    return detail_fail(ERR_EXPIRED, "stopped by request");
}

/* True when somebody wants us to end. */
static bool asked_to_stop(const struct keeper *k, int wait_ms)
{
    struct pollfd p[] = { { .fd = k->signals, .events = POLLIN },
                          { .fd = k->claim, .events = POLLIN } };
    struct signalfd_siginfo info;

    if (poll(p, 2, wait_ms) <= 0)
        return false;
    if (p[1].revents)
        realm_answer(k->claim, k->realm);
    return p[0].revents && read(k->signals, &info, sizeof info) == sizeof info &&
           info.ssi_signo != SIGCHLD;
}

/* The last line of a log: where programs say why they gave up. */
static void last_line(const char *path, char *to, size_t size)
{
    char line[200];
    FILE *f = fopen(path, "re");

    snprintf(to, size, "no word of why");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0])
            snprintf(to, size, "%.199s", line);
    }
    if (f)
        fclose(f);
}

static enum err run(const struct keeper *k, const char *log_name, const char *const argv[])
{
    char log[PATH_MAX];
    char why[200];
    int status = 0;
    pid_t pid;

    realm_path(k->realm, log_name, log, sizeof log);
    pid = realm_spawn(argv, -1, log);
    if (pid < 0)
        return detail_fail(ERR_INTERNAL, "fork: %s", strerror(errno));
    while (waitpid(pid, &status, WNOHANG) == 0)
        if (asked_to_stop(k, STEP_MS))
            return stopped();
    if (status == 0)
        return ERR_OK;
    last_line(log, why, sizeof why);
    detail_remedy("look into %s", log);
    return detail_fail(ERR_INTERNAL, "%s failed: %s", argv[0], why);
}

/* Beside the program: bin/countersign and share/countersign/, in the build tree as installed. */
static enum err find_helper(char *to, size_t size)
{
    char self[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    char *slash = NULL;

    if (n > 0) {
        self[n] = '\0';
        slash = strrchr(self, '/');
    }
    if (!slash)
        return detail_fail(ERR_INTERNAL, "/proc/self/exe: %s", strerror(errno));
    *slash = '\0';
    if (snprintf(to, size, "%s/../share/countersign/realm_provision.py", self) >= (int)size ||
        access(to, R_OK) != 0)
        return detail_fail(ERR_NOT_FOUND, "%s: %s", to, strerror(errno));
    return ERR_OK;
}

static enum err need_samba(void)
{
    static const char *const needed[] = { SAMBA, SAMBA_SETUP, PYTHON };
    size_t i;

    for (i = 0; i < 3; i++)
        if (access(needed[i], F_OK) != 0) {
            detail_remedy("apt-get install --no-install-recommends samba-ad-dc "
                          "samba-ad-provision samba-dsdb-modules python3-samba");
            return detail_fail(ERR_NOT_FOUND, "%s is missing", needed[i]);
        }
    return ERR_OK;
}

/* Nothing of the caller's environment reaches the domain controller. */
static enum err own_environment(const struct realm *r)
{
    char path[PATH_MAX];

    if (clearenv() != 0)
        return ERR_NO_MEMORY;
    realm_path(r, "krb5.conf", path, sizeof path);
    setenv("KRB5_CONFIG", path, 1);
    realm_path(r, "run", path, sizeof path);
    setenv("TMPDIR", path, 1);
    setenv("KRB5RCACHEDIR", path, 1);
    setenv("HOME", r->dir, 1);
    setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", 1);
    setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
    return setenv("LC_ALL", "C.UTF-8", 1) == 0 ? ERR_OK : ERR_NO_MEMORY;
}

static enum err copy(struct keeper *k)
{
    static const char *const parts[] = { "private", "state",    "cache",   "bind-dns",
                                         "keytabs", "settings", "address", NULL };
    char from[8][PATH_MAX];
    const char *argv[16] = { "/bin/cp", "-a", "--reflink=auto", "--" };
    struct realm source = { 0 };
    int n = 4;
    int i;
    enum err e = realm_locate(k->plan->copy_of, "", &source);

    if (!e)
        e = realm_load(&source);
    if (e)
        return e;
    if (!source.count)
        return detail_fail(ERR_NOT_FOUND, "%s holds no realm", source.dir);
    if (realm_keeper(&source)) {
        detail_remedy("countersign realm down --dir %s", source.dir);
        return detail_fail(ERR_EXISTS, "%s is running and cannot be copied", source.dir);
    }
    for (i = 0; parts[i]; i++) {
        realm_path(&source, parts[i], from[i], sizeof from[i]);
        argv[n++] = from[i];
    }
    argv[n++] = k->realm->dir;
    argv[n] = NULL;
    say(k, '+', "copying the domain");
    e = run(k, "log/copy.log", argv);
    return e ? e : realm_load(k->realm);
}

static enum err provision(struct keeper *k, const char *address)
{
    char helper[PATH_MAX];
    const char *argv[] = { PYTHON,
                           helper,
                           "create",
                           k->realm->dir,
                           k->plan->name,
                           address,
                           k->ipv6 ? REALM_ADDRESS6 : NULL,
                           NULL };
    enum err e = find_helper(helper, sizeof helper);

    if (!e)
        e = realm_set_address(k->realm, address);
    if (!e)
        e = realm_write_config(k->realm, k->plan->name, k->ipv6);
    if (e)
        return e;
    say(k, '+', "provisioning the domain");
    e = run(k, "log/provision.log", argv);
    return e ? e : realm_load(k->realm);
}

/* The realm was made for another address: its own DNS must say the new one. */
static enum err move(struct keeper *k, const char *address)
{
    char helper[PATH_MAX];
    char old[16];
    const char *argv[] = { PYTHON, helper, "move", k->realm->dir, old, address, NULL };
    enum err e = find_helper(helper, sizeof helper);

    if (e)
        return e;
    memcpy(old, k->realm->address, sizeof old);
    memcpy(k->realm->address, address, sizeof k->realm->address);
    e = realm_write_config(k->realm, realm_get(k->realm, "REALM"), k->ipv6);
    memcpy(k->realm->address, old, sizeof old);
    if (e)
        return e;
    say(k, '+', "moving the domain to its address");
    e = run(k, "log/move.log", argv);
    return e ? e : realm_set_address(k->realm, address);
}

static enum err find_place(struct keeper *k, char ret_address[16])
{
    bool made = k->realm->count != 0;
    enum err e;

    k->ipv6 = made ? realm_get(k->realm, "DC_ADDRESS6") != NULL : k->plan->ipv6;
    k->namespaced = k->plan->namespaced || k->ipv6;
    e = realm_claim(k->realm->address, k->namespaced, ret_address, &k->claim);
    if (!e && k->namespaced)
        e = realm_namespace_enter();
    if (!e && k->ipv6)
        e = realm_namespace_ipv6();
    return e;
}

/* Afterwards the folder holds a whole domain, at an address that is ours. */
static enum err make(struct keeper *k)
{
    char address[16] = "";
    enum err e = ERR_OK;

    if (!k->realm->count) {
        e = realm_clear(k->realm);
        if (!e && k->plan->copy_of)
            e = copy(k);
    }
    if (!e)
        e = find_place(k, address);
    if (!e && !k->realm->count)
        e = provision(k, address);
    else if (!e && strcmp(address, k->realm->address) != 0)
        e = move(k, address);
    if (!e)
        e = realm_write_config(k->realm, realm_get(k->realm, "REALM"), k->ipv6);
    if (!e && k->namespaced)
        e = realm_namespace_hosts(k->realm);
    return e;
}

static enum err start(struct keeper *k)
{
    char config[PATH_MAX];
    char log[PATH_MAX];
    const char *argv[] = {
        SAMBA, "--interactive", "--model=prefork", "--configfile", config, NULL
    };
    int ends[2];

    realm_path(k->realm, "smb.conf", config, sizeof config);
    realm_path(k->realm, "log/samba.out", log, sizeof log);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return detail_fail(ERR_INTERNAL, "pipe: %s", strerror(errno));
    say(k, '+', "starting the domain controller");
    k->samba = realm_spawn(argv, ends[0], log);
    close(ends[0]);
    k->samba_stdin = ends[1];
    return k->samba > 0 ? ERR_OK : detail_fail(ERR_INTERNAL, "fork: %s", strerror(errno));
}

static enum err samba_gone(const struct keeper *k)
{
    char log[PATH_MAX];
    char why[200];

    realm_path(k->realm, "log/samba.out", log, sizeof log);
    last_line(log, why, sizeof why);
    detail_begin("realm");
    detail_remedy("look into %s and samba.log beside it", log);
    return detail_fail(ERR_INTERNAL, "the domain controller ended: %s", why);
}

static bool samba_ended(const struct keeper *k)
{
    return waitpid(k->samba, NULL, WNOHANG) != 0;
}

static enum err wait_ready(const struct keeper *k)
{
    long until = now_ms() + START_MS;
    char path[PATH_MAX];
    FILE *f = NULL;
    enum err e;

    for (;;) {
        if (asked_to_stop(k, STEP_MS))
            return stopped();
        if (samba_ended(k))
            return samba_gone(k);
        e = realm_probe(k->realm);
        if (!e)
            break;
        if (now_ms() > until)
            return e;
    }
    realm_path(k->realm, "ready", path, sizeof path);
    f = fopen(path, "we");
    if (!f || fclose(f) != 0)
        return detail_fail(ERR_ACCESS_DENIED, "%s: %s", path, strerror(errno));
    return ERR_OK;
}

static void listen_to_signals(struct keeper *k)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    k->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static enum err live(struct keeper *k)
{
    say(k, '=', "");
    close(k->report);
    k->report = -1;
    while (!k->plan->once) {
        if (asked_to_stop(k, LOOK_MS) || !realm_exists(k->realm)) /* deleted by hand */
            return ERR_OK;
        if (samba_ended(k))
            return samba_gone(k);
    }
    return ERR_OK;
}

/* What was begun and not finished goes; a realm whose settings merely cannot be read stays. */
static void clear_unfinished(const struct keeper *k)
{
    char path[PATH_MAX];

    realm_path(k->realm, "settings", path, sizeof path);
    if (access(path, F_OK) != 0 && errno == ENOENT && realm_exists(k->realm) &&
        realm_clear(k->realm))
        say(k, '+', "what was begun could not be cleared away");
}

static void forget_ready(const struct realm *r)
{
    char path[PATH_MAX];

    realm_path(r, "ready", path, sizeof path);
    unlink(path);
}

int realm_keep(struct realm *r, const struct realm_plan *plan, int report)
{
    struct keeper k = { .realm = r, .plan = plan, .report = report, .claim = -1 };
    enum err e;

    detail_begin("realm");
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    umask(077);
    listen_to_signals(&k);
    e = realm_lock(r);
    if (e == ERR_EXISTS)
        return REALM_KEPT;
    if (e)
        goto out;
    forget_ready(r);
    e = need_samba();
    if (!e)
        e = own_environment(r);
    if (!e)
        e = realm_load(r);
    if (!e)
        e = make(&k);
    if (!e)
        e = start(&k);
    if (!e)
        e = wait_ready(&k);
    if (!e)
        e = live(&k);
    realm_kill_all();
    forget_ready(r);
    if (e)
        clear_unfinished(&k);
out:
    if (e) {
        say(&k, '!', detail_get()->text[0] ? detail_get()->text : err_text(e));
        if (detail_get()->remedy[0])
            say(&k, '?', detail_get()->remedy);
    }
    return e ? 1 : 0;
}
