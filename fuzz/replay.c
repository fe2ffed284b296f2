/* SPDX-License-Identifier: Apache-2.0
 * replay.c - a fuzz target as an ordinary test: every file of a corpus, and every prefix of each.
 *
 * Each input stands in a heap block of exactly its size, so that a sanitizer sees one byte too far.
 * The prefixes of long inputs are taken at growing steps.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVERY_PREFIX_TO = 2048 };

static void hand_over(const uint8_t *data, size_t size)
{
    uint8_t *exact = malloc(size ? size : 1);

    if (!exact)
        abort();
    if (size)
        memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void hand_over_with_prefixes(const uint8_t *data, size_t size)
{
    size_t n;

    for (n = 0; n < size; n += n < EVERY_PREFIX_TO ? 1 : n / 64)
        hand_over(data, n);
    hand_over(data, size);
}

static int replay_file(const char *dir, const char *name)
{
    char path[4096];
    uint8_t *data = NULL;
    long size = 0;
    FILE *fp = NULL;
    int ok = 0;

    snprintf(path, sizeof path, "%s/%s", dir, name);
    fp = fopen(path, "rb");
    if (!fp || fseek(fp, 0, SEEK_END) || (size = ftell(fp)) < 0)
        goto out;
    rewind(fp);
    data = malloc((size_t)size + 1);
    if (!data || fread(data, 1, (size_t)size, fp) != (size_t)size)
        goto out;
    hand_over_with_prefixes(data, (size_t)size);
    ok = 1;
out:
    if (!ok)
        perror(path);
    free(data);
    if (fp)
        fclose(fp);
    return ok;
}

int main(int argc, char **argv)
{
    struct dirent *entry = NULL;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    int replayed = 0, failed = 0;

    if (!dir) {
        fprintf(stderr, "usage: replay CORPUS (no such folder: %s)\n", argc == 2 ? argv[1] : "");
        return 2;
    }
    while ((entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        if (replay_file(argv[1], entry->d_name))
            replayed++;
        else
            failed++;
    }
    closedir(dir);
    printf("%d inputs and their prefixes\n", replayed);
    return failed || replayed == 0;
}
