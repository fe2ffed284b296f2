/* SPDX-License-Identifier: Apache-2.0
 * The last word is what a process says of itself that starts with such a file: run again as
 * "once", it ends with the mode of rc4.
 */
#include "base/policy_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/policy.h"
#include "base/policy_text.h"

#include "lib/unit.h"

static char folder[] = "/tmp/test_policy_file.XXXXXX";
static char path[64], log_path[64];

static void write_file(const char *text, size_t len, mode_t mode)
{
    int fd;

    unlink(path);
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, len), len);
    assert_int_equal(fchmod(fd, mode), 0);
    assert_int_equal(close(fd), 0);
}

/* Its rc4, of a process that reads config and then the environment. */
static enum policy_mode read_as(const char *config, const char *environment)
{
    int status = 0;
    pid_t child = fork();

    if (child == 0) {
        char program[] = "/proc/self/exe", once[] = "once";
        char *args[] = { program, once, NULL };

        setenv("COUNTERSIGN_CONFIG", config, 1);
        setenv("COUNTERSIGN_POLICY", environment, 1);
        setenv("COUNTERSIGN_LOG", log_path, 1);
        execv(program, args);
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return (enum policy_mode)WEXITSTATUS(status);
}

/* What the processes have logged since the last time. */
static const char *logged(void)
{
    static char text[4096];
    int fd = open(log_path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof text - 1);

    assert_true(n >= 0);
    text[n] = '\0';
    if (fd >= 0)
        close(fd);
    unlink(log_path);
    return text;
}

static void the_environment_goes_before_the_file_and_a_call_before_both(void **state)
{
    const char text[] = "rc4 = enforce\nndr64 = audit\n";

    (void)state;
    write_file(text, strlen(text), 0644);
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
    assert_int_equal(read_as(path, "rc4=off"), POLICY_OFF);
    assert_int_equal(read_as("", ""), POLICY_AUDIT); /* as shipped */
    assert_string_equal(logged(), "");
    setenv("COUNTERSIGN_CONFIG", path, 1);
    policy_set(POLICY_RC4, POLICY_OFF);
    assert_int_equal(policy_get(POLICY_RC4), POLICY_OFF);
    assert_int_equal(policy_get(POLICY_NDR64), POLICY_AUDIT);
}

static void a_slip_is_logged_with_its_line(void **state)
{
    const char text[] = "# ours\nrc4 = of\nrc5 = off\n";
    const char *lines;

    (void)state;
    write_file(text, strlen(text), 0600);
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
    lines = logged();
    assert_non_null(strstr(lines, "test_policy.conf:2: \"rc4 = of\" says neither"));
    assert_non_null(
        strstr(lines, "test_policy.conf:3: \"rc5 = off\" names no switch: it sets nothing"));
}

static void a_file_not_to_be_trusted_enforces_everything(void **state)
{
    static const mode_t loose[] = { 0660, 0606, 0620, 0602 };
    static char large[POLICY_TEXT_MAX + 1];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof loose / sizeof loose[0]; i++) {
        write_file("rc4=off\n", 8, loose[i]);
        assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
        assert_non_null(strstr(logged(), "may be written by others"));
    }
    memset(large, '\n', sizeof large);
    memcpy(large, "rc4=off", 7);
    write_file(large, sizeof large, 0600);
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
    assert_non_null(strstr(logged(), "longer than 64 KiB"));
    write_file(large, sizeof large - 1, 0600);
    assert_int_equal(read_as(path, ""), POLICY_OFF);
    assert_int_equal(read_as(folder, ""), POLICY_ENFORCE);
    assert_non_null(strstr(logged(), "is not a plain file"));
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody waits for who may write it */
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
    unlink(path);
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
    assert_non_null(strstr(logged(), "is not there: every switch enforces"));
}

static void a_file_of_another_user_is_refused(void **state)
{
    const char *why = NULL;
    struct buf b = { 0 };

    (void)state;
    if (geteuid() != 0)
        unit_skip("only root can give files away");
    write_file("rc4=off\n", 8, 0600);
    assert_int_equal(chown(path, 65533, 65533), 0);
    assert_int_equal(policy_file_read(path, &b, &why), ERR_UNTRUSTED);
    assert_string_equal(why, "belongs neither to root nor to this process' user");
    assert_int_equal(read_as(path, ""), POLICY_ENFORCE);
}

static int begin(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(path, sizeof path, "%s/test_policy.conf", folder);
    snprintf(log_path, sizeof log_path, "%s/log", folder);
    unsetenv("COUNTERSIGN_POLICY");
    return 0;
}

static int end(void **state)
{
    (void)state;
    unlink(path);
    unlink(log_path);
    return rmdir(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_environment_goes_before_the_file_and_a_call_before_both),
        cmocka_unit_test(a_slip_is_logged_with_its_line),
        cmocka_unit_test(a_file_not_to_be_trusted_enforces_everything),
        cmocka_unit_test(a_file_of_another_user_is_refused),
    };

    if (argc == 2 && strcmp(argv[1], "once") == 0)
        return (int)policy_get(POLICY_RC4);
    return unit_result(cmocka_run_group_tests(tests, begin, end));
}
