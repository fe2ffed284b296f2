/* SPDX-License-Identifier: Apache-2.0
 * audit_unit.c - which process is meant: a unit's, or an endpoint's.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "ask.h"
#include "audit_inside.h"
#include "ping.h"
#include "program.h"

bool audit_is_unit(const char *text)
{
    static const char end[] = ".service";
    size_t n = strlen(text);

    return n > sizeof end - 1 && strcmp(text + n - (sizeof end - 1), end) == 0;
}

/* ---- systemd ---- */

int audit_pid_of_unit(const char *unit, pid_t *ret)
{
    char *const argv[] = { (char *)(uintptr_t) "systemctl",
                           (char *)(uintptr_t) "show",
                           (char *)(uintptr_t) "--property=MainPID",
                           (char *)(uintptr_t) "--value",
                           (char *)(uintptr_t) "--",
                           (char *)(uintptr_t)unit,
                           NULL };
    char line[64] = "", *rest = NULL;
    const char *why = NULL;
    struct program p;
    int error = program_begin(argv, &p);
    long pid = 0;

    if (!error && fgets(line, sizeof line, p.out))
        pid = strtol(line, &rest, 10);
    if (!error)
        why = program_end(&p);
    if (error || why) {
        (void)out_fail("systemctl was not asked for unit %s: %s", unit,
                       error ? strerror(error) : why);
        out_remedy("say the process itself: --pid PID");
        return EXIT_NOWHERE;
    }
    if (pid > 0 && pid <= INT32_MAX && strcmp(rest, "\n") == 0) {
        *ret = (pid_t)pid;
        return EXIT_DONE;
    }
    (void)out_fail("unit %s has no process: it is not running, or not known", unit);
    return EXIT_NOWHERE;
}

/* ---- an endpoint ---- */

/* The kernel's word of who listens at a socket; 0 or an errno. */
static int ask_kernel(const char *path, pid_t *ret)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    struct ucred who = { 0 };
    socklen_t n = sizeof who;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), error = 0;
    struct stat s;

    if (fd < 0 ||
        (size_t)snprintf(to.sun_path, sizeof to.sun_path, "%s", path) >= sizeof to.sun_path)
        error = fd < 0 ? errno : ENAMETOOLONG;
    if (!error && lstat(path, &s))
        error = errno;
    if (!error && !S_ISSOCK(s.st_mode)) /* a link leads to whom its maker likes */
        error = ENOTSOCK;
    if (!error && connect(fd, (const struct sockaddr *)&to, sizeof to))
        error = errno;
    if (!error && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n))
        error = errno;
    if (fd >= 0)
        close(fd);
    if (!error && who.pid <= 0)
        error = ESRCH;
    if (!error && who.uid &&
        who.uid != geteuid()) /* whoever came first; --pid says whom to believe */
        error = EPERM;
    if (!error)
        *ret = who.pid;
    return error;
}

int audit_pid_of_endpoint(const char *binding, pid_t *ret)
{
    const char *directory = getenv("COUNTERSIGN_NCALRPC_DIR");
    RPC_CSTR sequence = NULL, endpoint = NULL;
    char path[sizeof((struct sockaddr_un *)NULL)->sun_path];
    int error = EINVAL;
    size_t i;

    if (RpcStringBindingParseA(cstr(binding), NULL, &sequence, NULL, &endpoint, NULL) == RPC_S_OK &&
        strcmp((char *)sequence, "ncalrpc") == 0 && endpoint[0] && !strchr((char *)endpoint, '/')) {
        for (i = 0; endpoint[i]; i++)
            if (endpoint[i] >= 'a' && endpoint[i] <= 'z')
                endpoint[i] = (UCHAR)(endpoint[i] - 'a' + 'A');
        snprintf(path, sizeof path, "%s/%s",
                 directory && *directory ? directory : "/run/countersign/ncalrpc",
                 (char *)endpoint);
        error = ask_kernel(path, ret);
    }
    RpcStringFreeA(&sequence);
    RpcStringFreeA(&endpoint);
    if (!error)
        return EXIT_DONE;
    if (error == EINVAL)
        return out_usage(&command_audit, "\"%s\" is no ncalrpc:[NAME]: --inside is for those",
                         binding);
    (void)out_fail("%s: %s", binding, strerror(error));
    return EXIT_NOWHERE;
}

/* ---- a process ---- */

static bool read_line(FILE *f, const char *format, unsigned *ret)
{
    char line[256];

    while (fgets(line, sizeof line, f))
        if (sscanf(line, format, ret) == 1)
            return true;
    return false;
}

static FILE *open_proc(pid_t pid, const char *file)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    return fopen(path, "re");
}

bool audit_process_account(pid_t pid, uid_t *ret_uid, char ret_command[INSIDE_COMMAND])
{
    FILE *f = open_proc(pid, "status");
    unsigned uid = 0;
    bool there = f && read_line(f, "Uid: %*u %u", &uid); /* the effective one */

    if (f)
        fclose(f);
    ret_command[0] = '\0';
    f = there ? open_proc(pid, "comm") : NULL;
    if (f && fgets(ret_command, INSIDE_COMMAND, f))
        ret_command[strcspn(ret_command, "\n")] = '\0';
    if (f)
        fclose(f);
    if (there)
        *ret_uid = uid;
    return there;
}
