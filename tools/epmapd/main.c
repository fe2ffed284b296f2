/* SPDX-License-Identifier: Apache-2.0
 * main.c - countersign-epmapd: the endpoint mapper of a host.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <countersign/countersign.h>
#include <countersign/rpc.h>

#include "daemon/say.h"
#include "place.h"
#include "service.h"

enum {
    LISTEN_MOST = 32,
    EVENTS = 32,
    SIGNALS = 0, /* in epoll's data, where processes have their numbers, which begin at 1 */
};

static const char help[] =
    "countersign-epmapd - the endpoint mapper: tells clients at which port an interface is served\n"
    "\n"
    "A client of a remote procedure call knows a host and an interface, and seldom a port: "
    "servers\n"
    "take one that is free. They register it here, and clients ask here, at TCP port 135.\n"
    "\n"
    "USAGE\n"
    "    countersign-epmapd [--listen ADDR[:PORT]]... [OPTION...]\n"
    "\n"
    "OPTIONS\n"
    "    --listen ADDR[:PORT]  a TCP address to answer at, again for more: 192.0.2.7, "
    "[2001:db8::7],\n"
    "                          127.0.0.5:1135, *:135. Port 0 is a free one. Without any it is "
    "*:135\n"
    "    --no-tcp              answer on this host only\n"
    "    --authenticated       over TCP answer only who proves who he is: with Kerberos, by the "
    "keys\n"
    "                          of the default keytab\n"
    "    --quiet               say nothing of what is registered and unregistered\n"
    "    --help, --version\n"
    "\n"
    "WHO MAY DO WHAT\n"
    "    Everybody may ask. Only processes of this host may register, over the local endpoint\n"
    "    ncalrpc:[EPMAPPER], where the kernel says whose they are. An interface is its account's "
    "as\n"
    "    long as that has an entry of it: nobody else may add to it, replace or remove it, but "
    "root\n"
    "    may. What a process registered goes when it ends. One account has 1024 entries at most.\n"
    "\n"
    "BESIDE A SAMBA\n"
    "    Samba's servers have a mapper of their own at port 135 which takes nobody's "
    "registrations.\n"
    "    Give that one some of the host's addresses (\"interfaces\" and \"bind interfaces only\" "
    "in\n"
    "    smb.conf) and this one another with --listen.\n"
    "\n"
    "SOCKETS OF SYSTEMD\n"
    "    With sockets in LISTEN_FDS those are used, and no others but what --listen names. So the\n"
    "    daemon needs no rights at all: systemd makes port 135 and the local endpoint.\n"
    "    countersign-epmapd.socket and countersign-epmapd.service do so.\n"
    "\n"
    "SIGNALS\n"
    "    SIGTERM, SIGINT: calls under way are answered, then it ends.\n"
    "\n"
    "ENVIRONMENT\n"
    "    COUNTERSIGN_NCALRPC_DIR  where local endpoints are, /run/countersign/ncalrpc\n"
    "    KRB5_KTNAME              the keytab for --authenticated\n"
    "\n"
    "EXAMPLES\n"
    "    countersign-epmapd --listen 127.0.0.5\n"
    "    COUNTERSIGN_NCALRPC_DIR=$PWD/rpc countersign-epmapd --listen 127.0.0.1:1135\n"
    "\n"
    "EXIT STATUS\n"
    "    0  it was told to end\n"
    "    1  it could not listen, or begin; the last line says why\n"
    "    2  the command line is wrong\n";

struct options {
    const char *listen[LISTEN_MOST];
    size_t listens;
    bool no_tcp, quiet;
    struct service_how how;
};

/* ---- the command line ---- */

static int wrong(const char *what, const char *word)
{
    fprintf(stderr, "countersign-epmapd: %s: %s\n  try: countersign-epmapd --help\n", word, what);
    return 2;
}

