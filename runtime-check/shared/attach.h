/* How a watched process and the recorder find each other.
 *
 * `blockscan record -- PROGRAM` hands one end of a socket pair (SOCK_SEQPACKET) down through the environment:
 *
 *   BLOCKSCAN_RECORD=FD:INODE:NS     the descriptor is open across exec; INODE (of the socket) proves that it
 * is LD_PRELOAD=…/libblockscan.so     ours; NS is the threshold in nanoseconds
 *
 * A process that loads the library makes its memory (layout.h) and sends its descriptor, an offer, over the
 * socket (SCM_RIGHTS); the kernel says who sent it (SCM_CREDENTIALS). Nothing is ever sent back, so that who
 * inherits the socket can offer a memory of its own and no more.
 *
 * The other way to be recorded: a program starts a recorder for itself (bs_runtime_start). It runs
 * `blockscan record --attach PID` with its memory, one end of a socket pair (SOCK_SEQPACKET), and the socket
 * of the offers that its children by fork make, as descriptors below. Over the pair each message is one
 * letter and a text:
 *
 *   recorder → program   READY   its process id in decimal: it watches
 *                        FAILED  why it does not, for people; it ends
 *                        DONE    the recording is written; it ends
 *   program → recorder   any byte, or the end of the socket: finish and say DONE
 */
#ifndef BLOCKSCAN_SHARED_ATTACH_H
#define BLOCKSCAN_SHARED_ATTACH_H

enum {
  ATTACH_MEMORY_FD = 3, /* in the recorder */
  ATTACH_CONTROL_FD = 4,
  ATTACH_OFFERS_FD = 5,
};

enum attach_message {
  ATTACH_READY = 'R',
  ATTACH_FAILED = 'E',
  ATTACH_DONE = 'D',
};

#define ATTACH_VARIABLE "BLOCKSCAN_RECORD"

#endif
