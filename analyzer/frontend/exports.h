/* Interfaces of C++ modules as libclang can show them. Its cursors do not enter what stands behind `export`,
 * so the word is taken out of the text that is parsed; every line and nearly every column stays what it is.
 */
#ifndef BLOCKSCAN_FRONTEND_EXPORTS_H
#define BLOCKSCAN_FRONTEND_EXPORTS_H

#include "base/strbuf.h"

/* Appends `text` without the exports of declarations: `export module` and `export import` stay. */
void exports_remove(const char *text, size_t length, bs_strbuf *out);

#endif
