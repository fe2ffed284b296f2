/* SPDX-License-Identifier: Apache-2.0
 * doctor_exchange.h - a service ticket, and this host decrypting it with its own keytab.
 */
#pragma once

#include "doctor.h"

void doctor_exchange(struct doctor *d, CredHandle *client);
