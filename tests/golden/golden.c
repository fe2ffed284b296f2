/* SPDX-License-Identifier: Apache-2.0
 * golden.c - IDL files beside the exact text they must give: errors, or themselves as canonical
 * IDL.
 *
 *   golden bad|good FOLDER [--write]     --write makes the golden files; read the difference then
 *
 * An x.acf beside an x.idl is read with it. A bad/later_x.idl is right, but not generated yet.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "acl/sddl.h"
#include "idl/access.h"
#include "idl/check.h"
#include "idl/dump.h"
#include "idl/merge.h"
#include "idl/parse.h"

struct text {
    char *ptr;
    size_t len;
};

static int file_read(const char *path, struct text *ret)
{
    FILE *fp = fopen(path, "rb");
    size_t n;

    *ret = (struct text){ (char *)calloc(1, 1 << 18), 0 };
    if (!fp || !ret->ptr) {
        if (fp)
            fclose(fp);
        return 0;
    }
    while ((n = fread(ret->ptr + ret->len, 1, (1 << 18) - 1 - ret->len, fp)) > 0)
        ret->len += n;
    fclose(fp);
    return 1;
}

static int file_write(const char *path, const char *text)
{
    FILE *fp = fopen(path, "wb");

    return fp && fputs(text, fp) >= 0 && fclose(fp) == 0;
}

/* What the front end says to it: the errors, and the AST printed. */
static void run_front_end(struct idl *run, const char *name, struct text idl, const char *acf_name,
                          struct text acf, struct idl_text *printed)
{
    struct idl_file *file = idl_parse(run, name, idl.ptr, idl.len);
    struct idl_acf *side = NULL;

    if (file && acf.len)
        side = idl_parse_acf(run, acf_name, acf.ptr, acf.len);
    if (!file || (acf.len && !side))
        return;
    idl_dump(run, file, printed);
    if (side)
        idl_text_add(printed, "\n");
    idl_dump_acf(run, side, printed);
    if (side)
        idl_merge(run, file, side, false);
    idl_check(run, idl_scope_new(run), file, side);
    idl_check_access(run, file, sddl_check_list);
    if (strncmp(name, "later_", 6) == 0)
        idl_check_generated(run, file, true);
}

static int compare(const char *path, const char *got, int write)
{
    struct text expected = { 0 };
    int same = 0;

    if (write)
        return file_write(path, got);
    same = file_read(path, &expected) && strcmp(expected.ptr, got) == 0;
    if (!same)
        printf("%s: expected\n%s\n--- and got\n%s\n", path, expected.ptr ? expected.ptr : "", got);
    free(expected.ptr);
    return same;
}

/* What was printed is read again, without the ACF behind it, and prints the same. */
static int prints_the_same(const char *name, struct text idl)
{
    struct idl *run = idl_new();
    struct idl_text once = { 0 }, twice = { 0 };
    struct idl_file *file = idl_parse(run, name, idl.ptr, idl.len);
    int same = 0;

    idl_text_add(&once, "%s", "");
    if (file)
        idl_dump(run, file, &once);
    file = once.len ? idl_parse(run, name, once.ptr, once.len) : NULL;
    if (file)
        idl_dump(run, file, &twice);
    same = twice.ptr && strcmp(once.ptr, twice.ptr) == 0;
    if (!same)
        printf("%s: what is printed is not read back: %s\n", name, idl_errors(run));
    idl_text_done(&once);
    idl_text_done(&twice);
    idl_free(run);
    return same;
}

static int try_one(const char *dir, const char *name, int good, int write)
{
    struct idl *run = idl_new();
    struct idl_text printed = { 0 };
    struct text idl = { 0 }, acf = { 0 };
    char path[4096], stem[256], acf_name[300];
    int ok = 0;

    snprintf(stem, sizeof stem, "%.*s", (int)(strlen(name) - 4), name);
    snprintf(acf_name, sizeof acf_name, "%s.acf", stem);
    snprintf(path, sizeof path, "%s/%s", dir, acf_name);
    file_read(path, &acf);
    snprintf(path, sizeof path, "%s/%s", dir, name);
    if (file_read(path, &idl)) {
        run_front_end(run, name, idl, acf_name, acf, &printed);
        idl_text_add(&printed, "%s", "");
        snprintf(path, sizeof path, "%s/%s.%s", dir, stem, good ? "out" : "err");
        if (good && idl_error_count(run))
            printf("%s", idl_errors(run));
        ok = good == (idl_error_count(run) == 0) &&
             compare(path, good ? printed.ptr : idl_errors(run), write) &&
             (!good || prints_the_same(name, idl));
    }
    printf("%s %s\n", ok ? "ok  " : "FAIL", name);
    idl_text_done(&printed);
    free(idl.ptr);
    free(acf.ptr);
    idl_free(run);
    return ok;
}

int main(int argc, char **argv)
{
    int good = argc > 2 && strcmp(argv[1], "good") == 0, failed = 0, tried = 0;
    DIR *dir = argc > 2 ? opendir(argv[2]) : NULL;
    struct dirent *entry = NULL;

    if (!dir) {
        fprintf(stderr, "usage: golden bad|good FOLDER [--write]\n");
        return 2;
    }
    while ((entry = readdir(dir)) != NULL) {
        size_t n = strlen(entry->d_name);

        if (n <= 4 || strcmp(entry->d_name + n - 4, ".idl") != 0)
            continue;
        tried++;
        failed += !try_one(argv[2], entry->d_name, good, argc > 3);
    }
    closedir(dir);
    printf("%d files, %d failed\n", tried, failed);
    return failed || tried == 0;
}
