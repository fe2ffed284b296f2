/* SPDX-License-Identifier: Apache-2.0
 * doctor.h - the findings of `countersign doctor` and who makes them.
 */
#pragma once

#include "directory.h"

enum { FINDINGS_MAX = 24 };

enum finding_state { FINDING_OK, FINDING_WARNING, FINDING_FAILED, FINDING_NOT_REACHED };

struct finding {
    const char *name;
    enum finding_state state;
    char found[512], fix[512];
};

struct doctor {
    struct directory directory;
    const char *keytab; /* NULL: the host's */
    char spn[256], realm[256];
    struct finding findings[FINDINGS_MAX];
    size_t count;
};

struct finding *doctor_note(struct doctor *d, const char *name, enum finding_state state,
                            const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void doctor_fix(struct finding *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* The library's record of its last failure as a finding. */
void doctor_note_failure(struct doctor *d, const char *name);

/* Runs every check, in the order of the way authentication goes. */
void doctor_examine(struct doctor *d);
