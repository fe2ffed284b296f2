/* SPDX-License-Identifier: Apache-2.0
 * program.c - another program, run for what it writes.
 */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int spawn(char *const argv[], int out, pid_t *ret)
{
    posix_spawn_file_actions_t files;
    int error = posix_spawn_file_actions_init(&files);

    if (error)
        return error;
    error = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!error)
        error = posix_spawnp(ret, argv[0], &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return error;
}

int program_begin(char *const argv[], struct program *ret)
{
    struct program p = { 0 };
    int ends[2], error = 0;

    if (pipe2(ends, O_CLOEXEC))
        return errno;
    p.out = fdopen(ends[0], "r");
    if (!p.out) {
        error = errno;
        close(ends[0]);
    } else {
        error = spawn(argv, ends[1], &p.child);
    }
    close(ends[1]);
    if (error && p.out)
        (void)fclose(p.out);
    if (!error)
        *ret = p;
    return error;
}

const char *program_end(struct program *p)
{
    int status = 0;

    (void)fclose(p->out);
    while (waitpid(p->child, &status, 0) < 0)
        if (errno != EINTR)
            return "it cannot be waited for";
    if (WIFEXITED(status))
        return WEXITSTATUS(status) ? "it failed" : NULL;
    return "it was ended";
}
