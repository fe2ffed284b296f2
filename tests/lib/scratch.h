/* SPDX-License-Identifier: Apache-2.0
 * scratch.h - a folder for the files of one test.
 */
#pragma once

#include <stddef.h>

/* Makes one where temporary files are; its name is put into to. */
void scratch_make(char *to, size_t size);
/* Removes it with the files in it. */
void scratch_remove(const char *folder);
