/* SPDX-License-Identifier: Apache-2.0
 * queue_torture.c - `countersign queue torture`: a queue manager of its own, a sender and a
 * receiver, one of which is killed again and again; then all that was accepted is looked for.
 */
#include "queue_torture.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/detail.h"
#include "queue/manager/store.h"

#include "queue.h"

enum {
    TORTURE_CANNOT = 4,
    PATH = 200, /* so that a socket in it has a name that the kernel takes */
    SOCKET_MOST = 80,
    KILLS_USUAL = 500,
    PATIENCE_S = 120, /* for the manager to come back, on however slow a machine */
    LOST_S = 2,       /* what was accepted and is not executed then may be lost: go on */
    LATEST_US = 6000, /* after somebody has begun, he is killed within that */
};

enum who { MANAGER, SENDER, RECEIVER, PARTS };

struct run {
    const struct queue_request *q;
    struct torture *t; /* shared with the children */
    char dir[PATH], store[PATH + 8], sockets[PATH + 8], log[PATH + 8];
    char config[PATH + 16];
    bool own;              /* the folder is ours to remove */
    pid_t child[PARTS];    /* 0: none */
    unsigned kills[PARTS]; /* of each */
    uint64_t lost, store_bad, store_places;
    double seconds;
};

/* ---- the folder ---- */

static bool folder_empty(const char *path)
{
    DIR *d = opendir(path);
    const struct dirent *e;
    bool empty = d != NULL;

    while (empty && (e = readdir(d)))
        empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    if (d)
        closedir(d);
    return empty;
}

static bool make_folder(struct run *r)
{
    const char *given = r->q->dir;
    char full[PATH_MAX];

    if (!given) {
        (void)snprintf(r->dir, sizeof r->dir, "/var/tmp/countersign-torture-XXXXXX");
        r->own = mkdtemp(r->dir) != NULL;
        return r->own;
    }
    if ((mkdir(given, 0700) && errno != EEXIST) || !realpath(given, full))
        return false;
    errno = ENAMETOOLONG;
    return snprintf(r->dir, sizeof r->dir, "%s", full) < (int)sizeof r->dir;
}

/* A message that is taken and lost again and again is no dead letter here. */
static bool write_config(const char *path, const char *store)
{
    FILE *f = fopen(path, "wx");

    if (!f)
        return false;
    (void)fprintf(f, "store = %s\ndeliveries = 100000\nbackoff-first = 1ms\nbackoff-most = 2ms\n",
                  store);
    return fclose(f) == 0;
}

static int prepare(struct run *r)
{
    if (!make_folder(r))
        return out_fail("%s: %s", r->q->dir ? r->q->dir : r->dir, strerror(errno));
    if (!folder_empty(r->dir))
        return out_fail("%s is not empty: torture makes a store of its own", r->dir);
    if (strlen(r->dir) > SOCKET_MOST)
        return out_fail("%s: a socket cannot have so long a name: %d bytes at most", r->dir,
                        SOCKET_MOST);
    (void)snprintf(r->store, sizeof r->store, "%s/store", r->dir);
    (void)snprintf(r->sockets, sizeof r->sockets, "%s/rpc", r->dir);
    (void)snprintf(r->log, sizeof r->log, "%s/log", r->dir);
    (void)snprintf(r->config, sizeof r->config, "%s/mqd.conf", r->dir);
    if (!write_config(r->config, r->store))
        return out_fail("%s: %s", r->config, strerror(errno));
    if (mkdir(r->sockets, 0700) || setenv("COUNTERSIGN_NCALRPC_DIR", r->sockets, 1))
        return out_fail("%s: %s", r->sockets, strerror(errno));
    r->t = mmap(NULL, sizeof *r->t, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return r->t == MAP_FAILED ? out_fail("no memory: %s", strerror(errno)) : EXIT_DONE;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at)
{
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

/* ---- the children ---- */

/* Beside this program, as it is built and installed, or wherever the PATH has it. */
static void run_manager(const struct run *r)
{
    static const char *const places[] = { "countersign-mqd", "../sbin/countersign-mqd" };
    char self[PATH * 4], path[PATH * 5];
    const ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    const int log = open(r->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600);
    size_t i;

    const char *const words[] = { "countersign-mqd", "--quiet", "--config", r->config, NULL };
    char *const *argv = (char *const *)(uintptr_t)words;

    (void)dup2(log, STDERR_FILENO);
    if (n > 0) {
        self[n] = '\0';
        *strrchr(self, '/') = '\0';
        for (i = 0; i < sizeof places / sizeof *places; i++) {
            (void)snprintf(path, sizeof path, "%s/%s", self, places[i]);
            execv(path, argv);
        }
    }
    execvp(argv[0], argv);
    _exit(127);
}

static bool begin(struct run *r, enum who who)
{
    const pid_t parent = getpid();
    pid_t child;

    (void)fflush(NULL);
    child = fork();
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) || getppid() != parent)
            _exit(1); /* nobody is left behind */
        if (who == MANAGER)
            run_manager(r);
        else if (who == SENDER)
            torture_send(r->t);
        else
            torture_receive(r->t);
        _exit(1);
    }
    r->child[who] = child > 0 ? child : 0;
    return child > 0;
}

