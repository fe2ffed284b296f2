# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts into a prefix: headers, libraries, pkg-config files, the CMake
# package and man pages. Programs install themselves (tools/).
include(CMakePackageConfigHelpers)
include(Static)

countersign_static_archive()
install(DIRECTORY include/countersign DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  FILES_MATCHING PATTERN "*.h")
install(FILES ${COUNTERSIGN_ARCHIVE} DESTINATION ${CMAKE_INSTALL_LIBDIR})

# What the static archive needs besides itself.
set(COUNTERSIGN_STATIC_LIBS ${KRB5_LDFLAGS} ${LDAP_LDFLAGS} -lcrypto -lresolv)
if(COUNTERSIGN_HAVE_IPSEC_MB)
  list(APPEND COUNTERSIGN_STATIC_LIBS -lIPSec_MB)
endif()
list(APPEND COUNTERSIGN_STATIC_LIBS -pthread)
string(REPLACE ";" " " COUNTERSIGN_STATIC_FLAGS "${COUNTERSIGN_STATIC_LIBS}")

# countersign_pkgconfig(NAME DESCRIPTION LIBS REQUIRES [VARIABLE])
function(countersign_pkgconfig PC_NAME PC_DESCRIPTION PC_LIBS PC_REQUIRES)
  set(PC_VARIABLE "${ARGN}")
  file(RELATIVE_PATH PC_UP /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
  configure_file(${CMAKE_SOURCE_DIR}/cmake/countersign.pc.in
    ${CMAKE_BINARY_DIR}/pkgconfig/${PC_NAME}.pc @ONLY)
  install(FILES ${CMAKE_BINARY_DIR}/pkgconfig/${PC_NAME}.pc
    DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()

# Nobody links base by itself: it comes without the name that -l looks for.
install(TARGETS countersign-base LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} NAMELINK_SKIP)
foreach(library sspi directory rpc names queue)
  if(TARGET countersign-${library})
    install(TARGETS countersign-${library} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
  endif()
endforeach()
if(TARGET countersign-sspi)
  countersign_pkgconfig(countersign-sspi "Windows' security support provider interface"
    "-lcountersign-sspi" "")
endif()
if(TARGET countersign-directory)
  countersign_pkgconfig(countersign-directory "service principal names and connection points"
    "-lcountersign-directory" "countersign-sspi")
endif()
if(TARGET countersign-rpc)
  countersign_pkgconfig(countersign-rpc "remote procedure calls"
    "-lcountersign-rpc" "countersign-sspi"
    "idl=\${prefix}/${CMAKE_INSTALL_BINDIR}/countersign-idl")
endif()
if(TARGET countersign-names)
  countersign_pkgconfig(countersign-names "services found by name: Winsock's and RPC's name services"
    "-lcountersign-names" "countersign-rpc countersign-directory countersign-sspi")
endif()
if(TARGET countersign-queue)
  countersign_pkgconfig(countersign-queue "remote procedure calls that wait in queues"
    "-lcountersign-queue" "countersign-rpc countersign-directory countersign-sspi")
endif()
countersign_pkgconfig(countersign-static "all of Countersign in one static archive"
  "-l:libcountersign.a ${COUNTERSIGN_STATIC_FLAGS}" "")

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/countersign)
configure_package_config_file(cmake/countersignConfig.cmake.in
  ${CMAKE_BINARY_DIR}/countersignConfig.cmake INSTALL_DESTINATION ${config_dir}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/countersignConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/countersignConfig.cmake
  ${CMAKE_BINARY_DIR}/countersignConfigVersion.cmake cmake/CountersignIdl.cmake
  DESTINATION ${config_dir})

# Section 3 is made of the comments in the public headers.
file(GLOB public_headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/include/countersign/*.h)
list(FILTER public_headers EXCLUDE REGEX "/cslink\\.h$")
set(man3 ${CMAKE_BINARY_DIR}/man/man3)
string(TIMESTAMP today %Y-%m-%d UTC)
if(public_headers)
  add_custom_command(OUTPUT ${man3}/.made
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${man3}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${man3}
    COMMAND awk -v to=${man3} -v version=${PROJECT_VERSION} -v date=${today}
      -f ${CMAKE_SOURCE_DIR}/scripts/man.awk ${public_headers}
    COMMAND ${CMAKE_COMMAND} -E touch ${man3}/.made
    DEPENDS ${CMAKE_SOURCE_DIR}/scripts/man.awk ${public_headers}
    VERBATIM COMMENT "Writing the man pages of the functions")
  add_custom_target(man ALL DEPENDS ${man3}/.made)
  install(DIRECTORY ${man3} DESTINATION ${CMAKE_INSTALL_MANDIR} FILES_MATCHING PATTERN "*.3")
endif()
# A program's page is its own help.
set(man1 ${CMAKE_BINARY_DIR}/man/man1)
add_custom_command(OUTPUT ${man1}/.made
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${man1}
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh $<TARGET_FILE:countersign> ${man1}
    ${PROJECT_VERSION} ${today}
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh $<TARGET_FILE:countersign-idl> ${man1}
    ${PROJECT_VERSION} ${today}
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh $<TARGET_FILE:countersign-cc> ${man1}
    ${PROJECT_VERSION} ${today}
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh $<TARGET_FILE:countersign-epmapd> ${man1}
    ${PROJECT_VERSION} ${today}
  COMMAND ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh $<TARGET_FILE:countersign-mqd> ${man1}
    ${PROJECT_VERSION} ${today}
  COMMAND ${CMAKE_COMMAND} -E touch ${man1}/.made
  DEPENDS ${CMAKE_SOURCE_DIR}/scripts/man_tool.sh ${CMAKE_SOURCE_DIR}/scripts/man_tool.awk
    countersign countersign-idl countersign-cc countersign-epmapd countersign-mqd
  VERBATIM COMMENT "Writing the man pages of the programs")
add_custom_target(man-programs ALL DEPENDS ${man1}/.made)
install(DIRECTORY ${man1} DESTINATION ${CMAKE_INSTALL_MANDIR} FILES_MATCHING PATTERN "*.1")
foreach(section 5 7 8)
  file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/man/*.${section})
  install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
