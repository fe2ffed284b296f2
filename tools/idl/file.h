/* SPDX-License-Identifier: Apache-2.0
 * file.h - files by name, also where the letters are of the other case.
 */
#pragma once

#include "idl/idl.h"

struct file {
    const char *text; /* ends in zero besides */
    size_t len;
};

bool file_exists(const char *path);
bool file_read(struct idl *run, const char *path, struct file *ret);
bool file_write(const char *path, const struct idl_text *text);
/* The path as it is on disk, in memory of the run; NULL for none. Backslashes separate too. */
const char *file_find(struct idl *run, const char *folder, const char *name);
/* What stands before the last slash, "." for nothing; and what stands behind it. */
const char *file_folder(struct idl *run, const char *path);
const char *file_base(const char *path);
/* "x" of "a/x.idl". */
const char *file_stem(struct idl *run, const char *path);
