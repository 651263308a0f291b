# Puts the page of the HTML report together, as a C string: cmake -D SOURCE=reports/html -D OUT=html_page.c -P HtmlPage.cmake
#
# Style sheets and scripts go into the page in the order given here. The page's Content-Security-Policy names their SHA-256, so
# that a browser runs these and nothing else that may have got into a report.
cmake_minimum_required(VERSION 3.25)
set(styles page.css list.css story.css charts.css)
set(scripts dom.js data.js source.js story.js filters.js list.js charts.js timeline.js flame.js sections.js main.js)

# The base64 form of hexadecimal digits.
function(hex_to_base64 hex variable)
  set(letters "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
  string(LENGTH "${hex}" digits)
  math(EXPR last "${digits} - 1")
  set(text "")
  foreach(at RANGE 0 ${last} 6)
    string(SUBSTRING "${hex}" ${at} 6 part)
    string(LENGTH "${part}" length)
    string(SUBSTRING "${part}0000" 0 6 part)
    foreach(shift 18 12 6 0)
      math(EXPR sextet "(0x${part} >> ${shift}) & 63")
      string(SUBSTRING "${letters}" ${sextet} 1 letter)
      if((shift EQUAL 6 AND length LESS 4) OR (shift EQUAL 0 AND length LESS 6))
        set(letter "=")
      endif()
      string(APPEND text "${letter}")
    endforeach()
  endforeach()
  set(${variable} "${text}" PARENT_SCOPE)
endfunction()

# The files one behind the other, and what the policy calls their content.
function(read_all text_variable hash_variable)
  set(text "\n")
  foreach(name IN LISTS ARGN)
    file(READ "${SOURCE}/${name}" part)
    if(part MATCHES "</(script|style)|<!--|\r")
      message(FATAL_ERROR "${name}: cannot stand in a page")
    endif()
    string(APPEND text "${part}")
  endforeach()
  string(SHA256 hex "${text}")
  hex_to_base64("${hex}" base64)
  set(${text_variable} "${text}" PARENT_SCOPE)
  set(${hash_variable} "sha256-${base64}" PARENT_SCOPE)
endfunction()

read_all(style style_hash ${styles})
read_all(script script_hash ${scripts})
file(READ "${SOURCE}/page.html" page)
foreach(name style_hash script_hash style script)
  string(REPLACE "@${name}@" "${${name}}" page "${page}")
endforeach()

file(WRITE "${OUT}.txt" "${page}")
file(READ "${OUT}.txt" hex HEX)
string(REGEX REPLACE "(..)" "\\\\x\\1" bytes "${hex}")
file(
  WRITE "${OUT}"
  "/* Made by cmake/HtmlPage.cmake from reports/html/. */\n#include \"reports/html.h\"\nconst char html_page[] = \"${bytes}\";\n"
)
