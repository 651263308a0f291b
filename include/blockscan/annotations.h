/* Says in the source what blockscan cannot see: that a function blocks, or that it never does.
 *
 *   BLOCKSCAN_BLOCKING int vendor_flush(struct handle *h);     a call below a callback is a finding
 *   BLOCKSCAN_NONBLOCKING int ring_write(struct ring *r, …);   its body is not searched
 *   BLOCKSCAN_ENTRY int plugin_on_request(struct request *r);  code outside the project calls it on an event
 * loop
 *
 * They go in front of a declaration or a definition and change nothing in the compiled program. clang keeps
 * them in its syntax tree, where blockscan reads them, whatever compiler builds the program. clang 20 has
 * attributes of its own, [[clang::blocking]] and [[clang::nonblocking]]: they mean the same and may be
 * written instead; they also make that compiler check the body of the function, which these macros do not.
 */
#ifndef BLOCKSCAN_ANNOTATIONS_H
#define BLOCKSCAN_ANNOTATIONS_H

#if defined(__clang__)
#define BLOCKSCAN_BLOCKING __attribute__((annotate("blockscan::blocking")))
#define BLOCKSCAN_NONBLOCKING __attribute__((annotate("blockscan::nonblocking")))
#define BLOCKSCAN_ENTRY __attribute__((annotate("blockscan::entry")))
#else
#define BLOCKSCAN_BLOCKING
#define BLOCKSCAN_NONBLOCKING
#define BLOCKSCAN_ENTRY
#endif

#endif
