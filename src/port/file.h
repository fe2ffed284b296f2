/* SPDX-License-Identifier: Apache-2.0
 * file.h - whole files in and out.
 */
#pragma once

#include "base/bytes.h"

/* The file's bytes and a zero behind them, which len does not count. */
MUST_CHECK enum err port_file_read(const char *path, struct buf *ret);
MUST_CHECK enum err port_file_write(const char *path, struct bytes text);
