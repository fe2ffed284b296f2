# SPDX-License-Identifier: Apache-2.0
# What we build on, each found once.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL 3.0 REQUIRED COMPONENTS Crypto SSL)
pkg_check_modules(KRB5 REQUIRED IMPORTED_TARGET krb5)
# S4U2self: exported by libkrb5 and declared in no header of its (src/kerberos/s4u.c).
include(CheckFunctionExists)
set(CMAKE_REQUIRED_LIBRARIES PkgConfig::KRB5)
check_function_exists(krb5_get_credentials_for_user KRB5_HAS_S4U)
unset(CMAKE_REQUIRED_LIBRARIES)
if(NOT KRB5_HAS_S4U)
  message(FATAL_ERROR "libkrb5 does not export krb5_get_credentials_for_user: MIT's, 1.8 or later")
endif()
pkg_check_modules(LDAP REQUIRED IMPORTED_TARGET ldap lber)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)

# libipsec-mb has no .pc file; without it everything works, fragments are sealed one by one.
find_path(IPSEC_MB_INCLUDE intel-ipsec-mb.h)
find_library(IPSEC_MB_LIBRARY IPSec_MB)
if(IPSEC_MB_INCLUDE AND IPSEC_MB_LIBRARY)
  set(COUNTERSIGN_HAVE_IPSEC_MB ON)
endif()
