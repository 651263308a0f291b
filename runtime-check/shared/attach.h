/* How a recorder that a program starts for itself (bs_runtime_start) and that program speak.
 *
 * The program runs `blockscan record --attach PID` with the shared memory and one end of a socket pair
 * (SOCK_SEQPACKET) as descriptors below. Over the socket each message is one letter and a text:
 *
 *   recorder → program   READY   its process id in decimal: it watches
 *                        FAILED  why it does not, for people; it ends
 *                        DONE    the recording is written; it ends
 *   program → recorder   any byte, or the end of the socket: finish and say DONE
 *
 * The other way to be recorded, `blockscan record -- PROGRAM`, needs no messages: the memory is found by the
 * variable ATTACH_VARIABLE (layout.h).
 */
#ifndef BLOCKSCAN_SHARED_ATTACH_H
#define BLOCKSCAN_SHARED_ATTACH_H

enum {
  ATTACH_MEMORY_FD = 3, /* in the recorder */
  ATTACH_CONTROL_FD = 4,
};

enum attach_message {
  ATTACH_READY = 'R',
  ATTACH_FAILED = 'E',
  ATTACH_DONE = 'D',
};

#define ATTACH_VARIABLE "BLOCKSCAN_RECORD"

#endif
