# What `cmake --install` puts where, in the places of the GNU coding standards and of Debian.
include(CMakePackageConfigHelpers)

set(data_dir ${CMAKE_INSTALL_DATADIR}/blockscan)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/blockscan)

install(TARGETS blockscan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(
  DIRECTORY rules/
  DESTINATION ${data_dir}/rules
  FILES_MATCHING PATTERN "*.json"
)
install(DIRECTORY include/blockscan DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_file(cmake/blockscan.pc.in blockscan.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/blockscan.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

configure_package_config_file(
  cmake/blockscanConfig.cmake.in blockscanConfig.cmake
  INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR
)
write_basic_package_version_file(blockscanConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(
  FILES ${PROJECT_BINARY_DIR}/blockscanConfig.cmake ${PROJECT_BINARY_DIR}/blockscanConfigVersion.cmake
  DESTINATION ${package_dir}
)
