/* SPDX-License-Identifier: Apache-2.0
 * run.c - processes, and a folder that is gone afterwards, also after Ctrl-C.
 */
#include "run.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char *folder;
static unsigned names;
static volatile sig_atomic_t caught;

static void note_signal(int number)
{
    caught = number; /* the compiler got it too, or ends with its pipe */
}

static void cannot_run(const char *program)
{
    fprintf(stderr,
            "countersign-cc: %s cannot be run: %s\n"
            "  try: COUNTERSIGN_CC=gcc, or install a C compiler\n",
            program, strerror(errno));
}

static int status_of(pid_t pid)
{
    int status = 0;

    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return 1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

int run_instead(const struct words *command)
{
    execvp(command->v[0], (char *const *)command->v);
    cannot_run(command->v[0]);
    return 127;
}

int run_command(const struct words *command)
{
    pid_t pid;

    fflush(NULL);
    pid = fork();
    if (pid == 0)
        _exit(run_instead(command));
    if (pid < 0) {
        cannot_run(command->v[0]);
        return 1;
    }
    return caught ? 1 : status_of(pid);
}

bool run_version_says(const struct words *program, const char *word)
{
    struct words command = { 0 };
    char text[512];
    size_t n = 0;
    ssize_t more;
    int pipes[2];
    pid_t pid;

    words_add_all(&command, program);
    words_add(&command, "--version");
    if (pipe(pipes) != 0)
        return false;
    fflush(NULL);
    pid = fork();
    if (pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        close(pipes[0]);
        _exit(run_instead(&command));
    }
    close(pipes[1]);
    while (pid > 0 && n < sizeof text - 1 &&
           (more = read(pipes[0], text + n, sizeof text - 1 - n)) > 0)
        n += (size_t)more;
    close(pipes[0]);
    text[n] = '\0';
    return pid > 0 && status_of(pid) == 0 && strstr(text, word);
}

static void watch_signals(void)
{
    static const int ends[] = { SIGINT, SIGTERM, SIGHUP };
    struct sigaction action = { 0 };
    size_t i;

    action.sa_handler = note_signal;
    for (i = 0; i < sizeof ends / sizeof *ends; i++)
        sigaction(ends[i], &action, NULL);
}

const char *run_temporary(const char *suffix)
{
    const char *where = getenv("TMPDIR");

    if (!folder) {
        watch_signals();
        folder = word_printf("%s/countersign-cc-XXXXXX", where && *where ? where : "/tmp");
        if (!mkdtemp(folder)) {
            fprintf(stderr, "countersign-cc: %s: %s\n  try: TMPDIR\n", folder, strerror(errno));
            exit(1);
        }
    }
    return word_printf("%s/%u%s", folder, names++, suffix);
}

void run_done(void)
{
    DIR *dir = folder ? opendir(folder) : NULL;
    struct dirent *entry = NULL;

    while (dir && (entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            unlink(word_printf("%s/%s", folder, entry->d_name));
    if (dir) {
        closedir(dir);
        rmdir(folder);
    }
    if (caught) {
        signal(caught, SIG_DFL);
        raise(caught);
    }
}
