/* SPDX-License-Identifier: Apache-2.0
 * sspi_pair.h - one context with our SSPI at one end and MIT's GSS-API at the other, set up leg by
 * leg, without replay and order detection: a benchmark opens one message again and again.
 *
 * Runs beside a KDC (tests/lib/kdc.sh). Whatever fails ends the program with 1.
 */
#pragma once

#include <stdbool.h>

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>

#include <countersign/sspi.h>

struct sspi_pair {
    CredHandle credential;
    CtxtHandle ours;
    gss_ctx_id_t mit;
};

/* service is a principal of the KDC whose key the default keytab holds. */
void sspi_pair_open(const char *service, bool mit_initiates, struct sspi_pair *ret);
void sspi_pair_close(struct sspi_pair *p);