static void end(struct run *r, enum who who, int signal)
{
    if (!r->child[who])
        return;
    (void)kill(r->child[who], signal);
    while (waitpid(r->child[who], NULL, 0) < 0 && errno == EINTR)
        continue;
    r->child[who] = 0;
}

static void end_all(struct run *r)
{
    end(r, SENDER, SIGKILL);
    end(r, RECEIVER, SIGKILL);
    end(r, MANAGER, SIGTERM);
}

/* ---- the rounds ---- */

static double seconds_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void wait_us(unsigned us)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = (long)us * 1000 }, NULL);
}

/* Until messages are accepted and executed again; a manager that does not come back is found. */
static int wait_for_progress(struct run *r)
{
    const unsigned accepted = atomic_load(&r->t->accepted), executed = atomic_load(&r->t->executed);
    const double begun = seconds_now();
    double given_up = begun;

    while (atomic_load(&r->t->accepted) == accepted || atomic_load(&r->t->executed) == executed) {
        int status;

        if (waitpid(r->child[MANAGER], &status, WNOHANG) > 0) {
            r->child[MANAGER] = 0;
            return out_fail("the queue manager ended by itself: see %s", r->log);
        }
        if (seconds_now() - begun > PATIENCE_S)
            return out_fail("the queue manager does not come back: see %s", r->log);
        if (seconds_now() - given_up > LOST_S) {
            (void)atomic_fetch_add(&r->t->given_up, TORTURE_BACKLOG);
            given_up = seconds_now();
        }
        wait_us(300);
    }
    return EXIT_DONE;
}

static int rounds(struct run *r, uint64_t n)
{
    char line[80];
    int status = EXIT_DONE;
    uint64_t i;

    for (i = 0; i < n && status == EXIT_DONE; i++) {
        const enum who who = (enum who)(random() % PARTS);

        (void)snprintf(line, sizeof line, "%u0%% of %" PRIu64 " kills", (unsigned)(i * 10 / n), n);
        out_progress(line);
        if (random() % 4) /* the others while somebody begins */
            status = wait_for_progress(r);
        wait_us((unsigned)(random() % LATEST_US));
        end(r, who, SIGKILL);
        r->kills[who]++;
        if (!begin(r, who))
            return out_fail("a process: %s", strerror(errno));
    }
    return status;
}

/* ---- what is left ---- */

static int drain(struct run *r)
{
    pid_t child;
    int status = -1;

    out_progress("what is left is received");
    end(r, SENDER, SIGKILL);
    end(r, RECEIVER, SIGKILL);
    end(r, MANAGER, SIGKILL); /* once more, with nobody who asks */
    if (!begin(r, MANAGER))
        return out_fail("a process: %s", strerror(errno));
    (void)fflush(NULL);
    child = fork();
    if (child == 0)
        _exit(torture_drain(r->t) ? 0 : 1);
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    end(r, MANAGER, SIGTERM);
    return status == 0 ? EXIT_DONE : out_fail("what is left could not be received: see %s", r->log);
}