/* -1: go on; else the program's status. */
static int read_options(int argc, char **argv, struct options *o)
{
    int i;

    for (i = 1; i < argc; i++) {
        const char *word = argv[i];

        if (strcmp(word, "--help") == 0) {
            fputs(help, stdout);
            return fflush(stdout) == 0 ? 0 : 1;
        }
        if (strcmp(word, "--version") == 0) {
            printf("countersign-epmapd %s\n", CsVersion());
            return fflush(stdout) == 0 ? 0 : 1;
        }
        if (strcmp(word, "--no-tcp") == 0)
            o->no_tcp = true;
        else if (strcmp(word, "--authenticated") == 0)
            o->how.authenticated = true;
        else if (strcmp(word, "--quiet") == 0)
            o->quiet = true;
        else if (strcmp(word, "--listen") != 0)
            return wrong("no such option", word);
        else if (i + 1 == argc)
            return wrong("an address is missing", word);
        else if (o->listens == LISTEN_MOST)
            return wrong("too many addresses", argv[i + 1]);
        else
            o->listen[o->listens++] = argv[++i];
    }
    return o->no_tcp && o->listens ? wrong("not together with --listen", "--no-tcp") : -1;
}

/* ---- running ---- */

/* Connections and processes take a descriptor each. */
static void want_descriptors(void)
{
    struct rlimit l;

    if (getrlimit(RLIMIT_NOFILE, &l) == 0 && l.rlim_cur < l.rlim_max) {
        l.rlim_cur = l.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &l);
    }
}

/* Before there is a thread, so that all of them leave the signals to the main one. */
static int watch_signals(int epoll)
{
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = SIGNALS };
    sigset_t set;
    int fd;

    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGTERM);
    (void)sigaddset(&set, SIGINT);
    if (pthread_sigmask(SIG_BLOCK, &set, NULL))
        return -1;
    fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (fd >= 0 && epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0)
        return fd;
    return -1;
}

static bool listen_all(const struct options *o)
{
    size_t inherited, i;
    bool local;

    if (!place_inherited(&inherited, &local))
        return false;
    for (i = 0; i < o->listens; i++)
        if (!place_tcp(o->listen[i]))
            return false;
    if (!o->listens && !inherited && !o->no_tcp && !place_tcp("*:135"))
        return false;
    return local || place_local();
}

static bool register_keys(const struct options *o)
{
    RPC_STATUS status = RPC_S_OK;

    if (!o->how.authenticated)
        return true;
    status = RpcServerRegisterAuthInfoA(NULL, RPC_C_AUTHN_GSS_NEGOTIATE, NULL, NULL);
    if (status == RPC_S_OK)
        status = RpcServerRegisterAuthInfoA(NULL, RPC_C_AUTHN_GSS_KERBEROS, NULL, NULL);
    if (status != RPC_S_OK)
        say(SAY_ERROR, "--authenticated: no keys in the default keytab, status %d", (int)status);
    return status == RPC_S_OK;
}

static void run(int epoll)
{
    struct epoll_event events[EVENTS];
    bool go_on = true;
    int n, i;

    while (go_on) {
        n = epoll_wait(epoll, events, EVENTS, -1);
        for (i = 0; i < n; i++)
            if (events[i].data.u64 == SIGNALS)
                go_on = false;
            else
                service_ended(events[i].data.u64);
        if (n < 0 && errno != EINTR) {
            say(SAY_ERROR, "waiting: %s", strerror(errno));
            return;
        }
    }
}

static void end(void)
{
    say(SAY_NOTICE, "told to end");
    say_to_service_manager("STOPPING=1");
    if (RpcMgmtStopServerListening(NULL) == RPC_S_OK)
        (void)RpcMgmtWaitServerListen();
}

int main(int argc, char **argv)
{
    struct options o = { 0 };
    int status = read_options(argc, argv, &o), epoll;

    if (status >= 0)
        return status;
    say_begin("countersign-epmapd", o.quiet ? SAY_NOTICE : SAY_INFO);
    want_descriptors();
    epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0 || watch_signals(epoll) < 0 || service_begin(&o.how, epoll)) {
        say(SAY_ERROR, "beginning: %s", strerror(errno));
        return 1;
    }
    if (!register_keys(&o) || !listen_all(&o) || !service_offer())
        return 1;
    say(SAY_NOTICE, "ready");
    say_to_service_manager("READY=1");
    run(epoll);
    end();
    return 0;
}
