# SPDX-License-Identifier: Apache-2.0
# What we build on, each found once.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
pkg_check_modules(KRB5 REQUIRED IMPORTED_TARGET krb5)
pkg_check_modules(LDAP REQUIRED IMPORTED_TARGET ldap lber)

# libipsec-mb has no .pc file; without it everything works, fragments are sealed one by one.
find_path(IPSEC_MB_INCLUDE intel-ipsec-mb.h)
find_library(IPSEC_MB_LIBRARY IPSec_MB)
if(IPSEC_MB_INCLUDE AND IPSEC_MB_LIBRARY)
  set(COUNTERSIGN_HAVE_IPSEC_MB ON)
endif()