static void show(void *arg, const struct store_finding *f)
{
    (void)arg;
    (void)out_fail("%s", f->text);
}

static int look(struct run *r)
{
    struct store_report report = { .found = show };
    const unsigned sent = atomic_load(&r->t->next);
    enum err e = store_check(r->store, false, &report);
    unsigned i;

    for (i = 0; i < sent; i++) {
        const uint8_t state = atomic_load(&r->t->state[i]);

        r->lost += (state & TORTURE_ACCEPTED) && !(state & TORTURE_ENDING);
    }
    r->store_bad = report.bad;
    r->store_places = report.database;
    return e && e != ERR_STORE_DAMAGED ? out_fail_detail(e) : EXIT_DONE;
}

static bool good(const struct run *r)
{
    return !r->lost && !r->store_bad && !r->store_places && !atomic_load(&r->t->came_back) &&
           !atomic_load(&r->t->altered);
}

static void tell_json(const struct run *r)
{
    json_object(NULL);
    json_text("dir", r->dir);
    json_number("kills_manager", r->kills[MANAGER]);
    json_number("kills_sender", r->kills[SENDER]);
    json_number("kills_receiver", r->kills[RECEIVER]);
    json_number("accepted", atomic_load(&r->t->accepted));
    json_number("executed", atomic_load(&r->t->executed));
    json_number("delivered_again", atomic_load(&r->t->again));
    json_number("lost", (int64_t)r->lost);
    json_number("came_back", atomic_load(&r->t->came_back));
    json_number("altered", atomic_load(&r->t->altered));
    json_number("store_findings", (int64_t)(r->store_bad + r->store_places));
    json_number("milliseconds", (int64_t)(r->seconds * 1000));
    json_number("accepted_per_second", (int64_t)(atomic_load(&r->t->accepted) / r->seconds));
    json_bool("durable", good(r));
    json_end();
}

static void tell(const struct run *r)
{
    printf("killed: the queue manager %u times, the sender %u, the receiver %u\n",
           r->kills[MANAGER], r->kills[SENDER], r->kills[RECEIVER]);
    printf("accepted %u messages in %.1f s (%.0f a second, with all the kills), executed %u, of "
           "them delivered again after a kill %u\n",
           atomic_load(&r->t->accepted), r->seconds, atomic_load(&r->t->accepted) / r->seconds,
           atomic_load(&r->t->executed), atomic_load(&r->t->again));
    out_styled(good(r) ? OUT_GOOD : OUT_BAD,
               "lost %" PRIu64 ", came back after their end %u, altered %u; the store has %" PRIu64
               " findings\n",
               r->lost, atomic_load(&r->t->came_back), atomic_load(&r->t->altered),
               r->store_bad + r->store_places);
    if (!good(r) || !r->own)
        printf("store and log are in %s\n", r->dir);
}

static int torture(struct run *r)
{
    const uint64_t kills = r->q->kills ? r->q->kills : KILLS_USUAL;
    const double begun = seconds_now();
    int status;

    srandom((unsigned)getpid());
    if (!begin(r, MANAGER) || !begin(r, SENDER) || !begin(r, RECEIVER))
        return out_fail("a process: %s", strerror(errno));
    status = wait_for_progress(r);
    if (status == EXIT_DONE)
        status = rounds(r, kills);
    if (status == EXIT_DONE)
        status = wait_for_progress(r);
    if (status == EXIT_DONE)
        status = drain(r);
    r->seconds = seconds_now() - begun;
    return status == EXIT_DONE ? look(r) : status;
}

int queue_torture(struct queue_request *q)
{
    static struct run r;
    int status;

    r.q = q;
    status = prepare(&r);
    if (status == EXIT_DONE)
        status = torture(&r);
    end_all(&r);
    out_progress(NULL);
    if (status != EXIT_DONE)
        return TORTURE_CANNOT;
    if (q->json)
        tell_json(&r);
    else
        tell(&r);
    if (r.own && good(&r))
        (void)nftw(r.dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return good(&r) ? EXIT_DONE : EXIT_NEGATIVE;
}
