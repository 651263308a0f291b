/* Text for XML 1.0 documents. */
#ifndef BLOCKSCAN_BASE_XML_H
#define BLOCKSCAN_BASE_XML_H

#include "base/strbuf.h"

/* Appends text for an attribute or an element. What XML cannot hold (control characters, bytes that are no
 * UTF-8, U+FFFE and U+FFFF) becomes U+FFFD. */
void xml_text(bs_strbuf *out, const char *text);

#endif
