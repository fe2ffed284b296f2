/* SPDX-License-Identifier: Apache-2.0
 * lint_report.h - what --lint found, on standard output.
 */
#pragma once

#include "idl/lint.h"

/* True when there was something. json: one object on a line for each, as other line tools read it.
 */
bool lint_report(const struct idl_finding *list, bool json);
