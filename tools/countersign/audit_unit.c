/* SPDX-License-Identifier: Apache-2.0
 * audit_unit.c - which process is meant: a unit's, or an endpoint's.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ask.h"
#include "audit_inside.h"
#include "ping.h"

extern char **environ;

bool audit_is_unit(const char *text)
{
    static const char end[] = ".service";
    size_t n = strlen(text);

    return n > sizeof end - 1 && strcmp(text + n - (sizeof end - 1), end) == 0;
}

/* ---- systemd ---- */

/* 0 or an errno. */
static int run_systemctl(const char *unit, int out, pid_t *ret)
{
    char *const argv[] = { (char *)(uintptr_t) "systemctl",
                           (char *)(uintptr_t) "show",
                           (char *)(uintptr_t) "--property=MainPID",
                           (char *)(uintptr_t) "--value",
                           (char *)(uintptr_t) "--",
                           (char *)(uintptr_t)unit,
                           NULL };
    posix_spawn_file_actions_t files;
    int error = posix_spawn_file_actions_init(&files);

    if (error)
        return error;
    error = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(ret, "systemctl", &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

/* What it wrote, one line; *ret_status as waitpid has it. 0 or an errno. */
static int ask_systemctl(const char *unit, char *line, size_t size, int *ret_status)
{
    int ends[2], error;
    pid_t child = 0;
    size_t n = 0;
    ssize_t got;

    if (pipe2(ends, O_CLOEXEC))
        return errno;
    error = run_systemctl(unit, ends[1], &child);
    close(ends[1]);
    while (!error && n + 1 < size && (got = read(ends[0], line + n, size - 1 - n)) > 0)
        n += (size_t)got;
    close(ends[0]);
    line[n] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    while (!error && waitpid(child, ret_status, 0) < 0 && errno == EINTR)
        ;
    return error;
}

int audit_pid_of_unit(const char *unit, pid_t *ret)
{
    char line[64] = "", *rest = NULL;
    int status = 0, error = ask_systemctl(unit, line, sizeof line, &status);
    long pid = strtol(line, &rest, 10);

    if (error || !WIFEXITED(status) || WEXITSTATUS(status)) {
        (void)out_fail("systemd was not asked for unit %s: %s", unit,
                       error ? strerror(error) : "systemctl failed");
        out_remedy("say the process itself: --pid PID");
        return EXIT_NOWHERE;
    }
    if (pid > 0 && pid <= INT32_MAX && !*rest) {
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

    if (fd < 0 ||
        (size_t)snprintf(to.sun_path, sizeof to.sun_path, "%s", path) >= sizeof to.sun_path)
        error = fd < 0 ? errno : ENAMETOOLONG;
    if (!error && connect(fd, (const struct sockaddr *)&to, sizeof to))
        error = errno;
    if (!error && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n))
        error = errno;
    if (fd >= 0)
        close(fd);
    if (!error && who.pid <= 0)
        error = ESRCH;
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
