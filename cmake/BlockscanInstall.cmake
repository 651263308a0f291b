# What `cmake --install` puts where, in the places of the GNU coding standards and of Debian.
include(CMakePackageConfigHelpers)

set(data_dir ${CMAKE_INSTALL_DATADIR}/blockscan)
set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/blockscan)

install(TARGETS blockscan RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
# `blockscan record` looks for it in ../lib/blockscan/runtime, wherever the tree lies.
set(runtime_dir lib/blockscan/runtime)
install(TARGETS blockscan-preload LIBRARY DESTINATION ${runtime_dir})
install(
  DIRECTORY rules/
  DESTINATION ${data_dir}/rules
  FILES_MATCHING PATTERN "*.json"
)
install(FILES ${PROJECT_BINARY_DIR}/rules.table DESTINATION ${data_dir}/rules)

# The manual page and the shell completions are made by the program itself, from its table of options.
set(generated ${PROJECT_BINARY_DIR}/generated)
add_custom_command(
  OUTPUT ${generated}/blockscan.1 ${generated}/blockscan ${generated}/_blockscan ${generated}/blockscan.fish
  COMMAND blockscan man > ${generated}/blockscan.1
  COMMAND blockscan completion bash > ${generated}/blockscan
  COMMAND blockscan completion zsh > ${generated}/_blockscan
  COMMAND blockscan completion fish > ${generated}/blockscan.fish
  DEPENDS blockscan
  VERBATIM
)
add_custom_target(
  blockscan-generated ALL DEPENDS ${generated}/blockscan.1 ${generated}/blockscan ${generated}/_blockscan
                                  ${generated}/blockscan.fish
)
# The documents as manual pages, where the tool for it is there.
find_program(CMARK_GFM cmark-gfm)
find_program(PYTHON3 python3)
mark_as_advanced(CMARK_GFM PYTHON3)
if(CMARK_GFM AND PYTHON3)
  file(GLOB documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
  add_custom_command(
    OUTPUT ${generated}/man7/made
    COMMAND ${PYTHON3} ${PROJECT_SOURCE_DIR}/docs/site.py man ${generated}/man7
    COMMAND ${CMAKE_COMMAND} -E touch ${generated}/man7/made
    DEPENDS ${documents} ${PROJECT_SOURCE_DIR}/docs/site.py
    VERBATIM
  )
  add_custom_target(blockscan-manuals ALL DEPENDS ${generated}/man7/made)
  install(
    DIRECTORY ${generated}/man7/
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man7
    FILES_MATCHING PATTERN "*.7"
  )
endif()

install(FILES ${generated}/blockscan.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${generated}/blockscan DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${generated}/_blockscan DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${generated}/blockscan.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# `:compiler blockscan`, for Vim and for Neovim.
install(DIRECTORY editors/vim/ DESTINATION ${CMAKE_INSTALL_DATADIR}/vim/vimfiles)
install(DIRECTORY editors/vim/ DESTINATION ${CMAKE_INSTALL_DATADIR}/nvim/site)

install(DIRECTORY include/blockscan DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY runtime-check/include/blockscan DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(FILES runtime-check/pytest/pytest_blockscan.py DESTINATION ${data_dir}/pytest)
install(FILES LICENSE README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

configure_file(cmake/blockscan.pc.in blockscan.pc @ONLY)
configure_file(cmake/blockscan-runtime.pc.in blockscan-runtime.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/blockscan.pc ${PROJECT_BINARY_DIR}/blockscan-runtime.pc DESTINATION ${CMAKE_INSTALL_DATADIR}/pkgconfig)

configure_package_config_file(
  cmake/blockscanConfig.cmake.in blockscanConfig.cmake
  INSTALL_DESTINATION ${package_dir}
  PATH_VARS CMAKE_INSTALL_BINDIR CMAKE_INSTALL_INCLUDEDIR runtime_dir
)
write_basic_package_version_file(blockscanConfigVersion.cmake COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(
  FILES ${PROJECT_BINARY_DIR}/blockscanConfig.cmake ${PROJECT_BINARY_DIR}/blockscanConfigVersion.cmake
        ${PROJECT_SOURCE_DIR}/cmake/BlockscanFacts.cmake
  DESTINATION ${package_dir}
)
