# What `cpack` makes of an installed tree: a Debian package and a tarball that works wherever it is unpacked; and the target `uninstall`.
set(CPACK_PACKAGE_NAME blockscan)
set(CPACK_PACKAGE_CONTACT "blockscan maintainers <maintainers@blockscan.invalid>")
# What it is says debian/control, for both ways to make the package.
file(READ ${PROJECT_SOURCE_DIR}/debian/control control)
string(REGEX MATCH "\nDescription: ([^\n]*)\n(.*)" _ "${control}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${CMAKE_MATCH_1}")
string(REGEX REPLACE "(^|\n) " "\\1" description "${CMAKE_MATCH_2}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_GENERATOR "DEB;TGZ")
set(CPACK_STRIP_FILES TRUE)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS TRUE)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libclang-common-${libclang_release}-dev") # stddef.h and its like
set(CPACK_DEBIAN_PACKAGE_SUGGESTS git)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/debian_package.cmake)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "${description}")
set(CPACK_PROJECT_CONFIG_FILE ${PROJECT_BINARY_DIR}/cpack_options.cmake)
configure_file(${PROJECT_SOURCE_DIR}/cmake/cpack_options.cmake.in ${PROJECT_BINARY_DIR}/cpack_options.cmake @ONLY)

configure_file(${PROJECT_SOURCE_DIR}/cmake/uninstall.cmake.in ${PROJECT_BINARY_DIR}/uninstall.cmake @ONLY)
add_custom_target(uninstall COMMAND ${CMAKE_COMMAND} -P ${PROJECT_BINARY_DIR}/uninstall.cmake VERBATIM)

include(CPack)
